"""Conditions: three answers, and hysteresis through every join."""

import pytest

from street.scenarios.conditions import (
    All,
    Condition,
    Either,
    Limit,
    Measure,
    Not,
    Source,
    has_not,
    limits_of,
    sources_of,
)

A, B = Source(quantity="a"), Source(quantity="b")
HIGH = Limit(source=A, raise_above=10, clear_at=8)
LOW = Limit(source=B, raise_below=2, clear_at=4)


@pytest.mark.parametrize(
    ("limit", "number", "standing", "expected"),
    [
        (HIGH, 10, False, True), (HIGH, 9, False, False), (HIGH, 9, True, True), (HIGH, 8, True, False),
        (LOW, 2, False, True), (LOW, 3, False, False), (LOW, 3, True, True), (LOW, 4, True, False),
        (HIGH, None, False, None), (HIGH, None, True, None),
    ],
)  # fmt: skip
def test_a_limit_is_asked_by_what_stands(
    limit: Limit, number: float | None, standing: bool, expected: bool | None
) -> None:
    """By itself to begin, by clear_at to end; between the two nothing changes."""
    assert limit.truth({limit.source: number}, standing=standing) is expected


@pytest.mark.parametrize(
    ("join", "a", "b", "expected"),
    [
        (All((HIGH, LOW)), 11, 1, True), (All((HIGH, LOW)), 11, 9, False), (All((HIGH, LOW)), 5, None, False),
        (All((HIGH, LOW)), 11, None, None), (Either((HIGH, LOW)), 5, 9, False), (Either((HIGH, LOW)), 11, None, True),
        (Either((HIGH, LOW)), 5, None, None), (Not(HIGH), 5, 9, True), (Not(HIGH), 11, 9, False),
        (Not(HIGH), None, 9, None),
    ],
)  # fmt: skip
def test_what_is_not_known_decides_nothing(join: Condition, a: float, b: float | None, expected: bool | None) -> None:
    """Unless the other part decides it alone."""
    assert join.truth({A: a, B: b}, standing=False) is expected


@pytest.mark.parametrize(("number", "begins", "holds"), [(11, False, False), (9, False, True), (8, True, True)])
def test_a_not_turns_hysteresis_around(number: float, begins: bool, holds: bool) -> None:
    """It begins only when the part is clearly over, and ends only when it is clearly broken."""
    join = Not(HIGH)

    assert join.truth({A: number}, standing=False) is begins
    assert join.truth({A: number}, standing=True) is holds


def test_a_condition_can_be_read() -> None:
    """A candidate incident says why it is one."""
    change = Source(quantity="a", measure=Measure.CHANGE, over_s=600)
    join = All((HIGH, Not(LOW), Limit(source=change, raise_above=1, clear_at=0)))

    assert str(join) == "(a ≥ 10 and not b ≤ 2 and change of a over 600 s ≥ 1)"
    assert str(Either((HIGH, Limit(source=Source(quantity="a", less="b"), raise_above=1, clear_at=0)))) == (
        "(a ≥ 10 or a less b ≥ 1)"
    )


def test_a_condition_knows_its_parts() -> None:
    """Each limit in its order, each number once, and whether anything is turned around."""
    join = Either((HIGH, All((LOW, HIGH))))

    assert list(limits_of(join)) == [HIGH, LOW, HIGH]
    assert sources_of([join, HIGH]) == (A, B)
    assert (has_not(join), has_not(All((HIGH, Either((LOW, Not(HIGH))))))) == (False, True)
