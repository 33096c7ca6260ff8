"""Outlines of areas as WKT, which fits a cell of a spreadsheet: POLYGON and MULTIPOLYGON, longitude first."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

Ring = list[tuple[float, float]]
MOST_CORNERS: Final = 2_000
_NUMBER: Final = r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?"
_CORNER: Final = re.compile(rf"({_NUMBER})\s+({_NUMBER})", re.ASCII)
_WKT: Final = re.compile(r"(MULTI)?POLYGON\s*(\([-0-9., ()\s]+\))", re.ASCII | re.IGNORECASE)


def polygons_of(wkt: str) -> list[list[Ring]]:
    """Return the polygons of *wkt*, each an outer ring followed by its holes.

    Raises:
        ValueError: it is no polygon, or has an open ring, a corner off the globe, or too many corners.
    """
    found = _WKT.fullmatch(wkt.strip())
    if not found:
        msg = "no POLYGON"
        raise ValueError(msg)
    nested = json.loads(_CORNER.sub(r"[\1,\2]", found[2]).replace("(", "[").replace(")", "]"))
    return checked(nested if found[1] else [nested])


def checked(polygons: Any) -> list[list[Ring]]:  # noqa: ANN401 - as a file nests it
    """Return nested coordinates as polygons.

    Raises:
        ValueError: they are none.
    """
    try:
        made = [[[(float(corner[0]), float(corner[1])) for corner in ring] for ring in rings] for rings in polygons]
    except (TypeError, IndexError, KeyError) as error:
        msg = "not nested as polygons are"
        raise ValueError(msg) from error
    rings = [ring for polygon in made for ring in polygon]
    corners = [corner for ring in rings for corner in ring]
    is_whole = bool(rings) and all(made) and all(len(ring) >= 4 and ring[0] == ring[-1] for ring in rings)
    is_on_globe = all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in corners)
    if not (is_whole and is_on_globe and len(corners) <= MOST_CORNERS):
        msg = "an open ring, a corner off the globe, or too many corners"
        raise ValueError(msg)
    return made


def moved(polygons: list[list[Ring]], move: Callable[[float, float], tuple[float, float]]) -> list[list[Ring]]:
    """Return *polygons* with every corner put through *move*."""
    return [[[move(lon, lat) for lon, lat in ring] for ring in rings] for rings in polygons]


def wkt_of(polygons: list[list[Ring]]) -> str:
    """Return *polygons* as WKT: a POLYGON where there is one."""
    texts = ["(" + ", ".join(_ring_text(ring) for ring in rings) + ")" for rings in polygons]
    return f"POLYGON {texts[0]}" if len(texts) == 1 else f"MULTIPOLYGON ({', '.join(texts)})"


def _ring_text(ring: Ring) -> str:
    return "(" + ", ".join(f"{_plain(lon)} {_plain(lat)}" for lon, lat in ring) + ")"


def _plain(degrees: float) -> str:
    return f"{degrees:.7f}".rstrip("0").rstrip(".")
