"""Thinning: what it leaves out moves nothing."""

import pytest

from street.clock import DAY_US, HOUR_US
from street.preview import replay, thinned
from street.preview.thinning import Row
from street.readings import Reading
from street.rules.recall import usual_hours
from tests.street.preview.forms import ASSETS, NOON_US, RULES, SERIES, a_past, a_rule

IDS = {(it.asset_id, it.quantity): it.series_id for it in SERIES}


def rows_of(readings: list[Reading]) -> list[Row]:
    """Return readings as the store gives them, in no order."""
    rows = [(IDS[it.asset_id, it.quantity], it.at_us, it.received_us, it.value or 0.0) for it in readings]
    return sorted(rows, key=lambda row: row[3])


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("seed", [11, 12])
def test_thinned_readings_make_the_same_alarms(name: str, seed: int) -> None:
    """For every form of a rule."""
    rule, readings = a_rule(RULES[name]), [it for it in a_past(seed) if it.at_us < NOON_US]
    hours = [(NOON_US - hour * HOUR_US, 4.0, 6.0) for hour in range(8 * 7 * 24)]
    usual = {(it.asset_id, it.quantity): usual_hours(hours, NOON_US) for it in SERIES}
    read = [it for it in readings if it.quantity in rule.quantities]

    few = thinned(rows_of(read), SERIES, rule, usual)

    whole = replay(rule, ASSETS, readings, NOON_US - 3 * DAY_US, NOON_US, usual)
    assert replay(rule, ASSETS, few, NOON_US - 3 * DAY_US, NOON_US, usual).told == whole.told


def test_a_value_that_stays_on_its_side_is_left_out() -> None:
    """Ten thousand good readings are one."""
    readings = [Reading("A", "level", NOON_US + it, NOON_US + it, 5.0 + it % 3) for it in range(1, 1_000)]

    assert len(thinned(rows_of(readings), SERIES, a_rule(RULES["limit"]), {})) == 1


def test_a_number_that_looks_back_needs_all_of_them() -> None:
    """They make it."""
    readings = [Reading("A", "level", NOON_US + it, NOON_US + it, 5.0) for it in range(1, 1_000)]

    assert thinned(rows_of(readings), SERIES, a_rule(RULES["change"]), {}) == readings
    assert thinned([], SERIES, a_rule(RULES["change"]), {}) == []
