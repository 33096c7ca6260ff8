"""Shelly of the first generation: one value a topic, as bare text.

shellies/<id>/relay/<n> · …/power · …/energy       on, off, overpower; W; watt-minutes
shellies/<id>/emeter/<n>/<quantity>                a meter's channel; totals in Wh, `energy` in watt-minutes
shellies/<id>/sensor/<quantity>                    battery sensors
shellies/<id>/ext_temperature/<n> · temperature · input/<n> · roller/<n> · light/<n> · adc/<n> · …
shellies/<id>/online                               true or false: the will
shellies/announce · shellies/<id>/announce · info  what there is
…/command · …/set                                  ours to it: ignored
"""

from typing import Any, Final

from ingest.messages import Decoded, DecodedReading, Kind, Message, measured
from ingest.quantities import number, reading
from ingest.refusals import (
    EMPTY,
    NOT_NUMERIC,
    NOT_UTF8,
    TOO_LARGE,
    TOPIC_MALFORMED,
    TOPIC_UNKNOWN,
    UNKNOWN_WORD,
    RefusedError,
)
from ingest.strict_json import parse_object
from ingest.texts import is_id, is_sound_name
from ingest.topics import below, literal_root

NAME: Final = "shelly_gen1"
FILTERS: Final = ("shellies/#",)

_WATT_MINUTES: Final = 60_000  # in one kWh
_TEXT_CHARACTERS: Final = 128
_BARE_CHARACTERS: Final = 64
_ON: Final = {"on": True, "off": False, "overpower": False, "1": True, "0": False, "true": True, "false": False}
_OPEN: Final = {"open": False, "close": True, "closed": True}  # contact_closed
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
    "state": ("contact_closed", _OPEN), "gas": ("gas", _GAS), "tamper": ("tamper", _ON),
}  # fmt: skip
# Under a numbered part: relay/0/power, emeter/1/voltage, light/0/power …
_PART: Final[dict[str, _Meaning]] = {
    "power": ("power", "W"), "voltage": ("voltage", "V"), "current": ("current", "A"), "pf": ("power_factor", None),
    "reactive_power": ("reactive_power", "var"), "total": ("energy", "Wh"), "total_returned": ("energy_returned", "Wh"),
    "pos": ("position_pct", "%"),
}  # fmt: skip
_NUMBERED: Final[dict[str, _Meaning]] = {
    "ext_temperature": ("temperature", "°C"), "ext_humidity": ("humidity", "%"), "adc": ("voltage", "V"),
}  # fmt: skip
_SWITCHES: Final = {"relay": "switch_on", "light": "switch_on", "white": "switch_on", "color": "switch_on",
                    "input": "input_on", "ext_switch": "contact_closed"}  # fmt: skip
_COMMANDS: Final = frozenset({"command", "set"})
_DESCRIBED: Final = frozenset({"announce", "info", "status"})


class Dialect:
    """Decodes one broker's devices; keeps nothing between messages."""

    def __init__(self, root: str = literal_root(FILTERS[0])) -> None:
        self._root = root

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of the device's forms.
        """
        levels = below(self._root, message.topic)
        if levels[0] in {"announce", "command"} and len(levels) == 1:
            return _announced(None, message) if levels[0] == "announce" else Decoded(Kind.IGNORE)
        device_id, rest = levels[0], levels[1:]
        if not rest:
            raise RefusedError(TOPIC_UNKNOWN)
        if not is_id(device_id):
            raise RefusedError(TOPIC_MALFORMED)
        try:
            return _said(device_id, rest, message)
        except RefusedError as refused:
            raise refused.of(device_id) from None


def _said(device_id: str, rest: list[str], message: Message) -> Decoded:
    if rest[-1] in _COMMANDS:
        return Decoded(Kind.IGNORE, device_id)
    if rest == ["online"]:
        if not message.payload:
            return Decoded(Kind.REMOVAL, device_id)
        is_online = _word(message.payload, {"true": True, "false": False}, "online")
        return Decoded(Kind.AVAILABILITY, device_id, None, [DecodedReading("online", is_online, None)])
    if rest[-1] in _DESCRIBED:
        return _announced(device_id, message) if rest == ["announce"] else Decoded(Kind.LOG, device_id)
    if rest[0] in {"input_event", "longpush"}:
        return _event(device_id, rest, message)
    found = _reading(rest, message.payload)
    if found is None:
        return Decoded(Kind.LOG, device_id, extra={"form": "/".join(rest)[:_TEXT_CHARACTERS]})
    return measured(device_id, None, [found], {}, [])


def _reading(rest: list[str], payload: bytes) -> DecodedReading | None:
    """Return the reading of one topic, None for what tells nothing of the street."""
    path = "/".join(rest)
    if len(rest) == 1:
        return _plain(rest[0], path, payload)
    group, name = rest[0], rest[1]
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
        return DecodedReading("overtemperature", _word(payload, _ON, path), None, path)
    if name not in _PLAIN:
        return None
    quantity, unit = _PLAIN[name]
    return reading(quantity, _number(payload, path), path, unit=unit)


def _sensor(name: str, path: str, payload: bytes) -> DecodedReading | None:
    if name in _SENSOR_WORDS:
        quantity, words = _SENSOR_WORDS[name]
        return DecodedReading(quantity, _word(payload, words, path), None, path)
    if name not in _SENSOR:
        return None
    quantity, unit = _SENSOR[name]
    return reading(quantity, _number(payload, path), path, unit=unit)


def _numbered(group: str, path: str, channel: str, payload: bytes) -> DecodedReading | None:
    if group in _SWITCHES:
        return DecodedReading(_SWITCHES[group], _word(payload, _ON, path), None, path, None, channel)
    if group not in _NUMBERED:
        return None
    quantity, unit = _NUMBERED[group]
    return reading(quantity, _number(payload, path), path, unit=unit, channel=channel)


def _part(name: str, path: str, channel: str, payload: bytes) -> DecodedReading | None:
    if name == "energy":
        value = _number(payload, path)
        in_kwh = None if value is None else round(value / _WATT_MINUTES, 6)
        return reading("energy", in_kwh, path, unit="kWh", channel=channel)
    if name not in _PART:
        return None
    quantity, unit = _PART[name]
    return reading(quantity, _number(payload, path), path, unit=unit, channel=channel)


def _event(device_id: str, rest: list[str], message: Message) -> Decoded:
    channel = "/".join(rest)[:_TEXT_CHARACTERS]
    if rest[0] == "longpush":
        return Decoded(Kind.EVENT, device_id, extra={"event": "longpush", "channel": channel})
    body = parse_object(message.payload)
    event = body.get("event")
    extra: dict[str, Any] = {"channel": channel}
    if type(event) is str and is_sound_name(event):
        extra["event"] = event[:_TEXT_CHARACTERS]
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


def _text(payload: bytes) -> str:
    if not payload:
        raise RefusedError(EMPTY)
    if len(payload) > _BARE_CHARACTERS:
        raise RefusedError(TOO_LARGE)
    try:
        return payload.decode().strip()
    except UnicodeDecodeError:
        raise RefusedError(NOT_UTF8) from None


def _word(payload: bytes, words: dict[str, bool], path: str) -> bool:
    known = words.get(_text(payload).lower())
    if known is None:
        raise RefusedError(UNKNOWN_WORD, path)
    return known


def _number(payload: bytes, path: str) -> float | None:
    """Return the number in *payload*; 999 is what the maker sends for a probe that is gone, null and nan a gap.

    Raises:
        RefusedError: not a number.
    """
    text = _text(payload)
    if text.lower() in {"null", "nan", "999", "999.0", "999.00"}:
        return None
    try:
        value = float(text)
    except ValueError:
        raise RefusedError(NOT_NUMERIC, path) from None
    if not text.isascii() or "_" in text or text.lstrip("+-")[:1] not in set("0123456789."):
        raise RefusedError(NOT_NUMERIC, path)
    return number(int(value) if value.is_integer() and "." not in text else value, path)
