"""The register as a file again: CSV, XLSX or GeoJSON that `street.asset_sheet` reads to the very same register.

Positions leave as WGS84, whatever they were measured in; that is told beside them. No cell runs in a spreadsheet.
"""

import io
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import openpyxl  # type: ignore[import-untyped]  # it ships no types
import orjson

from street import csv_cells
from street.asset_words import ASSET, COLUMNS, KEY_AREA, PLACE
from street.assets import CIRCUIT, GATEWAY, Asset
from street.datums import Datum
from street.outlines import polygons_of
from street.places import Place

Value = str | int | float | None
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML has no place for these
_PLAIN: Final = ("name", "name_en", "department", "lon", "lat", "source_datum")
_OF_ASSETS: Final = (
    "kind", "standard_id", "component", "community_id", "grid_cell_id", "road", "gateway_id", "circuit_id", "dialect",
    "device_id", "interval_s", "inspection_days",
)  # fmt: skip


def as_csv(assets: Iterable[Asset], places: Iterable[Place]) -> bytes:
    """Return one list of everything, with a column `part`; UTF-8 with the mark that Excel needs."""
    lines = [csv_cells.row(COLUMNS)]
    lines += [csv_cells.row(row[name] for name in COLUMNS) for row in _rows(assets, places)]
    return (csv_cells.BOM + "".join(lines)).encode()


def as_xlsx(assets: Iterable[Asset], places: Iterable[Place]) -> bytes:
    """Return one sheet a part: asset, gateway, circuit, key_area, place; those without rows are left out."""
    book = openpyxl.Workbook(write_only=True)
    sheets: dict[str, Any] = {}
    for row in _rows(assets, places):
        part = str(row["part"])
        if part not in sheets:
            sheets[part] = book.create_sheet(part)
            sheets[part].append(COLUMNS[1:])
        sheets[part].append([_xlsx_cell(row[name]) for name in COLUMNS[1:]])
    if not sheets:
        book.create_sheet(ASSET).append(COLUMNS[1:])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_geojson(assets: Iterable[Asset], places: Iterable[Place]) -> bytes:
    """Return one feature each; the geometry of what has no position is null."""
    features = []
    for row in _rows(assets, places):
        properties = {name: row[name] for name in COLUMNS if row[name] is not None and row[name] != ""}
        for name in ("lon", "lat", "outline"):
            properties.pop(name, None)
        texts = {name: _literal(value) if isinstance(value, str) else value for name, value in properties.items()}
        features.append({"type": "Feature", "geometry": _geometry(row), "properties": texts})
    return orjson.dumps({"type": "FeatureCollection", "features": features}, option=orjson.OPT_APPEND_NEWLINE)


def as_form(thing: Asset | Place) -> dict[str, str]:
    """Return what stands in each field of a form, for `read_form`: empty where nothing is known."""
    row = _asset_row(thing) if isinstance(thing, Asset) else _place_row(thing)
    return {name: "" if row[name] is None else _literal(str(row[name])) for name in COLUMNS}


FORMATS: Final[Mapping[str, Callable[[Iterable[Asset], Iterable[Place]], bytes]]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
    "geojson": as_geojson,
}


def _rows(assets: Iterable[Asset], places: Iterable[Place]) -> Iterable[dict[str, Value]]:
    yield from map(_asset_row, assets)
    yield from map(_place_row, places)


def _asset_row(asset: Asset) -> dict[str, Value]:
    row: dict[str, Value] = dict.fromkeys(COLUMNS, "")
    row |= {name: getattr(asset, name) for name in (*_PLAIN, *_OF_ASSETS)}
    due = asset.inspection_due
    return row | {
        "part": asset.kind if asset.kind in {GATEWAY, CIRCUIT} else ASSET,
        "id": asset.asset_id,
        "datum": Datum.WGS84.value if asset.lon is not None else "",
        "quantity_intervals": "; ".join(f"{name}={_number(every_s)}" for name, every_s in asset.intervals.items()),
        "quantity_ranges": "; ".join(
            f"{name}={_number(low)}..{_number(high)}" for name, (low, high) in asset.ranges.items()
        ),
        "inspection_due": due.isoformat() if due else "",
        "is_demo": "true" if asset.is_demo else "",
    }


def _place_row(place: Place) -> dict[str, Value]:
    row: dict[str, Value] = dict.fromkeys(COLUMNS, "")
    row |= {name: getattr(place, name) for name in (*_PLAIN, "kind", "outline")}
    has_ground = place.lon is not None or place.outline
    return row | {
        "part": KEY_AREA if place.is_key_area else PLACE,
        "id": place.place_id,
        "datum": Datum.WGS84.value if has_ground else "",
    }


def _number(value: float) -> str:
    """Return a number as short as reads back the same; nothing for an open end."""
    if math.isinf(value):
        return ""
    return str(int(value)) if value == int(value) else repr(value)


def _literal(text: str) -> str:
    """Return *text* as `csv_cells` writes it, without the quotes of CSV."""
    return csv_cells.cell(text)[1:-1].replace('""', '"')


def _xlsx_cell(value: Value) -> Value:
    return _UNWRITABLE.sub("\ufffd", _literal(value)) if isinstance(value, str) else value


def _geometry(row: Mapping[str, Value]) -> dict[str, Any] | None:
    found: list[dict[str, Any]] = []
    if row["lon"] is not None and row["lon"] != "":
        found.append({"type": "Point", "coordinates": [row["lon"], row["lat"]]})
    if row["outline"]:
        polygons = polygons_of(str(row["outline"]))
        one = len(polygons) == 1
        kind = "Polygon" if one else "MultiPolygon"
        found.append({"type": kind, "coordinates": polygons[0] if one else polygons})
    if len(found) > 1:
        return {"type": "GeometryCollection", "geometries": found}
    return found[0] if found else None
