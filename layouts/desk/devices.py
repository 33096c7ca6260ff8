"""The devices page: let a screen or tablet in by its code, see who is signed in where, end a session."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import DEVICES, search_of
from layouts.desk.areas import Areas
from layouts.desk.frame import Viewer
from layouts.desk.moments import age, minute, shown_time, stamp
from layouts.desk.people import shown_name
from layouts.desk.pieces import (
    Part,
    beside,
    button,
    chip,
    choice,
    facts,
    field,
    line,
    link,
    page_head,
    panel,
    row,
    table,
    told,
)
from street.people import Person

KINDS = ("screen", "tablet", "person")


class SessionLine(NamedTuple):
    """One open session, and whose."""

    session_id: str
    kind: str
    device: str
    address: str
    begun_us: int
    seen_us: int
    ends_us: int
    person: Person


class OfferLine(NamedTuple):
    """One device that waits to be let in."""

    code: str
    kind: str
    name: str
    address: str
    asked_us: int


def devices_page(
    viewer: Viewer, sessions: Sequence[SessionLine], *, pairing: Component, aside: Component | None
) -> Component:
    """Return the page; *sessions* are those that may be seen and fit the filters, last used first."""
    words = viewer.words
    acts: list[Part] = [html.A(words["refresh"], href=DEVICES + search_of(viewer.query), className="button plain")]
    shown = [
        page_head(words["devices"], f"{words['sessions']} · {words['count'].format(n=len(sessions))}", acts),
        pairing,
        _filters(viewer),
        _list(viewer, sessions) if sessions else html.P(words["sessions_none"], className="nothing"),
    ]
    return beside(shown, aside)


def pairing_box(viewer: Viewer, code: str, answer: Part = None) -> Component:
    """Return where a code is typed; *answer* is what the last one led to."""
    words = viewer.words
    typed = html.Div(
        [
            dcc.Location(id=ids.PAIR_GO, refresh="callback-nav"),
            field(line(ids.PAIR_CODE, code, placeholder="ABCD-2345", n_submit=0), words["pair_code"], classes="code"),
            button(ids.PAIR_LOOK, words["pair_look"]),
        ],
        className="pairing-code",
    )
    head = html.Div([html.H2(words["pair_title"]), html.P(words["pair_note"])])
    return html.Section([head, typed, answer], className="card pairing")


def approval(
    viewer: Viewer, offer: OfferLine, areas: Areas, people: Sequence[Person], within: Sequence[str] | None
) -> Component:
    """Return what lets a waiting device in: a screen needs an area, a tablet somebody who uses it."""
    words = viewer.words
    text = words["pair_waiting"].format(
        kind=words[f"kind_{offer.kind}"], name=offer.name or words["none"], address=offer.address,
        age=age(viewer.now_us - offer.asked_us, words),
    )  # fmt: skip
    is_screen = offer.kind == "screen"
    area = choice(ids.PAIR_AREA, areas.options(viewer.lang, within), None, words["choose"])
    users = [
        {"value": person.person_id, "label": f"{shown_name(person, viewer.lang)} · {person.login}"} for person in people
    ]
    person = choice(ids.PAIR_PERSON, users, None, words["choose"])
    return html.Div(
        [
            dcc.Store(id=ids.PAIR_SUBJECT, data={"code": offer.code}),
            html.P(text, className="waiting"),
            html.Div(field(area, words["pair_area"]), hidden=not is_screen),
            html.Div(field(person, words["pair_person"]), hidden=is_screen),
            button(ids.PAIR_APPROVE, words["pair_approve"], "main"),
            told(ids.PAIR_SAID),
        ],
        className="approval",
    )


def session_panel(viewer: Viewer, session: SessionLine, *, is_own: bool) -> Component:
    """Return the panel that ends a session."""
    words = viewer.words
    pairs: list[tuple[str, Part]] = [
        (words["kind"], words[f"kind_{session.kind}"]),
        (words["person"], f"{shown_name(session.person, viewer.lang)} · {session.person.login}"),
        (words["device"], session.device or words["none"]),
        (words["address"], session.address),
        (words["begun"], stamp(session.begun_us)),
        (words["seen"], stamp(session.seen_us)),
        (words["ends"], stamp(session.ends_us)),
        (words["session_no"], html.Span(session.session_id, className="code")),
    ]
    shown: list[Part] = [
        html.Div(
            [
                dcc.Store(id=ids.SESSION_SUBJECT, data={"session_id": session.session_id}),
                dcc.Location(id=ids.SESSION_GO, refresh="callback-nav"),
            ],
            hidden=True,
        ),
        facts(pairs),
        html.P(words["session_own"], className="said wrong") if is_own else None,
        field(line(ids.SESSION_REASON, placeholder=words["session_reason_hint"]), words["session_reason"]),
        html.Div(button(ids.SESSION_END, words["session_end"], "danger"), className="acts"),
        html.Small(words["session_end_note"], className="hint"),
        told(ids.SESSION_SAID),
    ]
    return panel(words["session"], shown, DEVICES + search_of(viewer.query, session=""), words)


def gone_panel(viewer: Viewer) -> Component:
    """Return the panel of a session that is no more, or not the viewer's to see."""
    words = viewer.words
    shown: list[Part] = [html.P(words["session_gone"], className="said fine")]
    return panel(words["session"], shown, DEVICES + search_of(viewer.query, session=""), words)


def _filters(viewer: Viewer) -> Component:
    words, query = viewer.words, viewer.query
    kinds = [{"value": kind, "label": words[f"kind_{kind}"]} for kind in KINDS]
    return html.Div(
        [
            dcc.Location(id=ids.DEVICES_GO, refresh="callback-nav"),
            field(line(ids.DEVICES_TEXT, query.get("q", ""), debounce=0.4), words["device_find"], classes="wide"),
            field(choice(ids.DEVICES_KIND, kinds, query.get("kind"), words["all"]), words["kind"]),
        ],
        className="filters", role="search",
    )  # fmt: skip


def _list(viewer: Viewer, sessions: Sequence[SessionLine]) -> Component:
    words = viewer.words
    heads = [words[key] for key in ("kind", "person", "device", "address", "begun", "seen", "ends")]
    rows = [_row(viewer, session, viewer.query) for session in sessions]
    return table(heads, [html.Tbody(rows)], words["sessions"])


def _row(viewer: Viewer, session: SessionLine, query: Mapping[str, str]) -> Component:
    words = viewer.words
    ago = words["ago"].format(age=age(viewer.now_us - session.seen_us, words))
    cells: list[Part | list[Part]] = [
        chip(words[f"kind_{session.kind}"], "" if session.kind == "person" else "ours"),
        [
            link(shown_name(session.person, viewer.lang), search_of(query, session=session.session_id), "opens"),
            html.Small(session.person.login),
        ],
        session.device or words["none"],
        html.Span(session.address, className="code whole"),
        shown_time(session.begun_us, minute(session.begun_us)),
        shown_time(session.seen_us, ago),
        shown_time(session.ends_us, minute(session.ends_us)),
    ]
    return row(cells, chosen=query.get("session") == session.session_id)
