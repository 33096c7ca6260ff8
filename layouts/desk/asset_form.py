"""One asset to edit: its fields as a list of assets has them, in four groups, and what cannot be taken, by field."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import ASSETS, search_of
from layouts.desk.asset_panel import subject
from layouts.desk.assets import Offer, name_of
from layouts.desk.frame import Viewer
from layouts.desk.pieces import Part, Words, button, choice, field, line, link, panel, told
from street.assets import Asset

AREA: Final = "area"  # community or grid cell, whichever is known
GROUPS: Final = {
    "what": ("name", "name_en", "kind", "standard_id", "component", "department"),
    "where": ("lon", "lat", "datum", "road", AREA),
    "heard": (
        "dialect", "device_id", "interval_s", "quantity_intervals", "quantity_ranges", "gateway_id", "circuit_id"
    ),
    "looked_at": ("inspection_due", "inspection_days"),
}  # fmt: skip
FIELDS: Final = tuple(name for names in GROUPS.values() for name in names)
COMMUNITY_DIGITS: Final = 12
DATUMS: Final = ("wgs84", "cgcs2000", "gcj02", "bd09")
WIDE: Final = frozenset({"kind", AREA, "quantity_intervals", "quantity_ranges"})
HINTED: Final = frozenset({AREA, "datum", "quantity_intervals", "quantity_ranges", "inspection_due", "device_id"})


class Form(NamedTuple):
    """An asset to edit: what stands in its fields, its fingerprint, and the dialects it may speak."""

    asset: Asset
    texts: Mapping[str, str]
    seen: str
    dialects: Sequence[str]


def asset_form(viewer: Viewer, form: Form, offer: Offer) -> Component:
    """Return the panel that edits an asset."""
    words, asset = viewer.words, form.asset
    back = ASSETS + search_of(viewer.query, edit="")
    shown: list[Part] = [
        subject(asset, form.seen, ids.ASSET_FORM_GO),
        html.P([words["asset_id"], " ", html.Span(asset.asset_id, className="code")], className="hint"),
        *(
            html.Fieldset(
                [
                    html.Legend(words[f"asset_group_{group}"]),
                    html.Div([_field(viewer, name, form, offer) for name in names], className="pair"),
                ]
            )
            for group, names in GROUPS.items()
        ),
        told(ids.ASSET_FORM_SAID),
        html.Div(
            [button(ids.ASSET_SAVE, words["save"], "main"), link(words["asset_back"], back, "button plain")],
            className="acts sticky",
        ),
    ]
    return panel(name_of(asset, viewer.lang), shown, back, words)


def wrong(faults: Sequence[tuple[str, str, str]], words: Words) -> Component:
    """Return what cannot be taken: (column, code, what was found) of each field, in words."""
    rows = [
        html.Li([html.B(words.get(f"asset_column_{column}", column)), f" {fault_words(code, found, words)}"])
        for column, code, found in faults
    ]
    return html.Div([html.P(words["asset_wrong"]), html.Ul(rows)], className="said wrong")


def fault_words(code: str, found: str, words: Words) -> str:
    """Return one fault in words, with what was found."""
    said = words.get(f"asset_fault_{code}") or words.get(f"fault_{code}", code)
    return f"{said} · {found}" if found else said


def _field(viewer: Viewer, name: str, form: Form, offer: Offer) -> Component:
    words, value = viewer.words, form.texts.get(name, "")
    label = words[f"asset_column_{name}"]
    hint = words[f"asset_hint_{name}"] if name in HINTED else ""
    chosen = _choices(viewer, name, form, offer)
    control_id, classes = ids.asset_field(name), "both" if name in WIDE else ""
    if chosen is None:
        return field(line(control_id, value), label, hint=hint, classes=classes)
    empty = words["asset_by_position"] if name == AREA else words["choose"]
    return field(choice(control_id, chosen, value, empty), label, hint=hint, classes=classes)


def _choices(viewer: Viewer, name: str, form: Form, offer: Offer) -> list[dict[str, str]] | None:
    if name == "kind":
        kinds = {**offer.kinds, form.asset.kind: offer.kinds.get(form.asset.kind, form.asset.kind)}
        return [{"value": kind, "label": said} for kind, said in kinds.items()]
    if name == "datum":
        return [{"value": datum, "label": viewer.words[f"datum_{datum}"]} for datum in DATUMS]
    if name == AREA:
        return [it for it in offer.areas.options(viewer.lang) if len(it["value"]) >= COMMUNITY_DIGITS]
    if name == "dialect":
        return [{"value": dialect, "label": dialect} for dialect in form.dialects]
    return None
