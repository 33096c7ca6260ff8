"""Schedules: the hours, days and seasons of the street, on Shanghai's clock; more of them are in timelines.yaml."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from street.clock import DAY_US, HOUR_US, MINUTE_US, STREET_ZONE, as_datetime, as_us
from street.scenarios.schedule import ALWAYS, OFFSET_US, Schedule

NOON_US = as_us(datetime(2026, 11, 24, 12, tzinfo=STREET_ZONE))
NIGHT = Schedule(hours=((22 * 60, 6 * 60),))


@pytest.mark.parametrize(
    ("hours", "second", "expected"),
    [
        ((12 * 60, 13 * 60), 0, True), ((12 * 60, 13 * 60), 3599, True), ((12 * 60, 13 * 60), 3600, False),
        ((12 * 60, 13 * 60), -1, False), ((22 * 60, 6 * 60), 0, False), ((22 * 60, 6 * 60), 10 * 3600, True),
        ((22 * 60, 6 * 60), 12 * 3600, True), ((22 * 60, 6 * 60), 18 * 3600 - 1, True),
        ((22 * 60, 6 * 60), 18 * 3600, False),
    ],
)  # fmt: skip
def test_hours_are_local_and_may_pass_midnight(hours: tuple[int, int], second: int, expected: bool) -> None:
    """Night limits hold from 22:00 to 06:00 on Shanghai's clock, whatever the server's zone."""
    assert Schedule(hours=(hours,)).holds(NOON_US + second * 1_000_000) is expected


@given(st.integers(as_us(datetime(1992, 1, 1, tzinfo=UTC)), as_us(datetime(2040, 1, 1, tzinfo=UTC))))
def test_our_short_cut_is_the_zone(at_us: int) -> None:
    """Shanghai has had no summer time since 1991."""
    assert as_datetime(at_us).astimezone(STREET_ZONE).utcoffset() == timedelta(microseconds=OFFSET_US)


@pytest.mark.parametrize(
    "schedule",
    [
        NIGHT,
        Schedule(hours=((8 * 60, 9 * 60 + 30), (16 * 60, 17 * 60)), days=("workdays",)),
        Schedule(days=("days_off",)),
        Schedule(days=("fri",), hours=((22 * 60, 6 * 60),)),
        Schedule(seasons=(((11, 28), (12, 2)),)),
        ALWAYS,
    ],
)
def test_between_its_changes_a_schedule_stays_as_it_is(schedule: Schedule) -> None:
    """A preview asks only at these."""
    end_us = NOON_US + 9 * DAY_US
    changes = schedule.changes(NOON_US, end_us)

    edges = [NOON_US, *changes, end_us]
    for begin_us, until_us in pairwise(edges):
        at_all = {schedule.holds(at_us) for at_us in range(begin_us, until_us, 7 * MINUTE_US)}
        assert len(at_all) == 1
    assert changes == sorted(changes)


def test_a_schedule_that_names_nothing_always_holds() -> None:
    """As most do."""
    assert all(ALWAYS.holds(NOON_US + hour * HOUR_US) for hour in range(48))
