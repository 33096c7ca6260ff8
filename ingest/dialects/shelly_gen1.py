"""Shelly of the first generation: one value a topic, as bare text.

shellies/<id>/relay/<n> · …/power · …/energy       on, off, overpower; W; watt-minutes
shellies/<id>/emeter/<n>/<quantity>                a meter's channel; totals in Wh
shellies/<id>/sensor/<quantity>                    battery sensors
shellies/<id>/ext_temperature/<n> · temperature · input/<n> · roller/<n> · light/<n> · adc/<n> · …
shellies/<id>/status · …/<part>/<n>/status         the whole of a motion sensor or a lamp, as JSON
shellies/<id>/online                               true or false: the will
shellies/announce · shellies/<id>/announce · info  what there is
…/command · …/set                                  ours to it: ignored
"""

from typing import Any, Final

from ingest.bare_text import bare_number, bare_text, bare_word
from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.quantities import reading
from ingest.refusals import TOPIC_MALFORMED, TOPIC_UNKNOWN, RefusedError
from ingest.strict_json import parse_object
from ingest.texts import is_id, is_sound_name
from ingest.topics import below

ROOT: Final = "shellies"

_WATT_MINUTES: Final = 60_000  # in one kWh
_TEXT_CHARACTERS: Final = 128
_PROBE_GONE: Final = 999  # what the maker sends where no probe answers
_GAPS: Final = frozenset({"null", "nan"})
_PROBED: Final = frozenset({"temperature", "humidity"})
_ON: Final = {"on": True, "off": False, "overpower": False, "1": True, "0": False, "true": True, "false": False}
_THERE: Final = {"true": True, "false": False}
_SHUT: Final = {"open": False, "close": True, "closed": True}
_GAS: Final = {"none": False, "mild": True, "heavy": True, "test": False}
_Meaning = tuple[str, str | None]
# Under the device itself, or under sensor/.
_PLAIN: Final[dict[str, _Meaning]] = {
    "temperature": ("device_temperature", "°C"), "voltage": ("voltage", "V"), "power": ("power", "W"),
    "rssi": ("rssi", "dBm"),
}  # fmt: skip
_SENSOR: Final[dict[str, _Meaning]] = {
    "temperature": ("temperature", "°C"), "humidity": ("humidity", "%"), "battery": ("battery", "%"),
    "lux": ("illuminance", "lx"), "tilt": ("tilt", "°"), "concentration": ("gas_concentration", "ppm"),
}  # fmt: skip
_SENSOR_WORDS: Final[dict[str, tuple[str, dict[str, bool]]]] = {
    "flood": ("water_leak", _ON), "motion": ("motion", _ON), "vibration": ("vibration", _ON), "smoke": ("smoke", _ON),
    "state": ("contact_closed", _SHUT), "gas": ("gas", _GAS), "tamper": ("tamper", _ON),
}  # fmt: skip
# Under a numbered part: relay/0/power, emeter/1/voltage, light/0/power …
_PART: Final[dict[str, _Meaning]] = {
    "power": ("power", "W"), "voltage": ("voltage", "V"), "current": ("current", "A"), "pf": ("power_factor", None),
    "reactive_power": ("reactive_power", "var"), "total": ("energy", "Wh"), "total_returned": ("energy_returned", "Wh"),
    "pos": ("cover_position", "%"),
}  # fmt: skip
# Counted in watt-minutes. A meter's own counter starts anew with each boot: its `total` is the one that lasts.
_MINUTES: Final = {"energy": "energy", "returned_energy": "energy_returned"}
_NUMBERED: Final[dict[str, _Meaning]] = {
    "ext_temperature": ("temperature", "°C"), "ext_humidity": ("humidity", "%"), "adc": ("voltage", "V"),
}  # fmt: skip
_SWITCHES: Final = {"relay": "switch_on", "light": "switch_on", "white": "switch_on", "color": "switch_on",
                    "input": "input_on", "ext_switch": "contact_closed"}  # fmt: skip
# In the JSON of `status`.
_STATUS: Final[dict[str, _Meaning]] = {
    "motion": ("motion", None), "vibration": ("vibration", None), "lux": ("illuminance", "lx"), "bat": ("battery", "%"),
    "ison": ("switch_on", None), "brightness": ("brightness", "%"), "gain": ("brightness", "%"),
}  # fmt: skip
_COMMANDS: Final = frozenset({"command", "set"})


class Dialect:
    """Decodes one broker's devices; keeps nothing between messages."""

    def __init__(self, root: str = ROOT) -> None:
        self._root = root

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of the device's forms.
        """
        levels = below(self._root, message.topic)
        if len(levels) == 1:
            return _of_all(levels[0], message)
        device_id, rest = levels[0], levels[1:]
        if not is_id(device_id):
            raise RefusedError(TOPIC_MALFORMED)
        try:
            return _said(device_id, rest, message)
        except RefusedError as refused:
            raise refused.of(device_id) from None


def _of_all(form: str, message: Message) -> Decoded:
    if form == "announce":
        return _announced(None, message)
    if form == "command":
        return Decoded(Kind.IGNORE)
    raise RefusedError(TOPIC_UNKNOWN)


def _said(device_id: str, rest: list[str], message: Message) -> Decoded:
    if rest[-1] in _COMMANDS:
        return Decoded(Kind.IGNORE, device_id)
    if rest == ["online"]:
        return _presence(device_id, message.payload)
    if rest == ["announce"]:
        return _announced(device_id, message)
    if rest[0] in {"input_event", "longpush"}:
        return _event(device_id, rest, message)
    taken = FieldReadings()
    if rest[-1] == "status" and len(rest) in {1, 3}:
        _take_status(rest, message.payload, taken)
    else:
        found = _reading(rest, message.payload)
        taken.readings += [found] if found else []
    if not taken.readings and not taken.dropped:
        return Decoded(Kind.LOG, device_id, extra={"form": "/".join(rest)[:_TEXT_CHARACTERS]})
    return taken.told(device_id, None, {})


def _presence(device_id: str, payload: bytes) -> Decoded:
    if not payload:
        return Decoded(Kind.REMOVAL, device_id)
    is_online = bare_word(payload, _THERE, "online")
    return Decoded(Kind.AVAILABILITY, device_id, None, [DecodedReading("online", is_online, None)])


def _take_status(rest: list[str], payload: bytes, taken: FieldReadings) -> None:
    told = parse_object(payload)
    channel = ":".join(rest[:-1]) or None
    for name, (quantity, unit) in _STATUS.items():
        if name in told:
            taken.add(quantity, told[name], f"{'/'.join(rest)}.{name}", unit=unit, channel=channel)


def _reading(rest: list[str], payload: bytes) -> DecodedReading | None:
    """Return the reading of one topic, None for what tells nothing of the street."""
    path = "/".join(rest)
    group, name = rest[0], rest[1] if len(rest) > 1 else ""
    if not name:
        return _plain(group, path, payload)
    if group == "sensor":
        return _sensor(name, path, payload)
    if not (name.isascii() and name.isdigit() and len(name) <= 3):
        return None
    channel = f"{group}:{name}"
    if len(rest) == 2:
        return _numbered(group, path, channel, payload)
    return _part(rest[2], path, channel, payload) if len(rest) == 3 else None


def _plain(name: str, path: str, payload: bytes) -> DecodedReading | None:
    if name == "overtemperature":
        return DecodedReading("overtemperature", bare_word(payload, _ON, path), None, path)
    return _figure(_PLAIN[name], path, None, payload) if name in _PLAIN else None


def _sensor(name: str, path: str, payload: bytes) -> DecodedReading | None:
    if name in _SENSOR_WORDS:
        quantity, words = _SENSOR_WORDS[name]
        return DecodedReading(quantity, bare_word(payload, words, path), None, path)
    return _figure(_SENSOR[name], path, None, payload) if name in _SENSOR else None


def _numbered(group: str, path: str, channel: str, payload: bytes) -> DecodedReading | None:
    if group in _SWITCHES:
        return DecodedReading(_SWITCHES[group], bare_word(payload, _ON, path), None, path, None, channel)
    return _figure(_NUMBERED[group], path, channel, payload) if group in _NUMBERED else None


def _part(name: str, path: str, channel: str, payload: bytes) -> DecodedReading | None:
    if name in _MINUTES:
        quantity = f"{_MINUTES[name]}_since_boot" if channel.startswith("emeter:") else _MINUTES[name]
        in_kwh = round(bare_number(payload, path) / _WATT_MINUTES, 6)
        return reading(quantity, in_kwh, path, unit="kWh", channel=channel)
    return _figure(_PART[name], path, channel, payload) if name in _PART else None


def _figure(meaning: _Meaning, path: str, channel: str | None, payload: bytes) -> DecodedReading:
    """Return the reading of a number; a probe that is gone, null and nan are gaps."""
    quantity, unit = meaning
    value = None if bare_text(payload).lower() in _GAPS else bare_number(payload, path)
    if value == _PROBE_GONE and quantity in _PROBED:
        value = None
    return reading(quantity, value, path, unit=unit, channel=channel)


def _event(device_id: str, rest: list[str], message: Message) -> Decoded:
    extra: dict[str, Any] = {"event": "longpush", "channel": "/".join(rest)[:_TEXT_CHARACTERS]}
    if rest[0] == "input_event":
        event = parse_object(message.payload).get("event")
        extra["event"] = event[:_TEXT_CHARACTERS] if type(event) is str and is_sound_name(event) else ""
    return Decoded(Kind.EVENT, device_id, extra=extra)


def _announced(device_id: str | None, message: Message) -> Decoded:
    if not message.payload:
        return Decoded(Kind.REMOVAL, device_id)
    told = parse_object(message.payload)
    extra = {
        name: told[name][:_TEXT_CHARACTERS]
        for name in ("model", "mac", "fw_ver")
        if type(told.get(name)) is str and is_sound_name(told[name])
    }
    named = told.get("id")
    if device_id is None and type(named) is str and is_id(named):
        device_id = named
    return Decoded(Kind.DISCOVERY, device_id, extra=extra)
