"""How large a wall looks: its height in minutes of arc from where people stand.

One minute of arc is the wall's unit of size (`--u` in wall.css is a share of the screen's height), so a sharper wall
shows the same picture and a nearer one may be written smaller.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ARC_MINUTE: Final = 0.2908882  # mm seen at 1 m
DEFAULT: Final = 699.0  # a 98-inch wall, 1221 mm high, seen from 6 m
NARROWEST, WIDEST = 200.0, 3000.0  # minutes of arc; beyond them somebody mistyped
PROFILES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "98-1080": 699.0,
        "98-2160": 699.0,
        "86-1080": 614.0,
        "86-2160": 614.0,
        "75-2160": 535.0,
        "110-1080": 785.0,
        "3x55": 392.0,
        "3x65": 460.0,
        "led125": 773.0,
        "led156": 965.0,
    }
)


def wall_arc_minutes(query: Mapping[str, str]) -> float:
    """Return the wall's height in minutes of arc, from `h_mm` with `d_m`, else from `profile`, else 98 inches at 6 m.

    `h_mm` alone is seen from 6 m and `d_m` alone is the 98-inch wall seen from there. What can't be used counts as
    not said: a wall must never stay dark because of its address.
    """
    height = _positive(query.get("h_mm"))
    distance = _positive(query.get("d_m"))
    if height is None and distance is None:
        return PROFILES.get(query.get("profile", ""), DEFAULT)
    named = PROFILES.get(query.get("profile", ""), DEFAULT) * ARC_MINUTE * 6.0
    minutes = (height or named) / (ARC_MINUTE * (distance or 6.0))
    return min(max(minutes, NARROWEST), WIDEST)


def _positive(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None
