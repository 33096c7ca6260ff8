"""What cameras saw: when one thing is worth a look, what one camera is believed, what is reported of it."""

from dataclasses import replace
from typing import Any

import pytest

from street.assets import Asset
from street.camera_proof import (
    CONFIRMED,
    ENOUGH,
    LEAST_SHARE,
    REJECTED,
    WORD_HOLDS_US,
    Sighting,
    continued,
    incident_of,
    is_due,
    precision,
    seen,
)
from street.clock import MINUTE_US, SECOND_US
from street.matters import load_matters

NOON_US = 1_789_999_200_000_000
CAMERA = Asset(asset_id="C-1", kind="camera", name="gate", lon=120.32, lat=36.06, grid_cell_id="370202007007003")


def a_sighting(**changes: Any) -> Sighting:
    """Return a car in a fire lane, seen first at noon and last a minute later."""
    told: dict[str, Any] = {
        "sighting_id": "C-1/1", "asset_id": "C-1", "label": "car", "zones": ("fire_lane",), "matter": "09012",
        "confidence": 0.9, "first_us": NOON_US, "last_us": NOON_US + MINUTE_US, "has_ended": False,
    }  # fmt: skip
    return Sighting(**told | changes)


def word(after_s: int, **changes: Any) -> Sighting:
    """Return the camera's word so many seconds after noon."""
    at_us = NOON_US + after_s * SECOND_US
    return a_sighting(first_us=at_us, last_us=at_us, **changes)


@pytest.mark.parametrize(
    ("changes", "after_min", "due"),
    [
        pytest.param({"last_us": NOON_US + 3 * MINUTE_US}, 3, True, id="three minutes in a fire lane"),
        pytest.param({"last_us": NOON_US + 3 * MINUTE_US}, 2, False, id="not yet"),
        pytest.param({"last_us": NOON_US + 3 * MINUTE_US, "matter": "09009"}, 4, False, id="no-stopping: five minutes"),
        pytest.param({"last_us": NOON_US + 9 * MINUTE_US, "matter": "06011"}, 5, True, id="another class: five"),
        pytest.param({"last_us": NOON_US + 2 * MINUTE_US, "has_ended": True}, 60, False, id="gone after two"),
        pytest.param({"last_us": NOON_US + 3 * MINUTE_US, "has_ended": True}, 60, True, id="gone after three"),
        pytest.param({"last_us": NOON_US + 10 * SECOND_US}, 60, False, id="a camera that fell silent saw nothing more"),
        pytest.param({"last_us": NOON_US + 100 * SECOND_US}, 3, True, id="its word holds until the next is missing"),
    ],
)
def test_it_is_due_once_it_has_stood_as_long_as_its_class_says(
    changes: dict[str, Any], after_min: int, due: bool
) -> None:
    """Counted from what the camera said, never from what it did not see."""
    assert is_due(a_sighting(**changes), NOON_US + after_min * MINUTE_US) is due


def test_a_word_holds_for_less_than_the_shortest_dwell() -> None:
    """Or one glance of a dying camera would be filed."""
    glance = a_sighting(last_us=NOON_US)

    assert glance.stood_us(NOON_US + 60 * MINUTE_US) == WORD_HOLDS_US < 3 * MINUTE_US


@pytest.mark.parametrize(
    ("before", "now", "first_s", "last_s", "has_ended"),
    [
        pytest.param({}, word(120), 0, 120, False, id="it goes on"),
        pytest.param({}, word(30), 0, 60, False, id="an old word"),
        pytest.param({}, word(120, has_ended=True), 0, 120, True, id="it ends"),
        pytest.param({}, word(30, has_ended=True), 0, 60, True, id="it ends, by a clock that was set back"),
        pytest.param({"has_ended": True}, word(100), 0, 100, False, id="crept forward and stands again"),
        pytest.param({"has_ended": True}, word(200), 200, 200, False, id="stands elsewhere: a time of its own"),
        pytest.param({"has_ended": True}, word(200, has_ended=True), 0, 60, True, id="told twice that it ended"),
        pytest.param({"verdict": CONFIRMED}, word(120), 0, 120, False, id="judged, and still there"),
        pytest.param({"verdict": REJECTED, "has_ended": True}, word(200), 0, 60, True, id="judged, and over"),
    ],
)
def test_the_next_word_of_one_object(
    before: dict[str, Any], now: Sighting, first_s: int, last_s: int, has_ended: bool
) -> None:
    """One row an object: its beginning stays, its end moves, and repeated words change nothing."""
    got = continued(a_sighting(**before), now)

    times = ((got.first_us - NOON_US) // SECOND_US, (got.last_us - NOON_US) // SECOND_US, got.has_ended)
    assert times == (first_s, last_s, has_ended)


@pytest.mark.parametrize("settled", [{"verdict": CONFIRMED, "decided_by": "li"}, {"incident_id": "camera/C-1/1"}])
def test_what_was_judged_stays_what_it_was(settled: dict[str, Any]) -> None:
    """A verdict about a fire lane never becomes one about bicycles."""
    before = a_sighting(**settled)

    got = continued(before, word(120, matter="09010", label="bicycle"))

    assert got == replace(before, last_us=NOON_US + 2 * MINUTE_US)


@pytest.mark.parametrize(
    ("confirmed", "rejected", "trusted"),
    [
        pytest.param(0, 0, False, id="never judged"),
        pytest.param(199, 0, False, id="one too few"),
        pytest.param(200, 0, True, id="enough"),
        pytest.param(180, 20, True, id="just good enough"),
        pytest.param(179, 21, False, id="just not"),
    ],
)
def test_a_camera_is_believed_from_two_hundred_verdicts_on(confirmed: int, rejected: int, trusted: bool) -> None:
    """And only while nine of ten were right."""
    got = precision("C-1", "09012", [REJECTED] * rejected + [CONFIRMED] * confirmed)

    assert (ENOUGH, LEAST_SHARE) == (200, 0.9)
    assert (got.reviewed, got.confirmed, got.is_trusted) == (confirmed + rejected, confirmed, trusted)
    assert got.share == (None if not confirmed else confirmed / (confirmed + rejected))


def test_the_last_verdicts_count() -> None:
    """Five hundred good ones of last year do not outweigh a camera that was knocked aside yesterday."""
    got = precision("C-1", "09012", [REJECTED] * 21 + [CONFIRMED] * 500)

    assert (got.reviewed, got.confirmed, got.is_trusted) == (200, 179, False)


def test_what_is_reported_of_it() -> None:
    """Where the camera is, what the matter is called, how sure the camera was; now, not when it was first seen."""
    sighting, now_us = a_sighting(), NOON_US + 5 * MINUTE_US

    incident = incident_of(sighting, seen(CAMERA, sighting, load_matters()), now_us)

    assert (incident.incident_id, incident.source, incident.matter) == ("camera/C-1/1", "camera", "09012")
    assert (incident.asset_id, incident.grid_cell_id, incident.lon) == ("C-1", "370202007007003", 120.32)
    assert (incident.confidence, incident.severity, incident.reported_us) == (0.9, 2, now_us)
    assert incident.title == load_matters().find(None, "09012").name  # type: ignore[union-attr]  # it is shipped
    assert "fire_lane" in incident.description


def test_an_unknown_class_is_called_by_what_was_seen() -> None:
    """Better than nothing at all."""
    sighting = a_sighting(matter="99999")

    assert seen(CAMERA, sighting, load_matters())[:2] == ("car", "car")
