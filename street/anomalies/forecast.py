"""What comes next: five simple forecasts, and the one that has been best of late speaks.

The last value, a quick and a slow mean, the time of day, the time of week. The last two speak only where the quantity
has a rhythm, which is when they are proven to beat the others; their level follows the stream.
"""

from typing import Final, NamedTuple

_BIN_S: Final = 1800
_DAY_BINS: Final = 48
_WEEK_BINS: Final = 336
_RIPE: Final = 3  # values of a bin before it forecasts
_PROVEN: Final = 50  # values before anything but the last value is believed
_WILD: Final = 6.0  # an error is learnt as at most so many times the usual one
_WARM_UP: Final = 30


class Forecast(NamedTuple):
    """What is expected, and how far off this forecast usually is (at this time of day)."""

    value: float
    usual_error: float
    is_rhythm: bool


class _Profile:
    """Means by time of day or week, and the errors usual at each time."""

    __slots__ = ("count", "error", "mean", "memory", "offset")

    def __init__(self, bins: int, memory: float) -> None:
        self.mean = [0.0] * bins
        self.count = [0] * bins
        self.error = [0.0] * bins
        self.offset = 0.0
        self.memory = memory

    def learn(self, place: int, value: float, error: float) -> None:
        self.count[place] += 1
        count = self.count[place]
        if count > 1:
            self.offset += 0.1 * (value - self.mean[place] - self.offset)
            self.error[place] += max(1 / count, 0.03) * (error - self.error[place])
        self.mean[place] += max(1 / count, self.memory) * (value - self.mean[place])


class Forecasts:
    """The five, kept side by side."""

    __slots__ = ("count", "day", "errors", "last", "quick", "slow", "week")

    def __init__(self) -> None:
        self.count = 0
        self.last = self.quick = self.slow = 0.0
        self.errors = [0.0] * 5
        self.day = _Profile(_DAY_BINS, 0.02)
        self.week = _Profile(_WEEK_BINS, 0.1)

    def next(self, at_s: float) -> Forecast:
        """Return what is expected at *at_s*; at least one value must have been learnt."""
        told = self._all(at_s)
        best = 0
        if self.count > _PROVEN:
            best = min((n for n in range(5) if told[n] is not None), key=self.errors.__getitem__)
        value = told[best]
        assert value is not None
        profile, place = self._place(best, at_s)
        return Forecast(value, 0.5 * (self.errors[best] + profile.error[place]), best > 2)

    def learn(self, at_s: float, value: float, error: float) -> None:
        """Take in *value*, and how far off the forecast that spoke was."""
        self.count += 1
        if self.count == 1:
            self.last = self.quick = self.slow = value
            return
        errors, rate = self.errors, max(0.005, 1 / self.count)
        for n, told in enumerate(self._all(at_s)):
            if told is not None:
                miss = abs(value - told)
                if self.count > _WARM_UP and errors[n]:
                    miss = min(miss, _WILD * errors[n])
                errors[n] += rate * (miss - errors[n])
        half_hour = int(at_s // _BIN_S)
        self.day.learn(half_hour % _DAY_BINS, value, error)
        self.week.learn(half_hour % _WEEK_BINS, value, error)
        self.last = value
        self.quick += 0.3 * (value - self.quick)
        self.slow += 0.05 * (value - self.slow)

    def _all(self, at_s: float) -> tuple[float | None, ...]:
        half_hour = int(at_s // _BIN_S)
        by_day, by_week = self.day, self.week
        place, places = half_hour % _DAY_BINS, half_hour % _WEEK_BINS
        return (
            self.last,
            self.quick,
            self.slow,
            by_day.mean[place] + by_day.offset if by_day.count[place] >= _RIPE else None,
            by_week.mean[places] + by_week.offset if by_week.count[places] >= _RIPE else None,
        )

    def _place(self, best: int, at_s: float) -> tuple[_Profile, int]:
        half_hour = int(at_s // _BIN_S)
        return (self.week, half_hour % _WEEK_BINS) if best == 4 else (self.day, half_hour % _DAY_BINS)
