"""The form of a recorded CSV: which columns hold time, device and values, and in what unit.

An `index.json` beside the file says so; without one the names of the columns do.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.field_names import identify
from ingest.quantities import CONVERT, SAME_UNIT
from street.clock import STREET_ZONE
from street.errors import ConfigError
from street.readings import UNITS

TIME_COLUMNS: Final = ("time", "time_local", "minute", "ts", "timestamp", "datetime", "date_time", "received_at")
DEVICE_COLUMNS: Final = ("device", "device_id", "sensor", "sensor_id", "station", "id")
# what is known about the row and is no measurement
TEXT_COLUMNS: Final = frozenset("name lat lon latitude longitude status quality position unit metric".split())
# column names of recordings that no device maker uses
NAMES: Final[dict[str, tuple[str, str | None]]] = {
    "TEMP": ("temperature", "°C"), "PRES": ("pressure", "hPa"), "DEWP": ("dew_point", "°C"),
    "WSPM": ("wind_speed", "m/s"), "wd": ("", None), "rhum": ("humidity", "%"), "msl": ("pressure", "hPa"),
    "wdsp": ("wind_speed", "kn"), "wddir": ("wind_direction", "°"), "vis": ("visibility", "m"),
    "sun": ("sunshine", "h"), "dewpt": ("dew_point", "°C"), "count": ("people_count", "1/h"),
    "occupancy": ("occupied", "spaces"), "traffic_volume": ("vehicle_count", "1/h"), "rain_1h": ("rain", "mm"),
    "snow_1h": ("snow", "mm"), "clouds_all": ("cloud_cover", "%"), "fill_level": ("fill_level", "steps"),
}  # fmt: skip
KNOT_MS: Final = 1852 / 3600
THRESHOLD: Final = "fill_threshold"  # at so many steps a bin is full
LONG: Final = frozenset({"metric", "value"})

Convert = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Column:
    """What one column measures, in our unit after `convert`; `is_steps` needs the row's threshold."""

    quantity: str
    unit: str | None
    convert: Convert | None = None
    is_steps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a file is to be read. `zone` None: the time column counts minutes from 0."""

    time_column: str
    device_column: str | None
    zone: ZoneInfo | None
    is_zone_assumed: bool = False
    is_long: bool = False
    interval_s: float | None = None
    columns: dict[str, Column] = field(default_factory=dict)


def column_of(quantity: str, unit: str | None) -> Column:
    """Return what *quantity* given in *unit* becomes."""
    ours = UNITS.get(quantity)
    unit = SAME_UNIT.get(unit, unit) if unit else None
    if unit and unit.startswith("steps"):
        return Column(quantity, ours, is_steps=quantity == "fill_level")
    if unit == "kn" and ours == "m/s":
        return Column(quantity, ours, lambda knots: round(knots * KNOT_MS, 2))
    convert = CONVERT.get((unit, ours)) if unit and ours else None
    return Column(quantity, ours or unit, convert)


def form_of(path: Path, header: list[str], zone: str | None) -> Form:
    """Return the form of the file at *path* whose first line is *header*.

    Args:
        path: of the CSV; `index.json` in its folder is asked first.
        header: its column names.
        zone: of its local times, where the caller knows better than the file.

    Raises:
        ConfigError: no column can be time, or a zone does not exist.
    """
    told: dict[str, Any] = _told(path)
    time_column = told.get("time_column") or next((name for name in TIME_COLUMNS if name in header), None)
    if time_column not in header:
        msg = f"{path}:1: no column of time: expected one of {', '.join(TIME_COLUMNS)}"
        raise ConfigError(msg)
    device_column = told.get("device_column") or next((name for name in DEVICE_COLUMNS if name in header), None)
    is_minutes = told.get("tz", "") is None or (not told and time_column == "minute")
    zone_name = zone or told.get("tz") or ("UTC" if time_column == "time" else None)
    is_long = bool(told.get("long")) if told else set(header) >= LONG
    return Form(
        time_column=time_column,
        device_column=device_column if device_column in header else None,
        zone=None if is_minutes else _zone(path, zone_name),
        is_zone_assumed=not is_minutes and zone_name is None,
        is_long=is_long,
        interval_s=told.get("interval_s"),
        columns={} if is_long else _columns(told.get("metrics"), header, {time_column, device_column}),
    )


def _told(path: Path) -> dict[str, Any]:
    """Return what `index.json` beside *path* says about it, nothing where there is none."""
    index = path.with_name("index.json")
    if not index.exists():
        return {}
    try:
        files = json.loads(index.read_text(encoding="utf-8"))
        told: dict[str, Any] = next((about for name, about in files.items() if name.split("/")[-1] == path.name), {})
        return dict(told)
    except (ValueError, AttributeError, TypeError) as error:
        msg = f"{index}:1: not an index of recordings: {error}"
        raise ConfigError(msg) from error


def _zone(path: Path, name: str | None) -> ZoneInfo:
    if name is None:
        return STREET_ZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        msg = f"{path}:1: unknown time zone {name!r}"
        raise ConfigError(msg) from error


def _columns(metrics: dict[str, list[str]] | None, header: list[str], taken: set[str | None]) -> dict[str, Column]:
    if metrics is not None:
        return {name: column_of(*metrics[name][:2]) for name in metrics if name in header}
    found: dict[str, Column] = {}
    for name in header:
        if name in taken or name in TEXT_COLUMNS:
            continue
        quantity, unit = NAMES.get(name) or identify(name)
        if quantity in UNITS or (name in NAMES and quantity) or name == THRESHOLD:
            found[name] = column_of(quantity, unit)
    return found
