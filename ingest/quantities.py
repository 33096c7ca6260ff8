"""What quantities accept: a number, true or false; and how other units become ours."""

from collections.abc import Callable
from typing import Any, Final

from ingest.messages import DecodedReading
from ingest.refusals import NOT_BOOLEAN, NOT_NUMERIC, NOT_SCALAR, OUT_OF_RANGE, UNKNOWN_WORD, RefusedError
from street.readings import UNITS

LARGEST: Final = 2**63
BOOLEANS: Final = frozenset(
    """switch_on motion cover_open parking_occupied water_leak tamper online contact_closed battery_low smoke
    button_pressed lane_blocked occupancy vibration presence gas carbon_monoxide""".split()
)
_WORDS: Final = {"on": True, "off": False, "true": True, "false": False, "yes": True, "no": False}
_OPEN: Final = {"open": True, "opened": True, "closed": False, "close": False}
_SHUT: Final = {word: not is_open for word, is_open in _OPEN.items()}
_TAKEN: Final = {"occupied": True, "busy": True, "vacant": False, "free": False, "empty": False}
_MOVED: Final = {"trigger": True, "triggered": True, "detected": True, "normal": False, "idle": False, "clear": False}
_LEAKS: Final = {"leak": True, "leaking": True, "wet": True, "normal": False, "dry": False}
_ALARMS: Final = {"alarm": True, "normal": False}
WORDS: Final[dict[str, dict[str, bool]]] = {
    "cover_open": _WORDS | _OPEN, "contact_closed": _WORDS | _SHUT, "motion": _WORDS | _MOVED,
    "parking_occupied": _WORDS | _TAKEN, "occupancy": _WORDS | _TAKEN, "water_leak": _WORDS | _LEAKS,
    "smoke": _WORDS | _ALARMS, "gas": _WORDS | _ALARMS,
}  # fmt: skip

# Ways of writing a unit.
SAME_UNIT: Final = {
    "C": "°C", "degC": "°C", "\u2103": "°C", "F": "°F", "%RH": "%", "ug/m3": "µg/m³", "µg/m3": "µg/m³",
    "\u03bcg/m³": "µg/m³", "ug/m³": "µg/m³", "lux": "lx", "mbar": "hPa", "dBA": "dB(A)", "deg": "°", "mins": "min",
}  # fmt: skip
# (unit as sent, our unit) -> what to do with the number. Division, not multiplication by 0.001: 2935 mV is 2.935 V.
CONVERT: Final[dict[tuple[str, str], Callable[[float], float]]] = {
    ("°F", "°C"): lambda value: round((value - 32) * 5 / 9, 2),
    ("K", "°C"): lambda value: round(value - 273.15, 2),
    ("kPa", "hPa"): lambda value: value * 10,
    ("Pa", "hPa"): lambda value: value / 100,
    ("mmHg", "hPa"): lambda value: round(value * 1.333224, 2),
    ("mV", "V"): lambda value: value / 1000,
    ("mA", "A"): lambda value: value / 1000,
    ("mW", "W"): lambda value: value / 1000,
    ("kW", "W"): lambda value: value * 1000,
    ("Wh", "kWh"): lambda value: value / 1000,
    ("MWh", "kWh"): lambda value: value * 1000,
    ("mm", "cm"): lambda value: value / 10,
    ("m", "cm"): lambda value: value * 100,
    ("cm", "m"): lambda value: value / 100,
    ("mm", "m"): lambda value: value / 1000,
    ("km/h", "m/s"): lambda value: round(value / 3.6, 3),
    ("m/s", "km/h"): lambda value: round(value * 3.6, 3),
    ("mg/m³", "µg/m³"): lambda value: value * 1000,
    ("klx", "lx"): lambda value: value * 1000,
    ("ppm", "ppb"): lambda value: value * 1000,
    ("dBW", "dBm"): lambda value: value + 30,
    ("J", "kWh"): lambda value: value / 3_600_000,
    ("kVA", "VA"): lambda value: value * 1000,
    ("kvar", "var"): lambda value: value * 1000,
}
# µg/m³ in one ppb at 25 °C and 1013.25 hPa, the conditions of GB 3095: molar mass / 24.45.
GASES: Final = {"co": 1.1456, "no2": 1.8817, "so2": 2.6205, "o3": 1.9632}
_PARTS: Final = {"ppb": 1, "ppm": 1000}


def number(value: Any, field: str) -> float:  # noqa: ANN401 - a payload field
    """Return *value* when it is a number a store can hold; −0.0 becomes 0.

    Raises:
        RefusedError: not a number (true is none, nor is "21.5"), or beyond 64 bit.
    """
    if type(value) is int:
        if -LARGEST <= value < LARGEST:
            return value
        raise RefusedError(OUT_OF_RANGE, field)
    if type(value) is not float:
        raise RefusedError(NOT_NUMERIC, field)
    if not -LARGEST < value < LARGEST:
        raise RefusedError(OUT_OF_RANGE, field)
    return value + 0  # −0.0 + 0 is 0.0


def truth(value: Any, field: str, words: dict[str, bool] = _WORDS) -> bool:  # noqa: ANN401 - a payload field
    """Return *value* as true or false: itself, 1 or 0, or one of *words* in any case.

    Raises:
        RefusedError: anything else.
    """
    if type(value) is bool:
        return value
    if type(value) is str:
        known = words.get(value.lower())
        if known is None:
            raise RefusedError(UNKNOWN_WORD, field)
        return known
    if value in (0, 1) and type(value) in (int, float):
        return bool(value)
    raise RefusedError(NOT_BOOLEAN, field)


def scalar(value: Any, field: str) -> float | bool:  # noqa: ANN401 - a payload field
    """Return *value* when it is a number or a boolean.

    Raises:
        RefusedError: text, array or object, or a number beyond 64 bit.
    """
    if type(value) is bool:
        return value
    if type(value) in (int, float):
        return number(value, field)
    raise RefusedError(NOT_SCALAR, field)


def canonical(value: float, unit: str | None, ours: str | None) -> tuple[float, str | None]:
    """Return *value* in *our* unit with it, or as it came with its own unit where no way leads there."""
    if unit is None or ours is None:
        return value, ours if unit is None else unit
    unit = SAME_UNIT.get(unit, unit)
    convert = CONVERT.get((unit, ours))
    if convert is not None:
        return convert(value), ours
    return value, unit


def reading(
    quantity: str,
    value: Any,  # noqa: ANN401 - a payload field
    path: str,
    *,
    unit: str | None = None,
    time_us: int | None = None,
    channel: str | int | None = None,
) -> DecodedReading:
    """Return one reading of *quantity*; null is a gap, never a zero. *unit* is the source's, where it told one.

    Raises:
        RefusedError: the value is not of the quantity's kind.
    """
    ours = UNITS.get(quantity)
    if value is None:
        return DecodedReading(quantity, None, ours or unit, path, time_us, channel, "missing")
    if quantity in BOOLEANS:
        flag = truth(value, path, WORDS.get(quantity, _WORDS))
        return DecodedReading(quantity, flag, None, path, time_us, channel)
    if ours is None:
        return DecodedReading(quantity, scalar(value, path), unit, path, time_us, channel)
    if unit in _PARTS and quantity in GASES:
        gas_ugm3 = number(value, path) * _PARTS[unit] * GASES[quantity]
        return DecodedReading(quantity, round(gas_ugm3, 3), ours, path, time_us, channel)
    measured, kept_unit = canonical(number(value, path), unit, ours)
    if quantity == "power_factor" and (unit == "%" or 1 < abs(measured) <= 100):
        measured, kept_unit = measured / 100, ours
    if kept_unit == "count" and type(measured) is float and measured.is_integer():
        measured = int(measured)  # some codecs know only doubles
    return DecodedReading(quantity, measured, kept_unit, path, time_us, channel)
