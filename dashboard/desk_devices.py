"""The devices page: which sessions may be seen and ended, and which waiting device is let in where."""

from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from dashboard import asking
from dashboard.desk_people import led_to
from dashboard.desk_view import may_change, note_refusal, viewer_at, within
from dashboard.office import Office
from dashboard.threads import off_loop
from layouts import ids
from layouts.desk.addresses import DEVICES, search_of
from layouts.desk.areas import Areas
from layouts.desk.devices import (
    OfferLine,
    SessionLine,
    approval,
    devices_page,
    gone_panel,
    pairing_box,
    session_panel,
)
from layouts.desk.frame import Viewer
from layouts.desk.pieces import said
from street.errors import NotAllowedError, StoreError
from street.people import Person, Role, is_area
from street.policy import Action, Thing, may
from street.store import Offer, Session
from street.store.pairing import LASTS_US

CODE_LETTERS = 8
MOST_REASON = 100


def join(pages: Dash, office: Office, areas: Areas) -> None:  # noqa: ARG001 - joined like its neighbours
    """Join filters and code to the address, and the panels' buttons to what they do."""
    address = State(ids.DESK_PLACE, "search")
    pages.callback(
        Output(ids.DEVICES_GO, "search"),
        Input(ids.DEVICES_TEXT, "value"),
        Input(ids.DEVICES_KIND, "value"),
        address,
        prevent_initial_call=True,
    )(off_loop(filtered))
    pages.callback(
        Output(ids.PAIR_GO, "search"),
        Input(ids.PAIR_LOOK, "n_clicks"),
        Input(ids.PAIR_CODE, "n_submit"),
        State(ids.PAIR_CODE, "value"),
        address,
        prevent_initial_call=True,
    )(off_loop(looked_up))
    _join_buttons(pages, office, address)


def _join_buttons(pages: Dash, office: Office, address: State) -> None:
    def approve_device(clicks: object, subject: object, area: object, person: object, search: object) -> object:
        return approve(office, viewer_at(office, DEVICES, search), subject, (area, person)) if clicks else no_update

    def end_session(clicks: object, subject: object, reason: object, search: object) -> object:
        if not clicks:
            return no_update, no_update
        return end(office, viewer_at(office, DEVICES, search), subject, reason)

    pages.callback(
        Output(ids.PAIR_SAID, "children"),
        Input(ids.PAIR_APPROVE, "n_clicks"),
        State(ids.PAIR_SUBJECT, "data"),
        State(ids.PAIR_AREA, "value"),
        State(ids.PAIR_PERSON, "value"),
        address,
        prevent_initial_call=True,
    )(off_loop(approve_device))
    pages.callback(
        Output(ids.SESSION_SAID, "children"),
        Output(ids.SESSION_GO, "search"),
        Input(ids.SESSION_END, "n_clicks"),
        State(ids.SESSION_SUBJECT, "data"),
        State(ids.SESSION_REASON, "value"),
        address,
        prevent_initial_call=True,
    )(off_loop(end_session))


def page(office: Office, viewer: Viewer, areas: Areas) -> Component:
    """Return the page for who asks."""
    people = {person.person_id: person for person in office.people.all()}
    lines = [
        _line(session, people[session.person_id])
        for session in office.sessions.open()
        if session.person_id in people and may_change(Action.KEEP_DEVICES, people[session.person_id])
    ]
    shown = sorted((line for line in lines if _fits(line, viewer)), key=lambda line: -line.seen_us)
    aside = None
    if "session" in viewer.query:
        chosen = next((line for line in lines if line.session_id == viewer.query["session"]), None)
        own = asking.session()
        is_own = chosen is not None and own is not None and own.session_id == chosen.session_id
        aside = gone_panel(viewer) if chosen is None else session_panel(viewer, chosen, is_own=is_own)
    return devices_page(viewer, shown, pairing=_pairing(office, viewer, areas, list(people.values())), aside=aside)


def filtered(text: object, kind: object, search: object) -> object:
    """Return the address for what is filtered by."""
    return led_to(search, q=text, kind=kind)


def looked_up(clicks: object, submits: object, code: object, search: object) -> object:
    """Return the address that shows the device waiting under a code."""
    if not (clicks or submits):
        return no_update
    return led_to(search, code=read_code(code) or code)


def read_code(text: object) -> str:
    """Return a pairing code as it is kept, however it is typed; empty for what is none."""
    typed = text.upper().replace(" ", "").replace("-", "") if isinstance(text, str) else ""
    return typed if len(typed) == CODE_LETTERS and typed.isascii() and typed.isalnum() else ""


def approve(office: Office, viewer: Viewer, subject: object, chosen: tuple[object, object]) -> Component:
    """Let a waiting device in: a screen into an area, a tablet for somebody; return what to say."""
    words = viewer.words
    code = read_code(subject.get("code")) if isinstance(subject, dict) else ""
    area, person_id = (value if isinstance(value, str) else "" for value in chosen)
    try:
        offer = office.pairing.waiting(code) if code else None
        if offer is None:
            return said(words["pair_unknown"], "wrong")
        if offer.kind == "screen" and not is_area(area):
            return said(words["pair_area_wrong"], "wrong")
        if offer.kind != "screen" and not person_id:
            return said(words["pair_person_wrong"], "wrong")
        if not _may_let_in(office, offer, area, person_id):
            note_refusal(office, Action.KEEP_DEVICES, f"pairing/{offer.kind}")
            return said(words["refused"], "wrong")
        office.pairing.approve(code, area_id=area, person_id=person_id, by=asking.actor())
    except NotAllowedError as error:
        return said(words["pair_unknown" if error.code == "unknown" else "refused"], "wrong")
    except StoreError:
        return said(words["store_away"], "wrong")
    return said(words["pair_done"])


def end(office: Office, viewer: Viewer, subject: object, reason: object) -> tuple[object, object]:
    """End a session; return what to say, and the address of the list without it."""
    words = viewer.words
    session_id = subject.get("session_id") if isinstance(subject, dict) else None
    why = reason.strip()[:MOST_REASON] if isinstance(reason, str) else ""
    try:
        session = next((one for one in office.sessions.open() if one.session_id == session_id), None)
        person = office.people.get(session.person_id) if session else None
        if session is None or person is None:
            return said(words["session_gone"], "wrong"), no_update
        if not may_change(Action.KEEP_DEVICES, person):
            note_refusal(office, Action.KEEP_DEVICES, f"session/{session.session_id}")
            return said(words["session_gone"], "wrong"), no_update
        office.sessions.end(session.session_id, by=asking.actor(), reason=why or "ended-by-desk")
    except StoreError:
        return said(words["store_away"], "wrong"), no_update
    return said(words["session_ended"]), search_of(viewer.query, ended=session.session_id)


def _pairing(office: Office, viewer: Viewer, areas: Areas, people: list[Person]) -> Component:
    typed = viewer.query.get("code", "")
    if not typed:
        return pairing_box(viewer, "")
    code = read_code(typed)
    offer = office.pairing.waiting(code) if code else None
    if offer is None:
        key = "pair_unknown" if code else "pair_wrong"
        return pairing_box(viewer, typed, said(viewer.words[key], "wrong"))
    users = [
        person
        for person in people
        if person.is_active and person.roles - {Role.WALL} and may_change(Action.KEEP_DEVICES, person)
    ]
    users.sort(key=lambda person: person.name)
    waiting = OfferLine(offer.code, offer.kind, offer.name, offer.address, offer.ends_us - LASTS_US)
    return pairing_box(viewer, code, approval(viewer, waiting, areas, users, within(Action.KEEP_DEVICES)))


def _may_let_in(office: Office, offer: Offer, area: str, person_id: str) -> bool:
    if offer.kind == "screen":
        return may(asking.person(), Action.KEEP_DEVICES, Thing(area))
    person = office.people.get(person_id)
    return person is not None and may_change(Action.KEEP_DEVICES, person)


def _fits(line: SessionLine, viewer: Viewer) -> bool:
    text, kind = viewer.query.get("q", "").strip().casefold(), viewer.query.get("kind", "")
    words = (line.person.name, line.person.name_en, line.person.login, line.device, line.address)
    return (not kind or line.kind == kind) and (not text or any(text in word.casefold() for word in words))


def _line(session: Session, person: Person) -> SessionLine:
    return SessionLine(
        session.session_id, session.kind, session.name, session.address, session.begun_us, session.seen_us,
        session.ends_us, person,
    )  # fmt: skip
