"""Assets and places out of CSV, GeoJSON or XLSX: judged row by row, and taken in whole or not at all.

POST /api/assets/import?dry=1   says what is wrong, or what would change; writes nothing
POST /api/assets/import         judges again, and writes with its entry in the audit
"""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.asset_finding import scenarios
from dashboard.desk_view import note_refusal
from dashboard.looks import language_of
from dashboard.office import Office
from layouts.desk.addresses import ASSETS_IMPORT
from layouts.desk.asset_form import fault_words
from layouts.desk.pieces import Words
from layouts.desk.plain_text import seen
from layouts.wording import desk_words_in
from street.asset_sheet import AssetSheet, Known, RowFault, read_assets
from street.assets import Asset
from street.errors import SupersededError
from street.masking import masked
from street.places import Place
from street.policy import Action, may
from street.store import Taken

MOST_TOLD: Final = 200  # faults or changes that are told at once
_COLUMN_OF: Final = {"intervals": "quantity_intervals", "ranges": "quantity_ranges", "is_key_area": "part"}

Report = dict[str, Any]


def routes(office: Office) -> list[Route]:
    """Return the import's route; one list at a time is read: each may be large."""
    reading = threading.Lock()

    def taken(content: bytes, words: Words, *, is_dry: bool) -> tuple[Report, int]:
        if not reading.acquire(blocking=False):
            return _faulty([RowFault("", 0, "file", "busy")], words), 422
        try:
            return imported(office, content, words, is_dry=is_dry)
        finally:
            reading.release()

    async def take(request: Request) -> Response:
        words = desk_words_in(language_of(request, office.config))
        is_dry = request.query_params.get("dry") == "1"
        report, status = await asyncio.to_thread(taken, await request.body(), words, is_dry=is_dry)
        return JSONResponse(report, status, headers={"cache-control": "no-store"})

    return [Route(ASSETS_IMPORT, take, methods=["POST"])]


def imported(office: Office, content: bytes, words: Words, *, is_dry: bool) -> tuple[Report, int]:
    """Judge a list and, unless *is_dry*, take it in; return what to tell and the answer's status.

    A list with any fault writes nothing. Where it was only to be looked at, that is the answer (200), else 422.
    """
    if not may(asking.person(), Action.KEEP_ASSETS):
        note_refusal(office, Action.KEEP_ASSETS, "assets/import")
        return _faulty([RowFault("", 0, "file", "refused")], words), 422
    with office.reader() as reader:
        version = reader.register_version()  # first: what moves after it is noticed
        known = Known.of(reader.assets(), reader.places(), office.places, scenarios())
    sheet = _as_registered(read_assets(content, known), known)
    if sheet.faults:
        return _faulty(sheet.faults, words), 200 if is_dry else 422
    taken = Taken(sheet.added, sheet.changed, sheet.unchanged)
    if is_dry:
        return _fine(sheet, known, taken, words), 200
    try:
        office.store.registry().take_in(
            sheet.assets, sheet.places, taken=taken, seen_version=version, by=asking.actor()
        )
    except SupersededError:
        return _faulty([RowFault("", 0, "file", "superseded")], words), 422
    said = {"ok": True, "said": words["import_assets_done"], "counts": taken._asdict()}
    return {**said, "heads": [], "rows": []}, 200


def _as_registered(sheet: AssetSheet, known: Known) -> AssetSheet:
    """Return the list with the names that left masked as they are: a file of ours comes back without harm."""
    assets = tuple(_unmasked(asset, known.assets.get(asset.asset_id)) for asset in sheet.assets)
    if assets == sheet.assets:
        return sheet
    same = sum(known.assets.get(it.asset_id) == it for it in assets)
    same += sum(known.places.get(it.place_id) == it for it in sheet.places)
    total = len(assets) + len(sheet.places)
    return replace(sheet, assets=assets, changed=total - sheet.added - same, unchanged=same)


def _unmasked(asset: Asset, registered: Asset | None) -> Asset:
    if registered is None:
        return asset
    pairs = {name: (getattr(asset, name), getattr(registered, name)) for name in ("name", "name_en")}
    kept = {name: old for name, (new, old) in pairs.items() if new != old and new == masked(old)}
    return replace(asset, **kept) if kept else asset


def _fine(sheet: AssetSheet, known: Known, taken: Taken, words: Words) -> Report:
    things: list[Asset | Place] = [*sheet.assets, *sheet.places]
    rows = [row for it in things if (row := _change(it, known, words))]
    more = len(rows) - MOST_TOLD
    return {
        "ok": True,
        "said": words["import_assets_fine"],
        "counts": taken._asdict(),
        "note": words["import_more"].format(n=f"{more:,}") if more > 0 else "",
        "heads": [words["asset_id"], words["asset_name"], words["import_assets_what"]],
        "rows": rows[:MOST_TOLD],
    }


def _change(thing: Asset | Place, known: Known, words: Words) -> list[str] | None:
    """Return a row about what is new or changes; None for what stays."""
    registered: Mapping[str, Asset | Place] = known.assets if isinstance(thing, Asset) else known.places
    own_id = thing.asset_id if isinstance(thing, Asset) else thing.place_id
    old = registered.get(own_id)
    if old == thing:
        return None
    names = [it.name for it in fields(thing) if old and getattr(old, it.name) != getattr(thing, it.name)]
    what = [words.get(f"asset_column_{_COLUMN_OF.get(name, name)}", name) for name in names]
    return [own_id, seen(masked(thing.name)), " · ".join(what) if old else words["import_assets_new"]]


def _faulty(faults: tuple[RowFault, ...] | list[RowFault], words: Words) -> Report:
    rows = [
        [
            seen(fault.sheet) or words["none"],
            str(fault.row) if fault.row else words["none"],
            words.get(f"asset_column_{fault.column}", words["none"]),
            fault_words(fault.code, seen(masked(fault.found)), words),
        ]
        for fault in faults[:MOST_TOLD]
    ]
    more = len(faults) - len(rows)
    return {
        "ok": False,
        "said": words["import_assets_faulty"],
        "counts": {"faults": f"{len(faults):,}"},
        "note": words["import_more"].format(n=f"{more:,}") if more else "",
        "heads": [words[name] for name in ("sheet", "row", "column", "fault")],
        "rows": rows,
    }
