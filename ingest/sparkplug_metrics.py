"""One metric of Sparkplug B made a reading: by the datatype that its birth declared, and by its name."""

import math
from functools import lru_cache
from typing import Any, Final

from ingest.field_names import identify
from ingest.messages import DecodedReading
from ingest.quantities import canonical, number
from ingest.refusals import FORBIDDEN_CHARACTER, NOT_SCALAR, RefusedError
from ingest.texts import is_sound_name
from street.readings import UNITS

BOOLEAN: Final = 11
_TEXT_CHARACTERS: Final = 128
_SIGNED: Final = {1: 8, 2: 16, 3: 32, 4: 64}  # datatype -> bits
_STALE, _BAD = 500, 0
# What plant metrics are called; other names go by the general table.
_NAMES: Final = {
    "level": ("water_level", "m"), "running": ("running", None), "cpu temp": ("cpu_temperature", "°C"),
    "cpu temperature": ("cpu_temperature", "°C"), "flow": ("water_flow", "m³/s"),
}  # fmt: skip


def whole_of(metric: Any) -> int:  # noqa: ANN401 - protobuf's
    """Return the unsigned integer of a metric, 0 where it has none."""
    return int(metric.long_value if metric.HasField("long_value") else metric.int_value)


def reading_of(metric: Any, name: str, value: float | bool | str | None, at_us: int | None) -> DecodedReading:  # noqa: ANN401 - protobuf's
    """Return one metric's reading; names that mean nothing to us are kept with the value, as they are."""
    quantity, unit, ours, path = _meaning(name)
    if value is None:
        return DecodedReading(quantity, None, ours, path, at_us, None, "null")
    if unit is not None and isinstance(value, int | float) and not isinstance(value, bool):
        value, ours = canonical(value, unit, ours)
    return DecodedReading(quantity, value, ours, path, at_us, None, _quality(metric))


@lru_cache(maxsize=8192)
def _meaning(name: str) -> tuple[str, str | None, str | None, str | None]:
    """Return our quantity of a name, the unit that the name tells, our own, and the path."""
    leaf = name.rpartition("/")[2]
    quantity, unit = _NAMES.get(leaf.lower()) or identify(leaf)
    if quantity == leaf and quantity not in UNITS:
        return name, None, None, None if "/" in name else name
    return quantity, unit, UNITS.get(quantity) or unit, name


def _quality(metric: Any) -> str | None:  # noqa: ANN401 - protobuf's
    if metric.is_historical:
        return "historical"
    if not metric.HasField("properties"):
        return None
    for key, said in zip(metric.properties.keys, metric.properties.values, strict=False):
        if key == "Quality":
            code = said.long_value if said.HasField("long_value") else said.int_value
            return {_STALE: "stale", _BAD: "bad"}.get(code)
    return None


def value_of(metric: Any, datatype: int) -> float | bool | str | None:  # noqa: ANN401 - protobuf's
    """Return the value by its declared datatype; None where it is no finite number.

    Raises:
        RefusedError: no value that can be a reading.
    """
    told = metric.WhichOneof("value")
    if told is None:
        raise RefusedError(NOT_SCALAR)
    value = getattr(metric, told)
    if told == "string_value":
        if type(value) is not str or not is_sound_name(value):  # protobuf gives bytes that are no UTF-8
            raise RefusedError(FORBIDDEN_CHARACTER)
        return str(value)[:_TEXT_CHARACTERS]
    if datatype == BOOLEAN or told == "boolean_value":
        return bool(value)
    if told == "float_value":
        value = _short(value)
    if type(value) is float:
        return number(value, "value") if math.isfinite(value) else None
    return number(_signed(value, datatype), "value")


def _signed(value: int, datatype: int) -> int:
    """Return what *value*, as it was sent, means by its declared type: two's complement for the signed ones."""
    bits = _SIGNED.get(datatype, 0)
    if not bits:
        return value
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _short(value: float) -> float:
    """Return a 32-bit float as the shortest decimal that means it: 6.7 and not 6.699999809."""
    return float(f"{value:.7g}")
