"""Planted markers: somebody's numbers, plate, card and secrets go into the whole product by every way there is.

They are found nowhere they don't belong: no page, no JSON, no event of the stream, no export, no log, no list of dead
letters, no dump for support, no audit. They do arrive in the store, and whoever reveals an incident reads it.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from street.clock import HOUR_US, now_us
from street.config import Config, load
from street.keys import load_keys
from street.people import Actor, Grant, Person, Role, Shift
from street.store import Store, open_store
from tests.journeys.stack import ROOT, Stack, until

PHONE: Final = "13987654321"
SPOKEN: Final = "139 8765 4321"
CARD: Final = "370202198506153217"
PLATE: Final = "鲁B6G8K8"
PASSWORD: Final = "tr0ub4dor-9"
TOKEN: Final = "Zx8Qw3rT9yU1oP2aS4dF5gH6jK7lZ8xC9vB0nM"
MAIL: Final = "wang.xm@example.com"
MARKERS: Final = (PHONE, SPOKEN, CARD, PLATE, "6G8K8", PASSWORD, TOKEN, MAIL)
TEXT: Final = f"来电{PHONE}、{SPOKEN}，身份证{CARD}，车{PLATE}，密码：{PASSWORD} {TOKEN} {MAIL}"
SUBDISTRICT: Final = "370202007"
PLANTER: Final = Actor.system("test")
ROLES: Final = (Role.WALL, Role.GRID_WORKER, Role.OPERATOR, Role.SQUAD_LEADER, Role.LEADER, Role.ADMIN, Role.AUDITOR)
FEED: Final = "/api/snapshot"
PLACES: Final = (
    "/wall", "/_dash-layout", FEED, "/api/incidents/hotline/planted", "/api/incidents.csv",
    "/desk/people", "/desk/roster", "/desk/devices", "/desk/audit", "/desk/audit.csv", "/desk/_dash-layout",
    f"/api/incidents/{PHONE}", f"/api/stills/{PHONE}", f"/api/no-such/{TOKEN}",
)  # fmt: skip
OWN: Final = ("/account", f"/login?next=/wall?token={TOKEN}")  # what somebody reads of herself is no secret to her


class Planted(Stack):
    """The product with the markers in it, asked at the store whether it lives: there is nobody to sign in yet."""

    def is_live(self) -> bool:
        """Return whether ingest is connected to its broker and the dashboard answers."""
        if not self.settings.store_path or not self.settings.store_path.is_file():
            return False
        with closing(open_store(self.settings.store.url, now_us)) as store, closing(store.reader()) as reader:
            beat = reader.heartbeat()
        try:
            is_up = httpx.get(f"{self.address}/healthz", timeout=5).status_code < 500
        except httpx.HTTPError:
            return False
        return is_up and beat is not None and beat[1]

    @property
    def settings(self) -> Config:
        """The configuration as the parts read it."""
        return load(self.config, {name: str(port) for name, port in self.ports.items()})

    @property
    def address(self) -> str:
        """Where the dashboard is."""
        return f"http://127.0.0.1:{self.ports['PORT']}"

    def store(self) -> Store:
        """Open the store as the dashboard does."""
        settings = self.settings
        return open_store(settings.store.url, now_us, audit_key=load_keys(settings.people.keys_file).audit)

    def plant(self) -> None:
        """Publish the markers by MQTT in every form a device or a source could."""
        self.publish(
            {
                "street/incidents/hotline": incident(
                    "planted", title=TEXT[:190], title_en=TEXT[:190], address=TEXT[:190]
                ),
                "street/incidents/post": incident("revealed", title=TEXT[:190]),  # others are never revealed
                "street/incidents/phone": incident("refused", phone=PHONE),
                f"street/token={TOKEN}/telemetry": {"password": PASSWORD, "note": TEXT},
                f"street/BIN-01/{TOKEN}": {"note": TEXT},
                "street/BIN-01/telemetry": {TEXT[:60]: TEXT, "fill_level": 40, "ts": "2020-01-01T00:00:00Z"},
                f"street/{PHONE}{PLATE}/status": TEXT,
                "zigbee2mqtt/bridge/request": {"token": TOKEN},
                f"v3/{MAIL}/devices/{CARD}/up": {"token": TOKEN, "note": TEXT},
            }
        )

    def say(self, module: str, *words: str) -> str:
        """Return what a command says, on both streams."""
        command = [sys.executable, "-m", module, "--config", str(self.config), *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        return (done.stdout + done.stderr).decode()


def incident(name: str, **fields: object) -> dict[str, Any]:
    """Return what a source reports."""
    made: dict[str, Any] = {
        "id": name, "ts": "2026-01-01T00:00:00Z", "matter": "20101", "severity": 2, "title": "占道经营",
        "description": TEXT, "address": "大学路1号", "lon": 120.3225, "lat": 36.0625,
    }  # fmt: skip
    return made | fields


@dataclass
class Reader:
    """Somebody with a session."""

    person: Person
    client: httpx.Client
    csrf: dict[str, str]


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    """The product, with the markers planted and arrived."""
    folder = tmp_path_factory.mktemp("planted")
    assets = folder / "assets.csv"
    head, *rows = (ROOT / "street/geo/demo_assets.csv").read_text(encoding="utf-8").splitlines()
    named = [row.replace(row.split(",")[2], f"{row.split(',')[2]} {SPOKEN} {PLATE}", 1) for row in rows]
    assets.write_text("\n".join([head, *named]), encoding="utf-8")
    stack = Planted(folder, assets)
    try:
        stack.open()
        stack.plant()
        until(lambda: has_arrived(stack), "what was planted has arrived")
        yield stack
    finally:
        stack.close()


def has_arrived(stack: Planted) -> bool:
    """Return whether the incident is stored and the refusals are kept."""
    with closing(stack.store()) as store, closing(store.reader()) as reader:
        letters = sum(group.letters for group in reader.dead_letter_groups())
        return len(reader.incidents(["hotline/planted", "post/revealed"])) == 2 and letters >= 4


@pytest.fixture(scope="module")
def readers(street: Planted) -> Iterator[dict[Role, Reader]]:
    """One person of every role, on duty, whose names and phones are markers too."""
    with closing(street.store()) as store:
        made = {role: sign_in(street, store, role) for role in ROLES}
    yield made
    for reader in made.values():
        reader.client.close()


def sign_in(street: Planted, store: Store, role: Role) -> Reader:
    """Return somebody of this role with a session."""
    person = Person(
        person_id="", login=f"planted-{role.value.replace('_', '-')}", name="王小明", phone=PHONE,
        unit=f"一中队 {SPOKEN}",
        grants=(Grant(role, SUBDISTRICT),),
    )  # fmt: skip
    added = store.people().add(person, password_hash=None, by=PLANTER)
    store.people().set_second_factor(added.person_id, b"sealed", by=PLANTER)
    if role is not Role.WALL:
        now = now_us()
        shift = Shift(person_id=added.person_id, starts_us=now - HOUR_US, ends_us=now + HOUR_US)
        store.roster().put([shift], by=PLANTER)
    kind = "screen" if role is Role.WALL else "person"
    token, session = store.sessions().begin(
        added.person_id, kind=kind, address="127.0.0.1", name=f"Firefox {PHONE}", by=PLANTER
    )
    client = httpx.Client(base_url=street.address, timeout=30, cookies={"sid": token, "_csrf_token": session.csrf})
    return Reader(replace(added, is_on_duty=True), client, {"x-csrftoken": session.csrf})


def found_in(text: str) -> list[str]:
    """Return the markers that stand in *text*, as they are or escaped as JSON does."""
    escaped = {marker: marker.encode("ascii", "backslashreplace").decode() for marker in MARKERS}
    return [marker for marker in MARKERS if marker in text or escaped[marker] in text]


def test_the_markers_did_arrive(street: Planted) -> None:
    """What was never planted is easily not found."""
    with closing(street.store()) as store, closing(store.reader()) as reader:
        stored = reader.incidents(["hotline/planted"])[0]
        letters = b" ".join(letter.letter.payload for letter in reader.dead_letters())
        names = " ".join(asset.name for asset in reader.assets())

    assert set(found_in(f"{stored.title} {stored.description}")) == set(MARKERS)
    assert TOKEN.encode() in letters
    assert SPOKEN in names


@pytest.mark.parametrize("role", ROLES)
def test_no_answer_holds_them(readers: dict[Role, Reader], role: Role) -> None:
    """Pages, layouts, snapshots, incidents, exports, and answers to addresses with markers in them."""
    reader = readers[role]

    answers = {place: reader.client.get(place, headers={"accept": "text/html"}) for place in (*PLACES, *OWN)}
    told = {place: found for place in PLACES if (found := found_in(answers[place].text))}

    assert told == {}
    assert max(answer.status_code for answer in answers.values()) < 500
    assert "****" in answers["/api/incidents/hotline/planted"].text or role in {Role.ADMIN, Role.AUDITOR}


@pytest.mark.parametrize("role", [Role.WALL, Role.GRID_WORKER, Role.OPERATOR, Role.SQUAD_LEADER, Role.LEADER])
def test_no_event_of_the_stream_holds_them(street: Planted, readers: dict[Role, Reader], role: Role) -> None:
    """The first picture, and what moves while somebody looks."""
    heard = ""
    with readers[role].client.stream("GET", "/stream") as answer:
        street.publish({"street/incidents/hotline": incident(f"later-{role.value}", title=TEXT[:190])})
        for text in answer.iter_text():
            heard += text
            if f"hotline/later-{role.value}" in heard:
                break

    assert "hotline/planted" in heard
    assert found_in(heard) == []


def test_a_reveal_shows_them_to_one_person_and_keeps_the_reason_clean(readers: dict[Role, Reader]) -> None:
    """The reason is typed by somebody in a hurry: what she pastes does not reach the auditor."""
    leader, worker, auditor = (readers[role] for role in (Role.SQUAD_LEADER, Role.GRID_WORKER, Role.AUDITOR))
    wish = {"kind": "incident", "id": "post/revealed", "reason": TEXT}

    begun = leader.client.post("/api/reveals", json=wish, headers=leader.csrf)
    hers = leader.client.get("/api/incidents/post/revealed").json()
    others = worker.client.get("/api/incidents/post/revealed").text
    audit = auditor.client.get("/desk/audit.csv").text

    assert begun.status_code == 201
    assert hers["description"] == TEXT
    assert found_in(others) == []
    assert "planted-squad-leader" in audit
    assert found_in(audit) == []


def test_what_is_typed_at_the_door_stays_there(street: Planted) -> None:
    """A password typed into the login field is in no log and no audit."""
    with httpx.Client(base_url=street.address, timeout=30, follow_redirects=True) as stranger:
        stranger.get("/login")
        form = {"login": TOKEN, "password": PASSWORD, "next": f"/wall?token={TOKEN}"}
        answer = stranger.post("/login", data=form, headers={"origin": street.address})
    with closing(street.store()) as store:
        audit = " ".join(map(str, store.audit().find(limit=1_000)))

    assert answer.status_code in {401, 429}
    assert "sign_in" in audit
    assert found_in(audit) == []


def test_no_command_says_them(street: Planted, readers: dict[Role, Reader], tmp_path: Path) -> None:
    """The list of dead letters, the dump for support, the list of people."""
    dump = tmp_path / "dump.jsonl"

    said = street.say("ingest", "dead-letters", "list") + street.say("street", "support-dump", str(dump))
    said += street.say("street", "check")

    assert "pii-forbidden" in said
    assert found_in(said) == []
    assert '"table":"people","rows":7' in dump.read_text()
    assert found_in(dump.read_text()) == []


def test_no_log_holds_them(street: Planted, readers: dict[Role, Reader]) -> None:
    """Of any part, also not the tokens of sessions or what the parts sign in with; the logs do say something."""
    logs = "\n".join(log.read_text(encoding="utf-8", errors="replace") for log in street.folder.glob("*.log"))
    tokens = [cookie for reader in readers.values() for cookie in reader.client.cookies.values()]
    passwords = [word for word in (street.folder / "secrets.json").read_text().split('"') if len(word) > 20]

    assert "ingest up" in logs
    assert found_in(logs) == []
    assert [secret for secret in tokens + passwords if secret in logs] == []
