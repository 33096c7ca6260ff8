"""The health page: what refreshes by itself, and what may be done about dead letters.

    page ── every 5 s ──▶ /desk/health/now ──▶ Pulse ──▶ the same places, filled anew
    page ── replay, forget ──▶ policy ──▶ store: done and written down in one transaction

The refreshing is a GET of its own and no callback: a page that refreshes itself must not keep its session awake.
"""

from dataclasses import replace as replace_fields
from typing import Any, Final

import orjson
from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.development.base_component import Component
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard import asking
from dashboard.desk_view import note_refusal, viewer_at
from dashboard.letter_samples import sample_of
from dashboard.office import Office
from dashboard.threads import off_loop
from layouts import ids
from layouts.desk.addresses import HEALTH, HEALTH_NOW, query_of, search_of
from layouts.desk.areas import Areas
from layouts.desk.frame import Viewer
from layouts.desk.health import REFRESHED, health_page, refreshed
from layouts.desk.letters import ReplayLine, gone_panel, letters_now, letters_panel
from layouts.desk.pieces import Part, said
from layouts.desk.vitals import LetterLine, Vitals
from street.errors import NotAllowedError, StoreError
from street.policy import Action, may

SAMPLES: Final = 5
SYSTEM_HEALTH: Final = "/system/health"
LATELY: Final = ("fresh", "late")


def routes(office: Office) -> list[BaseRoute]:
    """Return the page's own refreshing, and the address that is told to people."""

    def now(request: Request) -> Response:
        parts = told_now(office, f"?{request.url.query}")
        return Response(
            orjson.dumps(parts, default=_as_json), media_type="application/json", headers={"cache-control": "no-store"}
        )

    def lead(request: Request) -> Response:
        query = request.url.query
        return RedirectResponse(f"{HEALTH}?{query}" if query else HEALTH, 303)

    return [Route(HEALTH_NOW, now), Route(SYSTEM_HEALTH, lead)]


def join(pages: Dash, office: Office, areas: Areas) -> None:  # noqa: ARG001 - joined like its neighbours
    """Join the clock to the refreshing, and the panel's buttons to what they do."""
    address, subject = State(ids.DESK_PLACE, "search"), State(ids.LETTERS_SUBJECT, "data")

    def ask_replay(clicks: object, which: object, search: object) -> object:
        return replay(office, viewer_at(office, HEALTH, search), which) if clicks else no_update

    def forget_letters(clicks: object, which: object, search: object) -> object:
        return forget(office, viewer_at(office, HEALTH, search), which) if clicks else (no_update, no_update)

    pages.clientside_callback(  # type: ignore[no-untyped-call]  # Dash is half typed
        ClientsideFunction("desk", "healthNow"),
        *(Output(place, "children") for place in REFRESHED),
        Input(ids.HEALTH_TICK, "n_intervals"),
        Input(ids.LETTERS_REPLAY_SAID, "children"),
        prevent_initial_call=True,
    )
    pages.callback(
        Output(ids.LETTERS_REPLAY_SAID, "children"),
        Input(ids.LETTERS_REPLAY, "n_clicks"),
        subject,
        address,
        prevent_initial_call=True,
    )(off_loop(ask_replay))
    pages.callback(
        Output(ids.LETTERS_FORGET_SAID, "children"),
        Output(ids.HEALTH_GO, "search"),
        Input(ids.LETTERS_FORGET, "n_clicks"),
        subject,
        address,
        prevent_initial_call=True,
    )(off_loop(forget_letters))


def page(office: Office, viewer: Viewer, _areas: Areas) -> Component:
    """Return the page for who asks."""
    vitals = office.pulse.now(is_new=True)
    return health_page(viewer, vitals, _aside(office, viewer, vitals))


def told_now(office: Office, search: object) -> list[Any]:
    """Return what fills the places of `REFRESHED`, for the address that the page has."""
    query = query_of(search)
    told_in = query.pop("told_in", "")  # what the page is written in, where its address does not say so
    viewer = replace_fields(viewer_at(office, HEALTH, search_of(query, lang=told_in)), query=query)
    vitals = office.pulse.now()
    line = _chosen(viewer, vitals)
    chosen: list[Part] = [] if line is None else letters_now(viewer, line, _replay_of(office, line, vitals))
    return refreshed(viewer, vitals, chosen)


def replay(office: Office, viewer: Viewer, which: object) -> Component:
    """Ask ingest to try a group's letters again; return what to say."""
    words, group_id = viewer.words, _group_id(which)
    if not may(asking.person(), Action.KEEP_SYSTEM, office.thing()):
        note_refusal(office, Action.KEEP_SYSTEM, f"letters/{group_id}")
        return said(words["refused"], "wrong")
    try:
        many = office.replays.ask(group_id, by=asking.actor())
    except NotAllowedError as error:
        return said(words[f"replay_{error.code}"], "wrong")
    except StoreError:
        return said(words["store_away"], "wrong")
    return said(words["replay_asked"].format(n=f"{many:,}"))


def forget(office: Office, viewer: Viewer, which: object) -> tuple[object, object]:
    """Remove a group's letters; return what to say, and the address that shows the group without them."""
    words, group_id = viewer.words, _group_id(which)
    if not may(asking.person(), Action.KEEP_SYSTEM, office.thing()):
        note_refusal(office, Action.KEEP_SYSTEM, f"letters/{group_id}")
        return said(words["refused"], "wrong"), no_update
    try:
        gone = office.replays.forget(group_id, by=asking.actor())
    except NotAllowedError as error:
        return said(words[f"replay_{error.code}"], "wrong"), no_update
    except StoreError:
        return said(words["store_away"], "wrong"), no_update
    return no_update, search_of(viewer.query, group=group_id, forgot=gone)


def _aside(office: Office, viewer: Viewer, vitals: Vitals) -> Component | None:
    if "group" not in viewer.query:
        return None
    line = _chosen(viewer, vitals)
    if line is None:
        return gone_panel(viewer)
    with office.reader() as reader:
        samples = [sample_of(kept) for kept in reader.newest_letters(line.group_id, SAMPLES)]
    may_keep = may(asking.person(), Action.KEEP_SYSTEM, office.thing())
    return letters_panel(viewer, line, samples, _replay_of(office, line, vitals), may_keep=may_keep)


def _chosen(viewer: Viewer, vitals: Vitals) -> LetterLine | None:
    wanted = viewer.query.get("group", "")
    return next((line for line in vitals.letters if str(line.group_id) == wanted), None)


def _replay_of(office: Office, line: LetterLine, vitals: Vitals) -> ReplayLine | None:
    last = office.replays.newest(line.group_id)
    if last is None:
        return None
    is_heard = vitals.beat_state in LATELY
    return ReplayLine(
        last.login, last.asked_us, last.letters, last.stored, last.refused, last.failed, last.done_us, is_heard
    )


def _group_id(which: object) -> int:
    number = which.get("group") if isinstance(which, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**53 else 0


def _as_json(piece: object) -> object:
    if isinstance(piece, Component):
        return piece.to_plotly_json()  # type: ignore[no-untyped-call]  # Dash is half typed
    raise TypeError
