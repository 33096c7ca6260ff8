"""One asset's panel: what is known of it, and for its keeper the form that edits it.

form ── texts, fingerprint ──▶ judged as a row of a list is ──▶ stored where it still is what was seen, and audited
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from dashboard import asking
from dashboard.asset_finding import (
    Found,
    alarm_line,
    lines_of,
    scenarios,
    unit_of,
    victims_of,
)
from dashboard.desk_view import note_refusal, viewer_at
from dashboard.office import Office
from dashboard.threads import off_loop
from layouts import ids
from layouts.desk.addresses import ASSETS, search_of
from layouts.desk.areas import Areas
from layouts.desk.asset_form import AREA, COMMUNITY_DIGITS, FIELDS, Form, asset_form, wrong
from layouts.desk.asset_panel import Known, Value, asset_panel, no_asset
from layouts.desk.asset_worklists import ROOTS
from layouts.desk.assets import Offer
from layouts.desk.frame import Viewer
from layouts.desk.pieces import said
from street.asset_export import as_form
from street.asset_sheet import Known as Register
from street.asset_sheet import read_form
from street.asset_words import words as sheet_words
from street.assets import Asset
from street.errors import StoreError, SupersededError
from street.freshness import age_from_us, freshness, has_age, interval_s
from street.inspections import next_due, today
from street.masking import masked
from street.policy import Action, may
from street.quality import form_of
from street.readings import NOT_COUNTED
from street.store import Latest, Reader

DONE: Final = {"saved": "asset_saved", "same": "asset_same", "inspected": "asset_inspected_done"}
CELL_DIGITS: Final = 15
POSITION: Final = ("lon", "lat", "datum")


def join(pages: Dash, office: Office, areas: Areas) -> None:  # noqa: ARG001 - joined like its neighbours
    """Join the panel's buttons to what they do."""
    subject, address = State(ids.ASSET_SUBJECT, "data"), State(ids.DESK_PLACE, "search")

    def save_asset(clicks: object, about: object, search: object, *typed: object) -> object:
        if not clicks:
            return no_update, no_update
        return save(office, viewer_at(office, ASSETS, search), about, dict(zip(FIELDS, typed, strict=True)))

    def inspect(clicks: object, about: object, search: object) -> object:
        return inspected(office, viewer_at(office, ASSETS, search), about) if clicks else (no_update, no_update)

    pages.callback(
        Output(ids.ASSET_FORM_SAID, "children"),
        Output(ids.ASSET_FORM_GO, "search"),
        Input(ids.ASSET_SAVE, "n_clicks"),
        subject,
        address,
        *(State(ids.asset_field(name), "value") for name in FIELDS),
        prevent_initial_call=True,
    )(off_loop(save_asset))
    pages.callback(
        Output(ids.ASSET_SAID, "children"),
        Output(ids.ASSET_GO, "search"),
        Input(ids.ASSET_INSPECTED, "n_clicks"),
        subject,
        address,
        prevent_initial_call=True,
    )(off_loop(inspect))


def panel_of(office: Office, reader: Reader, viewer: Viewer, found: Found, offer: Offer, done: str) -> Component | None:
    """Return the panel of the asset that the address names: to read, or to edit; *done* is a sentence's key."""
    asset_id = viewer.query.get("asset", "")
    if not asset_id:
        return None
    asset = found.seen.get(asset_id)
    if asset is None:
        if asset_id.isprintable() and reader.asset(asset_id) is not None:
            note_refusal(office, Action.SEE_ASSETS, f"asset/{asset_id}")
        return no_asset(viewer)
    if offer.may_keep and "edit" in viewer.query:
        dialects = list(dict.fromkeys([*sheet_words("dialects").values(), asset.dialect]))
        return asset_form(viewer, Form(asset, shown_texts(asset), fingerprint(asset), dialects), offer)
    return asset_panel(viewer, _known(reader, viewer, found, asset), offer, done=done)


def shown_texts(asset: Asset) -> dict[str, str]:
    """Return what stands in each field of the form, masked: a text that comes back as it was shown is not changed."""
    texts = {name: masked(text) for name, text in as_form(asset).items()}
    return texts | {AREA: asset.grid_cell_id or asset.community_id, "datum": texts["datum"] or "wgs84"}


def fingerprint(asset: Asset) -> str:
    """Return what tells whether an asset is still what was shown."""
    return hashlib.sha256(repr(sorted(as_form(asset).items())).encode()).hexdigest()


def save(office: Office, viewer: Viewer, about: object, typed: Mapping[str, object]) -> tuple[object, object]:
    """Store an asset as edited; return what to say, and the address that shows it."""
    words = viewer.words
    asset, refusal = _kept(office, viewer, about)
    if asset is None:
        return refusal, no_update
    try:
        with office.reader() as reader:
            register = Register.of(reader.assets(), reader.places(), office.places, scenarios())
        sheet = read_form(edited_texts(asset, typed), register)
        if sheet.faults or len(sheet.assets) != 1:
            return wrong([(it.column, it.code, masked(it.found)) for it in sheet.faults], words), no_update
        changed = replace(sheet.assets[0], is_demo=asset.is_demo)
        if is_placed_as_shown(asset, typed):
            changed = replace(changed, community_id=asset.community_id, grid_cell_id=asset.grid_cell_id)
        if changed != asset:
            office.store.registry().change(changed, seen=asset, by=asking.actor())
    except SupersededError:
        return said(words["superseded"], "wrong"), no_update
    except StoreError:
        return said(words["store_away"], "wrong"), no_update
    return no_update, search_of(viewer.query, edit="", done="saved" if changed != asset else "same")


def inspected(office: Office, viewer: Viewer, about: object) -> tuple[object, object]:
    """Note that an asset was inspected today; return what to say, and the address that says when it is due again."""
    words = viewer.words
    asset, refusal = _kept(office, viewer, about)
    if asset is None:
        return refusal, no_update
    due = next_due(asset, today(office.now_us()))
    if due is None:
        return said(words["refused"], "wrong"), no_update
    try:
        if due != asset.inspection_due:
            office.store.registry().change(replace(asset, inspection_due=due), seen=asset, by=asking.actor())
    except SupersededError:
        return said(words["superseded"], "wrong"), no_update
    except StoreError:
        return said(words["store_away"], "wrong"), no_update
    return no_update, search_of(viewer.query, done="inspected")


def edited_texts(asset: Asset, typed: Mapping[str, object]) -> dict[str, str]:
    """Return the row of a list that the form says.

    What comes back as it was shown is what it was, masked or not. A position that moves takes its area with it, unless
    another one was chosen; one that stays remembers the datum it was measured in.
    """
    shown, kept = shown_texts(asset), as_form(asset)
    texts = {name: value.strip() if isinstance(value, str) else "" for name, value in typed.items()}
    area = texts.pop(AREA, "")
    has_moved = _has_moved(shown, typed)
    if has_moved and area == shown[AREA]:
        area = ""
    row = {name: kept[name] if texts.get(name) == shown.get(name) else texts.get(name, "") for name in FIELDS}
    row.pop(AREA)
    areas = {"community_id": area[:COMMUNITY_DIGITS], "grid_cell_id": area if len(area) == CELL_DIGITS else ""}
    if area == shown[AREA]:
        areas = {name: kept[name] for name in areas}
    if not (row["lon"] or row["lat"]):
        row["datum"] = ""
    source = {} if has_moved else {"source_datum": kept["source_datum"]}
    return {"id": asset.asset_id, **row, **areas, **source}


def is_placed_as_shown(asset: Asset, typed: Mapping[str, object]) -> bool:
    """Return whether position and area came back as they were: then nothing is worked out from them anew."""
    shown = shown_texts(asset)
    return not _has_moved(shown, typed) and (typed.get(AREA) or "") == shown[AREA]


def _has_moved(shown: Mapping[str, str], typed: Mapping[str, object]) -> bool:
    return any((typed.get(name) or "") != shown[name] for name in POSITION)


def _kept(office: Office, viewer: Viewer, about: object) -> tuple[Asset | None, object]:
    """Return the asset that the browser means, where the asker may keep it and it still is what was shown; or why not.

    What it was when it was shown is checked again where it is stored, in the same transaction.
    """
    words = viewer.words
    told = about if isinstance(about, dict) else {}
    asset_id, seen = (it if isinstance(it := told.get(name), str) else "" for name in ("asset_id", "seen"))
    if not may(asking.person(), Action.KEEP_ASSETS):
        note_refusal(office, Action.KEEP_ASSETS, f"asset/{asset_id}"[:80])
        return None, said(words["refused"], "wrong")
    try:
        with office.reader() as reader:
            asset = reader.asset(asset_id) if asset_id.isprintable() else None
    except StoreError:
        return None, said(words["store_away"], "wrong")
    if asset is None:
        return None, said(words["refused"], "wrong")
    if fingerprint(asset) != seen:
        return None, said(words["superseded"], "wrong")
    return asset, None


def _known(reader: Reader, viewer: Viewer, found: Found, asset: Asset) -> Known:
    (line,) = lines_of(reader, [asset], found.live, viewer.now_us)
    values = [_value(asset, row, viewer.now_us) for row in found.live.get(asset.asset_id, ())]
    faults = [(it.quantity, it.fault, it.since_us) for it in reader.faults() if it.asset_id == asset.asset_id]
    alarms = [it for it in [*reader.active_alarms(), *reader.suppressed_alarms()] if it.asset_id == asset.asset_id]
    return Known(
        line,
        sorted(values, key=lambda one: one.quantity),
        faults,
        [alarm_line(it, found.seen, viewer) for it in alarms],
        [victim for it in alarms if it.rule_id in ROOTS for victim in victims_of(reader, it, found.seen, viewer)],
        fingerprint(asset),
        frozenset({asset.gateway_id, asset.circuit_id} & found.seen.keys()),
    )


def _value(asset: Asset, row: Latest, now_us: int) -> Value:
    every_s = interval_s(asset, scenarios().get(asset.kind), form_of(scenarios(), asset.kind, row.quantity))
    since_us = age_from_us(row.at_us, row.received_us, row.flags)
    is_known = every_s is not None and has_age(row.flags)
    return Value(
        row.quantity,
        row.value,
        unit_of(row.quantity),
        since_us,
        freshness(now_us - since_us, every_s) if is_known and every_s is not None else None,
        bool(row.flags & int(NOT_COUNTED)),
    )
