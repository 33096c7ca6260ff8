"""`python -m ingest decode`: JSON lines of messages in, one JSON line of what each says out.

In: `{"topic", "payload" | "payload_b64", "retain"?, "received_at"?, "id"?, "mqtt5"?}`; `mqtt5` holds `content_type`
and `user_properties`. Lines are fed in order to one decoder, so a registry message counts for the lines after it.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any, Final, TextIO

from ingest.decode import Decoded, DecodedReading, Decoder, Message
from ingest.messages import rejected
from ingest.refusals import MISSING_FIELD, NOT_JSON, NOT_OBJECT, WRONG_TYPE, RefusedError
from ingest.timestamps import source_time
from street.clock import iso, now_us

_TIME_FIELD: Final = "received_at"
_AS_WRITTEN: Final = {"°": "deg"}  # the decode contract writes this unit as a word


def run(lines: Iterable[str], out: TextIO, routes: list[tuple[str, str]]) -> None:
    """Write, for each of *lines*, what the message on it says; a line that is no message is a reject too."""
    decoder = Decoder(routes)
    for line in lines:
        if not line.strip():
            continue
        line_id: Any = None
        try:
            fields = _fields(line)
            line_id = fields.get("id")
            decoded = decoder.decode(_message(fields))[1]
        except RefusedError as refused:
            decoded = rejected(refused)
        out.write(json.dumps({"id": line_id, **as_fields(decoded)}, ensure_ascii=False) + "\n")
        out.flush()


def as_fields(decoded: Decoded) -> dict[str, Any]:
    """Return *decoded* in the form of one output line, without its id."""
    return {
        "kind": decoded.kind.value,
        "device_id": decoded.device_id,
        "time": _written(decoded.time_us),
        "readings": [_reading(one) for one in decoded.readings],
        "extra": _extra(decoded),
        "reason": decoded.reason,
    }


def _extra(decoded: Decoded) -> dict[str, Any]:
    extra = decoded.extra if decoded.code is None else {**decoded.extra, "code": decoded.code}
    if not decoded.others:
        return extra
    others = [{"device_id": it.device_id, "readings": [_reading(one) for one in it.readings]} for it in decoded.others]
    return {**extra, "second_entity": others[0], "entities": others}


def _reading(one: DecodedReading) -> dict[str, Any]:
    unit = _AS_WRITTEN.get(one.unit, one.unit) if one.unit else None
    line: dict[str, Any] = {"metric": one.quantity, "value": one.value, "unit": unit}
    optional = (("path", one.path), ("time", _written(one.time_us)), ("channel", one.channel), ("quality", one.quality))
    line.update((name, value) for name, value in optional if value is not None)
    return line


def _written(at_us: int | None) -> str | None:
    """Return an instant with no more decimals than it needs."""
    if at_us is None:
        return None
    text = iso(at_us)
    return text[:-1].rstrip("0") + "Z" if "." in text else text


def _fields(line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise RefusedError(NOT_JSON) from None
    if type(fields) is not dict:
        raise RefusedError(NOT_OBJECT)
    return fields


def _message(fields: dict[str, Any]) -> Message:
    topic = fields.get("topic")
    if type(topic) is not str:
        raise RefusedError(MISSING_FIELD if topic is None else WRONG_TYPE, "topic")
    received = fields.get(_TIME_FIELD)
    received_us = now_us() if received is None else source_time(received)
    content_type, properties = _mqtt5(fields.get("mqtt5"))
    return Message(
        topic,
        _payload(fields),
        bool(fields.get("retain", False)),
        received_us,
        content_type=content_type,
        properties=properties,
    )


def _mqtt5(told: Any) -> tuple[str, tuple[tuple[str, str], ...]]:  # noqa: ANN401 - a field of the line
    """Return content type and user properties: an object, or a list of pairs."""
    if type(told) is not dict:
        return "", ()
    said = told.get("user_properties", {})
    pairs = list(said.items()) if type(said) is dict else said if type(said) is list else []
    properties = tuple(
        (str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, list | tuple) and len(pair) == 2
    )
    return str(told.get("content_type", "")), properties


def _payload(fields: dict[str, Any]) -> bytes:
    encoded = fields.get("payload_b64")
    if encoded is not None:
        if type(encoded) is not str:
            raise RefusedError(WRONG_TYPE, "payload_b64")
        try:
            return base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise RefusedError(NOT_JSON, "payload_b64") from None
    if "payload" not in fields:
        raise RefusedError(MISSING_FIELD, "payload")
    # a lone surrogate in the line becomes bytes that are not UTF-8, which is what a broker would have carried
    return json.dumps(fields["payload"], ensure_ascii=False).encode("utf-8", "surrogatepass")
