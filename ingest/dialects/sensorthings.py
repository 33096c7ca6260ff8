"""OGC SensorThings 1.1 over MQTT.

    v1.1/Datastreams(<id>)/Observations[?$select=…]    what was observed
    v1.1/Observations                                  the same, with its Datastream inside
    v1.1/MultiDatastreams(<id>)/Observations           several results at once, in the datastream's order
    v1.1/Datastreams(<id>) · Things(<id>) · …          entities after a change: units, names, positions

An observation carries no unit: the datastream's entity tells it, once. Of an interval the end counts.
"""

import re
from typing import Any, Final, NamedTuple

from ingest.field_names import identify
from ingest.messages import Decoded, DecodedReading, Kind, Message, measured
from ingest.positions import position
from ingest.quantities import BOOLEANS, SAME_UNIT, reading
from ingest.refusals import MISSING_FIELD, TOPIC_MALFORMED, TOPIC_UNKNOWN, WRONG_TYPE, RefusedError
from ingest.strict_json import parse_object
from ingest.texts import is_sound_name
from ingest.timestamps import lenient_time
from ingest.topics import below, literal_root
from street.clock import iso
from street.readings import UNITS

NAME: Final = "sensorthings"
FILTERS: Final = ("v1.1/#",)

_ENTITY: Final = re.compile(r"([A-Z][A-Za-z]{2,31}s)\((\d{1,19}|'[^'/]{1,64}')\)")
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


class _Stream(NamedTuple):
    """What a datastream's entity told: our quantity and the source's unit of each result, in order."""

    meanings: tuple[tuple[str, str | None], ...]


class Dialect:
    """Decodes one server's entities and observations; keeps what each datastream measures."""

    def __init__(self, root: str = literal_root(FILTERS[0])) -> None:
        self._root = root
        self._streams: dict[str, _Stream] = {}

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of SensorThings' forms.
        """
        path = message.topic.partition("?")[0]
        levels = below(self._root, path)
        if levels == ["Observations"]:
            body = parse_object(message.payload)
            return self._observed(_linked(body), body, message)
        match = _ENTITY.fullmatch(levels[0])
        if match is None:
            raise RefusedError(TOPIC_UNKNOWN)
        kind, key = match.groups()
        if not is_sound_name(key):
            raise RefusedError(TOPIC_MALFORMED)
        device_id = f"{_singular(kind)}({key})"
        if levels[1:] == ["Observations"] and kind in _STREAMS:
            return self._observed(device_id, parse_object(message.payload), message)
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
        meanings = tuple(_meaning(item, body, len(told) > 1) for item in told[:_MOST_RESULTS])
        if meanings and (device_id in self._streams or len(self._streams) < _MOST_STREAMS):
            self._streams[device_id] = _Stream(meanings)
        extra: dict[str, Any] = {}
        if len(meanings) == 1:
            extra = {"unit": _ours(*meanings[0]), "metric": meanings[0][0]}
        elif meanings:
            extra = {"metrics": [quantity for quantity, _ in meanings]}
        if type(body.get("name")) is str and is_sound_name(body["name"]):
            extra["name"] = body["name"][:_TEXT_CHARACTERS]
        return Decoded(Kind.DISCOVERY, device_id, extra=extra)

    def _observed(self, device_id: str, body: dict[str, Any], message: Message) -> Decoded:
        if "result" not in body:
            raise RefusedError(MISSING_FIELD, "result")
        extra: dict[str, Any] = {}
        time_us = _time(body, message.received_us, extra)
        result = body["result"]
        readings: list[DecodedReading] = []
        dropped: list[RefusedError] = []
        if type(result) is list:
            for place, item in enumerate(result[:_MOST_RESULTS]):
                self._take(device_id, place, item, f"result[{place}]", place, readings, dropped)
        else:
            self._take(device_id, 0, result, "result", None, readings, dropped)
        return measured(device_id, time_us, readings, extra, dropped)

    def _take(  # noqa: PLR0913 - a result and where it goes
        self,
        device_id: str,
        place: int,
        value: Any,  # noqa: ANN401 - a payload field
        path: str,
        channel: int | None,
        readings: list[DecodedReading],
        dropped: list[RefusedError],
    ) -> None:
        stream = self._streams.get(device_id)
        quantity, unit = stream.meanings[place] if stream and place < len(stream.meanings) else _guess(device_id, value)
        if type(value) is str and quantity not in BOOLEANS:
            if is_sound_name(value):
                readings.append(DecodedReading(quantity, value[:_TEXT_CHARACTERS], unit, path, None, channel))
            return
        try:
            readings.append(reading(quantity, value, path, unit=unit, channel=channel))
        except RefusedError as refused:
            dropped.append(refused)


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


def _meaning(unit: dict[str, Any], body: dict[str, Any], is_one_of_many: bool) -> tuple[str, str | None]:
    """Return our quantity and the unit: by the entity's own metric, else by a name, else by the unit's."""
    symbol = unit.get("symbol")
    kept = SAME_UNIT.get(symbol, symbol)[:16] if type(symbol) is str and symbol else None
    properties = body.get("properties")
    said = properties.get("metric") if type(properties) is dict and not is_one_of_many else None
    for name in (said, unit.get("name") if is_one_of_many else None, body.get("name"), unit.get("name")):
        if type(name) is str and is_sound_name(name):
            quantity, _ = identify(name)
            if quantity in UNITS or name == said:
                return quantity[:_TEXT_CHARACTERS], kept
    return "result", kept


def _ours(quantity: str, unit: str | None) -> str | None:
    return UNITS.get(quantity) or unit


def _guess(device_id: str, value: Any) -> tuple[str, str | None]:  # noqa: ANN401 - a payload field
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
