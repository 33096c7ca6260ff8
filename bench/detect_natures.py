"""What is usual in the made streams: seven classes, each with its own rhythm, noise and normal oddities."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

DAY_S: Final = 86_400
FIRST_S: Final = 1_400_000_000


@dataclass(slots=True)
class Nature:
    """What is usual here: the scale of noise, of bursts, the bounds, rows a day."""

    noise: float
    burst: float
    low: float
    high: float
    per_day: float


Maker = Callable[[random.Random], tuple[list[float], list[float], Nature]]


def _clock(rows: int, step_s: float, dice: random.Random) -> list[float]:
    """Return regular times with, now and then, a gap."""
    at, times = float(FIRST_S + dice.randrange(DAY_S)), []
    for _ in range(rows):
        times.append(at)
        at += step_s * (1 if dice.random() > 0.0005 else dice.choice((2, 4, 12, 60)))
    return times


def _day(at_s: float, sharp: float) -> float:
    """Return 0…1 by time of day, the more peaked the greater *sharp*."""
    return math.pow(0.5 - 0.5 * math.cos(2 * math.pi * (at_s % DAY_S) / DAY_S), sharp)


def _wander(rows: int, pull: float, size: float, dice: random.Random) -> list[float]:
    """Return noise that remembers *pull* of itself and has the deviation *size*."""
    now, found, step = 0.0, [], size * math.sqrt(1 - pull * pull)
    for _ in range(rows):
        now = pull * now + dice.gauss(0, step)
        found.append(now)
    return found


def _machine(dice: random.Random) -> tuple[list[float], list[float], Nature]:
    rows = dice.choice((4032, 4032, 4032, 4032, 4730, 2800, 1243))
    times = _clock(rows, 300, dice)
    values, nature = dice.choice((_idle, _busy, _bursty, _disk, _sawtooth, _requests))(times, dice)
    return times, values, nature


def _idle(times: list[float], dice: random.Random) -> tuple[list[float], Nature]:
    level, rate, tail = dice.uniform(0.1, 3), dice.choice((0.001, 0.004, 0.02)), dice.uniform(1.2, 3)
    noise, step = level * dice.uniform(0.02, 0.3), dice.choice((0.002, 0.066, 0.2))
    values = [level + abs(dice.gauss(0, noise)) for _ in times]
    for n in range(len(values)):
        if dice.random() < rate:
            values[n] += 6 * noise * dice.paretovariate(tail)
    return [round(value / step) * step for value in values], Nature(max(noise, step), 15 * noise, 0, 100, 288)


def _busy(times: list[float], dice: random.Random) -> tuple[list[float], Nature]:
    level, noise, swing = dice.uniform(30, 90), dice.uniform(0.5, 6), dice.choice((0, 0, 5, 15))
    drift = _wander(len(times), dice.choice((0.0, 0.6, 0.95)), noise, dice)
    values = [level + swing * (_day(at, 1) - 0.5) + one for at, one in zip(times, drift, strict=True)]
    return values, Nature(noise, 5 * noise, 0, 100, 288)


def _bursty(times: list[float], dice: random.Random) -> tuple[list[float], Nature]:
    every, width = dice.choice((12, 48, 96, 144, 288)), dice.choice((1, 1, 2, 6))
    scale, rough, burst = 10 ** dice.uniform(1, 6), dice.uniform(0.1, 0.8), dice.uniform(3, 20)
    values = [
        scale * math.exp(dice.gauss(0, rough)) * (burst * dice.uniform(0.7, 1.3) if n % every < width else 1)
        for n in range(len(times))
    ]
    return values, Nature(scale * rough, scale * burst, 0, math.inf, 288)


def _disk(times: list[float], dice: random.Random) -> tuple[list[float], Nature]:
    share, scale, rough = dice.choice((0.02, 0.1, 0.3)), 10 ** dice.uniform(2, 6), dice.uniform(0.5, 1.6)
    values = [scale * math.exp(dice.gauss(0, rough)) if dice.random() < share else 0.0 for _ in times]
    return values, Nature(scale, scale * math.exp(2 * rough), 0, math.inf, 288)


def _sawtooth(times: list[float], dice: random.Random) -> tuple[list[float], Nature]:
    rows, now, values = dice.randrange(150, 700), 0.0, []
    noise = dice.uniform(0.01, 0.1)
    for _ in times:
        now += 1 / rows
        if now > dice.uniform(0.9, 1.6):
            now = 0.0
        values.append(40 + 30 * (now + dice.gauss(0, noise)))
    return values, Nature(30 * max(noise, 0.1), 25, 0, 100, 288)


def _requests(times: list[float], dice: random.Random) -> tuple[list[float], Nature]:
    mean, sharp, tail = dice.uniform(5, 100), dice.choice((0, 1, 1, 2)), dice.uniform(1.5, 3)
    values = []
    for at in times:
        here = mean * (0.3 + _day(at, sharp))
        values.append(float(max(round(dice.gauss(here, math.sqrt(here) * 1.5)), 0)))
        if dice.random() < 0.003:
            values[-1] += round(mean * dice.paretovariate(tail))
    return values, Nature(mean * 0.5, mean * 3, 0, math.inf, 288)


def _clicks(dice: random.Random) -> tuple[list[float], list[float], Nature]:
    rows, scale, rough = dice.choice((1538, 1624, 1643)), dice.uniform(0.05, 2), dice.uniform(0.1, 0.5)
    times, rate, swing = _clock(rows, 3600, dice), dice.choice((0.002, 0.01)), dice.uniform(0, 0.8)
    values = []
    for at in times:
        value = scale * (1 + swing * (_day(at, 1) - 0.5)) * math.exp(dice.gauss(0, rough))
        values.append(value * (1 + dice.paretovariate(2)) if dice.random() < rate else value)
    return times, values, Nature(scale * rough * 1.5, scale * 4, 0, math.inf, 24)


def _traffic(dice: random.Random) -> tuple[list[float], list[float], Nature]:
    """Speed, share of time occupied, or time of travel: sent when there is something to say."""
    rows, at, times = dice.choice((1127, 2380, 2500, 2500, 2162)), FIRST_S + dice.randrange(DAY_S), []
    for _ in range(rows):
        times.append(float(at))
        at += 60 * dice.choice((4, 5, 5, 5, 5, 6, 10, 15)) if dice.random() > 0.01 else dice.randrange(3600, 30_000)
    form, busy = dice.choice(("speed", "occupied", "travel")), dice.uniform(0.1, 0.6)
    drift, values = _wander(rows, 0.7, 1, dice), []
    for at_s, one in zip(times, drift, strict=True):
        rush = max(_peak(at_s, 8), _peak(at_s, 17.5)) * (0.2 if int(at_s / DAY_S) % 7 in {2, 3} else 1)
        rush *= busy * (1 + 0.4 * one)
        values.append(_traffic_value(form, rush, one, dice))
    usual = {"speed": (4, 15, 0, 120), "occupied": (2.5, 12, 0, 100), "travel": (40, 300, 0, math.inf)}[form]
    return times, values, Nature(*usual, rows / ((times[-1] - times[0]) / DAY_S))


def _traffic_value(form: str, rush: float, one: float, dice: random.Random) -> float:
    if form == "speed":
        return float(round(66 - 40 * max(rush, 0) + 3 * one + dice.gauss(0, 2)))
    if form == "occupied":
        return round(abs(4 + 25 * max(rush, 0) + one + dice.gauss(0, 1.2)), 2)
    odd = dice.paretovariate(1.8) * 60 if dice.random() < 0.02 else 0
    return float(round(90 + 250 * max(rush, 0) + 15 * abs(one) + odd))


def _peak(at_s: float, hour: float) -> float:
    return math.exp(-(((at_s % DAY_S) / 3600 - hour) ** 2) / 3)


def _messages(dice: random.Random) -> tuple[list[float], list[float], Nature]:
    """Counts of five minutes: a crowd that talks, now and then about the same thing."""
    rows = dice.choice((5000, 8000, 15_900))
    times, mean, sharp = _clock(rows, 300, dice), 10 ** dice.uniform(0.5, 2.3), dice.choice((0.3, 1, 1))
    talk, rate, tail, values = 0.0, dice.choice((0.002, 0.006)), dice.uniform(1.3, 2.5), []
    for at in times:
        talk *= 0.8
        if dice.random() < rate:
            talk += mean * dice.paretovariate(tail) * 0.7
        here = (mean * (0.3 + _day(at, sharp)) + talk) * dice.gammavariate(4, 0.25)
        values.append(float(max(round(dice.gauss(here, math.sqrt(here))), 0)))
    return times, values, Nature(mean * 0.7, mean * 8, 0, math.inf, 288)


def _temperature(dice: random.Random) -> tuple[list[float], list[float], Nature]:
    rows, step_s = dice.choice(((7267, 3600), (9000, 300), (5000, 300)))
    times, swing = _clock(rows, step_s, dice), dice.choice((0.5, 2, 4))
    slow, quick = _wander(rows, 0.998, dice.uniform(2, 6), dice), _wander(rows, 0.8, dice.uniform(0.3, 1), dice)
    values = [
        round(70 + swing * (_day(at, 1) - 0.5) + one + two, 4) for at, one, two in zip(times, slow, quick, strict=True)
    ]
    return times, values, Nature(3, 10, -math.inf, math.inf, DAY_S / step_s)


def _demand(dice: random.Random) -> tuple[list[float], list[float], Nature]:
    rows, mean = dice.choice((5000, 8000, 10_320)), 10 ** dice.uniform(2, 4.2)
    times, sway, values = _clock(rows, 1800, dice), _wander(rows, 0.97, 0.05, dice), []
    for at, one in zip(times, sway, strict=True):
        weekend = int(at / DAY_S) % 7 in {2, 3}
        shape = 0.25 + 0.8 * _day(at + (-7200 if weekend else 0), 0.8) + 0.35 * _peak(at, 19) - 0.15 * weekend
        values.append(float(round(mean * shape * (1 + one) * (1 + dice.gauss(0, 0.03)))))
    return times, values, Nature(mean * 0.15, mean * 0.7, 0, math.inf, 48)


def _keys(dice: random.Random) -> tuple[list[float], list[float], Nature]:
    rows, rough = dice.choice((1882, 5315)), dice.uniform(0.3, 0.9)
    times, level = _clock(rows, dice.choice((300, 3600)), dice), dice.uniform(0.05, 2)
    slow = _wander(rows, 0.9, 0.4, dice)
    values = [level * math.exp(one + dice.gauss(0, rough)) for one in slow]
    return times, values, Nature(level * rough, level * 6, 0, math.inf, 288)


# how many streams of a class a suite has
CLASSES: Final = {
    "machine": (14, _machine),
    "clicks": (5, _clicks),
    "traffic": (6, _traffic),
    "messages": (6, _messages),
    "temperature": (3, _temperature),
    "demand": (2, _demand),
    "keys": (2, _keys),
}
