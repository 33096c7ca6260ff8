"""NGSI-LD and NGSI-v2 notifications, and bare entities, after the Smart Data Models.

    {"metadata": …, "body": {"data": [entity, …]}}    NGSI-LD over MQTT
    {"subscriptionId": …, "data": [entity, …]}         NGSI-v2
    {"id": …, "type": …, …}                            an entity by itself

An attribute is bare, or an object with `value`, or an array of those; shares run from 0 to 1; `urn:ngsi-ld:null` is a
value that was deleted. The first entity is the message's device; the others follow it in `Decoded.others`.
"""

from typing import Any, Final, NamedTuple

from ingest.field_names import identify
from ingest.messages import Decoded, DecodedReading, Kind, Message, measured
from ingest.positions import is_outside, position
from ingest.quantities import BOOLEANS, number, reading
from ingest.refusals import EMPTY, LENGTH, MISSING_FIELD, UNKNOWN_FIELD, WRONG_TYPE, RefusedError
from ingest.strict_json import PACKET_BYTES, parse_object
from ingest.texts import is_sound_name
from ingest.timestamps import lenient_time
from street.readings import UNITS

NAME: Final = "ngsi"
FILTERS: Final = ("ngsi/#", "ngsi-ld/#", "ngsiv2/#")
IS_ONE: Final = True

_MOST_ENTITIES: Final = 256
_MOST_READINGS: Final = 128
_TEXT_CHARACTERS: Final = 256
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


class Dialect:
    """Decodes one context broker's notifications; keeps nothing between messages."""

    def __init__(self, _root: str = "") -> None:
        pass

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: no notification and no entity.
        """
        document = parse_object(message.payload, PACKET_BYTES)
        entities = _entities(document)
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
    device_id, kind = entity.get("id", entity.get("@id")), entity.get("type", entity.get("@type"))
    if device_id is None or kind is None:
        raise RefusedError(MISSING_FIELD, "id" if device_id is None else "type")
    if type(device_id) is not str or type(kind) is not str:
        raise RefusedError(WRONG_TYPE, "id")
    if not 0 < len(device_id) <= _TEXT_CHARACTERS or not is_sound_name(device_id + kind):
        raise RefusedError(LENGTH, "id")
    kind = kind.rpartition("/")[2].rpartition("#")[2]
    extra: dict[str, Any] = {}
    readings: list[DecodedReading] = []
    dropped: list[RefusedError] = []
    seen: list[Any] = []
    for name, said in entity.items():
        if name in _ABOUT or len(readings) >= _MOST_READINGS:
            continue
        for place, attribute in enumerate(said if type(said) is list else [said]):
            channel = _dataset(attribute, place) if type(said) is list else None
            _take(kind, name, attribute, channel, received_us, readings, dropped, seen)
    time_us = _time(entity, seen, received_us, extra)
    _locate(entity.get("location"), extra)
    if kind == "Alert":
        return _alert(device_id, time_us, entity, extra)
    return measured(device_id, time_us, readings, extra, dropped)


def _value(attribute: Any) -> Any:  # noqa: ANN401 - a payload field
    """Return an attribute's value in any representation; `_DELETED` where it is the null of NGSI-LD."""
    value = attribute
    if type(attribute) is dict:
        value = attribute.get("value", attribute.get("@value", attribute.get("object")))
        if type(value) is dict and "@value" in value:
            value = value["@value"]
    return _DELETED if value == _NULL else value


def _dataset(attribute: Any, place: int) -> str | int:  # noqa: ANN401 - a payload field
    named = attribute.get("datasetId") if type(attribute) is dict else None
    return named[:64] if type(named) is str and is_sound_name(named) else place


def _take(  # noqa: PLR0913 - an attribute and where it goes
    kind: str,
    name: str,
    attribute: Any,  # noqa: ANN401 - a payload field
    channel: str | int | None,
    received_us: int,
    readings: list[DecodedReading],
    dropped: list[RefusedError],
    seen: list[Any],
) -> None:
    if type(attribute) is dict and ("object" in attribute or attribute.get("type") in {"Relationship", "GeoProperty"}):
        return
    meaning = _BY_TYPE.get(kind, {}).get(name) or _ANY.get(name) or _Meaning(*identify(name))
    value = _value(attribute)
    if type(value) in (dict, list) or not is_sound_name(name) or len(name) > 64:
        return
    if type(attribute) is dict:
        seen.append(attribute.get("observedAt") or _value((attribute.get("metadata") or {}).get("TimeInstant")))
    try:
        readings.append(_reading(name, meaning, value, attribute, channel))
    except RefusedError as refused:
        dropped.append(refused)


def _reading(
    name: str,
    meaning: _Meaning,
    value: Any,  # noqa: ANN401 - a payload field
    attribute: Any,  # noqa: ANN401 - as above
    channel: str | int | None,
) -> DecodedReading:
    ours = UNITS.get(meaning.quantity) or meaning.unit
    if value is _DELETED:
        return DecodedReading(meaning.quantity, None, ours, name, None, channel, "deleted")
    if type(value) is str:
        if meaning.words is not None:
            return DecodedReading(meaning.quantity, meaning.words.get(value), None, name, None, channel)
        if UNITS.get(meaning.quantity) is None and meaning.quantity not in BOOLEANS:
            if not is_sound_name(value):
                raise RefusedError(UNKNOWN_FIELD, name)
            return DecodedReading(meaning.quantity, value[:_TEXT_CHARACTERS], None, name, None, channel)
    if meaning.is_share and type(value) in (int, float):
        percent = round(number(value, name) * 100, 6)
        return DecodedReading(meaning.quantity, percent, "%", name, None, channel)
    code = attribute.get("unitCode") if type(attribute) is dict else None
    unit = _UNIT_CODES.get(code, meaning.unit) if type(code) is str else meaning.unit
    return reading(meaning.quantity, value, name, unit=unit, channel=channel)


def _time(entity: dict[str, Any], seen: list[Any], received_us: int, extra: dict[str, Any]) -> int | None:
    """Return the newest time an attribute was observed at, else the entity's own; of an interval its end."""
    instants = [lenient_time(text, received_us, extra) for text in seen if type(text) is str]
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


def _alert(device_id: str, time_us: int | None, entity: dict[str, Any], extra: dict[str, Any]) -> Decoded:
    fields = {"severity": "severity", "category": "category", "subCategory": "sub_category", "alertSource": "source"}
    for name, ours in {**fields, "description": "description"}.items():
        value = _value(entity.get(name))
        if type(value) is str and is_sound_name(value):
            extra[ours] = value[:_TEXT_CHARACTERS]
    return Decoded(Kind.ALARM, device_id, time_us, [], extra)
