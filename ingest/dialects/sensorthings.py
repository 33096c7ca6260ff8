"""OGC SensorThings 1.1 over MQTT.

    v1.1/Datastreams(<id>)/Observations[?$select=…]    what was observed
    v1.1/Observations                                  the same, with its Datastream inside
    v1.1/MultiDatastreams(<id>)/Observations           several results at once, in the datastream's order
    v1.1/Datastreams(<id>) · Things(<id>) · …          entities after a change: units, names, positions

An observation carries no unit: the datastream's entity tells it, once. Of an interval the end counts.
"""

import re
from typing import Any, Final

from ingest.field_names import identify, identify_sentence, identify_unit
from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.positions import position
from ingest.profiles import Meaning, meanings_of
from ingest.quantities import BOOLEANS, SAME_UNIT
from ingest.refusals import MISSING_FIELD, TOPIC_MALFORMED, TOPIC_UNKNOWN, WRONG_TYPE, RefusedError
from ingest.strict_json import parse_object
from ingest.texts import is_sound_name
from ingest.timestamps import lenient_time
from ingest.topics import below
from street.clock import iso
from street.readings import UNITS

ROOT: Final = "v1.1"

_ENTITY: Final = re.compile(r"([A-Z][A-Za-z]{2,31})\((\d{1,19}|'[^'/]{1,64}')\)")
_SETS: Final = frozenset({"Things", "Locations", "Sensors", "ObservedProperties", "FeaturesOfInterest"})
_STREAMS: Final = frozenset({"Datastreams", "MultiDatastreams"})
_TEXT_CHARACTERS: Final = 128
_MOST_STREAMS: Final = 20_000
_MOST_RESULTS: Final = 64
# What a boolean means is told by nothing but names.
_HINTS: Final = {
    "parking": "parking_occupied", "bay": "parking_occupied", "motion": "motion", "leak": "water_leak",
    "cover": "cover_open", "manhole": "cover_open", "lamp": "switch_on", "switch": "switch_on", "smoke": "smoke",
}  # fmt: skip


class Dialect:
    """Decodes one server's entities and observations; keeps what each datastream measures."""

    def __init__(self, root: str = ROOT) -> None:
        self._root = root
        self._streams: dict[str, list[Meaning]] = {}  # our quantity and the source's unit of each result

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of SensorThings' forms.
        """
        path = message.topic.partition("?")[0]
        levels = below(self._root, path)
        if levels == ["Observations"]:
            body = parse_object(message.payload)
            return self._observed(_linked(body), body, message.received_us)
        match = _ENTITY.fullmatch(levels[0])
        if match is None:
            raise RefusedError(TOPIC_UNKNOWN)
        kind, key = match.groups()
        if not is_sound_name(key):
            raise RefusedError(TOPIC_MALFORMED)
        device_id = f"{_singular(kind)}({key})"
        if levels[1:] == ["Observations"] and kind in _STREAMS:
            return self._observed(device_id, parse_object(message.payload), message.received_us)
        if levels[1:] == ["Locations"] or (kind == "Locations" and len(levels) == 1):
            return _location(device_id, parse_object(message.payload))
        if len(levels) > 2 or kind not in _STREAMS | _SETS:
            raise RefusedError(TOPIC_UNKNOWN)
        if len(levels) == 2:
            return Decoded(Kind.DISCOVERY, device_id)
        return self._entity(device_id, parse_object(message.payload))

    def _entity(self, device_id: str, body: dict[str, Any]) -> Decoded:
        units = body.get("unitOfMeasurement", body.get("unitOfMeasurements"))
        told = [item for item in (units if type(units) is list else [units]) if type(item) is dict]
        meanings = [_meaning(item, body, len(told) > 1) for item in told[:_MOST_RESULTS]]
        if meanings and (device_id in self._streams or len(self._streams) < _MOST_STREAMS):
            self._streams[device_id] = meanings
        extra: dict[str, Any] = {}
        if len(meanings) == 1:
            extra = {"unit": _ours(*meanings[0]), "metric": meanings[0][0]}
        elif meanings:
            extra = {"metrics": [quantity for quantity, _ in meanings]}
        if type(body.get("name")) is str and is_sound_name(body["name"]):
            extra["name"] = body["name"][:_TEXT_CHARACTERS]
        return Decoded(Kind.DISCOVERY, device_id, extra=extra)

    def _observed(self, device_id: str, body: dict[str, Any], received_us: int) -> Decoded:
        if "result" not in body:
            raise RefusedError(MISSING_FIELD, "result")
        extra: dict[str, Any] = {}
        time_us = _time(body, received_us, extra)
        result = body["result"]
        meanings = self._streams.get(device_id) or meanings_of(device_id)
        taken = FieldReadings()
        if type(result) is list:
            for place, item in enumerate(result[:_MOST_RESULTS]):
                meaning = meanings[place] if place < len(meanings) else _guess(device_id, item)
                _take(meaning, item, f"result[{place}]", place, taken)
        else:
            _take(meanings[0] if meanings else _guess(device_id, result), result, "result", None, taken)
        return taken.told(device_id, time_us, extra)


def _take(meaning: Meaning, value: Any, path: str, channel: int | None, taken: FieldReadings) -> None:  # noqa: ANN401 - a payload field
    quantity, unit = meaning
    if type(value) is str and quantity not in BOOLEANS:
        taken.add_word(DecodedReading(quantity, value, unit, path, None, channel))
    else:
        taken.add(quantity, value, path, unit=unit, channel=channel)


def _singular(kind: str) -> str:
    return {"ObservedProperties": "ObservedProperty", "FeaturesOfInterest": "FeatureOfInterest"}.get(kind, kind[:-1])


def _linked(body: dict[str, Any]) -> str:
    """Return which datastream an observation that was published by itself belongs to."""
    for kind in ("Datastream", "MultiDatastream"):
        link = body.get(kind)
        if type(link) is dict and type(link.get("@iot.id")) in (int, str):
            key = link["@iot.id"]
            if type(key) is str and not (0 < len(key) <= 64 and is_sound_name(key)):
                raise RefusedError(WRONG_TYPE, kind)
            return f"{kind}({key})" if type(key) is int else f"{kind}('{key}')"
    raise RefusedError(MISSING_FIELD, "Datastream")


def _meaning(unit: dict[str, Any], body: dict[str, Any], is_one_of_many: bool) -> Meaning:
    """Return our quantity and the unit: by the entity's own metric, else by a name, else by the unit itself."""
    symbol = unit.get("symbol")
    kept = SAME_UNIT.get(symbol, symbol)[:16] if type(symbol) is str and symbol else None
    properties = body.get("properties")
    said = properties.get("metric") if type(properties) is dict and not is_one_of_many else None
    if type(said) is str and said and is_sound_name(said):
        return identify(said[:_TEXT_CHARACTERS])[0], kept
    observed = body.get("ObservedProperty")
    titles = [observed.get("name") if type(observed) is dict else None, body.get("name"), unit.get("name")]
    for title in titles[2:] if is_one_of_many else titles:
        found = identify_sentence(title[:_TEXT_CHARACTERS]) if type(title) is str else None
        if found:
            return found, kept
    return identify_unit(kept) or "result", kept


def _ours(quantity: str, unit: str | None) -> str | None:
    return UNITS.get(quantity) or unit


def _guess(device_id: str, value: Any) -> Meaning:  # noqa: ANN401 - a payload field
    if type(value) is bool:
        words = re.split(r"[^a-z]+", device_id.lower())
        return next((quantity for hint, quantity in _HINTS.items() if hint in words), "result"), None
    return "result", None


def _time(body: dict[str, Any], received_us: int, extra: dict[str, Any]) -> int | None:
    said = body.get("phenomenonTime", body.get("resultTime"))
    if type(said) is str and "/" in said:
        start, _, said = said.partition("/")
        start_us = lenient_time(start, received_us, {})
        if start_us is not None:
            extra["interval_start"] = iso(start_us)
    return lenient_time(said, received_us, extra)


def _location(device_id: str, body: dict[str, Any]) -> Decoded:
    place = body.get("location")
    if type(place) is dict and type(place.get("geometry")) is dict:
        place = place["geometry"]
    points = place.get("coordinates") if type(place) is dict and place.get("type") == "Point" else None
    if type(points) is not list or len(points) < 2:
        raise RefusedError(MISSING_FIELD if place is None else WRONG_TYPE, "location")
    return Decoded(Kind.POSITION, device_id, None, [position(points[1], points[0], None)])
