"""Plans: which hours can move anything. That nothing else does is tried in tests/dashboard/test_rule_preview.py."""

import pytest

from street.clock import HOUR_US
from street.preview import Plan, Planner, Series, first_hour
from tests.street.preview.forms import NOON_US, RULES, a_rule

FIRST = NOON_US // HOUR_US
METER = Series(1, "A", "level")


def planned(rule: str, *ranges: tuple[float, float] | None, most_rows: int = 10_000) -> Plan:
    """Plan hours with these extremes, of sixty readings each; None has no reading."""
    told = a_rule(RULES.get(rule, rule))
    hours = [(1, FIRST + place, 60, *it) for place, it in enumerate(ranges) if it is not None]
    to_us = NOON_US + len(ranges) * HOUR_US
    return Planner(told, [METER], hours, {}, NOON_US, to_us).plan(most_rows)


def read(plan: Plan) -> list[int]:
    """Return which hours are read, counted from the first."""
    return [hour - FIRST for hour in plan.wanted]


@pytest.mark.parametrize(
    ("rule", "ranges", "expected"),
    [
        ("limit", [(1, 9), (2, 9.9), (0, 9)], []),
        ("limit", [(1, 9), (2, 10), (0, 7), (0, 7), (0, 7)], [1, 2]),
        ("limit", [(1, 9), (2, 10), (0, 9), (0, 7), (0, 9)], [1, 2, 3, 4]),
        ("limit", [(1, 9), (11, 12), None, (11, 12), (1, 5), (1, 5)], [1, 3, 4]),
        ("below", [(2.1, 9), (1, 9), (5, 6), (5, 6)], [1, 2]),
        ("levels", [(1, 7), (8, 9), (1, 5), (1, 5)], [1, 2]),
        ("breaches", [(1, 7)] * 6, []),
        ("breaches", [(1, 7), (1, 7), (1, 9), (1, 7), (1, 7), (1, 7), (1, 7)], [-1, 0, 1, 2, 3, 4, 5, 6]),
        ("change", [(1, 3)] * 5, []),
        ("not", [(1, 5), (1, 5), (7, 9), (1, 5)], [0, 2, 3]),
        ("across", [(1, 5), (1, 5), (7, 9), (1, 5), (1, 5)], [0, 2, 3]),
        ("silence", [(1, 5), (1, 5)], [0, 1]),
    ],
)
def test_only_hours_that_can_move_something_are_read(
    rule: str, ranges: list[tuple[float, float] | None], expected: list[int]
) -> None:
    """Until all is over for sure; of a rule that counts others also where one joins or leaves."""
    assert read(planned(rule, *ranges)) == expected


def test_outside_its_hours_a_rule_reads_nothing() -> None:
    """Noon is no night: 21:20 to 05:40, from noon on."""
    plan = planned("night", *[(1.0, 9.0)] * 24)

    assert read(plan) == [9, 10, 11, 12, 13, 14, 15, 16, 17, 18]


def test_what_comes_late_meets_the_beginning_of_the_next_hour() -> None:
    """Else a reading that rules would have dropped would count."""
    plan = planned("limit", (1, 9), (2, 10), (0, 7), (0, 7))

    assert list(plan.tails) == [FIRST + 3]


def test_a_number_that_looks_back_reads_as_far_before() -> None:
    """The window of the first reading that matters reaches into the hours before it."""
    told = a_rule(RULES["change"])
    hours = [(1, FIRST + place, 60, 1.0, 9.0 if place == 6 else 2.0) for place in range(9)]

    plan = Planner(told, [METER], hours, {}, NOON_US, NOON_US + 9 * HOUR_US).plan(10_000)

    assert first_hour(told, NOON_US) == FIRST - 2
    assert read(plan) == [4, 5, 6, 7]


def test_too_much_is_cut_at_its_old_end() -> None:
    """The newest hours are what somebody edits a rule for."""
    plan = planned("limit", *[(1, 11)] * 20, most_rows=300)

    assert read(plan) == [15, 16, 17, 18, 19]
    assert (plan.from_us, plan.rows, plan.all_rows) == (NOON_US + 15 * HOUR_US, 300, 300)


def test_an_hour_without_a_live_reading_hands_on_to_the_next() -> None:
    """What was counted need not have been told to rules."""
    planner = Planner(
        a_rule(RULES["limit"]), [METER], [(1, FIRST, 60, 1, 11), (1, FIRST + 1, 60, 1, 5), (1, FIRST + 2, 60, 1, 5)],
        {}, NOON_US, NOON_US + 3 * HOUR_US,
    )  # fmt: skip
    plan = planner.plan(10_000)

    assert read(plan) == [0, 1]
    assert planner.unread(plan, [(1, NOON_US, NOON_US, 11.0)]) == {FIRST + 2: [1]}
    assert planner.unread(plan, [(1, NOON_US, NOON_US, 11.0), (1, NOON_US + HOUR_US, 0, 2.0)]) == {}


def test_nothing_stored_is_nothing_to_read() -> None:
    """A kind of asset that nobody has."""
    plan = Planner(a_rule(RULES["limit"]), [], [], {}, NOON_US, NOON_US + HOUR_US).plan(100)

    assert (plan.wanted, plan.rows, plan.from_us) == ({}, 0, NOON_US)
