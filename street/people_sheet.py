"""A list of people and a roster from an XLSX: every row judged, each fault told by its row, all taken in or nothing.

Two sheets, either may be missing: people (login, name, name_en, phone, unit, role, area) and roster (login, date,
starts, ends). What they may be called stands in people_sheet.yaml.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from street import strict_yaml
from street.clock import STREET_ZONE, as_us
from street.errors import FieldError
from street.passwords import hashed, new_password
from street.people import Grant, Person, Role, Shift, is_area
from street.places import Places
from street.store import ImportRow
from street.store.person_rows import check, login_of
from street.workbook import Cell, Row, read_workbook

COLUMNS: Final = {
    "people": ("login", "name", "name_en", "phone", "unit", "role", "area"),
    "roster": ("login", "date", "starts", "ends"),
}
NEEDED: Final = {"people": ("login", "name", "role", "area"), "roster": COLUMNS["roster"]}
_WORDS: Final = Path(__file__).with_suffix(".yaml")
_SEVERAL: Final = re.compile(r"[,;/\uff0c\uff1b\u3001\n]")
_CLOCK: Final = re.compile(r"([0-9]{1,2})[:\uff1a]([0-9]{2})(?::00)?")
_DAY: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_SPREADSHEET_SIGNS: Final = ("=", "+", "-", "@")


class RowFault(NamedTuple):
    """What is wrong, and where: `sheet` is people, roster or file, `row` as the spreadsheet counts (0: the whole)."""

    sheet: str
    row: int
    column: str
    code: str
    found: str = ""


class Known(NamedTuple):
    """What the list is judged against."""

    logins: Mapping[str, str]  # login to person id
    areas: Mapping[str, str]  # code or name to area id
    shifts: tuple[Shift, ...] = ()

    @classmethod
    def of(cls, people: Iterable[Person], places: Places, shifts: Iterable[Shift] = ()) -> "Known":
        """Return what is known of *people* and *places*: areas by code and by name, and those that hold them."""
        areas = {community.name: community.community_id for community in places.communities.values()}
        for cell in places.grid_cells.values():
            areas |= {cell.name: cell.grid_cell_id, cell.short: cell.grid_cell_id}
        ids = set(areas.values()) | {area_id[:digits] for area_id in areas.values() for digits in (6, 9, 12)}
        named = {_plain(name): area_id for name, area_id in areas.items() if name}
        return cls({it.login: it.person_id for it in people}, named | {it: it for it in ids}, tuple(shifts))


@dataclass(frozen=True, slots=True)
class PeopleSheet:
    """What an XLSX says: to be taken in only when it has no faults."""

    people: tuple[Person, ...] = ()
    shifts: tuple[Shift, ...] = ()
    faults: tuple[RowFault, ...] = ()


def read_people(content: bytes, known: Known) -> PeopleSheet:
    """Return what the XLSX *content* says; never raises for what is in it."""
    try:
        sheets = read_workbook(content)
    except FieldError as error:
        return PeopleSheet(faults=(RowFault("file", 0, error.field, error.code),))
    reading = _Reading(known)
    parts = _parts(sheets)
    if not parts:
        return PeopleSheet(faults=(RowFault("file", 0, "file", "empty"),))
    for part in ("people", "roster"):
        if part in parts:
            reading.take(part, parts[part])
    reading.check_overlaps()
    faults = tuple(sorted(reading.faults, key=lambda it: (it.sheet != "people", it.row)))
    return PeopleSheet(tuple(reading.people.values()), tuple(shift for _, shift in reading.shifts), faults)


def with_first_passwords(people: Iterable[Person]) -> list[tuple[ImportRow, str]]:
    """Return each person as a row for `People.add_many`, beside the password of her first sign-in: 20 ms each.

    The passwords are nowhere else; whoever imports hands them out.
    """
    chosen = [(person, new_password()) for person in people]
    with ThreadPoolExecutor(2) as pool:
        hashes = pool.map(hashed, (password for _, password in chosen))
        return [(ImportRow(person, kept), password) for (person, password), kept in zip(chosen, hashes, strict=True)]


def _parts(sheets: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Return the rows of people and roster; where no title is known, the first sheet with rows is the people's."""
    names = _names("sheets")
    found = {names[_plain(title)]: rows for title, rows in sheets.items() if _plain(title) in names and rows}
    first = next((rows for rows in sheets.values() if rows), None)
    return found or ({} if first is None else {"people": first})


@dataclass(slots=True)
class _Reading:
    known: Known
    people: dict[str, Person] = field(default_factory=dict)
    shifts: list[tuple[int, Shift]] = field(default_factory=list)  # with the row
    faults: list[RowFault] = field(default_factory=list)

    def take(self, part: str, rows: list[Row]) -> None:
        """Read all rows of one sheet; the first is its headings."""
        columns = self._columns(part, rows[0])
        if columns is None:
            return
        for row in rows[1:]:
            cells = {name: row.cells[place] for name, place in columns.items() if place < len(row.cells)}
            texts = dict(self._texts(part, row.number, cells))
            if len(texts) == len(cells):
                (self._take_person if part == "people" else self._take_shift)(row.number, texts, cells)

    def check_overlaps(self) -> None:
        """Note the shifts that overlap another of the same person, in the list or in the roster."""
        places = sorted(
            [*self.shifts, *((0, shift) for shift in self.known.shifts)],
            key=lambda it: (it[1].person_id, it[1].starts_us, it[0]),
        )
        for (row, earlier), (later_row, later) in pairwise(places):
            if earlier.person_id == later.person_id and earlier.ends_us > later.starts_us and (row or later_row):
                self._fault("roster", max(row, later_row), "starts", "overlaps")

    def _columns(self, part: str, headings: Row) -> dict[str, int] | None:
        names, found = _names("columns"), {}
        before = len(self.faults)
        for place, cell in enumerate(headings.cells):
            if cell == Cell():
                continue
            name = names.get(_plain(str(cell.value)), "")
            if name not in COLUMNS[part]:
                self._fault(part, headings.number, "", "unknown-column", str(cell.value))
            elif name in found:
                self._fault(part, headings.number, name, "column-twice", str(cell.value))
            else:
                found[name] = place
        for name in NEEDED[part]:
            if name not in found:
                self._fault(part, headings.number, name, "missing-column")
        return found if len(self.faults) == before else None

    def _texts(self, part: str, row: int, cells: dict[str, Cell]) -> Iterator[tuple[str, str]]:
        """Yield what stands in each cell as text; those that cannot be taken are noted and left out."""
        for name, cell in cells.items():
            text = _text(cell)
            is_signed = text.startswith(_SPREADSHEET_SIGNS) and not (name == "phone" and text.startswith("+"))
            if cell.is_formula or is_signed:
                self._fault(part, row, name, "formula", text)
            elif cell.is_error:
                self._fault(part, row, name, "error-cell")
            elif not text and name in NEEDED[part]:
                self._fault(part, row, name, "missing")
            else:
                yield name, text

    def _take_person(self, row: int, texts: dict[str, str], _cells: dict[str, Cell]) -> None:
        login = login_of(texts["login"])
        before = len(self.faults)
        if login in self.people:
            self._fault("people", row, "login", "login-twice", texts["login"])
        elif login in self.known.logins:
            self._fault("people", row, "login", "login-taken", texts["login"])
        roles = self._each(row, "role", texts["role"], _names("roles"))
        areas = self._each(row, "area", texts["area"], self.known.areas)
        person = Person(
            person_id=secrets.token_hex(8),
            login=login,
            name=texts["name"],
            name_en=texts.get("name_en", ""),
            phone=texts.get("phone", ""),
            unit=texts.get("unit", ""),
            grants=tuple(Grant(Role(role), area_id) for role in roles for area_id in areas if is_area(area_id)),
            must_change_password=True,
        )
        try:
            check(person)
        except FieldError as error:
            self._fault("people", row, error.field, error.code, texts.get(error.field, ""))
        if len(self.faults) == before:
            self.people[login] = person

    def _take_shift(self, row: int, texts: dict[str, str], cells: dict[str, Cell]) -> None:
        login = login_of(texts["login"])
        person = self.people.get(login)
        person_id = person.person_id if person else self.known.logins.get(login, "")
        day, starts, ends = _day(cells["date"]), _clock(cells["starts"]), _clock(cells["ends"])
        wrong = {
            "login": (not person_id, "login-unknown"),
            "date": (day is None, "date"),
            "starts": (starts is None, "time"),
            "ends": (ends is None, "time"),
        }
        for name, (is_wrong, code) in wrong.items():
            if is_wrong:
                self._fault("roster", row, name, code, texts[name])
        if not person_id or day is None or starts is None or ends is None:
            return
        begin = datetime.combine(day, time(), STREET_ZONE)
        length = timedelta(days=ends <= starts)  # 20:00 to 08:00 ends on the next day
        shift = Shift(person_id=person_id, starts_us=as_us(begin + starts), ends_us=as_us(begin + ends + length))
        self.shifts.append((row, shift))

    def _each(self, row: int, name: str, text: str, names: Mapping[str, str]) -> list[str]:
        """Return what each of several words in a cell means; noted where one means nothing."""
        words = [word.strip() for word in _SEVERAL.split(text) if word.strip()]
        for word in words:
            if _plain(word) not in names:
                self._fault("people", row, name, f"{name}-unknown", word)
        return [names[_plain(word)] for word in words if _plain(word) in names]

    def _fault(self, sheet: str, row: int, column: str, code: str, found: str = "") -> None:
        self.faults.append(RowFault(sheet, row, column, code, found[:40]))


def _text(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 13800000000 is stored as a number
    return "" if value is None else unicodedata.normalize("NFC", str(value))


def _plain(text: str) -> str:
    return re.sub(r"[\s_*]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _day(cell: Cell) -> date | None:
    if isinstance(cell.value, datetime):
        return cell.value.date()
    if isinstance(cell.value, date):
        return cell.value
    found = _DAY.fullmatch(_text(cell))
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year <= 2100 else None


def _clock(cell: Cell) -> timedelta | None:
    """Return a time of day as what has passed since midnight; 24:00 is the next."""
    value = cell.value
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute)
    if isinstance(value, timedelta):
        return value if timedelta() <= value <= timedelta(days=1) else None
    found = _CLOCK.fullmatch(_text(cell))
    if not found:
        return None
    passed = timedelta(hours=int(found[1]), minutes=int(found[2]))
    return passed if int(found[2]) < 60 and passed <= timedelta(days=1) else None


@lru_cache(maxsize=4)
def _names(kind: str) -> dict[str, str]:
    """Return what each word of people_sheet.yaml means."""
    return {
        _plain(word): meaning for meaning, words in strict_yaml.read(_WORDS)[kind].items() for word in (meaning, *words)
    }
