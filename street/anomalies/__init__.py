"""Anomalies: is this reading unlike what its stream has shown so far?

    reading ─┬─ forecast    how far off, by itself and for this time of day        ┐
             ├─ range       outside all that was seen, far below the usual         ├─ rarity ─ joined ─ rest ─▶ score
             ├─ calm        stuck, or calmer than ever                             │
             └─ situations  never met: last values, time of day, level and bustle  ┘

Each view is measured against its own long-run tail (`tails`), so that one scale serves all streams. Nothing looks
ahead, nothing is set for a stream. After a high score the same incident must become clearly worse to score again.
"""

import math
from collections import deque
from itertools import pairwise
from typing import Final, NamedTuple

from street.anomalies.contexts import Book
from street.anomalies.forecast import Forecast, Forecasts
from street.anomalies.tails import Tail

__all__ = ["Detector", "Score"]

_VIEWS: Final = (
    "above_expected",
    "below_expected",
    "above_for_the_hour",
    "below_for_the_hour",
    "stuck",
    "out_of_range",
    "calm",
    "far_below_usual",
    "odd_sequence",
    "odd_hour",
    "odd_texture",
)
_LESS: Final = 8  # the first views weigh less: several of them see the same thing
_WEIGHT: Final = 0.7
_POWER: Final = 1.5  # between a sum (1) and the greatest alone (∞)
_SOFT: Final = 3.0  # joined rarity at which the score is 0.63
_REST_SHARE: Final = 0.04  # of the readings so far: as long an incident may go on
_REST: Final = (40, 200)  # readings
_WORSE: Final = 1.2
_SLOWEST: Final = 0.001  # share of a long-run mean that each reading replaces, at least
_WILD: Final = 100.0  # a reading is learnt as at most so many usual deviations off
_WARM_UP: Final = 30
_LARGEST: Final = 1e300
_FADE: Final = 0.0003  # of the historical range, a reading
_RECENT: Final = 24
_DAY_S: Final = 86_400


class Score(NamedTuple):
    """How odd a reading is: 0 usual … 1; what was expected instead, and the view that says so most ("" for none)."""

    score: float
    expected_low: float
    expected_high: float
    why: str


_UNKNOWN: Final = Score(0.0, math.nan, math.nan, "")


class Detector:
    """One stream's memory, of bounded size; fed in order, a reading at a time."""

    def __init__(self) -> None:
        self._count = 0
        self._forecasts = Forecasts()
        self._tails = [Tail() for _ in _VIEWS]
        self._books = (Book(), Book(), Book())
        self._centre = self._spread = 0.0
        self._low = self._high = 0.0
        self._last = 0.0
        self._run = 0
        self._steps: deque[float] = deque(maxlen=_RECENT)
        self._usual_step = 0.0
        self._recent: deque[float] = deque([0.0] * 9, maxlen=9)
        self._told = 0.0
        self._told_at = 0

    def step(self, at_us: int, value: float | None) -> Score:
        """Return how odd *value* is after all that came before; a gap (None, NaN) is not odd and teaches nothing.

        Args:
            at_us: instant of the reading [µs]; only its time of day and of week count.
            value: any finite number.
        """
        if value is None or not math.isfinite(value):
            return _UNKNOWN
        value = max(-_LARGEST, min(value, _LARGEST))
        at_s = at_us / 1e6
        self._count += 1
        if self._count == 1:
            self._begin(at_s, value)
            return _UNKNOWN
        forecast = self._forecasts.next(at_s)
        rarities = [
            tail.rarity(seen) for tail, seen in zip(self._tails, self._views(at_s, value, forecast), strict=True)
        ]
        joined = self._rested(self._joined(rarities))
        self._learn(at_s, value, forecast)
        margin = 4 * forecast.usual_error
        why = _VIEWS[max(range(len(_VIEWS)), key=rarities.__getitem__)] if joined else ""
        return Score(1 - math.exp(-joined / _SOFT), forecast.value - margin, forecast.value + margin, why)

    def _begin(self, at_s: float, value: float) -> None:
        self._centre = self._low = self._high = self._last = value
        self._forecasts.learn(at_s, value, 0.0)

    def _views(self, at_s: float, value: float, forecast: Forecast) -> tuple[float, ...]:
        """Return, in the order of `_VIEWS`, what each sees: the greater the odder."""
        error = value - forecast.value
        usual = forecast.usual_error
        relative = error / usual if usual > 0 else 0.0
        step = abs(value - self._last)
        self._run = self._run + 1 if value == self._last else 0
        rate = max(1 / self._count, _SLOWEST)
        self._steps.append(step)
        learnt = min(step, _WILD * self._usual_step) if self._ripe() else step
        self._usual_step += rate * (learnt - self._usual_step)
        off = value - self._centre
        spread = self._spread
        outside = max(value - self._high, self._low - value, 0.0) / spread if spread > 0 else 0.0
        return (
            error,
            -error,
            relative,
            -relative,
            self._stuck(),
            outside,
            self._calm(),
            -off,
            *self._situations(at_s, math.asinh(min(max(off / spread, -1e5), 1e5)) if spread > 0 else 0.0),
        )

    def _ripe(self) -> bool:
        return self._count > _WARM_UP and self._usual_step > 0

    def _stuck(self) -> float:
        """Return for how long the value has been the same; what has hardly ever moved is not stuck."""
        return 1.0 + self._run if self._run < self._count / 2 else 1.0

    def _calm(self) -> float:
        if len(self._steps) < _RECENT or self._usual_step <= 0:
            return 0.0
        return min(self._usual_step * _RECENT / max(sum(self._steps), 1e-300), 1000.0)

    def _situations(self, at_s: float, level: float) -> tuple[float, float, float]:
        recent = self._recent
        recent.append(level)
        if self._count < _RECENT or self._spread <= 0:  # the clock alone makes no situation
            return 0.0, 0.0, 0.0
        last, before, earlier = recent[-1], recent[-2], recent[-3]
        hour = at_s % _DAY_S / _DAY_S * math.tau
        levels = list(recent)
        bustle = sum(abs(b - a) for a, b in pairwise(levels)) / 8
        del levels[0]
        sequence, hours, texture = self._books
        return (
            sequence.novelty((last, before, earlier)),
            hours.novelty((math.cos(hour), math.sin(hour), last, before)),
            texture.novelty((sum(levels) / 8, bustle, max(levels) - min(levels))),
        )

    def _joined(self, rarities: list[float]) -> float:
        """Return the rarities as one number, less on a long record: there, rare things are many."""
        less = sum((_WEIGHT * one) ** _POWER for one in rarities[:_LESS] if one)
        full = sum(one**_POWER for one in rarities[_LESS:] if one)
        return (
            max((less + full) ** (1 / _POWER) - max(math.log10(self._count / 1000), -1.0), 0.0) if less + full else 0.0
        )

    def _rested(self, joined: float) -> float:
        """Return *joined*, or 0 where it is not clearly worse than what was told not long ago."""
        rest = min(max(_REST_SHARE * self._count, _REST[0]), _REST[1])
        is_over = self._count - self._told_at > rest
        if not is_over and joined <= _WORSE * self._told:
            return 0.0
        if joined:
            self._told, self._told_at = joined, self._count
        return joined

    def _learn(self, at_s: float, value: float, forecast: Forecast) -> None:
        rate = max(1 / self._count, _SLOWEST)
        if self._count > _WARM_UP and self._spread > 0:
            most = _WILD * self._spread
            value = max(self._centre - most, min(value, self._centre + most))
        self._forecasts.learn(at_s, value, abs(value - forecast.value))
        self._spread += rate * (abs(value - self._centre) - self._spread)
        self._centre += rate * (value - self._centre)
        self._high = max(value, self._high - (self._high - self._centre) * _FADE)
        self._low = min(value, self._low + (self._centre - self._low) * _FADE)
        self._last = value
