"""One asset beside the list: what it is, what it says and how old that is, what is wrong, and what stands under it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import ASSETS, search_of
from layouts.desk.asset_worklists import AlarmLine, due_words, number, quantity_name, severity_chip, victims_list
from layouts.desk.assets import AssetLine, Offer, heard, name_of, place_of, state_chips, without_panel
from layouts.desk.frame import Viewer
from layouts.desk.moments import day_of
from layouts.desk.pieces import Part, Words, button, chip, facts, link, panel, row, said, told
from layouts.desk.pieces import table as sheet
from layouts.desk.plain_text import shown_name
from street.assets import Asset
from street.freshness import Freshness
from street.masking import masked


class Value(NamedTuple):
    """The newest value of one quantity; `freshness` is None where nobody knows how often it should come."""

    quantity: str
    value: float | None
    unit: str | None
    at_us: int
    freshness: Freshness | None
    is_doubtful: bool


class Known(NamedTuple):
    """What is known of the asset that is chosen; `victims` are those that its own alarms explain."""

    line: AssetLine
    values: Sequence[Value]
    faults: Sequence[tuple[str, str, int]]  # quantity, fault, since [µs UTC]
    alarms: Sequence[AlarmLine] = ()
    victims: Sequence[AlarmLine] = ()
    seen: str = ""  # a fingerprint of the asset as shown: what is changed was this
    around: frozenset[str] = frozenset()  # which of its gateway and circuit the viewer may open


def asset_panel(viewer: Viewer, known: Known, offer: Offer, *, done: str = "") -> Component:
    """Return the panel of one asset; *done* is the key of a sentence about what was just done to it."""
    words, asset = viewer.words, known.line.asset
    shown: list[Part] = [
        html.P(state_chips(known.line.standing, words), className="chips"),
        told(ids.ASSET_SAID, said(words[done]) if done else None),
        _acts(viewer, known, may_keep=offer.may_keep),
        facts(_facts(viewer, known, offer)),
        html.H3(words["asset_values"]),
        _values(viewer, known.values),
        html.H3(words["asset_faults"]),
        _faults(viewer, known.faults),
        html.H3(words["asset_alarms"]),
        _alarms(viewer, known.alarms),
        *([html.H3(words["cause_victims"].format(n=f"{len(known.victims):,}")), victims_list(viewer, known.victims)]
          if known.victims else []),
    ]  # fmt: skip
    return panel(name_of(asset, viewer.lang), shown, without_panel(viewer), words)


def no_asset(viewer: Viewer) -> Component:
    """Return the panel of what is not there, or not the viewer's to see."""
    words = viewer.words
    return panel(words["asset"], [html.P(words["refused"], className="said fine")], without_panel(viewer), words)


def subject(asset: Asset, seen: str, go_id: str = ids.ASSET_GO) -> Component:
    """Return what keeps, unseen, which asset a panel is about and as what it was shown."""
    kept = [
        dcc.Store(id=ids.ASSET_SUBJECT, data={"asset_id": asset.asset_id, "seen": seen}),
        dcc.Location(id=go_id, refresh="callback-nav"),
    ]
    return html.Div(kept, hidden=True)


def _acts(viewer: Viewer, known: Known, *, may_keep: bool) -> Component:
    words, asset = viewer.words, known.line.asset
    label = html.A(
        words["asset_label"],
        href=f"{ASSETS}.html" + search_of({"asset": asset.asset_id}),
        download="",
        className="button plain small",
    )
    if not may_keep:
        return html.Div(label, className="acts")
    edit = link(words["asset_edit"], search_of(viewer.query, edit=1), "button main small")
    has_cycle = asset.inspection_days is not None
    inspected = button(ids.ASSET_INSPECTED, words["asset_inspected"], "plain small", hidden=not has_cycle)
    return html.Div([subject(asset, known.seen), edit, inspected, label], className="acts")


def _facts(viewer: Viewer, known: Known, offer: Offer) -> list[tuple[str, Part]]:
    words, one, asset = viewer.words, known.line, known.line.asset
    position = "" if asset.lon is None or asset.lat is None else f"{asset.lon:.6f}, {asset.lat:.6f}"
    every = "" if asset.interval_s is None else words["asset_seconds"].format(n=f"{asset.interval_s:g}")
    own = "; ".join(f"{quantity_name(name, words)} {every_s:g} s" for name, every_s in asset.intervals.items())
    device = f"{asset.dialect} · {shown_name(asset.device_id or asset.asset_id)}"
    pairs: list[tuple[str, Part]] = [
        (words["asset_id"], html.Span(asset.asset_id, className="code")),
        (words["asset_kind"], offer.kinds.get(asset.kind, asset.kind)),
        (words["asset_standard"], html.Span(asset.standard_id, className="code") if asset.standard_id else None),
        (words["area"], place_of(asset, offer.areas, viewer)),
        (words["asset_road"], shown_name(masked(asset.road))),
        (words["asset_position"], position),
        (words["asset_department"], shown_name(masked(asset.department))),
        (words["asset_device"], html.Span(device, className="code")),
        (words["asset_gateway"], _other(viewer, known, asset.gateway_id)),
        (words["asset_circuit"], _other(viewer, known, asset.circuit_id)),
        (words["asset_interval"], " · ".join(filter(None, (every, own)))),
        (words["asset_age"], heard(viewer, one.heard_us)),
        (words["asset_due"], _due(viewer, asset)),
    ]
    return [(name, shown) for name, shown in pairs if shown]


def _other(viewer: Viewer, known: Known, asset_id: str) -> Part:
    return link(asset_id, search_of(viewer.query, asset=asset_id)) if asset_id in known.around else asset_id


def _due(viewer: Viewer, asset: Asset) -> str:
    if asset.inspection_due is None:
        return ""
    left = (asset.inspection_due - day_of(viewer.now_us)).days
    return f"{asset.inspection_due.isoformat()} · {due_words(left, viewer.words)}"


def _values(viewer: Viewer, values: Sequence[Value]) -> Component:
    words = viewer.words
    if not values:
        return html.P(words["asset_values_none"], className="hint")
    heads = [words[key] for key in ("asset_quantity", "asset_value", "asset_age")]
    rows = [
        row(
            [
                quantity_name(one.quantity, words),
                html.Span(number(one.value, one.unit, words), className="figure"),
                [heard(viewer, one.at_us), *_doubts(one, words)],
            ]
        )
        for one in values
    ]
    return sheet(heads, [html.Tbody(rows)], words["asset_values"], "values")


def _doubts(one: Value, words: Words) -> list[Part]:
    tones = {Freshness.STALE: "grave", Freshness.LOST: "grave", Freshness.LATE: "ours"}
    doubts: list[Part] = []
    if one.freshness is not None and one.freshness is not Freshness.FRESH:
        doubts.append(chip(words[f"fresh_{int(one.freshness)}"], tones.get(one.freshness, "")))
    if one.is_doubtful:
        doubts.append(chip(words["asset_doubtful"], "grave"))
    return doubts


def _faults(viewer: Viewer, faults: Sequence[tuple[str, str, int]]) -> Component:
    words = viewer.words
    if not faults:
        return html.P(words["asset_faults_none"], className="hint")
    pairs: list[tuple[str, Part]] = [
        (
            quantity_name(quantity, words),
            html.Span([chip(words[f"sensor_{fault}"], "ours"), heard(viewer, since_us)]),
        )
        for quantity, fault, since_us in faults
    ]
    return facts(pairs)


def _alarms(viewer: Viewer, alarms: Sequence[AlarmLine]) -> Component:
    words = viewer.words
    if not alarms:
        return html.P(words["asset_alarms_none"], className="hint")
    items: list[Any] = [
        html.Li(
            [
                severity_chip(it.severity, words),
                chip(words["alarm_suppressed"], "quiet") if it.is_suppressed else None,
                f"{it.title} · ",
                heard(viewer, it.raised_us),
            ]
        )
        for it in alarms
    ]
    return html.Ul(items, className="victims")
