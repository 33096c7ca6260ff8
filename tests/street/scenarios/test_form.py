"""What a scenario file may say, and how a mistake in it is told."""

import re
from pathlib import Path

import pytest

from street.errors import ConfigError
from street.scenarios.conditions import Limit, Source
from street.scenarios.form import scenario_in
from street.scenarios.quantity import Quantity
from street.scenarios.schedule import Schedule

GOOD = """\
kind: gauge
name: {zh: 水位, en: Gauge}
icon: water
interval_s: 60
quantities:
  water_level: {unit: m, plausible: [-5, 20], telling: true}
  mood: {plausible: [0, 1]}
rules:
  wet:
    quantity: water_level
    raise_above: 1
    clear_at: 0.5
    on_delay_s: 30
    hours: ["22:00", "06:30"]
    severity: 2
    matter: "01004"
    title: {zh: 积水, en: Wet}
    why: {cause: {zh: 因, en: C}, consequence: {zh: 果, en: E}, response: {zh: 办, en: R}}
"""
PRESSED = GOOD.replace("on_delay_s: 30", "momentary: true")


def written(tmp_path: Path, text: str) -> Path:
    """Write one scenario file."""
    path = tmp_path / "gauge.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_scenario_is_read_as_written(tmp_path: Path) -> None:
    """Every key arrives where the rules look for it."""
    scenario = scenario_in(written(tmp_path, GOOD))

    [rule] = scenario.rules
    assert (scenario.kind, scenario.name, scenario.name_en, scenario.interval_s) == ("gauge", "水位", "Gauge", 60)
    assert scenario.quantities["water_level"] == Quantity(
        name="water_level", unit="m", low=-5, high=20, is_telling=True
    )
    assert scenario.quantities["mood"].unit is None
    [level] = rule.levels
    assert (rule.rule_id, level.when) == (
        "wet", Limit(source=Source(quantity="water_level"), raise_above=1, clear_at=0.5)
    )  # fmt: skip
    assert (level.on_delay_s, level.off_delay_s, rule.schedule) == (30, 0, Schedule(hours=((22 * 60, 6 * 60 + 30),)))
    assert (rule.severity, rule.matter, rule.title, rule.title_en) == (2, "01004", "积水", "Wet")


def test_a_momentary_rule_says_so(tmp_path: Path) -> None:
    """A press that arrives after the release must not be lost; other limits are not momentary unless told."""
    [pressed] = scenario_in(written(tmp_path, PRESSED)).rules
    [lasting] = scenario_in(written(tmp_path, GOOD)).rules

    assert (pressed.is_momentary, lasting.is_momentary) == (True, False)


def test_what_is_known_of_a_sensors_faults_is_read_as_written(tmp_path: Path) -> None:
    """Stillness, jumps, a ceiling, a rarer interval; a cause and the weight of silence. Without them, none of it."""
    text = GOOD.replace(
        "mood: {plausible: [0, 1]}",
        "mood: {plausible: [0, 1], stuck: [[0.2, 1800], [1, 86400]], jump: 0.5, at_most: water_level, interval_s: 600}",
    )
    text = text.replace("severity: 2", "severity: 3\n    cause: circuit").replace(
        "icon: water", "icon: water\nsilent_severity: 3"
    )

    scenario, plain = scenario_in(written(tmp_path, text)), scenario_in(written(tmp_path, GOOD))

    mood = scenario.quantities["mood"]
    assert (mood.stuck, mood.jump, mood.at_most, mood.interval_s) == (
        ((0.2, 1800), (1, 86400)),
        0.5,
        "water_level",
        600,
    )
    assert (scenario.silent_severity, scenario.rules[0].cause) == (3, "circuit")
    mood = plain.quantities["mood"]
    assert (mood.stuck, mood.jump, mood.at_most, mood.interval_s) == ((), float("inf"), "", None)
    assert (plain.silent_severity, plain.rules[0].cause) == (4, "")


MISTAKES = [
    ("icon: water", "icon: water\nsilent_severity: 2", r":4: silent_severity: expected 3 or 4: silence"),
    ("icon: water", "icon: water\nsilent_severity: 3.0", r":4: silent_severity: expected 3 or 4"),
    ("severity: 2", "severity: 2\n    cause: circuit", r":16: rules\.wet\.cause: expected circuit, beside"),
    ("severity: 2", "severity: 3\n    cause: moon", r"rules\.wet\.cause: expected circuit"),
    ("telling: true", "stuck: [0.2, 1800]", r"quantities\.water_level\.stuck: expected \[\[spread, seconds\], …\]"),
    ("telling: true", "stuck: [[1800, 0.2]]", r"stuck: expected \[\[spread, seconds\]"),
    ("telling: true", "stuck: often", r"stuck: expected \[\[spread, seconds\]"),
    ("telling: true", "jump: 0", r"quantities\.water_level\.jump: expected at least 0\.001, got 0"),
    ("telling: true", "interval_s: 0", r"quantities\.water_level\.interval_s: expected at least 1, got 0"),
    ("telling: true", "at_most: tilt", r"quantities: expected at_most to be one of water_level, mood, got 'tilt'"),
    ("on_delay_s: 30", "momentary: 1", r":13: rules\.wet\.momentary: expected true or false, got 1"),
    ("on_delay_s: 30", "on_delay_s: 9\n    momentary: true", r":14: rules\.wet\.momentary: expected false beside"),
    ("kind: gauge", "kind: Gauge!", r":1: kind: expected text like"),
    ("kind: gauge", "kind: [a]", r":1: kind: expected text, got \['a'\]"),
    ("icon: water\n", "", r"icon: missing"),
    ("icon: water", "icon: ''", r":3: icon: expected text, got ''"),
    ("icon: water", "icon: water\ncolour: red", r":4: colour: unknown key"),
    ("icon: water", "icon: water\nicon: bin", r":4: icon: said twice"),
    ("interval_s: 60", "interval_s: soon", r":4: interval_s: expected a number, got 'soon'"),
    ("interval_s: 60", "interval_s: true", r":4: interval_s: expected a number, got True"),
    ("interval_s: 60", "interval_s: .inf", r":4: interval_s: expected a number"),
    ("interval_s: 60", "interval_s: 0", r":4: interval_s: expected at least 1, got 0"),
    ("name: {zh: 水位, en: Gauge}", "name: 水位", r":2: name: expected a mapping of keys, got '水位'"),
    ("name: {zh: 水位, en: Gauge}", "name: {zh: 水位}", r":2: name: en: missing"),
    ("name: {zh: 水位, en: Gauge}", "name: {zh: 水位, en: G, de: P}", r":2: name\.de: unknown key"),
    ("unit: m", "unit: cm", r":6: quantities\.water_level\.unit: expected 'm', the unit of water_level, got 'cm'"),
    ("plausible: [-5, 20]", "plausible: [20, -5]", r":6: quantities\.water_level\.plausible: expected \[low, high\]"),
    ("plausible: [-5, 20]", "plausible: [0]", r"plausible: expected \[low, high\]"),
    ("plausible: [-5, 20]", "plausible: [no, 1]", r"plausible: expected \[low, high\]"),
    ("telling: true", "telling: 1", r"telling: expected true or false, got 1"),
    ("  mood:", "  Mood:", r":7: quantities\.Mood: expected a name like"),
    ("  wet:", "  Wet_One:", r":9: rules\.Wet_One: expected a name like"),
    ("quantity: water_level", "quantity: tilt", r":10: rules\.wet\.quantity: expected one of water_level, mood"),
    ("raise_above: 1", "raise_above: 25", r":11: rules\.wet\.raise_above: expected a limit inside the plausible -5…20"),
    ("raise_above: 1", "raise_above: 1\n    raise_below: 0", r"either raise_above or raise_below"),
    ("    raise_above: 1\n", "", r"either raise_above or raise_below"),
    ("raise_above: 1", "raise_below: 1", r":12: rules\.wet\.clear_at: expected more than raise_below \(1\), got 0\.5"),
    ("clear_at: 0.5", "clear_at: 1", r":12: rules\.wet\.clear_at: expected less than raise_above \(1\), got 1"),
    ("on_delay_s: 30", "on_delay_s: -1", r":13: rules\.wet\.on_delay_s: expected at least 0"),
    ("on_delay_s: 30", "on_delay: 30", r":13: rules\.wet\.on_delay: unknown key"),
    ('["22:00", "06:30"]', '["22:00", "24:00"]', r":14: rules\.wet\.hours: expected two different local times"),
    ('["22:00", "06:30"]', '["22:00", "22:00"]', r"hours: expected two different local times"),
    ('["22:00", "06:30"]', '[22:00, 06:30]', r"hours: expected two different local times"),
    ("severity: 2", "severity: 5", r":15: rules\.wet\.severity: expected 1, 2, 3 or 4, got 5"),
    ("severity: 2", "severity: '2'", r"severity: expected 1, 2, 3 or 4, got '2'"),
    ('matter: "01004"', "matter: 01004", r":16: rules\.wet\.matter: expected five digits in quotes"),
    ("kind: gauge", "- gauge", r":2: expected plain YAML: did not find expected '-'"),
    ("kind: gauge", "kind: [", r"expected plain YAML"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "complaint"), MISTAKES)
def test_a_mistake_is_told_with_file_line_and_key(tmp_path: Path, right: str, wrong: str, complaint: str) -> None:
    """Who edits a limit at night must not have to guess which of sixteen files is meant."""
    path = written(tmp_path, GOOD.replace(right, wrong, 1))

    with pytest.raises(ConfigError, match=complaint) as raised:
        scenario_in(path)

    assert re.match(rf"{re.escape(str(path))}:\d+: ", str(raised.value))


def test_a_scenario_watches_something(tmp_path: Path) -> None:
    """A kind without quantities is a name for nothing."""
    path = written(tmp_path, GOOD[: GOOD.index("quantities")] + "quantities: {}\n")

    with pytest.raises(ConfigError, match="at least one quantity"):
        scenario_in(path)
