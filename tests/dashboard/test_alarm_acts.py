"""Alarms over HTTP: what is open, what is done to one, and who may."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from street.alarms import Alarm, AlarmState
from street.clock import HOUR_US, MINUTE_US, iso, now_us
from street.people import Role
from tests.dashboard.cameras import THERE, Stage, staged
from tests.dashboard.conftest import Signed


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A dashboard over the street with cameras in two grid cells."""
    with staged(tmp_path_factory.mktemp("street")) as made:
        yield made


def raised(stage: Stage, alarm_id: str, asset_id: str = "CAM-1", **changes: Any) -> str:
    """Raise an alarm; return its id."""
    at_us = now_us()
    row: dict[str, Any] = {
        "asset_id": asset_id, "rule_id": f"rule-{alarm_id}", "quantity": "online", "severity": 3,
        "state": AlarmState.ACTIVE, "value": 0.0, "raised_us": at_us,
    }  # fmt: skip
    batch = stage.street.writer.begin(at_us)
    batch.raise_alarm(Alarm(**{**row, "alarm_id": alarm_id, **changes}))
    batch.commit()
    return alarm_id


def post(stage: Stage, who: Signed, path: str, **said: Any) -> httpx.Response:
    """Send what *who* wants."""
    with stage.serving.browser(who) as browser:
        return browser.post(path, json=said, headers=who.csrf)


def act(stage: Stage, who: Signed, alarm_id: str, what: str, **said: Any) -> httpx.Response:
    """Do something to an alarm."""
    row = {"action_id": f"tap-{alarm_id}-{what}", "alarm_id": alarm_id, "act": what, **said}
    return post(stage, who, "/api/alarms/actions", **row)


def listed(stage: Stage, who: Signed) -> dict[str, dict[str, Any]]:
    """Return what *who* sees, by alarm."""
    return {it["alarm_id"]: it for it in stage.get(who, "/api/alarms").json()["alarms"]}


def test_an_operator_acknowledges_and_all_see_by_whom(stage: Stage) -> None:
    """Once: the same tap again is the same act."""
    who, alarm_id = stage.sign_in(Role.OPERATOR), raised(stage, "ack")

    first, second = (act(stage, who, alarm_id, "acknowledge") for _ in range(2))

    assert (first.status_code, first.json()["repeat"], second.json()["repeat"]) == (200, False, True)
    assert first.json()["alarm"]["life"] == "acknowledged"
    assert listed(stage, who)[alarm_id]["acknowledged_by"] == who.person.login
    assert [it.entry.object for it in stage.audited(who, action="alarm.acknowledge")] == [f"alarm/{alarm_id}"]


def test_the_second_operator_is_told_who_was_first(stage: Stage) -> None:
    """A sentence, and the alarm as it stands."""
    first, second, alarm_id = stage.sign_in(Role.OPERATOR), stage.sign_in(Role.OPERATOR), raised(stage, "two")
    act(stage, first, alarm_id, "acknowledge")

    answer = act(stage, second, alarm_id, "acknowledge", action_id="tap-second")

    assert (answer.status_code, answer.json()["error"], answer.json()["by"]) == (409, "illegal", first.person.login)
    assert first.person.login in answer.json()["say"]
    assert answer.json()["alarm"]["life"] == "acknowledged"


def test_shelved_is_listed_with_who_why_and_until_when(stage: Stage) -> None:
    """And taken back it is as it was."""
    who, alarm_id, until = stage.sign_in(Role.OPERATOR), raised(stage, "shelf"), iso(now_us() + HOUR_US)

    shelved = act(stage, who, alarm_id, "shelve", reason="lens is being cleaned", until=until)
    held = listed(stage, who)[alarm_id]["held_by"]
    back = act(stage, who, alarm_id, "unshelve")

    assert shelved.json()["alarm"]["life"] == "shelved"
    assert (held["by"], held["reason"], held["until"]) == (who.person.login, "lens is being cleaned", until)
    assert back.json()["alarm"]["held_by"] is None


@pytest.mark.parametrize(
    ("role", "alarm"),
    [
        pytest.param(Role.OFFICER, "mine", id="an officer"),
        pytest.param(Role.LEADER, "mine", id="a leader"),
        pytest.param(Role.WALL, "mine", id="a wall"),
        pytest.param(Role.OPERATOR, "theirs", id="another cell's alarm"),
        pytest.param(Role.OPERATOR, "none", id="no such alarm"),
    ],
)
def test_who_may_not_gets_the_answer_for_what_there_is_not(stage: Stage, role: Role, alarm: str) -> None:
    """And nothing is done."""
    ids = {"mine": raised(stage, f"no-{role}-1"), "theirs": raised(stage, f"no-{role}-2", "CAM-2"), "none": "nowhere"}
    who = stage.sign_in(role)

    answer = act(stage, who, ids[alarm], "acknowledge")

    assert (answer.status_code, answer.json()) == (404, {"error": "not found"})
    assert stage.audited(who, action="alarm.", outcome="done") == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        pytest.param({"act": "explode"}, "act", id="no such act"),
        pytest.param({"act": "raise"}, "act", id="the rules' act"),
        pytest.param({"act": "shelve"}, "reason", id="no reason"),
        pytest.param({"act": "shelve", "reason": "works"}, "until", id="no end"),
        pytest.param({"act": "shelve", "reason": "works", "until": "tomorrow"}, "until", id="no instant"),
        pytest.param({"act": "shelve", "reason": "works", "until": "2099-01-01T00:00:00Z"}, "until", id="for ever"),
        pytest.param({"act": "acknowledge", "who": "me"}, "who", id="a field more"),
        pytest.param({"act": "acknowledge", "action_id": ""}, "action_id", id="no id of its own"),
        pytest.param({"act": "acknowledge", "alarm_id": 7}, "alarm_id", id="a number"),
    ],
)
def test_what_is_no_act_is_refused_with_a_sentence(stage: Stage, said: dict[str, Any], field: str) -> None:
    """It says which field, and nothing is done."""
    who, alarm_id = stage.sign_in(Role.OPERATOR), f"bad-{hash(str(said))}"
    raised(stage, alarm_id)

    body = {"action_id": "tap-bad", "alarm_id": alarm_id, **said}
    with stage.serving.browser(who) as browser:
        answer = browser.post("/api/alarms/actions", json=body, headers=who.csrf)

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert len(answer.json()["say"]) > 5
    assert listed(stage, who)[alarm_id]["life"] == "unacknowledged"


def test_each_sees_her_own_area(stage: Stage) -> None:
    """What lies next door is not told of."""
    raised(stage, "here"), raised(stage, "there", "CAM-2")

    seen = listed(stage, stage.sign_in(Role.OPERATOR)), listed(stage, stage.sign_in(Role.OPERATOR, THERE))

    assert ["here" in it for it in seen] == [True, False]
    assert ["there" in it for it in seen] == [False, True]


def test_a_flood_is_told_and_grouped(stage: Stage) -> None:
    """By kind and area, the largest group first."""
    who = stage.sign_in(Role.OPERATOR, THERE)
    for number in range(11):
        raised(stage, f"flood-{number}", "CAM-2", rule_id="camera-offline", raised_us=now_us() - MINUTE_US)

    told = stage.get(who, "/api/alarms").json()

    assert told["flood"] is True
    assert (told["groups"][0]["rule_id"], told["groups"][0]["area_id"], told["groups"][0]["calls"]) == (
        "camera-offline", THERE, 11,
    )  # fmt: skip
