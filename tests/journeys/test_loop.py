"""The loop, S1 to S5 of the stories: from an MQTT message to a closed, verified, scored incident, by HTTP alone.

Real broker, ingest and dashboard; people act as their screens will: with ids of their own, by their devices' clocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from street.clock import MINUTE_US, as_datetime, iso, now_us
from street.people import Role
from tests.journeys.stack import Signed, Stack, until


@dataclass
class People:
    """Who acts, each signed in on a device of her own."""

    street: Stack
    signed: dict[str, Signed] = field(default_factory=dict)
    taps: int = 0

    def who(self, name: str) -> Signed:
        """Return the person called *name*: a role, with a dash and more to tell two apart."""
        if name not in self.signed:
            self.signed[name] = self.street.sign_in(Role(name.partition("-")[0]))
        return self.signed[name]

    def id_of(self, name: str) -> str:
        """Return a person's id."""
        return self.who(name).person.person_id

    def get(self, name: str, path: str) -> Any:
        """Return what *name* reads there."""
        answer = httpx.get(self.street.address + path, cookies=self.who(name).cookies, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, name: str, path: str, body: dict[str, Any]) -> httpx.Response:
        """Post as *name*'s page does."""
        who = self.who(name)
        headers = {"x-csrftoken": who.csrf}
        return httpx.post(self.street.address + path, json=body, cookies=who.cookies, headers=headers, timeout=20)

    def act(self, name: str, act: str, incident: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Do one act on the incident as it was last seen; return it as it is then."""
        self.taps += 1
        body = {
            "action_id": f"{name}-{self.taps}", "incident_id": incident["incident_id"], "act": act,
            "at": iso(now_us()), "seen_version": incident["version"],
        }  # fmt: skip
        answer = self.post(name, "/api/actions", body | more)
        assert answer.status_code == 200, answer.text
        moved: dict[str, Any] = answer.json()["incident"]
        return moved

    def incident_of(self, alarm_of: str) -> dict[str, Any]:
        """Wait for the candidate that an asset's alarm opens; return it from the queue."""
        found: list[dict[str, Any]] = []

        def is_there() -> bool:
            queue = self.get("operator", "/api/incidents?stage=reported&limit=200")["incidents"]
            found[:] = [it for it in queue if it["asset_id"] == alarm_of]
            return bool(found)

        until(is_there, f"{alarm_of} is in the queue\n{self.street.logs()}")
        return found[0]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """A live street with its people."""
    street = Stack(Path(tmp_path_factory.mktemp("loop")))
    try:
        street.open()
        yield People(street)
    finally:
        street.close()


def smoke(people: People, asset_id: str, *, ago_s: float, value: int) -> None:
    """Let a smoke detector say something that was true a while ago."""
    at = iso(now_us() - int(ago_s * 1_000_000))
    people.street.publish({f"street/{asset_id}/telemetry": {"ts": at, "smoke": value}})


def test_a_bin_fire_is_handled_verified_and_scored(people: People) -> None:
    """S1: alarm, 接警, dispatch, the officer's way, proof from an alley without signal, verification, score."""
    smoke(people, "SMK-03", ago_s=100, value=1)
    incident = people.incident_of("SMK-03")
    assert (incident["stage"], incident["severity"], incident["source"]) == ("reported", 1, "sensing")

    incident = people.act("operator", "acknowledge", incident, matter="06010")
    incident = people.act("operator", "dispatch", incident, officer_id=people.id_of("officer"))
    assert incident["due"] is not None  # its clock runs
    assert [it["incident_id"] for it in people.get("officer", "/api/incidents?mine=1")["incidents"]] == [
        incident["incident_id"]
    ]
    for act in ("accept", "depart", "arrive"):
        incident = people.act("officer", act, incident)
    smoke(people, "SMK-03", ago_s=80, value=0)
    smoke(people, "SMK-03", ago_s=0, value=0)
    until(
        lambda: people.get("operator", f"/api/incidents/{incident['incident_id']}")["recovered"], "it is normal again"
    )
    tablet = as_datetime(now_us()) + timedelta(hours=1)  # whose clock runs an hour ahead
    handled_us = now_us()
    body = {
        "action_id": "offline-1", "incident_id": incident["incident_id"], "act": "handle", "at": tablet.isoformat(),
        "sent": tablet.isoformat(), "seen_version": incident["version"], "note": "已扑灭，无人员受伤",
        "proof": ["after.jpg"],
    }  # fmt: skip
    first = people.post("officer", "/api/actions", body).json()
    again = people.post("officer", "/api/actions", body).json()
    assert (again["incident"], first["repeat"], again["repeat"]) == (first["incident"], False, True)

    own = people.post("operator", "/api/actions", body | {"action_id": "own-1", "act": "verify", "seen_version": None})
    assert own.json()["error"] == "own-work"
    evidence = people.get("operator-2", f"/api/incidents/{incident['incident_id']}/timeline")
    closed = people.act("operator-2", "verify", first["incident"])
    scored = people.act("leader", "score", closed, score=96)

    assert (scored["stage"], scored["score"]) == ("closed", 96)
    assert "recovered" in [line["act"] for line in evidence["lines"]]
    assert evidence["alarm"]["cleared"] is not None
    assert [value for _at, value in evidence["readings"]] == [1.0, 0.0, 0.0]
    assert_every_instant(people, scored, handled_us)


def assert_every_instant(people: People, scored: dict[str, Any], handled_us: int) -> None:
    """The timeline has each step with who and three instants; the tablet's own time stands beside ours."""
    lines = people.get("leader", f"/api/incidents/{scored['incident_id']}/timeline")["lines"]
    acts = [line["act"] for line in lines if line["act"] != "recovered"]
    assert acts == [
        "reported", "acknowledge", "dispatch", "accept", "depart", "arrive", "handle", "verify", "score",
    ]  # fmt: skip
    assert all(line["at"] and line["counted"] and line["stored"] for line in lines)
    counted = [line["counted"] for line in lines if line["act"] != "recovered"]  # which was true before we heard of it
    assert counted == sorted(counted)
    handled = next(line for line in lines if line["act"] == "handle")
    assert handled["details"]["proof"] == ["after.jpg"]
    assert handled["at"] > iso(handled_us + 50 * MINUTE_US) > handled["counted"]
    for name in ("reported", "filed", "dispatched", "handled", "closed"):
        assert scored[name] is not None
    assert people.street.store().audit().verify().ok


def test_nine_reports_of_one_storm_are_dispatched_as_one(people: People) -> None:
    """S2: the operator merges what is one, sends one team, and takes out what was none of it."""
    people.street.report([{"id": f"storm-{n}", "title": "道路积水"} for n in range(9)], source="storm")
    ids = [f"storm/storm-{n}" for n in range(9)]
    first = people.get("operator", f"/api/incidents/{ids[0]}")

    merged = people.act("operator", "merge", first, other_ids=ids[1:])
    split = people.act("operator", "split", merged, other_ids=[ids[8]])
    filed = people.act("operator", "file", split)
    sent = people.act("operator", "dispatch", filed, department_id="养护")
    claimed = people.act("officer-2", "accept", sent)

    assert claimed["handler_id"] == people.id_of("officer-2")
    open_ids = {it["incident_id"] for it in people.get("operator", "/api/incidents?limit=200")["incidents"]}
    assert open_ids & set(ids) == {ids[0], ids[8]}
    joined = people.get("operator", f"/api/incidents/{ids[3]}/timeline")
    assert [line["act"] for line in joined["lines"]] == ["reported", "join"]


def test_the_leader_sees_who_follows_what_and_presses(people: People) -> None:
    """S3: whose is it, since when; and a word that it matters."""
    people.street.report([{"id": "52", "title": "路面塌陷", "severity": 2}], source="patrol")
    incident = people.get("operator", "/api/incidents/patrol/52")
    incident = people.act("operator", "file", incident)
    incident = people.act("operator", "dispatch", incident, officer_id=people.id_of("officer-3"))

    seen = people.get("leader", "/api/incidents/patrol/52")
    pressed = people.act("leader", "supervise", seen, reason="居民多次反映")

    assert seen["handler_id"] == people.id_of("officer-3")
    assert pressed["is_supervised"] is True
    # the officer who saw the version before may still go on
    assert people.act("officer-3", "accept", incident)["stage"] == "accepted"


def test_an_officer_returns_what_is_elsewhere(people: People) -> None:
    """S4: without a reason it is refused with a sentence; with one it goes back to the desk."""
    people.street.report([{"id": "60", "title": "井盖缺失"}], source="patrol")
    incident = people.get("operator", "/api/incidents/patrol/60")
    for name, act, more in (
        ("operator", "file", {}), ("operator", "dispatch", {"officer_id": people.id_of("officer")}),
        ("officer", "accept", {}), ("officer", "depart", {}), ("officer", "arrive", {}),
    ):  # fmt: skip
        incident = people.act(name, act, incident, **more)

    body = {"action_id": "no-reason", "incident_id": "patrol/60", "act": "return", "at": iso(now_us())}
    refused = people.post("officer", "/api/actions", body)
    returned = people.act("officer", "return", incident, reason="位置不符", proof=["there.jpg"])

    assert (refused.status_code, refused.json()["field"]) == (422, "reason")
    assert (returned["stage"], returned["handler_id"], returned["return_count"]) == ("filed", "", 1)


def test_the_squad_leader_hands_two_on(people: People) -> None:
    """S5: both change hands, and the one who had them is told that they are not his any more."""
    people.street.report([{"id": f"7{n}", "title": "占道经营"} for n in (0, 1)], source="squad")
    moved = []
    for n in (0, 1):
        incident = people.get("operator", f"/api/incidents/squad/7{n}")
        incident = people.act("operator", "file", incident)
        incident = people.act("operator", "dispatch", incident, officer_id=people.id_of("officer-4"))
        mine = people.act("officer-4", "accept", incident)
        moved.append(
            people.act("squad_leader", "transfer", mine, officer_id=people.id_of("officer-5"), reason="任务过多")
        )

    late = {"action_id": "late-4", "incident_id": "squad/70", "act": "depart", "at": iso(now_us())}
    refused = people.post("officer-4", "/api/actions", late | {"seen_version": moved[0]["version"] - 1})

    assert [it["handler_id"] for it in moved] == [people.id_of("officer-5")] * 2
    assert (refused.status_code, refused.json()["error"]) == (409, "superseded")
    assert refused.json()["by"] == people.who("squad_leader").person.login
