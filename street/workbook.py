"""XLSX as it comes from outside: read within limits, one at a time, nothing in it executed or followed.

A workbook is a zip of XML: either may unfold to a thousand times its size. Both are measured before they are parsed.
"""

import io
import re
import threading
import warnings
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

import openpyxl  # type: ignore[import-untyped]  # it ships no types

from street.errors import FieldError

LARGEST_BYTES: Final = 2 * 1024 * 1024
LARGEST_UNPACKED: Final = 16 * 1024 * 1024
MOST_PARTS: Final = 200
MOST_SHEETS: Final = 10
MOST_ROWS: Final = 1_000  # below the headings
MOST_COLUMNS: Final = 30
LONGEST_TEXT: Final = 1_000
_ENTITY: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING: Final = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([^\"']{1,40})", re.IGNORECASE)
_ONE_AT_A_TIME: Final = threading.Lock()  # bounds the memory, and warnings are caught for the whole process


class Bounds(NamedTuple):
    """How much of a workbook is read; the standard ones are for a list of people."""

    largest_bytes: int = LARGEST_BYTES
    largest_unpacked: int = LARGEST_UNPACKED
    most_rows: int = MOST_ROWS
    most_columns: int = MOST_COLUMNS
    longest_text: int = LONGEST_TEXT


SMALL: Final = Bounds()
Value = str | int | float | bool | date | datetime | time | timedelta | None


class Cell(NamedTuple):
    """What stands in a cell; a formula is named, never its result."""

    value: Value = None
    is_formula: bool = False
    is_error: bool = False


class Row(NamedTuple):
    """One row that is not empty."""

    number: int  # from 1, as the spreadsheet counts
    cells: tuple[Cell, ...]


def read_workbook(content: bytes, bounds: Bounds = SMALL) -> dict[str, list[Row]]:
    """Return the rows of each sheet under its title.

    Raises:
        FieldError: of field "file": too-large, not-xlsx, too-many-sheets, too-many-rows, too-many-columns.
    """
    _check_zip(content, bounds)
    try:
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl does not support: nothing that is read here
            return _read(content, bounds)
    except FieldError:
        raise
    except Exception as error:  # whatever a broken workbook makes openpyxl meet
        raise FieldError(field="file", code="not-xlsx") from error


def _check_zip(content: bytes, bounds: Bounds) -> None:
    if len(content) > bounds.largest_bytes:
        raise FieldError(field="file", code="too-large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            fault = _zip_fault(archive, bounds.largest_unpacked)
    except Exception as error:  # whatever a broken archive makes zipfile meet
        raise FieldError(field="file", code="not-xlsx") from error
    if fault:
        raise FieldError(field="file", code=fault)


def _zip_fault(archive: zipfile.ZipFile, largest_unpacked: int) -> str:
    parts = archive.infolist()
    # What a part says of its size binds: zipfile never unpacks more than that.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > largest_unpacked:
        return "too-large"
    if "xl/workbook.xml" not in archive.namelist():
        return "not-xlsx"
    is_odd = any(_is_odd(archive.read(part)) for part in parts if part.filename.endswith((".xml", ".rels")))
    return "not-xlsx" if is_odd else ""


def _is_odd(part: bytes) -> bool:
    """Return whether a part has what no spreadsheet program writes: entities, or an encoding that could hide them."""
    encoding = _ENCODING.search(part[:500])
    return (
        b"\0" in part[:500]
        or (encoding is not None and encoding[1].lower() not in {b"utf-8", b"us-ascii"})
        or _ENTITY.search(part) is not None
    )


def _read(content: bytes, bounds: Bounds) -> dict[str, list[Row]]:
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        if len(workbook.worksheets) > MOST_SHEETS:
            raise FieldError(field="file", code="too-many-sheets")
        return {sheet.title: _rows(sheet, bounds) for sheet in workbook.worksheets}
    finally:
        workbook.close()


def _rows(sheet: "openpyxl.worksheet._read_only.ReadOnlyWorksheet", bounds: Bounds) -> list[Row]:
    found = []
    sheet.reset_dimensions()  # what the file says of its own size is only a claim
    last_row, last_column = bounds.most_rows + 2, bounds.most_columns + 1
    for number, cells in enumerate(sheet.iter_rows(max_row=last_row, max_col=last_column), start=1):
        row = tuple(_cell(cell, bounds.longest_text) for cell in cells)
        if row[-1:] == (Cell(),) or len(row) < last_column:
            row = row[: bounds.most_columns]
        else:
            raise FieldError(field="file", code="too-many-columns")
        if all(cell == Cell() for cell in row):
            continue
        if number == last_row:
            raise FieldError(field="file", code="too-many-rows")
        found.append(Row(number, row))
    return found


def _cell(cell: "openpyxl.cell.read_only.ReadOnlyCell | openpyxl.cell.read_only.EmptyCell", longest_text: int) -> Cell:
    kind, value = getattr(cell, "data_type", "n"), cell.value
    if kind == "f":
        return Cell(is_formula=True)
    if kind == "e":
        return Cell(is_error=True)
    if isinstance(value, str):
        return Cell(value.strip()[:longest_text] or None)
    return Cell(value if isinstance(value, Value) else None, is_error=not isinstance(value, Value))
