"""People who act on incidents over HTTP, each signed in, against a real dashboard."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from street.clock import iso, now_us
from street.people import Role
from tests.dashboard.cameras import HERE, PHONE, Stage
from tests.dashboard.conftest import Signed, an_incident

FULL: dict[str, Any] = {"reason": "why", "note": "what", "proof": ["after.jpg"], "score": 95}


@dataclass
class Crew:
    """One of each who may do something, in the grid cell of most incidents."""

    stage: Stage
    signed: dict[str, Signed] = field(default_factory=dict)
    taps: int = 0
    incident_id: str = "hotline/0"  # of which acts are, unless they say another

    def turn(self) -> "Crew":
        """Begin the next test: with an incident that nobody has touched."""
        self.taps += 1
        self.incident_id = self.fresh(f"hotline/t{self.taps}", source="hotline", title=f"来电{PHONE}")
        return self

    def who(self, name: str, area_id: str = HERE) -> Signed:
        """Return the person called *name*: a role, with anything behind a dash to tell two apart."""
        if name not in self.signed:
            self.signed[name] = self.stage.sign_in(Role(name.partition("-")[0]), area_id)
        return self.signed[name]

    def id_of(self, name: str) -> str:
        """Return a person's id."""
        return self.who(name).person.person_id

    def post(self, name: str, path: str, body: Any, **more: Any) -> httpx.Response:
        """Post as *name*."""
        who = self.who(name)
        with self.stage.serving.browser(who) as browser:
            if isinstance(body, bytes):
                return browser.post(
                    path, content=body, headers=who.csrf | more.get("headers", {}), params=more.get("params")
                )
            return browser.post(path, json=body, headers=who.csrf, params=more.get("params"))

    def get(self, name: str, path: str) -> httpx.Response:
        """Get as *name*."""
        return self.stage.get(self.who(name), path)

    def act(self, name: str, act: str, incident_id: str = "", **changes: Any) -> httpx.Response:
        """Do one act that lacks nothing."""
        self.taps += 1
        body = FULL | {
            "action_id": f"tap-{self.taps}",
            "incident_id": incident_id or self.incident_id,
            "act": act,
            "at": iso(now_us()),
        }
        if act in {"dispatch", "transfer"}:
            body |= {"officer_id": self.id_of("officer")}
        return self.post(name, "/api/actions", body | changes)

    def straight(self, steps: int, incident_id: str = "") -> dict[str, Any]:
        """Go the first *steps* of the straight way; return the incident."""
        way = [
            ("operator", "acknowledge"), ("operator", "dispatch"), ("officer", "accept"), ("officer", "depart"),
            ("officer", "arrive"), ("officer", "handle"), ("grid_worker", "verify"), ("leader", "score"),
        ]  # fmt: skip
        for name, act in way[:steps]:
            answer = self.act(name, act, incident_id)
            assert answer.status_code == 200, answer.text
        incident: dict[str, Any] = answer.json()["incident"]
        return incident

    def fresh(self, incident_id: str, **changes: Any) -> str:
        """Report an incident here that nobody has touched; return its id."""
        self.stage.street.report(an_incident(incident_id, grid_cell_id=HERE, community_id=HERE[:12], **changes))
        return incident_id
