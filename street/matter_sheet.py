"""A site's matters and days as XLSX: every row judged, each fault told by its row and column, all taken in or nothing.

Two sheets, either may be missing: matters (kind, code, … the limits of each clock) and days (day, kind, name). What
they may be called stands in matter_sheet.yaml. A column that is missing leaves what there was; an empty cell empties.
Where a row says its version, it changes that version alone: what somebody else has changed since is not overwritten.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import openpyxl  # type: ignore[import-untyped]  # it ships no types

from street import asset_cells as cells
from street import csv_cells, strict_yaml
from street.asset_cells import CellError
from street.asset_rows import LONGEST_FOUND, RowFault
from street.asset_words import plain
from street.components import FIRST_LOCAL_MINOR
from street.errors import FieldError
from street.matters import CLOCKS, Limit, Matter, MatterKind, Matters, limit_of
from street.store.matters import OwnDay
from street.workbook import Cell, Row, read_workbook
from street.worktime import Unit

_TEXTS: Final = ("name", "name_en", "department_id", "file_when", "close_when")
COLUMNS: Final = {
    "matters": ("kind", "code", *_TEXTS[:3], *CLOCKS, *_TEXTS[3:], "is_example", "version"),
    "days": ("day", "kind", "name"),
}
NEEDED: Final = {"matters": ("kind", "code"), "days": ("day", "kind")}
_WORDS: Final = Path(__file__).with_suffix(".yaml")
_CODE: Final = re.compile(r"(?:0[1-9]|10)[0-9]{3}", re.ASCII)
_LAST_COMPONENT_MAJOR: Final = 5


class MatterSheet(NamedTuple):
    """What an XLSX says: to be taken in only when it has no faults. A day that is None is the law's again."""

    matters: tuple[Matter, ...] = ()
    days: Mapping[date, OwnDay | None] = {}
    faults: tuple[RowFault, ...] = ()


def read_matters(content: bytes, known: Matters) -> MatterSheet:
    """Return what the XLSX *content* says, judged against the matters that are *known*; never raises for it."""
    try:
        sheets = {title: rows for title, rows in read_workbook(content).items() if rows}
    except FieldError as error:
        return MatterSheet(faults=(RowFault("", 0, error.field, error.code),))
    reading = _Reading(known)
    for title, rows in sheets.items():
        part = _words("sheets").get(plain(title), "matters" if len(sheets) == 1 else "")
        if part:
            reading.take(title, part, rows)
        else:
            reading.faults.append(RowFault(title[:LONGEST_FOUND], 0, "", "unknown-sheet"))
    if not reading.faults and not reading.matters and not reading.days:
        reading.faults.append(RowFault("", 0, "file", "empty"))
    return MatterSheet(tuple(reading.matters.values()), reading.days, tuple(reading.faults))


def as_xlsx(matters: Iterable[Matter], days: Iterable[OwnDay]) -> bytes:
    """Return both sheets as `read_matters` reads them to the very same; no cell runs in a spreadsheet."""
    book = openpyxl.Workbook(write_only=True)
    rows: dict[str, Iterator[Mapping[str, str]]] = {"matters": map(_matter_row, matters), "days": map(_day_row, days)}
    for part, columns in COLUMNS.items():
        sheet = book.create_sheet(part)
        sheet.freeze_panes = "A2"
        sheet.append(columns)
        for row in rows[part]:
            sheet.append([csv_cells.cell(row[name])[1:-1].replace('""', '"') for name in columns])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@dataclass(slots=True)
class _Reading:
    known: Matters
    matters: dict[tuple[MatterKind, str], Matter] = field(default_factory=dict)
    days: dict[date, OwnDay | None] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)

    def take(self, title: str, part: str, rows: list[Row]) -> None:
        """Read all rows of one sheet; the first is its headings."""
        columns = self._columns(title, part, rows[0])
        if columns is None:
            return
        for row in rows[1:]:
            line = _Line(title, row.number, self.faults)
            line.read(columns, row.cells)
            if line.is_right:
                (self._take_matter if part == "matters" else self._take_day)(line)

    def _columns(self, title: str, part: str, headings: Row) -> dict[str, int] | None:
        found = dict[str, int]()
        before = len(self.faults)
        for place, cell in enumerate(headings.cells):
            if cell == Cell():
                continue
            said = str(cell.value)[:LONGEST_FOUND]
            name = _words("columns").get(plain(said), "")
            if name not in COLUMNS[part]:
                self.faults.append(RowFault(title, headings.number, "", "unknown-column", said))
            elif name in found:
                self.faults.append(RowFault(title, headings.number, name, "column-twice", said))
            else:
                found[name] = place
        missing = [name for name in NEEDED[part] if name not in found]
        self.faults += [RowFault(title, headings.number, name, "missing-column") for name in missing]
        return found if len(self.faults) == before else None

    def _take_matter(self, line: "_Line") -> None:
        kind, code = line.word("kind", "kinds"), line.code()
        if not kind or not code:
            return
        key = MatterKind(kind), code
        old = self.known.find(*key)
        if key in self.matters:
            line.fault("code", "twice", code)
        elif old is None and not _is_local(*key):
            line.fault("code", "unknown", code)
        elif old is None and not line.texts.get("name"):
            line.fault("name", "missing")
        elif old is not None and not _is_local(*key) and line.texts.get("name", old.name) != old.name:
            line.fault("name", "of-standard", f"{line.texts['name']}: {code} is {old.name}")
        else:
            matter = _matter(line, old or Matter(kind=key[0], code=code, name=""))
            seen = line.texts.get("version", "")
            if old is not None and matter != old and seen not in {"", str(old.version)}:
                line.fault("version", "superseded", f"{seen}: it is {old.version} by now")
            if line.is_right:
                self.matters[key] = matter

    def _take_day(self, line: "_Line") -> None:
        day = line.value("day", cells.day)
        kind = line.word("kind", "day_kinds")
        if day in self.days:
            line.fault("day", "twice", line.texts["day"])
        elif day is not None and kind:
            own = OwnDay(day, is_workday=kind == "worked", name=line.texts.get("name", ""))
            self.days[day] = None if kind == "law" else own


class _Line:
    """One row: what stands in its cells, and a way to say what is wrong with it."""

    def __init__(self, title: str, number: int, faults: list[RowFault]) -> None:
        self.texts: dict[str, str] = {}
        self._title = title
        self._number = number
        self._faults = faults
        self._before = len(faults)

    @property
    def is_right(self) -> bool:
        return len(self._faults) == self._before

    def fault(self, column: str, code: str, found: str = "") -> None:
        self._faults.append(RowFault(self._title, self._number, column, code, found[:LONGEST_FOUND]))

    def read(self, columns: Mapping[str, int], row: tuple[Cell, ...]) -> None:
        for name, place in columns.items():
            cell = row[place] if place < len(row) else Cell()
            try:
                self.texts[name] = cells.text_of(name, cell)
            except CellError as error:
                self.fault(name, str(error), "" if cell.value is None else str(cell.value))

    def word(self, name: str, group: str) -> str:
        """Return what a word means, "" where it means nothing."""
        said = self.texts.get(name, "")
        found = _words(group).get(plain(said), "")
        if not found:
            self.fault(name, "unknown" if said else "missing", said)
        return found

    def code(self) -> str:
        """Return five digits; a spreadsheet that took them for a number has lost the first 0."""
        said = self.texts["code"]
        padded = said.zfill(5)
        if not said or not _CODE.fullmatch(padded):
            self.fault("code", "code" if said else "missing", said)
            return ""
        return padded

    def value(self, name: str, read: Callable[[str], Any]) -> Any:  # noqa: ANN401 - as *read* returns
        """Return what *read* makes of a cell; None where it cannot, which is told."""
        said = self.texts[name]
        try:
            return read(said)
        except CellError as error:
            self.fault(name, str(error) if said else "missing", said)
            return None


def _matter(line: _Line, old: Matter) -> Matter:
    """Return *old* with what the line says; a change makes it the site's own, no example any more."""
    texts: dict[str, Any] = {name: line.texts[name] for name in _TEXTS if name in line.texts}
    limits = dict(old.limits)
    for name in CLOCKS:
        if name in line.texts:
            limits.pop(name, None)
            if line.texts[name]:
                limits[name] = line.value(name, _limit)
    says_example = old.is_example and _words("answers").get(plain(line.texts.get("is_example", "yes"))) == "yes"
    new = replace(old, **texts, limits=limits)
    return replace(new, is_example=says_example and new == old)


def _limit(text: str) -> Limit:
    """Return the limit that a text like 4工作时 says."""
    try:
        return limit_of(plain(text), {word: Unit(code) for word, code in _words("units").items()})
    except ValueError as error:
        raise CellError(code="limit") from error


def _is_local(kind: MatterKind, code: str) -> bool:
    """Return whether a code is a site's own: minors from 080 on, of a major that the kind has."""
    is_major = kind is MatterKind.MATTER or int(code[:2]) <= _LAST_COMPONENT_MAJOR
    return is_major and int(code[2:]) >= FIRST_LOCAL_MINOR


def _matter_row(matter: Matter) -> dict[str, str]:
    row = {name: getattr(matter, name) for name in _TEXTS}
    row |= {name: str(matter.limits[name]) if name in matter.limits else "" for name in CLOCKS}
    marks = {"is_example": "yes" if matter.is_example else "no", "version": str(matter.version)}
    return {"kind": matter.kind.value, "code": matter.code, **row, **marks}


def _day_row(own: OwnDay) -> dict[str, str]:
    return {"day": own.day.isoformat(), "kind": "worked" if own.is_workday else "off", "name": own.name}


@cache
def _words(group: str) -> dict[str, str]:
    """Return what each word of one group means, by its plain form."""
    meanings = strict_yaml.read(_WORDS)[group].items()
    return {plain(str(word)): str(meaning) for meaning, said in meanings for word in (meaning, *said)}
