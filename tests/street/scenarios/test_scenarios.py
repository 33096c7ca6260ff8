"""The scenarios that ship, and what they promise to rules and recordings."""

import csv
from pathlib import Path

import pytest

import street
from street.errors import ConfigError
from street.readings import UNITS
from street.scenarios import Scenarios, load_scenarios

GEO = Path(street.__file__).parent / "geo"
FORM = """
kind: {kind}
name: {{zh: 物, en: Thing}}
icon: thing
interval_s: 60
quantities: {{tilt: {{plausible: [0, 90]}}}}
rules: {{{rule}: {{quantity: tilt, raise_above: 10, clear_at: 5, severity: 3, title: {{zh: 歪, en: Leans}},
          why: {{cause: {{zh: 因, en: C}}, consequence: {{zh: 果, en: E}}, response: {{zh: 办, en: R}}}}}}}}
"""
# the matters our rules name, as GB/T 47678.5-2026 words them
MATTERS = {
    "01003": "雨水井盖异常", "01004": "雨水箅子异常", "01013": "消防设施异常", "01037": "路灯异常",
    "01050": "监控电子眼设施异常", "01066": "紧急报警点异常SOS", "03005": "垃圾箱异常", "04002": "行道树异常",
    "06028": "噪声扰民", "06042": "垃圾站（箱）满溢", "08004": "工地扬尘", "09009": "机动车乱停放",
    "09012": "占用消防通道", "10001": "道路积雪、结冰",
}  # fmt: skip


@pytest.fixture(scope="module")
def scenarios() -> Scenarios:
    """Those that ship."""
    return load_scenarios()


def test_every_demo_asset_has_its_scenario(scenarios: Scenarios) -> None:
    """An asset without one has no name on screen, no limits and no alarms."""
    with (GEO / "demo_assets.csv").open(encoding="utf-8", newline="") as file:
        kinds = {row["kind"] for row in csv.DictReader(file)}

    assert kinds == set(scenarios)


def test_every_matter_is_one_of_the_standard(scenarios: Scenarios) -> None:
    """An incident with an unknown code is refused by the platform it is passed on to."""
    named = {rule.matter for scenario in scenarios.values() for rule in scenario.rules}

    assert named - {""} == set(MATTERS)


def test_known_quantities_carry_their_canonical_unit(scenarios: Scenarios) -> None:
    """Limits would compare millimetres with metres otherwise."""
    wrong = [
        (kind, quantity.name)
        for kind, scenario in scenarios.items()
        for quantity in scenario.quantities.values()
        if quantity.name in UNITS and quantity.unit != UNITS[quantity.name]
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("kind", "severities"),
    [
        ("smoke_detector", {1, 4}),
        ("elder_button", {1, 4}),
        ("water_level", {1, 2, 3, 4}),
        ("manhole", {2, 3, 4}),
        ("tree_tilt", {2}),
        ("fire_lane_sensor", {2}),
        ("streetlight", {3, 4}),
        ("noise_meter", {3, 4}),
        ("gateway", {4}),
    ],
)
def test_severity_fits_the_danger(scenarios: Scenarios, kind: str, severities: set[int]) -> None:
    """People in danger first, lamps and bins later: a wall where all is red shows nothing."""
    assert {level.severity for rule in scenarios[kind].rules for level in rule.levels} == severities


def test_only_a_call_for_help_is_momentary(scenarios: Scenarios) -> None:
    """Smoke that was there a minute ago and is gone needs nobody; who pressed a button does."""
    momentary = [rule.rule_id for scenario in scenarios.values() for rule in scenario.rules if rule.is_momentary]

    assert momentary == ["elder-calls"]


def test_a_fire_lane_may_be_crossed(scenarios: Scenarios) -> None:
    """Only who stands there for more than three minutes blocks it."""
    [rule] = scenarios["fire_lane_sensor"].rules

    assert (rule.levels[0].on_delay_s, rule.severity, rule.matter) == (180, 2, "09012")


@pytest.mark.parametrize(
    ("kind", "quantity", "value", "expected"),
    [
        ("noise_meter", "noise_laeq", 62.1, True),
        ("noise_meter", "noise_laeq", 18.8, False),
        ("noise_meter", "noise_laeq", 300, False),
        ("weather_station", "rain", 9831.3, False),
        ("water_level", "water_level", -0.3, True),
        ("parking_bay", "occupied", -8, False),
        ("air_station", "pm25", 0, True),
        ("air_station", "pm25", 1500, True),
        ("noise_meter", "never_heard_of", 1e9, True),
        ("never_heard_of", "noise_laeq", 1e9, True),
    ],
)
def test_plausible_is_what_the_street_can_do(
    scenarios: Scenarios, kind: str, quantity: str, value: float, expected: bool
) -> None:
    """An implausible value is shown as such and raises nothing; what nobody describes is let through."""
    assert scenarios.is_plausible(kind, quantity, value) is expected


@pytest.mark.parametrize(
    ("quantities", "expected"),
    [
        (["people_count"], "people_counter"),
        (["noise_laeq"], "noise_meter"),
        (["pm25", "pm10", "temperature", "rain", "wind_speed"], "air_station"),
        (["rain", "temperature", "humidity", "pressure"], "weather_station"),
        (["water_level"], "water_level"),
        (["power", "voltage"], "streetlight"),
        (["capacity", "occupied"], "parking_bay"),
        (["vehicle_count", "temperature", "rain"], "curb_camera"),
        (["fill_level", "fill_threshold"], "waste_bin"),
        (["battery", "link_quality"], None),
        ([], None),
    ],
)
def test_a_recording_tells_its_kind(scenarios: Scenarios, quantities: list[str], expected: str | None) -> None:
    """The first telling column decides: an air station also measures rain, a kerb camera also temperature."""
    assert scenarios.kind_of(quantities) == expected


def test_two_files_may_not_describe_one_kind(tmp_path: Path) -> None:
    """Else the order of file names would decide which limits hold."""
    (tmp_path / "a.yaml").write_text(FORM.format(kind="thing", rule="leans"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(FORM.format(kind="thing", rule="bends"), encoding="utf-8")

    with pytest.raises(ConfigError, match=r"b\.yaml:1: kind thing: already described in a\.yaml"):
        load_scenarios(tmp_path)


def test_two_rules_may_not_share_an_id(tmp_path: Path) -> None:
    """Alarms are named after their rule."""
    (tmp_path / "a.yaml").write_text(FORM.format(kind="one", rule="leans"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(FORM.format(kind="two", rule="leans"), encoding="utf-8")

    with pytest.raises(ConfigError, match="rule leans: already described"):
        load_scenarios(tmp_path)


def test_a_folder_without_scenarios_is_a_mistake(tmp_path: Path) -> None:
    """A street that never alarms looks like a quiet one."""
    with pytest.raises(ConfigError, match="holds no scenario"):
        load_scenarios(tmp_path)
