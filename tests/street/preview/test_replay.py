"""Replays: what a rule makes of readings, counted."""

import pytest

from street.alarms import opens_incident
from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from street.preview import replay
from street.readings import Reading
from street.rules.recall import usual_hours
from tests.street.preview.forms import ASSETS, NOON_US, RULES, a_past, a_rule

LIMIT = "quantity: level\nraise_above: 10\nclear_at: 8\n"


def at(minute: float, value: float, asset_id: str = "A") -> Reading:
    """A reading so many minutes past noon that comes at once."""
    at_us = NOON_US + int(minute * MINUTE_US)
    return Reading(asset_id, "level", at_us, at_us, value)


def test_alarms_are_counted_by_day_and_asset() -> None:
    """What an operator wants to know: how many, where, how long, when."""
    readings = [at(0, 11), at(30, 7), at(40, 11, "B"), at(45, 7, "B"), at(13 * 60, 11), at(14 * 60, 7)]

    told = replay(a_rule(LIMIT), ASSETS, readings, NOON_US, NOON_US + DAY_US)

    assert (told.alarms, told.assets, told.longest_us, told.standing) == (3, {"A", "B"}, HOUR_US, 0)
    assert told.by_day == {"2026-11-24": 2, "2026-11-25": 1}
    assert told.by_severity == {4: 3}


def test_what_still_stands_lasts_to_the_end() -> None:
    """It is not shorter for not being over."""
    told = replay(a_rule(LIMIT), ASSETS, [at(0, 11)], NOON_US, NOON_US + DAY_US)

    assert (told.standing, told.longest_us, told.told) == (1, DAY_US, [("A", NOON_US, None, 4)])


def test_an_alarm_counts_by_the_gravest_it_became() -> None:
    """Severity that has fallen again was there all the same."""
    rule = a_rule(LIMIT + "off_delay_s: 60\nlevels: [{raise_above: 20, clear_at: 15, severity: 2}]\n")

    told = replay(rule, ASSETS, [at(0, 11), at(1, 25), at(2, 12), at(5, 1)], NOON_US, NOON_US + DAY_US)

    assert told.by_severity == {2: 1}
    assert opens_incident(2)


def test_the_clock_ticks_between_the_readings() -> None:
    """A sensor that speaks once an hour must not look quieter in a preview than on the street."""
    rule = a_rule(LIMIT + "on_delay_s: 600\n")

    told = replay(rule, ASSETS, [at(0, 11), at(60, 7)], NOON_US, NOON_US + DAY_US)

    assert told.told == [("A", NOON_US + 600 * SECOND_US, NOON_US + HOUR_US, 4)]


def test_what_was_raised_before_is_not_told() -> None:
    """Readings before the range only make the numbers that look back."""
    told = replay(a_rule(LIMIT), ASSETS, [at(0, 11), at(10, 7)], NOON_US + MINUTE_US, NOON_US + DAY_US)

    assert told.alarms == 0


@pytest.mark.parametrize("name", RULES)
def test_each_rule_that_previews_are_tried_with_does_something(name: str) -> None:
    """A preview of nothing equals a replay of nothing: every form has to raise in some past."""
    rule, found = a_rule(RULES[name]), 0
    for seed, days in ((100, 35), (1, 3), (2, 3), (3, 3)):
        readings = a_past(seed, days=days)
        hours: dict[tuple[str, str], dict[int, tuple[float, float]]] = {}
        for it in readings:
            known = hours.setdefault((it.asset_id, it.quantity), {})
            low, high = known.get(it.at_us // HOUR_US, (it.value, it.value))
            assert it.value is not None and low is not None and high is not None  # noqa: PT018 - one fact
            known[it.at_us // HOUR_US] = min(low, it.value), max(high, it.value)
        usual = {
            key: usual_hours([(hour * HOUR_US, *it) for hour, it in known.items()], NOON_US)
            for key, known in hours.items()
        }
        found += replay(rule, ASSETS, readings, NOON_US - 3 * DAY_US, NOON_US, usual).alarms

    assert found
