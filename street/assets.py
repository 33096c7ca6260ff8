"""Assets: the public things of the street that somebody watches (部件)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

GATEWAY = "gateway"  # the kind of what other devices are heard through
CIRCUIT = "circuit"  # the kind of what feeds other assets
UNKNOWN = "unknown"  # the kind of a device that nobody has registered


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One asset as registered. Positions are WGS84 degrees, None where nobody knows.

    `interval_s` is how often it should be heard; None means no expectation is known.
    `device_id` is how its device names itself in `dialect`; several assets never share one.
    `standard_id` is the 17-digit code and `component` the class (5 digits) of GB/T 47678.5; "" where there is none.
    `source_datum` tells what the position was measured in before it became WGS84. `intervals` (seconds) and `ranges`
    (lowest, highest plausible; open with an infinity) are by quantity and go before what the scenario says of its kind.
    `inspection_due` is a local day; the next inspection is due `inspection_days` after one was made.
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
    name_en: str = ""
    standard_id: str = ""
    component: str = ""
    department: str = ""
    source_datum: str = ""
    intervals: Mapping[str, float] = field(default_factory=dict, hash=False)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict, hash=False)
    inspection_due: date | None = None
    inspection_days: int | None = None
