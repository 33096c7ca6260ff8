"""NGSI: shares of 1 become percent, an attribute may be bare, wrapped or several, a deleted value is a gap."""

from typing import Any

import pytest

from ingest.dialects.ngsi import Dialect
from ingest.messages import Decoded, Kind
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import facts, hear, instant, values


def _entity(kind: str = "Device", **attributes: Any) -> Decoded:
    return hear(Dialect(), "ngsi/x", {"id": "urn:1", "type": kind, **attributes})


@pytest.mark.parametrize("said", [0.85, {"value": 0.85}, {"type": "Property", "value": 0.85}, [{"value": 0.85}]])
def test_a_share_is_percent_in_every_representation(said: object) -> None:
    """Simplified, concise, normalized, multi-attribute."""
    assert values(_entity("WasteContainer", fillingLevel=said)) == {"fill_level": 85.0}


@pytest.mark.parametrize(
    ("kind", "name", "value", "fact"),
    [
        ("Streetlight", "powerState", "on", ("switch_on", True, None, None)),
        ("Streetlight", "powerState", "broken", ("switch_on", None, None, None)),
        ("Streetlight", "status", "defectiveLamp", ("lamp_status", "defectiveLamp", None, None)),
        ("Streetlight", "illuminanceLevel", 0.8, ("brightness", 80.0, "%", None)),
        ("ParkingSpot", "status", "free", ("parking_occupied", False, None, None)),
        ("ParkingSpot", "status", "closed", ("parking_occupied", None, None, None)),
        ("TrafficFlowObserved", "occupancy", 0.76, ("lane_occupancy", 76.0, "%", None)),
        ("OffStreetParking", "occupancy", 0.5, ("occupancy", 50.0, "%", None)),
        ("AirQualityObserved", "relativeHumidity", 0.54, ("humidity", 54.0, "%", None)),
        ("AirQualityObserved", "windDirection", -45, ("wind_direction", 315, "°", None)),
        ("AirQualityObserved", "windDirection", 180, ("wind_direction", 180, "°", None)),
        ("AirQualityObserved", "co", {"value": 0.5, "unitCode": "GP"}, ("co", 500.0, "µg/m³", None)),
        ("Device", "batteryLevel", 0.75, ("battery", 75.0, "%", None)),
        ("Device", "temperature", {"value": 50, "unitCode": "FAH"}, ("temperature", 10.0, "°C", None)),
        (
            "Device",
            "temperature",
            {"value": 50, "metadata": {"unitCode": {"value": "FAH"}}},
            ("temperature", 10.0, "°C", None),
        ),
        ("NoiseLevelObserved", "LAeq", 67.8, ("noise_laeq", 67.8, "dB(A)", None)),
    ],
)
def test_each_model_means_its_own(kind: str, name: str, value: object, fact: tuple[object, ...]) -> None:
    """By the Smart Data Models; a direction runs from 0 to 360."""
    assert facts(_entity(kind, **{name: value})) == {fact}


def test_a_deleted_value_is_a_gap() -> None:
    """NGSI-LD has a word for it; plain null is one too."""
    decoded = _entity(temperature={"value": "urn:ngsi-ld:null"}, pm25=None)

    assert [(one.value, one.quality) for one in decoded.readings] == [(None, "deleted"), (None, "missing")]


def test_several_values_of_one_attribute_are_channels() -> None:
    """By their data sets."""
    said = [{"value": 5, "datasetId": "urn:a"}, {"value": 6}]

    assert {(one.value, one.channel) for one in _entity(temperature=said).readings} == {(5, "urn:a"), (6, 1)}


@pytest.mark.parametrize(
    ("attributes", "time"),
    [
        (
            {"t": {"value": 5, "observedAt": "2026-11-24T02:15:20Z"}, "dateObserved": "2026-11-24T02:00:00Z"},
            "2026-11-24T02:15:20Z",
        ),
        ({"t": {"value": 5, "metadata": {"TimeInstant": {"value": "2026-11-24T02:15:20Z"}}}}, "2026-11-24T02:15:20Z"),
        (
            {"t": 5, "dateObserved": {"value": {"@type": "DateTime", "@value": "2026-11-24T02:10:00Z"}}},
            "2026-11-24T02:10:00Z",
        ),
        ({"t": 5, "dateObserved": "2026-11-24T02:00:00Z/2026-11-24T02:15:00Z"}, "2026-11-24T02:15:00Z"),
        ({"t": 5}, None),
    ],
)
def test_the_newest_observation_is_the_time(attributes: dict[str, Any], time: str | None) -> None:
    """Else the entity's own; of an interval the end."""
    assert _entity(**attributes).time_us == (instant(time) if time else None)


def test_each_entity_of_a_notification_is_a_device() -> None:
    """In both versions' wrappings."""
    entities = [{"id": "a", "type": "Device", "temperature": 5}, {"id": "b", "type": "Device", "temperature": 6}]
    for document in (
        {"subscriptionId": "s", "data": entities},
        {"metadata": {}, "body": {"type": "Notification", "data": entities}},
    ):
        decoded = hear(Dialect(), "ngsi/x", document)
        assert [(it.device_id, values(it)) for it in (decoded, *decoded.others)] == [
            ("a", {"temperature": 5}),
            ("b", {"temperature": 6}),
        ]


def test_an_alert_is_an_alarm() -> None:
    """With what it says of itself."""
    decoded = _entity("Alert", category={"value": "weather"}, severity="high", dateIssued="2026-11-24T02:15:05Z")

    assert (decoded.kind, decoded.time_us) == (Kind.ALARM, instant("2026-11-24T02:15:05Z"))
    assert (decoded.extra["category"], decoded.extra["severity"]) == ("weather", "high")


def test_a_location_is_told_and_never_a_reading() -> None:
    """Longitude first; relationships are none either."""
    decoded = _entity(
        temperature=5, location={"value": {"type": "Point", "coordinates": [120.3, 36.1]}}, ref={"object": "urn:2"}
    )

    assert decoded.extra["location"] == {"lat": 36.1, "lon": 120.3}
    assert values(decoded) == {"temperature": 5}


@pytest.mark.parametrize(
    "said",
    [
        {"value": {"a": 1}},
        {"languageMap": {"en": "x"}},
        [[1]],
        {"value": [1]},
        {"metadata": 5},
        {"value": [1], "type": [1]},
    ],
)
def test_what_is_no_single_value_is_left_out(said: object) -> None:
    """And nothing falls over."""
    assert values(_entity(temperature=said, humidity=50)) == {"humidity": 50}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"id": "a"},
        {"type": "Device"},
        {"id": 5, "type": "Device"},
        {"id": "", "type": "Device"},
        {"metadata": {}, "body": 5},
        {"subscriptionId": "s"},
        {"subscriptionId": "s", "data": []},
        {"subscriptionId": "s", "data": [5]},
        [],
        {"id": "a\u202eb", "type": "Device"},
    ],
)
def test_what_is_no_notification_is_refused(document: object) -> None:
    """With a reason."""
    with pytest.raises(RefusedError):
        hear(Dialect(), "ngsi/x", document)
