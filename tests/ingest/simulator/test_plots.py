"""What each fault looks like, against the limits that should notice it."""

from pathlib import Path

import pytest

import street
from ingest.simulator.behaviour import Values, measure
from ingest.simulator.nature import Nature
from ingest.simulator.plots import PLOTS
from ingest.simulator.roster import read_roster
from street.scenarios import Rule, load_scenarios
from street.scenarios.conditions import Limit

ROSTER = read_roster(Path(street.__file__).parent / "geo" / "demo_assets.csv")
NOON_S = 1_795_492_800.0
RULES = {rule.rule_id: rule for scenario in load_scenarios().values() for rule in scenario.rules}
NOTICED = [
    ("circuit-out", "lamp-no-supply"), ("lamp-fault", "lamp-fault"), ("bin-filling", "bin-overflowing"),
    ("bin-overflowing", "bin-overflowing"), ("tree-leaning", "tree-leaning"), ("gale", "wind-strong"),
    ("lane-blocked", "fire-lane-blocked"), ("camera-sees-lane", "camera-sees-blocked-lane"), ("flood", "road-flooded"),
    ("flood", "road-flooded-deep"), ("tide", "road-flooded"), ("manhole-open", "manhole-open"), ("smoke", "smoke"),
    ("elder-calls", "elder-calls"), ("noise-burst", "noise-very-loud"), ("camera-offline", "camera-offline"),
    ("gateway-hot", "gateway-hot"), ("kerb-blocked", "kerb-illegal-stop"), ("battery-low", "smoke-detector-battery"),
    ("smoky-air", "pm25-high"), ("crowd", "crowd"),
]  # fmt: skip


def played(name: str, lasts_s: float) -> list[tuple[float, Values]]:
    """What an asset in the plot says, each second from its beginning to its end."""
    plot = PLOTS[name]
    asset = next(asset for asset in ROSTER if asset.kind == plot.kind)
    usual = measure(asset, NOON_S, Nature(7))
    return [(second, usual | plot.change(second, lasts_s, usual)) for second in range(int(lasts_s))]


def limit_of(rule: Rule) -> Limit:
    """The one limit of the rule's first level."""
    when = rule.levels[0].when
    assert isinstance(when, Limit)
    return when


def longest_breach_s(rule: Rule, story: list[tuple[float, Values]]) -> int:
    """Return for how many seconds on end the limit is broken."""
    best = run = 0
    for _, values in story:
        run = run + 1 if limit_of(rule).is_breach(float(values[rule.quantity])) else 0
        best = max(best, run)
    return best


@pytest.mark.parametrize(("name", "rule_id"), NOTICED)
def test_a_plot_is_long_and_bad_enough_to_be_noticed(name: str, rule_id: str) -> None:
    """Even the shortest one outlasts the delay of the limit it is meant for."""
    rule = RULES[rule_id]

    assert longest_breach_s(rule, played(name, PLOTS[name].lasts_s[0])) > rule.levels[0].on_delay_s


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_says_nothing_absurd(name: str) -> None:
    """A value outside the plausible range raises no alarm: the plot would go unseen."""
    scenarios = load_scenarios()
    kind = PLOTS[name].kind

    for _, values in played(name, PLOTS[name].lasts_s[1]):
        for quantity, value in values.items():
            assert scenarios.is_plausible(kind, quantity, float(value)), (quantity, value)


def test_a_small_tide_stays_below_the_deep_limit() -> None:
    """Level 2 in the long run; level 1 is the opening's."""
    assert longest_breach_s(RULES["road-flooded-deep"], played("tide", 2400)) == 0


def test_a_flood_falls_before_it_ends() -> None:
    """So that its alarms clear by what the gauge says, not by the story's cut."""
    over = [
        second
        for second, values in played("flood", 1700)
        if limit_of(RULES["road-flooded"]).is_over(float(values["water_level"]))
    ]

    assert over
    assert over[-1] == 1699
    assert over[0] > 600


@pytest.mark.parametrize("name", [name for name, plot in PLOTS.items() if plot.is_silent])
def test_silence_changes_no_value(name: str) -> None:
    """Nothing is heard: inventing a value would be the opposite of a fault."""
    assert PLOTS[name].change(5, 100, {"x": 1}) == {}
