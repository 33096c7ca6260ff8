"""Zigbee2MQTT.

    zigbee2mqtt/<friendly name>                  all properties of a device as one JSON object
    zigbee2mqtt/<friendly name>/<property>       one of them, where the site chose that output
    zigbee2mqtt/<friendly name>/availability     online | offline, as text or {"state": …}
    zigbee2mqtt/bridge/…                         the registry, events and the log of the bridge itself

A friendly name may hold slashes, so the end of a topic is read before its beginning.
"""

from typing import Any, Final

from ingest.bare_text import bare_text
from ingest.messages import Decoded, DecodedReading, Kind, Message, dropped_facts, measured
from ingest.refusals import (
    EMPTY,
    NOT_JSON,
    NOT_OBJECT,
    TOPIC_UNKNOWN,
    UNKNOWN_WORD,
    WRONG_TYPE,
    RefusedError,
)
from ingest.strict_json import PACKET_BYTES, TELEMETRY_BYTES, parse, parse_object
from ingest.texts import is_sound_name, name_warning
from ingest.timestamps import lenient_time
from ingest.topics import below
from ingest.zigbee_fields import DeviceFields, is_property
from ingest.zigbee_registry import UNKNOWN, ZigbeeDevice, read_devices

ROOT: Final = "zigbee2mqtt"

_BRIDGE: Final = "bridge"
_COMMANDS: Final = frozenset({"set", "get"})
_AVAILABLE: Final = {"online": True, "offline": False}
_TEXT_CHARACTERS: Final = 200
_LONGEST_WORD: Final = 64


class Dialect:
    """Decodes one bridge; remembers its registry, from which units are known."""

    def __init__(self, root: str = ROOT) -> None:
        self._root = root.removesuffix("/bridge")  # where only that is subscribed
        self._devices: dict[str, ZigbeeDevice] = {}  # by friendly name and by IEEE address

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is none of the bridge's forms.
        """
        levels = below(self._root, message.topic)
        if levels == [""]:
            raise RefusedError(TOPIC_UNKNOWN)
        if levels[0] == _BRIDGE:
            return self._bridge("/".join(levels[1:]), message)
        if levels[-1] == "availability" and len(levels) > 1:
            return _availability("/".join(levels[:-1]), message.payload)
        device = self._commanded(levels)
        if device is not None:
            return Decoded(Kind.IGNORE, device)
        return self._device(levels, message)

    def _commanded(self, levels: list[str]) -> str | None:
        """Return the device that a command topic (`…/set`, `…/get/<property>`) is for, or None."""
        for cut in (len(levels) - 1, len(levels) - 2):
            is_name = "/".join(levels[: cut + 1]) in self._devices  # somebody called a device "set"
            if cut > 0 and levels[cut] in _COMMANDS and not is_name:
                return "/".join(levels[:cut])
        return None

    def _device(self, levels: list[str], message: Message) -> Decoded:
        payload = message.payload
        if payload.lstrip()[:1] in (b"{", b"["):
            return self._state("/".join(levels), parse_object(payload), message)
        name, attribute = "/".join(levels[:-1]), levels[-1]
        is_attribute = bool(name) and "/".join(levels) not in self._devices
        is_attribute = is_attribute and (name in self._devices or is_property(attribute))
        if not payload:
            if is_attribute:
                return self._state(name, {attribute: None}, message)
            if message.retain:
                return Decoded(Kind.REMOVAL, "/".join(levels))
            raise RefusedError(EMPTY)
        value = _scalar(payload, is_attribute=is_attribute)
        if not is_attribute:
            raise RefusedError(NOT_OBJECT)
        return self._state(name, {attribute: value}, message)

    def _state(self, name: str, fields: dict[str, Any], message: Message) -> Decoded:
        taken = DeviceFields(fields, self._devices.get(name, UNKNOWN))
        extra: dict[str, Any] = {}
        time_us = lenient_time(fields.get("last_seen"), message.received_us, extra)
        extra |= {key: value for key, value in (("states", taken.states), ("objects", taken.objects)) if value}
        if taken.note:
            extra["note"] = taken.note
        if message.retain:
            extra["retained"] = True
        if taken.action and not message.retain:
            return _action(name, time_us, taken, extra)
        readings = [one for one in taken.readings if one.path != "action"]
        decoded = measured(name, time_us, readings, extra, taken.dropped)
        warning = name_warning(name)
        if decoded.kind is Kind.TELEMETRY and warning:
            decoded.reason = warning
            decoded.extra["policy"] = "accept"
        return decoded

    def _bridge(self, form: str, message: Message) -> Decoded:
        if form == "state":
            return _availability(_BRIDGE, message.payload)
        if form in {"devices", "groups", "info"}:
            return self._registry(form, message)
        if form == "event":
            return _event(parse_object(message.payload))
        if form == "logging":
            return _logging(parse_object(message.payload, PACKET_BYTES))
        if form == "health":
            parse_object(message.payload)
            return Decoded(Kind.LOG, _BRIDGE)
        return Decoded(Kind.IGNORE, _BRIDGE)

    def _registry(self, form: str, message: Message) -> Decoded:
        if not message.payload:
            return Decoded(Kind.REMOVAL, _BRIDGE)
        document = parse(message.payload, PACKET_BYTES)
        if form == "info":
            return _info(document)
        if type(document) is not list:
            raise RefusedError(WRONG_TYPE)
        if form == "groups":
            return _groups(document)
        devices = read_devices(document)
        self._devices = {**devices, **{device.name: device for device in devices.values()}}
        known = {address: {"name": device.name, "units": device.units} for address, device in devices.items()}
        return Decoded(Kind.DISCOVERY, _BRIDGE, extra={"devices": known})


def _scalar(payload: bytes, *, is_attribute: bool) -> Any:  # noqa: ANN401 - any JSON
    """Return a payload that is one value: JSON, or a bare word where the topic is a property's.

    Raises:
        RefusedError: neither.
    """
    try:
        return parse(payload, TELEMETRY_BYTES)
    except RefusedError as refused:
        if refused.ground != NOT_JSON or not is_attribute or len(payload) > _TEXT_CHARACTERS:
            raise
        word = bare_text(payload)
        if not word or not is_sound_name(word):
            raise
        return word


def _action(name: str, time_us: int | None, taken: DeviceFields, extra: dict[str, Any]) -> Decoded:
    extra |= {"event": "action", "action": taken.action}
    if taken.dropped:
        extra["dropped"] = dropped_facts(taken.dropped)
    return Decoded(Kind.EVENT, name, time_us, taken.readings, extra)


def _availability(name: str, payload: bytes) -> Decoded:
    """Return whether a device or the bridge can be heard; an empty message means renamed or removed."""
    if not payload:
        return Decoded(Kind.REMOVAL, name)
    is_object = payload.lstrip()[:1] == b"{"
    word = parse_object(payload).get("state") if is_object else _scalar(payload, is_attribute=True)
    is_online = _AVAILABLE.get(word.strip().lower()) if type(word) is str else None
    if is_online is None:
        raise RefusedError(UNKNOWN_WORD, "state")
    return Decoded(Kind.AVAILABILITY, name, None, [DecodedReading("online", is_online, None)])


def _event(body: dict[str, Any]) -> Decoded:
    what, subject = body.get("type"), body.get("data")
    if type(what) is not str or not 0 < len(what) <= _LONGEST_WORD or not is_sound_name(what):
        raise RefusedError(UNKNOWN_WORD, "type")
    extra: dict[str, Any] = {"event": what}
    address = None
    if type(subject) is dict:
        address = subject.get("ieee_address", subject.get("friendly_name"))
        for name, key in (("friendly_name", "name"), ("status", "status")):
            if type(subject.get(name)) is str and is_sound_name(subject[name]):
                extra[key] = subject[name][:_TEXT_CHARACTERS]
    if type(address) is not str or not is_sound_name(address):
        address = _BRIDGE
    return Decoded(Kind.EVENT, address[:_TEXT_CHARACTERS], extra=extra)


def _logging(body: dict[str, Any]) -> Decoded:
    extra = {
        name: body[name][:_TEXT_CHARACTERS] for name in ("level", "message", "namespace") if type(body.get(name)) is str
    }
    return Decoded(Kind.LOG, _BRIDGE, extra=extra)


def _info(document: Any) -> Decoded:  # noqa: ANN401 - any JSON
    """Return only the version: the rest of that message holds the network's keys."""
    if type(document) is not dict:
        raise RefusedError(NOT_OBJECT)
    version = document.get("version")
    extra = {"version": version[:_LONGEST_WORD]} if type(version) is str else {}
    return Decoded(Kind.DISCOVERY, _BRIDGE, extra=extra)


def _groups(document: list[Any]) -> Decoded:
    groups = {
        str(entry["id"])[:_LONGEST_WORD]: {"name": entry["friendly_name"][:_TEXT_CHARACTERS]}
        for entry in document
        if type(entry) is dict and type(entry.get("id")) is int and type(entry.get("friendly_name")) is str
    }
    return Decoded(Kind.DISCOVERY, _BRIDGE, extra={"groups": groups})
