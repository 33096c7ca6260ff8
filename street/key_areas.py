"""Key areas (重点区域): where they end, who is inside, and how each of them stands.

An outline is a WKT POLYGON; a corridor along a road is one too, drawn as wide as the road. Who walks along a border is
inside or outside, never in and out: one enters 5 m behind it (less where the area is narrower than 20 m) and leaves
15 m before it.
"""

import math
from itertools import pairwise
from typing import Final, NamedTuple

from street import outlines
from street.clock import HOUR_US, MINUTE_US
from street.places import EARTH_RADIUS_M

INSIDE_M: Final = 5.0
OUTSIDE_M: Final = -15.0
PATROL_US: Final = MINUTE_US  # who only drives through has not patrolled
PATROLLED_WITHIN_US: Final = 8 * HOUR_US
WEIGHTS: Final = {"alarms": 25, "incidents": 35, "devices": 20, "patrol": 20}


class Outline:
    """One area's border, ready to be asked about many points. Positions are WGS84 degrees, longitude first.

    Raises:
        ValueError: the text is no polygon.
    """

    def __init__(self, wkt: str) -> None:
        self.polygons = outlines.polygons_of(wkt)
        corners = [corner for rings in self.polygons for corner in rings[0]]
        self.lon = sum(lon for lon, _ in corners) / len(corners)
        self.lat = sum(lat for _, lat in corners) / len(corners)
        self._m_lat = math.radians(1) * EARTH_RADIUS_M
        self._m_lon = self._m_lat * math.cos(math.radians(self.lat))
        self._rings = [[self._flat(*corner) for corner in ring] for rings in self.polygons for ring in rings]
        xs, ys = zip(*(corner for ring in self._rings for corner in ring), strict=True)
        self._box = min(xs), min(ys), max(xs), max(ys)
        self._enter_m = min(INSIDE_M, self._half_width_m() / 2)

    def holds(self, lon: float, lat: float) -> bool:
        """Return whether a thing that stays where it is lies inside."""
        x, y = self._flat(lon, lat)
        west, south, east, north = self._box
        return west <= x <= east and south <= y <= north and self._is_within(x, y)

    def keeps(self, lon: float, lat: float, *, was_inside: bool) -> bool:
        """Return whether somebody who moves is inside, who was inside or outside before."""
        depth_m = self.depth_m(lon, lat)
        return depth_m > OUTSIDE_M if was_inside else depth_m >= self._enter_m

    def depth_m(self, lon: float, lat: float) -> float:
        """Return how far inside the border a point lies [m], negative outside."""
        x, y = self._flat(lon, lat)
        far = min(_from_edge(x, y, a, b) for ring in self._rings for a, b in pairwise(ring))
        return far if self._is_within(x, y) else -far

    def _is_within(self, x: float, y: float) -> bool:
        return sum(_crosses(x, y, a, b) for ring in self._rings for a, b in pairwise(ring)) % 2 == 1

    def _half_width_m(self) -> float:
        """Return twice the area by the border's length: half the width of a corridor, about that of a compact area."""
        edges = [(a, b) for ring in self._rings for a, b in pairwise(ring)]
        area = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in edges)) / 2
        border = sum(math.dist(a, b) for a, b in edges)
        return 2 * area / border if border else 0.0

    def _flat(self, lon: float, lat: float) -> tuple[float, float]:
        return (lon - self.lon) * self._m_lon, (lat - self.lat) * self._m_lat


class Facts(NamedTuple):
    """What an area's standing is made of. `last_patrol_us` None: nobody came as far as is known."""

    open_alarms: int
    grave_alarms: int  # of severity 1 and 2
    open_incidents: int
    overdue_incidents: int
    devices: int
    devices_well: int
    last_patrol_us: int | None


class Standing(NamedTuple):
    """How an area stands: points of 100, and those of each part of its own weight."""

    points: int
    parts: dict[str, int]


def standing(facts: Facts, now_us: int) -> Standing:
    """Return how an area stands.

    Alarms: all of 25 with none; each open one costs 3, a grave one 12. Incidents: all of 35 with none; each open one
    costs 3, an overdue one 12. Devices: 20 times the share that is well; all where there are none. Patrol: 20 within
    eight hours, then falling to nothing at a day. Nothing falls below 0: one bad part spoils no other.
    """
    parts = {
        "alarms": max(0, WEIGHTS["alarms"] - 3 * facts.open_alarms - 9 * facts.grave_alarms),
        "incidents": max(0, WEIGHTS["incidents"] - 3 * facts.open_incidents - 9 * facts.overdue_incidents),
        "devices": round(WEIGHTS["devices"] * (facts.devices_well / facts.devices if facts.devices else 1.0)),
        "patrol": round(WEIGHTS["patrol"] * _patrolled(facts.last_patrol_us, now_us)),
    }
    return Standing(sum(parts.values()), parts)


class Stay(NamedTuple):
    """Somebody's time in an area; `left_us` None: still there. It is a patrol from `PATROL_US` on."""

    entered_us: int
    seen_us: int
    left_us: int | None


def _patrolled(last_us: int | None, now_us: int) -> float:
    if last_us is None:
        return 0.0
    over_us = now_us - last_us - PATROLLED_WITHIN_US
    return min(1.0, max(0.0, 1 - over_us / (24 * HOUR_US - PATROLLED_WITHIN_US)))


def _from_edge(x: float, y: float, a: tuple[float, float], b: tuple[float, float]) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, ((x - a[0]) * dx + (y - a[1]) * dy) / length))
    return math.hypot(x - a[0] - along * dx, y - a[1] - along * dy)


def _crosses(x: float, y: float, a: tuple[float, float], b: tuple[float, float]) -> bool:
    return (a[1] > y) != (b[1] > y) and x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
