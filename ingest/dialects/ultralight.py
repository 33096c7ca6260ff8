"""Ultralight 2.0.

    [/ul]/<api key>/<device>/attrs           `t|6.5|h|70`; groups end with #, each may begin with its time
    [/ul]/<api key>/<device>/attrs/<name>    one bare value
    …/cmd · …/cmdexe · …/configuration/…     commands and their answers

Values are untyped text: numbers are what reads as a JSON number, null and nothing are gaps, a word under a numeric
name is kept as the text it is. The key in the topic is a secret of the installation and goes no further.
"""

import re
from typing import Any, Final

import orjson

from ingest.bare_text import bare_text
from ingest.field_names import identify
from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.quantities import BOOLEANS
from ingest.refusals import NUL_IN_TEXT, TOPIC_MALFORMED, UNKNOWN_FIELD, Ground, RefusedError
from ingest.strict_json import TELEMETRY_BYTES
from ingest.texts import is_id, is_sound_name
from ingest.timestamps import lenient_time
from street.readings import UNITS

ODD_FIELDS: Final = Ground("schema-missing", "key without value")

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\S{5,40}", re.ASCII)
_MOST_GROUPS: Final = 256
_NAME_CHARACTERS: Final = 64
_SILENT: Final = frozenset({"cmd", "configuration"})


class Dialect:
    """Decodes what an Ultralight installation publishes; keeps nothing between messages."""

    def __init__(self, _root: str = "") -> None:
        pass

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of Ultralight's forms.
        """
        device_id, form, name = _address(message.topic)
        if form in _SILENT:
            return Decoded(Kind.IGNORE, device_id)
        if form == "cmdexe":
            return Decoded(Kind.LOG, device_id)
        try:
            return _measures(device_id, name, message)
        except RefusedError as refused:
            raise refused.of(device_id) from None


def _address(topic: str) -> tuple[str, str, str | None]:
    levels = topic.removeprefix("/").split("/")
    if levels[0] == "ul" and len(levels) > 3:
        levels = levels[1:]
    if len(levels) < 3 or levels[2] not in {"attrs", "cmd", "cmdexe", "configuration"}:
        raise RefusedError(TOPIC_MALFORMED)  # an empty first level is nobody else's
    if not is_id(levels[1]):
        raise RefusedError(TOPIC_MALFORMED)
    return levels[1], levels[2], levels[3] if levels[2] == "attrs" and len(levels) > 3 else None


def _measures(device_id: str, name: str | None, message: Message) -> Decoded:
    text = bare_text(message.payload, TELEMETRY_BYTES)
    if "\0" in text:
        raise RefusedError(NUL_IN_TEXT)
    extra: dict[str, Any] = {}
    taken = FieldReadings()
    if name is not None:
        _take(name, text, None, taken)
    else:
        for group in text.split("#")[:_MOST_GROUPS]:
            _group(group, message.received_us, extra, taken)
    return taken.told(device_id, None, extra)


def _group(group: str, received_us: int, extra: dict[str, Any], taken: FieldReadings) -> None:
    fields = group.strip().split("|")
    time_us = None
    if _TIME.fullmatch(fields[0]):
        time_us = lenient_time(fields[0], received_us, extra)
        fields = fields[1:]
    if len(fields) % 2 or not fields:
        raise RefusedError(ODD_FIELDS)
    for name, value in zip(fields[::2], fields[1::2], strict=True):
        _take(name.strip(), value, time_us, taken)


def _take(name: str, text: str, time_us: int | None, taken: FieldReadings) -> None:
    if not 0 < len(name) <= _NAME_CHARACTERS or not is_sound_name(name):
        taken.dropped.append(RefusedError(UNKNOWN_FIELD, name))
        return
    quantity, unit = identify(name)
    value = _value(text)
    if type(value) is str and quantity not in BOOLEANS:
        ours = UNITS.get(quantity)
        quality = "non-numeric text kept" if ours else None
        taken.add_word(DecodedReading(quantity, value, ours or unit, name, time_us, None, quality))
    else:
        taken.add(quantity, value, name, unit=unit, time_us=time_us)


def _value(text: str) -> Any:  # noqa: ANN401 - any JSON scalar, or the text itself
    """Return what JSON makes of *text*, as the makers' own agent does; nothing and null are gaps."""
    if not text.strip():
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value if value is None or type(value) in (int, float, bool, str) else text
