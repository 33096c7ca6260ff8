"""SenML (RFC 8428): packs of records, JSON or CBOR, on whatever topic the site has chosen.

Base fields carry on to the records after them: name = bn + n, time = bt + t, value = bv + v, sum = bs + s, unit u or
bu. A time below 2^28 is relative to now. A label that ends in `_` must be understood: else the whole pack is refused.
The device is the name up to its last `:` or `/`.
"""

import math
from typing import Any, Final

import cbor2

from ingest.field_names import identify
from ingest.messages import Decoded, DecodedReading, Message, measured
from ingest.positions import position
from ingest.quantities import BOOLEANS, number, reading, truth
from ingest.refusals import (
    DEPTH,
    EMPTY,
    MISSING_FIELD,
    NOT_FINITE,
    NOT_NUMERIC,
    NOT_UTF8,
    TOO_LARGE,
    UNKNOWN_FIELD,
    WRONG_TYPE,
    Ground,
    RefusedError,
)
from ingest.strict_json import TELEMETRY_BYTES, parse
from ingest.texts import has_forbidden, is_sound_name
from ingest.timestamps import epoch_ms_us, settle
from street.readings import UNITS

NAME: Final = "senml"
FILTERS: Final = ("senml/#",)
NOT_ARRAY: Final = Ground("type", "expected an array of records")
NOT_CBOR: Final = Ground("not-json", "invalid CBOR")
MUST_UNDERSTAND: Final = Ground("schema-unknown", "unknown must-understand field")

_VERSION: Final = 10
_RELATIVE_BELOW: Final = 2**28
_MOST_RECORDS: Final = 1024
_TEXT_CHARACTERS: Final = 256
_DEEPEST: Final = 4
_CBOR_LABELS: Final = {
    -1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs", 0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s",
    6: "t", 7: "ut", 8: "vd",
}  # fmt: skip
_LABELS: Final = frozenset(_CBOR_LABELS.values())
_TEXTS: Final = frozenset({"bn", "bu", "n", "u", "vs", "vd"})
_NUMBERS: Final = frozenset({"bt", "bv", "bs", "v", "s", "t", "ut"})
_UNITS: Final = {
    "Cel": "°C", "%RH": "%", "%EL": "%", "m3/s": "m³/s", "m3": "m³", "dB": "dB", "/": "1", "count": "count",
}  # fmt: skip
_CARRIED: Final = ("bn", "bt", "bu", "bv", "bs")
_DEFAULTS: Final[dict[str, Any]] = {"bn": "", "bt": 0, "bu": None, "bv": 0, "bs": 0}
# What short names of records mean beside the general table.
_NAMES: Final = {"flow": ("water_flow", "m³/s"), "open": ("cover_open", None), "level": ("water_level", "m")}


class Dialect:
    """Resolves packs; keeps nothing between messages."""

    def __init__(self, _root: str = "") -> None:
        pass

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: no pack of SenML, or one of a version that is not ours.
        """
        records = _records(message.payload)
        resolved: list[DecodedReading] = []
        dropped: list[RefusedError] = []
        extra: dict[str, Any] = {}
        state = dict(_DEFAULTS)
        points: dict[str, tuple[Any, int | None]] = {}
        device_id: str | None = None
        for record in records[:_MOST_RECORDS]:
            state |= {name: record[name] for name in _CARRIED if name in record}
            name = str(state["bn"]) + str(record.get("n", ""))
            device, leaf = _split(name, str(state["bn"]))
            device_id = device_id or device
            _resolve(record, state, leaf, message.received_us, extra, resolved, dropped, points)
        _locate(points, resolved, dropped)
        if device_id is None or not is_sound_name(device_id) or len(device_id) > _TEXT_CHARACTERS:
            raise RefusedError(MISSING_FIELD if not device_id else UNKNOWN_FIELD, "n")
        return measured(device_id, None, resolved, extra, dropped)


def _records(payload: bytes) -> list[dict[str, Any]]:
    document = parse(payload) if payload[:1] in {b"[", b"{", b" ", b"\n"} or not payload else _cbor(payload)
    if type(document) is not list:
        raise RefusedError(NOT_ARRAY)
    if not document:
        raise RefusedError(EMPTY)
    return [_record(item) for item in document]


def _cbor(payload: bytes) -> Any:  # noqa: ANN401 - any CBOR
    """Return the document in *payload*; only plain numbers, texts, bytes, arrays and maps get through `_record`."""
    if len(payload) > TELEMETRY_BYTES:
        raise RefusedError(TOO_LARGE)
    if payload[0] >> 5 != 4:  # not an array: text, an object, whatever
        parse(payload)
        raise RefusedError(NOT_ARRAY)
    try:
        return cbor2.loads(payload)
    except RecursionError:
        raise RefusedError(DEPTH) from None
    except (cbor2.CBORDecodeError, ValueError, OverflowError, MemoryError, TypeError):
        raise RefusedError(NOT_CBOR) from None


def _record(item: Any) -> dict[str, Any]:  # noqa: ANN401 - a payload field
    if type(item) is not dict:
        raise RefusedError(WRONG_TYPE, "record")
    record: dict[str, Any] = {}
    for label, value in item.items():
        name = _CBOR_LABELS.get(label) if type(label) is int else label
        if type(name) is not str:
            continue
        if name.endswith("_"):
            raise RefusedError(MUST_UNDERSTAND, name)
        if name in _LABELS:
            record[name] = _checked(name, value)
    if record.get("bver", _VERSION) != _VERSION:
        version = record["bver"]
        if type(version) is not int or version > _VERSION:
            raise RefusedError(Ground("version-unsupported", f"bver {version} > {_VERSION}"[:64]), "bver")
    return record


def _checked(name: str, value: Any) -> Any:  # noqa: ANN401 - a payload field
    if name == "vd" and type(value) is bytes:
        value = value.hex()
    if (name in _TEXTS and type(value) is not str) or (name == "vb" and type(value) is not bool):
        raise RefusedError(WRONG_TYPE, name)
    if name in _NUMBERS:
        if type(value) not in (int, float):
            raise RefusedError(NOT_NUMERIC, name)
        if not math.isfinite(value):
            raise RefusedError(NOT_FINITE, name)
        return number(value, name)
    if type(value) is str and has_forbidden(value):
        raise RefusedError(NOT_UTF8 if "\0" in value else UNKNOWN_FIELD, name)
    return value


def _split(name: str, base: str) -> tuple[str, str]:
    """Return device and leaf of a full name: the base name is the device's where there is one."""
    cut = len(base) if base and len(name) > len(base) else max(name.rfind(":"), name.rfind("/")) + 1
    return name[:cut].rstrip(":/") or name, name[cut:] or name


def _resolve(  # noqa: PLR0913 - a record and everything around it
    record: dict[str, Any],
    state: dict[str, Any],
    leaf: str,
    received_us: int,
    extra: dict[str, Any],
    resolved: list[DecodedReading],
    dropped: list[RefusedError],
    points: dict[str, tuple[Any, int | None]],
) -> None:
    """Take what one record says; one without any value only carried base fields."""
    if not record.keys() & {"v", "vs", "vb", "vd", "s"}:
        return
    unit = record.get("u", state["bu"])
    try:
        time_us = _time(state["bt"] + record.get("t", 0), received_us, extra)
        if unit in {"lat", "lon"} and "v" in record:
            points[unit] = (state["bv"] + record["v"], time_us)
            return
        resolved.append(_reading(record, state, leaf, unit, time_us))
    except RefusedError as refused:
        dropped.append(refused)


def _time(said_s: float, received_us: int, extra: dict[str, Any]) -> int | None:
    """Return the instant of a record: absolute from 2^28 s on, else relative to now; none at all is now."""
    if said_s == 0:
        return None
    if said_s < _RELATIVE_BELOW:
        at_us = received_us + round(said_s * 1_000_000)
    else:
        at_us = epoch_ms_us(round(said_s * 1000))
    return settle(at_us, received_us, extra)


def _reading(
    record: dict[str, Any], state: dict[str, Any], leaf: str, unit: str | None, time_us: int | None
) -> DecodedReading:
    quantity, _ = _NAMES.get(leaf) or identify(leaf)
    if not is_sound_name(leaf) or not 0 < len(leaf) <= _TEXT_CHARACTERS:
        raise RefusedError(UNKNOWN_FIELD, "n")
    if "v" in record:
        return _figure(quantity, state["bv"] + record["v"], leaf, unit, time_us)
    if "s" in record:
        return reading(f"{quantity}_sum", state["bs"] + record["s"], leaf, time_us=time_us)
    if "vb" in record:
        value = truth(record["vb"], leaf) if quantity in BOOLEANS else record["vb"]
        return DecodedReading(quantity, value, None, leaf, time_us)
    text = record.get("vs", record.get("vd"))
    return DecodedReading(quantity, str(text)[:_TEXT_CHARACTERS], None, leaf, time_us)


def _figure(quantity: str, value: float, leaf: str, unit: str | None, time_us: int | None) -> DecodedReading:
    """Return one number in our unit: shares become percent, joules kilowatt-hours, radians degrees."""
    ours = UNITS.get(quantity)
    if unit == "/" and ours == "%":
        value, unit = value * 100, "%"
    elif unit == "J" and ours == "kWh":
        value, unit = value / 3_600_000, "kWh"
    elif unit == "rad" and ours == "°":
        value, unit = math.degrees(value), "°"
    elif unit == "dB" and ours == "dB(A)":
        unit = ours
    return reading(quantity, value, leaf, unit=_UNITS.get(unit, unit) if unit else None, time_us=time_us)


def _locate(
    points: dict[str, tuple[Any, int | None]], resolved: list[DecodedReading], dropped: list[RefusedError]
) -> None:
    """Make one position of latitude and longitude, where a pack tells both."""
    if points.keys() != {"lat", "lon"}:
        return
    try:
        found = position(points["lat"][0], points["lon"][0], None)
        resolved.append(found._replace(time_us=points["lat"][1]))
    except RefusedError as refused:
        dropped.append(refused)
