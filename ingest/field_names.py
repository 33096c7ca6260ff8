"""What device makers call things, and what we call them.

Used where a dialect leaves the names to the maker (payload formatters). A name that nobody knows is kept as it is.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Final, TypeVar

from street.readings import UNITS

# Names that mean exactly one quantity, in lower snake case.
ALIASES: Final[dict[str, tuple[str, str | None]]] = {
    **dict.fromkeys(
        ["temp", "t", "air_temperature", "ambient_temperature", "temp_c_sht", "temperature_sensor"],
        ("temperature", None),
    ),
    **dict.fromkeys(
        ["hum", "h", "rh", "relative_humidity", "air_humidity", "hum_sht", "humidity_sensor"], ("humidity", None)
    ),
    **dict.fromkeys(["barometer", "barometric_pressure", "air_pressure"], ("pressure", None)),
    **dict.fromkeys(
        ["lux", "light_intensity", "illumination", "luminosity", "ill", "illuminance_sensor"], ("illuminance", None)
    ),
    **dict.fromkeys(["battery_level", "battery_percent", "battery_percentage", "soc"], ("battery", None)),
    **dict.fromkeys(
        ["bat_v", "batt_v", "vbat", "v_bat", "battery_v", "battery_volt", "batv"], ("battery_voltage", "V")
    ),
    **dict.fromkeys(["battery_mv", "bat_mv", "vbat_mv"], ("battery_voltage", "mV")),
    **dict.fromkeys(["filling_level", "fill", "filllevel"], ("fill_level", None)),
    **dict.fromkeys(["pm2_5", "pm_25", "pm2p5"], ("pm25", None)),
    **dict.fromkeys(["laeq", "leq", "noise"], ("noise_laeq", None)),
    **dict.fromkeys(["lamax", "lmax", "lafmax", "la_fmax"], ("noise_lamax", None)),
    **dict.fromkeys(["tilt_angle", "inclination"], ("tilt", None)),
    **dict.fromkeys(
        ["leak", "leakage", "water_leakage", "leakage_status", "water_leakage_status"], ("water_leak", None)
    ),
    **dict.fromkeys(["lid_open", "cover_opened", "lid_opened"], ("cover_open", None)),
    **dict.fromkeys(["lane_count", "lanes_count", "vehicles", "car_count"], ("vehicle_count", None)),
    **dict.fromkeys(["people", "person_count", "people_total"], ("people_count", None)),
    **dict.fromkeys(["contact", "contact_state"], ("contact_closed", None)),
    **dict.fromkeys(["relay", "relay_on", "lamp_on"], ("switch_on", None)),
    **dict.fromkeys(["button", "sos", "panic"], ("button_pressed", None)),
    **dict.fromkeys(["motion_detected", "presence", "presence_sensor"], ("motion", None)),
    "low_battery": ("battery_low", None),
    **{f"{gas}_{number}": (gas + number, None) for gas, number in (("co", "2"), ("no", "2"), ("so", "2"), ("o", "3"))},
    **{f"pm_{size}": (f"pm{size}", None) for size in ("1", "10")},
    "rain_cumulative": ("rain", None),
    "lqi": ("link_quality", None),
}
# A unit at the end of a name: `power_w`, `temperature_f`; None: whatever we have for the quantity.
SUFFIXES: Final[dict[str, str | None]] = {
    "c": "°C", "f": "°F", "pct": "%", "percent": "%", "v": "V", "mv": "mV", "a": "A", "ma": "mA", "w": "W", "kw": "kW",
    "wh": "Wh", "kwh": "kWh", "pa": "Pa", "hpa": "hPa", "kpa": "kPa", "lx": "lx", "lux": "lx", "ppm": "ppm",
    "ppb": "ppb", "mm": "mm", "cm": "cm", "m": "m", "ms": "m/s", "kmh": "km/h", "db": None, "dba": None, "dbm": None,
    "hz": "Hz", "deg": "°", "ugm3": "µg/m³", "count": "count",
}  # fmt: skip
# Said in words rather than as true or false; only then is the meaning clear.
WORDED: Final = {
    "lid": "cover_open", "lid_state": "cover_open", "lid_status": "cover_open", "cover": "cover_open",
    "cover_state": "cover_open", "door": "contact_closed", "door_state": "contact_closed",
    "door_status": "contact_closed", "contact_state": "contact_closed", "contact": "contact_closed",
    "magnet_status": "contact_closed", "pir": "motion", "pir_status": "motion",
    "leakage_status": "water_leak", "water_leakage_status": "water_leak",
}  # fmt: skip
# Under these parents a plain name means something else than alone: soil temperature is no air temperature.
APART: Final = frozenset({"soil", "water", "rain", "metering", "pipe"})
# Under a quantity's name: what was made of its values.
_UNIT_SAYS: Final = {
    "°C": "temperature", "°F": "temperature", "%RH": "humidity", "dB(A)": "noise_laeq", "lx": "illuminance",
    "hPa": "pressure", "W": "power", "kWh": "energy", "V": "voltage", "A": "current", "lqi": "link_quality",
}  # fmt: skip
_STATISTICS: Final = frozenset({"min", "max", "avg", "average", "mean", "median", "std"})
_REMEMBERED: Final = 8192
_REMEMBERED_CHARACTERS: Final = 128
_Answer = TypeVar("_Answer")
_WORD_START: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")
_SEPARATOR: Final = re.compile(r"[\s.\-]+")


def snake(name: str) -> str:
    """Return *name* in lower snake case: `relativeHumidity` gives `relative_humidity`, `BatV` gives `bat_v`."""
    return _SEPARATOR.sub("_", _WORD_START.sub("_", name)).lower()


def _remembered(answer: Callable[..., _Answer]) -> Callable[..., _Answer]:
    """Return *answer*, remembering what it said of short names: devices say the same ones all day."""
    known: dict[tuple[str, ...], _Answer] = {}

    @wraps(answer)
    def ask(*names: str) -> _Answer:
        found = known.get(names)
        if found is None:
            found = answer(*names)
            if sum(map(len, names)) <= _REMEMBERED_CHARACTERS:
                if len(known) >= _REMEMBERED:
                    known.clear()
                known[names] = found
        return found

    return ask


@_remembered
def numbered(name: str) -> tuple[str, str | None, str | None]:
    """Return quantity, unit and channel of a name that ends in its channel, as Cayenne LPP has it: `temperature_1`.

    A name that is none of ours is returned as it is.
    """
    stem, _, channel = snake(name).rpartition("_")
    known = _known(stem) if channel.isascii() and channel.isdigit() and len(channel) <= 3 else None
    return (*known, channel) if known else (name, None, None)


@_remembered
def identify(name: str, parent: str = "") -> tuple[str, str | None]:
    """Return our quantity for a maker's field *name* inside *parent*, and the unit its name tells, if it does.

    A parent makes a name narrower where we know the pair (`wind.speed`); a name we don't know is returned as it is.
    """
    leaf, above = snake(name), snake(parent)
    if above:
        pair = f"{above}_{leaf}"
        known = _known(pair)
        if known is not None:
            return known
        if above in APART:
            return pair, None
        of = _known(above)
        if of is not None and leaf in _STATISTICS:
            return f"{of[0]}_{leaf}", of[1] or UNITS.get(of[0])
    return _known(leaf) or (name, None)


def identify_sentence(text: str) -> str | None:
    """Return the quantity that a title such as `Air Temperature, north` is about, None where it names none."""
    whole, _ = identify(text)
    if whole in UNITS:
        return whole
    words = [word for word in _WORD.findall(text) if len(word) > 2]
    return next((quantity for quantity, _ in map(identify, words) if quantity in UNITS), None)


def identify_unit(unit: str | None) -> str | None:
    """Return the quantity that is nearly always meant where only a *unit* is told."""
    return _UNIT_SAYS.get(unit or "")


def _known(name: str) -> tuple[str, str | None] | None:
    if name in UNITS:
        return name, None
    if name in ALIASES:
        return ALIASES[name]
    stem, _, end = name.rpartition("_")
    if end not in SUFFIXES or not stem:
        return None
    quantity = stem if stem in UNITS else ALIASES.get(stem, ("", None))[0]
    return (quantity, SUFFIXES[end]) if quantity and UNITS[quantity] is not None else None
