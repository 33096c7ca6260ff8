"""What a message says becomes rows: readings with their flags, presence, stills, alarms, incidents, dead letters."""

import json
from typing import Any

import pytest

from ingest.decode import Message
from ingest.filing import Filing
from street import clock
from street.assets import Asset
from street.clock import DAY_US, MINUTE_US, SECOND_US
from street.readings import Flag
from tests.ingest.small_street import SmallStreet, telemetry

JPEG = b"\xff\xd8\xff\xe0" + bytes(64) + b"\xff\xd9"


def file(street: SmallStreet, topic: str, payload: bytes, *, retain: bool = False, received_us: int = 0) -> None:
    """File one message as if it had just come."""
    message = Message(topic, payload, retain, received_us or clock.now_us())
    street.parts.filing.file(street.items(message), clock.now_us())


def say(street: SmallStreet, asset_id: str, behind_us: int = 0, *, retain: bool = False, **values: Any) -> None:
    """File one telemetry message that is so old."""
    body = json.dumps({"ts": (clock.now_us() - behind_us) // 1000, **values}).encode()
    file(street, f"street/{asset_id}/telemetry", body, retain=retain)


def flags(street: SmallStreet) -> list[int]:
    """Return the flags of all readings, oldest first."""
    return [value for (value,) in street.rows("SELECT flags FROM readings ORDER BY at_us")]


@pytest.mark.parametrize(
    ("behind_us", "expected"),
    [
        pytest.param(0, 0, id="live"),
        pytest.param(11 * MINUTE_US, Flag.LATE, id="late"),
        pytest.param(31 * DAY_US, Flag.LATE | Flag.HISTORY, id="history"),
        pytest.param(-3 * MINUTE_US, Flag.CLOCK_SKEW, id="a clock that runs ahead"),
        pytest.param(-60 * MINUTE_US, Flag.CLOCK_SKEW | Flag.ASSUMED_TIME, id="a clock that is wrong"),
    ],
)
def test_the_time_of_a_reading_earns_its_flags(street: SmallStreet, behind_us: int, expected: int) -> None:
    """Each as the issue says."""
    say(street, "WL-01", behind_us, water_level=0.05)

    assert flags(street) == [expected]


def test_a_wrong_clock_is_stored_under_its_arrival(street: SmallStreet) -> None:
    """Nothing lies in the future."""
    before_us = clock.now_us()

    say(street, "WL-01", -60 * MINUTE_US, water_level=0.05)

    assert before_us <= street.rows("SELECT at_us FROM readings")[0][0] <= clock.now_us()


def test_a_reading_without_time_takes_its_arrival(street: SmallStreet) -> None:
    """And says so."""
    file(street, "street/WL-01/telemetry", b'{"water_level": 0.05}', received_us=clock.now_us() - 5 * SECOND_US)

    at_us, received_us, flag = street.rows("SELECT at_us, received_us, flags FROM readings")[0]
    assert at_us == received_us
    assert flag == Flag.ASSUMED_TIME


def test_an_impossible_value_is_kept_and_marked(street: SmallStreet) -> None:
    """A gauge cannot say 500 m; it is shown as such, out of alarms."""
    say(street, "WL-01", water_level=500)

    assert flags(street) == [Flag.IMPLAUSIBLE]
    assert street.values() == [500]
    assert street.rows("SELECT * FROM alarms") == []


def test_null_is_a_gap(street: SmallStreet) -> None:
    """Never 0, never the last value."""
    say(street, "WL-01", water_level=None)

    assert (street.values(), flags(street)) == ([None], [Flag.MISSING])


def test_true_is_one(street: SmallStreet) -> None:
    """The store knows numbers."""
    say(street, "SD-01", smoke=False)

    assert street.values() == [0.0]


def test_a_retained_reading_never_raises_an_alarm(street: SmallStreet) -> None:
    """It may be a month old."""
    say(street, "SD-01", retain=True, smoke=True)

    assert flags(street) == [Flag.RETAINED]
    assert street.rows("SELECT * FROM alarms") == []


def test_a_retained_value_of_unknown_age_never_replaces_what_we_have(street: SmallStreet) -> None:
    """At every reconnection the broker sends it again: the live value would look fresh for ever."""
    say(street, "WL-01", water_level=0.05)

    file(street, "street/WL-01/telemetry", b'{"water_level": 0.9}', retain=True)

    assert street.values() == [0.05]


def test_a_retained_value_of_unknown_age_is_better_than_nothing(street: SmallStreet) -> None:
    """The first time, marked as what it is."""
    file(street, "street/WL-01/telemetry", b'{"water_level": 0.9}', retain=True)

    assert flags(street) == [Flag.RETAINED | Flag.ASSUMED_TIME]


@pytest.mark.parametrize(("word", "online"), [(b"online", 1), (b"offline", 0)])
def test_what_a_device_says_of_itself_is_kept(street: SmallStreet, word: bytes, online: int) -> None:
    """Retained, as devices do; it is a state and no reading."""
    file(street, "street/WL-01/status", word, retain=True)

    assert street.rows("SELECT asset_id, online FROM availability") == [("WL-01", online)]
    assert street.values() == []


def test_a_still_is_kept_as_it_came(street: SmallStreet) -> None:
    """Byte for byte."""
    file(street, "street/WL-01/snapshot", JPEG)

    assert street.rows("SELECT asset_id, jpeg FROM snapshots") == [("WL-01", JPEG)]


def test_a_threshold_opens_an_alarm_and_its_incident_and_clears_them(street: SmallStreet) -> None:
    """Through the real rules, each in the reading's own transaction."""
    say(street, "SD-01", 3 * MINUTE_US, smoke=True)
    assert street.rows("SELECT state FROM alarms") == [("active",)]
    assert street.rows("SELECT stage, recovered_us IS NULL FROM incidents") == [("reported", 1)]

    say(street, "SD-01", 2 * MINUTE_US, smoke=False)
    say(street, "SD-01", 0, smoke=False)

    assert street.rows("SELECT state FROM alarms") == [("cleared",)]
    assert street.rows("SELECT stage, recovered_us IS NULL FROM incidents") == [("reported", 0)]
    assert street.rows("SELECT state FROM alarm_transitions ORDER BY transition_no") == [("active",), ("cleared",)]


def test_a_delay_ends_by_the_clock_when_nothing_more_comes(street: SmallStreet) -> None:
    """The heartbeat carries it."""
    say(street, "SD-01", 5 * MINUTE_US, smoke=True)
    say(street, "SD-01", 4 * MINUTE_US, smoke=False)
    assert street.rows("SELECT state FROM alarms") == [("active",)]

    street.parts.filing.beat(clock.now_us(), link=True, link_since_us=0)

    assert street.rows("SELECT state FROM alarms") == [("cleared",)]


@pytest.mark.parametrize(
    "heard",
    [
        pytest.param({"link": False, "link_since_us": 0}, id="without a broker"),
        pytest.param({"link": True, "link_since_us": 2**62}, id="only just back"),
        pytest.param({"link": True, "link_since_us": 0, "is_caught_up": False}, id="with messages that wait"),
    ],
)
def test_a_delay_does_not_end_over_what_was_not_heard(street: SmallStreet, heard: dict[str, Any]) -> None:
    """What would stop it may be on its way."""
    say(street, "SD-01", 5 * MINUTE_US, smoke=True)
    say(street, "SD-01", 4 * MINUTE_US, smoke=False)

    street.parts.filing.beat(clock.now_us(), **heard)

    assert street.rows("SELECT state FROM alarms WHERE asset_id = 'SD-01'") == [("active",)]


def test_a_duplicate_moves_no_rule(street: SmallStreet) -> None:
    """The alarm of a redelivered message is not raised twice."""
    message = Message(
        "street/SD-01/telemetry", str(telemetry(smoke=1)).replace("'", '"').encode(), False, clock.now_us()
    )

    for _ in range(3):
        street.parts.filing.file(street.items(message), clock.now_us())

    assert street.rows("SELECT count(*) FROM alarm_transitions") == [(1,)]


def test_an_incident_from_a_source_is_kept_once(street: SmallStreet) -> None:
    """The first of equals."""
    body = (
        b'{"id": "c-1", "ts": "%s", "matter": "01004", "severity": 2, "title": "x", "description": "d",'
        b' "lon": 120.3, "lat": 36.0, "address": "a"}' % clock.iso(clock.now_us()).encode()
    )

    file(street, "street/incidents/hotline", body)
    file(street, "street/incidents/hotline", body)

    assert street.rows("SELECT incident_id, severity FROM incidents") == [("hotline/c-1", 2)]


def test_an_incident_from_a_source_is_given_its_community(street: SmallStreet) -> None:
    """The source knows a position; the street knows what lies there."""
    body = (
        b'{"id": "c-2", "ts": "%s", "matter": "01004", "severity": 2, "title": "x", "description": "d",'
        b' "lon": 120.32798, "lat": 36.07216, "address": "a"}' % clock.iso(clock.now_us()).encode()
    )

    file(street, "street/incidents/hotline", body)

    assert street.rows("SELECT community_id, grid_cell_id FROM incidents") == [("370202007001", "370202007001003")]


def test_an_unregistered_device_becomes_an_asset_of_unknown_kind(street: SmallStreet) -> None:
    """Its readings are kept."""
    say(street, "NEW-1", water_level=9)

    assert street.rows("SELECT kind, lon FROM assets WHERE asset_id = 'NEW-1'") == [("unknown", None)]
    assert street.values() == [9]
    assert street.rows("SELECT * FROM alarms") == []


def test_an_unregistered_device_beyond_the_bound_is_a_dead_letter(street: SmallStreet) -> None:
    """Kept as it came, to be replayed once it is registered."""
    street.parts.register._room = 0

    say(street, "NEW-1", water_level=9)

    assert street.dead_letters() == [("device-unknown", 1)]
    assert street.values() == []


def test_one_bad_value_costs_that_value(street: SmallStreet) -> None:
    """The good ones beside it are stored."""
    say(street, "WL-01", water_level="deep", battery=80)

    assert street.values() == [80]
    assert street.dead_letters() == [("type", 1)]


def test_an_uplink_finds_its_asset_whatever_its_case(street: SmallStreet) -> None:
    """The Things Stack writes `ttn-01`."""
    body = (
        b'{"end_device_ids": {"device_id": "ttn-01", "application_ids": {"application_id": "app"}},'
        b' "received_at": "%s", "uplink_message": {"decoded_payload": {"water_level": 0.04}}}'
    ) % clock.iso(clock.now_us()).encode()

    file(street, "v3/app@ttn/devices/ttn-01/up", body)

    found = "SELECT asset_id, value FROM readings JOIN series USING (series_id) WHERE quantity = 'water_level'"
    assert street.rows(found) == [("TTN-01", 0.04)]


def test_a_simulated_uplink_is_marked(street: SmallStreet) -> None:
    """Somebody tries the console: never real."""
    body = (
        b'{"end_device_ids": {"device_id": "ttn-01"}, "simulated": true,'
        b' "received_at": "%s", "uplink_message": {"decoded_payload": {"water_level": 5}}}'
    ) % clock.iso(clock.now_us()).encode()

    file(street, "v3/app/devices/ttn-01/up", body)

    assert flags(street) == [Flag.SIMULATED]
    assert street.rows("SELECT * FROM alarms") == []


def test_two_channels_are_two_series(street: SmallStreet) -> None:
    """Two probes at one device must not overwrite each other; the first keeps the plain name."""
    filing = street.parts.filing

    names = [filing._channelled("A", "temperature", channel) for channel in ("1", "2", "1", "2")]

    assert names == ["temperature", "temperature.2", "temperature", "temperature.2"]


def uplink(street: SmallStreet, message: str) -> None:
    """File one uplink of TTN-01 that its network server has just received."""
    body = f'{{"received_at": "{clock.iso(clock.now_us())}", "uplink_message": {{{message}}}}}'
    file(street, "v3/app/devices/ttn-01/up", body.encode())


def test_a_value_with_a_time_of_its_own_leaves_the_others_theirs(street: SmallStreet) -> None:
    """What was measured an hour ago does not make the radio's figures an hour old."""
    then = clock.iso(clock.now_us() - 60 * MINUTE_US)

    uplink(
        street,
        f'"normalized_payload": [{{"time": "{then}", "air": {{"temperature": 4}}}}], "rx_metadata": [{{"rssi": -90}}]',
    )

    stored = "SELECT quantity, received_us - at_us < 60000000, flags FROM readings JOIN series USING (series_id)"
    assert sorted(street.rows(stored)) == [("rssi", 1, 0), ("snr", 1, 0), ("temperature", 0, Flag.LATE)]


def test_a_time_of_its_own_makes_up_for_a_message_without(street: SmallStreet) -> None:
    """Its time is not assumed."""
    then = clock.iso(clock.now_us() - MINUTE_US)
    body = f'{{"uplink_message": {{"normalized_payload": [{{"time": "{then}", "air": {{"temperature": 4}}}}]}}}}'

    file(street, "v3/app/devices/ttn-01/up", body.encode())

    assert flags(street) == [0]


def test_a_channel_keeps_its_series_over_a_restart(street: SmallStreet) -> None:
    """Whichever speaks first then: else two probes would change places in the charts."""
    uplink(street, '"decoded_payload": {"probes": [{"channel": 1, "temperature": 1}]}')
    uplink(street, '"decoded_payload": {"probes": [{"channel": 2, "temperature": 2}]}')
    parts = street.parts
    parts.filing = Filing(parts.writer, parts.register, parts.filing._places, parts.make_judge)

    uplink(street, '"decoded_payload": {"probes": [{"channel": 2, "temperature": 2}]}')
    uplink(street, '"decoded_payload": {"probes": [{"channel": 1, "temperature": 1}]}')

    stored = "SELECT quantity, value, count(*) FROM readings JOIN series USING (series_id) GROUP BY quantity, value"
    assert sorted(street.rows(stored)) == [("temperature", 1, 2), ("temperature.2", 2, 2)]


def test_a_kept_still_is_never_shown_as_new(street: SmallStreet) -> None:
    """Nobody knows how old the broker's copy is."""
    file(street, "street/WL-01/snapshot", JPEG, retain=True)

    assert street.rows("SELECT * FROM snapshots") == []


def test_quantities_without_end_are_dead_letters(street: SmallStreet) -> None:
    """One a message, all in one group whatever they name; what is known beside it is stored."""
    many = {f"q{number}": number for number in range(250)}
    say(street, "WL-01", 3, **many)
    say(street, "WL-01", 2, **{f"r{name}": value for name, value in many.items()})
    known = street.rows("SELECT count(*) FROM readings")[0][0]
    first, second = ({f"{prefix}{name}": value for name, value in many.items()} for prefix in "st")

    say(street, "WL-01", 1, **first)
    say(street, "WL-01", 0, q0=0, **second)

    assert street.rows("SELECT code, field, letters FROM dead_letter_groups") == [("schema-unknown", "", 2)]
    assert street.rows("SELECT count(*) FROM readings") == [(known + 12 + 1,)]


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        pytest.param("zigbee2mqtt/bridge/state", b'{"state": "online"}', id="the bridge is there"),
        pytest.param(
            "zigbee2mqtt/bridge/event",
            b'{"type": "device_joined", "data": {"friendly_name": "lamp", "ieee_address": "0x00124b0001"}}',
            id="a device joined",
        ),
        pytest.param("zigbee2mqtt/bridge/event", b'{"type": "restart"}', id="the bridge tells of itself"),
        pytest.param("street/NEW-1/status", b"online", id="somebody is there"),
    ],
)
def test_who_measures_nothing_becomes_no_asset(street: SmallStreet, topic: str, payload: bytes) -> None:
    """A bridge is nothing on the street; a device becomes an asset with its first reading."""
    known = street.rows("SELECT count(*) FROM assets")

    file(street, topic, payload)

    assert street.rows("SELECT count(*) FROM assets") == known
    assert street.dead_letters() == []


def test_an_unregistered_camera_becomes_an_asset(street: SmallStreet) -> None:
    """It measures nothing, but it shows something."""
    file(street, "street/CAM-9/snapshot", JPEG)

    assert street.rows("SELECT asset_id FROM snapshots") == [("CAM-9",)]


def test_a_press_sent_again_after_a_crash_opens_its_incident(street: SmallStreet) -> None:
    """The release was stored, then we died; the broker sends the press behind it, perhaps twice."""
    parts = street.parts
    parts.store.register_assets([Asset(asset_id="EB-01", kind="elder_button", name="EB-01")])
    parts.refresh()
    press = {"ts": clock.now_us() // 1000 - 2_000, "button_pressed": 1}
    say(street, "EB-01", button_pressed=0)
    parts.filing = Filing(parts.writer, parts.register, parts.filing._places, parts.make_judge)

    for _ in range(2):
        file(street, "street/EB-01/telemetry", json.dumps(press).encode())

    assert street.rows("SELECT rule_id, raised_us, state FROM alarms") == [
        ("elder-calls", press["ts"] * 1000, "cleared")
    ]
    assert street.rows("SELECT stage, recovered_us IS NULL FROM incidents") == [("reported", 0)]
    assert street.rows("SELECT state FROM alarm_transitions ORDER BY transition_no") == [("active",), ("cleared",)]


def test_a_switch_that_is_told_twice_is_stored_once(street: SmallStreet) -> None:
    """Tasmota says it as JSON and as text; each arrives at an instant of its own."""
    street.parts.store.register_assets(
        [Asset(asset_id="P-1", kind="street_lamp", name="P-1", dialect="tasmota", device_id="plug", interval_s=60)]
    )
    street.parts.refresh()
    now_us = clock.now_us()

    file(street, "stat/plug/RESULT", b'{"POWER":"ON"}', received_us=now_us)
    file(street, "stat/plug/POWER", b"ON", received_us=now_us + 1000)
    file(street, "stat/plug/POWER", b"OFF", received_us=now_us + 2000)

    assert street.values() == [1.0, 0.0]


def test_a_silent_asset_is_told_once_and_returns_also_after_a_restart(street: SmallStreet) -> None:
    """What is known of silence is in the store alone."""
    silent = "SELECT asset_id, state FROM alarms WHERE rule_id = 'silent'"
    begin_us = clock.now_us()
    say(street, "WL-01", water_level=0.02)
    later_us = begin_us + 7 * MINUTE_US

    street.parts.filing.beat(later_us, link=True, link_since_us=begin_us - 60 * MINUTE_US)
    told = street.rows(silent)
    street.parts.filing = street.parts._make_filing()
    street.parts.filing.beat(later_us + 2 * SECOND_US, link=True, link_since_us=later_us + SECOND_US)
    kept = street.rows(silent)
    body = json.dumps({"ts": later_us // 1000 + 3000, "water_level": 0.02}).encode()
    file(street, "street/WL-01/telemetry", body, received_us=later_us + 4 * SECOND_US)
    street.parts.filing.beat(later_us + 5 * SECOND_US, link=True, link_since_us=later_us + SECOND_US)

    assert told == kept == [("WL-01", "active")]
    assert street.rows(silent) == [("WL-01", "cleared")]


def test_a_fault_of_a_sensor_is_kept_beside_its_reading(street: SmallStreet) -> None:
    """The keeper's worklist and the flag are of one transaction, and a restart forgets neither."""
    say(street, "WL-01", 2 * SECOND_US, water_level=500)
    street.parts.filing = street.parts._make_filing()
    say(street, "WL-01", water_level=501)

    assert [it[:3] for it in street.parts.reader.faults()] == [("WL-01", "water_level", "implausible")]
    assert flags(street) == [Flag.IMPLAUSIBLE] * 2
    assert street.rows("SELECT n FROM rollup_hour") == []


def test_an_offline_word_makes_a_silent_asset_known_sooner(street: SmallStreet) -> None:
    """One and a half intervals instead of three."""
    begin_us = clock.now_us()
    say(street, "WL-01", water_level=0.02)
    file(street, "street/WL-01/status", b"offline")

    for seconds in (170, 190):
        street.parts.filing.beat(begin_us + seconds * SECOND_US, link=True, link_since_us=begin_us - 60 * MINUTE_US)
        told = street.rows("SELECT count(*) FROM alarms WHERE rule_id = 'silent'")
        assert told == [(int(seconds > 180),)]
