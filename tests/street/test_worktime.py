"""Working time: days, windows, and how much lies between two instants."""

import logging
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from street.clock import HOUR_US, MINUTE_US, STREET_ZONE, as_datetime, as_us
from street.worktime import STANDARD_WINDOWS, Calendar, Unit, Window, amount_us, statutory_workdays, windows_of

CALENDAR = Calendar()


def us(text: str) -> int:
    """Return a local time as an instant."""
    return as_us(datetime.fromisoformat(text).replace(tzinfo=STREET_ZONE))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        pytest.param("2026-11-20", True, id="a Friday"),
        pytest.param("2026-11-21", False, id="a Saturday"),
        pytest.param("2026-10-01", False, id="National Day, a Thursday"),
        pytest.param("2026-10-10", True, id="a Saturday worked for it"),
        pytest.param("2026-02-28", True, id="a Saturday worked for the Spring Festival"),
        pytest.param("2026-09-20", True, id="a Sunday worked for National Day"),
        pytest.param("2020-01-31", False, id="the Spring Festival that the epidemic made longer"),
        pytest.param("2004-05-08", True, id="the first year that is known"),
    ],
)
def test_a_day_is_worked_or_not(day: str, worked: bool) -> None:
    """As the State Council announced it."""
    assert CALENDAR.is_workday(date.fromisoformat(day)) is worked


def test_a_known_year_has_as_many_working_days_as_the_law() -> None:
    """2026 has 248: 365 less 104 days of weekends, less 13 of holidays by law."""
    worked = statutory_workdays(2026)

    assert worked is not None
    assert len(worked) == 365 - 104 - 13


def test_a_site_outranks_the_law() -> None:
    """Either way, and for that day only."""
    calendar = Calendar(own_days={date(2026, 11, 20): False, date(2026, 11, 21): True})

    worked = [calendar.is_workday(date(2026, 11, day)) for day in (19, 20, 21, 22)]

    assert worked == [True, False, True, False]


def test_a_year_nobody_announced_is_named_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """Never guessed silently: weekdays stand in, the calendar names the year, and the log says what to do."""
    statutory_workdays.cache_clear()

    with caplog.at_level(logging.WARNING):
        worked = [CALENDAR.is_workday(date(2098, 1, day)) for day in (1, 2, 3, 4, 5)]

    assert worked == [True, True, True, False, False]  # from Wednesday to Sunday
    assert CALENDAR.unknown_years(us("2097-12-31 23:59"), us("2098-01-01 00:00")) == (2097, 2098)
    assert CALENDAR.unknown_years(us("2025-12-31 23:59"), us("2026-01-01 00:00")) == ()
    told = [it.getMessage() for it in caplog.records if "2098" in it.getMessage()]
    assert len(told) == 1
    assert "street matters import" in told[0]


def test_a_year_is_known_once_its_new_year_is_an_own_day() -> None:
    """Each notice begins with it."""
    calendar = Calendar(own_days={date(2098, 1, 1): False})

    assert calendar.knows(2098)
    assert not calendar.is_workday(date(2098, 1, 1))
    assert not CALENDAR.knows(2098)


@pytest.mark.parametrize(
    ("from_", "to", "unit", "amount"),
    [
        ("2026-11-20 16:30", "2026-11-23 14:00", Unit.WORK_HOURS, 5),
        ("2026-11-20 16:30", "2026-11-23 14:00", Unit.WORK_DAYS, 0.625),
        ("2026-11-20 16:30", "2026-11-23 14:00", Unit.URGENT_HOURS, 69.5),
        ("2026-11-20 16:30", "2026-11-22 04:30", Unit.DAYS, 1.5),
        ("2026-11-16 08:30", "2026-11-16 12:00", Unit.WORK_HOURS, 3.5),
        ("2026-11-16 12:00", "2026-11-16 13:30", Unit.WORK_HOURS, 0),
        ("2026-10-01 00:00", "2026-10-08 08:30", Unit.WORK_HOURS, 0),
        ("2025-12-31 16:30", "2026-01-04 09:30", Unit.WORK_HOURS, 2),
        ("2026-11-16 10:00", "2026-11-16 09:00", Unit.WORK_HOURS, 0),
        ("2026-11-16 10:00", "2026-11-16 09:00", Unit.DAYS, 0),
        ("2026-01-01 00:00", "2027-01-01 00:00", Unit.WORK_HOURS, 248 * 7.5),
        ("2024-12-31 00:00", "2026-01-04 12:00", Unit.WORK_HOURS, (1 + 248) * 7.5 + 3.5),
    ],
)
def test_between_counts_what_is_worked(from_: str, to: str, unit: Unit, amount: float) -> None:
    """Only inside the windows of working days; over years too."""
    assert CALENDAR.between(us(from_), us(to), unit) == amount


def test_a_unit_may_be_given_by_its_code() -> None:
    """A limit that came from a file is a text."""
    assert CALENDAR.add(us("2026-11-20 16:30"), 5, "work_hours") == us("2026-11-23 14:00")
    with pytest.raises(ValueError, match="fortnights"):
        CALENDAR.add(0, 1, "fortnights")


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf")])
def test_an_amount_is_a_number_of_zero_or_more(amount: float) -> None:
    """Time does not run backwards."""
    with pytest.raises(ValueError, match="amount of 0 or more"):
        amount_us(amount, Unit.WORK_HOURS)


def test_a_work_day_is_eight_work_hours() -> None:
    """Whatever the windows add up to."""
    assert amount_us(1, Unit.WORK_DAYS) == 8 * HOUR_US


def test_windows_are_read() -> None:
    """As the configuration writes them."""
    assert windows_of("08:30-12:00 13:30-17:30") == STANDARD_WINDOWS
    assert windows_of("00:00-24:00") == (Window(0, 1440),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8:30-12:00",
        "12:00-08:30",
        "08:30-08:30",
        "08:30-12:00 11:00-17:30",
        "08:30-24:01",
        "08:60-12:00",
        "all day",
    ],
)
def test_windows_that_cannot_be_are_refused(text: str) -> None:
    """With what was expected and what was found."""
    with pytest.raises(ValueError, match="expected windows like"):
        windows_of(text)


@given(quarter=st.integers(0, 4 * 24 * 730), quarters=st.integers(0, 4 * 24 * 12))
def test_between_and_add_agree_with_counting_on_fingers(quarter: int, quarters: int) -> None:
    """Quarter of an hour by quarter of an hour, through two years with all their holidays."""
    step_us = 15 * MINUTE_US
    from_us = us("2025-01-01 00:00") + quarter * step_us
    steps = [from_us + number * step_us for number in range(quarters)]
    worked = [at_us for at_us in steps if is_worked(at_us)]

    found = CALENDAR.between(from_us, from_us + quarters * step_us, Unit.WORK_HOURS)

    assert found == len(worked) / 4
    if worked:
        assert CALENDAR.add(from_us, found, Unit.WORK_HOURS) == worked[-1] + step_us


def is_worked(at_us: int) -> bool:
    """Return whether the quarter that begins at *at_us* is worked, told without tables."""
    at = as_datetime(at_us).astimezone(STREET_ZONE)
    clock = f"{at:%H:%M}"
    return CALENDAR.is_workday(at.date()) and ("08:30" <= clock < "12:00" or "13:30" <= clock < "17:30")
