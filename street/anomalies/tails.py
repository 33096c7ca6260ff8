"""How rare is this? A statistic against its own long-run tail.

The greatest √n of the n values so far are the tail; a value beyond its foot is as rare as the tail's share says, and
rarer by a power law whose exponent the tail itself shows (Hill's estimator). Where normal days have wild bursts the
tail is heavy and a burst says little; where they are calm it is light and a small excess says much.
"""

import math
from bisect import insort
from typing import Final

LONGEST: Final = 100  # values kept
_FEWEST: Final = 5
_WARM_UP: Final = 30  # values before anything is called rare
_LIGHTEST: Final = 0.1  # exponent: no tail is believed to be lighter, however calm it has been
_LEAP: Final = 1000.0  # a value is learnt as at most so many times the greatest before it
_LN10: Final = math.log(10)


class Tail:
    """The tail of one statistic; only what lies above 0 can be rare."""

    __slots__ = ("count", "top")

    def __init__(self) -> None:
        self.count = 0
        self.top: list[float] = []

    def rarity(self, value: float) -> float:
        """Return −log10 of the share of values expected to be as great as *value*, 0 where it is common; learn it."""
        self.count += 1
        top = self.top
        kept = len(top)
        told = self._told(value) if kept >= _FEWEST and self.count > _WARM_UP else 0.0
        if kept < LONGEST:
            insort(top, value)
        elif value > top[0]:
            insort(top, min(value, _LEAP * top[-1]) if top[-1] > 0 else value)
            del top[0]
        return told

    def _told(self, value: float) -> float:
        top = self.top
        size = min(len(top), max(_FEWEST, math.isqrt(self.count)))
        foot = top[-size]
        if value <= foot or value <= 0:
            return 0.0
        beyond = math.log10(self.count / size)
        if foot <= 0:
            return beyond
        log_foot = math.log(foot)
        weight = sum(map(math.log, top[-size:])) / size - log_foot
        return beyond + (math.log(value) - log_foot) / (max(weight, _LIGHTEST) * _LN10)
