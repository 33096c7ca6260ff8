"""Instants and spans as the desk writes and reads them."""

from datetime import date, timedelta

import pytest

from layouts.desk.moments import (
    age,
    clock,
    day_of,
    midnight_us,
    minute,
    read_clock,
    read_day,
    read_moment,
    shown_time,
    stamp,
)
from layouts.wording import desk_words_in
from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from tests.layouts.desk.reading import NOW_US


def test_instants_are_shown_in_shanghai() -> None:
    """Wherever the server stands."""
    assert (stamp(NOW_US), minute(NOW_US), clock(NOW_US)) == ("2026-11-24 19:24:33", "11-24 19:24", "19:24")
    assert day_of(NOW_US) == date(2026, 11, 24)


def test_a_day_begins_at_shanghais_midnight() -> None:
    """Which is 16:00 of the day before in UTC."""
    assert midnight_us(date(2026, 11, 24)) == NOW_US - (19 * HOUR_US + 24 * MINUTE_US + 33 * SECOND_US)


@pytest.mark.parametrize(
    ("text", "after_us"),
    [("2026-11-24", 0), (" 2026-11-24 08:00 ", 8 * HOUR_US), ("2026-11-24 00:00:30", 30 * SECOND_US)],
)
def test_moments_are_read_as_they_are_written(text: str, after_us: int) -> None:
    """With or without the time of day."""
    assert read_moment(text) == midnight_us(date(2026, 11, 24)) + after_us


@pytest.mark.parametrize("text", ["", "24.11.2026", "2026-13-01", "2026-11-24T08:00", "2026-11-24 25:00", "x" * 999])
def test_what_is_no_moment_is_none(text: str) -> None:
    """Nothing is guessed."""
    assert read_moment(text) is None


@pytest.mark.parametrize("text", ["", "2026-11-4", "20261124", "2026-02-30", "2026-11-24 "])
def test_what_is_no_day_is_none(text: str) -> None:
    """One form only: it stands in addresses."""
    assert read_day(text) is None


def test_clock_times_reach_to_the_days_end() -> None:
    """24:00 is one."""
    assert read_clock("24:00") == timedelta(hours=24)
    assert read_clock("24:01") is None


@pytest.mark.parametrize(
    ("span_us", "shown"),
    [(-5, "0秒"), (59 * SECOND_US, "59秒"), (MINUTE_US, "1分钟"), (3 * HOUR_US, "3小时"), (9 * DAY_US, "9天")],
)
def test_ages_are_told_in_their_largest_unit(span_us: int, shown: str) -> None:
    """A clock that is behind counts as none."""
    assert age(span_us, desk_words_in("zh")) == shown


def test_a_short_time_carries_the_whole_one() -> None:
    """For a pointer that rests on it, and for machines."""
    shown = shown_time(NOW_US, "now").to_plotly_json()["props"]  # type: ignore[no-untyped-call]  # Dash is half typed

    assert (shown["title"], shown["dateTime"]) == ("2026-11-24 19:24:33", "2026-11-24T11:24:33Z")
