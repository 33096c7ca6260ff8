"""Made streams with marked anomalies, to compare detectors on: written before the detector, and never fitted to it.

Seven classes that resemble what streets and their machines send: machine metrics, advertising clicks, traffic,
messages a minute, temperatures, demand for rides, keys held. Each stream has its own rhythm, noise and *normal*
oddities (heavy-tailed bursts, gaps, slow drift); marked are spikes, shifts, dropouts, silence, changes of rhythm and of
noise. As people mark by eye, some marks stand where little is to be seen, and some oddities stay unmarked.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bench.detect_natures import CLASSES, Maker, Nature

WINDOWS_SHARE: Final = 0.10  # of a stream's length, all its windows together
PROBATION_SHARE: Final = 0.15
PROBATION_MOST: Final = 750
UNSEEN_SHARE: Final = 0.1  # of marks: nothing was changed there
DECOYS: Final = (0, 0, 0, 1)  # changes that nobody marked
MARKS: Final = (0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5)


@dataclass(slots=True)
class Stream:
    """One labelled stream; `windows` are first and last row of each, both inside."""

    name: str
    times_s: list[float]
    values: list[float]
    windows: list[tuple[int, int]] = field(default_factory=list)


Change = Callable[[list[float], int, Nature, random.Random], None]


def suite(seed: int) -> list[Stream]:
    """Return the streams of *seed*, the same ones each time."""
    return [
        _made(f"{kind}-{n}", maker, random.Random(f"{seed}/{kind}/{n}"))
        for kind, (count, maker) in CLASSES.items()
        for n in range(count)
    ]


def probation(rows: int) -> int:
    """Return how many rows at the start of a stream are not judged."""
    return min(int(PROBATION_SHARE * rows), PROBATION_MOST)


def windows_around(rows: int, centres: list[int]) -> list[tuple[int, int]]:
    """Return a window around each of *centres*, joined where they meet, outside probation."""
    if not centres:
        return []
    half = max(int(WINDOWS_SHARE * rows / len(centres) / 2), 2)
    found: list[tuple[int, int]] = []
    for centre in sorted(centres):
        begin, end = max(centre - half, probation(rows)), min(centre + half, rows - 1)
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], end
        else:
            found.append((begin, end))
    return found


def mark(stream: Stream, nature: Nature, dice: random.Random) -> Stream:
    """Return *stream* with some changes put in, most of them marked."""
    values, rows = list(stream.values), len(stream.values)
    centres = _apart(dice, rows, dice.choice(MARKS))
    for at in centres:
        if dice.random() > UNSEEN_SHARE:
            dice.choice(_CHANGES)(values, at, nature, dice)
    for _ in range(dice.choice(DECOYS)):
        dice.choice(_CHANGES)(values, dice.randrange(rows // 10, rows - 10), nature, dice)
    values = [min(max(value, nature.low), nature.high) for value in values]
    return Stream(stream.name, stream.times_s, values, windows_around(rows, centres))


def _made(name: str, maker: Maker, dice: random.Random) -> Stream:
    times, values, nature = maker(dice)
    return mark(Stream(name, times, values), nature, dice)


def _apart(dice: random.Random, rows: int, count: int) -> list[int]:
    """Return *count* rows after probation, not too near each other nor to the end."""
    first, apart = int(rows * 0.2), rows // 12
    centres: list[int] = []
    while len(centres) < count:
        at = dice.randrange(first, rows - rows // 20)
        if all(abs(at - other) >= apart for other in centres):
            centres.append(at)
    return centres


# --- what may change -------------------------------------------------------------------------------------------------


def _spike(values: list[float], at: int, nature: Nature, dice: random.Random) -> None:
    size = nature.burst * dice.uniform(1.0, 5.0) * (1 if dice.random() < 0.75 else -1)
    for n in range(dice.choice((1, 1, 2, 3, 5))):
        if at + n < len(values):
            values[at + n] += size * dice.uniform(0.6, 1.0)


def _episode(values: list[float], at: int, nature: Nature, dice: random.Random) -> None:
    rows = int(dice.uniform(0.005, 0.04) * len(values)) + 3
    size = dice.uniform(1.5, 6.0) * nature.noise * dice.choice((1, 1, -1)) + dice.choice((0.0, 0.5)) * nature.burst
    for n in range(at, min(at + rows, len(values))):
        values[n] += size * dice.uniform(0.8, 1.2)


def _shift(values: list[float], at: int, nature: Nature, dice: random.Random) -> None:
    size = dice.uniform(2.0, 8.0) * nature.noise * dice.choice((1, -1))
    for n in range(at, len(values)):
        values[n] += size


def _dropout(values: list[float], at: int, nature: Nature, dice: random.Random) -> None:
    rows = dice.choice((1, 3, 10, 30, 80))
    floor = nature.low if math.isfinite(nature.low) else min(values)
    for n in range(at, min(at + rows, len(values))):
        values[n] = floor


def _stuck(values: list[float], at: int, _nature: Nature, dice: random.Random) -> None:
    for n in range(at, min(at + dice.randrange(15, 120), len(values))):
        values[n] = values[at]


def _louder(values: list[float], at: int, nature: Nature, dice: random.Random) -> None:
    rows, size = int(dice.uniform(0.01, 0.05) * len(values)) + 5, dice.uniform(1.5, 4.0) * nature.noise
    for n in range(at, min(at + rows, len(values))):
        values[n] += dice.gauss(0, size)


def _rhythm(values: list[float], at: int, nature: Nature, dice: random.Random) -> None:
    """Put another time of day in the place of this one, or flatten a day, as on a holiday."""
    rows = int(nature.per_day * dice.uniform(0.5, 1.5))
    middle = sum(values) / len(values)
    moved = int(nature.per_day * dice.uniform(0.25, 0.75)) + 1
    is_moved = dice.random() < 0.5
    for n in range(at, min(at + rows, len(values))):
        values[n] = values[n - moved] if is_moved and n >= moved else middle + 0.4 * (values[n] - middle)


def _ramp(values: list[float], at: int, nature: Nature, dice: random.Random) -> None:
    rows, size = int(0.02 * len(values)) + 5, dice.uniform(3.0, 8.0) * nature.noise * dice.choice((1, -1))
    for n in range(at, min(at + rows, len(values))):
        values[n] += size * (n - at) / rows


_CHANGES: Final[tuple[Change, ...]] = (
    _spike, _spike, _spike, _episode, _episode, _shift, _shift, _dropout, _stuck, _louder, _rhythm, _ramp,
)  # fmt: skip
