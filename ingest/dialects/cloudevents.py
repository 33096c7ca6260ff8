"""CloudEvents 1.0 over MQTT.

    structured    one JSON object with the attributes and `data` or `data_base64`: always so under MQTT 3.1.1
    binary        MQTT 5: attributes are user properties, the payload is the data

What is measured becomes readings; whatever else happened is an event. Batches are not defined for MQTT. A missing id
or time is never made up.
"""

import base64
import binascii
import re
from typing import Any, Final, NamedTuple

from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, Kind, Message
from ingest.refusals import (
    FORBIDDEN_CHARACTER,
    LENGTH,
    MISSING_FIELD,
    NOT_OBJECT,
    WRONG_TYPE,
    Ground,
    RefusedError,
)
from ingest.strict_json import PACKET_BYTES, parse
from ingest.texts import is_sound_name
from ingest.timestamps import lenient_time

BATCH: Final = Ground("type", "batch mode not supported over MQTT")
VERSION: Final = Ground("version-unsupported", "unsupported specversion")

_STRUCTURED: Final = "application/cloudevents+json"
_REQUIRED: Final = ("id", "source", "type")
_OPTIONAL: Final = ("subject", "datacontenttype", "dataschema")
_TEXT_CHARACTERS: Final = 256
_MOST_ATTRIBUTES: Final = 64
_WORD: Final = re.compile(r"[a-z]+")
# A type that says one of these tells what happened; any other one with numbers in its data tells what was measured.
_HAPPENINGS: Final = frozenset(
    "incident case alarm alert event snapshot detected closed opened created updated deleted command".split()
)
_FACTS: Final = ("matter", "state", "stage", "severity", "event", "reason")


class Dialect:
    """Decodes events; keeps nothing between messages."""

    def __init__(self, _root: str = "") -> None:
        pass

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: no CloudEvent, or one of a version that is not ours.
        """
        attributes = dict(message.properties[:_MOST_ATTRIBUTES])
        if "specversion" in attributes and not message.content_type.startswith(_STRUCTURED):
            _check(attributes)
            is_json = "json" in (message.content_type or "json") and message.payload
            data = parse(message.payload, PACKET_BYTES) if is_json else None
            return _event(attributes, data, _Content(len(message.payload), message.content_type), message.received_us)
        document = parse(message.payload, PACKET_BYTES)
        if type(document) is not dict:
            raise RefusedError(BATCH if type(document) is list else NOT_OBJECT)
        _check(document)
        content = _Content(_bytes_of(document), str(document.get("datacontenttype", "")))
        return _event(document, document.get("data"), content, message.received_us)


class _Content(NamedTuple):
    """How many bytes of data there are, apart from JSON that is shown, and what they are."""

    size: int
    content_type: str


def _check(attributes: dict[str, Any]) -> None:
    for name in ("specversion", *_REQUIRED):
        if name not in attributes:
            raise RefusedError(MISSING_FIELD, name)
        if name == "specversion" and attributes[name] != "1.0":
            raise RefusedError(VERSION, name)
    for name in (*_REQUIRED, *_OPTIONAL):
        if attributes.get(name) is not None or name in _REQUIRED:
            _check_text(name, attributes[name])


def _check_text(name: str, value: Any) -> None:  # noqa: ANN401 - a payload field
    if type(value) is not str:
        raise RefusedError(WRONG_TYPE, name)
    if not 0 < len(value) <= _TEXT_CHARACTERS:
        raise RefusedError(LENGTH, name)
    if not is_sound_name(value):
        raise RefusedError(FORBIDDEN_CHARACTER, name)


def _bytes_of(document: dict[str, Any]) -> int:
    """Return how many bytes `data_base64` holds, 0 without it.

    Raises:
        RefusedError: not base64, or beside `data`.
    """
    coded = document.get("data_base64")
    if coded is None:
        return 0
    if type(coded) is not str or document.get("data") is not None:
        raise RefusedError(WRONG_TYPE, "data_base64")
    try:
        return len(base64.b64decode(coded, validate=True))
    except (binascii.Error, ValueError):
        raise RefusedError(WRONG_TYPE, "data_base64") from None


def _event(attributes: dict[str, Any], data: Any, content: _Content, received_us: int) -> Decoded:  # noqa: ANN401 - any JSON
    source, subject, kind = attributes["source"], attributes.get("subject"), attributes["type"]
    extra: dict[str, Any] = {"id": attributes["id"], "type": kind}
    time_us = lenient_time(attributes.get("time"), received_us, extra)
    if subject:
        extra["subject"] = subject
    if type(data) is dict and _HAPPENINGS.isdisjoint(_WORD.findall(kind.lower())):
        taken = FieldReadings()
        taken.take(data, "data")
        if taken.readings or taken.dropped:
            return taken.told(f"{source}|{subject}" if subject else source, time_us, extra)
    if type(data) is dict:
        extra |= {name: data[name] for name in _FACTS if type(data.get(name)) in (str, int, float, bool)}
    elif content.size:
        extra |= {"data_bytes": content.size, "data_content_type": content.content_type[:_TEXT_CHARACTERS]}
    return Decoded(Kind.EVENT, f"{source}/{subject}" if subject else source, time_us, [], extra)
