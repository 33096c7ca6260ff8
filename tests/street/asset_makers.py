"""Makers of lists of assets, and what they are judged against."""

import csv
import io
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from street.asset_sheet import AssetSheet, Known, RowFault, read_assets
from street.assets import Asset
from street.places import Place, Places, load_places
from street.scenarios import load_scenarios

GEO = Path(__file__).resolve().parents[2] / "street" / "geo"
INSIDE = {"lon": 120.3248, "lat": 36.0669}
HEAD = ("编号", "类型", "名称")
LAMP = ("SL-01", "路灯", "一号灯")


@cache
def ground() -> Places:
    """Return the drawn communities and grid cells."""
    return load_places(GEO)


def a_known(*assets: Asset, places: tuple[Place, ...] = ()) -> Known:
    """Return the ground with *assets* and *places* registered."""
    return Known.of(assets, places, ground(), load_scenarios())


def a_csv(*rows: tuple[Any, ...]) -> str:
    """Return rows as CSV."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def an_xlsx(**sheets: list[tuple[Any, ...]]) -> bytes:
    """Return a workbook with these rows in its sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(*rows: tuple[Any, ...], known: Known | None = None) -> AssetSheet:
    """Return what a CSV of *rows* says; the first are the headings."""
    return read_assets(a_csv(*rows).encode(), known or a_known())


def a_lamp(**columns: Any) -> AssetSheet:
    """Return what a list of one lamp says that has these columns too."""
    return read((*HEAD, *columns), (*LAMP, *columns.values()))


def the_fault(sheet: AssetSheet) -> tuple[str, str, str]:
    """Return the only fault's column, code and what was found."""
    (fault,) = sheet.faults
    return fault.column, fault.code, fault.found


def whole(column: str, code: str) -> tuple[RowFault, ...]:
    """Return the fault of a file as a whole."""
    return (RowFault("", 0, column, code),)
