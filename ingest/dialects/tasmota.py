"""Tasmota.

    tele/<topic>/SENSOR · STATE · LWT · …      what it measures, how it is, whether it is there (its will)
    stat/<topic>/POWER[n] · RESULT · STATUS8   the same switch as text and as JSON; answers to polls
    tasmota/discovery/<MAC>/config · sensors   what it is; empty when it was removed

Another full topic (`tasmota/%topic%/%prefix%/`) is read as well: the prefix is found where it stands. Times are the
device's own, without a zone; meters of several phases have arrays, one number a phase; null is a sensor that failed.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta, timezone
from typing import Any, Final

from ingest.bare_text import bare_text
from ingest.field_names import identify
from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.quantities import truth
from ingest.refusals import TOPIC_MALFORMED, TOPIC_UNKNOWN, TS_FORMAT, TS_OLD, UNKNOWN_WORD, WRONG_TYPE, RefusedError
from ingest.strict_json import parse_object
from ingest.texts import is_sound_name
from ingest.timestamps import EARLIEST_US, epoch_s_us, local_us, rfc3339_us, settle
from street.clock import SECOND_US

ZONE: Final = timezone(timedelta(hours=8))  # of devices whose time says none
_PREFIXES: Final = frozenset({"tele", "stat", "cmnd"})
_NAME_CHARACTERS: Final = 128
_MOST_DEVICES: Final = 10_000
_SAME_US: Final = 2 * SECOND_US  # a switch tells the same fact twice within this
_UNIT_FIELDS: Final = {"TempUnit": "temperature", "PressureUnit": "pressure", "SpeedUnit": "speed"}
_TEMPERATURES: Final = frozenset({"temperature", "dew_point", "device_temperature", "cpu_temperature"})
_PRESSURES: Final = frozenset({"pressure", "sea_pressure"})
_SPEED_UNITS: Final = {"m/s": "m/s", "km/h": "km/h"}
# As the maker writes them; what is not here goes by the general table of names.
_NAMES: Final[dict[str, tuple[str, str | None]]] = {
    "Temperature": ("temperature", None), "Humidity": ("humidity", None), "DewPoint": ("dew_point", None),
    "Pressure": ("pressure", None), "SeaPressure": ("sea_pressure", None), "Illuminance": ("illuminance", None),
    "PM1": ("pm1", None), "PM2.5": ("pm25", None), "PM10": ("pm10", None), "CarbonDioxide": ("co2", "ppm"),
    "eCO2": ("co2", "ppm"), "TVOC": ("tvoc", "ppb"), "Distance": ("distance", "cm"),
}  # fmt: skip
_ENERGY: Final[dict[str, tuple[str, str | None]]] = {
    "Total": ("energy", "kWh"), "Today": ("energy_today", "kWh"), "Yesterday": ("energy_yesterday", "kWh"),
    "Power": ("power", "W"), "ApparentPower": ("apparent_power", "VA"), "ReactivePower": ("reactive_power", "var"),
    "Factor": ("power_factor", None), "Voltage": ("voltage", "V"), "Current": ("current", "A"),
    "Frequency": ("frequency", "Hz"), "ExportActive": ("energy_returned", "kWh"),
}  # fmt: skip
_SKIPPED: Final = frozenset({"Time", "Epoch", "Id", "TotalStartTime", "Period", *_UNIT_FIELDS})
_LOCAL: Final = re.compile(r"[^Zz+]{10,40}(?<![-+]\d\d:\d\d)", re.ASCII)
_SWITCH: Final = re.compile(r"(?:POWER|Switch)\d{0,2}", re.ASCII)
_NUMBERED: Final = re.compile(r"([A-Za-z]+)(\d{1,2})", re.ASCII)  # of an analogue input: Temperature1
_SHUTTER: Final = re.compile(r"Shutter\d{1,2}", re.ASCII)
_PRESSED: Final = re.compile(r"(?:Button|Switch)\d{1,2}", re.ASCII)
_PROBE: Final = re.compile(r".+-(?:\d{1,2}|[0-9A-F]{4,16})", re.ASCII)
_POLLS: Final = {"STATUS8": "StatusSNS", "STATUS10": "StatusSNS", "STATUS11": "StatusSTS"}
_SPOKEN: Final = frozenset({"LOGGING", "UPTIME"})  # text without a form
_PRESENT: Final = {"online": True, "offline": False}
_TOLD: Final = {
    "ft": "topic_template", "t": "topic", "dn": "name", "onln": "online_payload", "ofln": "offline_payload"
}  # fmt: skip


class Dialect:
    """Decodes what one broker's devices publish; keeps the words each has for being there, and its switches."""

    def __init__(self, _root: str = "") -> None:
        self._present: dict[str, dict[str, bool]] = {}  # device topic -> word -> whether it is there
        self._switched: dict[tuple[str, str], tuple[object, str, int]] = {}  # device, switch -> value, form, when

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of Tasmota's forms.
        """
        levels = message.topic.split("/")
        if levels[:2] == ["tasmota", "discovery"]:
            return self._discovered(levels[2:], message)
        prefix, device_id, form = _address(levels)
        if prefix == "cmnd":
            return Decoded(Kind.IGNORE, device_id)
        if form == "LWT":
            return self._presence(device_id, message)
        if form in _SPOKEN:
            return Decoded(Kind.LOG, device_id, extra={"form": form})
        if _SWITCH.fullmatch(form):
            return self._told_once(_switch_text(device_id, form, message), "text", message.received_us)
        decoded = _document(device_id, prefix, form, message)
        return self._told_once(decoded, form, message.received_us) if form == "RESULT" else decoded

    def _told_once(self, decoded: Decoded, form: str, received_us: int) -> Decoded:
        """Mark what repeats, as text or as JSON, what the other form has just told of the same switch."""
        switches = [one for one in decoded.readings if one.quantity == "switch_on"]
        is_repeated = bool(switches)
        for one in switches:
            key = str(decoded.device_id), str(one.channel)
            value, by, at_us = self._switched.get(key, (None, form, 0))
            is_repeated = is_repeated and by != form and value == one.value and received_us - at_us <= _SAME_US
            if len(self._switched) >= _MOST_DEVICES:
                self._switched.clear()
            self._switched[key] = one.value, form, received_us
        if is_repeated and len(switches) == len(decoded.readings):
            decoded.extra["repeated"] = True
        return decoded

    def _discovered(self, levels: list[str], message: Message) -> Decoded:
        if len(levels) != 2 or levels[1] not in {"config", "sensors"} or not is_sound_name(levels[0]):
            raise RefusedError(TOPIC_UNKNOWN)
        device_id = levels[0][:_NAME_CHARACTERS]
        if not message.payload:
            return Decoded(Kind.REMOVAL, device_id)
        told = parse_object(message.payload)
        extra = {
            ours: told[name][:_NAME_CHARACTERS]
            for name, ours in _TOLD.items()
            if type(told.get(name)) is str and is_sound_name(told[name])
        }
        if "topic" in extra and len(self._present) < _MOST_DEVICES:
            words = {extra.get("online_payload", "Online"): True, extra.get("offline_payload", "Offline"): False}
            self._present[extra["topic"]] = words
        return Decoded(Kind.DISCOVERY, device_id, extra=extra)

    def _presence(self, device_id: str, message: Message) -> Decoded:
        if not message.payload:
            return Decoded(Kind.REMOVAL, device_id)
        word = bare_text(message.payload)
        is_online = self._present.get(device_id, {}).get(word, _PRESENT.get(word.lower()))
        if is_online is None:
            raise RefusedError(UNKNOWN_WORD)
        return Decoded(Kind.AVAILABILITY, device_id, None, [DecodedReading("online", is_online, None)])


def _address(levels: list[str]) -> tuple[str, str, str]:
    """Return prefix, device topic and form: the prefix stands first, or right before the form."""
    place = next((place for place, level in enumerate(levels) if level in _PREFIXES), None)
    if place is None or len(levels) < 3:
        raise RefusedError(TOPIC_UNKNOWN)
    device_levels = levels[1:-1] if place == 0 else levels[place - 1 : place]
    device_id = "/".join(device_levels)
    if not device_id or not is_sound_name(device_id):
        raise RefusedError(TOPIC_MALFORMED)
    return levels[place], device_id, levels[-1]


def _switch_text(device_id: str, form: str, message: Message) -> Decoded:
    is_on = truth(bare_text(message.payload), form)
    return Decoded(Kind.TELEMETRY, device_id, None, [DecodedReading("switch_on", is_on, None, form, None, form)])


def _document(device_id: str, prefix: str, form: str, message: Message) -> Decoded:
    document = parse_object(message.payload)
    if form in _POLLS:
        form = _POLLS[form]
        document = document.get(form, {})
        if type(document) is not dict:
            raise RefusedError(WRONG_TYPE, form)
    extra: dict[str, Any] = {}
    time_us = _time(document, message.received_us, extra)
    taken = FieldReadings()
    pressed = _pressed(document) if prefix == "stat" and form == "RESULT" else {}
    take = _TAKES.get((prefix, form) if form == "RESULT" else form)
    if take is not None:
        take(document, taken)
    if pressed:
        return Decoded(Kind.EVENT, device_id, time_us, taken.readings, extra | pressed)
    if not taken.readings and not taken.dropped:
        return Decoded(Kind.LOG, device_id, time_us, [], extra | {"form": form[:_NAME_CHARACTERS]})
    return taken.told(device_id, time_us, extra)


def _time(document: dict[str, Any], received_us: int, extra: dict[str, Any]) -> int | None:
    """Return the instant of a message: `Epoch` where the device sends it, else its own time, in its zone."""
    said = document.get("Epoch", document.get("Time"))
    if said is None:
        return None
    try:
        at_us = _instant(said)
    except RefusedError as refused:
        extra |= {"time_suspect": True, "time_code": refused.code}  # no NTP yet: the value is worth more than its time
        return None
    return settle(at_us, received_us, extra)


def _instant(said: Any) -> int:  # noqa: ANN401 - a payload field
    if type(said) is int:
        return epoch_s_us(said)
    if type(said) is not str:
        raise RefusedError(TS_FORMAT, "Time")
    at_us = local_us(said, ZONE) if _LOCAL.fullmatch(said) else rfc3339_us(said)
    if at_us < EARLIEST_US:
        raise RefusedError(TS_OLD, "Time")
    return at_us


def _pressed(document: dict[str, Any]) -> dict[str, str]:
    """Return what was done to a button or a detached switch, nothing where none was."""
    for name, told in document.items():
        action = told.get("Action") if type(told) is dict and _PRESSED.fullmatch(name) else None
        if type(action) is str and len(action) <= _NAME_CHARACTERS and is_sound_name(action):
            return {"event": "action", "action": action, "channel": name}
    return {}


def _take_switches(document: dict[str, Any], taken: FieldReadings) -> None:
    for name, value in document.items():
        if _SWITCH.fullmatch(name):
            if type(value) in (str, bool):
                taken.take_one("switch_on", value, name, channel=name)
        elif name == "Dimmer":
            taken.take_one("brightness", value, name)
        elif type(value) is dict and "Position" in value and _SHUTTER.fullmatch(name):
            taken.take_one("cover_position", value["Position"], f"{name}.Position", channel=name)


def _take_state(document: dict[str, Any], taken: FieldReadings) -> None:
    _take_switches(document, taken)
    wifi = document.get("Wifi")
    if type(wifi) is dict and "Signal" in wifi:
        taken.take_one("rssi", wifi["Signal"], "Wifi.Signal")


def _take_sensors(document: dict[str, Any], taken: FieldReadings) -> None:
    units = {kind: document[name] for name, kind in _UNIT_FIELDS.items() if type(document.get(name)) is str}
    found = list(_sensor_fields(document))
    tellers = Counter((quantity for _, quantity in {(sensor, quantity) for sensor, quantity, *_ in found}))
    for sensor, quantity, unit, value, path in found:
        if quantity in _TEMPERATURES:
            unit = units.get("temperature", "C")  # noqa: PLW2901 - the message says its unit once
        elif quantity in _PRESSURES:
            unit = units.get("pressure", "hPa")  # noqa: PLW2901 - as above
        elif quantity in {"speed", "wind_speed"}:
            unit = _SPEED_UNITS.get(units.get("speed", ""), unit)  # noqa: PLW2901 - as above
        channel = sensor if _PROBE.fullmatch(sensor) or tellers[quantity] > 1 else None
        if type(value) is list:
            for phase, item in enumerate(value[:8]):
                taken.take_one(quantity, item, f"{path}[{phase}]", unit=unit, channel=phase)
        else:
            taken.take_one(quantity, value, path, unit=unit, channel=channel)
    _take_switches(document, taken)


def _sensor_fields(document: dict[str, Any]) -> Iterator[tuple[str, str, str | None, Any, str]]:
    """Yield sensor, quantity, unit, value and path of everything that sensors say."""
    for sensor, fields in document.items():
        if sensor in _SKIPPED or _SWITCH.fullmatch(sensor) or _SHUTTER.fullmatch(sensor):
            continue
        if type(fields) is not dict:
            if type(fields) in (int, float):
                yield sensor, *identify(sensor), fields, sensor
            continue
        names = _ENERGY if sensor.startswith("ENERGY") else _NAMES
        yield from _wind(sensor, fields)
        estimate = "eCO2" if "CarbonDioxide" in fields else ""  # beside the real thing
        for name, value in fields.items():
            is_said_otherwise = name not in names and (type(value) in (str, dict, bool) or names is _ENERGY)
            if name in _SKIPPED or is_said_otherwise or name == estimate:
                continue
            quantity, unit = names.get(name) or _numbered(name) or identify(name, "")
            if sensor == "ESP32" and quantity == "temperature":
                quantity = "cpu_temperature"
            yield sensor, quantity, unit, value, f"{sensor}.{name}"


def _numbered(name: str) -> tuple[str, str | None] | None:
    """Return the meaning of one of several analogue inputs, `Temperature1`; the number is no channel of the device."""
    match = _NUMBERED.fullmatch(name)
    return _NAMES.get(match[1]) if match else None


def _wind(sensor: str, fields: dict[str, Any]) -> Iterator[tuple[str, str, str | None, Any, str]]:
    """Yield what an anemometer says: it nests the present speed and direction beside their averages."""
    for part, name, quantity, unit in (("Speed", "Act", "wind_speed", "m/s"), ("Dir", "Deg", "wind_direction", "°")):
        told = fields.get(part)
        if type(told) is dict and name in told:
            yield sensor, quantity, unit, told[name], f"{sensor}.{part}.{name}"


_Taking = Callable[[dict[str, Any], FieldReadings], None]
_TAKES: Final[dict[str | tuple[str, str], _Taking]] = {
    "SENSOR": _take_sensors, "StatusSNS": _take_sensors, "STATE": _take_state, "StatusSTS": _take_state,
    "ENERGY": lambda document, taken: _take_sensors({"ENERGY": document}, taken),  # of firmware before 6
    ("stat", "RESULT"): _take_switches,
}  # fmt: skip
