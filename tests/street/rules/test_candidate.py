"""Candidates: what an alarm proposes, and the few that need nobody to file them."""

from pathlib import Path

import pytest

from street.alarms import Alarm, AlarmState
from street.assets import Asset
from street.errors import ConfigError
from street.incidents import Stage
from street.rules.candidate import candidate
from street.scenarios import load_scenarios
from tests.street.rules.test_rules import FORM, NOON_US

GAUGE = Asset(asset_id="G-1", kind="gauge", name="gauge one", lon=120.3, lat=36.0)


def proposed(folder: Path, files: str) -> tuple[Stage, int, int | None]:
    """Return where a candidate of rule "deep" stands, its version, and when it was filed."""
    form = FORM.replace("deep: {quantity", f"deep: {{{files}quantity")
    (folder / "gauge.yaml").write_text(form, encoding="utf-8")
    rule = next(it for it in load_scenarios(folder)["gauge"].rules if it.rule_id == "deep")
    alarm = Alarm(
        alarm_id="deep:G-1:1", asset_id="G-1", rule_id="deep", quantity="water_level", severity=1,
        state=AlarmState.ACTIVE, value=3.5, raised_us=NOON_US,
    )  # fmt: skip
    incident = candidate(alarm, rule, GAUGE, NOON_US)
    return incident.stage, incident.version, incident.filed_us


@pytest.mark.parametrize("files", ["", "files: person, "])
def test_a_machine_only_proposes(tmp_path: Path, files: str) -> None:
    """A person files it."""
    assert proposed(tmp_path, files) == (Stage.REPORTED, 1, None)


def test_a_scenario_may_have_it_filed_at_once(tmp_path: Path) -> None:
    """Where nobody would ever say no."""
    assert proposed(tmp_path, "files: auto, ") == (Stage.FILED, 2, NOON_US)


def test_anything_else_is_no_way_to_file(tmp_path: Path) -> None:
    """A slip in a scenario does not quietly take people out."""
    with pytest.raises(ConfigError, match="files"):
        proposed(tmp_path, "files: always, ")
