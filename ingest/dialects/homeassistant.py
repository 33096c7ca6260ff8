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

from ingest.field_names import identify
from ingest.messages import Decoded, DecodedReading, Kind, Message, measured
from ingest.quantities import SAME_UNIT, reading
from ingest.refusals import (
    MISSING_FIELD,
    NOT_NUMERIC,
    NOT_UTF8,
    TOO_LARGE,
    TOPIC_UNKNOWN,
    UNKNOWN_WORD,
    WRONG_TYPE,
    RefusedError,
)
from ingest.strict_json import PACKET_BYTES, TELEMETRY_BYTES, parse, parse_object
from ingest.templates import ABSENT, Template, is_numeric, parse_template
from ingest.texts import is_sound_name
from ingest.topics import TOPIC_CHARACTERS, below, literal_root
from street.readings import UNITS

NAME: Final = "homeassistant"
FILTERS: Final = ("homeassistant/#",)

UNSUPPORTED: Final = "unsupported template"
_TEXT_CHARACTERS: Final = 128
_MOST_ENTITIES: Final = 50_000
_MOST_OF_DEVICE: Final = 256
_GONE: Final = frozenset({"none", "unknown", "unavailable", "null", ""})
_LONG: Final = {
    "stat_t": "state_topic", "val_tpl": "value_template", "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement", "dev_cla": "device_class", "pl_on": "payload_on", "pl_off": "payload_off",
    "avty": "availability", "avty_t": "availability_topic", "avty_mode": "availability_mode",
    "pl_avail": "payload_available", "pl_not_avail": "payload_not_available", "exp_aft": "expire_after",
    "dev": "device", "o": "origin", "cmps": "components", "p": "platform", "stat_val_tpl": "state_value_template",
    "ids": "identifiers", "cns": "connections", "t": "topic", "stat_on": "state_on", "stat_off": "state_off",
    "avty_tpl": "availability_template", "schema": "schema",
}  # fmt: skip
_SENSORS: Final = {
    "temperature": "temperature", "humidity": "humidity", "atmospheric_pressure": "pressure", "pressure": "pressure",
    "illuminance": "illuminance", "sound_pressure": "noise_laeq", "pm1": "pm1", "pm25": "pm25", "pm10": "pm10",
    "carbon_dioxide": "co2", "carbon_monoxide": "co", "nitrogen_dioxide": "no2", "ozone": "o3",
    "sulphur_dioxide": "so2", "volatile_organic_compounds_parts": "tvoc", "battery": "battery", "voltage": "voltage",
    "current": "current", "power": "power", "apparent_power": "apparent_power", "reactive_power": "reactive_power",
    "energy": "energy", "power_factor": "power_factor", "frequency": "frequency", "signal_strength": "rssi",
    "wind_speed": "wind_speed", "wind_direction": "wind_direction", "speed": "speed", "precipitation": "rain",
    "distance": "distance", "moisture": "soil_moisture",
}  # fmt: skip
_BINARIES: Final = {
    "opening": "cover_open", "motion": "motion", "occupancy": "occupancy", "presence": "presence",
    "moisture": "water_leak", "smoke": "smoke", "gas": "gas", "carbon_monoxide": "carbon_monoxide", "tamper": "tamper",
    "vibration": "vibration", "battery": "battery_low", "connectivity": "online", "power": "switch_on",
}  # fmt: skip
_DOORS: Final = frozenset({"door", "window", "garage_door"})  # on means open: a contact that is not closed
_SWITCHED: Final = frozenset({"switch", "light", "binary_sensor", "fan", "siren"})
_READ: Final = _SWITCHED | {"sensor", "number"}


@dataclass(slots=True)
class _Entity:
    """One entity: where its state comes and how it is read."""

    device_id: str
    unique_id: str
    component: str
    quantity: str
    unit: str | None
    state_topic: str
    template: Template | None
    on: str = "ON"
    off: str = "OFF"
    is_inverse: bool = False
    expire_after_s: int | None = None


@dataclass(slots=True)
class _Presence:
    """Whether a device is there, from one or several topics."""

    mode: str = "latest"
    words: dict[str, tuple[str, str]] = field(default_factory=dict)  # topic -> payloads for here and away
    heard: dict[str, bool] = field(default_factory=dict)


class Dialect:
    """Decodes announcements and, on the topics they name, states and availabilities; feed it in order."""

    def __init__(self, root: str = literal_root(FILTERS[0])) -> None:
        self._root = root
        self._announced: dict[str, tuple[str, list[_Entity]]] = {}  # config topic -> device and its entities
        self._states: dict[str, list[_Entity]] = {}  # state topic -> who speaks there
        self._presence: dict[str, _Presence] = {}  # device -> its availability
        self._watched: dict[str, list[str]] = {}  # availability topic -> devices

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
        levels = below(self._root, message.topic)
        if levels == ["status"]:
            return Decoded(Kind.IGNORE)
        if levels[-1] != "config" or len(levels) not in {3, 4}:
            raise RefusedError(TOPIC_UNKNOWN)
        if not message.payload:
            return self._removed(message.topic, levels)
        body = _expanded(parse_object(message.payload, PACKET_BYTES))
        return self._announcement(message.topic, levels, body)

    def _removed(self, topic: str, levels: list[str]) -> Decoded:
        device_id, _ = self._announced.get(topic, (levels[1], []))
        self._forget(topic)
        return Decoded(Kind.REMOVAL, device_id)

    def _forget(self, topic: str) -> None:
        _, entities = self._announced.pop(topic, ("", []))
        for entity in entities:
            left = [it for it in self._states.get(entity.state_topic, []) if it is not entity]
            if left:
                self._states[entity.state_topic] = left
            else:
                self._states.pop(entity.state_topic, None)

    def _announcement(self, topic: str, levels: list[str], body: dict[str, Any]) -> Decoded:
        device_id = _device(body.get("device"), levels[1])
        parts, removed = _components(levels[0], levels[-2], body)
        entities: list[_Entity] = []
        rejected: list[str] = []
        told: list[dict[str, Any]] = []
        for component, unique_id, fields in parts[:_MOST_OF_DEVICE]:
            entity = _entity(device_id, component, unique_id, fields)
            if entity is None:
                rejected.append(unique_id)
            else:
                entities.append(entity)
                told.append(_as_told(entity, fields))
            self._watch(device_id, fields)
        self._forget(topic)
        if sum(map(len, self._states.values())) + len(entities) <= _MOST_ENTITIES:
            self._announced[topic] = device_id, entities
            for entity in entities:
                self._states.setdefault(entity.state_topic, []).append(entity)
        extra: dict[str, Any] = {"entities": told}
        extra |= {name: value for name, value in (("rejected", rejected), ("removed_components", removed)) if value}
        return Decoded(Kind.DISCOVERY, device_id, extra=extra, reason=UNSUPPORTED if rejected else None)

    def _watch(self, device_id: str, fields: dict[str, Any]) -> None:
        """Note where a device says whether it is there."""
        listed = fields.get("availability")
        items = listed if type(listed) is list else [listed] if type(listed) is dict else []
        items = [_expanded(item) for item in items if type(item) is dict]
        if type(fields.get("availability_topic")) is str:
            items.append({**fields, "topic": fields["availability_topic"]})
        for item in items[:8]:
            topic = _topic(item.get("topic"), fields)
            if topic is None or len(self._watched) >= _MOST_ENTITIES:
                continue
            here, away = item.get("payload_available", "online"), item.get("payload_not_available", "offline")
            known = self._presence.setdefault(device_id, _Presence())
            known.words[topic] = str(here), str(away)
            mode = fields.get("availability_mode")
            known.mode = mode if type(mode) is str and mode in {"all", "any", "latest"} else "latest"
            devices = self._watched.setdefault(topic, [])
            if device_id not in devices:
                devices.append(device_id)

    def _availability(self, message: Message) -> Decoded:
        if not message.payload:
            return Decoded(Kind.IGNORE)
        text = _text(message.payload)
        found = []
        for device_id in self._watched[message.topic]:
            known = self._presence[device_id]
            here, away = known.words[message.topic]
            if text not in {here, away}:
                raise RefusedError(UNKNOWN_WORD)
            known.heard[message.topic] = text == here
            heard = known.heard.values()
            is_there = text == here if known.mode == "latest" else any(heard) if known.mode == "any" else all(heard)
            found.append(Decoded(Kind.AVAILABILITY, device_id, None, [DecodedReading("online", is_there, None)]))
        first, *first.others = found
        return first

    def _state(self, message: Message) -> Decoded:
        if not message.payload:
            return Decoded(Kind.IGNORE)
        entities = self._states[message.topic]
        document: Any = ABSENT
        if any(entity.template is not None and entity.template.path is not None for entity in entities):
            document = parse(message.payload, TELEMETRY_BYTES)
        by_device: dict[str, tuple[list[DecodedReading], list[RefusedError]]] = {}
        for entity in entities:
            readings, dropped = by_device.setdefault(entity.device_id, ([], []))
            try:
                found = _value(entity, document, message.payload)
                if found is not ABSENT:
                    readings.append(_reading(entity, found))
            except RefusedError as refused:
                dropped.append(refused)
        first, *others = [
            measured(device_id, None, readings, {}, dropped) for device_id, (readings, dropped) in by_device.items()
        ]
        first.others = others
        return first


def _expanded(fields: dict[str, Any]) -> dict[str, Any]:
    """Return *fields* with their long names."""
    return {_LONG.get(name, name): value for name, value in fields.items()}


def _device(told: Any, otherwise: str) -> str:  # noqa: ANN401 - a payload field
    ids = _expanded(told).get("identifiers") if type(told) is dict else None
    first = ids[0] if type(ids) is list and ids else ids
    if type(first) is str and 0 < len(first) <= _TEXT_CHARACTERS and is_sound_name(first):
        return first
    if not is_sound_name(otherwise):
        raise RefusedError(MISSING_FIELD, "device")
    return otherwise


def _components(
    component: str, object_id: str, body: dict[str, Any]
) -> tuple[list[tuple[str, str, dict[str, Any]]], list[str]]:
    """Return the entities that an announcement holds, with its shared fields, and the keys of those it removes."""
    if component != "device":
        return [(component, _unique(body, object_id), body)], []
    listed = body.get("components")
    if type(listed) is not dict:
        raise RefusedError(MISSING_FIELD if listed is None else WRONG_TYPE, "components")
    shared = {name: value for name, value in body.items() if name not in {"components", "unique_id", "name"}}
    parts, removed = [], []
    for key, fields in listed.items():
        if type(fields) is not dict or not is_sound_name(key):
            raise RefusedError(WRONG_TYPE, "components")
        whole = _expanded(fields)
        if whole.keys() <= {"platform"}:
            removed.append(key[:_TEXT_CHARACTERS])
        else:
            parts.append((str(whole.get("platform", "")), _unique(whole, f"{object_id}_{key}"), {**shared, **whole}))
    return parts, removed


def _unique(fields: dict[str, Any], otherwise: str) -> str:
    said = fields.get("unique_id")
    return said[:_TEXT_CHARACTERS] if type(said) is str and is_sound_name(said) and said else otherwise


def _topic(said: Any, fields: dict[str, Any]) -> str | None:  # noqa: ANN401 - a payload field
    """Return a topic with `~` at its start or end put in; None where it is none."""
    if type(said) is not str:
        return None
    tilde = fields.get("~")
    if type(tilde) is str:
        said = tilde + said[1:] if said.startswith("~") else said[:-1] + tilde if said.endswith("~") else said
    is_one = 0 < len(said) <= TOPIC_CHARACTERS and not set(said) & {"+", "#"} and is_sound_name(said)
    return said if is_one and said[0] not in "$/" else None


def _entity(device_id: str, component: str, unique_id: str, fields: dict[str, Any]) -> _Entity | None:
    """Return how an entity is read, None where it cannot be: no state, or a template that we never evaluate."""
    topic = _topic(fields.get("state_topic"), fields)
    if topic is None or component not in _READ:
        return None
    text = fields.get("value_template", fields.get("state_value_template"))
    template = parse_template(text) if type(text) is str else None
    if text is not None and template is None:
        return None
    if component == "light" and fields.get("schema") == "json" and template is None:
        template = Template(("state",), ())
    leaf = str(template.path[-1]) if template and template.path else ""
    quantity, unit, is_inverse = _meaning(component, unique_id, leaf, fields)
    after = fields.get("expire_after")
    return _Entity(
        device_id, unique_id, component, quantity, unit, topic, template,
        on=str(fields.get("state_on", fields.get("payload_on", "ON"))),
        off=str(fields.get("state_off", fields.get("payload_off", "OFF"))),
        is_inverse=is_inverse,
        expire_after_s=after if type(after) is int and 0 < after < 10**7 else None,
    )  # fmt: skip


def _meaning(component: str, unique_id: str, leaf: str, fields: dict[str, Any]) -> tuple[str, str | None, bool]:
    """Return quantity, unit and whether on and off are the other way round here."""
    device_class = fields.get("device_class")
    said = fields.get("unit_of_measurement")
    unit = SAME_UNIT.get(said, said)[:16] if type(said) is str and said else None
    known = device_class if type(device_class) is str else ""
    if component in _SWITCHED:
        if component != "binary_sensor":
            return "switch_on", None, False
        if known in _DOORS:
            return "contact_closed", None, True
        return _BINARIES.get(known) or identify(leaf or unique_id)[0], None, False
    if known in _SENSORS:
        return _SENSORS[known], unit, False
    quantity, own_unit = identify(leaf) if leaf else identify(unique_id)
    return quantity, unit or own_unit, False


def _as_told(entity: _Entity, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what a person should see of an entity."""
    told: dict[str, Any] = {"unique_id": entity.unique_id, "component": entity.component, "metric": entity.quantity}
    if entity.component not in _SWITCHED:
        told["unit"] = entity.unit
    told["state_topic"] = entity.state_topic
    if entity.component in _SWITCHED:
        told |= {"payload_on": entity.on, "payload_off": entity.off}
        topic = _topic(fields.get("availability_topic"), fields)
        if topic:
            told |= {"availability_topic": topic, "payload_available": str(fields.get("payload_available", "online"))}
        return told
    told["json_path"] = list(entity.template.path) if entity.template and entity.template.path is not None else None
    if entity.expire_after_s:
        told["expire_after_s"] = entity.expire_after_s
    return told


def _text(payload: bytes) -> str:
    if len(payload) > TELEMETRY_BYTES:
        raise RefusedError(TOO_LARGE)
    try:
        return payload.decode().strip()
    except UnicodeDecodeError:
        raise RefusedError(NOT_UTF8) from None


def _value(entity: _Entity, document: Any, payload: bytes) -> Any:  # noqa: ANN401 - any JSON
    if entity.template is None:
        return _text(payload)
    return entity.template.value(document if entity.template.path is not None else _text(payload))


def _reading(entity: _Entity, value: Any) -> DecodedReading:  # noqa: ANN401 - any JSON
    """Return the reading in a state: a word of on and off, a number that may be text, or a gap."""
    steps = entity.template.path if entity.template else None
    path = ".".join(map(str, steps)) if steps else None
    if value is None or (type(value) is str and value.lower() in _GONE):
        return DecodedReading(entity.quantity, None, UNITS.get(entity.quantity) or entity.unit, path, quality="missing")
    if entity.component in _SWITCHED:
        word = ("true" if value else "false") if type(value) is bool else str(value)
        truths = {entity.on: True, entity.off: False}
        is_on = truths.get(word, truths.get(word.upper(), value if type(value) is bool else None))
        if is_on is None:
            raise RefusedError(UNKNOWN_WORD, path or "state")
        return DecodedReading(entity.quantity, is_on != entity.is_inverse, None, path)
    if type(value) is str:
        if is_numeric(value):
            value = float(value) if set(value) & {".", "e", "E"} else int(value)
        elif UNITS.get(entity.quantity) or entity.unit:
            raise RefusedError(NOT_NUMERIC, path or "state")
        else:
            return DecodedReading(entity.quantity, value[:_TEXT_CHARACTERS], None, path)
    return reading(entity.quantity, value, path or "state", unit=entity.unit)._replace(path=path)
