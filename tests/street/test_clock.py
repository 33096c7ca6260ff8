"""Time: one place that asks for it, and forms that do not lose a microsecond."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from street import clock

NEW_YEAR_US = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z


def test_now_is_the_machine_s_time_in_microseconds() -> None:
    """Seconds or milliseconds would be off by a thousand, which looks like 1970."""
    before = datetime.now(UTC)  # noqa: TID251 - compared with the only place that may ask

    now = clock.as_datetime(clock.now_us())

    assert before - timedelta(milliseconds=1) <= now <= before + timedelta(seconds=5)


def test_the_steady_clock_never_goes_back() -> None:
    """Deadlines are counted on it."""
    first = clock.monotonic_s()

    assert clock.monotonic_s() >= first


@given(st.integers(min_value=-62_135_596_800_000_000, max_value=253_402_300_799_999_999))
def test_an_instant_survives_the_way_there_and_back(at_us: int) -> None:
    """Every microsecond of the years 1 to 9999; floats would lose some."""
    assert clock.as_us(clock.as_datetime(at_us)) == at_us


def test_a_zone_is_only_another_name_for_the_instant() -> None:
    """08:00 in Qingdao is midnight UTC."""
    local = datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))

    assert clock.as_us(local) == NEW_YEAR_US


@pytest.mark.parametrize(
    ("add_us", "text"),
    [
        pytest.param(0, "2026-01-01T00:00:00Z", id="whole seconds have no decimals"),
        pytest.param(250_000, "2026-01-01T00:00:00.250Z", id="milliseconds have three"),
        pytest.param(1, "2026-01-01T00:00:00.000001Z", id="microseconds have six"),
    ],
)
def test_an_instant_is_written_as_short_as_it_is_exact(add_us: int, text: str) -> None:
    """What is exported is RFC 3339 with Z."""
    assert clock.iso(NEW_YEAR_US + add_us) == text


@pytest.mark.parametrize(
    ("hours_utc", "day_begins_utc"),
    [
        pytest.param(0, -8, id="eight in the morning there"),
        pytest.param(15.99, -8, id="a moment before midnight there"),
        pytest.param(16, 16, id="midnight there begins the next day"),
    ],
)
def test_the_street_s_day_begins_at_its_own_midnight(hours_utc: float, day_begins_utc: int) -> None:
    """Today's counts start at 00:00 in Shanghai, which is 16:00 UTC."""
    at_us = NEW_YEAR_US + int(hours_utc * clock.HOUR_US)

    assert clock.local_day_start_us(at_us) == NEW_YEAR_US + day_begins_utc * clock.HOUR_US
