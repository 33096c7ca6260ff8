"""Texts that attack the screen, in Chromium: shown as text on every page, and nothing runs, frames or leads away."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Page

from bench.mqtt_socket import packet
from street import clock
from street.errors import FieldError
from street.people import Grant, Role
from street.store import Entry
from tests.hostile.accounts import BY, Account, Accounts
from tests.hostile.catalogue import Case, named, through
from tests.hostile.conftest import asset_of, publisher
from tests.hostile.screens import Eyes, Seen, eyes, turned
from tests.journeys.stack import Stack, until

pytestmark = [pytest.mark.hostile, pytest.mark.slow]

CASES = through("screen")
HERE: Final = "370202007004"  # the community that only these incidents lie in
PLACE: Final = {"lon": 120.3245, "lat": 36.0652}
FIELDS: Final = {
    "incident's title": "title",
    "incident's masked title": "title",
    "incident's English title": "title_en",
    "incident's address": "address",
}
ON_A_PAGE: Final = 5
HARMED: Final = "a page spoilt by hand"
HARM: Final = """<img src=x onerror="window.__x=1"><iframe></iframe><a href="http://evil.example/">x</a>
<p style="font-size:90px">x</p><style>*{display:none}</style>"""
PEOPLE_FIELDS: Final = ("q", "area", "role", "person", "lang")
AUDIT_FIELDS: Final = ("actor", "object", "address", "from")


def of(*sinks: str) -> list[Case]:
    """Return the cases of these sinks."""
    return [case for case in CASES if case["sent"]["sink"] in sinks]


def _incident(case: Case) -> dict[str, Any]:
    sink = case["sent"]["sink"]
    made = {"id": case["id"], "ts": clock.now_us() // 1000, "matter": "20101", "severity": 3, "title": "占道经营"}
    made |= {"description": None, "address": "大学路", **PLACE}
    if sink == "asset's name":
        return made | {"asset_id": asset_of(case), "address": None}
    return made | {FIELDS[sink]: case["sent"]["text"]}


class Placed:
    """Puts every text where its sink takes it from, and remembers who refused."""

    def __init__(self, street: Stack, accounts: Accounts) -> None:
        self.refused: dict[str, str] = {}
        self._street, self._accounts = street, accounts
        self.owner = accounts.add("screens_squad_leader", grants=(Grant(Role.SQUAD_LEADER, HERE),))
        self._incidents()
        self._people()
        self._audit()
        self._devices()

    def _incidents(self) -> None:
        cases = of(*FIELDS, "asset's name")
        bodies = [json.dumps(_incident(case), ensure_ascii=False).encode() for case in cases]
        packets = [packet("street/incidents/screens", body, number) for number, body in enumerate(bodies, start=1)]
        line = publisher(self._street)
        line.publish(packets)
        line.close()
        reader = self._accounts.store.reader()
        ids = [f"screens/{case['id']}" for case in cases]
        until(lambda: len(reader.incidents(ids)) == len(cases), "all incidents are stored")
        reader.close()

    def _people(self) -> None:
        people = self._accounts.store.people()
        for number, case in enumerate(of("person's name", "person's unit")):
            field = case["sent"]["sink"].removeprefix("person's ")
            person = replace(self.owner, person_id="", login=f"scr.{number:03}", **{field: case["sent"]["text"]})
            try:
                people.add(person, password_hash=None, by=BY)
            except FieldError as error:
                self.refused[case["id"]] = error.code

    def _devices(self) -> None:
        """Give every name to a tablet of a person of its own."""
        people, sessions = self._accounts.store.people(), self._accounts.store.sessions()
        for number, case in enumerate(of("device's name")):
            whose = people.add(replace(self.owner, person_id="", login=f"tab.{number}"), password_hash=None, by=BY)
            name = case["sent"]["text"]
            sessions.begin(whose.person_id, kind="tablet", address="127.0.0.1", name=name, by=BY)

    def _audit(self) -> None:
        entries = []
        for case in of("reason in the audit", "thing in the audit"):
            told = {"reason": case["sent"]["text"]} if "reason" in case["sent"]["sink"] else {}
            thing = "screens" if told else case["sent"]["text"]
            entries.append(Entry(clock.now_us(), "screens", thing, "done", BY, **told))
        self._accounts.store.audit().add(entries)


class Tour:
    """Looks at every page that shows one of the texts; one `Seen` for each sink, or for each case."""

    def __init__(self, eye: Eyes, accounts: Accounts, owner: Account) -> None:
        self._eye, self._accounts, self._owner = eye, accounts, owner
        self.seen: dict[str, Seen] = {}

    def whole(self) -> dict[str, Seen]:
        """Go everywhere."""
        self._wall("incident's title", "incident's address", "asset's name")
        self._wall("incident's English title", query="?lang=en")
        self._wall("incident's masked title", as_role="wall")
        self._desk("/desk/people?q=scr.", "person's name", "person's unit", pages=3)
        self._desk("/desk/roster", "names on the roster", as_role="squad_leader")
        self._desk("/desk/devices", "device's name", as_owner=True)
        self._desk("/desk/audit?action=screens&outcome=done", "thing in the audit", as_role="auditor")
        self._entries()
        self._query("address of the wall", "/wall", ("lang", "d_m", "profile", "h_mm"), "#w13", "squad_leader")
        self._query("filter of the people page", "/desk/people", PEOPLE_FIELDS, ".filters", "admin")
        self._query("filter of the audit page", "/desk/audit", AUDIT_FIELDS, ".filters", "auditor")
        self._strangers()
        self._missing()
        self._harmed()
        return self.seen

    def _wall(self, *sinks: str, query: str = "", as_role: str = "") -> None:
        seen = self._begin(*sinks)
        account = self._of_here(as_role) if as_role else self._owner
        count = len(of(*FIELDS, "asset's name"))
        with self._eye.page(account, seen, has_clock=True) as page:
            self._eye.go(page, f"/wall{query}", "#w13 .open[data-incident]")
            turned(page, self._eye, seen, -(-count // ON_A_PAGE))

    def _of_here(self, role: str) -> Account:
        name = f"screens_{role}"
        person = self._accounts.add(name, grants=(Grant(Role(role), HERE),))
        return self._accounts.sign_in(person)

    def _desk(self, path: str, *sinks: str, pages: int = 1, as_role: str = "admin", as_owner: bool = False) -> None:
        seen = self._begin(*sinks)
        account = self._owner if as_owner else self._accounts[as_role]
        with self._eye.page(account, seen) as page:
            for number in range(1, pages + 1):
                more = f"&page={number}" if number > 1 else ""
                self._eye.go(page, path + more, "table")
                self._eye.look(page, seen)

    def _query(self, sink: str, path: str, names: tuple[str, ...], ready: str, as_role: str) -> None:
        """Put one text into each field of an address, and the first behind its `#` too."""
        seen = self._begin(sink)
        texts = [case["sent"]["text"] for case in of(sink)]
        assert len(texts) <= len(names)
        with self._eye.page(self._accounts[as_role], seen) as page:
            query = urlencode(dict(zip(names, texts, strict=False)))
            self._eye.go(page, f"{path}?{query}#{quote(texts[0])}", ready)
            self._eye.look(page, seen)

    def _entries(self) -> None:
        """Look at the panel of each entry whose reason attacks."""
        seen = self._begin("reason in the audit")
        found = self._accounts.store.audit().find(action="screens", object="screens")
        with self._eye.page(self._accounts["auditor"], seen) as page:
            for entry in found:
                self._eye.go(page, f"/desk/audit?action=screens&entry={entry.entry_no}", "aside, .panel")
                self._eye.look(page, seen)

    def _strangers(self) -> None:
        seen = self._begin("login tried again", "target of the sign-in page")
        with self._eye.page(None, seen) as page:
            for case in of("target of the sign-in page"):
                self._eye.go(page, "/login?next=" + quote(case["sent"]["text"]), "h1")
                self._eye.look(page, seen)
            for case in of("login tried again"):
                _try_login(page, case["sent"]["text"])
                self._eye.look(page, seen)

    def _missing(self) -> None:
        seen = self._begin("address that does not exist")
        with self._eye.page(self._accounts["admin"], seen) as page:
            for case in of("address that does not exist"):
                self._eye.go(page, "/desk/" + quote(case["sent"]["text"], safe=""), "h1")
                self._eye.look(page, seen)

    def _harmed(self) -> None:
        """Spoil a page by hand: what looks at the others must see it."""
        seen = self._begin(HARMED)
        with self._eye.page(None, seen) as page:
            self._eye.go(page, "/login", "h1")
            page.evaluate(f"() => document.body.insertAdjacentHTML('beforeend', {json.dumps(HARM)})")
            page.evaluate("() => { window.__x = 1; }")
            page.wait_for_function("() => window.__reports.length > 0")
            self._eye.look(page, seen)

    def _begin(self, *sinks: str) -> Seen:
        seen = Seen()
        self.seen |= dict.fromkeys(sinks, seen)
        return seen


def _try_login(page: Page, text: str) -> None:
    page.fill("input[name=login]", text)
    page.fill("input[name=password]", "not-the-one-12")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_selector("[role=alert]")


@pytest.fixture(scope="module")
def placed(street: Stack, accounts: Accounts) -> Placed:
    """All texts where they belong."""
    return Placed(street, accounts)


@pytest.fixture(scope="module")
def seen(street: Stack, accounts: Accounts, placed: Placed) -> dict[str, Seen]:
    """What all pages showed."""

    def go() -> dict[str, Seen]:
        with eyes(street.ports["PORT"]) as eye:
            return Tour(eye, accounts, accounts.sign_in(placed.owner)).whole()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(go).result()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_text_that_attacks_is_a_text(case: Case, seen: dict[str, Seen], placed: Placed) -> None:
    """Shown letter for letter or cut, or refused where it came in; what is hidden by role is nowhere."""
    expected, text = case["expected"], case["sent"]["text"]

    if "refused" in expected:
        assert placed.refused[case["id"]] == expected["refused"]
        return
    assert case["id"] not in placed.refused
    page = seen[case["sent"]["sink"]]
    assert page.texts
    assert page.offences == []
    if "shown" in expected:
        assert page.shows(expected["shown"]), text
    if "without" in expected:
        assert not [each for each in page.texts if expected["without"] in each]


def test_the_roster_that_shows_such_names_is_clean(seen: dict[str, Seen]) -> None:
    """The names of the people page stand there too."""
    roster = seen["names on the roster"]

    assert roster.texts
    assert roster.offences == []


@pytest.mark.parametrize(
    "offence",
    ["handler", "foreign element", "foreign address", "foreign style", "leads away", "style sheet", "a script ran",
     "policy: script-src", "the page is hidden"],
)  # fmt: skip
def test_what_is_looked_for_would_be_seen(offence: str, seen: dict[str, Seen]) -> None:
    """The negative control: on a page spoilt by hand each kind of harm is found."""
    assert [found for found in seen[HARMED].offences if found.startswith(offence)]
