"""Datums: a position is made WGS84 once, where it comes in, and is WGS84 everywhere inside.

GCJ-02 lies 456 m from WGS84 at Jiangsu Road and BD-09 1,245 m: a third, or all, of the subdistrict's width.
"""

from enum import StrEnum

import geocoordinates_ffi  # type: ignore[import-untyped]  # it ships no types

DECIMALS = 7  # of a degree: a centimetre; more is noise, and spreadsheets cut it


class Datum(StrEnum):
    """What a position was measured in."""

    WGS84 = "wgs84"  # GPS, OpenStreetMap, GeoJSON
    CGCS2000 = "cgcs2000"  # the state's data, Tianditu: WGS84 within decimetres
    GCJ02 = "gcj02"  # AMap, Tencent
    BD09 = "bd09"  # Baidu


def to_wgs84(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    """Return (lon, lat) in WGS84 to seven decimals, within 10 cm of the true inverse.

    Args:
        lon: degrees, -180 to 180.
        lat: degrees, -90 to 90.
        datum: what they were measured in.
    """
    if datum is Datum.GCJ02:
        found = geocoordinates_ffi.gcj02_to_wgs84_refined(geocoordinates_ffi.Gcj02(lat=lat, lon=lon))
    elif datum is Datum.BD09:
        found = geocoordinates_ffi.bd09_to_wgs84_refined(geocoordinates_ffi.Bd09(lat=lat, lon=lon))
    else:
        return round(lon, DECIMALS), round(lat, DECIMALS)
    return round(found.lon, DECIMALS), round(found.lat, DECIMALS)
