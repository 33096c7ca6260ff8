"""SenML (RFC 8428): packs of records, JSON or CBOR, on whatever topic the site has chosen.

Base fields carry on to the records after them: name = bn + n, time = bt + t, value = bv + v, sum = bs + s, unit u or
bu. A time below 2^28 is relative to now. A label that ends in `_` must be understood: else the whole pack is refused.
The device is the name up to its last `:` or `/`.
"""

import math
import re
from typing import Any, Final

from ingest.field_names import identify, identify_unit
from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, DecodedReading, Message
from ingest.quantities import number
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
from ingest.timestamps import epoch_s_us, settle
from street.clock import SECOND_US
from street.readings import UNITS

NOT_ARRAY: Final = Ground("type", "expected an array of records")
NOT_CBOR: Final = Ground("not-json", "invalid CBOR")
MUST_UNDERSTAND: Final = Ground("schema-unknown", "unknown must-understand field")

_VERSION: Final = 10
_RELATIVE_BELOW: Final = 2**28
_MOST_RECORDS: Final = 1024
_TEXT_CHARACTERS: Final = 256
_ADDRESS: Final = re.compile(r"(?=.*\d)[0-9A-Fa-f]{8,32}", re.ASCII)
_CBOR_LABELS: Final = {
    -1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs", 0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s",
    6: "t", 7: "ut", 8: "vd",
}  # fmt: skip
_LABELS: Final = frozenset(_CBOR_LABELS.values())
_TEXTS: Final = frozenset({"bn", "bu", "n", "u", "vs", "vd"})
_NUMBERS: Final = frozenset({"bt", "bv", "bs", "v", "s", "t", "ut"})
_UNITS: Final = {
    "Cel": "°C", "%EL": "%", "m3/s": "m³/s", "m3": "m³", "/": "1", "/100": "%", "lux": "lx", "EL": "1",
}  # fmt: skip
_VALUES: Final = frozenset({"v", "vs", "vb", "vd", "s"})
_CARRIED: Final = ("bn", "bt", "bu", "bv", "bs")
_DEFAULTS: Final[dict[str, Any]] = {"bn": "", "bt": 0, "bu": None, "bv": 0, "bs": 0}
# What short names of records mean beside the general table.
_NAMES: Final = {"flow": ("water_flow", "m³/s"), "open": ("cover_open", None), "level": ("water_level", "m")}


class _Pack:
    """What one pack resolves to, device by device in the order of their first records."""

    def __init__(self, received_us: int) -> None:
        self.received_us = received_us
        self.extra: dict[str, Any] = {}
        self.devices: dict[str, FieldReadings] = {}
        self.points: dict[str, dict[str, tuple[float, int | None]]] = {}  # device -> lat and lon, each with its time
        self._base = dict(_DEFAULTS)

    def take(self, record: dict[str, Any]) -> None:
        """Take what one record says; one without any value only carries base fields on."""
        base = self._base
        base |= {name: record[name] for name in _CARRIED if name in record}
        device_id, leaf = _split(base["bn"], record.get("n", ""))
        if not 0 < len(device_id) <= _TEXT_CHARACTERS or not is_sound_name(device_id + leaf):
            raise RefusedError(UNKNOWN_FIELD if device_id else MISSING_FIELD, "n")
        taken = self.devices.setdefault(device_id, FieldReadings())
        if record.keys().isdisjoint(_VALUES):
            return
        unit = record.get("u", base["bu"])
        try:
            time_us = self._time(base["bt"] + record.get("t", 0))
        except RefusedError as refused:
            taken.dropped.append(refused)
            return
        if unit in {"lat", "lon"} and "v" in record:
            self.points.setdefault(device_id, {})[unit] = base["bv"] + record["v"], time_us
        else:
            _take(record, base, leaf, unit, time_us, taken)

    def decoded(self) -> Decoded:
        """Return what the pack says; devices after the first follow in `others`."""
        for device_id, point in self.points.items():
            if point.keys() == {"lat", "lon"}:
                (lat, time_us), (lon, _) = point["lat"], point["lon"]
                self.devices[device_id].add_position(lat, lon, None, time_us=time_us)
        told = [taken.told(device_id, None, {}) for device_id, taken in self.devices.items()]
        told[0].extra |= self.extra
        told[0].others = told[1:]
        return told[0]

    def _time(self, said_s: float) -> int | None:
        """Return the instant of a record: absolute from 2^28 s on, else relative to now; none at all is now."""
        if said_s == 0:
            return None
        is_relative = said_s < _RELATIVE_BELOW
        at_us = self.received_us + round(said_s * SECOND_US) if is_relative else epoch_s_us(said_s)
        return settle(at_us, self.received_us, self.extra)


class Dialect:
    """Resolves packs; keeps nothing between messages."""

    def __init__(self, _root: str = "") -> None:
        pass

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: no pack of SenML, or one of a version that is not ours.
        """
        pack = _Pack(message.received_us)
        for record in _records(message.payload)[:_MOST_RECORDS]:
            pack.take(record)
        return pack.decoded()


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
    import cbor2  # noqa: PLC0415 - 1 MB that only sites with binary packs need

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


def _split(base: str, name: str) -> tuple[str, str]:
    """Return device and leaf of a record: the base name is the device's where there is one.

    A name that ends in an address has no leaf: its unit must tell what it is.
    """
    whole = base + name
    if base and name:
        return base.rstrip(":/"), name
    cut = max(whole.rfind(":"), whole.rfind("/")) + 1
    leaf = whole[cut:]
    if base or not cut or _ADDRESS.fullmatch(leaf):
        return whole.rstrip(":/"), "" if base or cut else leaf
    return whole[:cut].rstrip(":/"), leaf


def _take(
    record: dict[str, Any], base: dict[str, Any], leaf: str, unit: str | None, time_us: int | None, taken: FieldReadings
) -> None:
    unit = _UNITS.get(unit, unit) if unit else None
    quantity, _ = _NAMES.get(leaf) or (identify(leaf) if leaf else (identify_unit(unit) or "value", None))
    if "v" in record:
        value, unit = _figure(UNITS.get(quantity), base["bv"] + record["v"], unit)
        taken.add(quantity, value, leaf, unit=unit, time_us=time_us)
    elif "vb" in record:
        taken.readings.append(DecodedReading(quantity, record["vb"], None, leaf, time_us))
    elif "s" in record:
        taken.add(f"{quantity}_sum", base["bs"] + record["s"], leaf, time_us=time_us)
    else:
        text = record.get("vs", record.get("vd", ""))
        taken.readings.append(DecodedReading(quantity, text[:_TEXT_CHARACTERS], None, leaf, time_us))


def _figure(ours: str | None, value: float, unit: str | None) -> tuple[float, str | None]:
    """Return one number nearer to *our* unit: shares become percent, joules kilowatt-hours, radians degrees."""
    if unit == "1" and ours == "%":
        return round(value * 100, 6), "%"
    if unit == "J" and ours == "kWh":
        return value / 3_600_000, "kWh"
    if unit == "rad" and ours == "°":
        return math.degrees(value), "°"
    return value, ours if unit == "dB" and ours == "dB(A)" else unit
