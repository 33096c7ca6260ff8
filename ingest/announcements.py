"""What Home Assistant's discovery announces: an entity, where it speaks, and how its state is read.

Short names are made long first; `~` at either end of a topic is the base topic. A template that is more than a path
with a few filters is never evaluated: its entity stays silent.
"""

from dataclasses import dataclass
from typing import Any, Final

from ingest.field_names import identify, identify_unit
from ingest.quantities import SAME_UNIT
from ingest.refusals import MISSING_FIELD, WRONG_TYPE, RefusedError
from ingest.templates import PLAIN, Template, parse_template
from ingest.texts import is_sound_name
from ingest.topics import TOPIC_CHARACTERS
from street.readings import UNITS

_TEXT_CHARACTERS: Final = 128
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
SWITCHED: Final = frozenset({"switch", "light", "binary_sensor", "fan", "siren"})
_READ: Final = SWITCHED | {"sensor", "number"}


@dataclass(slots=True)
class Entity:
    """One entity: where its state comes and how it is read."""

    device_id: str
    unique_id: str
    component: str
    quantity: str
    unit: str | None
    state_topic: str
    template: Template
    on: str = "ON"
    off: str = "OFF"
    is_inverse: bool = False
    expire_after_s: int | None = None


def expanded(fields: dict[str, Any]) -> dict[str, Any]:
    """Return *fields* with their long names."""
    return {_LONG.get(name, name): value for name, value in fields.items()}


def device_of(told: Any, otherwise: str) -> str:  # noqa: ANN401 - a payload field
    """Return the first identifier of a device, or *otherwise*, its topic's name, where it has none.

    Raises:
        RefusedError: neither.
    """
    fields = expanded(told) if type(told) is dict else {}
    ids, connections = fields.get("identifiers"), fields.get("connections")
    first = ids[0] if type(ids) is list and ids else ids
    if not first and type(connections) is list and connections and type(connections[0]) is list:
        first = connections[0][-1:] and connections[0][-1]
    if type(first) is int:
        first = str(first)
    if type(first) is str and 0 < len(first) <= _TEXT_CHARACTERS and is_sound_name(first):
        return first
    if not is_sound_name(otherwise):
        raise RefusedError(MISSING_FIELD, "device")
    return otherwise


def components_of(
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
        whole = expanded(fields)
        if whole.keys() <= {"platform"}:
            removed.append(key[:_TEXT_CHARACTERS])
        else:
            parts.append((str(whole.get("platform", "")), _unique(whole, f"{object_id}_{key}"), {**shared, **whole}))
    return parts, removed


def _unique(fields: dict[str, Any], otherwise: str) -> str:
    said = fields.get("unique_id")
    return said[:_TEXT_CHARACTERS] if type(said) is str and is_sound_name(said) and said else otherwise


def topic_of(said: Any, fields: dict[str, Any]) -> str | None:  # noqa: ANN401 - a payload field
    """Return a topic with `~` at its start or end put in; None where it is none."""
    if type(said) is not str:
        return None
    tilde = fields.get("~")
    if type(tilde) is str:
        said = tilde + said[1:] if said.startswith("~") else said[:-1] + tilde if said.endswith("~") else said
    is_one = 0 < len(said) <= TOPIC_CHARACTERS and not set(said) & {"+", "#"} and is_sound_name(said)
    return said if is_one and said[0] not in "$/" else None


def entity_of(device_id: str, component: str, unique_id: str, fields: dict[str, Any]) -> Entity | None:
    """Return how an entity is read, None where it cannot be: no state, or a template that we never evaluate."""
    topic = topic_of(fields.get("state_topic"), fields)
    if topic is None or component not in _READ:
        return None
    template = template_of(fields)
    if template is None:
        return None
    if component == "light" and fields.get("schema") == "json" and template is PLAIN:
        template = Template(("state",), ())
    leaf = str(template.path[-1]) if template.path else ""
    quantity, unit, is_inverse = _meaning(component, unique_id, leaf, fields)
    after = fields.get("expire_after")
    return Entity(
        device_id, unique_id, component, quantity, unit, topic, template,
        on=str(fields.get("state_on", fields.get("payload_on", "ON"))),
        off=str(fields.get("state_off", fields.get("payload_off", "OFF"))),
        is_inverse=is_inverse,
        expire_after_s=after if type(after) is int and 0 < after < 10**7 else None,
    )  # fmt: skip


def template_of(fields: dict[str, Any]) -> Template | None:
    """Return how the state is taken out of a payload: all of it without a template, None where we never would."""
    text = fields.get("value_template", fields.get("state_value_template"))
    return PLAIN if text is None else parse_template(text) if type(text) is str else None


def _meaning(component: str, unique_id: str, leaf: str, fields: dict[str, Any]) -> tuple[str, str | None, bool]:
    """Return quantity, unit and whether on and off are the other way round here."""
    device_class = fields.get("device_class")
    said = fields.get("unit_of_measurement")
    unit = SAME_UNIT.get(said, said)[:16] if type(said) is str and said else None
    known = device_class if type(device_class) is str else ""
    if component in SWITCHED:
        if component != "binary_sensor":
            return "switch_on", None, False
        if known in _DOORS:
            return "contact_closed", None, True
        return _BINARIES.get(known) or identify(leaf or unique_id)[0], None, False
    if known in _SENSORS:
        return _SENSORS[known], unit, False
    quantity, own_unit = identify(leaf or unique_id)
    if quantity not in UNITS:
        quantity = identify_unit(unit) or quantity
    return quantity, unit or own_unit, False


def as_told(entity: Entity, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what a person should see of an entity."""
    told: dict[str, Any] = {"unique_id": entity.unique_id, "component": entity.component, "metric": entity.quantity}
    if entity.component not in SWITCHED:
        told["unit"] = entity.unit
    told["state_topic"] = entity.state_topic
    if entity.component in SWITCHED:
        told |= {"payload_on": entity.on, "payload_off": entity.off}
        topic = topic_of(fields.get("availability_topic"), fields)
        if topic:
            told |= {"availability_topic": topic, "payload_available": str(fields.get("payload_available", "online"))}
        return told
    told["json_path"] = list(entity.template.path) if entity.template.path is not None else None
    if entity.expire_after_s:
        told["expire_after_s"] = entity.expire_after_s
    return told
