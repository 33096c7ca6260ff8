"""The Things Stack. What is hostile about it is in tests/hostile/corpus.jsonl."""

import json
from typing import Any

import pytest

from ingest.dialects.ttn_v3 import Dialect
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.refusals import RefusedError

RECEIVED_US = 1_795_486_530_250_000
IDS = {"device_id": "bin-4", "application_ids": {"application_id": "yard"}, "dev_eui": "70B3D57ED0009999"}


def _decoded(form: str, body: object) -> Decoded:
    payload = json.dumps(body).encode()
    return Dialect().decode(Message(f"v3/yard@lab/devices/bin-4/{form}", payload, False, RECEIVED_US))


def _up(**uplink: Any) -> Decoded:
    return _decoded("up", {"end_device_ids": IDS, "uplink_message": uplink})


def _values(decoded: Decoded) -> dict[str, object]:
    return {one.quantity: one.value for one in decoded.readings}


def test_nanoseconds_are_cut_and_the_networks_time_goes_first() -> None:
    """The application server's time stands in where the network's is missing."""
    body = {"received_at": "2026-11-24T02:15:20.999999999Z", "uplink_message": {"decoded_payload": {"temperature": 5}}}
    later = _decoded("up", body)
    body["uplink_message"] = {"received_at": "2026-11-24T02:15:19.123456789Z", "decoded_payload": {"temperature": 5}}
    first = _decoded("up", body)

    assert later.time_us == 1_795_486_520_999_999
    assert first.time_us == 1_795_486_519_123_456
    assert first.extra["time_source"].startswith("uplink_message.received_at")
    assert _up(decoded_payload={"temperature": 5}).time_us is None


def test_the_best_gateway_is_kept_and_an_absent_figure_is_zero() -> None:
    """By SNR, then RSSI; zero is not on the wire."""
    decoded = _up(
        rx_metadata=[
            {"gateway_ids": {"gateway_id": "far"}, "rssi": -60, "snr": -7.5},
            {"gateway_ids": {"gateway_id": "weak"}, "rssi": -110},
            {"gateway_ids": {"gateway_id": "near"}, "rssi": -88},
            {"gateway_ids": {"gateway_id": "deaf"}},
        ]
    )

    assert decoded.readings == [
        DecodedReading("rssi", -88, "dBm", "rx_metadata[2].rssi"),
        DecodedReading("snr", 0, "dB", "rx_metadata[2].snr"),
    ]
    assert (decoded.extra["gateway_id"], decoded.extra["gateways"]) == ("near", 4)
    assert (decoded.extra["f_port"], decoded.extra["f_cnt"]) == (0, 0)


@pytest.mark.parametrize("metadata", [None, 5, [], [5], [{}], [{"snr": "x", "rssi": -80}]])
def test_no_gateway_no_link_readings(metadata: object) -> None:
    """And nothing falls over."""
    assert _values(_up(rx_metadata=metadata, decoded_payload={"temperature": 5})) == {"temperature": 5}


def test_the_normalized_payload_wins_with_times_of_its_own() -> None:
    """Its battery is volts by its schema; wind and soil are not air."""
    decoded = _up(
        decoded_payload={"t": 1},
        normalized_payload=[
            {"time": "2026-11-24T02:10:00Z", "air": {"temperature": 5.9, "relativeHumidity": 70}, "battery": 3.6},
            {"wind": {"speed": 4, "direction": 270}, "soil": {"temperature": 9}},
        ],
    )

    assert {(one.quantity, one.value, one.unit, one.time_us) for one in decoded.readings} == {
        ("temperature", 5.9, "°C", 1_795_486_200_000_000),
        ("humidity", 70, "%", 1_795_486_200_000_000),
        ("battery_voltage", 3.6, "V", 1_795_486_200_000_000),
        ("wind_speed", 4, "m/s", None),
        ("wind_direction", 270, "°", None),
        ("soil_temperature", 9, "°C", None),
    }
    assert decoded.readings[0].path is not None
    assert decoded.readings[0].path.startswith("normalized_payload[")


def test_a_single_normalized_object_needs_no_list() -> None:
    """And what is no object is dropped."""
    assert _values(_up(normalized_payload={"air": {"temperature": 5}})) == {"temperature": 5}
    with_fault = _up(normalized_payload=[5, {"air": {"temperature": 5}}])
    assert with_fault.extra["dropped"][0]["code"] == "not-object"


def test_without_a_formatter_there_are_only_bytes() -> None:
    """They are not guessed at; the message is still a sign of life."""
    decoded = _up(frm_payload="AQI=", f_port=85)

    assert (decoded.kind, decoded.readings) == (Kind.LOG, [])
    assert (decoded.extra["frm_payload"], decoded.extra["f_port"]) == ("AQI=", 85)


def test_a_simulated_uplink_is_never_real() -> None:
    """The flag travels with it."""
    body = {"simulated": True, "uplink_message": {"decoded_payload": {"fill_level": 99}}}

    assert _decoded("up", body).extra["simulated"] is True


def test_the_battery_the_server_asked_for_is_kept_unless_the_payload_has_one() -> None:
    """An absent value is zero there too."""
    status = {"value": 80.5, "received_at": "2026-11-24T02:00:00Z"}

    asked = _up(last_battery_percentage=status).readings
    own = _up(last_battery_percentage=status, decoded_payload={"battery": 70})
    empty = _up(last_battery_percentage={})

    assert asked == [DecodedReading("battery", 80.5, "%", "last_battery_percentage.value", 1_795_485_600_000_000)]
    assert _values(own) == {"battery": 70}
    assert _values(empty) == {"battery": 0}


def test_facts_about_the_uplink_are_kept() -> None:
    """Frequency comes as text; a location is a fact about the device, not a reading."""
    decoded = _up(
        decoded_payload={"lid": "open", "mode": "eco"},
        settings={"frequency": "486300000"},
        locations={"user": {"latitude": 36.06, "longitude": 120.32}, "frm-payload": {"latitude": 1, "longitude": 1}},
        decoded_payload_warnings=["old firmware"],
    )

    assert _values(decoded) == {"cover_open": True}
    assert decoded.extra["frequency_hz"] == 486_300_000
    assert decoded.extra["location"] == {"lat": 36.06, "lon": 120.32}
    assert (decoded.extra["warnings"], decoded.extra["states"]) == (["old firmware"], {"decoded_payload.mode": "eco"})


@pytest.mark.parametrize("locations", [5, {}, {"user": 5}, {"user": {"latitude": 120, "longitude": 36}}])
def test_a_location_that_is_none_is_left(locations: object) -> None:
    """Quietly: it is not what the message is about."""
    assert "location" not in _up(locations=locations).extra


@pytest.mark.parametrize(
    "form", ["join", "down/queued", "down/sent", "down/ack", "down/nack", "down/failed", "service/data"]
)
def test_what_happens_to_a_device_is_an_event(form: str) -> None:
    """Liveness, not readings."""
    decoded = _decoded(form, {"end_device_ids": IDS, "received_at": "2026-11-24T02:00:00.1Z"})

    assert (decoded.kind, decoded.extra["event"], decoded.readings) == (Kind.EVENT, form, [])
    assert decoded.time_us == 1_795_485_600_100_000


@pytest.mark.parametrize("form", ["down/push", "down/replace"])
def test_commands_are_ignored(form: str) -> None:
    """They go the other way."""
    assert _decoded(form, {}).kind is Kind.IGNORE


def test_a_solved_location_is_a_position() -> None:
    """Outside the district it is said so."""
    body = {"received_at": "2026-11-24T02:15:01Z", "location_solved": {"service": "s", "location": {"latitude": 36.06,
            "longitude": 120.32, "accuracy": 80}}}  # fmt: skip
    decoded = _decoded("location/solved", body)

    assert (decoded.kind, decoded.time_us) == (Kind.POSITION, 1_795_486_501_000_000)
    assert decoded.readings[0].value == {"lat": 36.06, "lon": 120.32, "accuracy_m": 80}
    assert decoded.extra == {"service": "s"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"end_device_ids": 5, "uplink_message": {}}, "end_device_ids"),
        ({"end_device_ids": {"application_ids": 5}, "uplink_message": {}}, "end_device_ids.application_ids"),
        ({"uplink_message": 5}, "uplink_message"),
        ({"location_solved": {}}, "uplink_message"),
    ],
)
def test_a_part_of_the_wrong_kind_is_named(body: object, field: str) -> None:
    """Where to look."""
    with pytest.raises(RefusedError) as caught:
        _decoded("up", body)

    assert caught.value.field == field


def test_the_ground_has_units_of_its_own() -> None:
    """The network server's schema fixes them."""
    decoded = _up(normalized_payload=[{"soil": {"temperature": 8, "moisture": 33}}])

    assert [(one.quantity, one.unit) for one in decoded.readings] == [
        ("soil_temperature", "°C"),
        ("soil_moisture", "%"),
    ]


def test_cayenne_names_tell_the_channel() -> None:
    """Two sensors of a kind are two series."""
    decoded = _up(decoded_payload={"temperature_1": 4, "temperature_2": 5, "digital_in_2": 1})

    assert [(one.quantity, one.value, one.channel) for one in decoded.readings] == [
        ("temperature", 4, "1"),
        ("temperature", 5, "2"),
        ("digital_in_2", 1, None),
    ]
