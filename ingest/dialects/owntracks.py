"""OwnTracks: where tablets, carts and vehicles are.

    owntracks/<user>/<device>            `location`, or `lwt` when the line broke
    owntracks/<user>/<device>/event      `transition`: somebody entered or left a region
    …/info · …/waypoint[s] · …/status · …/step · …/dump · …/cmd

Where somebody is is personal: names of networks and pictures of faces are dropped here. Figures that are zero may be
absent. `lwt` carries the time of connecting, which says nothing about when the line broke.
"""

from typing import Any, Final

from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.positions import is_outside, position
from ingest.quantities import number
from ingest.refusals import (
    MISSING_FIELD,
    TOPIC_MALFORMED,
    TOPIC_UNKNOWN,
    TS_FORMAT,
    TS_FUTURE,
    UNKNOWN_WORD,
    WRONG_TYPE,
    Ground,
    RefusedError,
)
from ingest.strict_json import parse_object
from ingest.texts import is_sound_name, name_warning
from ingest.timestamps import epoch_s_us, settle
from ingest.topics import below
from street.clock import HOUR_US

ROOT: Final = "owntracks"
ENCRYPTED: Final = Ground("type", "encrypted: there is no shared secret here")

_STALE_US: Final = 8 * HOUR_US  # older than a shift: where somebody was, not where they are
_COARSE_M: Final = 1000
_TEXT_CHARACTERS: Final = 128
_PRIVATE: Final = ("SSID", "BSSID")
_MEASURES: Final = {"acc": "accuracy_m", "alt": "altitude_m", "vel": "speed_kmh", "cog": "course_deg"}
_READINGS: Final[dict[str, tuple[str, str | None]]] = {
    "batt": ("battery", None), "uext": ("supply_voltage", "V"), "ign": ("ignition", None),
}  # fmt: skip
_IGNORED: Final = frozenset({"waypoint", "waypoints", "cmd", "configuration", "beacon", "request"})
_LOGGED: Final = frozenset({"status", "steps", "dump"})


class Dialect:
    """Decodes what trackers publish; keeps nothing between messages."""

    def __init__(self, root: str = ROOT) -> None:
        self._root = root

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of OwnTracks' forms.
        """
        levels = below(self._root, message.topic)
        device_id = "/".join(levels[:2])
        if len(levels) < 2 or len(levels) > 4:
            raise RefusedError(TOPIC_UNKNOWN)
        if not is_sound_name(device_id) or len(device_id) > _TEXT_CHARACTERS:
            raise RefusedError(TOPIC_MALFORMED)
        if not message.payload:
            return Decoded(Kind.REMOVAL, device_id)
        body = parse_object(message.payload)
        return _said(device_id, body.get("_type"), body, message)


def _said(device_id: str, kind: Any, body: dict[str, Any], message: Message) -> Decoded:  # noqa: ANN401 - a payload field
    if kind == "location":
        return _location(device_id, body, message)
    if kind == "lwt":
        return Decoded(Kind.AVAILABILITY, device_id, None, [DecodedReading("online", False, None)])
    if kind == "transition":
        return _transition(device_id, body, message)
    if kind == "card":
        name: Any = body.get("name")
        return Decoded(Kind.DISCOVERY, device_id, extra={"name": name[:_TEXT_CHARACTERS]} if _is_text(name) else {})
    if kind == "encrypted":
        raise RefusedError(ENCRYPTED, "_type")
    if type(kind) is str and kind in _IGNORED:
        return Decoded(Kind.IGNORE, device_id)
    if type(kind) is str and kind in _LOGGED:
        return Decoded(Kind.LOG, device_id)
    raise RefusedError(MISSING_FIELD if kind is None else UNKNOWN_WORD, "_type")


def _is_text(value: Any) -> bool:  # noqa: ANN401 - a payload field
    return type(value) is str and len(value) > 0 and is_sound_name(value)


def _time(body: dict[str, Any], received_us: int, extra: dict[str, Any]) -> int:
    """Return when the fix was taken; a position is worth nothing without its time.

    Raises:
        RefusedError: no time, one of another unit, or one that is still to come.
    """
    stamp = body.get("tst")
    if stamp is None:
        raise RefusedError(MISSING_FIELD, "tst")
    if type(stamp) is not int:
        raise RefusedError(TS_FORMAT, "tst")
    at_us = settle(epoch_s_us(stamp), received_us, extra)
    if at_us is None:
        raise RefusedError(TS_FUTURE, "tst")
    return at_us


def _location(device_id: str, body: dict[str, Any], message: Message) -> Decoded:
    for name in ("lat", "lon"):
        if name not in body:
            raise RefusedError(MISSING_FIELD, name)
    extra: dict[str, Any] = {}
    time_us = _time(body, message.received_us, extra)
    taken = FieldReadings()
    place = _measured(position(body["lat"], body["lon"], None), body, taken)
    doubts = _doubts(place, message.received_us - time_us)
    taken.readings.append(place._replace(quality=doubts or None))
    for name, (quantity, unit) in _READINGS.items():
        if name in body:
            taken.add(quantity, body[name], name, unit=unit)
    if is_outside(body["lat"], body["lon"]):
        extra["geo_outside"] = True
    _describe(body, extra)
    told = taken.told(device_id, time_us, extra)
    told.kind = Kind.POSITION
    told.reason = name_warning(device_id)
    if told.reason:
        extra["policy"] = "accept"
    return told


def _measured(place: DecodedReading, body: dict[str, Any], taken: FieldReadings) -> DecodedReading:
    """Return *place* with accuracy, height, speed and course, where the tracker tells them."""
    value: dict[str, float] = {"lat": body["lat"], "lon": body["lon"]}
    for name, ours in _MEASURES.items():
        try:
            if body.get(name) is not None:
                value[ours] = number(body[name], name)
        except RefusedError as refused:
            taken.dropped.append(refused)
    return place._replace(value=value)


def _doubts(place: DecodedReading, age_us: int) -> str:
    """Return what makes a position doubtful, "" where nothing does."""
    accuracy_m = place.value.get("accuracy_m", 0) if isinstance(place.value, dict) else 0
    doubts = {"stale": age_us > _STALE_US, "low_accuracy": accuracy_m >= _COARSE_M}
    return "+".join(word for word, is_so in doubts.items() if is_so)


def _describe(body: dict[str, Any], extra: dict[str, Any]) -> None:
    regions = body.get("inregions")
    if type(regions) is list and regions:
        extra["regions"] = [name[:_TEXT_CHARACTERS] for name in regions[:16] if _is_text(name)]
    if _is_text(body.get("t")):
        extra["trigger"] = body["t"][:8]
    dropped = [name for name in _PRIVATE if name in body]
    if dropped:
        extra["drop_fields"] = dropped


def _transition(device_id: str, body: dict[str, Any], message: Message) -> Decoded:
    event = body.get("event")
    if type(event) is not str:
        raise RefusedError(MISSING_FIELD if event is None else WRONG_TYPE, "event")
    if event not in {"enter", "leave"}:
        raise RefusedError(UNKNOWN_WORD, "event")
    extra: dict[str, Any] = {"event": event}
    time_us = _time(body, message.received_us, extra)
    if _is_text(body.get("desc")):
        extra["region"] = body["desc"][:_TEXT_CHARACTERS]
    return Decoded(Kind.EVENT, device_id, time_us, [], extra)
