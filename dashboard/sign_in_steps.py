"""The steps between a right password and a session, kept sealed in the browser until all are taken.

    password or provider ─▶ code (who has a second factor) ─▶ new password (who must) ─▶ enrol (whose role needs one)
                                                                                                └─▶ session

There is no half-open session: until the last step nothing is in the store, and nothing but these pages answers.
"""

import hmac
from dataclasses import asdict, dataclass, replace
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard import asking, cookies, sealed
from dashboard.looks import look_of, shown
from dashboard.office import Office
from dashboard.way_in import way_in
from layouts.sign_in.login import going_on_page
from street import passwords
from street.config import Config
from street.people import Actor, Person, Role

PAGES: Final = {"code": "/login/code", "password": "/login/password", "enrol": "/login/enrol"}
BROWSERS: Final = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS: Final = (("Android", "Android"), ("iPad", "iPad"), ("iPhone", "iPhone"), ("Windows", "Windows"),
                  ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Steps:
    """How far one sign-in has come."""

    person_id: str
    proof: str  # of the password it began with: another one since, and it is over
    wanted: str = ""  # where to go on
    has_code: bool = False  # the second factor was shown
    secret: str = ""  # of a second factor that is being set up


def begun(office: Office, person: Person, wanted: str) -> Steps:
    """Return the first state: the password was right, or a provider vouches."""
    return Steps(person.person_id, _proof(office, person.person_id), wanted)


def missing(office: Office, person: Person, steps: Steps) -> str:
    """Return the step that must come next; "" when nothing stands before the session."""
    if person.has_totp and not steps.has_code:
        return "code"
    if person.must_change_password or _is_too_old(office, person):
        return "password"
    return "enrol" if not person.has_totp and needs_factor(office.config, person) else ""


def needs_factor(config: Config, person: Person) -> bool:
    """Return whether a role of *person* must have a second factor; the demo's accounts are for one click."""
    return not person.is_demo and bool(set(config.people.totp_for.split()) & {role.value for role in person.roles})


def _is_too_old(office: Office, person: Person) -> bool:
    set_us = office.people.password_set_us(person.person_id)
    policy = office.config.people.password_policy
    return not person.is_demo and passwords.is_too_old(policy, set_us, office.now_us())


def go_on(request: Request, office: Office, person: Person, steps: Steps, *, was_sent: bool = False) -> Response:
    """Return the answer that leads to the next step, or opens the session.

    Who was sent back by a provider is led on by a page: a redirect would count as the provider's, and the browser
    would keep our strict cookies back.
    """
    step = missing(office, person, steps)
    path = PAGES[step] if step else way_in(person, steps.wanted)
    answer: Response = RedirectResponse(path, 303)
    if was_sent:
        answer = shown(going_on_page(look_of(request, office.config), path), request, office.config)
    if step:
        keep(answer, office, steps)
    else:
        _open(request, office, person, answer)
    return answer


def read(request: Request, office: Office) -> tuple[Person, Steps] | None:
    """Return who is signing in and how far; None when it took too long, was tampered with, or is over."""
    found = sealed.read(request, office, sealed.STEPS)
    if found is None:
        return None
    steps = Steps(**found)
    person = office.people.get(steps.person_id)
    if person is None or not person.is_active or _proof(office, steps.person_id) != steps.proof:
        return None
    return person, steps


def keep(answer: Response, office: Office, steps: Steps) -> None:
    """Give the browser its steps."""
    sealed.keep(answer, office, sealed.STEPS, asdict(steps))


def renewed(office: Office, steps: Steps) -> Steps:
    """Return *steps* after their person's password was changed."""
    return replace(steps, proof=_proof(office, steps.person_id))


def device_name(request: Request) -> str:
    """Return what a list of sessions calls this browser, as in "Chrome · Windows"."""
    agent = request.headers.get("user-agent", "")[:400]
    found = [next((name for mark, name in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS)]
    return " · ".join(part for part in found if part)


def _open(request: Request, office: Office, person: Person, answer: Response) -> None:
    """Begin the session under a new token, given with *answer*; one that the browser had before ends."""
    by = Actor(person.person_id, person.login, asking.address(), "", asking.request_id())
    before = asking.session()
    if before is not None:
        office.sessions.end(before.session_id, by=asking.actor(), reason="replaced")
    # who is nothing but a wall is a screen, which no one touches: it does not fall asleep
    kind = "screen" if person.roles == {Role.WALL} else "person"
    token, session = office.sessions.begin(
        person.person_id, kind=kind, address=asking.address(), name=device_name(request), by=by
    )
    cookies.give(answer, office.config, token, session, office.now_us())
    sealed.forget(answer, office, sealed.STEPS)


def _proof(office: Office, person_id: str) -> str:
    known = office.people.password_hash(person_id) or ""
    return hmac.digest(office.keys.seal, b"proof " + known.encode(), "sha256").hex()[:32]
