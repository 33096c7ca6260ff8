"""What assets measure on an ordinary day."""

from collections import defaultdict
from pathlib import Path

import pytest

import street
from ingest.simulator.behaviour import BEHAVIOUR, measure
from ingest.simulator.nature import Nature, local_hour
from ingest.simulator.roster import read_roster
from street.assets import Asset
from street.clock import SECOND_US
from street.scenarios import Level, Rule, Scenarios, load_scenarios
from street.scenarios.conditions import Limit, Source

ROSTER = read_roster(Path(street.__file__).parent / "geo" / "demo_assets.csv")
NATURE = Nature(7)
TUESDAY_S = 1_795_449_600.0  # 2026-11-24 00:00 in Shanghai
DAY = [TUESDAY_S + 900 * step for step in range(96)]


@pytest.fixture(scope="module")
def scenarios() -> Scenarios:
    """Those that ship."""
    return load_scenarios()


def test_every_kind_that_has_a_scenario_behaves(scenarios: Scenarios) -> None:
    """A new scenario without behaviour would be a silent asset on the demo's map."""
    assert set(BEHAVIOUR) == set(scenarios)


def test_what_is_measured_is_described_and_plausible(scenarios: Scenarios) -> None:
    """Every quantity of every asset over a day: known to its scenario and inside its range."""
    wrong = [
        (asset.asset_id, name, value)
        for asset in ROSTER
        for at_s in DAY[::8]
        for name, value in measure(asset, at_s, NATURE).items()
        if name not in scenarios[asset.kind].quantities | {"rssi": 0, "snr": 0}
        or not scenarios.is_plausible(asset.kind, name, float(value))
    ]

    assert wrong == []


def plain(rule: Rule) -> list[Level]:
    """The levels of a rule that is a limit of one value; others look back or around."""
    source = Source(quantity=rule.quantity)
    return [it for it in rule.levels if isinstance(it.when, Limit) and it.when.source == source]


def breaks(level: Level, value: float) -> bool:
    """Whether *value* breaks a plain limit."""
    return isinstance(level.when, Limit) and level.when.is_breach(value)


def test_an_ordinary_day_breaks_no_grave_limit(scenarios: Scenarios) -> None:
    """Level 1 and 2 belong to the story alone, or the wall would fill by itself."""
    grave = [
        (asset.asset_id, rule.rule_id)
        for asset in ROSTER
        for rule in scenarios[asset.kind].rules
        for level in plain(rule)
        if level.severity <= 2
        for at_s in DAY
        if breaks(level, float(measure(asset, at_s, NATURE)[rule.quantity]))
    ]

    assert grave == []


def test_an_ordinary_day_breaks_few_mild_limits(scenarios: Scenarios) -> None:
    """A street that is always over the limit teaches its viewers to look away."""
    hits: dict[str, int] = defaultdict(int)
    for asset in ROSTER:
        for rule in scenarios[asset.kind].rules:
            for at_s in DAY[::3]:
                if rule.quantity in (said := measure(asset, at_s, NATURE)) and rule.rule_id != "bay-overstayed":
                    holds = rule.schedule.holds(int(at_s * SECOND_US))
                    broken = any(breaks(level, float(said[rule.quantity])) for level in plain(rule))
                    hits[rule.rule_id] += holds and broken

    assert {name: count for name, count in hits.items() if count > 7} == {}


def of(asset_id: str) -> Asset:
    """An asset of the demo."""
    return next(asset for asset in ROSTER if asset.asset_id == asset_id)


def test_lamps_burn_by_night_and_rest_by_day() -> None:
    """Late November: on before half past five in the evening, off after seven in the morning."""
    lit = {round(local_hour(at_s), 2): measure(of("SL-101"), at_s, NATURE)["switch_on"] for at_s in DAY}

    assert all(lit[hour] for hour in (0.0, 3.0, 6.0, 17.5, 20.0, 23.75))
    assert not any(lit[hour] for hour in (7.25, 9.0, 12.0, 15.0, 16.25))


def test_a_lamp_uses_power_only_when_it_burns() -> None:
    """Power, current and brightness agree with the switch."""
    for at_s in DAY:
        said = measure(of("SL-101"), at_s, NATURE)
        assert (said["power"] > 40) == said["switch_on"] == (said["brightness"] > 0)
        assert said["voltage"] * said["current"] * 0.97 == pytest.approx(said["power"], abs=0.5)


def test_meters_never_run_backwards() -> None:
    """A falling energy counter would be a fault."""
    counted = [measure(of("SL-101"), at_s, NATURE)["energy"] for at_s in DAY]

    assert counted == sorted(counted)


def test_bins_fill_by_day_and_are_emptied_once() -> None:
    """One fall a day, in the early morning."""
    levels = [float(measure(of("BIN-01"), at_s, NATURE)["fill_level"]) for at_s in DAY]
    falls = [local_hour(later) for later, a, b in zip(DAY[1:], levels, levels[1:], strict=False) if b < a - 20]

    assert len(falls) == 1
    assert 5 <= falls[0] <= 6.5


def test_nights_are_quieter_than_days() -> None:
    """That is what the two noise limits are about."""
    levels = [float(measure(of("NOI-01"), at_s, NATURE)["noise_laeq"]) for at_s in DAY]
    night, day = levels[4:20], levels[36:76]

    assert sum(day) / len(day) > sum(night) / len(night) + 4


def test_an_asset_of_an_unknown_kind_says_nothing() -> None:
    """The register may hold more than the simulator knows."""
    assert measure(Asset(asset_id="X", kind="dragon", name="x"), TUESDAY_S, NATURE) == {}
