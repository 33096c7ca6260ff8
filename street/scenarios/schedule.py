"""Schedules: when a rule holds, by the clock, the day and the season of the street.

    hours    windows of the local day; one that goes past midnight belongs to the day on which it begins
    days     workdays or days_off (statutory holidays and 调休 included), or weekdays by name
    season   windows of the year, both ends included

What all three name is when the rule holds; outside of it nothing is a breach.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from street.clock import DAY_US, HOUR_US, MINUTE_US
from street.scenarios.part import Part
from street.worktime import Calendar

Hours = tuple[int, int]  # minutes of the local day: from, to; to may be less than from
Season = tuple[tuple[int, int], tuple[int, int]]  # (month, day) of the first and of the last day

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKDAYS: Final = "workdays"
DAYS_OFF: Final = "days_off"
# Shanghai has had no summer time since 1991, and no rule is asked about a day before; `zoneinfo` costs a microsecond
OFFSET_US: Final = 8 * HOUR_US
_CALENDAR: Final = Calendar()
_EPOCH: Final = date(1970, 1, 1).toordinal()
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_DAY: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a rule holds; empty parts restrict nothing. `days` is `WORKDAYS`, `DAYS_OFF`, or names of weekdays."""

    hours: tuple[Hours, ...] = ()
    days: tuple[str, ...] = ()
    seasons: tuple[Season, ...] = ()

    def holds(self, at_us: int) -> bool:
        """Return whether the rule holds at *at_us*."""
        day, within_us = divmod(at_us + OFFSET_US, DAY_US)
        if not self.hours:
            return self._is_day(day)
        minute = within_us // MINUTE_US
        for begin, end in self.hours:
            if begin < end:
                if begin <= minute < end and self._is_day(day):
                    return True
            elif (minute >= begin and self._is_day(day)) or (minute < end and self._is_day(day - 1)):
                return True
        return False

    def changes(self, from_us: int, to_us: int) -> list[int]:
        """Return the instants in the range at which it may begin or cease to hold, in order."""
        first, last = (from_us + OFFSET_US) // DAY_US, (to_us + OFFSET_US) // DAY_US
        minutes = sorted({0, *(minute for window in self.hours for minute in window)})
        instants = (day * DAY_US - OFFSET_US + it * MINUTE_US for day in range(first, last + 1) for it in minutes)
        return [at_us for at_us in instants if from_us < at_us < to_us]

    def _is_day(self, day: int) -> bool:
        """Return whether the local *day*, counted from 1970, is one of them."""
        return (not self.days or _is_among(day, self.days)) and (not self.seasons or _is_in(day, self.seasons))


ALWAYS: Final = Schedule()


@lru_cache(maxsize=4_096)
def _is_among(day: int, days: tuple[str, ...]) -> bool:
    local = date.fromordinal(_EPOCH + day)
    if days[0] in (WORKDAYS, DAYS_OFF):
        return _CALENDAR.is_workday(local) == (days[0] == WORKDAYS)
    return WEEKDAYS[local.weekday()] in days


@lru_cache(maxsize=4_096)
def _is_in(day: int, seasons: tuple[Season, ...]) -> bool:
    local = date.fromordinal(_EPOCH + day)
    today = local.month, local.day
    return any(first <= today <= last if first <= last else today >= first or today <= last for first, last in seasons)


def schedule_in(part: Part) -> Schedule:
    """Return what `hours`, `days` and `season` of *part* say."""
    hours = _windows(part, "hours", _CLOCK, 'two different local times like ["22:00", "06:00"], or a list of such')
    seasons = _windows(part, "season", _DAY, 'two days like ["06-01", "09-30"], or a list of such')
    spans = tuple((begin[0] * 60 + begin[1], end[0] * 60 + end[1]) for begin, end in hours)
    if any(begin == end for begin, end in spans):
        part.refuse("hours", 'two different local times like ["22:00", "06:00"]', part.keys["hours"])
    return Schedule(hours=spans, days=_days(part), seasons=tuple(seasons))


def _windows(part: Part, key: str, form: re.Pattern[str], expected: str) -> list[Season]:
    found = part.take(key, [])
    if key in part.keys and (not isinstance(found, list) or not found):
        part.refuse(key, expected, found)
    pairs = [found] if found and not isinstance(found[0], list) else found
    windows = []
    for pair in pairs:
        told = [form.fullmatch(it) if isinstance(it, str) else None for it in pair] if isinstance(pair, list) else []
        ends = [(int(it[1]), int(it[2])) for it in told if it]
        if len(told) != 2 or len(ends) != 2:
            part.refuse(key, expected, found)
        windows.append((ends[0], ends[1]))
    return windows


def _days(part: Part) -> tuple[str, ...]:
    found: Any = part.take("days", [])
    if found in (WORKDAYS, DAYS_OFF):
        return (found,)
    if not isinstance(found, list) or (not found and "days" in part.keys) or not set(found) <= set(WEEKDAYS):
        part.refuse("days", f"{WORKDAYS}, {DAYS_OFF}, or a list of {', '.join(WEEKDAYS)}", found)
    return tuple(found)
