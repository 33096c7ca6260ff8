"""A hotline's list: every row judged, each fault told by its row, all taken in or nothing."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from street.clock import STREET_ZONE, as_us
from street.incident_sheet import IncidentSheet, Known, RowFault, read_incidents
from street.matters import load_matters
from street.places import load_places

NOW_US = as_us(datetime(2026, 11, 24, 12, tzinfo=STREET_ZONE))
KNOWN = Known(load_places(Path(__file__).parents[2] / "street/geo"), load_matters(), NOW_US)
HEADS = ("工单编号", "受理时间", "标题", "内容", "地址", "事项代码", "级别", "经度", "纬度")
GOOD = ("G-1", "2026-11-24 08:30", "垃圾未清", "第一行\n第二行", "大学路12号", "06010", "二级", 120.3262, 36.0671)


def a_book(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    """Return an XLSX of these rows."""
    book, out = Workbook(), io.BytesIO()
    for row in (heads, *rows):
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def a_csv(*rows: tuple[Any, ...], encoding: str = "gb18030") -> bytes:
    """Return the same as Excel writes it in China."""
    return "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in (HEADS, *rows)).encode(encoding)


def changed(**cells: Any) -> tuple[Any, ...]:
    """Return the good row with some cells changed, by their place."""
    return tuple(cells.get(f"c{place}", cell) for place, cell in enumerate(GOOD))


@pytest.mark.parametrize("content", [a_book(GOOD), a_csv(GOOD), a_csv(GOOD, encoding="utf-8-sig")])
def test_a_good_row_is_an_incident(content: bytes) -> None:
    """With its number, the street's time, its matter, and the grid cell where it lies."""
    sheet = read_incidents(content, KNOWN)

    assert sheet.faults == ()
    [incident] = sheet.incidents
    assert (incident.incident_id, incident.source, incident.matter, incident.severity) == (
        "hotline/G-1", "hotline", "06010", 2,
    )  # fmt: skip
    assert incident.reported_us == as_us(datetime(2026, 11, 24, 8, 30, tzinfo=STREET_ZONE))
    assert incident.description == "第一行\n第二行"
    assert incident.grid_cell_id.startswith("370202007")


def test_only_three_columns_are_needed_and_a_cell_may_hold_a_date() -> None:
    """The rest is told by who files it."""
    book = a_book(("G-2", datetime(2026, 11, 23, 9, 5), "噪声"), heads=("Number", "Reported", "Title"))  # noqa: DTZ001 - as a spreadsheet holds it

    [incident] = read_incidents(book, KNOWN).incidents

    assert (incident.severity, incident.matter, incident.lon) == (3, "", None)
    assert incident.reported_us == as_us(datetime(2026, 11, 23, 9, 5, tzinfo=STREET_ZONE))


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (changed(c0=""), "number", "missing"),
        (changed(c0="G 1"), "number", "characters"),
        (changed(c1="昨天"), "reported", "instant"),
        (changed(c1="2026-02-30 08:00"), "reported", "instant"),
        (changed(c1="2026-11-25 08:00"), "reported", "future"),
        (changed(c2="=1+1"), "title", "formula"),
        (changed(c2="x" * 201), "title", "too-long"),
        (changed(c5="99999"), "matter", "matter"),
        (changed(c6="五级"), "severity", "severity"),
        (changed(c7="east"), "lon", "number"),
        (changed(c8=None), "lat", "missing"),
        (changed(c7=121.47, c8=31.23), "lon", "outside"),
    ],
)
def test_a_faulty_row_is_told_and_nothing_is_half_read(row: tuple[Any, ...], column: str, code: str) -> None:
    """The row as the spreadsheet counts, the column, and why."""
    sheet = read_incidents(a_book(changed(c0="G-0"), row), KNOWN)

    assert [(fault.row, fault.column, fault.code) for fault in sheet.faults] == [(3, column, code)]


def test_a_number_that_stands_twice_is_told() -> None:
    """Otherwise the second would be lost in silence."""
    assert [(it.row, it.code) for it in read_incidents(a_book(GOOD, GOOD), KNOWN).faults] == [(3, "twice")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 broken", "not-xlsx"),
        (a_book(), "empty"),
        (a_book(GOOD[:2], heads=HEADS[:2]), "missing-column"),
        (a_book((*GOOD, "x"), heads=(*HEADS, "备用")), "unknown-column"),
        (a_book((*GOOD, "x"), heads=(*HEADS, "标题")), "column-twice"),
        (b"\xff\xfe\x00\x01" * 9, "not-text"),
    ],
)
def test_a_broken_file_is_told_as_a_whole(content: bytes, code: str) -> None:
    """Never an exception, whatever it is."""
    sheet = read_incidents(content, KNOWN)

    assert sheet.incidents == ()
    assert code in {fault.code for fault in sheet.faults}


def test_a_fault_shows_only_the_beginning_of_what_was_found() -> None:
    """A cell may hold a page."""
    sheet = read_incidents(a_book(changed(c0="长" * 150)), KNOWN)

    assert sheet == IncidentSheet(faults=(RowFault(2, "number", "characters", "长" * 40),))
