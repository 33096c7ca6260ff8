"""The newcomers page: devices that nobody has registered, what they say, and what a person makes of them.

All that a device wrote is text of a stranger: it is shown as text, cut, without what turns or hides, never built from.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import ASSETS, NEWCOMERS, search_of
from layouts.desk.areas import Areas
from layouts.desk.frame import Viewer
from layouts.desk.moments import age, shown_time
from layouts.desk.people import page_of
from layouts.desk.pieces import (
    Part,
    beside,
    chip,
    choice,
    field,
    line,
    link,
    page_head,
    pager,
    row,
    said,
    table,
)
from layouts.desk.plain_text import shown_name

ON_A_PAGE = 40
STATES = ("waiting", "ignored", "settled")


class NewcomerLine(NamedTuple):
    """One device that waits. `guesses` is what ingest makes of it, None until it has looked."""

    newcomer_id: int
    dialect: str
    device_id: str
    state: str
    asset_id: str
    messages: int
    first_us: int
    last_us: int
    guesses: Mapping[str, Any] | None
    kind_name: str  # of the kind that is suggested


class Heard(NamedTuple):
    """One message as it arrived, masked."""

    at_us: int
    topic: str
    payload: str


class Done(NamedTuple):
    """What was just decided: accept, map, ignore or recall; and onto which asset."""

    deed: str
    asset_id: str = ""


class Offered(NamedTuple):
    """What the form begins with, and what it may choose from."""

    asset_id: str
    kinds: Mapping[str, str]  # kind to its name
    areas: Areas
    assets: Mapping[str, str] = {}


def newcomers_page(
    viewer: Viewer, newcomers: Sequence[NewcomerLine], *, aside: Component | None, done: Done | None = None
) -> Component:
    """Return the page; *newcomers* are those that fit the filters, those heard last first."""
    words, query = viewer.words, viewer.query
    pages = max(1, -(-len(newcomers) // ON_A_PAGE))
    page = min(max(page_of(query), 1), pages)
    here = newcomers[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    refresh = html.A(words["refresh"], href=NEWCOMERS + search_of(query), className="button plain")
    shown = [
        page_head(words["newcomers"], words["newcomers_note"].format(n=f"{len(newcomers):,}"), [refresh]),
        _done(viewer, done) if done else None,
        _filters(viewer),
        _list(viewer, here) if here else _nobody(viewer),
        pager(query, page, pages, words),
    ]
    return beside(shown, aside)


def _done(viewer: Viewer, done: Done) -> Component:
    words = viewer.words
    text = words[f"newcomer_done_{done.deed}"].format(asset=done.asset_id)
    opens = html.A(words["newcomer_open_asset"], href=ASSETS + search_of({"asset": done.asset_id}))
    return html.Div([said(text), opens] if done.asset_id else said(text), role="status", className="told done")


def _nobody(viewer: Viewer) -> Component:
    key = "newcomers_no_match" if viewer.query.get("q") or viewer.query.get("state") else "newcomers_none"
    return html.P(viewer.words[key], className="nothing")


def looks_like(viewer: Viewer, newcomer: NewcomerLine) -> str:
    """Return in words what ingest takes a newcomer for."""
    words, guesses = viewer.words, newcomer.guesses
    if guesses is None:
        return words["newcomer_unread"]
    if not guesses["dialect"]:
        return words["newcomer_unreadable"]
    return f"{guesses['dialect']} · {newcomer.kind_name or words['none']}"


def _filters(viewer: Viewer) -> Component:
    words, query = viewer.words, viewer.query
    states = [{"value": state, "label": words[f"newcomer_{state}"]} for state in STATES]
    return html.Div(
        [
            dcc.Location(id=ids.NEWCOMERS_GO, refresh="callback-nav"),
            field(line(ids.NEWCOMERS_TEXT, query.get("q", ""), debounce=0.4), words["newcomer_find"], classes="wide"),
            field(choice(ids.NEWCOMERS_STATE, states, query.get("state"), words["newcomer_waiting"]), words["state"]),
        ],
        className="filters", role="search",
    )  # fmt: skip


def _list(viewer: Viewer, newcomers: Sequence[NewcomerLine]) -> Component:
    words = viewer.words
    heads = [
        words[key] for key in ("device", "newcomer_looks_like", "newcomer_messages", "asset_age", "newcomer_dialect")
    ]
    return table(heads, [html.Tbody([_row(viewer, one) for one in newcomers])], words["newcomers"], "strangers")


def _row(viewer: Viewer, newcomer: NewcomerLine) -> Component:
    name, number = shown_name(newcomer.device_id), str(newcomer.newcomer_id)
    opens = link(html.Span(name, className="cut", title=name), search_of(viewer.query, newcomer=number), "opens")
    cells: list[Part | list[Part]] = [
        opens,
        looks_like(viewer, newcomer),
        f"{newcomer.messages:,}",
        shown_time(newcomer.last_us, ago(viewer, newcomer.last_us)),
        chip(newcomer.dialect, "quiet"),
    ]
    return row(cells, chosen=viewer.query.get("newcomer") == number)


def ago(viewer: Viewer, at_us: int) -> str:
    """Return how long ago an instant was, in words."""
    return viewer.words["ago"].format(age=age(viewer.now_us - at_us, viewer.words))
