"""Shelly of the second generation and later.

    <prefix>/events/rpc            NotifyStatus (what changed), NotifyFullStatus, NotifyEvent
    <prefix>/status/<component>    one component, whole, without a time
    <prefix>/online                true or false: the will
    <prefix>/rpc · <client>/rpc    questions and answers: not ours

A prefix may have several levels. A key that is absent is unchanged, an explicit null is unknown. Energy comes in Wh;
`by_minute` and `minute_ts` are history of the device itself.
"""

import re
from typing import Any, Final

from ingest.bare_text import bare_word
from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.refusals import (
    MISSING_FIELD,
    TOPIC_MALFORMED,
    TOPIC_UNKNOWN,
    TS_FORMAT,
    UNKNOWN_WORD,
    WRONG_TYPE,
    RefusedError,
)
from ingest.strict_json import parse_object
from ingest.timestamps import epoch_s_us, settle

_COMPONENT: Final = re.compile(r"[a-z][a-z0-9_]{0,31}(?::\d{1,4})?", re.ASCII)
_MOST_EVENTS: Final = 64
_TEXT_CHARACTERS: Final = 128
_METHODS: Final = frozenset({"NotifyStatus", "NotifyFullStatus", "NotifyEvent"})
_THERE: Final = {"true": True, "false": False}
_Meaning = tuple[str, str | None]
_SWITCH: Final[dict[str, _Meaning]] = {
    "output": ("switch_on", None), "apower": ("power", "W"), "voltage": ("voltage", "V"), "current": ("current", "A"),
    "pf": ("power_factor", None), "freq": ("frequency", "Hz"), "aenergy.total": ("energy", "Wh"),
    "ret_aenergy.total": ("energy_returned", "Wh"), "temperature.tC": ("device_temperature", "°C"),
    "brightness": ("brightness", "%"),
}  # fmt: skip
_COVER: Final[dict[str, _Meaning]] = {
    **_SWITCH, "current_pos": ("cover_position", "%"), "state": ("cover_open", None)
}  # fmt: skip
_COVERS: Final = {"open": True, "closed": False}  # opening, closing, stopped, calibrating: neither
_PHASE: Final[dict[str, _Meaning]] = {
    "voltage": ("voltage", "V"), "current": ("current", "A"), "act_power": ("power", "W"),
    "aprt_power": ("apparent_power", "VA"), "pf": ("power_factor", None), "freq": ("frequency", "Hz"),
    "total_act_energy": ("energy", "Wh"), "total_act_ret_energy": ("energy_returned", "Wh"),
}  # fmt: skip
_PHASES: Final = ("a", "b", "c", "n", "total")
_FIELDS: Final[dict[str, dict[str, _Meaning]]] = {
    "switch": _SWITCH, "light": _SWITCH, "cover": _COVER, "pm1": _SWITCH, "rgbw": _SWITCH, "cct": _SWITCH,
    "em1": _PHASE, "em1data": _PHASE,
    "temperature": {"tC": ("temperature", "°C")},
    "humidity": {"rh": ("humidity", "%")},
    "illuminance": {"lux": ("illuminance", "lx")},
    "voltmeter": {"voltage": ("voltage", "V")},
    "devicepower": {"battery.V": ("battery_voltage", "V"), "battery.percent": ("battery", "%")},
    "smoke": {"alarm": ("smoke", None)},
    "flood": {"alarm": ("water_leak", None)},
    "presence": {"num_objects": ("object_count", None)},
    "wifi": {"rssi": ("rssi", "dBm")},
    "blutrv": {"current_C": ("temperature", "°C"), "battery": ("battery", "%"), "rssi": ("rssi", "dBm")},
    "bthomedevice": {"battery": ("battery", "%"), "rssi": ("rssi", "dBm")},
    "input": {"state": ("input_on", None), "percent": ("input_level", "%")},
}  # fmt: skip


class Dialect:
    """Decodes one broker's devices; keeps nothing, for a delta's absent keys are simply not told again."""

    def __init__(self, _root: str = "") -> None:
        pass

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of the device's forms.
        """
        prefix, form, component = _address(message.topic)
        if form == "rpc":
            return Decoded(Kind.IGNORE)
        if form == "online":
            return _presence(prefix, message.payload)
        if form == "status":
            return _component_status(prefix, component, message.payload)
        return _notification(prefix, parse_object(message.payload), message.received_us)


def _address(topic: str) -> tuple[str, str, str]:
    levels = topic.split("/")
    if levels[-2:] == ["events", "rpc"]:
        prefix, form, component = levels[:-2], "events", ""
    elif levels[-1] in {"online", "rpc"}:
        prefix, form, component = levels[:-1], levels[-1], ""
    elif len(levels) > 2 and levels[-2] == "status":
        prefix, form, component = levels[:-2], "status", levels[-1]
    else:
        raise RefusedError(TOPIC_UNKNOWN)
    if not prefix:
        raise RefusedError(TOPIC_UNKNOWN)
    if component and not _COMPONENT.fullmatch(component):
        raise RefusedError(TOPIC_MALFORMED)
    return "/".join(prefix), form, component


def _presence(device_id: str, payload: bytes) -> Decoded:
    if not payload:
        return Decoded(Kind.REMOVAL, device_id)
    is_online = bare_word(payload, _THERE, "online")
    return Decoded(Kind.AVAILABILITY, device_id, None, [DecodedReading("online", is_online, None)])


def _notification(device_id: str, body: dict[str, Any], received_us: int) -> Decoded:
    """Return what a notification says; its device is the topic's prefix, as everywhere else, whatever `src` says."""
    method, params = body.get("method"), body.get("params")
    if method is None:
        return Decoded(Kind.IGNORE)
    if type(method) is not str or method not in _METHODS:
        raise RefusedError(UNKNOWN_WORD, "method")
    if type(params) is not dict:
        raise RefusedError(MISSING_FIELD if params is None else WRONG_TYPE, "params")
    extra: dict[str, Any] = {}
    time_us = _time(params.get("ts"), received_us, extra)
    if method == "NotifyEvent":
        return _events(device_id, time_us, params, extra)
    taken = FieldReadings()
    for component, fields in params.items():
        if type(fields) is dict and _COMPONENT.fullmatch(component):
            _take(component, f"{component}.", fields, taken)
    return taken.told(device_id, time_us, extra)


def _time(stamp: Any, received_us: int, extra: dict[str, Any]) -> int | None:  # noqa: ANN401 - a payload field
    """Return the instant in seconds; null before the device has asked a time server."""
    if stamp is None:
        return None
    try:
        at_us = epoch_s_us(stamp) if type(stamp) in (int, float) else 0
    except RefusedError:
        at_us = 0
    if not at_us:
        extra |= {"time_suspect": True, "time_code": TS_FORMAT.code}
        return None
    return settle(at_us, received_us, extra)


def _events(device_id: str, time_us: int | None, params: dict[str, Any], extra: dict[str, Any]) -> Decoded:
    events = params.get("events")
    if type(events) is not list:
        raise RefusedError(MISSING_FIELD if events is None else WRONG_TYPE, "params.events")
    extra["events"] = [
        {name: event[name][:_TEXT_CHARACTERS] for name in ("component", "event") if type(event.get(name)) is str}
        for event in events[:_MOST_EVENTS]
        if type(event) is dict
    ]
    return Decoded(Kind.EVENT, device_id, time_us, [], extra)


def _component_status(device_id: str, component: str, payload: bytes) -> Decoded:
    taken = FieldReadings()
    _take(component, "", parse_object(payload), taken)
    return taken.told(device_id, None, {})


def _take(component: str, path: str, fields: dict[str, Any], taken: FieldReadings) -> None:
    """Take what one component says; the channel is the component, or the phase of a meter."""
    kind = component.partition(":")[0]
    told = _phases(fields) if kind in {"em", "emdata"} else _named(kind, component, fields)
    for name, value, (quantity, unit), channel in told:
        taken.add(quantity, value, path + name, unit=unit, channel=channel)


def _named(kind: str, component: str, fields: dict[str, Any]) -> list[tuple[str, Any, _Meaning, str | None]]:
    found = []
    channel = component if ":" in component else None
    for name, meaning in _FIELDS.get(kind, {}).items():
        outer, _, inner = name.partition(".")
        value = fields.get(outer, fields)  # `fields` itself stands for absent: it is never a value
        if value is fields:
            continue
        if inner:
            if type(value) is not dict or inner not in value:
                continue
            value = value[inner]
        if kind == "cover" and name == "state" and value not in _COVERS:
            continue
        found.append((name, value, meaning, channel))
    return found


def _phases(fields: dict[str, Any]) -> list[tuple[str, Any, _Meaning, str | None]]:
    found: list[tuple[str, Any, _Meaning, str | None]] = []
    for name, value in fields.items():
        phase, _, quantity = name.partition("_")
        meaning = _PHASE.get(quantity)
        if phase == "total" and meaning is None:
            meaning = {"act": ("energy", "Wh"), "act_ret": ("energy_returned", "Wh")}.get(quantity)
        if phase in _PHASES and meaning:
            found.append((name, value, meaning, phase))
    return found
