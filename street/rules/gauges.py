"""Gauges: readings in, the one number that a limit is set to out.

One gauge for each source of a rule at an asset. What it knows is the last `over_s` of readings at most, which are
recalled from the store at each start.
"""

from array import array
from collections import deque
from collections.abc import Callable, Mapping
from statistics import median
from typing import Final

from street.clock import HOUR_US, SECOND_US
from street.scenarios.conditions import Measure, Source

WEEK_H: Final = 168
WEEKS: Final = 6  # so many of the same hour before it are looked at …
FEWEST_WEEKS: Final = 3  # … and with fewer of them nothing is said
FEWEST_STILL: Final = 3  # readings without which nothing stands still


class UsualHours:
    """Lowest and highest of each hour of one series, from `first` on (hours since 1970); NaN where none is known."""

    __slots__ = ("first", "highs", "lows")

    def __init__(self, first: int, hours: int) -> None:
        self.first = first
        self.lows = array("d", [float("nan")]) * hours
        self.highs = array("d", [float("nan")]) * hours

    def put(self, hour: int, low: float, high: float) -> None:
        """Note one hour, which lies inside."""
        self.lows[hour - self.first], self.highs[hour - self.first] = low, high

    def usual(self, hour: int) -> tuple[float, float] | None:
        """Return the usual (low, high) of *hour*: the medians of the same hours of the weeks before it."""
        places = [hour - self.first - WEEK_H * week for week in range(1, WEEKS + 1)]
        known = [it for it in places if 0 <= it < len(self.lows) and self.lows[it] == self.lows[it]]
        if len(known) < FEWEST_WEEKS:
            return None
        return median(self.lows[it] for it in known), median(self.highs[it] for it in known)


Usual = Mapping[tuple[str, str], UsualHours]  # by asset id and quantity
NOTHING_USUAL: Final[Usual] = {}


class Gauge:
    """What makes a number of readings. `due_us` is when time alone changes it, None while it does not."""

    def __init__(self) -> None:
        self.number: float | None = None
        self.due_us: int | None = None

    def take(self, at_us: int, value: float) -> None:
        """Take in a reading, newer than all before it."""
        raise NotImplementedError

    def pass_to(self, at_us: int) -> None:
        """Take in that it is *at_us* and that nothing has come since the last reading."""

    def forget(self) -> None:
        """Forget all: what came before is not believed any more."""
        self.number = None


class Value(Gauge):
    """The last value."""

    def take(self, at_us: int, value: float) -> None:  # noqa: ARG002 - as every gauge
        """Take it."""
        self.number = value


class Difference(Gauge):
    """The last value of one quantity less that of another, which is a part of it.

    They come one after the other: a part that is more than its whole belongs to another moment, and nothing is known.
    """

    def __init__(self) -> None:
        super().__init__()
        self._first: float | None = None
        self._second: float | None = None

    def take(self, at_us: int, value: float) -> None:  # noqa: ARG002 - as every gauge
        """Take a value of the quantity itself."""
        self._first = value
        self._tell()

    def take_second(self, at_us: int, value: float) -> None:  # noqa: ARG002 - as every gauge
        """Take a value of what is taken away."""
        self._second = value
        self._tell()

    def forget(self) -> None:
        """Forget both."""
        self.number = self._first = self._second = None

    def _tell(self) -> None:
        self.number = None
        if self._first is not None and self._second is not None and self._second <= self._first:
            self.number = self._first - self._second


class Change(Gauge):
    """The last value less the oldest of the window; unknown while that is the only one."""

    def __init__(self, over_us: int) -> None:
        super().__init__()
        self._over_us = over_us
        self._window: deque[tuple[int, float]] = deque()

    def take(self, at_us: int, value: float) -> None:
        """Take a value; what is older than the window leaves it."""
        window, begin_us = self._window, at_us - self._over_us
        while window and window[0][0] < begin_us:
            window.popleft()
        window.append((at_us, value))
        self.number = value - window[0][1] if len(window) > 1 else None

    def forget(self) -> None:
        """Forget the window."""
        self.number = None
        self._window.clear()


class Spread(Gauge):
    """The highest less the lowest of the window, once it reaches back far enough and holds some readings."""

    def __init__(self, over_us: int) -> None:
        super().__init__()
        self._over_us = over_us
        self._times: deque[int] = deque()
        self._highs: deque[tuple[int, float]] = deque()  # each lower than the one before it
        self._lows: deque[tuple[int, float]] = deque()  # each higher than the one before it

    def take(self, at_us: int, value: float) -> None:
        """Take a value; of what is older than the window the newest stays: it holds until the next."""
        times, highs, lows, begin_us = self._times, self._highs, self._lows, at_us - self._over_us
        times.append(at_us)
        while highs and highs[-1][1] <= value:
            highs.pop()
        while lows and lows[-1][1] >= value:
            lows.pop()
        highs.append((at_us, value))
        lows.append((at_us, value))
        while len(times) > 1 and times[1] <= begin_us:
            times.popleft()
        while highs[0][0] < times[0]:
            highs.popleft()
        while lows[0][0] < times[0]:
            lows.popleft()
        is_covered = times[0] <= begin_us and len(times) >= FEWEST_STILL
        self.number = highs[0][1] - lows[0][1] if is_covered else None

    def forget(self) -> None:
        """Forget the window."""
        self.number = None
        for each in (self._times, self._highs, self._lows):
            each.clear()


class Breaches(Gauge):
    """How many breaches began in the window: a reading that breaks the limit after one that does not."""

    def __init__(self, over_us: int, breaks: Callable[[float], bool]) -> None:
        super().__init__()
        self._over_us = over_us
        self._breaks = breaks
        self._begun: deque[int] = deque()
        self._is_broken = False

    def take(self, at_us: int, value: float) -> None:
        """Take a value."""
        is_broken = self._breaks(value)
        if is_broken and not self._is_broken:
            self._begun.append(at_us)
        self._is_broken = is_broken
        self.pass_to(at_us)

    def pass_to(self, at_us: int) -> None:
        """Let what is older than the window leave it."""
        begun, begin_us = self._begun, at_us - self._over_us
        while begun and begun[0] <= begin_us:
            begun.popleft()
        self.number = float(len(begun))
        self.due_us = begun[0] + self._over_us if begun else None

    def forget(self) -> None:
        """Forget the window."""
        self.number = self.due_us = None
        self._begun.clear()
        self._is_broken = False


class Silence(Gauge):
    """Seconds since the last reading, or since we listen; unknown before the first.

    Args:
        limits_us: the silences that somebody asks for [µs], shortest first: between two of them nothing changes.
    """

    def __init__(self, limits_us: tuple[int, ...]) -> None:
        super().__init__()
        self._limits_us = limits_us
        self._heard_us: int | None = None
        self._since_us = 0

    def take(self, at_us: int, value: float) -> None:  # noqa: ARG002 - as every gauge
        """Take that it is heard."""
        self._heard_us = at_us
        from_us = max(self._since_us, at_us)
        self.number, self.due_us = 0.0, from_us + self._limits_us[0] if self._limits_us else None

    def listen(self, since_us: int) -> None:
        """Take in that nothing would have gone by unheard since then."""
        if since_us > self._since_us:
            self._since_us = since_us
            if self._heard_us is not None:
                self.pass_to(max(self._heard_us, since_us))

    def pass_to(self, at_us: int) -> None:
        """Count on."""
        if self._heard_us is None:
            return
        from_us = max(self._heard_us, self._since_us)
        self.number = max(at_us - from_us, 0) / SECOND_US
        self.due_us = next((from_us + it for it in self._limits_us if from_us + it > at_us), None)

    def forget(self) -> None:
        """Stay: a value that is not believed was heard all the same."""


class Unusual(Gauge):
    """How far a value lies from the middle of the usual range, in halves of that range; 1 is its edge."""

    def __init__(self, hours: UsualHours | None, least: float) -> None:
        super().__init__()
        self._hours = hours
        self._least = least
        self._hour = -1
        self._middle = 0.0
        self._half = 0.0  # 0: nothing is known of this hour

    def learn(self, hours: UsualHours | None) -> None:
        """Know what is usual now."""
        self._hours = hours
        self._hour = -1

    def take(self, at_us: int, value: float) -> None:
        """Take a value."""
        hour = at_us // HOUR_US
        if hour != self._hour:
            self._hour = hour
            known = self._hours.usual(hour) if self._hours else None
            self._half = 0.0
            if known is not None:
                self._middle, self._half = sum(known) / 2, max((known[1] - known[0]) / 2, self._least)
        self.number = (value - self._middle) / self._half if self._half else None


def gauge_of(source: Source, limits_us: tuple[int, ...] = (), hours: UsualHours | None = None) -> Gauge:
    """Return the gauge of *source*.

    Args:
        source: what it tells.
        limits_us: of a silence, the ones that are asked for [µs], shortest first.
        hours: of what is unusual, the past of the series.
    """
    over_us = int(source.over_s * SECOND_US)
    match source.measure:
        case Measure.CHANGE:
            return Change(over_us)
        case Measure.SPREAD:
            return Spread(over_us)
        case Measure.BREACHES:
            above, below = source.breach_above, source.breach_below
            return Breaches(over_us, lambda value: value >= above if above is not None else value <= (below or 0.0))
        case Measure.SILENCE:
            return Silence(limits_us)
        case Measure.UNUSUAL:
            return Unusual(hours, source.least)
        case Measure.VALUE:
            return Difference() if source.less else Value()
