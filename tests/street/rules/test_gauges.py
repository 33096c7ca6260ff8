"""Gauges: the number that is made of readings."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from street.clock import HOUR_US, SECOND_US
from street.rules.gauges import WEEK_H, Gauge, UsualHours, gauge_of
from street.scenarios.conditions import Measure, Source

STEPS = st.lists(st.tuples(st.integers(1, 400), st.floats(-5, 5).map(lambda it: round(it, 1))), min_size=1, max_size=40)


def a_gauge(measure: Measure, **told: object) -> Gauge:
    """A gauge of a level, over 600 s where it looks back."""
    over = {"over_s": 600.0} if measure in {Measure.CHANGE, Measure.SPREAD, Measure.BREACHES} else {}
    return gauge_of(Source(quantity="level", measure=measure, **{**over, **told}))  # type: ignore[arg-type]  # untyped cases


@given(STEPS)
def test_a_change_is_against_the_oldest_of_the_window(steps: list[tuple[int, float]]) -> None:
    """The same as looking through all readings anew."""
    gauge, at_s, seen = a_gauge(Measure.CHANGE), 0, []
    for pause_s, value in steps:
        at_s += pause_s
        seen.append((at_s, value))
        gauge.take(at_s * SECOND_US, value)

    window = [value for second, value in seen if second >= at_s - 600]

    assert gauge.number == (window[-1] - window[0] if len(window) > 1 else None)


@given(STEPS)
def test_a_spread_is_that_of_the_window_once_it_is_known(steps: list[tuple[int, float]]) -> None:
    """The value that held when the window began belongs to it."""
    gauge, at_s, seen = a_gauge(Measure.SPREAD), 0, []
    for pause_s, value in steps:
        at_s += pause_s
        seen.append((at_s, value))
        gauge.take(at_s * SECOND_US, value)

    first = max((place for place, (second, _) in enumerate(seen) if second <= at_s - 600), default=None)
    window = [value for _, value in seen[first:]] if first is not None else []

    assert gauge.number == (max(window) - min(window) if len(window) >= 3 else None)


@given(STEPS)
def test_breaches_are_the_beginnings_in_the_window(steps: list[tuple[int, float]]) -> None:
    """One that lasts over many readings is one."""
    gauge, at_s, begun, was = a_gauge(Measure.BREACHES, breach_above=2.0), 0, [], False
    for pause_s, value in steps:
        at_s += pause_s
        if value >= 2 and not was:
            begun.append(at_s)
        was = value >= 2
        gauge.take(at_s * SECOND_US, value)

    inside = [second for second in begun if second > at_s - 600]

    assert gauge.number == len(inside)
    assert gauge.due_us == ((inside[0] + 600) * SECOND_US if inside else None)


def test_a_part_that_is_more_than_its_whole_belongs_to_another_moment() -> None:
    """Two counts come one after the other."""
    gauge = gauge_of(Source(quantity="objects", less="moving"))
    gauge.take(0, 3.0)
    gauge.take_second(0, 1.0)  # type: ignore[attr-defined]  # a Difference, by its source
    two = gauge.number
    gauge.take_second(1, 5.0)  # type: ignore[attr-defined]  # as above

    assert (two, gauge.number) == (2.0, None)


@pytest.mark.parametrize("measure", list(Measure))
def test_what_is_forgotten_is_not_known(measure: Measure) -> None:
    """But that something was heard."""
    told: dict[str, object] = {"breach_above": 1.0} if measure is Measure.BREACHES else {}
    gauge = a_gauge(measure, **({"least": 1.0} if measure is Measure.UNUSUAL else {}), **told)
    for second in range(5):
        gauge.take(second * 300 * SECOND_US, 3.0)

    gauge.forget()

    assert (gauge.number is None) == (measure is not Measure.SILENCE)


def weeks(*ranges: tuple[float, float]) -> UsualHours:
    """The same hour, one, two … weeks before hour 2,000."""
    hours = UsualHours(2_000 - 7 * WEEK_H, 7 * WEEK_H)
    for week, (low, high) in enumerate(ranges, 1):
        hours.put(2_000 - week * WEEK_H, low, high)
    return hours


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(50, 60), (40, 70), (52, 62)], (50, 62)),
        ([(50, 60), (0, 100), (52, 62), (51, 61)], (50.5, 61.5)),
        ([(50, 60), (40, 70)], None),
    ],
)
def test_what_is_usual_is_the_middle_of_the_weeks(
    ranges: list[tuple[float, float]], expected: tuple[float, float] | None
) -> None:
    """One week of a festival moves little; two weeks are too few to say anything."""
    assert weeks(*ranges).usual(2_000) == expected


def test_what_is_usual_looks_at_the_past_alone() -> None:
    """A reading must not make itself usual."""
    hours = weeks((50, 60), (50, 60), (50, 60))
    for later in range(3):
        assert hours.usual(2_000 + later) == ((50, 60) if later == 0 else None)
    gauge = gauge_of(Source(quantity="level", measure=Measure.UNUSUAL, least=1.0), hours=hours)
    gauge.take(2_000 * HOUR_US, 70.0)

    assert gauge.number == 3.0
    assert not math.isnan(gauge.number)
