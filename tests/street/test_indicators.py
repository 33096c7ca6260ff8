"""Indicators: published bulletins counted again, and what is never counted."""

import time

import pytest

from street.clock import DAY_US, HOUR_US
from street.indicators import IDS, IncidentFacts, Indicator, Period, indicators

SEPTEMBER = Period(1_788_192_000_000_000, 1_790_784_000_000_000)  # 2026-09-01 to before 10-01, Asia/Shanghai
DUE_US = SEPTEMBER.from_us + 10 * DAY_US
IN_TIME, LATE = DUE_US - HOUR_US, DUE_US + HOUR_US


def due(count: int = 1, **facts: object) -> list[IncidentFacts]:
    """Return so many alike that should be handled and closed in September."""
    told: dict[str, object] = {"reported_us": SEPTEMBER.from_us - DAY_US, "filed_us": SEPTEMBER.from_us - DAY_US}
    told |= {"handle_due_us": DUE_US, "close_due_us": DUE_US}
    return [IncidentFacts(**(told | facts))] * count  # type: ignore[arg-type]  # a test's own facts


def counted(rows: list[IncidentFacts]) -> dict[str, Indicator]:
    """Return September's indicators by id."""
    return {it.id: it for it in indicators(rows, SEPTEMBER)}


def printed(indicator: Indicator) -> str:
    """Return it as a bulletin prints it."""
    share = "—" if indicator.share is None else f"{indicator.share:.2%}"
    return f"{indicator.numerator}/{indicator.denominator} = {share}"


def test_tianmen_is_counted_as_its_bulletin_says() -> None:
    """972 due, 911 closed, 737 of them on time."""
    rows = due(737, closed_us=IN_TIME) + due(911 - 737, closed_us=LATE) + due(972 - 911)

    found = counted(rows)

    assert printed(found["closed"]) == "911/972 = 93.72%"
    assert printed(found["closed_on_time"]) == "737/972 = 75.82%"


def test_suzhou_is_counted_as_its_bulletin_says() -> None:
    """6,507 of 6,523."""
    rows = due(6_507, closed_us=IN_TIME, handled_us=IN_TIME) + due(16)

    found = counted(rows)

    assert printed(found["closed"]) == "6507/6523 = 99.75%"
    assert printed(found["handled_on_time"]) == "6507/6523 = 99.75%"


def test_what_is_suspended_leaves_the_denominator_as_jinhua_rules() -> None:
    """100 due, 10 of them 缓办, 85 closed, 72 on time: of 90."""
    rows = due(72, closed_us=IN_TIME) + due(13, closed_us=LATE) + due(10, suspended_us=IN_TIME) + due(5)

    found = counted(rows)

    assert printed(found["closed"]) == "85/90 = 94.44%"
    assert printed(found["closed_on_time"]) == "72/90 = 80.00%"
    assert found["closed"].left_out == 10


def test_nothing_to_count_is_no_share() -> None:
    """Neither 0 % nor 100 %."""
    found = indicators([], SEPTEMBER)

    assert [it.id for it in found] == list(IDS)
    assert {printed(it) for it in found} == {"0/0 = —"}


def test_drills_and_merged_ones_never_count() -> None:
    """However many there are, in whatever state."""
    real = due(3, closed_us=IN_TIME, handled_us=IN_TIME, dispatched_us=IN_TIME, dispatch_due_us=DUE_US)
    noise = [
        it._replace(**mark, rework_count=1, reported_us=DUE_US, filed_us=DUE_US, closed_us=None)
        for it in real
        for mark in ({"is_drill": True}, {"is_merged": True})
    ]

    assert counted(real + noise) == counted(real)


def test_what_was_dismissed_should_not_have_been_closed() -> None:
    """It was reported, and not filed; nothing of it is due."""
    found = counted(due(is_dismissed=True, filed_us=None, reported_us=DUE_US, closed_us=None))

    assert printed(found["filed"]) == "0/1 = 0.00%"
    assert found["closed"].share is found["handled"].share is None


@pytest.mark.parametrize(
    ("due_us", "is_of_september"),
    [
        (SEPTEMBER.from_us - 1, False),
        (SEPTEMBER.from_us, True),
        (SEPTEMBER.to_us - 1, True),
        (SEPTEMBER.to_us, False),
    ],
)
def test_it_counts_where_its_deadline_lies(due_us: int, is_of_september: bool) -> None:
    """Not where it was reported: whoever reports late in a month spoils no month."""
    found = counted(due(handle_due_us=due_us, close_due_us=due_us))

    assert found["closed"].denominator == found["handled"].denominator == int(is_of_september)


def test_a_bulletin_printed_again_says_the_same() -> None:
    """What was closed, suspended or filed after the period's end is as it was at its end."""
    later_us = SEPTEMBER.to_us + DAY_US
    at_the_end = due(2) + due(1, reported_us=DUE_US, filed_us=None)
    today = due(1, closed_us=later_us, handled_us=later_us) + due(1, suspended_us=later_us)
    today += due(1, reported_us=DUE_US, filed_us=later_us)

    assert counted(today) == counted(at_the_end)


@pytest.mark.parametrize(
    ("closed_us", "on_time"), [(DUE_US - 1, 1), (DUE_US, 1), (DUE_US + 1, 0)], ids=["before", "at", "after"]
)
def test_closed_at_the_very_deadline_is_on_time(closed_us: int, on_time: int) -> None:
    """Late is later than the deadline."""
    assert counted(due(closed_us=closed_us))["closed_on_time"].numerator == on_time


def test_each_indicator_counts_what_it_says() -> None:
    """Ten incidents that differ in one thing each, worked out by hand."""
    start, end = SEPTEMBER.from_us, IN_TIME
    good = due(
        reported_us=start, filed_us=start + HOUR_US, dispatched_us=start + 2 * HOUR_US, handled_us=end, closed_us=end,
        file_due_us=start + HOUR_US, dispatch_due_us=start + 2 * HOUR_US,
    )[0]  # fmt: skip
    rows = [
        good,
        good._replace(filed_us=start + HOUR_US + 1),
        good._replace(filed_us=None, file_due_us=None, dispatched_us=None, dispatch_due_us=None, handle_due_us=None,
                      close_due_us=None, handled_us=None, closed_us=None),
        good._replace(dispatched_us=start + 2 * HOUR_US + 1),
        good._replace(return_count=2),
        good._replace(handled_us=LATE),
        good._replace(handled_us=None, closed_us=None),
        good._replace(extension_count=1),
        good._replace(rework_count=3, closed_us=LATE),
        good._replace(is_urgent=True),
    ]  # fmt: skip

    found = {name: (it.numerator, it.denominator) for name, it in counted(rows).items()}

    assert found == {
        "filed": (9, 10),
        "filed_on_time": (8, 9),
        "dispatched_rightly": (8, 9),
        "dispatched_on_time": (8, 9),
        "handled": (8, 9),
        "handled_on_time": (7, 9),
        "overdue_unhandled": (1, 9),
        "extended": (1, 9),
        "closed": (8, 9),
        "closed_on_time": (7, 9),
        "reworked": (1, 9),
        "urgent_closed": (1, 1),
        "returned": (1, 9),
    }


def test_a_hundred_thousand_incidents_are_counted_at_once() -> None:
    """While a person waits; the measured figure is a quarter of a second."""
    rows = due(50_000, closed_us=IN_TIME, handled_us=IN_TIME) + due(50_000, reported_us=DUE_US, filed_us=DUE_US)
    begun = time.perf_counter()

    found = counted(rows)

    took_s = time.perf_counter() - begun
    assert found["closed"].denominator == 100_000
    assert took_s < 3.0, f"{took_s:.2f} s"
