"""What rules say, move by move: the table in timelines.yaml, played with a store that can be restarted."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from street.alarms import Alarm
from street.assets import Asset
from street.clock import HOUR_US, SECOND_US, STREET_ZONE, as_us
from street.readings import Reading
from street.rules import Clear, Move, Pend, Raise, Regrade, Rules
from street.rules.gauges import WEEK_H, UsualHours
from street.rules.recall import reaches
from street.scenarios import Scenarios, load_scenarios

TABLE = yaml.safe_load(Path(__file__).with_name("timelines.yaml").read_text(encoding="utf-8"))
QUANTITIES = ("level", "tilt", "blocked", "open", "on", "objects", "moving", "pressed")
NOON = "2026-11-24T12:00:00"
UNITS = {"": 1, "m": 60, "h": 3600, "d": 86400}
METRE = 1 / 111_195


def an_asset(asset_id: str, metres: float, community: str) -> Asset:
    """An asset so many metres north of A."""
    cell = f"{community}001"
    return Asset(
        asset_id=asset_id, kind="thing", name=asset_id, lon=120.3, lat=36.0 + metres * METRE, community_id=community,
        grid_cell_id=cell,
    )  # fmt: skip


HERE, ELSEWHERE = "370202007003", "370202007004"
ASSETS = {
    it.asset_id: it
    for it in (
        *(an_asset(name, 20.0 * place, HERE) for place, name in enumerate("ABCDE")),
        an_asset("Z", 1000, HERE),
        an_asset("Y", 2000, ELSEWHERE),
    )
}


class Case(NamedTuple):
    """One row of the table."""

    rule: dict[str, Any]
    story: str
    expected: str
    start_us: int
    usual: list[list[float]]


def cases() -> Iterator[Any]:
    """Yield every row, named for what it is about."""
    for group in TABLE:
        for name, story, expected, *more in group["cases"]:
            changes = more[0] if more else {}
            told = {"severity": 3, **group["rule"], **changes}
            if not {"when", "quantity"} & told.keys():
                told["quantity"] = "level"
            rule = {key: value for key, value in told.items() if value is not None}
            start = datetime.fromisoformat(more[1] if len(more) > 1 else group.get("start", NOON))
            start_us = as_us(start.replace(tzinfo=STREET_ZONE))
            yield pytest.param(
                Case(rule, story, expected, start_us, group.get("usual", [])), id=f"{group['about']}: {name}"
            )


class Street:
    """Rules, and all that a store would keep of what they say."""

    def __init__(self, scenarios: Scenarios, case: Case) -> None:
        self.scenarios, self.start_us, self.now_us = scenarios, case.start_us, case.start_us
        self.alarms: dict[str, Alarm] = {}
        self.states: dict[tuple[str, str], int] = {}
        self.readings: list[Reading] = []
        self.told: list[str] = []
        hour = case.start_us // HOUR_US
        hours = UsualHours(hour - 7 * WEEK_H, 8 * WEEK_H)
        for week, (low, high) in enumerate(case.usual):
            hours.put(hour - WEEK_H * (week + 1), low, high)
        self.usual = {("A", "level"): hours}
        self.rules = self.begun()

    def begun(self) -> Rules:
        """Make the rules of what is stored."""
        reach = reaches(self.scenarios)
        newest = {(it.asset_id, it.quantity): it for it in sorted(self.readings, key=lambda it: it.at_us)}
        recent = [
            it
            for it in self.readings
            if (far_us := reach.get(("thing", it.quantity))) is not None
            and (it.at_us >= self.now_us - far_us or newest[it.asset_id, it.quantity] is it)
        ]
        seen = {key: it.at_us for key, it in newest.items()}
        alarms = list(self.alarms.values())
        return Rules(self.scenarios, alarms, dict(self.states), ASSETS, seen, recent=recent, usual=self.usual)

    def play(self, story: str) -> None:
        """Play each step of *story*."""
        for step in story.split():
            if step == "restart":
                self.rules = self.begun()
            elif step.startswith("t"):
                self.pass_to(self.instant(step[1:]))
            else:
                found = re.fullmatch(r"(?:([A-Z])/)?(\d+[mhd]?):(?:([a-z]+)=)?(-?[\d.]+)", step)
                assert found, step
                asset_id, second, quantity, value = found.groups()
                at_us = self.instant(second)
                self.pass_to(max(at_us, self.now_us))
                reading = Reading(asset_id or "A", quantity or "level", at_us, self.now_us, float(value))
                self.readings.append(reading)
                self.take(self.rules.observe(ASSETS[reading.asset_id], reading))

    def instant(self, text: str) -> int:
        """Return the instant that a time of the story means."""
        found = re.fullmatch(r"(\d+)([mhd]?)", text)
        assert found, text
        return self.start_us + int(found[1]) * UNITS[found[2]] * SECOND_US

    def pass_to(self, at_us: int) -> None:
        """Let the clock tick whenever something is due."""
        while (due_us := self.rules.next_due_us()) is not None and due_us <= at_us:
            self.take(self.rules.tick(due_us))
        self.now_us = at_us
        self.take(self.rules.tick(at_us))

    def take(self, moves: list[Move]) -> None:
        """Store what rules say, and refuse what a store must never see."""
        for move in moves:
            if isinstance(move, Pend):
                key = (move.asset_id, move.rule_id)
                assert (key in self.states) == (move.since_us is None)
                if move.since_us is None:
                    del self.states[key]
                else:
                    self.states[key] = move.since_us
                continue
            alarm_id = move.alarm.alarm_id if isinstance(move, Raise) else move.alarm_id
            assert (alarm_id in self.alarms) != isinstance(move, Raise)
            if isinstance(move, Raise):
                self.alarms[alarm_id] = move.alarm
                self.tell(move.alarm, f"raise@{self.second(move.alarm.raised_us)}/{move.alarm.severity}")
            elif isinstance(move, Regrade):
                self.tell(self.alarms[alarm_id], f"to{move.severity}@{self.second(move.at_us)}")
                self.alarms[alarm_id] = graded_anew(self.alarms[alarm_id], move)
            elif isinstance(move, Clear):
                self.tell(self.alarms.pop(alarm_id), f"clear@{self.second(move.at_us)}")

    def tell(self, alarm: Alarm, what: str) -> None:
        """Note a move as the table writes it."""
        self.told.append(what if alarm.asset_id == "A" else f"{alarm.asset_id}/{what}")

    def second(self, at_us: int) -> str:
        """Return an instant as seconds since the start."""
        return f"{(at_us - self.start_us) / SECOND_US:g}"


def graded_anew(alarm: Alarm, move: Regrade) -> Alarm:
    """Return the alarm as the store would keep it."""
    incident_id = move.incident.incident_id if move.incident else alarm.incident_id
    return replace(alarm, severity=move.severity, incident_id=incident_id)


@pytest.mark.parametrize("case", list(cases()))
def test_the_alarms_are_those_of_the_table(case: Case, tmp_path: Path) -> None:
    """Each row is one thing that happens on a street, and what people should hear of it."""
    rule = {"title": {"zh": "某", "en": "Some"}, "why": {}, **case.rule}
    rule["why"] = {key: {"zh": "某", "en": "some"} for key in ("cause", "consequence", "response")}
    form = {
        "kind": "thing", "name": {"zh": "物", "en": "Thing"}, "icon": "thing", "interval_s": 60,
        "quantities": {name: {"plausible": [-100, 1000]} for name in QUANTITIES}, "rules": {"r": rule},
    }  # fmt: skip
    (tmp_path / "thing.yaml").write_text(yaml.safe_dump(form, allow_unicode=True), encoding="utf-8")
    street = Street(load_scenarios(tmp_path), case)

    street.play(case.story)

    assert " ".join(street.told) == case.expected


def test_the_table_is_long_enough() -> None:
    """Fewer than 120 would leave a family of rules untried."""
    assert len(list(cases())) >= 120
