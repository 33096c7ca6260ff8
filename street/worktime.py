"""Working time: when an office works, and how much of that lies between two instants.

Four kinds of time. Urgent hours (紧急工作时) and days (自然日) always run; work hours (工作时) run only inside the
windows of a working day; a work day (工作日) is 8 work hours, whatever the windows add up to.

    clock time  ──┤08:30░░░12:00├──┤13:30░░░░17:30├──  Saturday, Sunday, holiday  ──┤08:30░░░…
    worked      0          3.5 h   3.5 h         7.5 h                            7.5 h

Statutory holidays and the Saturdays worked for them (调休) come from the package chinesecalendar: the State Council's
yearly notice, offline. A year whose notice is not out yet is not guessed: it has plain weekdays, `unknown_years` names
it, and the log says so once. A site adds such a year, or changes any day, through own days.
"""

import logging
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

import chinese_calendar

from street.clock import DAY_US, HOUR_US, MINUTE_US, STREET_ZONE, as_datetime, as_us

LOG = logging.getLogger(__name__)
WORK_DAY_HOURS: Final = 8
_MINUTES_A_DAY: Final = 24 * 60
_WINDOW: Final = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})", re.ASCII)


class Unit(StrEnum):
    """What a limit is counted in."""

    URGENT_HOURS = "urgent_hours"
    WORK_HOURS = "work_hours"
    WORK_DAYS = "work_days"
    DAYS = "days"

    @property
    def always_runs(self) -> bool:
        """Whether nights and holidays count."""
        return self in {Unit.URGENT_HOURS, Unit.DAYS}


UNIT_US: Final = {
    Unit.URGENT_HOURS: HOUR_US,
    Unit.WORK_HOURS: HOUR_US,
    Unit.WORK_DAYS: WORK_DAY_HOURS * HOUR_US,
    Unit.DAYS: DAY_US,
}


class Window(NamedTuple):
    """One stretch of a working day [minutes since midnight]."""

    starts: int
    ends: int

    def __str__(self) -> str:
        """Return it as `windows_of` reads it."""
        return "-".join(f"{edge // 60:02}:{edge % 60:02}" for edge in self)


STANDARD_WINDOWS: Final = (Window(8 * 60 + 30, 12 * 60), Window(13 * 60 + 30, 17 * 60 + 30))


def windows_of(text: str) -> tuple[Window, ...]:
    """Return the windows that a text like `08:30-12:00 13:30-17:30` says: the standard ones.

    Raises:
        ValueError: there is none, one has no length, or they overlap or are out of order.
    """
    found = [_WINDOW.fullmatch(part) for part in text.split()]
    numbers = [[int(it) for it in one.groups()] for one in found if one]
    windows = tuple(Window(h1 * 60 + m1, h2 * 60 + m2) for h1, m1, h2, m2 in numbers)
    is_right = all(found) and all(m1 < 60 and m2 < 60 for _, m1, _, m2 in numbers) and _is_in_order(windows)
    if not windows or not is_right or windows[-1].ends > _MINUTES_A_DAY:
        msg = f"expected windows like 08:30-12:00 13:30-17:30, got {text!r}"
        raise ValueError(msg)
    return windows


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a site works.

    `own_days` says of single days whether they are worked; it outranks the statutory calendar. Make one and keep it:
    it remembers each year that it has laid out.
    """

    windows: tuple[Window, ...] = STANDARD_WINDOWS
    own_days: Mapping[date, bool] = field(default_factory=dict)
    _years: dict[int, "_Year"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_workday(self, day: date) -> bool:
        """Return whether *day* is worked; of a year that nobody has announced, whether it is Monday to Friday."""
        own = self.own_days.get(day)
        if own is not None:
            return own
        worked = statutory_workdays(day.year)
        return day.weekday() < 5 if worked is None else day in worked

    def knows(self, year: int) -> bool:
        """Return whether the holidays of *year* are known: announced, or its New Year's Day is among the own days."""
        return date(year, 1, 1) in self.own_days or statutory_workdays(year) is not None

    def unknown_years(self, from_us: int, to_us: int) -> tuple[int, ...]:
        """Return the years between two instants whose holidays are not known."""
        return tuple(year for year in range(_local_year(from_us), _local_year(to_us) + 1) if not self.knows(year))

    def add(self, from_us: int, amount: float, unit: Unit | str) -> int:
        """Return the first instant [µs UTC] by which *amount* has passed since *from_us*; of 0 that is *from_us*."""
        return self.add_us(from_us, amount_us(amount, unit), unit)

    def between(self, from_us: int, to_us: int, unit: Unit | str) -> float:
        """Return how much of *unit* lies between two instants; 0 where *to_us* is not later."""
        return self.between_us(from_us, to_us, unit) / UNIT_US[Unit(unit)]

    def add_us(self, from_us: int, worked_us: int, unit: Unit | str) -> int:
        """Return as `add`, of a time [µs]."""
        if Unit(unit).always_runs or worked_us == 0:
            return from_us + worked_us
        year = _local_year(from_us)
        wanted_us = self._year(year).worked_before(from_us) + worked_us
        while wanted_us > self._year(year).total_us:
            wanted_us -= self._year(year).total_us
            year += 1
        return self._year(year).instant_of(wanted_us)

    def between_us(self, from_us: int, to_us: int, unit: Unit | str) -> int:
        """Return as `between`, as a time [µs]."""
        if to_us <= from_us:
            return 0
        if Unit(unit).always_runs:
            return to_us - from_us
        first, last = _local_year(from_us), _local_year(to_us)
        whole_years = sum(self._year(year).total_us for year in range(first, last))
        return whole_years + self._year(last).worked_before(to_us) - self._year(first).worked_before(from_us)

    def _year(self, year: int) -> "_Year":
        laid_out = self._years.get(year)
        if laid_out is None:
            worked = [day for day in _days_of(year) if self.is_workday(day)]
            laid_out = self._years[year] = _laid_out(worked, self.windows)
        return laid_out


class _Year(NamedTuple):
    """The windows of one year, in order."""

    starts: list[int]  # [µs UTC]
    ends: list[int]
    before: list[int]  # how much was worked before each [µs]; the last number is the year's total

    @property
    def total_us(self) -> int:
        return self.before[-1]

    def worked_before(self, at_us: int) -> int:
        """Return how much of the year was worked until *at_us*."""
        begun = bisect_right(self.starts, at_us)
        unfinished_us = max(self.ends[begun - 1] - at_us, 0) if begun else 0
        return self.before[begun] - unfinished_us

    def instant_of(self, worked_us: int) -> int:
        """Return the first instant by which *worked_us* (> 0, at most the total) was worked."""
        number = bisect_left(self.before, worked_us) - 1
        return self.starts[number] + worked_us - self.before[number]


def amount_us(amount: float, unit: Unit | str) -> int:
    """Return an amount of one kind of time [µs of that time].

    Raises:
        ValueError: it is negative or no number.
    """
    if not 0 <= amount < float("inf"):
        msg = f"expected an amount of 0 or more, got {amount}"
        raise ValueError(msg)
    return round(amount * UNIT_US[Unit(unit)])


@cache
def statutory_workdays(year: int) -> frozenset[date] | None:
    """Return the days of *year* that are worked by law, None where nobody has announced them."""
    try:
        return frozenset(day for day in _days_of(year) if chinese_calendar.is_workday(day))
    except NotImplementedError:
        LOG.warning(
            "holidays not known year=%d: weekdays are taken as working days; update chinesecalendar, or give the year"
            " with `python -m street matters import`",
            year,
        )
        return None


def _laid_out(days: Iterable[date], windows: Iterable[Window]) -> _Year:
    midnights = [as_us(datetime.combine(day, time(), STREET_ZONE)) for day in days]
    spans = [(at_us + it.starts * MINUTE_US, at_us + it.ends * MINUTE_US) for at_us in midnights for it in windows]
    before = list(accumulate((ends - starts for starts, ends in spans), initial=0))
    return _Year([starts for starts, _ in spans], [ends for _, ends in spans], before)


def _days_of(year: int) -> Iterable[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))


def _local_year(at_us: int) -> int:
    return as_datetime(at_us).astimezone(STREET_ZONE).year


def _is_in_order(windows: Iterable[Window]) -> bool:
    """Return whether each window has a length and ends before the next begins."""
    edges = [edge for window in windows for edge in window]
    return all(earlier < later for earlier, later in pairwise(edges))
