"""Incident events. What makes one illegal is in tests/hostile/corpus.jsonl, case by case."""

import json
from typing import Any

import pytest

from ingest.incident_events import REQUIRED, incident_event
from ingest.messages import Kind, Message
from ingest.refusals import RefusedError
from street.incidents import Incident, Stage

RECEIVED_US = 1_795_486_530_250_000
EVENT: dict[str, Any] = {
    "id": "cam-3-000182",
    "ts": 1_795_486_500_000,
    "matter": "09012",
    "severity": 2,
    "title": "消防通道被占",
    "description": "一辆货车停在消防通道",
    "lon": 120.3259,
    "lat": 36.0668,
    "address": "龙江路 12 号",
}


def _report(retain: bool = False, **changes: object) -> Any:
    return incident_event(
        "cam-3", Message("street/incidents/cam-3", json.dumps(EVENT | changes).encode(), retain, RECEIVED_US)
    )


def test_an_event_is_a_reported_incident() -> None:
    """Its id is its source's own, under the source's name."""
    decoded = _report(confidence=0.91, media=["000182.jpg"], asset_id="CAM-3", title_en="Fire lane blocked")

    assert (decoded.kind, decoded.device_id, decoded.time_us) == (Kind.EVENT, "cam-3", 1_795_486_500_000_000)
    assert decoded.incident == Incident(
        incident_id="cam-3/cam-3-000182",
        source="cam-3",
        matter="09012",
        severity=2,
        title="消防通道被占",
        title_en="Fire lane blocked",
        description="一辆货车停在消防通道",
        address="龙江路 12 号",
        lon=120.3259,
        lat=36.0668,
        asset_id="CAM-3",
        confidence=0.91,
        media=("000182.jpg",),
        stage=Stage.REPORTED,
        reported_us=1_795_486_500_000_000,
        moved_us=1_795_486_500_000_000,
    )


@pytest.mark.parametrize("retain", [False, True])
def test_nobody_else_is_the_street_itself(retain: bool) -> None:
    """Incidents of the source `sensing` are our own candidates: a device must not forge one."""
    with pytest.raises(RefusedError) as refused:
        incident_event("sensing", Message("street/incidents/sensing", json.dumps(EVENT).encode(), retain, RECEIVED_US))

    assert (refused.value.code, refused.value.field) == ("topic-malformed", "")


def test_what_the_source_does_not_know_is_null() -> None:
    """The field is there, so it was not forgotten."""
    incident = _report(matter=None, description=None, address=None, lon=None, lat=None).incident

    assert (incident.matter, incident.description, incident.address, incident.lon, incident.lat) == (
        "",
        "",
        "",
        None,
        None,
    )


@pytest.mark.parametrize("name", REQUIRED)
def test_a_forgotten_field_is_named(name: str) -> None:
    """One at a time."""
    event = {key: value for key, value in EVENT.items() if key != name}

    with pytest.raises(RefusedError) as caught:
        incident_event("a", Message("street/incidents/a", json.dumps(event).encode(), False, RECEIVED_US))

    assert (caught.value.code, caught.value.field) == ("schema-missing", name)


def test_a_retained_event_opens_nothing() -> None:
    """It may be a year old."""
    decoded = _report(retain=True)

    assert (decoded.kind, decoded.incident) == (Kind.IGNORE, None)


def test_a_clock_that_is_ahead_reports_at_arrival() -> None:
    """Otherwise the incident would lie in the future."""
    decoded = _report(ts="2026-11-24T05:00:00Z")

    assert (decoded.time_us, decoded.incident.reported_us) == (None, RECEIVED_US)
    assert decoded.extra["clock_skew"] is True


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"asset_id": 5}, "type", "asset_id"),
        ({"asset_id": "a b"}, "charset", "asset_id"),
        ({"schema_version": 2}, "version-unsupported", "schema_version"),
        ({"schema_version": "1"}, "type", "schema_version"),
        ({"title_en": "a\nb"}, "charset", "title_en"),
        ({"lat": None}, "type", "lat, lon"),
    ],
)
def test_optional_fields_are_held_to_their_rules(changes: dict[str, object], code: str, field: str) -> None:
    """Optional does not mean anything goes."""
    with pytest.raises(RefusedError) as caught:
        _report(**changes)

    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_leap_second_is_said() -> None:
    """Here too."""
    assert _report(ts="2016-12-31T23:59:60Z").extra["leap_second"] is True
