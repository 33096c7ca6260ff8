"""Assets: the public things of the street that somebody watches (部件)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One asset as registered. Positions are WGS84 degrees, None where nobody knows.

    `interval_s` is how often it should be heard; None means no expectation is known.
    `device_id` is how its device names itself in `dialect`; several assets never share one.
    """

    asset_id: str
    kind: str
    name: str
    lon: float | None = None
    lat: float | None = None
    community_id: str = ""
    grid_cell_id: str = ""
    road: str = ""
    gateway_id: str = ""
    circuit_id: str = ""
    dialect: str = "native"
    device_id: str = ""
    interval_s: float | None = None
    is_demo: bool = False
