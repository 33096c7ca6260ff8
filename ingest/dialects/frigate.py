"""Frigate: what cameras' object detection says.

    frigate/available                                 online, stopped or offline (the will)
    frigate/events · reviews                          new, update, end of one tracked object, or of one review
    frigate/tracked_object_update                     what was found out about an object later
    frigate/<camera or zone>/<object>[/active]        how many there are
    frigate/<camera>/motion · status/<role> · audio/… · review_status
    frigate/stats · …/snapshot · …/set                its own health, pictures, commands

`new`, `update` and `end` are one candidate, by `after.id`; a false positive is nothing. Plates, faces and names of
persons are personal data: what is kept of them is marked so.
"""

from typing import Any, Final

from ingest.bare_text import bare_number, bare_text, bare_word
from ingest.field_readings import FieldReadings
from ingest.messages import Decoded, DecodedReading, Kind, Message, dropped_facts, measured
from ingest.quantities import reading
from ingest.refusals import (
    MISSING_FIELD,
    NOT_NUMERIC,
    TOPIC_MALFORMED,
    TOPIC_UNKNOWN,
    TS_FORMAT,
    UNKNOWN_WORD,
    WRONG_TYPE,
    RefusedError,
)
from ingest.strict_json import PACKET_BYTES, parse_object
from ingest.texts import is_sound_name
from ingest.timestamps import epoch_s_us, settle
from ingest.topics import below
from street.clock import SECOND_US, iso

ROOT: Final = "frigate"

_SERVER: Final = "frigate"
_TEXT_CHARACTERS: Final = 128
_MOST_NAMES: Final = 32
_PHASES: Final = frozenset({"new", "update", "end", "genai"})
_AVAILABLE: Final = {"online": True, "stopped": False, "offline": False}
_ROLES: Final = {"online": True, "offline": False, "disabled": False}
_ON: Final = {"on": True, "off": False}
_VEHICLES: Final = frozenset({"car", "truck", "bus"})
_CYCLES: Final = frozenset({"bicycle", "motorcycle"})
_FIRE_LANES: Final = ("fire_lane", "xiaofang")
_PERSONAL: Final = "personal data: mask before display"
_PERSONAL_UPDATES: Final = frozenset({"lpr", "face"})


class Dialect:
    """Decodes what one Frigate publishes; keeps nothing between messages."""

    def __init__(self, root: str = ROOT) -> None:
        self._root = root

    def decode(self, message: Message) -> Decoded:
        """Return what *message* says.

        Raises:
            RefusedError: topic or payload is not one of Frigate's forms.
        """
        levels = below(self._root, message.topic)
        if len(levels) == 1:
            return _of_server(levels[0], message)
        if not is_sound_name(levels[0]) or len(levels[0]) > _TEXT_CHARACTERS:
            raise RefusedError(TOPIC_MALFORMED)
        return _of_camera(levels[0], levels[1:], message)


def _of_server(form: str, message: Message) -> Decoded:
    if form == "available":
        return _presence(_SERVER, message.payload, _AVAILABLE)
    if form == "events":
        return _event(parse_object(message.payload, PACKET_BYTES), message.received_us)
    if form == "reviews":
        return _review(parse_object(message.payload, PACKET_BYTES), message.received_us)
    if form == "tracked_object_update":
        return _found_out(parse_object(message.payload, PACKET_BYTES), message.received_us)
    if form in {"stats", "camera_activity", "job_state"}:
        return Decoded(Kind.LOG, _SERVER)
    if form in {"restart", "onConnect", "notifications"}:
        return Decoded(Kind.IGNORE, _SERVER)
    raise RefusedError(TOPIC_UNKNOWN)


def _of_camera(camera: str, rest: list[str], message: Message) -> Decoded:
    form, name = rest[0], rest[1] if len(rest) > 1 else ""
    if rest[-1] in {"snapshot", "set", "suspend"} or rest[0].startswith("ptz"):
        return Decoded(Kind.IGNORE, camera)  # a picture is never read as text
    if rest[-1] in {"state", "suspended"} or form in {"classification", "object_classification"}:
        return Decoded(Kind.LOG, camera)
    if form in {"motion", "review_status"} and not name:
        return _of_picture(camera, form, message.payload)
    if form == "status" and len(rest) == 2:
        return _presence(camera, message.payload, _ROLES, role=name)
    if form == "audio" and len(rest) == 2:
        return _audio(camera, name, message.payload)
    if rest[1:] in ([], ["active"]):
        return _count(camera, rest, message.payload)
    raise RefusedError(TOPIC_UNKNOWN)


def _of_picture(camera: str, form: str, payload: bytes) -> Decoded:
    if form == "motion":
        return _one(camera, DecodedReading("motion", bare_word(payload, _ON), None, "motion"))
    return Decoded(Kind.LOG, camera, extra={"review_status": bare_text(payload)[:_TEXT_CHARACTERS]})


def _one(device_id: str, found: DecodedReading) -> Decoded:
    return measured(device_id, None, [found], {}, [])


def _presence(device_id: str, payload: bytes, words: dict[str, bool], role: str = "") -> Decoded:
    """Return whether Frigate, or one role of a camera, is there; only `detect` speaks for the camera."""
    is_online = bare_word(payload, words)
    if role and role != "detect":
        return Decoded(Kind.LOG, device_id, extra={"role": role[:_TEXT_CHARACTERS], "online": is_online})
    extra = {"role": role} if role else {}
    return Decoded(Kind.AVAILABILITY, device_id, None, [DecodedReading("online", is_online, None)], extra)


def _audio(camera: str, name: str, payload: bytes) -> Decoded:
    if name == "dBFS":
        return _one(camera, reading("audio_level", bare_number(payload, name), name)._replace(path=None))
    if name == "rms":
        return _one(camera, reading("audio_rms", bare_number(payload, name), name))
    if name == "transcription":
        return Decoded(Kind.IGNORE, camera)  # what somebody said is nobody's to keep
    extra = {"audio": name[:_TEXT_CHARACTERS], "heard": bare_word(payload, _ON)}
    return Decoded(Kind.EVENT, camera, extra=extra)


def _count(camera: str, rest: list[str], payload: bytes) -> Decoded:
    label = rest[0]
    if not is_sound_name(label) or len(label) > _TEXT_CHARACTERS:
        raise RefusedError(TOPIC_MALFORMED)
    count = bare_number(payload, label)
    if type(count) is not int or count < 0:
        raise RefusedError(NOT_NUMERIC, label)
    quantity = "active_object_count" if len(rest) == 2 else "object_count"
    return _one(camera, DecodedReading(quantity, count, "count", label, None, label))


def _instant(said: Any) -> int | None:  # noqa: ANN401 - a payload field
    """Return the instant of an epoch in seconds, None where there is none yet.

    Raises:
        RefusedError: not a number of seconds.
    """
    if said is None:
        return None
    if type(said) not in (int, float):
        raise RefusedError(TS_FORMAT)
    return epoch_s_us(said)


def _settled(said: list[Any], received_us: int, extra: dict[str, Any]) -> int | None:
    """Return the first instant of *said* that there is."""
    for value in said:
        at_us = _instant(value)
        if at_us is not None:
            return settle(at_us, received_us, extra)
    return None


def _after(body: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Return phase, camera and the state after a change."""
    phase, after = body.get("type"), body.get("after")
    if type(after) is not dict:
        raise RefusedError(MISSING_FIELD if after is None else WRONG_TYPE, "after")
    if type(phase) is not str or phase not in _PHASES:
        raise RefusedError(UNKNOWN_WORD, "type")
    return phase, _named(after, "camera"), after


def _named(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if type(value) is not str or not value:
        raise RefusedError(MISSING_FIELD if value is None else WRONG_TYPE, name)
    if not is_sound_name(value) or len(value) > _TEXT_CHARACTERS:
        raise RefusedError(WRONG_TYPE, name)
    return value


def _names(value: Any) -> list[str]:  # noqa: ANN401 - a payload field
    names = value if type(value) is list else []
    return [name[:_TEXT_CHARACTERS] for name in names[:_MOST_NAMES] if type(name) is str and is_sound_name(name)]


def _event(body: dict[str, Any], received_us: int) -> Decoded:
    phase, camera, after = _after(body)
    if after.get("false_positive") is True:
        return Decoded(Kind.IGNORE, camera, reason="false_positive")
    extra: dict[str, Any] = {"event_id": _named(after, "id"), "phase": phase}
    time_us = _settled([after.get("end_time"), after.get("frame_time"), after.get("start_time")], received_us, extra)
    _describe(after, extra)
    extra |= _lasted(_instant(after.get("start_time")), _instant(after.get("end_time")))
    taken = FieldReadings()
    if after.get("score") is not None:
        taken.add("detection_score", after["score"], "after.score", unit="1")
    if taken.dropped:
        extra["dropped"] = dropped_facts(taken.dropped)
    return Decoded(Kind.EVENT, camera, time_us, taken.readings, extra)


def _describe(after: dict[str, Any], extra: dict[str, Any]) -> None:
    """Note what was seen and where; that a plate or a face was read, but not which."""
    if type(after.get("label")) is str and is_sound_name(after["label"]):
        extra["label"] = after["label"][:_TEXT_CHARACTERS]
    extra["zones"] = _names(after.get("current_zones"))
    extra["entered_zones"] = _names(after.get("entered_zones"))
    if type(after.get("stationary")) is bool:
        extra["stationary"] = after["stationary"]
    if after.get("recognized_license_plate") or after.get("sub_label"):
        extra["privacy"] = _PERSONAL
    matter = _matter(extra)
    if matter:
        extra["suggested_matter"] = matter


def _lasted(started_us: int | None, ended_us: int | None) -> dict[str, Any]:
    if started_us is None:
        return {}
    lasted = {} if ended_us is None else {"duration_s": (ended_us - started_us) / SECOND_US}
    return {"started_at": iso(started_us), **lasted}


def _matter(extra: dict[str, Any]) -> str:
    """Return the matter that label and zone suggest; a person decides, and how long is long is a rule's business."""
    if extra.get("stationary") is not True:
        return ""
    zones = [zone.lower() for zone in extra["zones"]]
    if extra.get("label") in _VEHICLES:
        if any(zone.startswith(_FIRE_LANES) for zone in zones):
            return "09012"
        return "09009" if any("no_stop" in zone or "no_parking" in zone for zone in zones) else ""
    return "09010" if extra.get("label") in _CYCLES and zones else ""


def _review(body: dict[str, Any], received_us: int) -> Decoded:
    phase, camera, after = _after(body)
    extra: dict[str, Any] = {"event": "review", "event_id": _named(after, "id"), "phase": phase}
    time_us = _settled([after.get("end_time"), after.get("start_time")], received_us, extra)
    if type(after.get("severity")) is str and is_sound_name(after["severity"]):
        extra["severity"] = after["severity"][:_TEXT_CHARACTERS]
    told = after.get("data")
    if type(told) is dict:
        extra |= {name: _names(told.get(name)) for name in ("objects", "zones", "audio")}
        extra["detections"] = len(told["detections"]) if type(told.get("detections")) is list else 0
    return Decoded(Kind.EVENT, camera, time_us, [], extra)


def _found_out(body: dict[str, Any], received_us: int) -> Decoded:
    extra: dict[str, Any] = {"event": _named(body, "type")}
    camera = body.get("camera")
    time_us = _settled([body.get("timestamp")], received_us, extra)
    for name in ("id", "plate", "name", "label", "model"):
        if type(body.get(name)) is str and is_sound_name(body[name]):
            extra["event_id" if name == "id" else name] = body[name][:_TEXT_CHARACTERS]
    if extra["event"] in _PERSONAL_UPDATES:
        extra["privacy"] = _PERSONAL
    device_id = _named(body, "camera") if camera is not None else _SERVER
    return Decoded(Kind.EVENT, device_id, time_us, [], extra)
