"""One newcomer beside the list: what it says, what each dialect makes of that, and the three things to do about it.

All that a device wrote is text of a stranger: it is shown as text, cut, without what turns or hides, never built from.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import NEWCOMERS, search_of
from layouts.desk.asset_worklists import quantity_name
from layouts.desk.frame import Viewer
from layouts.desk.moments import minute, shown_time
from layouts.desk.newcomers import Heard, NewcomerLine, Offered, ago, looks_like
from layouts.desk.pieces import Part, button, choice, facts, field, line, panel, told
from layouts.desk.plain_text import seen, shown_name

MOST_SHOWN = 5  # messages
MOST_LETTERS = 600  # of one message
MOST_READINGS = 6  # above the buttons


def newcomer_panel(viewer: Viewer, newcomer: NewcomerLine, heard: Sequence[Heard], offered: Offered) -> Component:
    """Return the panel of one newcomer: what it is thought to be, and the three things to do about it."""
    words = viewer.words
    is_open = newcomer.state != "settled"
    shown: list[Part] = [
        html.Div(
            [
                dcc.Store(id=ids.NEWCOMER_SUBJECT, data={"newcomer_id": newcomer.newcomer_id}),
                dcc.Location(id=ids.NEWCOMER_GO, refresh="callback-nav"),
            ],
            hidden=True,
        ),
        facts(_facts(viewer, newcomer)),
        _warning(viewer, newcomer),
        told(ids.NEWCOMER_SAID),
        html.Div(
            [_accepting(viewer, newcomer, offered), _mapping(viewer, newcomer, offered), _leaving(viewer, newcomer)],
            className="deciding",
            hidden=not is_open,
        ),
        html.H3(words["newcomer_readings"]),
        _readings(viewer, newcomer),
        html.H3(words["newcomer_said"]),
        html.Dl([piece for one in heard[-MOST_SHOWN:][::-1] for piece in _message(one)], className="facts"),
    ]
    return panel(shown_name(newcomer.device_id), shown, _closed(viewer), words)


def gone_newcomer(viewer: Viewer) -> Component:
    """Return the panel of a newcomer that is no more."""
    words = viewer.words
    return panel(words["newcomer"], [html.P(words["newcomer_gone"], className="said fine")], _closed(viewer), words)


def _facts(viewer: Viewer, newcomer: NewcomerLine) -> list[tuple[str, Part]]:
    words = viewer.words
    pairs: list[tuple[str, Part]] = [
        (words["state"], words[f"newcomer_{newcomer.state}"]),
        (words["newcomer_looks_like"], html.B(looks_like(viewer, newcomer))),
        *_reads(viewer, newcomer),
        (words["newcomer_dialect"], newcomer.dialect),
        (words["newcomer_messages"], f"{newcomer.messages:,}"),
        (words["asset_age"], shown_time(newcomer.last_us, ago(viewer, newcomer.last_us))),
    ]
    return [*pairs, (words["asset"], newcomer.asset_id)] if newcomer.asset_id else pairs


def _reads(viewer: Viewer, newcomer: NewcomerLine) -> list[tuple[str, Part]]:
    """Return what the best dialect reads: what a person decides by stands above the buttons."""
    best = next(iter((newcomer.guesses or {}).get("by_dialect", [])), None)
    readings = [_reading(viewer, *reading) for reading in best["readings"][:MOST_READINGS]] if best else []
    return [(viewer.words["newcomer_reads"], " · ".join(readings))] if readings else []


def _warning(viewer: Viewer, newcomer: NewcomerLine) -> Part:
    best = (newcomer.guesses or {}).get("dialect", "")
    if not best or best == newcomer.dialect:
        return None
    text = viewer.words["newcomer_other_dialect"].format(routed=newcomer.dialect, best=best)
    return html.P(text, className="said wrong")


def _accepting(viewer: Viewer, newcomer: NewcomerLine, offered: Offered) -> Component:
    words = viewer.words
    kinds = [{"value": kind, "label": name} for kind, name in offered.kinds.items()]
    suggested = (newcomer.guesses or {}).get("kind", "")
    return html.Fieldset(
        [
            html.Legend(words["newcomer_accept_title"]),
            html.Div(
                [
                    field(line(ids.NEWCOMER_ID, offered.asset_id), words["asset_id"]),
                    field(line(ids.NEWCOMER_NAME, shown_name(newcomer.device_id)[:64]), words["asset_name"]),
                    field(
                        choice(ids.NEWCOMER_KIND, kinds, suggested, words["choose"]),
                        words["asset_kind"],
                        classes="both",
                    ),
                    field(
                        choice(ids.NEWCOMER_AREA, offered.areas.options(viewer.lang), None, words["no_area"]),
                        words["area"],
                        classes="both",
                    ),
                ],
                className="pair",
            ),
            html.Div(button(ids.NEWCOMER_ACCEPT, words["newcomer_accept"], "main"), className="acts"),
        ]
    )


def _mapping(viewer: Viewer, newcomer: NewcomerLine, offered: Offered) -> Component:
    words = viewer.words
    likely, known = (newcomer.guesses or {}).get("assets") or [""], ids.NEWCOMER_ASSETS
    return html.Fieldset(
        [
            html.Legend(words["newcomer_map_title"]),
            html.Datalist([html.Option(value=it, label=name) for it, name in offered.assets.items()], id=known),
            field(line(ids.NEWCOMER_ASSET, likely[0], list=known), words["asset_id"], hint=words["newcomer_map_hint"]),
            html.Div(button(ids.NEWCOMER_MAP, words["newcomer_map"]), className="acts"),
        ]
    )


def _leaving(viewer: Viewer, newcomer: NewcomerLine) -> Component:
    is_ignored = newcomer.state == "ignored"
    return html.Div(
        [
            button(ids.NEWCOMER_IGNORE, viewer.words["newcomer_ignore"], hidden=is_ignored),
            button(ids.NEWCOMER_RECALL, viewer.words["newcomer_recall"], hidden=not is_ignored),
        ],
        className="acts",
    )


def _readings(viewer: Viewer, newcomer: NewcomerLine) -> Component:
    able = (newcomer.guesses or {}).get("by_dialect", [])
    if not able:
        return html.P(looks_like(viewer, newcomer), className="hint")
    return facts([(one["dialect"], _made_of(viewer, one)) for one in able])


def _made_of(viewer: Viewer, one: Mapping[str, Any]) -> Component:
    """Return what one dialect makes of the messages: for whom it takes the sender, what it reads, what it refuses."""
    words = viewer.words
    readings = " · ".join(_reading(viewer, *reading) for reading in one["readings"])
    refused = sum(one.get("refusals", {}).values())
    notes = [
        words["newcomer_own_topic"] if one.get("is_own_topic") else words["newcomer_other_topic"],
        shown_name(str(one["device_id"])) if one["device_id"] else "",
        words["newcomer_refused"].format(n=f"{refused:,}") if refused else "",
    ]
    return html.Div([html.Div(readings or words["none"]), html.Small(" · ".join(filter(None, notes)))])


def _reading(viewer: Viewer, quantity: str, value: object, unit: str | None) -> str:
    shown = f"{value:g}" if isinstance(value, float | int) else shown_name(str(value))
    told_unit = "" if unit in (None, "1", "count") else shown_name(str(unit))
    return " ".join(filter(None, (quantity_name(quantity, viewer.words), shown, told_unit)))


def _message(heard: Heard) -> list[Component]:
    payload = seen(heard.payload[:MOST_LETTERS]) + ("…" if len(heard.payload) > MOST_LETTERS else "")
    when = html.Dt(shown_time(heard.at_us, minute(heard.at_us)))
    topic = html.Span(seen(heard.topic[:MOST_LETTERS]), className="code")
    return [when, html.Dd([topic, html.Pre(payload, tabIndex="0")])]


def _closed(viewer: Viewer) -> str:
    return NEWCOMERS + search_of(viewer.query, newcomer="")
