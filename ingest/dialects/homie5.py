"""Homie 5.

    homie/5/<device>/$state           init, ready, disconnected, sleeping or lost (the will); empty: removed
    homie/5/<device>/$description     what it is made of: nodes, properties with datatype and unit, children
    homie/5/<device>/<node>/<property>           a value, as text; an empty text is one byte 0
    homie/5/<device>/$alert/<id> · $log/<level>  what it complains of; what it says
    …/set · …/$target · homie/5/$broadcast/…     what somebody wants: no readings

Text is read by the datatype that the description tells; a device that is lost takes its children along.
"""

import re
from typing import Any, Final

from ingest.bare_text import bare_text, is_number, text_number
from ingest.field_names import identify
from ingest.messages import Decoded, DecodedReading, Kind, Message, measured
from ingest.quantities import BOOLEANS, reading
from ingest.refusals import (
    FORBIDDEN_CHARACTER,
    NOT_NUMERIC,
    TOPIC_MALFORMED,
    TOPIC_UNKNOWN,
    UNKNOWN_WORD,
    WRONG_TYPE,
    Ground,
    RefusedError,
)
from ingest.strict_json import PACKET_BYTES, TELEMETRY_BYTES, parse_object
from ingest.texts import has_forbidden
from ingest.topics import below

ROOT: Final = "homie/5"
BOOLEAN_LETTERS: Final = Ground("type", "boolean literals are case sensitive")

_ID: Final = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_STATES: Final = {"init": False, "ready": True, "disconnected": False, "sleeping": True, "lost": False}
_LEVELS: Final = frozenset({"debug", "info", "warn", "error", "fatal"})
_TEXT_CHARACTERS: Final = 512
_MOST_DEVICES: Final = 20_000
_MOST_CHILDREN: Final = 256
# What names of properties mean beside the general table; a property's own unit goes before.
_NAMES: Final[dict[str, tuple[str, str | None]]] = {
    "watt": ("power", "W"), "watts": ("power", "W"), "power": ("switch_on", None), "on": ("switch_on", None),
    "level": ("brightness", "%"), "dimmer": ("brightness", "%"), "state": ("switch_on", None),
}  # fmt: skip
_Property = tuple[str, str | None, frozenset[str]]  # datatype, unit, words of an enumeration
_UNTOLD: Final[_Property] = ("", None, frozenset())


class Dialect:
    """Decodes one broker's Homie devices; keeps their descriptions, which tell how texts are to be read."""

    def __init__(self, root: str = ROOT) -> None:
        self._root = root
        self._properties: dict[str, dict[str, _Property]] = {}  # device -> "node/property" -> what it is
        self._children: dict[str, list[str]] = {}

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of Homie's forms.
        """
        levels = below(self._root, message.topic)
        if levels[0] == "$broadcast":
            return Decoded(Kind.IGNORE)
        if len(levels) < 2:
            raise RefusedError(TOPIC_UNKNOWN)
        device_id, rest = levels[0], levels[1:]
        if not _ID.fullmatch(device_id):
            raise RefusedError(TOPIC_MALFORMED)
        say = self._attribute if rest[0].startswith("$") else self._value
        try:
            return say(device_id, rest, message)
        except RefusedError as refused:
            raise refused.of(device_id) from None

    def _attribute(self, device_id: str, rest: list[str], message: Message) -> Decoded:
        if rest == ["$state"]:
            return self._state(device_id, message.payload)
        if rest == ["$description"]:
            return self._description(device_id, message.payload)
        if rest[0] == "$alert" and len(rest) == 2:
            return _complaint(device_id, rest[1], message.payload)
        if rest[0] == "$log" and len(rest) == 2 and rest[1] in _LEVELS:
            extra = {"level": rest[1], "message": _text(message.payload)[:_TEXT_CHARACTERS]}
            return Decoded(Kind.LOG, device_id, extra=extra)
        raise RefusedError(TOPIC_UNKNOWN)

    def _state(self, device_id: str, payload: bytes) -> Decoded:
        if not payload:
            self._properties.pop(device_id, None)
            self._children.pop(device_id, None)
            return Decoded(Kind.REMOVAL, device_id)
        state = _text(payload)
        if state not in _STATES:
            raise RefusedError(UNKNOWN_WORD, "$state")
        extra: dict[str, Any] = {"state": state}
        if state == "lost" and self._children.get(device_id):
            extra["also"] = self._offspring(device_id)
        online = DecodedReading("online", _STATES[state], None, "$state")
        return Decoded(Kind.AVAILABILITY, device_id, None, [online], extra)

    def _offspring(self, device_id: str) -> list[str]:
        """Return the children of *device_id* and theirs, each once."""
        found: dict[str, None] = {}
        waiting = list(self._children.get(device_id, ()))
        while waiting and len(found) < _MOST_CHILDREN:
            child = waiting.pop(0)
            if child not in found and child != device_id:
                found[child] = None
                waiting += self._children.get(child, ())
        return list(found)

    def _description(self, device_id: str, payload: bytes) -> Decoded:
        if not payload:
            return Decoded(Kind.REMOVAL, device_id)
        told = parse_object(payload, PACKET_BYTES)
        properties = _properties(told.get("nodes", {}))
        children = told.get("children", [])
        if type(children) is not list:
            raise RefusedError(WRONG_TYPE, "children")
        children = [child for child in children[:_MOST_CHILDREN] if type(child) is str and _ID.fullmatch(child)]
        if device_id in self._properties or len(self._properties) < _MOST_DEVICES:
            self._properties[device_id], self._children[device_id] = properties, children
        extra: dict[str, Any] = {"units": {path: unit for path, (_, unit, _words) in properties.items() if unit}}
        extra["children"] = children
        for name, ours in (("version", int), ("name", str)):
            if type(told.get(name)) is ours:
                extra[name] = told[name] if ours is int else told[name][:_TEXT_CHARACTERS]
        return Decoded(Kind.DISCOVERY, device_id, extra=extra)

    def _value(self, device_id: str, rest: list[str], message: Message) -> Decoded:
        if len(rest) == 3 and rest[2] in {"set", "$target"}:
            return Decoded(Kind.IGNORE, device_id)
        if len(rest) != 2 or not (_ID.fullmatch(rest[0]) and _ID.fullmatch(rest[1])):
            raise RefusedError(TOPIC_UNKNOWN)
        path = "/".join(rest)
        if not message.payload:
            return Decoded(Kind.REMOVAL, device_id, extra={"property": path})
        datatype, unit, words = self._properties.get(device_id, {}).get(path, _UNTOLD)
        text = _text(message.payload)
        if words and text not in words:
            raise RefusedError(UNKNOWN_WORD, path).of(device_id)
        found = _read(path, rest[1], text, datatype, unit)
        return measured(device_id, None, [found], {}, [])


def _properties(nodes: Any) -> dict[str, _Property]:  # noqa: ANN401 - a payload field
    if type(nodes) is not dict:
        raise RefusedError(WRONG_TYPE, "nodes")
    found: dict[str, _Property] = {}
    for node_id, node in nodes.items():
        properties = node.get("properties") if type(node) is dict else None
        for property_id, told in properties.items() if type(properties) is dict else ():
            if type(told) is dict and len(found) < 1024:
                unit = told.get("unit")
                datatype = told.get("datatype")
                found[f"{node_id}/{property_id}"] = (
                    datatype if type(datatype) is str else "",
                    unit[:16] if type(unit) is str and unit else None,
                    _words(told.get("format")) if datatype == "enum" else frozenset(),
                )
    return found


def _words(form: Any) -> frozenset[str]:  # noqa: ANN401 - a payload field
    """Return the words of an enumeration, none where it does not tell them well."""
    return frozenset(form.split(",")) if type(form) is str and len(form) <= _TEXT_CHARACTERS else frozenset()


def _read(path: str, name: str, text: str, datatype: str, unit: str | None) -> DecodedReading:
    """Return the reading in *text*, by its datatype; without a description by what it looks like.

    Raises:
        RefusedError: the text is not of its datatype.
    """
    quantity, known_unit = _quantity(name, datatype, unit)
    if datatype == "boolean" or (datatype == "" and text in {"true", "false"}):
        if text not in {"true", "false"}:
            raise RefusedError(BOOLEAN_LETTERS, path)
        return DecodedReading(quantity, text == "true", None, path)
    if datatype in {"integer", "float"} or (datatype == "" and is_number(text)):
        return reading(quantity, _numeric(text, datatype, path), path, unit=unit or known_unit)
    return DecodedReading(quantity, text[:_TEXT_CHARACTERS], unit, path)


def _quantity(name: str, datatype: str, unit: str | None) -> tuple[str, str | None]:
    """Return our quantity of a property: a name that can be a switch or a figure is decided by its datatype."""
    if name == "level" and unit not in {None, "%"}:
        return "water_level", unit
    known = _NAMES.get(name)
    is_switch = known is not None and known[0] in BOOLEANS
    if name == "power" and datatype in {"integer", "float"}:
        return "power", unit or "W"
    if known is not None and (not is_switch or datatype in {"boolean", ""}):
        return known
    return identify(name)


def _numeric(text: str, datatype: str, path: str) -> float:
    value = text_number(text, path)
    if datatype == "integer" and type(value) is not int:
        raise RefusedError(NOT_NUMERIC, path)
    return value


def _text(payload: bytes) -> str:
    """Return the text in *payload*; one byte 0 is how an empty one is sent.

    Raises:
        RefusedError: empty, too large, not UTF-8, or with characters that hide or reorder.
    """
    if payload == b"\0":
        return ""
    text = bare_text(payload, TELEMETRY_BYTES)
    if has_forbidden(text):
        raise RefusedError(FORBIDDEN_CHARACTER)
    return text


def _complaint(device_id: str, complaint_id: str, payload: bytes) -> Decoded:
    if not _ID.fullmatch(complaint_id):
        raise RefusedError(TOPIC_MALFORMED)
    said = {"message": _text(payload)[:_TEXT_CHARACTERS]} if payload else {"cleared": True}
    return Decoded(Kind.ALARM, device_id, extra={"alert_id": complaint_id, **said})
