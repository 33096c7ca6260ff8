"""A hotline's list of incidents, XLSX or CSV: every row judged, each fault told by its row, all taken in or nothing.

What columns may be headed stands in incident_sheet.yaml. A number that is known already is the same incident; positions
are WGS84, and a time is the street's.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from street import strict_yaml
from street.asset_cells import CellError, number, text_of
from street.asset_file import read_tables
from street.asset_words import plain
from street.clock import STREET_ZONE, as_us
from street.errors import FieldError
from street.incidents import Incident
from street.matters import Matters
from street.places import Places
from street.workbook import Cell, Row

SOURCE: Final = "hotline"
COLUMNS: Final = ("number", "reported", "title", "description", "address", "matter", "severity", "lon", "lat")
NEEDED: Final = ("number", "reported", "title")
MOST_ROWS: Final = 5_000
LONGEST_DESCRIPTION: Final = 2_000
USUAL_SEVERITY: Final = 3
_WORDS: Final = Path(__file__).with_suffix(".yaml")
_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:\-]{0,127}", re.ASCII)
_INSTANT: Final = re.compile(
    r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?", re.ASCII
)


class RowFault(NamedTuple):
    """What is wrong, and where: `row` as the spreadsheet counts, 0 is the whole file."""

    row: int
    column: str
    code: str
    found: str = ""


class Known(NamedTuple):
    """What the list is judged against."""

    places: Places
    matters: Matters
    now_us: int


@dataclass(frozen=True, slots=True)
class IncidentSheet:
    """What a file says: to be taken in only when it has no faults."""

    incidents: tuple[Incident, ...] = ()
    faults: tuple[RowFault, ...] = ()


def read_incidents(content: bytes, known: Known) -> IncidentSheet:
    """Return what the file *content* says; never raises for what is in it."""
    try:
        tables = [rows for rows in read_tables(content).values() if rows]
    except FieldError as error:
        return IncidentSheet(faults=(RowFault(0, "file", error.code),))
    if not tables or len(tables[0]) < 2:
        return IncidentSheet(faults=(RowFault(0, "file", "empty"),))
    if len(tables[0]) > MOST_ROWS + 1:
        return IncidentSheet(faults=(RowFault(0, "file", "too-many-rows", str(MOST_ROWS)),))
    reading = _Reading(known)
    reading.take(tables[0])
    return IncidentSheet(tuple(reading.incidents.values()), tuple(reading.faults))


@dataclass(slots=True)
class _Reading:
    known: Known
    incidents: dict[str, Incident] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)

    def take(self, rows: list[Row]) -> None:
        """Read all rows; the first is the headings."""
        columns = self._columns(rows[0])
        if columns is None:
            return
        for row in rows[1:]:
            cells = {name: row.cells[place] for name, place in columns.items() if place < len(row.cells)}
            before = len(self.faults)
            values = dict(self._values(row.number, cells))
            if len(self.faults) == before:
                self._keep(row.number, values)

    def _columns(self, headings: Row) -> dict[str, int] | None:
        names = _names("columns")
        found: dict[str, int] = {}
        for place, cell in enumerate(headings.cells):
            name = names.get(plain(str(cell.value)), "") if cell != Cell() else ""
            if name in found:
                self._fault(headings.number, name, "column-twice", str(cell.value))
            elif name:
                found[name] = place
            elif cell != Cell():
                self._fault(headings.number, "", "unknown-column", str(cell.value))
        for name in NEEDED:
            if name not in found:
                self._fault(headings.number, name, "missing-column")
        return None if self.faults else found

    def _values(self, row: int, cells: Mapping[str, Cell]) -> Iterator[tuple[str, object]]:
        for name in COLUMNS:
            cell = cells.get(name, Cell())
            try:
                text = text_of("outline" if name == "description" else name, cell)  # which may have several lines
                if text or name in NEEDED:
                    yield name, self._value(name, cell, text or _refuse("missing"))
            except CellError as error:
                self._fault(row, name, str(error), "" if cell.value is None else str(cell.value))

    def _value(self, name: str, cell: Cell, text: str) -> object:
        readers: Mapping[str, Callable[[], object]] = {
            "number": lambda: _matching(_NUMBER, text, "characters"),
            "reported": lambda: self._instant_us(cell, text),
            "description": lambda: text if len(text) <= LONGEST_DESCRIPTION else _refuse("too-long"),
            "matter": lambda: text.zfill(5) if self.known.matters.find(None, text.zfill(5)) else _refuse("matter"),
            "severity": lambda: int(_names("severities").get(plain(text)) or _refuse("severity")),
            "lon": lambda: number(text, -180, 180),
            "lat": lambda: number(text, -90, 90),
        }
        return readers.get(name, lambda: text)()

    def _instant_us(self, cell: Cell, text: str) -> int:
        at = cell.value if isinstance(cell.value, datetime) else None
        if at is None:
            at = _instant(text)
        at_us = as_us(at.replace(tzinfo=STREET_ZONE))
        if at_us > self.known.now_us:
            raise CellError(code="future")
        return at_us

    def _keep(self, row: int, values: Mapping[str, object]) -> None:
        said = dict(values)
        incident_id, at_us = f"{SOURCE}/{said.pop('number')}", said.pop("reported")
        if incident_id in self.incidents:
            self._fault(row, "number", "twice", incident_id)
            return
        made = {"severity": USUAL_SEVERITY, "matter": ""} | said | {"reported_us": at_us, "moved_us": at_us}
        incident = Incident(incident_id=incident_id, source=SOURCE, **made)  # type: ignore[arg-type]  # judged by name
        if (incident.lon is None) != (incident.lat is None):
            self._fault(row, "lon" if incident.lon is None else "lat", "missing")
        elif incident.lon is not None and incident.lat is not None:
            self._place(row, incident, incident.lon, incident.lat)
        else:
            self.incidents[incident_id] = incident

    def _place(self, row: int, incident: Incident, lon: float, lat: float) -> None:
        places = self.known.places
        if not places.is_on_map(lon, lat):
            self._fault(row, "lon", "outside", f"{lon:g} {lat:g}")
            return
        cell, community = places.grid_cell_of(lon, lat), places.community_of(lon, lat)
        self.incidents[incident.incident_id] = replace(
            incident,
            grid_cell_id=cell.grid_cell_id if cell else "",
            community_id=community.community_id if community else "",
        )

    def _fault(self, row: int, column: str, code: str, found: str = "") -> None:
        self.faults.append(RowFault(row, column, code, found[:40]))


def _instant(text: str) -> datetime:
    found = _INSTANT.fullmatch(text)
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()) if found else (0,) * 6
        return datetime(year, month, day, hour, minute, second, tzinfo=STREET_ZONE)
    except ValueError as error:
        raise CellError(code="instant") from error


def _matching(pattern: re.Pattern[str], text: str, code: str) -> str:
    return text if pattern.fullmatch(text) else _refuse(code)


def _refuse(code: str) -> str:
    raise CellError(code)


@cache
def _names(kind: str) -> Mapping[str, str]:
    """Return what each word of incident_sheet.yaml means."""
    return {
        plain(word): str(meaning)
        for meaning, words in strict_yaml.read(_WORDS)[kind].items()
        for word in (str(meaning), *words)
    }
