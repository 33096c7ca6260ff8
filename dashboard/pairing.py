"""Pairing a wall or a tablet: it shows a code, asks now and then, and gets its session once somebody approved it."""

from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import asking, cookies, sealed
from dashboard.forms import posted
from dashboard.looks import look_of, shown
from dashboard.office import Office
from dashboard.way_in import way_in
from layouts.sign_in.pairing import KINDS, choice_page, code_page
from street.clock import STREET_ZONE, as_datetime
from street.errors import NotAllowedError

LONGEST_NAME: Final = 40


def routes(office: Office) -> list[Route]:
    """Return the routes of pairing."""
    return [
        Route("/pair", partial(_page, office), methods=["GET"]),
        Route("/pair", partial(_offer, office), methods=["POST"]),
        Route("/pair/wait", partial(_wait, office), methods=["GET"]),
    ]


def _page(office: Office, request: Request) -> Response:
    """Show the code that this browser waits with, else ask what it is; a kiosk says so in its address."""
    person = asking.person()
    if person is not None:
        return RedirectResponse(way_in(person, ""), 303)
    look = look_of(request, office.config)
    kind, name = request.query_params.get("kind", ""), _name_of(request.query_params.get("name", ""))
    offer = sealed.read(request, office, sealed.OFFER)
    if offer is None or offer["ends_us"] <= office.now_us():
        return shown(choice_page(look, kind=kind, name=name), request, office.config)
    until = as_datetime(offer["ends_us"]).astimezone(STREET_ZONE).strftime("%H:%M")
    page = code_page(look, code=offer["code"], until=until, kind=offer["kind"], name=offer["name"])
    return shown(page, request, office.config)


async def _offer(office: Office, request: Request) -> Response:
    fields = await posted(request)
    return await run_in_threadpool(_offered, office, request, fields.get("kind", ""), fields.get("name", ""))


def _offered(office: Office, request: Request, kind: str, name: str) -> Response:
    now_us, look = office.now_us(), look_of(request, office.config)
    if kind not in KINDS:
        return shown(choice_page(look), request, office.config, 422)
    try:
        offer = office.pairing.offer(kind, _name_of(name), asking.address(), now_us)
    except NotAllowedError:
        return shown(choice_page(look, fault=look.words["pair_busy"]), request, office.config, 429)
    kept = {"code": offer.code, "token": offer.token, "kind": kind, "name": offer.name, "ends_us": offer.ends_us}
    answer = RedirectResponse("/pair", 303)
    sealed.keep(answer, office, sealed.OFFER, kept)
    return answer


def _wait(office: Office, request: Request) -> Response:
    """Answer with `waiting`; `ready` and the session; or `over`, and the page asks for another code."""
    offer = sealed.read(request, office, sealed.OFFER)
    if offer is None or offer["ends_us"] <= office.now_us():
        return _told({"state": "over"})
    token = office.pairing.collect(offer["token"])
    found = office.sessions.find(token, office.now_us()) if token else None
    if token is None or found is None:
        return _told({"state": "waiting"})
    session, person = found
    answer = _told({"state": "ready", "to": way_in(person, "")})
    cookies.give(answer, office.config, token, session, office.now_us())
    sealed.forget(answer, office, sealed.OFFER)
    return answer


def _told(state: dict[str, str]) -> Response:
    return JSONResponse(state, headers={"cache-control": "no-store"})


def _name_of(text: str) -> str:
    """Return what a device may be called: a short line without controls."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:LONGEST_NAME]
