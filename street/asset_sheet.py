"""A list of assets from a file: every row judged, each fault told by its row and column, all taken in or nothing.

Assets, gateways, circuits, key areas and places come in one list with a column `part`, or in sheets titled so; a list
that says nothing is of assets, and what has an outline is a key area. What columns may be called stands in
asset_sheet.yaml. An id that is registered already is replaced whole.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from street import asset_cells as cells
from street.asset_cells import CellError
from street.asset_file import read_tables
from street.asset_rows import LONGEST_FOUND, Known, Line, RowFault, asset_in, place_in
from street.asset_words import ASSET, KEY_AREA, NEEDED, PLACE, plain, words
from street.assets import CIRCUIT, GATEWAY, Asset
from street.errors import FieldError
from street.places import Place
from street.workbook import Cell, Row

__all__ = ("AssetSheet", "Known", "RowFault", "read_assets", "read_form")


@dataclass(frozen=True, slots=True)
class AssetSheet:
    """What a file says: to be taken in only when it has no faults."""

    assets: tuple[Asset, ...] = ()
    places: tuple[Place, ...] = ()
    faults: tuple[RowFault, ...] = ()
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def read_assets(content: bytes, known: Known) -> AssetSheet:
    """Return what the file *content* says; never raises for what is in it."""
    try:
        tables = {title: rows for title, rows in read_tables(content).items() if rows}
    except FieldError as error:
        return AssetSheet(faults=(RowFault("", 0, error.field, error.code),))
    if not any(len(rows) > 1 for rows in tables.values()):
        return AssetSheet(faults=(RowFault("", 0, "file", "empty"),))
    reading = _Reading(known)
    for title, rows in tables.items():
        reading.take(title, rows)
    reading.check_together()
    return reading.sheet()


def read_form(texts: Mapping[str, str], known: Known) -> AssetSheet:
    """Return what one form says, judged as a row of a list is: its fields are the columns; never raises."""
    names = tuple(texts)
    headings = Row(0, tuple(Cell(name) for name in names))
    reading = _Reading(known)
    reading.take("", [headings, Row(1, tuple(Cell(texts[name].strip() or None) for name in names))])
    reading.check_together()
    return reading.sheet()


@dataclass(slots=True)
class _Reading:
    known: Known
    assets: dict[str, tuple[Line, Asset]] = field(default_factory=dict)
    places: dict[str, tuple[Line, Place]] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)

    def take(self, title: str, rows: list[Row]) -> None:
        """Read all rows of one sheet; the first is its headings."""
        columns = self._columns(title, rows[0])
        if columns is None:
            return
        titled = words("parts").get(plain(title), "")
        for row in rows[1:]:
            before = len(self.faults)
            line = Line(title, row.number, {}, self.faults)
            line.texts = dict(self._texts(line, columns, row.cells))
            part = line.word("part", words("parts"), titled) or (KEY_AREA if line.text("outline") else ASSET)
            if len(self.faults) == before:  # what does not stand there would only make more faults
                self._take_row(line, part)

    def sheet(self) -> AssetSheet:
        """Return what was read, with how much of it is new."""
        assets = tuple(it for _, it in self.assets.values())
        places = tuple(it for _, it in self.places.values())
        pairs: list[tuple[object, object]] = [(self.known.assets.get(it.asset_id), it) for it in assets]
        pairs += [(self.known.places.get(it.place_id), it) for it in places]
        added = sum(old is None for old, _ in pairs)
        same = sum(old == new for old, new in pairs)
        faults = tuple(sorted(self.faults, key=lambda fault: (fault.sheet, fault.row)))
        return AssetSheet(assets, places, faults, added, len(pairs) - added - same, same)

    def check_together(self) -> None:
        """Note what does not fit with other rows or with what is registered."""
        everything = {**self.known.assets, **{name: asset for name, (_, asset) in self.assets.items()}}
        gateways = {it.asset_id for it in everything.values() if it.kind == GATEWAY}
        circuits = {it.asset_id for it in everything.values() if it.kind == CIRCUIT}
        for line, asset in self.assets.values():
            if asset.gateway_id and asset.gateway_id not in gateways:
                line.fault("gateway_id", "unknown")
            if asset.circuit_id and circuits and asset.circuit_id not in circuits:
                line.fault("circuit_id", "unknown")  # once circuits are listed, a name without one is a slip
        self._check_shared(everything.values())

    def _check_shared(self, everything: Iterable[Asset]) -> None:
        """Note ids of the standard and devices that two assets claim: two would share one voice."""
        owners: dict[tuple[str, ...], str] = {}
        for asset in sorted(everything, key=lambda it: it.asset_id in self.assets):  # the registered ones first
            claims: list[tuple[str, ...]] = [("standard_id", asset.standard_id)] if asset.standard_id else []
            claims.append(("device_id", asset.dialect, asset.device_id or asset.asset_id))
            for claim in claims:
                owner = owners.setdefault(claim, asset.asset_id)
                if owner != asset.asset_id and asset.asset_id in self.assets:
                    self.assets[asset.asset_id][0].fault(claim[0], "taken", f"{claim[-1]} by {owner}")

    def _columns(self, title: str, headings: Row) -> dict[str, int] | None:
        names, found = words("columns"), dict[str, int]()
        before = len(self.faults)
        for place, cell in enumerate(headings.cells):
            if cell == Cell():
                continue
            said = str(cell.value)[:LONGEST_FOUND]
            name = names.get(plain(said), "")
            if not name:
                self.faults.append(RowFault(title, headings.number, "", "unknown-column", said))
            elif name in found:
                self.faults.append(RowFault(title, headings.number, name, "column-twice", said))
            else:
                found[name] = place
        missing = [name for name in NEEDED if name not in found]
        self.faults += [RowFault(title, headings.number, name, "missing-column") for name in missing]
        return found if len(self.faults) == before else None

    def _texts(self, line: Line, columns: Mapping[str, int], row: tuple[Cell, ...]) -> Iterator[tuple[str, str]]:
        for name, place in columns.items():
            cell = row[place] if place < len(row) else Cell()
            try:
                yield name, cells.text_of(name, cell)
            except CellError as error:
                line.fault(name, str(error), "" if cell.value is None else str(cell.value))

    def _take_row(self, line: Line, part: str) -> None:
        is_place = part in {KEY_AREA, PLACE}
        taken: Mapping[str, tuple[Line, object]] = self.places if is_place else self.assets
        known: Mapping[str, object] = self.known.places if is_place else self.known.assets
        own_id = line.text("id")
        for name in NEEDED:
            if not line.text(name):
                line.fault(name, "missing")
        if own_id and not cells.ASSET_ID.fullmatch(own_id) and own_id not in known:
            line.fault("id", "id")
        if own_id in taken:
            line.fault("id", "twice", f"{own_id} as in row {taken[own_id][0].row}")
        elif is_place:
            self.places[own_id] = line, place_in(line, part, self.known)
        elif own_id:
            self.assets[own_id] = line, asset_in(line, part, self.known)
