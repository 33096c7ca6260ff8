"""Workbooks made to hurt, by the names that the catalogue gives them."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any, Final

from openpyxl import Workbook

SHEET: Final = "xl/worksheets/sheet1.xml"
HEADINGS: Final = ["login", "name", "phone", "unit", "role", "area"]
ENTITIES: Final = b"".join(
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">',
        b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>',
    ]
)
OUTSIDE: Final = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def a_workbook(title: str, rows: Sequence[Sequence[Any]], sheets: int = 1) -> bytes:
    """Return an XLSX with these rows on its first sheet; texts that begin with `=` are formulas."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for number in range(1, sheets):
        book.create_sheet(f"more {number}")
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain() -> bytes:
    return a_workbook("people", [HEADINGS, ["zhao.yi", "赵一", "13800138001", "一中队", "officer", "370202007"]])


def _changed(name: str, content: bytes) -> bytes:
    """Return a plain workbook in which one part has another content, or is new."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_plain())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def _without(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_plain())) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
    return out.getvalue()


def _many_parts() -> bytes:
    out = io.BytesIO(_plain())
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(10_000):
            archive.writestr(f"xl/media/{number}", b"")
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    return out.getvalue()


def _sheet(dimension: str) -> bytes:
    name = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return b'<worksheet xmlns="%s"><dimension ref="%s"/><sheetData/></worksheet>' % (name, dimension.encode())


WORKBOOKS: Final[dict[str, Callable[[], bytes]]] = {
    "empty": lambda: b"",
    "text": "login 张三".encode,
    "csv": lambda: "login,name\nzhao,赵\n".encode("gbk"),
    "html": lambda: b"<html><table><tr><td>login</td></tr></table><script>window.__x=1</script></html>",
    "xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
    "zip": _zip,
    "truncated": lambda: _plain()[:2000],
    "macro-only": lambda: _without("xl/workbook.xml"),
    "entities": lambda: _changed("xl/sharedStrings.xml", ENTITIES),
    "external-entity": lambda: _changed("xl/sharedStrings.xml", OUTSIDE),
    "utf16": lambda: _changed("xl/sharedStrings.xml", ENTITIES.decode().encode("utf-16")),
    "bomb": lambda: _changed("xl/media/zeros.bin", b"\0" * 40_000_000),
    "many-parts": _many_parts,
    "three-megabytes": lambda: _plain() + b"\0" * 3_000_000,
    "many-rows": lambda: a_workbook("people", [HEADINGS, *([f"p.{n}", "甲"] for n in range(10_000))]),
    "many-columns": lambda: a_workbook("people", [[f"column {n}" for n in range(200)]]),
    "many-sheets": lambda: a_workbook("people", [HEADINGS], sheets=50),
    "no-rows": lambda: a_workbook("people", []),
    "claims-a-million-rows": lambda: _changed(SHEET, _sheet("A1:XFD1048576")),
    "broken-xml": lambda: _changed(SHEET, b"<worksheet><sheetData><row>"),
    "slip": lambda: _changed("../../../../tmp/hostile-slip.txt", b"out of the folder"),
}
