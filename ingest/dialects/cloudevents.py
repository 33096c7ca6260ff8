"""CloudEvents 1.0 over MQTT.

    structured    one JSON object with the attributes and `data` or `data_base64`: always so under MQTT 3.1.1
    binary        MQTT 5: attributes are user properties, the payload is the data

What is measured becomes readings; whatever else happened is an event. Batches are not defined for MQTT. A missing id
or time is never made up.
"""

import base64
import binascii
from typing import Any, Final

from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, Kind, Message, measured
from ingest.refusals import LENGTH, MISSING_FIELD, NOT_OBJECT, UNKNOWN_FIELD, WRONG_TYPE, Ground, RefusedError
from ingest.strict_json import PACKET_BYTES, parse
from ingest.texts import is_sound_name
from ingest.timestamps import lenient_time

NAME: Final = "cloudevents"
FILTERS: Final = ("cloudevents/#", "ce/#", "+/ce")
IS_ONE: Final = True
BATCH: Final = Ground("type", "batch mode not supported over MQTT")
VERSION: Final = Ground("version-unsupported", "unsupported specversion")

_STRUCTURED: Final = "application/cloudevents+json"
_REQUIRED: Final = ("id", "source", "type")
_OPTIONAL: Final = ("subject", "datacontenttype", "dataschema")
_TEXT_CHARACTERS: Final = 256
_MOST_ATTRIBUTES: Final = 64
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
        if message.properties and not message.content_type.startswith(_STRUCTURED):
            attributes = dict(message.properties[:_MOST_ATTRIBUTES])
            data: Any = None
            if message.payload and "json" in (message.content_type or "json"):
                data = parse(message.payload, PACKET_BYTES)
            size, content_type = len(message.payload), message.content_type
        else:
            document = parse(message.payload, PACKET_BYTES)
            if type(document) is list:
                raise RefusedError(BATCH)
            if type(document) is not dict:
                raise RefusedError(NOT_OBJECT)
            attributes, data = document, document.get("data")
            size, content_type = _bytes_of(document), document.get("datacontenttype", "")
        _check(attributes)
        return _event(attributes, data, size, str(content_type), message)


def _check(attributes: dict[str, Any]) -> None:
    if "specversion" not in attributes:
        raise RefusedError(MISSING_FIELD, "specversion")
    if attributes["specversion"] != "1.0":
        raise RefusedError(VERSION, "specversion")
    for name in _REQUIRED:
        if name not in attributes:
            raise RefusedError(MISSING_FIELD, name)
    for name in (*_REQUIRED, *_OPTIONAL):
        value = attributes.get(name)
        if value is None:
            continue
        if type(value) is not str:
            raise RefusedError(WRONG_TYPE, name)
        if not 0 < len(value) <= _TEXT_CHARACTERS:
            raise RefusedError(LENGTH, name)
        if not is_sound_name(value):
            raise RefusedError(UNKNOWN_FIELD, name)


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


def _event(attributes: dict[str, Any], data: Any, size: int, content_type: str, message: Message) -> Decoded:  # noqa: ANN401 - any JSON
    source, subject, kind = attributes["source"], attributes.get("subject"), attributes["type"]
    extra: dict[str, Any] = {"id": attributes["id"], "type": kind}
    time_us = lenient_time(attributes.get("time"), message.received_us, extra)
    if subject:
        extra["subject"] = subject
    words = set(kind.lower().replace("-", ".").replace("_", ".").split("."))
    if type(data) is dict and not words & _HAPPENINGS:
        taken = FieldReadings()
        taken.take(data, "data")
        if taken.readings or taken.dropped:
            if taken.states:
                extra["states"] = taken.states
            return measured(f"{source}|{subject}" if subject else source, time_us, taken.readings, extra, taken.dropped)
    if type(data) is dict:
        extra |= {name: data[name] for name in _FACTS if type(data.get(name)) in (str, int, float, bool)}
    if size:
        extra |= {"data_bytes": size, "data_content_type": content_type[:_TEXT_CHARACTERS]}
    return Decoded(Kind.EVENT, f"{source}/{subject}" if subject else source, time_us, [], extra)
