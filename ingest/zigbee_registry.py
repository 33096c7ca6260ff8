"""What Zigbee2MQTT says about its devices on `bridge/devices`: which unit each property has, and who is who."""

from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

from ingest.texts import is_sound_name

_SETTABLE: Final = 2  # a bit of `access`: the property can be set, so it is a setting or a switch
_UNIT_CHARACTERS: Final = 16
_NAME_CHARACTERS: Final = 200
_NESTED: Final = 8


@dataclass(slots=True)
class ZigbeeDevice:
    """One device as registered; all empty where nothing is known of it."""

    name: str = ""
    power_source: str = ""
    units: dict[str, str] = field(default_factory=dict)
    largest: dict[str, float] = field(default_factory=dict)  # `value_max` of a property
    settable: set[str] = field(default_factory=set)
    numeric: set[str] = field(default_factory=set)


UNKNOWN: Final = ZigbeeDevice()


def read_devices(entries: list[Any]) -> dict[str, ZigbeeDevice]:
    """Return the devices of a registry message by IEEE address; the coordinator is no device."""
    devices: dict[str, ZigbeeDevice] = {}
    for entry in entries:
        if type(entry) is not dict or entry.get("type") == "Coordinator":
            continue
        address, name = entry.get("ieee_address"), entry.get("friendly_name")
        if not (_is_name(address) and _is_name(name)):
            continue
        device = ZigbeeDevice(name=name)
        if type(entry.get("power_source")) is str:
            device.power_source = entry["power_source"]
        definition = entry.get("definition")
        if type(definition) is dict:
            _read_exposes(definition.get("exposes"), device, 0)
        devices[address] = device
    return devices


def _is_name(value: Any) -> TypeGuard[str]:  # noqa: ANN401 - a payload field
    return type(value) is str and 0 < len(value) <= _NAME_CHARACTERS and is_sound_name(value)


def _read_exposes(exposes: Any, device: ZigbeeDevice, depth: int) -> None:  # noqa: ANN401 - a payload field
    if type(exposes) is not list or depth > _NESTED:
        return
    for expose in exposes:
        if type(expose) is not dict:
            continue
        _read_exposes(expose.get("features"), device, depth + 1)
        name = expose.get("property", expose.get("name"))
        if type(name) is str and "type" in expose:
            _read_property(name, expose, device)


def _read_property(name: str, expose: dict[str, Any], device: ZigbeeDevice) -> None:
    unit, largest, access = expose.get("unit"), expose.get("value_max"), expose.get("access")
    if type(unit) is str and 0 < len(unit) <= _UNIT_CHARACTERS and is_sound_name(unit):
        device.units[name] = unit
    if isinstance(largest, int | float) and largest > 0:
        device.largest[name] = largest
    if type(access) is int and access & _SETTABLE:
        device.settable.add(name)
    if expose["type"] == "numeric":
        device.numeric.add(name)
