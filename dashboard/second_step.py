"""The second step of signing in: six digits of a second factor, and setting one up where a role needs it."""

from dataclasses import replace
from functools import partial
from typing import Final

import segno
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard import asking, sign_in_steps
from dashboard.forms import posted
from dashboard.looks import look_of, shown
from dashboard.office import Office
from dashboard.sign_in import OVER, note_refusal, wait_text
from layouts.sign_in.frame import Look
from layouts.sign_in.login import code_page, enrol_page
from street import second_factor
from street.people import Actor, Person

LONGEST_CODE: Final = 16
Matrix = tuple[bytearray, ...]


def routes(office: Office) -> list[Route]:
    """Return the routes of the second step."""
    return [
        Route("/login/code", partial(_code_page, office), methods=["GET"]),
        Route("/login/code", partial(_check_code, office), methods=["POST"]),
        Route("/login/enrol", partial(_enrol_page, office), methods=["GET"]),
        Route("/login/enrol", partial(_enrol, office), methods=["POST"]),
    ]


# ---------------------------------------------------------------------------------------------------- the code


def _code_page(office: Office, request: Request) -> Response:
    found = sign_in_steps.read(request, office)
    if found is None or sign_in_steps.missing(office, *found) != "code":
        return RedirectResponse(OVER, 303)
    return shown(code_page(look_of(request, office.config)), request, office.config)


async def _check_code(office: Office, request: Request) -> Response:
    fields = await posted(request)
    return await run_in_threadpool(_checked, office, request, fields.get("code", "")[:LONGEST_CODE])


def _checked(office: Office, request: Request, code: str) -> Response:
    found = sign_in_steps.read(request, office)
    if found is None or sign_in_steps.missing(office, *found) != "code":
        return RedirectResponse(OVER, 303)
    person, steps = found
    look = look_of(request, office.config)
    wait_s, is_right = try_code(office, person, code)
    if is_right:
        return sign_in_steps.go_on(request, office, person, replace(steps, has_code=True))
    page = code_page(look, fault=_fault(look, wait_s))
    return shown(page, request, office.config, 429 if wait_s else 401)


def try_code(office: Office, person: Person, code: str) -> tuple[float, bool]:
    """Return how long the next code must wait [s], and whether *code* was right; each code works once.

    Codes have a throttle of their own: a right password before must not wash wrong codes away.
    """
    account, address, now_us = f"code {person.person_id}", asking.address(), office.now_us()
    wait_s = office.attempts.wait_s(account, address, now_us)
    if wait_s:
        return wait_s, False
    sealed = office.people.second_factor(person.person_id)
    secret = second_factor.unseal(sealed, person.person_id, office.keys.seal) if sealed else None
    step = second_factor.step_of(secret, code, now_us) if secret else None
    is_right = step is not None and office.people.use_code(person.person_id, step)
    if is_right:
        office.attempts.note(account, address, ok=True, now_us=now_us)
    else:
        note_refusal(office, "sign_in", person, "code")
    return 0.0, is_right


def _fault(look: Look, wait_s: float) -> str:
    return look.words["throttled"].replace("{wait}", wait_text(look, wait_s)) if wait_s else look.words["wrong_code"]


# ---------------------------------------------------------------------------------------------------- setting one up


def _enrol_page(office: Office, request: Request) -> Response:
    """Show a secret; it stays the same while the page is loaded again, and in the browser until a code proves it."""
    found = sign_in_steps.read(request, office)
    if found is None or sign_in_steps.missing(office, *found) != "enrol":
        return RedirectResponse(OVER, 303)
    person, steps = found
    steps = steps if steps.secret else replace(steps, secret=second_factor.new_secret())
    look = look_of(request, office.config)
    page = enrol_page(look, matrix=qr_of(steps.secret, person, look.title), secret=steps.secret)
    answer = shown(page, request, office.config)
    sign_in_steps.keep(answer, office, steps)
    return answer


async def _enrol(office: Office, request: Request) -> Response:
    fields = await posted(request)
    return await run_in_threadpool(_enrolled, office, request, fields.get("code", "")[:LONGEST_CODE])


def _enrolled(office: Office, request: Request, code: str) -> Response:
    found = sign_in_steps.read(request, office)
    if found is None or not found[1].secret or sign_in_steps.missing(office, *found) != "enrol":
        return RedirectResponse(OVER, 303)
    person, steps = found
    by = Actor(person.person_id, person.login, asking.address(), "", asking.request_id())
    if not set_up(office, person, steps.secret, code, by):
        look = look_of(request, office.config)
        matrix = qr_of(steps.secret, person, look.title)
        page = enrol_page(look, matrix=matrix, secret=steps.secret, fault=look.words["wrong_code"])
        return shown(page, request, office.config, 401)
    enrolled = replace(person, has_totp=True)
    return sign_in_steps.go_on(request, office, enrolled, replace(steps, has_code=True, secret=""))


def set_up(office: Office, person: Person, secret: str, code: str, by: Actor) -> bool:
    """Make *secret* the person's second factor, if *code* shows that an authenticator has it; the code is used up."""
    step = second_factor.step_of(secret, code, office.now_us())
    if step is None:
        return False
    sealed = second_factor.seal(secret, person.person_id, office.keys.seal)
    office.people.set_second_factor(person.person_id, sealed, by=by)
    return office.people.use_code(person.person_id, step)


def qr_of(secret: str, person: Person, title: str) -> Matrix:
    """Return the modules of the QR code that authenticators scan."""
    return segno.make(second_factor.address_of(secret, person.login, title), error="m", micro=False).matrix
