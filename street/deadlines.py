"""Deadlines: until when something must be done, and the lamp that says how it stands."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from street.matters import CLOCKS, Limit, Matter
from street.worktime import Calendar, amount_us

WARN_PCT: Final = 80  # of the worked time

Pause = tuple[int, int]  # from [µs UTC], to before


class Lamp(StrEnum):
    """How a clock stands."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Deadline(NamedTuple):
    """When a clock turns yellow and red.

    `is_sure` is False where it runs through a year whose holidays nobody has announced: it may move when they are.
    """

    warn_us: int
    due_us: int
    is_sure: bool = True


def deadline(limit: Limit, from_us: int, calendar: Calendar, *, paused: Sequence[Pause] = ()) -> Deadline:
    """Return when *limit* is over for a clock that began at *from_us*.

    Args:
        limit: how much time of which kind.
        from_us: when the clock began [µs UTC]; may lie outside the working windows.
        calendar: when the site works.
        paused: the times of 挂账, which do not count on this clock; any order, may overlap. One that still lasts
            ends at the present instant: until it ends the deadline moves on with it.
    """
    total_us = amount_us(limit.amount, limit.unit)
    pauses = list(_merged(paused, from_us))
    warn_us, due_us = (
        _passed(limit, from_us, calendar, pauses, wanted_us)
        for wanted_us in (total_us * WARN_PCT // 100, total_us)
    )  # fmt: skip
    is_sure = limit.unit.always_runs or not calendar.unknown_years(from_us, due_us)
    return Deadline(warn_us, due_us, is_sure)


def overall_deadline(
    matter: Matter, reported_us: int, calendar: Calendar, *, paused: Sequence[Pause] = ()
) -> Deadline | None:
    """Return until when a whole incident should be closed: its clocks end to end, each taking all it may.

    None where the matter has no limit at all. It warns when the last clock would.
    """
    limits = [matter.limits[name] for name in CLOCKS if name in matter.limits]
    last: Deadline | None = None
    is_sure = True
    for limit in limits:
        last = deadline(limit, last.due_us if last else reported_us, calendar, paused=paused)
        is_sure = is_sure and last.is_sure
    return last._replace(is_sure=is_sure) if last else None


def lamp(due: Deadline, now_us: int) -> Lamp:
    """Return green, yellow from 80 % of the time on, red from the deadline on."""
    if now_us >= due.due_us:
        return Lamp.RED
    return Lamp.YELLOW if now_us >= due.warn_us else Lamp.GREEN


def is_on_time(due_us: int, done_us: int | None, now_us: int) -> bool:
    """Return whether something was done by its deadline, or is not done and may still be.

    Done at the very instant is on time; so a lamp may be red for what is then judged on time, by one instant.
    """
    return (now_us if done_us is None else done_us) <= due_us


def _passed(limit: Limit, from_us: int, calendar: Calendar, pauses: list[Pause], wanted_us: int) -> int:
    """Return the first instant by which *wanted_us* of the limit's time has passed outside the pauses."""
    for starts_us, ends_us in pauses:
        until_us = calendar.between_us(from_us, starts_us, limit.unit)
        if until_us >= wanted_us:
            break
        wanted_us -= until_us
        from_us = ends_us
    return calendar.add_us(from_us, wanted_us, limit.unit)


def _merged(paused: Iterable[Pause], from_us: int) -> Iterator[Pause]:
    """Yield the pauses that end after *from_us*, in order and apart from each other."""
    last_us = from_us
    for starts_us, ends_us in sorted(paused):
        if ends_us > last_us:
            yield max(starts_us, last_us), ends_us
            last_us = ends_us
