"""NGSI-LD and NGSI-v2 notifications, and bare entities, after the Smart Data Models.

    {"metadata": …, "body": {"data": [entity, …]}}    NGSI-LD over MQTT
    {"subscriptionId": …, "data": [entity, …]}         NGSI-v2
    {"id": …, "type": …, …}                            an entity by itself

An attribute is bare, or an object with `value`, or an array of those; shares run from 0 to 1; `urn:ngsi-ld:null` is a
value that was deleted. The first entity is the message's device; the others follow it in `Decoded.others`.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ingest.field_names import identify
from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.positions import is_outside, position
from ingest.quantities import BOOLEANS
from ingest.refusals import EMPTY, LENGTH, MISSING_FIELD, WRONG_TYPE, RefusedError
from ingest.strict_json import PACKET_BYTES, parse_object
from ingest.texts import is_sound_name
from ingest.timestamps import lenient_time
from street.readings import UNITS

_MOST_ENTITIES: Final = 256
_MOST_READINGS: Final = 128
_TEXT_CHARACTERS: Final = 256
_NAME_CHARACTERS: Final = 64
_MOST_SHARE: Final = 1e6  # beyond it nothing is a share
_NULL: Final = "urn:ngsi-ld:null"
_UNIT_CODES: Final = {
    "CEL": "°C", "FAH": "°F", "P1": "%", "2N": "dB", "GQ": "µg/m³", "GP": "mg/m³", "KMH": "km/h", "MTS": "m/s",
    "LUX": "lx", "WTT": "W", "KWT": "kW", "KWH": "kWh", "VLT": "V", "AMP": "A", "MTR": "m", "CMT": "cm", "MMT": "mm",
    "A97": "hPa", "DD": "°", "C62": "1",
}  # fmt: skip


class _Meaning(NamedTuple):
    """What an attribute of a model means: our quantity, its unit, whether it is a share of 1, its words."""

    quantity: str
    unit: str | None = None
    is_share: bool = False
    words: dict[str, bool] | None = None


_ON: Final = {"on": True, "off": False, "low": True, "bootingUp": True}
_ANY: Final[dict[str, _Meaning]] = {
    "powerState": _Meaning("switch_on", words=_ON), "illuminanceLevel": _Meaning("brightness", "%", True),
    "powerConsumption": _Meaning("power", "W"), "fillingLevel": _Meaning("fill_level", "%", True),
    "relativeHumidity": _Meaning("humidity", "%", True), "batteryLevel": _Meaning("battery", "%", True),
    "LAeq": _Meaning("noise_laeq", "dB(A)"), "LAmax": _Meaning("noise_lamax", "dB(A)"),
    "LAS": _Meaning("noise_las", "dB(A)"), "LAeq_d": _Meaning("noise_laeq_day", "dB(A)"),
    "availableSpotNumber": _Meaning("free_spots", "count"), "totalSpotNumber": _Meaning("total_spots", "count"),
    "occupiedSpotNumber": _Meaning("occupied", "spaces"), "intensity": _Meaning("vehicle_count", "count"),
    "averageVehicleSpeed": _Meaning("speed", "km/h"), "airQualityIndex": _Meaning("air_quality_index"),
    "methaneConcentration": _Meaning("methane", "ppm"), "atmosphericPressure": _Meaning("pressure", "hPa"),
    "precipitation": _Meaning("rain", "mm"),
}  # fmt: skip
_BY_TYPE: Final[dict[str, dict[str, _Meaning]]] = {
    "Streetlight": {"status": _Meaning("lamp_status")},
    "ParkingSpot": {"status": _Meaning("parking_occupied", words={"free": False, "occupied": True})},
    "WasteContainer": {"status": _Meaning("container_status")},
    "TrafficFlowObserved": {"occupancy": _Meaning("lane_occupancy", "%", True)},
    "OffStreetParking": {"occupancy": _Meaning("occupancy", "%", True), "status": _Meaning("parking_status")},
    "OnStreetParking": {"occupancy": _Meaning("occupancy", "%", True), "status": _Meaning("parking_status")},
}
_ABOUT: Final = frozenset(
    """id type @context location address name description category dateObserved dateObservedFrom dateObservedTo
    dateCreated dateModified dateIssued dateLastLampChange validFrom validTo observedAt createdAt modifiedAt
    TimeInstant dataProvider source owner seeAlso alternateName laneId laneDirection sonometerClass
    storedWasteKind width length areaServed refDevice data alertSource subCategory severity""".split()
)
_TIMES: Final = ("dateObservedTo", "dateObserved", "dateIssued", "TimeInstant", "observedAt")
_DELETED: Final = object()
_NOTHING: Final = object()


class Dialect:
    """Decodes one context broker's notifications; keeps nothing between messages."""

    def __init__(self, _root: str = "") -> None:
        pass

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: no notification and no entity.
        """
        entities = _entities(parse_object(message.payload, PACKET_BYTES))
        first, *others = [_entity(entity, message.received_us) for entity in entities[:_MOST_ENTITIES]]
        if others:
            first.others = others
        return first


def _entities(document: dict[str, Any]) -> list[dict[str, Any]]:
    body = document.get("body", document) if "metadata" in document else document
    if type(body) is not dict:
        raise RefusedError(WRONG_TYPE, "body")
    found = body.get("data") if "subscriptionId" in body or body.get("type") == "Notification" else [body]
    if type(found) is not list:
        raise RefusedError(MISSING_FIELD if found is None else WRONG_TYPE, "data")
    if not found:
        raise RefusedError(EMPTY, "data")
    if not all(type(entity) is dict for entity in found):
        raise RefusedError(WRONG_TYPE, "data")
    return found


def _entity(entity: dict[str, Any], received_us: int) -> Decoded:
    device_id, kind = _identity(entity)
    extra: dict[str, Any] = {}
    taken = FieldReadings()
    known = _BY_TYPE.get(kind, {})
    for name, said in entity.items():
        if name in _ABOUT or len(taken.readings) >= _MOST_READINGS or not _is_name(name):
            continue
        meaning = known.get(name) or _ANY.get(name) or _Meaning(*identify(name))
        if type(said) is not list:
            _take(name, meaning, said, None, taken)
            continue
        for place, attribute in enumerate(said[:_MOST_READINGS]):
            if type(attribute) is dict:
                _take(name, meaning, attribute, _dataset(attribute, place), taken)
    time_us = _time(entity, received_us, extra)
    _locate(entity.get("location"), extra)
    return _warned(device_id, time_us, entity, extra) if kind == "Alert" else taken.told(device_id, time_us, extra)


def _identity(entity: dict[str, Any]) -> tuple[str, str]:
    """Return id and plain type of an entity; of several types the first."""
    device_id, kind = entity.get("id", entity.get("@id")), entity.get("type", entity.get("@type"))
    if type(kind) is list and kind:
        kind = kind[0]
    if device_id is None or kind is None:
        raise RefusedError(MISSING_FIELD, "id" if device_id is None else "type")
    if type(device_id) is not str or type(kind) is not str:
        raise RefusedError(WRONG_TYPE, "id")
    if not 0 < len(device_id) <= _TEXT_CHARACTERS or not is_sound_name(device_id + kind):
        raise RefusedError(LENGTH, "id")
    return device_id, kind.rpartition("/")[2].rpartition("#")[2]


def _is_name(name: str) -> bool:
    return 0 < len(name) <= _NAME_CHARACTERS and is_sound_name(name)


def _value(attribute: Any) -> Any:  # noqa: ANN401 - a payload field
    """Return an attribute's value in any representation; `_NOTHING` where it has none that could be measured."""
    value = attribute
    if type(attribute) is dict:
        if "object" in attribute or attribute.get("type") in ("Relationship", "GeoProperty"):
            return _NOTHING
        value = attribute.get("value", attribute.get("@value", _NOTHING))
        if type(value) is dict:
            value = value.get("@value", _NOTHING)
    if value is _NOTHING or type(value) in (dict, list):
        return _NOTHING
    return _DELETED if value == _NULL else value


def _dataset(attribute: dict[str, Any], place: int) -> str | int:
    named = attribute.get("datasetId")
    return named[:_NAME_CHARACTERS] if type(named) is str and is_sound_name(named) else place


def _take(name: str, meaning: _Meaning, attribute: Any, channel: str | int | None, taken: FieldReadings) -> None:  # noqa: ANN401 - a payload field
    """Take one attribute; a word where a figure should be is the state that it is."""
    value, quantity = _value(attribute), meaning.quantity
    if value is _NOTHING:
        return
    if value is _DELETED:
        ours = UNITS.get(quantity) or meaning.unit
        taken.readings.append(DecodedReading(quantity, None, ours, name, None, channel, "deleted"))
    elif type(value) is str and meaning.words is not None:
        taken.readings.append(DecodedReading(quantity, meaning.words.get(value), None, name, None, channel))
    elif type(value) is str and UNITS.get(quantity) is None and quantity not in BOOLEANS:
        taken.add_word(DecodedReading(quantity, value, None, name, None, channel))
    elif meaning.is_share and type(value) in (int, float) and abs(value) < _MOST_SHARE:
        percent = round(value * 100, 6)  # not by its quantity: an occupancy elsewhere is true or false
        taken.readings.append(DecodedReading(quantity, percent, "%", name, None, channel))
    else:
        is_back = quantity == "wind_direction" and type(value) in (int, float) and -180 <= value < 0
        unit = _unit(attribute) or meaning.unit
        taken.add(quantity, value + 360 if is_back else value, name, unit=unit, channel=channel)


def _unit(attribute: Any) -> str | None:  # noqa: ANN401 - a payload field
    """Return the unit that an attribute, or its metadata, tells by its code."""
    if type(attribute) is not dict:
        return None
    code = attribute.get("unitCode", _about(attribute, "unitCode"))
    return _UNIT_CODES.get(code) if type(code) is str else None


def _about(attribute: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - a payload field
    """Return what the metadata of an attribute of NGSI-v2 says under *name*."""
    metadata = attribute.get("metadata")
    said = metadata.get(name) if type(metadata) is dict else None
    return said.get("value") if type(said) is dict else said


def _observed(entity: dict[str, Any]) -> Iterator[Any]:
    """Yield when the attributes were observed, as they say it."""
    for name, said in entity.items():
        if name not in _ABOUT:
            for attribute in said if type(said) is list else [said]:
                if type(attribute) is dict:
                    yield attribute.get("observedAt") or _about(attribute, "TimeInstant")


def _time(entity: dict[str, Any], received_us: int, extra: dict[str, Any]) -> int | None:
    """Return the newest time an attribute was observed at, else the entity's own; of an interval its end."""
    instants = [lenient_time(text, received_us, extra) for text in _observed(entity) if type(text) is str]
    known = [at_us for at_us in instants if at_us is not None]
    if known:
        return max(known)
    for name in _TIMES:
        said = _value(entity.get(name))
        if type(said) is str:
            at_us = lenient_time(said.rpartition("/")[2], received_us, extra)
            if at_us is not None:
                extra["time_source"] = name
                return at_us
    return None


def _locate(said: Any, extra: dict[str, Any]) -> None:  # noqa: ANN401 - a payload field
    place = said.get("value", said) if type(said) is dict else None
    points = place.get("coordinates") if type(place) is dict and place.get("type") == "Point" else None
    if type(points) is not list or len(points) < 2:
        return
    try:
        found = position(points[1], points[0], None).value
    except RefusedError:
        return
    extra["location"] = found
    if is_outside(points[1], points[0]):
        extra["geo_outside"] = True


def _warned(device_id: str, time_us: int | None, entity: dict[str, Any], extra: dict[str, Any]) -> Decoded:
    fields = {"severity": "severity", "category": "category", "subCategory": "sub_category", "alertSource": "source"}
    for name, ours in {**fields, "description": "description"}.items():
        value = _value(entity.get(name))
        if type(value) is str and is_sound_name(value):
            extra[ours] = value[:_TEXT_CHARACTERS]
    return Decoded(Kind.ALARM, device_id, time_us, [], extra)
