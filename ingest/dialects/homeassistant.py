"""Home Assistant's MQTT discovery: devices announce where they speak and how to read it.

    <prefix>/<component>/[<node>/]<object>/config    one entity; empty: removed
    <prefix>/device/<object>/config                  a device with several entities
    <prefix>/status                                  Home Assistant itself: not ours
    whatever topics those name                       states and availabilities, on learnt topics

A template that is more than a path with a few filters is never evaluated: its entity is known and stays silent.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ingest.announcements import (
    SWITCHED,
    Entity,
    as_told,
    components_of,
    device_of,
    entity_of,
    expanded,
    template_of,
    topic_of,
)
from ingest.bare_text import bare_text, is_number, text_number
from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.quantities import reading
from ingest.refusals import (
    NOT_NUMERIC,
    TOPIC_UNKNOWN,
    UNKNOWN_WORD,
    RefusedError,
)
from ingest.strict_json import PACKET_BYTES, TELEMETRY_BYTES, parse, parse_object
from ingest.templates import ABSENT, Template, parse_template
from street.readings import UNITS

_COMPONENTS: Final = frozenset(
    """alarm_control_panel binary_sensor button camera climate cover device device_automation device_tracker event fan
    humidifier image lawn_mower light lock media_player notify number scene select sensor siren switch tag text time
    update vacuum valve water_heater""".split()
)

UNSUPPORTED: Final = "unsupported template"
_TEXT_CHARACTERS: Final = 128
_MOST_ENTITIES: Final = 50_000
_MOST_OF_DEVICE: Final = 256
_MOST_AVAILABILITIES: Final = 8
_GONE: Final = frozenset({"none", "unknown", "unavailable", "null", ""})


@dataclass(slots=True)
class _Presence:
    """Whether a device is there, from one or several topics."""

    mode: str = "latest"
    words: dict[str, tuple[str, str, Template | None]] = field(default_factory=dict)  # topic -> here, away, template
    heard: dict[str, bool] = field(default_factory=dict)


class Dialect:
    """Decodes announcements and, on the topics they name, states and availabilities; feed it in order."""

    def __init__(self, _root: str = "") -> None:
        self._announced: dict[str, tuple[str, list[Entity]]] = {}  # config topic -> device and its entities
        self._states: dict[str, list[Entity]] = {}  # state topic -> who speaks there
        self._presence: dict[str, _Presence] = {}  # device -> its availability
        self._watched: dict[str, list[str]] = {}  # availability topic -> devices
        self.version = 0  # changes with what `topics` yields

    def learnt(self, topic: str) -> bool:
        """Return whether an announcement has named *topic*."""
        return topic in self._states or topic in self._watched

    def topics(self) -> Iterator[str]:
        """Yield the topics that announcements have named and that must be subscribed to."""
        yield from self._states
        yield from self._watched.keys() - self._states.keys()

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: not an announcement, nor on a topic that one has named; or it cannot be read as announced.
        """
        if message.topic in self._states:
            return self._state(message)
        if message.topic in self._watched:
            return self._availability(message)
        levels = message.topic.split("/")
        if levels[-1] == "status":
            return Decoded(Kind.IGNORE)
        size = next((size for size in (4, 3) if len(levels) > size and levels[-size] in _COMPONENTS), 0)
        if levels[-1] != "config" or not size:
            raise RefusedError(TOPIC_UNKNOWN)
        levels = levels[-size:]
        if not message.payload:
            return self._removed(message.topic, levels)
        body = expanded(parse_object(message.payload, PACKET_BYTES))
        return self._announcement(message.topic, levels, body)

    def _removed(self, topic: str, levels: list[str]) -> Decoded:
        device_id, _ = self._announced.get(topic, (levels[1], []))
        self._forget(topic)
        return Decoded(Kind.REMOVAL, device_id)

    def _forget(self, topic: str) -> None:
        _, entities = self._announced.pop(topic, ("", []))
        self.version += bool(entities)
        for entity in entities:
            left = [it for it in self._states.get(entity.state_topic, []) if it is not entity]
            if left:
                self._states[entity.state_topic] = left
            else:
                self._states.pop(entity.state_topic, None)

    def _announcement(self, topic: str, levels: list[str], body: dict[str, Any]) -> Decoded:
        device_id = device_of(body.get("device"), levels[1])
        parts, removed = components_of(levels[0], levels[-2], body)
        entities: list[Entity] = []
        rejected: list[str] = []
        for component, unique_id, fields in parts[:_MOST_OF_DEVICE]:
            entity = entity_of(device_id, component, unique_id, fields)
            if entity is not None:
                entities.append(entity)
            elif template_of(fields) is None:
                rejected.append(unique_id)
            self._watch(device_id, fields)
        self._keep(topic, device_id, entities)
        told = {entity.unique_id: entity for entity in entities}
        shown = [as_told(told[name], fields) for _, name, fields in parts[:_MOST_OF_DEVICE] if name in told]
        extra: dict[str, Any] = {"entities": shown}
        extra |= {name: value for name, value in (("rejected", rejected), ("removed_components", removed)) if value}
        return Decoded(Kind.DISCOVERY, device_id, extra=extra, reason=UNSUPPORTED if rejected else None)

    def _keep(self, topic: str, device_id: str, entities: list[Entity]) -> None:
        """Remember who speaks where, instead of what the same announcement said before."""
        self._forget(topic)
        if len(self._announced) >= _MOST_ENTITIES or len(self._states) + len(entities) > _MOST_ENTITIES:
            return
        self.version += 1
        self._announced[topic] = device_id, entities
        for entity in entities:
            self._states.setdefault(entity.state_topic, []).append(entity)

    def _watch(self, device_id: str, fields: dict[str, Any]) -> None:
        """Note where a device says whether it is there."""
        mode = fields.get("availability_mode")
        for item in _availabilities(fields)[:_MOST_AVAILABILITIES]:
            topic, text = topic_of(item.get("topic"), fields), item.get("value_template")
            template = parse_template(text) if type(text) is str else None
            if topic is None or len(self._watched) >= _MOST_ENTITIES or (text is not None and template is None):
                continue
            here, away = item.get("payload_available", "online"), item.get("payload_not_available", "offline")
            known = self._presence.setdefault(device_id, _Presence())
            known.words[topic] = str(here), str(away), template
            known.mode = mode if type(mode) is str and mode in {"all", "any", "latest"} else "latest"
            devices = self._watched.setdefault(topic, [])
            if device_id not in devices:
                devices.append(device_id)
                self.version += 1

    def _availability(self, message: Message) -> Decoded:
        if not message.payload:
            return Decoded(Kind.IGNORE)
        text = bare_text(message.payload, TELEMETRY_BYTES)
        first, *others = [
            Decoded(Kind.AVAILABILITY, device_id, None, [self._heard(device_id, message.topic, text)])
            for device_id in self._watched[message.topic]
        ]
        first.others = others
        return first

    def _heard(self, device_id: str, topic: str, text: str) -> DecodedReading:
        """Note what one topic says, and return whether the device is there by all that it has said."""
        known = self._presence[device_id]
        here, away, template = known.words[topic]
        if template is not None:
            text = str(template.value(parse(text.encode()) if template.path is not None else text))
        if text not in {here, away}:
            raise RefusedError(UNKNOWN_WORD)
        known.heard[topic] = text == here
        heard = known.heard.values()
        is_there = any(heard) if known.mode == "any" else all(heard) if known.mode == "all" else text == here
        return DecodedReading("online", is_there, None)

    def _state(self, message: Message) -> Decoded:
        if not message.payload:
            return Decoded(Kind.IGNORE)
        entities = self._states[message.topic]
        document: Any = ABSENT
        if any(entity.template.path is not None for entity in entities):
            document = parse(message.payload, TELEMETRY_BYTES)
        by_device: dict[str, FieldReadings] = {}
        for entity in entities:
            taken = by_device.setdefault(entity.device_id, FieldReadings())
            try:
                found = _value(entity, document, message.payload)
                taken.readings += [] if found is ABSENT else [_reading(entity, found)]
            except RefusedError as refused:
                taken.dropped.append(refused)
        first, *others = [taken.told(device_id, None, {}) for device_id, taken in by_device.items()]
        first.others = others
        return first


def _availabilities(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Return where a device says whether it is there: a list of topics, or one."""
    listed = fields.get("availability")
    items = listed if type(listed) is list else [listed]
    found = [expanded(item) for item in items if type(item) is dict]
    if type(fields.get("availability_topic")) is str:
        template = fields.get("availability_template")
        found.append({**fields, "topic": fields["availability_topic"], "value_template": template})
    return found


def _value(entity: Entity, document: Any, payload: bytes) -> Any:  # noqa: ANN401 - any JSON
    return entity.template.value(document if entity.template.path is not None else bare_text(payload, TELEMETRY_BYTES))


def _reading(entity: Entity, value: Any) -> DecodedReading:  # noqa: ANN401 - any JSON
    """Return the reading in a state: a word of on and off, a number that may be text, or a gap."""
    steps = entity.template.path
    path = ".".join(map(str, steps)) if steps else None
    if value is None or (type(value) is str and value.lower() in _GONE):
        return DecodedReading(entity.quantity, None, UNITS.get(entity.quantity) or entity.unit, path, quality="missing")
    if entity.component in SWITCHED:
        truths = {entity.off.casefold(): False, entity.on.casefold(): True}  # a contact may say false for open
        is_on = truths.get(str(value).casefold(), value if type(value) is bool else None)
        if is_on is None:
            raise RefusedError(UNKNOWN_WORD, path or "state")
        return DecodedReading(entity.quantity, is_on != entity.is_inverse, None, path)
    if type(value) is str:
        if is_number(value):
            value = text_number(value, path or "state")
        elif UNITS.get(entity.quantity) or entity.unit:
            raise RefusedError(NOT_NUMERIC, path or "state")
        else:
            return DecodedReading(entity.quantity, value[:_TEXT_CHARACTERS], None, path)
    return reading(entity.quantity, value, path or "state", unit=entity.unit)._replace(path=path)
