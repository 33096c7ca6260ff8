"""What waits for the keeper of assets: inspections, sensors that cannot be believed, and what one cause took along."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from dash import html
from dash.development.base_component import Component

from layouts.desk.addresses import search_of
from layouts.desk.assets import Offer, heard, opener, place_of
from layouts.desk.frame import Viewer
from layouts.desk.moments import stamp
from layouts.desk.pieces import Part, Words, chip, link, row
from layouts.desk.pieces import table as sheet
from layouts.desk.plain_text import shown_name
from street.assets import Asset
from street.inspections import DueState, Inspection
from street.rules.causes import BROKER, BROKER_ID, CIRCUIT, GATEWAY, SILENT

ROOTS: Final = (GATEWAY, CIRCUIT, BROKER)
OWN_TITLES: Final = (*ROOTS, SILENT)


class FaultLine(NamedTuple):
    """One fault of one quantity ("": of the asset itself), since when [µs UTC], and the newest value."""

    asset: Asset
    quantity: str
    fault: str
    since_us: int
    value: float | None
    unit: str | None


class AlarmLine(NamedTuple):
    """One alarm that stands. `asset` is None for the broker's own, and for a circuit that nobody registered."""

    asset_id: str
    asset: Asset | None
    title: str
    severity: int
    raised_us: int
    is_suppressed: bool


class RootLine(NamedTuple):
    """An alarm that explains others, and those, oldest first."""

    root: AlarmLine
    victims: Sequence[AlarmLine]


def due_table(viewer: Viewer, inspections: Sequence[Inspection], offer: Offer) -> Component:
    """Return the inspections that are overdue or due soon, longest overdue first."""
    words = viewer.words
    heads = ("asset_name", "asset_id", "asset_kind", "area", "asset_due", "asset_due_left", "asset_cycle")
    rows = [_due_row(viewer, one, offer) for one in inspections]
    return sheet([words[key] for key in heads], [html.Tbody(rows)], words["view_due"], "due")


def faults_table(viewer: Viewer, faults: Sequence[FaultLine], offer: Offer) -> Component:
    """Return the sensors that cannot be believed, the oldest fault first."""
    words = viewer.words
    heads = ("asset_name", "asset_id", "area", "asset_quantity", "asset_fault", "asset_value", "asset_since")
    rows = [
        row(
            [
                opener(viewer, one.asset),
                html.Span(one.asset.asset_id, className="code"),
                place_of(one.asset, offer.areas, viewer),
                quantity_name(one.quantity, words),
                chip(words[f"sensor_{one.fault}"], "ours"),
                html.Span(number(one.value, one.unit, words), className="figure"),
                heard(viewer, one.since_us),
            ],
            chosen=viewer.query.get("asset") == one.asset.asset_id,
        )
        for one in faults
    ]
    return sheet([words[key] for key in heads], [html.Tbody(rows)], words["view_faults"], "sensors")


def causes_table(viewer: Viewer, roots: Sequence[RootLine], offer: Offer) -> Component:
    """Return each cause with what stands under its alarm."""
    words = viewer.words
    heads = [words[key] for key in ("asset_name", "asset_id", "area", "asset_alarm", "asset_since")]
    bodies = [_cause(viewer, one, offer, len(heads)) for one in roots]
    return sheet(heads, bodies, words["view_causes"], "causes")


def alarm_title(rule_id: str, titles: Mapping[str, str], words: Words) -> str:
    """Return what an alarm says: its scenario's words, or ours for silence and its causes; else its rule's id."""
    return words[f"alarm_{rule_id}"] if rule_id in OWN_TITLES else titles.get(rule_id, rule_id)


def quantity_name(quantity: str, words: Words) -> str:
    """Return what a quantity is called; a second channel of one has its name behind."""
    if not quantity:
        return words["asset_itself"]
    known, dot, channel = quantity.partition(".")
    name = words.get(f"quantity_{known}", shown_name(known))
    return f"{name} · {shown_name(channel)}" if dot else name


def number(value: float | None, unit: str | None, words: Words) -> str:
    """Return a value with its unit; a word, a share and a count have none."""
    told_unit = "" if unit in (None, "1", "count", "spaces") else unit
    return words["none"] if value is None else " ".join(filter(None, (f"{value:.7g}", told_unit)))


def severity_chip(severity: int, words: Words) -> Component:
    """Return how grave an alarm is, as a word."""
    return chip(words[f"severity_{severity}"], "grave" if severity <= 2 else "")


def _due_row(viewer: Viewer, one: Inspection, offer: Offer) -> Component:
    words, asset = viewer.words, one.asset
    is_over = one.state is DueState.OVERDUE
    cycle = "" if asset.inspection_days is None else words["days"].format(n=asset.inspection_days)
    cells: list[Part | list[Part]] = [
        opener(viewer, asset),
        html.Span(asset.asset_id, className="code"),
        offer.kinds.get(asset.kind, asset.kind),
        place_of(asset, offer.areas, viewer),
        html.Span(one.due.isoformat(), className="figure"),
        chip(due_words(one.days, words), "grave" if is_over else ""),
        cycle or words["none"],
    ]
    return row(cells, chosen=viewer.query.get("asset") == asset.asset_id)


def due_words(days: int, words: Words) -> str:
    """Return how many days are left, or have passed."""
    if days == 0:
        return words["asset_due_today"]
    return words["asset_due_over" if days < 0 else "asset_due_in"].format(n=abs(days))


def _cause(viewer: Viewer, one: RootLine, offer: Offer, columns: int) -> Component:
    words, root = viewer.words, one.root
    who = _whose(viewer, root)
    told = words["cause_took"].format(title=root.title, n=f"{len(one.victims):,}", at=stamp(root.raised_us))
    head = html.Tr(html.Th([who, " · ", told], colSpan=columns, scope="colgroup"), className="group")
    rows = [
        row(
            [
                _whose(viewer, it),
                html.Span(it.asset.asset_id if it.asset else words["none"], className="code"),
                place_of(it.asset, offer.areas, viewer) if it.asset else words["none"],
                [severity_chip(it.severity, words), it.title],
                heard(viewer, it.raised_us),
            ],
            chosen=it.asset is not None and viewer.query.get("asset") == it.asset.asset_id,
        )
        for it in one.victims
    ]
    nobody = html.Tr(html.Td(words["cause_nobody"], colSpan=columns, className="quiet"))
    return html.Tbody([head, *(rows or [nobody])])


def _whose(viewer: Viewer, alarm: AlarmLine) -> Component:
    if alarm.asset is None:
        is_broker = alarm.asset_id == BROKER_ID
        return html.B(viewer.words["asset_broker"] if is_broker else shown_name(alarm.asset_id))
    return opener(viewer, alarm.asset)


def victims_list(viewer: Viewer, victims: Sequence[AlarmLine]) -> Component:
    """Return, for a panel, whom an alarm took along."""
    return html.Ul(
        [
            html.Li([
                link(it.asset.asset_id, search_of(viewer.query, asset=it.asset.asset_id)) if it.asset else None,
                f" {it.title} · ", heard(viewer, it.raised_us),
            ])
            for it in victims
        ],
        className="victims",
    )  # fmt: skip
