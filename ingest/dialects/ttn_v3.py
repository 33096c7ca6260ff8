"""The Things Stack v3 over MQTT.

    v3/<app>[@<tenant>]/devices/<device>/up                           uplink
    v3/…/devices/<device>/join · /down/… · /service/data              what happened to the device
    v3/…/devices/<device>/location/solved                             position

Fields that are zero are absent on the wire. Of several gateways the best by SNR, then RSSI, is the one we keep.
Without a payload formatter there are only bytes, which are read where a profile says how.
"""

from typing import Any, Final

from ingest.field_readings import FieldReadings
from ingest.lora_payload import Uplink
from ingest.lorawan import link_readings
from ingest.messages import Decoded, Kind, Message
from ingest.positions import is_outside, position
from ingest.refusals import (
    MISSING_FIELD,
    TOPIC_MALFORMED,
    TOPIC_MISMATCH,
    TOPIC_UNKNOWN,
    TS_FUTURE,
    WRONG_TYPE,
    RefusedError,
)
from ingest.strict_json import parse_object
from ingest.texts import is_id
from ingest.timestamps import lenient_time
from ingest.topics import below

ROOT: Final = "v3"

_COMMANDS: Final = frozenset({"down/push", "down/replace"})
_HAPPENED: Final = frozenset(
    {"join", "down/queued", "down/sent", "down/ack", "down/nack", "down/failed", "service/data"}
)
_KNOWN: Final = frozenset({"up", "location/solved"}) | _HAPPENED | _COMMANDS
_MICROSECOND_TEXT: Final = len("2026-11-24T02:15:26.014773Z")
# In a normalized payload the names are fixed by the network server's schema.
_NORMALIZED: Final[dict[str, tuple[str, str | None]]] = {"battery": ("battery_voltage", "V")}


class Dialect:
    """Decodes what one network server publishes; keeps nothing between messages."""

    def __init__(self, root: str = ROOT) -> None:
        self._root = root

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of the network server's forms.
        """
        application, device_id, form = _address(self._root, message.topic)
        if form in _COMMANDS:
            return Decoded(Kind.IGNORE, device_id)
        body = parse_object(message.payload)
        _check_ids(body, application, device_id)
        if form == "up":
            return _uplink(device_id, body, message)
        if form == "location/solved":
            return _solved(device_id, body, message)
        extra = _extra(body)
        extra["event"] = form
        return Decoded(
            Kind.EVENT, device_id, lenient_time(body.get("received_at"), message.received_us, extra), [], extra
        )


def _address(root: str, topic: str) -> tuple[str, str, str]:
    levels = below(root, topic)
    if len(levels) < 4 or levels[1] != "devices":
        raise RefusedError(TOPIC_UNKNOWN)
    application, device_id, form = levels[0], levels[2], "/".join(levels[3:])
    if form not in _KNOWN:
        raise RefusedError(TOPIC_UNKNOWN)
    if not is_id(device_id):
        raise RefusedError(TOPIC_MALFORMED)
    return application.partition("@")[0], device_id, form


def _check_ids(body: dict[str, Any], application: str, device_id: str) -> None:
    ids = _object(body.get("end_device_ids"), "end_device_ids")
    said = ids.get("device_id", device_id)
    if said != device_id:
        raise RefusedError(TOPIC_MISMATCH, "end_device_ids.device_id")
    of = _object(ids.get("application_ids"), "end_device_ids.application_ids").get("application_id", application)
    if of != application:
        raise RefusedError(TOPIC_MISMATCH, "end_device_ids.application_ids.application_id")


def _object(value: Any, field: str) -> dict[str, Any]:  # noqa: ANN401 - a payload field
    if value is None:
        return {}
    if type(value) is not dict:
        raise RefusedError(WRONG_TYPE, field)
    return value


def _extra(body: dict[str, Any]) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    dev_eui = _object(body.get("end_device_ids"), "end_device_ids").get("dev_eui")
    if type(dev_eui) is str:
        extra["dev_eui"] = dev_eui[:16]
    if body.get("simulated") is True:
        extra["simulated"] = True
    return extra


def _uplink(device_id: str, body: dict[str, Any], message: Message) -> Decoded:
    if "uplink_message" not in body:
        raise RefusedError(MISSING_FIELD, "uplink_message")
    uplink = _object(body["uplink_message"], "uplink_message")
    extra = _extra(body)
    time_us = _uplink_time(body, uplink, message, extra)
    taken = FieldReadings()
    _payload_readings(device_id, uplink, taken, message.received_us, extra)
    taken.readings += link_readings(uplink.get("rx_metadata"), "rx_metadata", extra)
    _battery(uplink.get("last_battery_percentage"), taken, message.received_us)
    _describe(uplink, extra)
    if any(_is_elsewhere(one.value) for one in taken.readings):
        extra["geo_outside"] = True
    return taken.told(device_id, time_us, extra)


def _uplink_time(body: dict[str, Any], uplink: dict[str, Any], message: Message, extra: dict[str, Any]) -> int | None:
    for source, text in (
        ("uplink_message.received_at", uplink.get("received_at")),
        ("received_at", body.get("received_at")),
    ):
        if text is not None:
            is_cut = type(text) is str and len(text) > _MICROSECOND_TEXT
            extra["time_source"] = source + " (truncate ns to µs)" if is_cut else source
            return lenient_time(text, message.received_us, extra)
    return None


def _payload_readings(
    device_id: str, uplink: dict[str, Any], taken: FieldReadings, received_us: int, extra: dict[str, Any]
) -> None:
    """Take the normalized payload where there is one, else the decoded one, else the bytes as their profile says."""
    normalized, decoded = uplink.get("normalized_payload"), uplink.get("decoded_payload")
    if normalized:
        for place, item in enumerate(normalized if type(normalized) is list else [normalized]):
            path = f"normalized_payload[{place}]" if type(normalized) is list else "normalized_payload"
            _normalized_item(item, path, taken, received_us, extra)
        if decoded:
            extra["note"] = "normalized_payload wins over decoded_payload when present"
    elif decoded is not None:
        taken.take(decoded, "decoded_payload")
    else:
        Uplink(uplink.get("frm_payload"), device_id, "", uplink.get("f_port", 0)).take("frm_payload", taken, extra)


def _normalized_item(
    item: Any,  # noqa: ANN401 - a payload field
    path: str,
    taken: FieldReadings,
    received_us: int,
    extra: dict[str, Any],
) -> None:
    time_us = None
    if type(item) is dict and "time" in item:
        time_us = lenient_time(item["time"], received_us, extra)
        item = {name: value for name, value in item.items() if name != "time"}
    taken.take(item, path, time_us=time_us, names=_NORMALIZED)


def _battery(reported: Any, taken: FieldReadings, received_us: int) -> None:  # noqa: ANN401 - a payload field
    """Take the battery level that the network server asked the device for, unless the payload has its own."""
    if type(reported) is not dict or any(one.quantity == "battery" for one in taken.readings):
        return
    time_us = lenient_time(reported.get("received_at"), received_us, {})
    taken.take_one("battery", reported.get("value", 0), "last_battery_percentage.value", time_us=time_us)


def _describe(uplink: dict[str, Any], extra: dict[str, Any]) -> None:
    for name in ("f_port", "f_cnt"):
        value = uplink.get(name, 0)
        if type(value) is int:
            extra[name] = value
    settings = uplink.get("settings")
    if type(settings) is dict:
        frequency = settings.get("frequency")
        if type(frequency) is str and frequency.isascii() and frequency.isdigit():
            extra["frequency_hz"] = int(frequency[:12])
    warnings = uplink.get("decoded_payload_warnings")
    if type(warnings) is list and warnings:
        extra["warnings"] = [str(warning)[:200] for warning in warnings[:8]]
    _locate(uplink.get("locations"), extra)


def _locate(locations: Any, extra: dict[str, Any]) -> None:  # noqa: ANN401 - a payload field
    """Keep the best known location of a device; the register's own goes before it."""
    if type(locations) is not dict or not locations:
        return
    source = "user" if "user" in locations else min(locations)
    place = locations[source]
    if type(place) is not dict:
        return
    try:
        found = position(place.get("latitude", 0), place.get("longitude", 0), None)
    except RefusedError:
        return
    extra["location"] = found.value
    extra["location_source"] = source[:64]


def _is_elsewhere(value: Any) -> bool:  # noqa: ANN401 - a reading's value
    """Return whether a value is a position outside the district's box: swapped, shifted or never fixed."""
    return type(value) is dict and is_outside(value["lat"], value["lon"])


def _solved(device_id: str, body: dict[str, Any], message: Message) -> Decoded:
    if "location_solved" not in body:
        raise RefusedError(MISSING_FIELD, "location_solved")
    solved = _object(body["location_solved"], "location_solved")
    if "location" not in solved:
        raise RefusedError(MISSING_FIELD, "location_solved.location")
    place = _object(solved["location"], "location_solved.location")
    found = position(place.get("latitude", 0), place.get("longitude", 0), None, place.get("accuracy"))
    extra = _extra(body)
    time_us = lenient_time(body.get("received_at"), message.received_us, extra)
    if extra.get("time_code") == TS_FUTURE.code:
        raise RefusedError(TS_FUTURE, "received_at")  # a value may be kept without its time, a position not
    if type(solved.get("service")) is str:
        extra["service"] = solved["service"][:64]
    if _is_elsewhere(found.value):
        extra["geo_outside"] = True
    return Decoded(Kind.POSITION, device_id, time_us, [found], extra)
