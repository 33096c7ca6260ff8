"""ChirpStack v4 over MQTT, JSON marshaler.

    application/<id>/device/<devEui>/event/<up|join|ack|txack|status|log|location|integration>
    application/<id>/device/<devEui>/command/…                                          ours to it: ignored

Fields that have their default value are absent on the wire. Numbers of a codec's object are doubles. Without a codec
there are only bytes, which are read where a profile says how.
"""

from typing import Any, Final

from ingest.field_readings import FieldReadings
from ingest.lora_payload import Uplink
from ingest.lorawan import link_readings
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.positions import is_outside, position
from ingest.refusals import (
    MISSING_FIELD,
    TOPIC_MALFORMED,
    TOPIC_MISMATCH,
    TOPIC_UNKNOWN,
    TS_FUTURE,
    WRONG_TYPE,
    RefusedError,
)
from ingest.strict_json import parse_object
from ingest.texts import is_id, is_sound_name
from ingest.timestamps import lenient_time
from ingest.topics import below

ROOT: Final = "application"

_HAPPENED: Final = frozenset({"join", "ack", "txack", "integration"})
_FAULTS: Final = frozenset({"ERROR", "WARNING"})
_NAME_CHARACTERS: Final = 128
_TAGS: Final = 16


class Dialect:
    """Decodes what one network server publishes; keeps nothing between messages."""

    def __init__(self, root: str = ROOT) -> None:
        self._root = root

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of the network server's forms.
        """
        device_id, form = _address(self._root, message.topic)
        if form.startswith("command/"):
            return Decoded(Kind.IGNORE, device_id)
        body = parse_object(message.payload)
        extra = _device(body, device_id)
        time_us = lenient_time(body.get("time"), message.received_us, extra)
        event = form.removeprefix("event/")
        if event == "up":
            return _uplink(device_id, time_us, body, extra)
        if event == "status":
            return _status(device_id, time_us, body, extra)
        if event == "log":
            return _log(device_id, time_us, body, extra)
        if event == "location":
            return _location(device_id, time_us, body, extra)
        extra["event"] = event
        return Decoded(Kind.EVENT, device_id, time_us, [], extra)


def _address(root: str, topic: str) -> tuple[str, str]:
    levels = below(root, topic)
    if len(levels) < 5 or levels[1] != "device":
        raise RefusedError(TOPIC_UNKNOWN)
    device_id, form = levels[2], "/".join(levels[3:])
    kind, _, event = form.partition("/")
    if kind != "command" and not (kind == "event" and event in _HAPPENED | {"up", "status", "log", "location"}):
        raise RefusedError(TOPIC_UNKNOWN)
    if not is_id(device_id):
        raise RefusedError(TOPIC_MALFORMED)
    return device_id.lower(), form


def _device(body: dict[str, Any], device_id: str) -> dict[str, Any]:
    """Return what the message says of the device itself: its name and its tags."""
    told = body.get("deviceInfo", {})
    if type(told) is not dict:
        raise RefusedError(WRONG_TYPE, "deviceInfo")
    eui = told.get("devEui", device_id)
    if type(eui) is not str or eui.lower() != device_id:
        raise RefusedError(TOPIC_MISMATCH, "deviceInfo.devEui")
    extra: dict[str, Any] = {}
    if type(told.get("deviceName")) is str and is_sound_name(told["deviceName"]):
        extra["name"] = told["deviceName"][:_NAME_CHARACTERS]
    if type(told.get("tags")) is dict:
        tags = [(name, tag) for name, tag in told["tags"].items() if type(tag) is str and is_sound_name(name + tag)]
        extra["tags"] = {name[:_NAME_CHARACTERS]: tag[:_NAME_CHARACTERS] for name, tag in tags[:_TAGS]}
    return extra


def _uplink(device_id: str, time_us: int | None, body: dict[str, Any], extra: dict[str, Any]) -> Decoded:
    taken = FieldReadings()
    if body.get("object") is not None:
        taken.take(body["object"], "object")
    else:
        profile = body.get("deviceInfo", {}).get("deviceProfileName")
        Uplink(body.get("data"), device_id, profile, body.get("fPort", 0)).take("data", taken, extra)
    taken.readings += link_readings(body.get("rxInfo"), "rxInfo", extra)
    for name, key in (("fPort", "f_port"), ("fCnt", "f_cnt")):
        if type(body.get(name, 0)) is int:
            extra[key] = body.get(name, 0)
    if any(type(one.value) is dict and is_outside(one.value["lat"], one.value["lon"]) for one in taken.readings):
        extra["geo_outside"] = True
    return taken.told(device_id, time_us, extra)


def _status(device_id: str, time_us: int | None, body: dict[str, Any], extra: dict[str, Any]) -> Decoded:
    """Return battery and link margin: the level counts only where the device runs on a battery and told its level."""
    taken = FieldReadings()
    if body.get("externalPowerSource") is True or body.get("batteryLevelUnavailable") is True:
        taken.readings.append(DecodedReading("battery", None, "%", "batteryLevel", quality="unavailable"))
    else:
        taken.add("battery", body.get("batteryLevel", 0.0), "batteryLevel")
    taken.add("link_margin", body.get("margin", 0), "margin")
    return taken.told(device_id, time_us, extra)


def _log(device_id: str, time_us: int | None, body: dict[str, Any], extra: dict[str, Any]) -> Decoded:
    """Return a fault of the device where the server calls it one, a mere line of its log otherwise."""
    level = body.get("level", "INFO")
    for name in ("level", "code", "description"):
        if type(body.get(name)) is str:
            extra[name] = body[name][:_NAME_CHARACTERS]
    kind = Kind.ALARM if type(level) is str and level in _FAULTS else Kind.LOG
    return Decoded(kind, device_id, time_us, [], extra)


def _location(device_id: str, time_us: int | None, body: dict[str, Any], extra: dict[str, Any]) -> Decoded:
    if "location" not in body:
        raise RefusedError(MISSING_FIELD, "location")
    place = body["location"]
    if type(place) is not dict:
        raise RefusedError(WRONG_TYPE, "location")
    if extra.get("time_code") == TS_FUTURE.code:
        raise RefusedError(TS_FUTURE, "time")  # a value may be kept without its time, a position not
    found = position(place.get("latitude", 0), place.get("longitude", 0), None, place.get("accuracy"))
    if type(found.value) is dict and is_outside(found.value["lat"], found.value["lon"]):
        extra["geo_outside"] = True
    return Decoded(Kind.POSITION, device_id, time_us, [found], extra)
