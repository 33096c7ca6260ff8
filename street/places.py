"""Places: which grid cell and community a point lies in, and how far two points are apart.

Positions are WGS84 degrees, always longitude first.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from street.errors import ConfigError

EARTH_RADIUS_M: Final = 6_371_008.8
MAP_MARGIN_DEG: Final = 0.02  # about 2 km: beyond it nothing belongs to this subdistrict

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Community:
    """A community (社区) of the subdistrict."""

    community_id: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class GridCell:
    """A grid cell (单元网格), the smallest area somebody answers for."""

    grid_cell_id: str
    name: str
    short: str
    community_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A registered place: a school, a market; or a key area, which has an outline.

    `outline` is a WKT POLYGON in WGS84, "" for a point; `source_datum` is what either was measured in.
    """

    place_id: str
    kind: str
    name: str
    name_en: str = ""
    department: str = ""
    lon: float | None = None
    lat: float | None = None
    outline: str = ""
    source_datum: str = ""
    is_key_area: bool = False


@dataclass(frozen=True, slots=True)
class _Shape:
    """Polygons, each an outer ring followed by its holes, inside a box (west, south, east, north)."""

    polygons: tuple[tuple[Ring, ...], ...]
    box: tuple[float, float, float, float]

    def holds(self, lon: float, lat: float) -> bool:
        west, south, east, north = self.box
        if not (west <= lon <= east and south <= lat <= north):
            return False
        # even-odd over all rings of a polygon: a point in a hole crosses twice
        return any(sum(_crosses(ring, lon, lat) for ring in rings) % 2 == 1 for rings in self.polygons)


class Places:
    """The grid cells and communities of one subdistrict."""

    def __init__(
        self, communities: Iterable[tuple[Community, _Shape]], grid_cells: Iterable[tuple[GridCell, _Shape]]
    ) -> None:
        self._communities = tuple(communities)
        self._grid_cells = tuple(grid_cells)
        self.communities = {community.community_id: community for community, _ in self._communities}
        self.grid_cells = {grid_cell.grid_cell_id: grid_cell for grid_cell, _ in self._grid_cells}

    def grid_cell_of(self, lon: float, lat: float) -> GridCell | None:
        """Return the grid cell that holds the point, None outside all of them."""
        return next((grid_cell for grid_cell, shape in self._grid_cells if shape.holds(lon, lat)), None)

    def community_of(self, lon: float, lat: float) -> Community | None:
        """Return the community that holds the point, None outside all of them."""
        return next((community for community, shape in self._communities if shape.holds(lon, lat)), None)

    def is_on_map(self, lon: float, lat: float) -> bool:
        """Return whether the point lies in the subdistrict or close by; of no subdistrict everything is on the map."""
        if not self._communities:
            return True
        boxes = [shape.box for _, shape in self._communities]
        west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
        east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
        margin = MAP_MARGIN_DEG
        return west - margin <= lon <= east + margin and south - margin <= lat <= north + margin

    def community_name(self, community_id: str) -> str:
        """Return the community's name, its id when nobody knows it."""
        community = self.communities.get(community_id)
        return community.name if community else community_id


def load_places(folder: Path) -> Places:
    """Return the places that `communities.geojson` and `grids.geojson` in *folder* draw.

    Raises:
        ConfigError: a file is missing or is not a collection of named polygons.
    """
    communities = [
        (Community(properties["id"], properties["name"], properties.get("name_en", "")), shape)
        for properties, shape in _features(folder / "communities.geojson")
    ]
    grid_cells = [
        (GridCell(properties["id"], properties["name"], properties.get("short", ""), properties["community"]), shape)
        for properties, shape in _features(folder / "grids.geojson", needs=("id", "name", "community"))
    ]
    return Places(communities, grid_cells)


def distance_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Return the great-circle distance of two points [m]."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_phi, half_lambda = (phi_b - phi_a) / 2, math.radians(lon_b - lon_a) / 2
    chord = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def _crosses(ring: Ring, lon: float, lat: float) -> int:
    """Return how many edges of *ring* lie east of the point."""
    crossings = 0
    for (x_a, y_a), (x_b, y_b) in pairwise(ring):
        if (y_a > lat) != (y_b > lat) and lon < x_a + (lat - y_a) * (x_b - x_a) / (y_b - y_a):
            crossings += 1
    return crossings


def _features(path: Path, needs: tuple[str, ...] = ("id", "name")) -> list[tuple[dict[str, Any], _Shape]]:
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        found = [(feature["properties"], _shape(feature["geometry"])) for feature in features]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        msg = f"{path}:1: not a GeoJSON collection of polygons: {error!r}"
        raise ConfigError(msg) from error
    for properties, _ in found:
        for key in needs:
            if not properties.get(key):
                msg = f"{path}:1: {key}: missing in a feature"
                raise ConfigError(msg)
    return found


def _shape(geometry: dict[str, Any]) -> _Shape:
    """Return the shape of a Polygon or MultiPolygon; raises ValueError for anything else."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind not in ("Polygon", "MultiPolygon"):
        msg = f"{kind} is no polygon"
        raise ValueError(msg)
    polygons = tuple(
        tuple(tuple((float(lon), float(lat)) for lon, lat, *_ in ring) for ring in rings)
        for rings in (coordinates if kind == "MultiPolygon" else [coordinates])
    )
    lons = [lon for rings in polygons for ring in rings for lon, _ in ring]
    lats = [lat for rings in polygons for ring in rings for _, lat in ring]
    return _Shape(polygons, (min(lons), min(lats), max(lons), max(lats)))
