"""One's own account. What weakens it, a new password or second factor, asks for the present password again."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard import asking, sealed
from dashboard.forms import posted
from dashboard.looks import LANGUAGES, look_of, remember, shown
from dashboard.new_password import set_password
from dashboard.office import Office
from dashboard.second_step import LONGEST_CODE, qr_of, set_up
from dashboard.sign_in import note_refusal, wait_text
from dashboard.sign_in_steps import needs_factor
from dashboard.way_in import home_of
from layouts.sign_in.account import Account, Listed, account_page
from layouts.sign_in.frame import Look
from layouts.sign_in.login import faults_text
from layouts.wording.sign_in import SIGN_IN
from street import passwords, second_factor
from street.clock import STREET_ZONE, as_datetime
from street.errors import ConfigError
from street.people import Person
from street.store import Session

DONE: Final = ("password_changed", "factor_set", "factor_dropped", "session_ended", "others_ended")
AREA_WORDS: Final = {6: "district", 9: "subdistrict"}  # by the digits of an area
Fields = Mapping[str, str]


def routes(office: Office) -> list[Route]:
    """Return the routes of the account page."""
    return [
        Route("/account", partial(_page, office), methods=["GET"]),
        Route("/account", partial(_act, office), methods=["POST"]),
    ]


def _page(office: Office, request: Request) -> Response:
    look = look_of(request, office.config, has_picture=False)
    done = request.query_params.get("done", "")
    return _shown(office, request, look, done=look.words[done] if done in DONE else "")


async def _act(office: Office, request: Request) -> Response:
    fields = await posted(request)
    act = ACTS.get(fields.get("act", ""))
    if act is None:
        raise HTTPException(422, "no such act")
    if act in ASKING:
        return await office.hashed(act, office, request, fields)
    return await run_in_threadpool(act, office, request, fields)


# ---------------------------------------------------------------------------------------------------- acts


def _change_password(office: Office, request: Request, fields: Fields) -> Response:
    look = look_of(request, office.config, has_picture=False)
    person = _asker()
    fault = _wrong_password(office, look, person, fields)
    if not fault:
        fault = faults_text(look, set_password(office, person, fields, asking.actor()))
    return _shown(office, request, look, fault=fault) if fault else _done("password_changed")


def _begin_factor(office: Office, request: Request, fields: Fields) -> Response:
    look = look_of(request, office.config, has_picture=False)
    person = _asker()
    fault = _wrong_password(office, look, person, fields)
    if fault:
        return _shown(office, request, look, fault=fault)
    secret = second_factor.new_secret()
    answer = _shown(office, request, look, secret=secret)
    sealed.keep(answer, office, sealed.FACTOR, {"person_id": person.person_id, "secret": secret})
    return answer


def _prove_factor(office: Office, request: Request, fields: Fields) -> Response:
    person = _asker()
    kept = sealed.read(request, office, sealed.FACTOR)
    if kept is None or kept["person_id"] != person.person_id:
        return RedirectResponse("/account", 303)
    if not set_up(office, person, kept["secret"], fields.get("code", "")[:LONGEST_CODE], asking.actor()):
        look = look_of(request, office.config, has_picture=False)
        return _shown(office, request, look, fault=look.words["wrong_code"], secret=kept["secret"])
    answer = _done("factor_set")
    sealed.forget(answer, office, sealed.FACTOR)
    return answer


def _drop_factor(office: Office, request: Request, fields: Fields) -> Response:
    look = look_of(request, office.config, has_picture=False)
    person = _asker()
    fault = look.words["factor_forced"] if needs_factor(office.config, person) else ""
    fault = fault or _wrong_password(office, look, person, fields)
    if fault:
        return _shown(office, request, look, fault=fault)
    office.people.set_second_factor(person.person_id, None, by=asking.actor())
    return _done("factor_dropped")


def _end(office: Office, _request: Request, fields: Fields) -> Response:
    """End one of one's own sessions; another's id does nothing."""
    person = _asker()
    if any(it.session_id == fields.get("session") for it in office.sessions.open(person.person_id)):
        office.sessions.end(fields["session"], by=asking.actor(), reason="ended-by-owner")
    return _done("session_ended")


def _end_others(office: Office, _request: Request, _fields: Fields) -> Response:
    office.sessions.end_all(_asker().person_id, by=asking.actor(), reason="ended-by-owner", but=_session().session_id)
    return _done("others_ended")


def _choose_language(office: Office, _request: Request, fields: Fields) -> Response:
    answer = RedirectResponse("/account", 303)
    if fields.get("lang") in LANGUAGES:
        remember(answer, fields["lang"], office.config)
    return answer


ACTS: Final[dict[str, Callable[[Office, Request, Fields], Response]]] = {
    "password": _change_password,
    "factor": _begin_factor,
    "factor-code": _prove_factor,
    "factor-drop": _drop_factor,
    "end": _end,
    "end-others": _end_others,
    "language": _choose_language,
}
ASKING: Final = (_change_password, _begin_factor, _drop_factor)  # these hash a password


# ---------------------------------------------------------------------------------------------------- what they need


def _asker() -> Person:
    person = asking.person()
    if person is None:
        raise HTTPException(401, "sign in first")
    return person


def _session() -> Session:
    session = asking.session()
    if session is None:
        raise HTTPException(401, "sign in first")
    return session


def _wrong_password(office: Office, look: Look, person: Person, fields: Fields) -> str:
    """Return what to say when the present password was not right, or may not be tried yet; "" when it was right.

    A stolen session must not be a place to guess at leisure.
    """
    account, now_us = person.login, office.now_us()
    wait_s = office.attempts.wait_s(account, asking.address(), now_us)
    if wait_s:
        return look.words["throttled"].replace("{wait}", wait_text(look, wait_s))
    if not passwords.verify(office.people.password_hash(person.person_id), fields.get("current", "")):
        note_refusal(office, "account", person, "password")
        return look.words["wrong_current"]
    office.attempts.note(account, asking.address(), ok=True, now_us=now_us)
    return ""


def _done(word: str) -> Response:
    return RedirectResponse(f"/account?done={word}", 303)


def _shown(
    office: Office, request: Request, look: Look, *, fault: str = "", done: str = "", secret: str = ""
) -> Response:
    person, session = _asker(), _session()
    account = Account(
        login=person.login,
        name=(person.name_en if look.lang == "en" else "") or person.name,
        unit=person.unit,
        roles=[(grant.role.value, _area_name(office, grant.area_id, look.lang)) for grant in person.grants],
        home=home_of(person),
        csrf=session.csrf,
        policy=office.config.people.password_policy,
        has_password=office.people.password_hash(person.person_id) is not None,
        has_factor=person.has_totp,
        needs_factor=needs_factor(office.config, person),
        sessions=[_listed(it, session) for it in office.sessions.open(person.person_id)],
        fault=fault,
        done=done,
        key=(qr_of(secret, person, look.title), secret) if secret else None,
    )
    return shown(account_page(look, account), request, office.config, 422 if fault else 200)


def _listed(it: Session, own: Session) -> Listed:
    begun, seen = (as_datetime(at).astimezone(STREET_ZONE).strftime("%m-%d %H:%M") for at in (it.begun_us, it.seen_us))
    return Listed(it.session_id, it.kind, it.name, it.address, begun, seen, it.session_id == own.session_id)


def _area_name(office: Office, area_id: str, lang: str) -> str:
    """Return what an area is called; its digits where it is not on the map."""
    words = SIGN_IN[lang]
    if len(area_id) in AREA_WORDS:
        return words[AREA_WORDS[len(area_id)]]
    try:
        places = office.places
    except ConfigError:
        return area_id
    community, grid_cell = places.communities.get(area_id), places.grid_cells.get(area_id)
    if community is not None:
        return (community.name_en if lang == "en" else "") or community.name
    return grid_cell.name if grid_cell is not None and lang != "en" else area_id
