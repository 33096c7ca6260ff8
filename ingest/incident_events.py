"""One incident event on `street/incidents/<source>`: a source says that something on the street needs a person.

Every listed field must be there; `description`, `address`, `matter`, `lon` and `lat` may be null where the source
does not know them. Names in `media` are kept as text and never fetched.
"""

import re
from dataclasses import replace
from typing import Any, Final

from ingest.messages import Decoded, Kind, Message
from ingest.positions import is_outside, position
from ingest.quantities import number
from ingest.refusals import (
    EMPTY,
    FORBIDDEN_CHARACTER,
    LENGTH,
    MISSING_FIELD,
    OUT_OF_RANGE,
    PERSONAL,
    TOPIC_RESERVED,
    UNKNOWN_FIELD,
    UNKNOWN_VERSION,
    WRONG_TYPE,
    RefusedError,
)
from ingest.strict_json import parse_object
from ingest.texts import is_id, sentence
from ingest.timestamps import is_leap_second, settle, source_time
from street.incidents import SENSING, Incident
from street.places import Places

REQUIRED: Final = ("id", "ts", "matter", "severity", "title", "description", "lon", "lat", "address")
OPTIONAL: Final = frozenset({"title_en", "asset_id", "confidence", "media", "seq", "schema_version"})
PERSONAL_FIELDS: Final = frozenset(
    "face_feature face_id face_image id_card id_number phone mobile phone_number email wechat".split()
)
TITLE_CHARACTERS: Final = 200
TEXT_CHARACTERS: Final = 2000
MEDIA: Final = 16
MEDIA_CHARACTERS: Final = 512
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:\-]{0,127}", re.ASCII)
_MATTER: Final = re.compile(r"[0-9]{5}", re.ASCII)
_INLINE: Final = re.compile(r"\s*(?:data|javascript|vbscript):", re.IGNORECASE)


def incident_event(source: str, message: Message) -> Decoded:
    """Return the incident that *message* reports; a retained copy is none, since it may be old.

    Raises:
        RefusedError: a field is missing, unknown, or not what it must be; or the source takes our own candidates' name.
    """
    if source == SENSING:
        raise RefusedError(TOPIC_RESERVED)
    if message.retain:
        reason = None if message.payload else EMPTY.reason
        return Decoded(Kind.IGNORE, source, extra={"retained": True}, reason=reason)
    fields = parse_object(message.payload)
    _check_names(fields)
    extra: dict[str, Any] = {"event": "incident"}
    ts = fields["ts"]
    time_us = settle(source_time(ts), message.received_us, extra)
    if type(ts) is str and is_leap_second(ts):
        extra["leap_second"] = True
    incident = _incident(source, fields, message.received_us if time_us is None else time_us)
    extra |= {"incident_id": incident.incident_id, "matter": incident.matter, "severity": incident.severity}
    if incident.lat is not None and incident.lon is not None and is_outside(incident.lat, incident.lon):
        extra["geo_outside"] = True
    return Decoded(Kind.EVENT, source, time_us, extra=extra, incident=incident)


def placed(incident: Incident, places: Places) -> Incident:
    """Return *incident* with the grid cell and community that its position lies in, where it has one of ours."""
    if incident.lon is None or incident.lat is None:
        return incident
    cell = places.grid_cell_of(incident.lon, incident.lat)
    community = places.community_of(incident.lon, incident.lat)
    return replace(
        incident,
        grid_cell_id=cell.grid_cell_id if cell else "",
        community_id=community.community_id if community else "",
    )


def _check_names(fields: dict[str, Any]) -> None:
    for name in fields:
        if name in PERSONAL_FIELDS:
            raise RefusedError(PERSONAL, name)
        if name not in REQUIRED and name not in OPTIONAL:
            raise RefusedError(UNKNOWN_FIELD, name)
    for name in REQUIRED:
        if name not in fields:
            raise RefusedError(MISSING_FIELD, name)
    version = fields.get("schema_version", 1)
    if type(version) is not int:
        raise RefusedError(WRONG_TYPE, "schema_version")
    if version != 1:
        raise RefusedError(UNKNOWN_VERSION, "schema_version")


def _incident(source: str, fields: dict[str, Any], at_us: int) -> Incident:
    lon, lat = _position(fields["lon"], fields["lat"])
    return Incident(
        incident_id=f"{source}/{_id(fields['id'])}",
        source=source,
        matter=_matter(fields["matter"]),
        severity=_severity(fields["severity"]),
        title=_line(fields["title"], "title"),
        title_en=_line(fields["title_en"], "title_en") if fields.get("title_en") else "",
        description=_text(fields["description"], "description", TEXT_CHARACTERS),
        address=_text(fields["address"], "address", TITLE_CHARACTERS),
        lon=lon,
        lat=lat,
        asset_id=_asset(fields.get("asset_id")),
        confidence=_confidence(fields.get("confidence")),
        media=_media(fields.get("media")),
        reported_us=at_us,
        moved_us=at_us,
    )


def _id(value: Any) -> str:  # noqa: ANN401 - a payload field
    if type(value) is not str:
        raise RefusedError(WRONG_TYPE, "id")
    if not 0 < len(value) <= 128:
        raise RefusedError(LENGTH, "id")
    if not _ID.fullmatch(value):
        raise RefusedError(FORBIDDEN_CHARACTER, "id")
    return value


def _matter(value: Any) -> str:  # noqa: ANN401 - a payload field
    if value is None or value == "":
        return ""
    if type(value) is not str:
        raise RefusedError(WRONG_TYPE, "matter")
    if len(value) != 5:
        raise RefusedError(LENGTH, "matter")
    if not _MATTER.fullmatch(value):
        raise RefusedError(FORBIDDEN_CHARACTER, "matter")
    return value


def _severity(value: Any) -> int:  # noqa: ANN401 - a payload field
    if type(value) is not int:
        raise RefusedError(WRONG_TYPE, "severity")
    if not 1 <= value <= 4:
        raise RefusedError(OUT_OF_RANGE, "severity")
    return value


def _line(value: Any, field: str) -> str:  # noqa: ANN401 - a payload field
    text = sentence(value, field, TITLE_CHARACTERS)
    if "\n" in text or "\r" in text or "\t" in text:
        raise RefusedError(FORBIDDEN_CHARACTER, field)
    return text


def _text(value: Any, field: str, longest: int) -> str:  # noqa: ANN401 - a payload field
    return "" if value is None else sentence(value, field, longest)


def _position(lon: Any, lat: Any) -> tuple[float | None, float | None]:  # noqa: ANN401 - payload fields
    if lon is None and lat is None:
        return None, None
    position(lat, lon, "lat, lon")
    return float(lon), float(lat)


def _asset(value: Any) -> str:  # noqa: ANN401 - a payload field
    if value is None:
        return ""
    if type(value) is not str:
        raise RefusedError(WRONG_TYPE, "asset_id")
    if not is_id(value):
        raise RefusedError(FORBIDDEN_CHARACTER, "asset_id")
    return value


def _confidence(value: Any) -> float | None:  # noqa: ANN401 - a payload field
    if value is None:
        return None
    if not 0 <= number(value, "confidence") <= 1:
        raise RefusedError(OUT_OF_RANGE, "confidence")
    return float(value)


def _media(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - a payload field
    if value is None:
        return ()
    if type(value) is not list:
        raise RefusedError(WRONG_TYPE, "media")
    if len(value) > MEDIA:
        raise RefusedError(LENGTH, "media")
    names = tuple(sentence(name, "media", MEDIA_CHARACTERS) for name in value)
    if any(_INLINE.match(name) for name in names):
        raise RefusedError(FORBIDDEN_CHARACTER, "media")
    return names
