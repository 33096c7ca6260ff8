"""Clocks: when they turn yellow and red. The golden table stands in golden_clocks.txt."""

from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from street.clock import DAY_US, HOUR_US, MINUTE_US, STREET_ZONE, as_datetime, as_us
from street.deadlines import Lamp, deadline, is_on_time, lamp, overall_deadline
from street.matters import Limit, Matter, MatterKind, limit_of
from street.worktime import Calendar, Unit, Window, windows_of

TABLE = Path(__file__).with_name("golden_clocks.txt")
CALENDAR = Calendar()


class Golden(NamedTuple):
    """One line of the table."""

    name: str
    calendar: Calendar
    from_us: int
    limit: Limit
    paused: list[tuple[int, int]]
    yellow: str
    due: str


def golden() -> list[Golden]:
    """Return the table."""
    windows: tuple[Window, ...] = CALENDAR.windows
    own_days: dict[date, bool] = {}
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "windows":
            windows = windows_of(rest)
        elif word == "own":
            day, _, kind = rest.partition(" ")
            own_days = {date.fromisoformat(day): kind == "worked"} if day else {}
        elif line[:1].isdigit():
            begins, limit, paused, yellow, due, why = (part.strip() for part in line.split("|"))
            name = f"{begins} + {limit}: {why}"
            pauses = [(us(it.strip()[:16]), us(it.strip()[17:])) for it in paused.split(",") if it.strip()]
            calendar = Calendar(windows, dict(own_days))
            found.append(Golden(name, calendar, us(begins), limit_of(limit), pauses, yellow, due))
    return found


def us(text: str) -> int:
    """Return a local time as an instant."""
    return as_us(datetime.fromisoformat(text).replace(tzinfo=STREET_ZONE))


def local(at_us: int) -> str:
    """Return an instant as the table writes it."""
    return as_datetime(at_us).astimezone(STREET_ZONE).isoformat(" ").removesuffix(":00+08:00")


GOLDEN = golden()


@pytest.mark.parametrize("line", GOLDEN, ids=lambda line: line.name)
def test_a_golden_clock(line: Golden) -> None:
    """What a person works out with a calendar on the desk."""
    found = deadline(line.limit, line.from_us, line.calendar, paused=line.paused)

    assert local(found.due_us) == line.due
    assert line.yellow in {"-", local(found.warn_us)}
    assert found.is_sure


def test_the_table_is_long_and_of_all_kinds() -> None:
    """At least 50, each unit among them, pauses, and 25 with a yellow to check."""
    assert len(GOLDEN) >= 50
    assert {line.limit.unit for line in GOLDEN} == set(Unit)
    assert sum(line.yellow != "-" for line in GOLDEN) >= 25
    assert sum(bool(line.paused) for line in GOLDEN) > 10


@pytest.mark.parametrize("unit", [Unit.WORK_HOURS, Unit.WORK_DAYS])
def test_a_deadline_in_a_year_nobody_announced_says_so(unit: Unit) -> None:
    """Its weekdays are only a guess: New Year's Day 2099 is a Thursday."""
    found = deadline(Limit(8, unit), us("2098-12-31 16:30"), CALENDAR)

    assert not found.is_sure
    assert deadline(Limit(8, Unit.DAYS), us("2098-12-31 16:30"), CALENDAR).is_sure


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2026-11-23 11:29", Lamp.GREEN),
        ("2026-11-23 11:30", Lamp.YELLOW),
        ("2026-11-23 13:59", Lamp.YELLOW),
        ("2026-11-23 14:00", Lamp.RED),
        ("2026-12-24 00:00", Lamp.RED),
    ],
)
def test_the_lamp_is_yellow_at_eighty_percent_and_red_when_due(now: str, shown: Lamp) -> None:
    """Of worked time: the weekend between does not make it yellow."""
    due = deadline(Limit(5, Unit.WORK_HOURS), us("2026-11-20 16:30"), CALENDAR)

    assert lamp(due, us(now)) is shown


@pytest.mark.parametrize(
    ("done_us", "now_us", "on_time"),
    [(100, 500, True), (101, 500, False), (None, 100, True), (None, 101, False), (99, 0, True)],
)
def test_done_at_the_very_instant_is_on_time(done_us: int | None, now_us: int, on_time: bool) -> None:
    """As the published lists judge it: late is later than the deadline."""
    assert is_on_time(100, done_us, now_us) is on_time


def test_a_whole_incident_has_all_its_clocks_end_to_end() -> None:
    """An hour to file, an hour to dispatch, four to handle, four to check, whoever is quicker."""
    hours = {"reported": 1, "filed": 1, "dispatched": 4, "checking": 4}
    limits = {name: Limit(amount, Unit.WORK_HOURS) for name, amount in hours.items()}
    matter = Matter(kind=MatterKind.MATTER, code="06010", name="暴露垃圾", limits=limits)

    found = overall_deadline(matter, us("2026-11-20 16:30"), CALENDAR)

    assert found is not None
    assert local(found.due_us) == "2026-11-24 10:00"  # 1 h on Friday, 7.5 on Monday, 1.5 on Tuesday
    assert overall_deadline(Matter(kind=MatterKind.MATTER, code="99999", name="?"), 0, CALENDAR) is None


def test_one_unsure_clock_makes_the_whole_unsure() -> None:
    """Also where the last one always runs."""
    limits = {"reported": Limit(1, Unit.WORK_HOURS), "checking": Limit(1, Unit.DAYS)}
    matter = Matter(kind=MatterKind.MATTER, code="06010", name="暴露垃圾", limits=limits)

    found = overall_deadline(matter, us("2098-12-31 17:00"), CALENDAR)

    assert found is not None
    assert not found.is_sure


@given(
    from_us=st.integers(us("2024-01-01 00:00"), us("2026-06-30 00:00")),
    amount=st.integers(0, 400),
    unit=st.sampled_from(list(Unit)[:3]),
    edges=st.lists(st.integers(0, 40 * DAY_US // MINUTE_US), max_size=8),
)
def test_time_outside_the_pauses_until_a_deadline_is_the_limit(
    from_us: int, amount: int, unit: Unit, edges: list[int]
) -> None:
    """Counted the other way round, minute by minute's sums: what `between` says of each stretch."""
    edges = sorted({from_us + edge * MINUTE_US for edge in edges})
    pauses = [(starts, ends) for number, (starts, ends) in enumerate(pairwise(edges)) if number % 2 == 0]

    found = deadline(Limit(amount / 10, unit), from_us, CALENDAR, paused=pauses[::-1])

    worked = CALENDAR.between_us(from_us, found.due_us, unit)
    won = sum(CALENDAR.between_us(starts, min(ends, found.due_us), unit) for starts, ends in pauses)
    assert worked - won == round(amount / 10 * {Unit.WORK_DAYS: 8}.get(unit, 1) * HOUR_US)
    assert from_us <= found.warn_us <= found.due_us
