"""The picture behind the sign-in pages: the drawn base map as outlines, in the tokens' colours by class names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import cos, radians
from typing import Any, Final

from layouts.sign_in.markup import Markup, el

Feature = Mapping[str, Any]
Ring = Sequence[Sequence[float]]
SIDE: Final = 2000  # units of the square picture
ACROSS_M: Final = 3400.0  # how much of the street it shows
MARGIN: Final = 200  # what lies farther outside is left out
METRES_A_DEGREE: Final = 111_320.0
WIDTHS: Final = {"trunk": "wide", "primary": "wide", "secondary": "middle"}


def ground(layers: Mapping[str, Sequence[Feature]]) -> Markup:
    """Return the picture, centred on the subdistrict.

    Args:
        layers: GeoJSON features of `coast`, `green`, `blocks`, `streets` and `boundary`; a layer that is missing is
            not drawn, and without a boundary nothing is.
    """
    own = [it for it in layers.get("boundary", ()) if it["properties"].get("level") == "subdistrict"]
    outline = [point for feature in own for ring in _lines(feature["geometry"]) for point in ring]
    if not outline:
        return Markup("")
    place = _Placing(outline)
    sea = [it for it in layers.get("coast", ()) if it["properties"].get("kind") == "sea"]
    drawn = [
        place.path(sea, "sea", closed=True),
        place.path(layers.get("green", ()), "green", closed=True),
        place.path(layers.get("blocks", ()), "block", closed=True),
        *_streets(place, layers.get("streets", ())),
        place.path(own, "own", closed=True),
    ]
    box = f"0 0 {SIDE} {SIDE}"
    return el(
        "svg", *drawn, viewBox=box, preserveAspectRatio="xMidYMid slice", aria_hidden="true", focusable="false"
    )  # fmt: skip


def _streets(place: "_Placing", streets: Sequence[Feature]) -> list[Markup]:
    by_width: dict[str, list[Feature]] = {"narrow": [], "middle": [], "wide": []}
    for street in streets:
        by_width[WIDTHS.get(street["properties"].get("class", ""), "narrow")].append(street)
    return [place.path(them, f"street {width}", closed=False) for width, them in by_width.items()]


def _lines(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    """Yield the rings or lines of a geometry, however deep it nests them."""
    nested = geometry["coordinates"]
    match geometry["type"]:
        case "LineString":
            yield nested
        case "Polygon" | "MultiLineString":
            yield from nested
        case "MultiPolygon":
            for polygon in nested:
                yield from polygon


class _Placing:
    """Degrees to units of the picture, north up."""

    def __init__(self, outline: Iterable[Sequence[float]]) -> None:
        lons, lats = zip(*((point[0], point[1]) for point in outline), strict=True)
        self._lon, self._lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
        self._scale = SIDE / ACROSS_M * METRES_A_DEGREE
        self._narrowing = cos(radians(self._lat))

    def path(self, features: Iterable[Feature], classes: str, *, closed: bool) -> Markup:
        """Return one path of all *features*."""
        lines = (self._line(line, closed=closed) for it in features for line in _lines(it["geometry"]))
        return el("path", class_=classes, d="".join(lines))

    def _line(self, line: Ring, *, closed: bool) -> str:
        points = [self._point(point) for point in line]
        if not any(all(-MARGIN < value < SIDE + MARGIN for value in point) for point in points) and not closed:
            return ""
        steps = [points[0]] + [
            (after[0] - before[0], after[1] - before[1]) for before, after in pairwise(points) if after != before
        ]
        if len(steps) < 2:
            return ""
        moves = " ".join(f"{x} {y}" for x, y in steps[1:])
        return f"M{steps[0][0]} {steps[0][1]}l{moves}{'z' if closed else ''}"

    def _point(self, point: Sequence[float]) -> tuple[int, int]:
        x = SIDE / 2 + (point[0] - self._lon) * self._narrowing * self._scale
        y = SIDE / 2 - (point[1] - self._lat) * self._scale
        return round(x), round(y)
