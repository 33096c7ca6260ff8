"""One row of a list of assets: its texts become an asset or a place, and whatever cannot be taken is noted."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, NamedTuple, TypeVar

from street import asset_cells as cells
from street.asset_cells import CellError
from street.asset_words import ASSET, KEY_AREA, kind_words, plain, words
from street.assets import CIRCUIT, GATEWAY, Asset
from street.components import component_of, is_component
from street.datums import Datum, to_wgs84
from street.outlines import moved, wkt_of
from street.places import Place, Places
from street.scenarios import Scenarios

NATIVE: Final = "native"
LONGEST_CYCLE_DAYS: Final = 3_660
LONGEST_FOUND: Final = 60
T = TypeVar("T")


class RowFault(NamedTuple):
    """What is wrong, and where: `sheet` is its title, `row` as the spreadsheet counts (0: the whole)."""

    sheet: str
    row: int
    column: str
    code: str
    found: str = ""


class Known(NamedTuple):
    """What a list is judged against."""

    assets: Mapping[str, Asset]  # registered, by id
    places: Mapping[str, Place]  # registered, by id
    ground: Places
    kinds: Mapping[str, str]  # plain word to kind

    @classmethod
    def of(cls, assets: Iterable[Asset], places: Iterable[Place], ground: Places, scenarios: Scenarios) -> "Known":
        """Return what is known of the register, the ground and the kinds."""
        return cls(
            {asset.asset_id: asset for asset in assets},
            {place.place_id: place for place in places},
            ground,
            kind_words(scenarios),
        )


class Line:
    """The texts of one row by column; each way of reading one notes a fault where it cannot be taken."""

    def __init__(self, sheet: str, row: int, texts: dict[str, str], faults: list[RowFault]) -> None:
        self.sheet, self.row, self.texts, self._faults = sheet, row, texts, faults

    def fault(self, column: str, code: str, found: str | None = None) -> None:
        """Note what is wrong with a column; what was found is its text where nothing else is said."""
        said = self.texts.get(column, "") if found is None else found
        self._faults.append(RowFault(self.sheet, self.row, column, code, said[:LONGEST_FOUND]))

    def text(self, column: str) -> str:
        """Return the text of a column, "" where it is empty or missing."""
        return self.texts.get(column, "")

    def read(self, column: str, reader: Callable[[str], T], default: T) -> T:
        """Return what *reader* makes of a column, *default* where it is empty or cannot be taken."""
        text = self.text(column)
        if not text:
            return default
        try:
            return reader(text)
        except CellError as error:
            self.fault(column, str(error))
            return default

    def word(self, column: str, meanings: Mapping[str, str], default: str) -> str:
        """Return what the word in a column means."""
        return self.read(column, lambda text: cells.word(plain(text), meanings), default)

    def number(self, column: str, low: float, high: float) -> float | None:
        """Return the number in a column, None where it is empty."""
        return self.read(column, lambda text: cells.number(text, low, high), None)


def asset_in(line: Line, part: str, known: Known) -> Asset:
    """Return the asset of a row; where faults were noted it is not to be used."""
    lon, lat, source_datum = _position(line, _datum(line), known.ground)
    component, standard_id = _codes(line)
    community_id, grid_cell_id = _area(line, lon, lat, known.ground)
    interval_s = line.number("interval_s", 0.001, cells.LONGEST_INTERVAL_S)
    cycle = line.number("inspection_days", 1, LONGEST_CYCLE_DAYS)
    return Asset(
        asset_id=line.text("id"), kind=_kind(line, part, known), name=line.text("name"), lon=lon, lat=lat,
        community_id=community_id, grid_cell_id=grid_cell_id, road=line.text("road"),
        gateway_id=line.text("gateway_id"), circuit_id=line.text("circuit_id"),
        dialect=line.word("dialect", words("dialects"), NATIVE), device_id=line.text("device_id"),
        interval_s=None if interval_s is None else round(interval_s, 3),
        is_demo=line.word("is_demo", words("truths"), "false") == "true",
        name_en=line.text("name_en"), standard_id=standard_id, component=component,
        department=line.text("department"), source_datum=source_datum,
        intervals=line.read("quantity_intervals", cells.intervals, {}),
        ranges=line.read("quantity_ranges", cells.ranges, {}),
        inspection_due=line.read("inspection_due", cells.day, None),
        inspection_days=None if cycle is None else int(cycle),
    )  # fmt: skip


def place_in(line: Line, part: str, known: Known) -> Place:
    """Return the place or key area of a row; where faults were noted it is not to be used."""
    datum = _datum(line)
    lon, lat, source_datum = _position(line, datum, known.ground)
    polygons = moved(line.read("outline", cells.outline, []), partial(to_wgs84, datum=datum))
    if part == KEY_AREA and not line.text("outline"):
        line.fault("outline", "missing")
    if not all(known.ground.is_on_map(*corner) for rings in polygons for ring in rings for corner in ring):
        line.fault("outline", "off-map")
    return Place(
        place_id=line.text("id"), kind=line.read("kind", partial(cells.kind, meanings=known.kinds), part),
        name=line.text("name"), name_en=line.text("name_en"), department=line.text("department"), lon=lon, lat=lat,
        outline=wkt_of(polygons) if polygons else "",
        source_datum=source_datum or (_source_datum(line, datum) if polygons else ""), is_key_area=part == KEY_AREA,
    )  # fmt: skip


def _kind(line: Line, part: str, known: Known) -> str:
    fixed = part if part in {GATEWAY, CIRCUIT} else ""
    if not fixed and not line.text("kind"):
        line.fault("kind", "missing")
    kind = line.word("kind", known.kinds, fixed)
    if part != ASSET and kind != fixed:
        line.fault("kind", "other-part")
    return kind


def _codes(line: Line) -> tuple[str, str]:
    """Return the class and the 17-digit id; the id says the class where the row does not."""
    component, standard_id = line.text("component"), line.text("standard_id")
    if component and not is_component(component):
        line.fault("component", "unknown")
    if not standard_id:
        return component, ""
    named = component_of(standard_id)
    if named is None:
        line.fault("standard_id", "standard-id")
    elif component and component != named:
        line.fault("standard_id", "other-component")
    return component or named or "", standard_id


def _datum(line: Line) -> Datum:
    return Datum(line.word("datum", words("datums"), Datum.WGS84))


def _source_datum(line: Line, datum: Datum) -> str:
    return line.word("source_datum", words("datums"), datum)


def _position(line: Line, datum: Datum, ground: Places) -> tuple[float | None, float | None, str]:
    lon, lat = line.number("lon", -180, 180), line.number("lat", -90, 90)
    for column, other in (("lon", "lat"), ("lat", "lon")):
        if line.text(other) and not line.text(column):
            line.fault(column, "missing")
    if lon is None or lat is None:
        return None, None, ""
    made_lon, made_lat = to_wgs84(lon, lat, datum)
    if not ground.is_on_map(made_lon, made_lat):
        line.fault("lon", "off-map", f"{lon:g} {lat:g}")
    return made_lon, made_lat, _source_datum(line, datum)


def _area(line: Line, lon: float | None, lat: float | None, ground: Places) -> tuple[str, str]:
    """Return community and grid cell: as the row says, else as the position does.

    A grid cell that does not hold the position is a fault: most often the datum is wrong, or the columns are swapped.
    """
    community_id, grid_cell_id = line.text("community_id"), line.text("grid_cell_id")
    if community_id and community_id not in ground.communities:
        line.fault("community_id", "unknown")
    if grid_cell_id and grid_cell_id not in ground.grid_cells:
        line.fault("grid_cell_id", "unknown")
        return community_id, grid_cell_id
    if lon is not None and lat is not None:
        there, around = ground.grid_cell_of(lon, lat), ground.community_of(lon, lat)
        if grid_cell_id and there and there.grid_cell_id != grid_cell_id:
            line.fault("grid_cell_id", "elsewhere", f"{grid_cell_id}, the position lies in {there.grid_cell_id}")
        grid_cell_id = grid_cell_id or (there.grid_cell_id if there else "")
        community_id = community_id or (around.community_id if around else "")
    if grid_cell_id and not community_id:
        community_id = ground.grid_cells[grid_cell_id].community_id
    return community_id, grid_cell_id
