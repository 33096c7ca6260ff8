"""Signing in and out: the page, the throttle, the password, and a new one for who must choose it.

Whoever asks learns nothing about accounts: an unknown one costs the same time and gets the same answer, throttled
ones too, and the audit holds no login that nobody has.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard import asking, cookies, sign_in_steps
from dashboard.forms import posted
from dashboard.looks import look_of, shown
from dashboard.new_password import set_password
from dashboard.office import Office
from dashboard.sign_in_steps import Steps
from dashboard.way_in import home_of, own_path, way_in
from layouts.sign_in.frame import Look
from layouts.sign_in.login import Door, Present, change_page, login_page
from street import passwords
from street.commands.demo_people import demo_password
from street.errors import StoreError
from street.people import Actor, Person, Role
from street.policy import Action, may
from street.store import Entry

OVER: Final = "/login?over=1"  # the steps took too long
OUT: Final = "/login?out=1"
LONGEST_LOGIN: Final = 64
BUSY_S: Final = 5.0


class Tried(NamedTuple):
    """How an attempt to sign in ended."""

    person: Person | None = None
    wait_s: float = 0.0  # until another attempt is heard at all


def routes(office: Office) -> list[Route]:
    """Return the routes of the sign-in page."""
    return [
        Route("/login", partial(_page, office), methods=["GET"]),
        Route("/login", partial(_sign_in, office), methods=["POST"]),
        Route("/login/password", partial(_password_page, office), methods=["GET"]),
        Route("/login/password", partial(_change_password, office), methods=["POST"]),
        Route("/logout", partial(_sign_out, office), methods=["POST"]),
    ]


# ---------------------------------------------------------------------------------------------------- account, password


def _page(office: Office, request: Request) -> Response:
    """Show the page, to who is signed in as well: on a wall, say, somebody may want to be somebody else."""
    person, wanted = asking.person(), own_path(request.query_params.get("next", ""))
    if person is not None and wanted and way_in(person, wanted) == wanted:
        return RedirectResponse(wanted, 303)
    look = look_of(request, office.config)
    fault = look.words["started_over"] if "over" in request.query_params else ""
    done = look.words["signed_out"] if "out" in request.query_params else ""
    door = Door(next_path=wanted, fault=fault, done=done, present=_present(look))
    return _shown(office, request, look, door)


async def _sign_in(office: Office, request: Request) -> Response:
    fields = await posted(request)
    login, password, wanted = (fields.get(name, "") for name in ("login", "password", "next"))
    try:
        tried = await office.hashed(attempt, office, login, password)
    except StoreError:
        return await run_in_threadpool(_refused, office, request, fields, "not_reachable", 503)
    except HTTPException as busy:  # too many passwords wait to be hashed
        return await run_in_threadpool(_refused, office, request, fields, "throttled", busy.status_code, BUSY_S)
    if tried.wait_s:
        return await run_in_threadpool(_refused, office, request, fields, "throttled", 429, tried.wait_s)
    if tried.person is None:
        return await run_in_threadpool(_refused, office, request, fields, "wrong", 401)
    return await run_in_threadpool(_begin, office, request, tried.person, wanted)


def attempt(office: Office, login: str, password: str) -> Tried:
    """Try a login and a password, unless it is too early; hashes once, whoever is meant."""
    now_us, address = office.now_us(), asking.address()
    login = login[:LONGEST_LOGIN]
    wait_s = office.attempts.wait_s(login, address, now_us)
    if wait_s:
        return Tried(wait_s=wait_s)
    person = office.people.find(login)
    known = office.people.password_hash(person.person_id if person else "")
    is_right = passwords.verify(known, password)
    if person is None or not is_right or not _may_sign_in(office, person):
        note_refusal(office, "sign_in", person, "password")
        return Tried()
    office.attempts.note(login, address, ok=True, now_us=now_us)
    return Tried(person)


def _may_sign_in(office: Office, person: Person) -> bool:
    return person.is_active and (office.config.people.demo_accounts or not person.is_demo)


def note_refusal(office: Office, action: str, person: Person | None, reason: str) -> None:
    """Have the audit say that *person* (None: an account that does not exist) was not let in."""
    by = Actor("", person.login if person else "", asking.address(), "", asking.request_id())
    thing = f"person/{person.person_id}" if person else ""
    office.audit.add([Entry(office.now_us(), action, thing, "refused", by, "", "", reason)])


def _begin(office: Office, request: Request, person: Person, wanted: str) -> Response:
    steps = sign_in_steps.begun(office, person, own_path(wanted))
    return sign_in_steps.go_on(request, office, person, steps)


def _refused(
    office: Office, request: Request, fields: Mapping[str, str], word: str, status: int, wait_s: float = 0.0
) -> Response:
    look = look_of(request, office.config)
    fault = look.words[word].replace("{wait}", wait_text(look, wait_s))
    login = fields.get("login", "")[:LONGEST_LOGIN]
    answer = _shown(office, request, look, Door(next_path=fields.get("next", ""), login=login, fault=fault), status)
    if wait_s:
        answer.headers["retry-after"] = str(math.ceil(wait_s))
    return answer


def wait_text(look: Look, wait_s: float) -> str:
    """Return how long somebody must wait, in words."""
    if wait_s < 60:
        return look.words["seconds"].replace("{s}", str(max(1, math.ceil(wait_s))))
    return look.words["minutes"].replace("{m}", str(math.ceil(wait_s / 60)))


def _shown(office: Office, request: Request, look: Look, door: Door, status: int = 200) -> Response:
    whole = replace(
        door,
        next_path=own_path(door.next_path),
        demo=_demo_accounts(office),
        has_provider=bool(office.config.people.oidc_issuer),
    )
    return shown(login_page(look, whole), request, office.config, status)


def _present(look: Look) -> Present | None:
    person, session = asking.person(), asking.session()
    if person is None or session is None:
        return None
    name = (person.name_en if look.lang == "en" else "") or person.name
    return Present(name, home_of(person), session.csrf if may(person, Action.USE_OWN_ACCOUNT) else "")


def _demo_accounts(office: Office) -> list[tuple[str, str, str]]:
    """Return role, login and password of the demo's accounts; they are offered in the demo only."""
    if not office.config.people.demo_accounts:
        return []
    try:
        found = {it.login: it for it in office.people.all() if it.is_demo and it.is_active}
    except StoreError:
        return []
    return [(role, role, demo_password(role)) for role in Role if role in found]


# ---------------------------------------------------------------------------------------------------- a new password


def _password_page(office: Office, request: Request) -> Response:
    if sign_in_steps.read(request, office) is None:
        return RedirectResponse(OVER, 303)
    page = change_page(look_of(request, office.config), policy=office.config.people.password_policy)
    return shown(page, request, office.config)


async def _change_password(office: Office, request: Request) -> Response:
    fields = await posted(request)
    found = await run_in_threadpool(sign_in_steps.read, request, office)
    if found is None or sign_in_steps.missing(office, *found) != "password":
        return RedirectResponse(OVER, 303)
    person, steps = found
    by = Actor(person.person_id, person.login, asking.address(), "", asking.request_id())
    faults = await office.hashed(set_password, office, person, fields, by)
    if faults:
        page = change_page(look_of(request, office.config), policy=office.config.people.password_policy, faults=faults)
        return shown(page, request, office.config, 422)
    return await run_in_threadpool(_changed, office, request, steps)


def _changed(office: Office, request: Request, steps: Steps) -> Response:
    person = office.people.get(steps.person_id)
    if person is None:
        return RedirectResponse(OVER, 303)
    return sign_in_steps.go_on(request, office, person, sign_in_steps.renewed(office, steps))


# ---------------------------------------------------------------------------------------------------- out


def _sign_out(office: Office, _request: Request) -> Response:
    session = asking.session()
    if session is not None:
        office.sessions.end(session.session_id, by=asking.actor(), reason="signed-out")
    answer = RedirectResponse(OUT, 303)
    answer.headers["clear-site-data"] = '"storage"'  # what a tablet keeps for working without a network
    cookies.take(answer, office.config)
    return answer
