"""Positions from outside: WGS84 degrees, latitude first in our own form."""

from typing import Any, Final

from ingest.messages import DecodedReading
from ingest.refusals import LATITUDE, LONGITUDE, POSITION, RefusedError

# lon, lat of a box around the district, generous: whatever lies outside was swapped, shifted or never fixed.
DISTRICT: Final = (120.20, 36.00, 120.50, 36.15)


def position(lat: Any, lon: Any, path: str | None, accuracy_m: Any = None) -> DecodedReading:  # noqa: ANN401 - payload fields
    """Return a position reading.

    Raises:
        RefusedError: not two numbers, or outside the globe (swapped latitude and longitude, often).
    """
    if type(lat) not in (int, float) or type(lon) not in (int, float):
        raise RefusedError(POSITION, path or "position")
    if not -90 <= lat <= 90:
        raise RefusedError(LATITUDE, path or "position")
    if not -180 <= lon <= 180:
        raise RefusedError(LONGITUDE, path or "position")
    value: dict[str, float] = {"lat": lat, "lon": lon}
    if type(accuracy_m) in (int, float) and accuracy_m >= 0:
        value["accuracy_m"] = accuracy_m
    return DecodedReading("position", value, None, path)


def is_outside(lat: float, lon: float) -> bool:
    """Return whether a point lies outside the district's box."""
    west, south, east, north = DISTRICT
    return not (west <= lon <= east and south <= lat <= north)
