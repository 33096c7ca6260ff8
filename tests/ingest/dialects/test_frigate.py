"""Frigate: one object is one candidate, a picture is never text, who somebody is stays with the camera."""

from typing import Any

import pytest

from ingest.dialects.frigate import Dialect
from ingest.messages import Decoded, Kind
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import facts, hear, instant, values

SEEN = {
    "id": "1795486510.475377-mxklsc",
    "camera": "cam_3",
    "label": "car",
    "start_time": 1795486510.475377,
    "end_time": None,
    "frame_time": 1795486516.08,
    "score": 0.88,
    "current_zones": ["fire_lane_1"],
    "entered_zones": ["fire_lane_1"],
    "stationary": True,
    "false_positive": False,
}


def _event(phase: str = "update", **changes: Any) -> Decoded:
    return hear(Dialect(), "frigate/events", {"type": phase, "before": {}, "after": {**SEEN, **changes}})


def test_an_object_is_told_by_its_id_and_phase() -> None:
    """New, update and end are one candidate."""
    decoded = _event()

    assert (decoded.kind, decoded.device_id, decoded.time_us) == (
        Kind.EVENT,
        "cam_3",
        instant("2026-11-24T02:15:16.08Z"),
    )
    assert (decoded.extra["event_id"], decoded.extra["phase"]) == (SEEN["id"], "update")
    assert facts(decoded) == {("detection_score", 0.88, "1", None)}


def test_the_end_has_a_duration() -> None:
    """From start to end [s]."""
    decoded = _event("end", end_time=1795486520.475377)

    assert decoded.extra["duration_s"] == 10
    assert decoded.time_us == instant("2026-11-24T02:15:20.475377Z")


def test_a_false_positive_is_nothing() -> None:
    """It says so, and is ignored."""
    assert (_event(false_positive=True).kind, _event(false_positive=True).reason) == (Kind.IGNORE, "false_positive")


@pytest.mark.parametrize(
    ("changes", "matter"),
    [
        ({}, "09012"),
        ({"stationary": False}, None),
        ({"label": "person"}, None),
        ({"current_zones": ["no_parking"]}, "09009"),
        ({"label": "bicycle", "current_zones": ["walk"]}, "09010"),
        ({"current_zones": []}, None),
    ],
)
def test_label_and_zone_suggest_a_matter(changes: dict[str, Any], matter: str | None) -> None:
    """Only of what stands still."""
    assert _event(**changes).extra.get("suggested_matter") == matter


@pytest.mark.parametrize(
    "changes", [{"recognized_license_plate": "X1"}, {"sub_label": ["Li", 0.9]}, {"sub_label": "Li"}]
)
def test_a_plate_or_a_name_is_marked_and_not_repeated(changes: dict[str, Any]) -> None:
    """Personal data of an event is not needed to send somebody."""
    extra = _event(**changes).extra

    assert "privacy" in extra
    assert not {"X1", "Li"} & {str(it) for it in extra.values()}


def test_an_older_frigate_lacks_the_later_fields() -> None:
    """And is read all the same."""
    body = {"type": "new", "after": {"id": "1.0-a", "camera": "c", "label": "person", "start_time": 1795486510}}

    assert hear(Dialect(), "frigate/events", body).extra["zones"] == []


def test_a_review_tells_what_it_is_about() -> None:
    """Severity, objects, zones."""
    after = {
        "id": "r1",
        "camera": "c",
        "start_time": 1795486509.3,
        "end_time": None,
        "severity": "alert",
        "data": {"detections": ["a", "b"], "objects": ["person"], "sub_labels": [], "zones": ["z"], "audio": []},
    }

    extra = hear(Dialect(), "frigate/reviews", {"type": "new", "before": {}, "after": after}).extra

    assert (extra["severity"], extra["objects"], extra["zones"], extra["detections"]) == ("alert", ["person"], ["z"], 2)


@pytest.mark.parametrize(
    ("topic", "payload", "fact"),
    [
        ("cam/person", "7", ("object_count", 7, "count", "person")),
        ("walk/bicycle/active", "0", ("active_object_count", 0, "count", "bicycle")),
        ("cam/all", "3", ("object_count", 3, "count", "all")),
        ("cam/motion", "ON", ("motion", True, None, None)),
        ("cam/audio/dBFS", "-38.4", ("audio_level", -38.4, "dBFS", None)),
    ],
)
def test_bare_topics_are_readings(topic: str, payload: str, fact: tuple[object, ...]) -> None:
    """dBFS is no sound level in dB(A)."""
    assert facts(hear(Dialect(), f"frigate/{topic}", payload)) == {fact}


@pytest.mark.parametrize(
    ("topic", "payload", "kind"),
    [
        ("available", "stopped", Kind.AVAILABILITY),
        ("cam/status/detect", "disabled", Kind.AVAILABILITY),
        ("cam/status/record", "online", Kind.LOG),
        ("stats", {"cameras": {}}, Kind.LOG),
        ("cam/person/snapshot", b"\xff\xd8\xff\x00", Kind.IGNORE),
        ("cam/detect/set", "ON", Kind.IGNORE),
        ("cam/detect/state", "ON", Kind.LOG),
        ("cam/audio/state", "ON", Kind.LOG),
        ("cam/audio/speech", "ON", Kind.EVENT),
        ("cam/audio/transcription", "words", Kind.IGNORE),
        ("cam/review_status", "ALERT", Kind.LOG),
        ("restart", "", Kind.IGNORE),
        ("notifications/state", "ON", Kind.LOG),
    ],
)
def test_other_forms_are_known(topic: str, payload: object, kind: Kind) -> None:
    """Pictures are never read as text; only the detector speaks for a camera."""
    assert hear(Dialect(), f"frigate/{topic}", payload).kind is kind


def test_what_was_found_out_later_is_an_event() -> None:
    """A plate is kept where it is the message, and marked."""
    body = {"type": "lpr", "id": "1-a", "camera": "gate", "plate": "X1", "timestamp": 1795486518.7}

    decoded = hear(Dialect(), "frigate/tracked_object_update", body)

    assert (decoded.device_id, decoded.extra["plate"]) == ("gate", "X1")
    assert "mask" in decoded.extra["privacy"]


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("events", {"type": "new"}),
        ("events", {"type": "gone", "after": SEEN}),
        ("events", {"type": "new", "after": {}}),
        ("cam/person", "many"),
        ("cam/person", "-1"),
        ("cam/person", "1.5"),
        ("cam/motion", "yes"),
        ("nothing", ""),
        ("events", {"type": "new", "after": {**SEEN, "start_time": 1795486510475}}),
        ("a/b/c/d", "1"),
    ],
)
def test_what_is_none_of_its_forms_is_refused(topic: str, payload: object) -> None:
    """Milliseconds where seconds belong, too."""
    with pytest.raises(RefusedError):
        hear(Dialect(), f"frigate/{topic}", payload)


def test_a_score_that_is_none_costs_itself() -> None:
    """The event is kept."""
    decoded = _event(score="high")

    assert (values(decoded), decoded.extra["dropped"][0]["code"]) == ({}, "type")
