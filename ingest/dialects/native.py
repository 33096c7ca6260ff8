"""Our own messages, as docs/topics.md defines them.

    street/<asset_id>/telemetry    {"ts": …, "<quantity>": number | true | false | null, …}
    street/<asset_id>/status       online | offline            (retained)
    street/<asset_id>/snapshot     JPEG bytes
    street/incidents/<source>      one incident event

The telemetry path is the hot one: what it does for a well-formed message is counted in hundreds of nanoseconds.
"""

import re
from typing import Any, Final

import orjson

from ingest.incident_events import PERSONAL_FIELDS, incident_event
from ingest.messages import Decoded, DecodedReading, Kind, Message, measured
from ingest.quantities import BOOLEANS, LARGEST, number, scalar, truth
from ingest.refusals import (
    EMPTY,
    NOT_BOOLEAN,
    NOT_JPEG,
    NOT_OBJECT,
    PERSONAL,
    SEQ_RANGE,
    SEQ_TYPE,
    TOO_LARGE,
    TOPIC_MALFORMED,
    TOPIC_UNKNOWN,
    UNKNOWN_FIELD,
    UNKNOWN_VERSION,
    UNKNOWN_WORD,
    WRONG_TYPE,
    RefusedError,
)
from ingest.stamp import HISTORY_US, SKEW_US
from ingest.strict_json import PACKET_BYTES, TELEMETRY_BYTES, check_document, explain, oversize
from ingest.texts import is_id
from ingest.timestamps import is_leap_second, settle, source_time
from ingest.topics import below
from street.readings import UNITS

ROOT: Final = "street"

MAX_QUANTITIES: Final = 256
_CACHED: Final = 50_000
_QUANTITY: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_COLON: Final = ord(":")
_BACKSLASH: Final = ord("\\")
_JPEG: Final = b"\xff\xd8\xff"
_ANY, _NUMBER, _BOOLEAN, _RESERVED, _PERSONAL, _ODD = range(6)
_new: Final = tuple.__new__  # half the time of the named tuple's own constructor
_TELEMETRY: Final = Kind.TELEMETRY
# field name -> (unit, what it accepts); grows by the quantities met
_known: dict[str, tuple[str | None, int]] = {}


class Dialect:
    """Decodes our own topics under one root; keeps only what it has worked out about topics."""

    def __init__(self, root: str = ROOT) -> None:
        self._root = root.removesuffix("/incidents")  # where only those are subscribed
        self._forms: dict[str, tuple[str, str]] = {}

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of our forms.
        """
        form, name = self._forms.get(message.topic) or self._form(message.topic)
        if form == "telemetry":
            return _telemetry(name, message)
        if form == "status":
            return _status(name, message.payload)
        if form == "snapshot":
            return _snapshot(name, message)
        return incident_event(name, message)

    def _form(self, topic: str) -> tuple[str, str]:
        levels = below(self._root, topic)
        if not {".", ".."}.isdisjoint(levels):
            raise RefusedError(TOPIC_MALFORMED)
        if len(levels) != 2:
            raise RefusedError(TOPIC_UNKNOWN)
        form, name = ("incidents", levels[1]) if levels[0] == "incidents" else (levels[1], levels[0])
        if form not in {"telemetry", "status", "snapshot", "incidents"}:
            raise RefusedError(TOPIC_UNKNOWN)
        if not is_id(name):
            raise RefusedError(TOPIC_MALFORMED)
        if len(self._forms) >= _CACHED:
            self._forms.clear()
        self._forms[topic] = form, name
        return form, name


def _telemetry(asset_id: str, message: Message) -> Decoded:
    fields = _flat_object(message.payload)
    readings: list[DecodedReading] = []
    dropped: list[RefusedError] = []
    for name, value in fields.items():
        unit, accepts = _known.get(name) or _learn(name)
        kind = type(value)
        if (kind is float or kind is int) and accepts <= _NUMBER and -LARGEST < value < LARGEST:
            readings.append(_new(DecodedReading, (name, value + 0, unit, name, None, None, None)))  # −0.0 + 0 is 0.0
        elif name != "ts":
            _take(name, value, (unit, accepts), readings, dropped)
    extra: dict[str, Any] = {"retained": True} if message.retain else {}
    ts = fields.get("ts")
    time_us = None if ts is None else _time(ts, message.received_us, extra)
    if dropped or not readings:
        check_document(message.payload, fields)  # deep arrays have no colons
        return measured(asset_id, time_us, readings, extra, dropped)
    return Decoded(_TELEMETRY, asset_id, time_us, readings, extra, None, None, None, None)


def _flat_object(payload: bytes) -> dict[str, Any]:
    """Return the object in *payload*; one flat object without escapes, the common case, is checked by its shape."""
    if len(payload) > TELEMETRY_BYTES:
        raise oversize(payload)
    try:
        fields = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise explain(payload, error) from None
    if type(fields) is not dict:
        raise RefusedError(NOT_OBJECT)
    ts = fields.get("ts")
    # without escapes each colon that is not in `ts` parts a key from its value; any other one: count exactly
    colons = len(fields) + ts.count(":") if type(ts) is str else len(fields)
    if payload.count(_COLON) != colons or _BACKSLASH in payload:
        check_document(payload, fields)
    if len(fields) > MAX_QUANTITIES:
        raise RefusedError(UNKNOWN_FIELD)
    return fields


def _time(ts: Any, received_us: int, extra: dict[str, Any]) -> int | None:  # noqa: ANN401 - a payload field
    time_us = source_time(ts)
    if type(ts) is str and is_leap_second(ts):
        extra["leap_second"] = True
    if -HISTORY_US <= time_us - received_us <= SKEW_US:
        return time_us
    return settle(time_us, received_us, extra)


def _take(
    name: str,
    value: Any,  # noqa: ANN401 - a payload field
    rule: tuple[str | None, int],
    readings: list[DecodedReading],
    dropped: list[RefusedError],
) -> None:
    """Take one field that is not a plain number, or remember why not.

    Raises:
        RefusedError: a reserved or personal field makes the whole message one to refuse.
    """
    unit, accepts = rule
    if accepts == _RESERVED:
        _check_reserved(name, value)
        return
    if accepts == _PERSONAL:
        raise RefusedError(PERSONAL, name)
    try:
        if value is None and accepts != _ODD:
            readings.append(DecodedReading(name, None, unit, name, None, None, "missing"))
        else:
            readings.append(DecodedReading(name, _value(name, value, accepts), unit, name))
    except RefusedError as refused:
        dropped.append(refused)


def _value(name: str, value: Any, accepts: int) -> float | bool:  # noqa: ANN401 - a payload field
    if accepts == _NUMBER:
        return number(value, name)
    if accepts == _ANY:
        return scalar(value, name)
    if accepts == _ODD:
        raise RefusedError(UNKNOWN_FIELD, name)
    if type(value) is str:
        raise RefusedError(NOT_BOOLEAN, name)
    return truth(value, name)


def _check_reserved(name: str, value: Any) -> None:  # noqa: ANN401 - a payload field
    if name == "seq":
        if type(value) is not int:
            raise RefusedError(SEQ_TYPE if type(value) is not float or abs(value) < LARGEST else SEQ_RANGE, name)
        if not 0 <= value < LARGEST:
            raise RefusedError(SEQ_RANGE, name)
    elif name == "schema_version":
        if type(value) is not int:
            raise RefusedError(WRONG_TYPE, name)
        if value != 1:
            raise RefusedError(UNKNOWN_VERSION, name)


def _learn(name: str) -> tuple[str | None, int]:
    if name in {"ts", "seq", "schema_version"}:
        rule: tuple[str | None, int] = None, _RESERVED
    elif name in PERSONAL_FIELDS:
        rule = None, _PERSONAL
    elif name in BOOLEANS:
        rule = None, _BOOLEAN
    elif not _QUANTITY.fullmatch(name):
        return None, _ODD
    else:
        unit = UNITS.get(name)
        rule = unit, _NUMBER if unit else _ANY
    if len(_known) >= _CACHED:
        _known.clear()
    _known[name] = rule
    return rule


def _status(asset_id: str, payload: bytes) -> Decoded:
    if not payload:
        return Decoded(Kind.REMOVAL, asset_id)
    if payload not in (b"online", b"offline"):
        raise RefusedError(UNKNOWN_WORD)
    return Decoded(Kind.AVAILABILITY, asset_id, None, [DecodedReading("online", payload == b"online", None)])


def _snapshot(asset_id: str, message: Message) -> Decoded:
    payload = message.payload
    if not payload:
        raise RefusedError(EMPTY)
    if len(payload) > PACKET_BYTES:
        raise RefusedError(TOO_LARGE)
    if not payload.startswith(_JPEG):
        raise RefusedError(NOT_JPEG)
    extra: dict[str, Any] = {"event": "snapshot", "bytes": len(payload), "content_type": "image/jpeg"}
    if message.retain:
        extra["retained"] = True
    return Decoded(Kind.EVENT, asset_id, extra=extra, snapshot=payload)
