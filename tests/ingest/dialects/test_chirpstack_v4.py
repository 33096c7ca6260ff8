"""ChirpStack v4: defaults are absent on the wire, all of a codec's numbers are doubles."""

from typing import Any

import pytest

from ingest.dialects.chirpstack_v4 import Dialect
from ingest.messages import Decoded, Kind
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import facts, hear, instant, values

EUI = "24e124535b000001"
INFO = {"deviceName": "bay 13", "deviceProfileName": "geomag", "devEui": EUI, "tags": {"asset": "02001"}}


def _said(event: str, **body: Any) -> Decoded:
    document = {"time": "2026-11-24T02:15:06.927172638+00:00", "deviceInfo": INFO, **body}
    return hear(Dialect(), f"application/1/device/{EUI}/event/{event}", document)


def test_an_uplink_tells_values_signal_and_who_it_is() -> None:
    """Nanoseconds are cut; a whole double that counts is an integer."""
    decoded = _said(
        "up",
        object={"vehicle_count": 14.0, "battery": 97.0},
        rxInfo=[{"gatewayId": "a", "rssi": -110, "snr": -3}, {"gatewayId": "b", "rssi": -97, "snr": 7.5}],
    )

    assert facts(decoded) == {
        ("vehicle_count", 14, "count", None),
        ("battery", 97.0, "%", None),
        ("rssi", -97, "dBm", None),
        ("snr", 7.5, "dB", None),
    }
    assert decoded.time_us == instant("2026-11-24T02:15:06.927172Z")
    assert (decoded.extra["name"], decoded.extra["tags"]) == ("bay 13", {"asset": "02001"})
    assert (decoded.extra["f_port"], decoded.extra["f_cnt"]) == (0, 0)


@pytest.mark.parametrize(
    ("body", "battery", "quality"),
    [
        ({"batteryLevel": 88.3}, 88.3, None),
        ({}, 0.0, None),
        ({"externalPowerSource": True}, None, "unavailable"),
        ({"batteryLevelUnavailable": True, "batteryLevel": 0.0}, None, "unavailable"),
    ],
)
def test_a_level_counts_only_where_there_is_a_battery(
    body: dict[str, Any], battery: object, quality: str | None
) -> None:
    """Zero is absent on the wire; a mains device has none."""
    found = _said("status", margin=-4, **body).readings

    assert (found[0].value, found[0].quality) == (battery, quality)
    assert (found[1].quantity, found[1].value) == ("link_margin", -4)


@pytest.mark.parametrize(
    ("level", "kind"), [("ERROR", Kind.ALARM), ("WARNING", Kind.ALARM), ("INFO", Kind.LOG), (None, Kind.LOG)]
)
def test_a_fault_that_the_server_reports_is_the_devices(level: str | None, kind: Kind) -> None:
    """INFO is the default, and absent."""
    decoded = _said("log", code="UPLINK_CODEC", **({"level": level} if level else {}))

    assert (decoded.kind, decoded.extra["code"]) == (kind, "UPLINK_CODEC")


def test_a_location_is_a_position() -> None:
    """Zero degrees are absent on the wire, too."""
    decoded = _said("location", location={"latitude": 36.07, "longitude": 120.33, "accuracy": 20})

    assert values(decoded) == {"position": {"lat": 36.07, "lon": 120.33, "accuracy_m": 20}}
    assert _said("location", location={}).extra["geo_outside"]


def test_bytes_are_read_where_a_profile_says_how() -> None:
    """By the profile's name; else they stay as they came."""
    info = {**INFO, "deviceProfileName": "Cayenne trackers"}

    assert values(_said("up", data="AWcBEAJoZQ==", deviceInfo=info)) == {"temperature": 27.2, "humidity": 50.5}
    assert _said("up", data="AWcBEAJoZQ==").extra["frm_payload"] == "AWcBEAJoZQ=="


@pytest.mark.parametrize("event", ["join", "ack", "txack", "integration"])
def test_what_happened_is_an_event(event: str) -> None:
    """And no reading."""
    assert (_said(event).kind, _said(event).extra["event"]) == (Kind.EVENT, event)


def test_commands_are_ignored() -> None:
    """Ours to it."""
    assert hear(Dialect(), f"application/1/device/{EUI.upper()}/command/down", {"data": "AQ=="}).device_id == EUI


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        (f"1/device/{EUI}/event/up", {"deviceInfo": {"devEui": "ff"}}),
        (f"1/device/{EUI}/event/up", {"deviceInfo": 5}),
        (f"1/device/{EUI}/event/what", {}),
        (f"1/device/{EUI}", {}),
        (f"1/device/{EUI}/event/location", {}),
        (f"1/device/{EUI}/event/location", {"location": 5}),
        ("1/device/ x/event/up", {}),
        (f"1/device/{EUI}/event/location", {"location": {}, "time": "2036-01-01T00:00:00Z"}),
    ],
)
def test_what_is_none_of_its_forms_is_refused(topic: str, body: object) -> None:
    """A position from the future too."""
    with pytest.raises(RefusedError):
        hear(Dialect(), f"application/{topic}", body)


def test_a_level_that_is_no_word_is_no_fault() -> None:
    """And nothing falls over."""
    assert _said("log", level=["ERROR"]).kind is Kind.LOG
