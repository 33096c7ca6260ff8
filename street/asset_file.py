"""A list of assets as a file: CSV, GeoJSON or XLSX, told apart by what is in it, all read to rows of cells.

CSV comes as UTF-8, with or without its mark, or as GB18030, which Excel writes in China; parted by comma, semicolon or
tab. A feature of GeoJSON is a row whose columns are its properties; its geometry fills `lon` and `lat`, or `outline`.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

import orjson

from street.errors import FieldError
from street.outlines import checked, wkt_of
from street.workbook import Bounds, Cell, Row, read_workbook

BOUNDS: Final = Bounds(
    largest_bytes=16 * 1024 * 1024,
    largest_unpacked=128 * 1024 * 1024,
    most_rows=20_000,
    most_columns=60,
    longest_text=30_000,
)
POSITION: Final = ("lon", "lat", "outline")
_SEPARATORS: Final = ",;\t"


def read_tables(content: bytes) -> dict[str, list[Row]]:
    """Return the rows of each sheet under its title, headings first; CSV and GeoJSON are one sheet without a title.

    Raises:
        FieldError: of field "file": too-large, not-text, not-csv, not-geojson, too-many-rows, too-many-columns, or a
            code of `street.workbook`.
    """
    if len(content) > BOUNDS.largest_bytes:
        raise FieldError(field="file", code="too-large")
    if content.startswith(b"PK"):
        return read_workbook(content, BOUNDS)
    text = _text(content)
    return {"": _features(text) if text.lstrip().startswith("{") else _lines(text)}


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FieldError(field="file", code="not-text")


def _lines(text: str) -> list[Row]:
    first = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return _bounded(Row(number, tuple(map(_cell, line))) for number, line in enumerate(lines, start=1) if any(line))
    except csv.Error as error:
        raise FieldError(field="file", code="not-csv") from error


def _bounded(rows: Iterable[Row]) -> list[Row]:
    found: list[Row] = []
    for row in rows:
        if len(row.cells) > BOUNDS.most_columns:
            raise FieldError(field="file", code="too-many-columns")
        if len(found) > BOUNDS.most_rows:
            raise FieldError(field="file", code="too-many-rows")
        found.append(row)
    return found


def _cell(text: str) -> Cell:
    return Cell(text.strip()[: BOUNDS.longest_text] or None)


def _features(text: str) -> list[Row]:
    try:
        features = orjson.loads(text)["features"]
        properties = [dict(feature.get("properties") or {}) for feature in features]
        geometries = [feature.get("geometry") for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError) as error:  # orjson's error is a ValueError
        raise FieldError(field="file", code="not-geojson") from error
    names = list(dict.fromkeys(name for one in properties for name in one))
    names = [name for name in names if name not in POSITION]
    headings = Row(0, tuple(Cell(name) for name in (*names, *POSITION)))
    rows = (
        Row(number, (*(_property(one.get(name)) for name in names), *_position(geometry)))
        for number, (one, geometry) in enumerate(zip(properties, geometries, strict=True), start=1)
    )
    return _bounded([headings, *rows])


def _property(value: Any) -> Cell:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, str):
        return _cell(value)
    is_plain = value is None or isinstance(value, bool | int | float)
    return Cell(value) if is_plain else Cell(is_error=True)


def _position(geometry: Any) -> tuple[Cell, Cell, Cell]:  # noqa: ANN401 - whatever JSON holds
    """Return what stands in lon, lat and outline; a point and an outline may come together."""
    lon = lat = outline = Cell()
    try:
        parts = [] if geometry is None else geometry.get("geometries", [geometry])
        for part in parts:
            kind, coordinates = part["type"], part["coordinates"]
            if kind == "Point":
                lon, lat = Cell(float(coordinates[0])), Cell(float(coordinates[1]))
            elif kind in {"Polygon", "MultiPolygon"}:
                outline = Cell(wkt_of(checked([coordinates] if kind == "Polygon" else coordinates)))
            else:
                outline = Cell(is_error=True)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        outline = Cell(is_error=True)
    return lon, lat, outline
