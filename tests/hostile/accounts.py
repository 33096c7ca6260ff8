"""People to ask as: one for each role with a session of its own, straight from the store."""

import hashlib
import http.client
import itertools
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from street import clock, passwords
from street.config import load
from street.keys import load_keys
from street.people import Actor, Grant, Person, Role
from street.store import Session, Store, open_store
from tests.journeys.stack import Stack

SUBDISTRICT: Final = "370202007"
ELSEWHERE: Final = "370202999"  # a subdistrict where nothing of ours lies
PASSWORD: Final = "Hostile-gate-4471"
BY: Final = Actor.system("hostile")
_ADDRESSES: Final = itertools.count(2)


def store_of(street: Stack) -> Path:
    """Return the street's database."""
    return street.folder / "street.db"


@dataclass
class Account:
    """Somebody signed in: the session as the browser would hold it."""

    person: Person
    token: str = field(repr=False)
    session: Session

    @property
    def cookies(self) -> str:
        """The Cookie header."""
        return f"sid={self.token}; _csrf_token={self.session.csrf}"


class Accounts:
    """Opens sessions when they are first asked for."""

    def __init__(self, street: Stack) -> None:
        config = load(street.config)
        keys = load_keys(config.people.keys_file)
        self.store: Store = open_store(f"sqlite:///{store_of(street)}", clock.now_us, audit_key=keys.audit)
        self._hash = passwords.hashed(PASSWORD)
        self._known: dict[str, Account] = {}

    def __getitem__(self, name: str) -> Account:
        """Return the account called *name*: a role, perhaps with a word before it."""
        if name not in self._known:
            person = self.add(name)
            self._known[name] = self.sign_in(person)
        return self._known[name]

    def add(self, login: str, **fields: Any) -> Person:
        """Add a person whose role is the login's end; a stranger is granted it elsewhere."""
        role = next(role for role in Role if login.endswith(role.value))
        area = ELSEWHERE if login.startswith("stranger") else SUBDISTRICT
        made = {"person_id": "", "login": f"h.{login}", "name": f"试 {login}", "grants": (Grant(role, area),)} | fields
        return self.store.people().add(Person(**made), password_hash=self._hash, by=BY)

    def sign_in(self, person: Person) -> Account:
        """Open another session."""
        token, session = self.store.sessions().begin(
            person.person_id, kind="person", address="127.0.0.1", name="hostile", by=BY
        )
        return Account(person, token, session)

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()


@dataclass
class Reply:
    """An answer, whole."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        """The body, whatever it is."""
        return self.body.decode("utf-8", "replace")

    @property
    def head(self) -> str:
        """All headers as text."""
        return "\n".join(f"{name}: {value}" for name, value in self.headers)

    def header(self, name: str) -> str:
        """Return one header, "" where it is missing."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), "")


def ask(
    port: int,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None = None,
    again_from: tuple[str, int] | None = None,
) -> Reply:
    """Send one request as it stands, from an address that nobody used before, so that no throttle mixes cases up.

    Args:
        port: of the server.
        method: as it stands.
        path: as it stands, with its query.
        headers: beside Host and Content-Length, unless they are among them.
        body: what follows.
        again_from: the address and port to ask from instead, where it matters that it is the same one.
    """
    number = next(_ADDRESSES)
    source = again_from or (f"127.77.{number // 250}.{number % 250 + 1}", 0)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=15, source_address=source)
    with closing(line):
        line.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            line.putheader(name, value.encode("utf-8"))
        if body is not None and "Content-Length" not in headers:
            line.putheader("Content-Length", str(len(body)))
        line.endheaders(body)
        answer = line.getresponse()
        return Reply(answer.status, answer.getheaders(), answer.read() if not _is_endless(answer) else b"")


def _is_endless(answer: http.client.HTTPResponse) -> bool:
    return answer.getheader("content-type", "").startswith("text/event-stream")


def digest(token: str) -> str:
    """Return what the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
