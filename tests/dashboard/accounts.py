"""People with passwords, and browsers at the sign-in page."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyotp

from street import passwords, second_factor
from street.clock import now_us
from street.keys import load_keys
from street.people import Grant, Person, Role
from tests.dashboard.conftest import SUBDISTRICT, TESTER, Serving, Written, started, written_at

PASSWORD = "Kiefer-Wolke-47"
NEW_PASSWORD = "Lampe.Fluss.93"
HASH = passwords.hashed(PASSWORD)
TOLD = re.compile(r'<p class="told[^"]*"[^>]*>([^<]*)</p>')


@dataclass
class House:
    """A store with its dashboard."""

    written: Written
    serving: Serving
    browsers: list[httpx.Client] = field(default_factory=list)

    def add(self, login: str = "liwei", role: Role = Role.OPERATOR, **changes: Any) -> Person:
        """Add a person who signs in with PASSWORD, or not by password: password_hash=None."""
        password_hash = changes.pop("password_hash", HASH)
        told: dict[str, Any] = {"login": login, "name": "李伟", "grants": (Grant(role, SUBDISTRICT),)}
        person = Person(person_id="", **(told | changes))
        return self.written.store.people().add(person, password_hash=password_hash, by=TESTER)

    def with_factor(self, person: Person) -> str:
        """Give a person a second factor; return its secret."""
        secret = second_factor.new_secret()
        sealed = second_factor.seal(secret, person.person_id, load_keys(self.written.config.people.keys_file).seal)
        self.written.store.people().set_second_factor(person.person_id, sealed, by=TESTER)
        return secret

    def browser(self) -> httpx.Client:
        """Return a new browser."""
        self.browsers.append(self.serving.browser(None))
        return self.browsers[-1]

    def refusals(self) -> list[tuple[str, str, str]]:
        """Return login, action and reason of what the audit says was refused, newest first."""
        found = self.written.store.audit().find(outcome="refused")
        return [(it.entry.by.login, it.entry.action, it.entry.reason) for it in found]


@contextmanager
def a_house(folder: Path, **people: Any) -> Iterator[House]:
    """Open a house; *people* are keys of that section of the configuration."""
    written = written_at(folder, **people)
    serving = started(written.config)
    house = House(written, serving)
    try:
        yield house
    finally:
        for browser in house.browsers:
            browser.close()
        serving.stop()
        written.close()


def sign_in(browser: httpx.Client, login: str = "liwei", password: str = PASSWORD, **more: str) -> httpx.Response:
    """Send the sign-in form."""
    return browser.post("/login", data={"login": login, "password": password, **more})


def told(answer: httpx.Response) -> str:
    """Return what the page says in its box."""
    return " ".join(html.unescape(text) for text in TOLD.findall(answer.text))


def is_in(browser: httpx.Client) -> bool:
    """Return whether the browser has a session that is heard."""
    return browser.get("/account").status_code == 200


def code_at(secret: str, steps_ahead: int = 0) -> str:
    """Return the six digits that an authenticator shows now, or some steps of 30 s later."""
    return pyotp.TOTP(secret).generate_otp(now_us() // second_factor.STEP_US + steps_ahead)
