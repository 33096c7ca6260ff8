"""What a camera's messages become: through the real decoder and the real filing, one sighting an object."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.decode import Message
from street import clock
from street.assets import Asset
from street.clock import MINUTE_US, SECOND_US
from tests.ingest.small_street import SmallStreet

CAMERA = Asset(asset_id="C-1", kind="camera", name="gate", dialect="frigate", device_id="cam_3")
EVENTS = "frigate/events"


class Before:
    """A camera that follows a car, before an ingest that files what it says."""

    def __init__(self, street: SmallStreet) -> None:
        self.street = street
        self.began_us = clock.now_us() - 30 * MINUTE_US

    def says(self, phase: str, after_s: float, topic: str = EVENTS, *, retain: bool = False, **changes: Any) -> None:
        """Let the camera say one word of the car, so long after it came."""
        at_us = self.began_us + int(after_s * SECOND_US)
        after = {
            "id": "1795486510.475377-mxklsc", "camera": "cam_3", "label": "car", "frame_time": at_us / 1e6,
            "start_time": self.began_us / 1e6, "end_time": None, "score": 0.88, "top_score": 0.9,
            "current_zones": ["fire_lane_1"], "entered_zones": ["fire_lane_1"], "stationary": True,
            "false_positive": False, "active": False,
        } | changes  # fmt: skip
        payload = json.dumps({"type": phase, "before": after, "after": after}).encode()
        message = Message(topic, payload, retain, at_us + SECOND_US)
        self.street.parts.filing.file(self.street.items(message), clock.now_us())

    def ends(self, after_s: float, **changes: Any) -> None:
        """Let the camera say that the car has gone from its picture."""
        self.says("end", after_s, end_time=(self.began_us + int(after_s * SECOND_US)) / 1e6, **changes)

    def kept(self) -> list[tuple[Any, ...]]:
        """Return what is kept: id, seconds from the car's coming to its first and last stand, whether it is over."""
        found = self.street.rows("SELECT sighting_id, first_us, last_us, has_ended FROM sightings ORDER BY sighting_id")
        return [
            (name.split("/")[1], round((first - self.began_us) / 1e6), round((last - self.began_us) / 1e6), bool(over))
            for name, first, last, over in found
        ]


CAR = "1795486510.475377-mxklsc"


@pytest.fixture
def before(tmp_path: Path) -> Iterator[Before]:
    """An ingest that knows one camera."""
    street = SmallStreet(tmp_path)
    street.parts.store.register_assets([CAMERA])
    street.parts.filing.register.refresh([CAMERA])
    yield Before(street)
    street.close()


def test_new_update_and_end_of_one_object_are_one_sighting(before: Before) -> None:
    """Counted from where it stood first, until it had gone."""
    before.says("new", 0, stationary=False)
    before.says("update", 10)
    before.says("update", 70)
    before.says("update", 130)
    before.ends(300)

    assert before.kept() == [(CAR, 10, 300, True)]


def test_what_is_known_of_it(before: Before) -> None:
    """Which camera, what, where in the picture, how sure; nothing of who."""
    before.says("update", 10, sub_label=["Li Wei", 0.9], recognized_license_plate="B12345")

    columns = "asset_id, label, zones, matter, confidence, verdict, incident_id"
    assert before.street.rows(f"SELECT {columns} FROM sightings") == [
        ("C-1", "car", "fire_lane_1", "09012", 0.88, "", "")
    ]
    everything = str(before.street.rows("SELECT * FROM sightings"))
    assert "Li Wei" not in everything
    assert "B12345" not in everything


def test_two_objects_are_two(before: Before) -> None:
    """Each by its own id."""
    before.says("update", 10)
    before.says("update", 11, id="1795486511.0-other")

    assert [name for name, *_ in before.kept()] == [CAR, "1795486511.0-other"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"stationary": False}, id="it moves"),
        pytest.param({"current_zones": []}, id="it left the zone"),
        pytest.param({"current_zones": ["road"]}, id="it is where it may be"),
    ],
)
def test_driving_on_ends_it(before: Before, changes: dict[str, Any]) -> None:
    """Long before the camera loses it."""
    before.says("update", 10)
    before.says("update", 100, **changes)

    before.ends(900, **changes)

    assert before.kept() == [(CAR, 10, 100, True)]


def test_the_end_ends_it_whatever_else_it_says(before: Before) -> None:
    """As an older Frigate does: no zones, no word of standing."""
    before.says("update", 10)

    before.ends(301, current_zones=[], stationary=None)

    assert before.kept() == [(CAR, 10, 301, True)]


def test_creeping_forward_is_still_standing(before: Before) -> None:
    """Two minutes and a metre and two minutes are four minutes."""
    before.says("update", 10)
    before.says("update", 130, stationary=False)
    before.says("update", 150)
    before.says("update", 250)

    assert before.kept() == [(CAR, 10, 250, False)]


def test_words_that_come_twice_or_late_change_nothing(before: Before) -> None:
    """A broker may send each of them again, also after the end."""
    words = [("new", 0, {"stationary": False}), ("update", 10, {}), ("update", 70, {})]
    for phase, after_s, changes in words:
        before.says(phase, after_s, **changes)
    before.ends(300)
    kept = before.kept()

    for phase, after_s, changes in words:
        before.says(phase, after_s, **changes)
    before.ends(300)

    assert before.kept() == kept == [(CAR, 10, 300, True)]


def test_a_description_after_the_end_begins_nothing(before: Before) -> None:
    """It tells of what has gone."""
    before.says("update", 10)
    before.ends(100)

    before.says("genai", 160, end_time=(before.began_us + 100 * SECOND_US) / 1e6)

    assert before.kept() == [(CAR, 10, 100, True)]


@pytest.mark.parametrize(
    "says",
    [
        pytest.param({"false_positive": True}, id="a false positive"),
        pytest.param({"retain": True}, id="a kept copy, of any age"),
        pytest.param({"label": "person"}, id="a person"),
        pytest.param({"topic": "frigate/reviews"}, id="a review, which sums up objects"),
    ],
)
def test_what_is_no_sighting(before: Before, says: dict[str, Any]) -> None:
    """Nothing is kept of it, at its beginning or its end."""
    for phase in ("new", "update", "end"):
        before.says(phase, 10, **says)

    assert before.kept() == []


def test_a_sighting_reports_nothing_by_itself(before: Before) -> None:
    """A person looks first."""
    before.says("update", 10)
    before.ends(1_000)

    assert before.street.rows("SELECT * FROM incidents") == []
