"""Makers of workbooks, good and hostile."""

import io
import zipfile
from typing import Any

import openpyxl

HEADINGS = ("login", "name", "name_en", "phone", "unit", "role", "area")
HEADINGS_ZH = ("登录名", "姓名", "英文名", "手机", "单位", "角色", "区域")
WANG = ("wang", "王芳", "Wang Fang", "13900010002", "执法中队", "执法队员", "江苏路社区")
ROSTER = ("login", "date", "starts", "ends")


def a_workbook(**sheets: list[tuple[Any, ...]]) -> bytes:
    """Return an XLSX whose sheets have these titles and rows."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def changed(content: bytes, parts: dict[str, bytes]) -> bytes:
    """Return the zip *content* with some of its parts replaced or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in parts:
                new.writestr(part, old.read(part))
        for name, written in parts.items():
            new.writestr(name, written)
    return file.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    """Return one part of the zip *content*."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)
