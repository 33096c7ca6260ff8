"""Zigbee2MQTT. What is hostile about it is in tests/hostile/corpus.jsonl."""

import pytest

from ingest.dialects.zigbee2mqtt import Dialect
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.refusals import RefusedError

RECEIVED_US = 1_795_486_530_250_000
REGISTRY = (
    b'[{"ieee_address":"0x00","type":"Coordinator","friendly_name":"Coordinator"},{"ieee_address":"0x01","type":"Router",'
    b'"friendly_name":"yard/set","power_source":"Mains (single phase)","definition":{"exposes":[{"type":"numeric",'
    b'"property":"flow","name":"flow","unit":"l/min","access":1}]}}]'
)


def _decoded(topic: str, payload: str | bytes, *, retain: bool = False, dialect: Dialect | None = None) -> Decoded:
    raw = payload.encode() if isinstance(payload, str) else payload
    return (dialect or Dialect()).decode(Message(f"zigbee2mqtt/{topic}", raw, retain, RECEIVED_US))


@pytest.mark.parametrize(
    ("last_seen", "time_us"),
    [
        ("1795486528004", 1_795_486_528_004_000),
        ('"2026-11-24T02:15:28.004Z"', 1_795_486_528_004_000),
        ('"2026-11-24T10:15:28+08:00"', 1_795_486_528_000_000),
        ("null", None),
        ('"2026-11-24T10:15:28"', None),
        ("1795486528", None),
        ('"2027-11-24T10:15:28Z"', None),
    ],
)
def test_last_seen_has_four_forms(last_seen: str, time_us: int | None) -> None:
    """What cannot be used leaves the arrival time, never a guess."""
    decoded = _decoded("yard/node", f'{{"temperature":6,"last_seen":{last_seen}}}')

    assert decoded.time_us == time_us
    assert decoded.extra.get("time_suspect", False) is (time_us is None and last_seen != "null")


@pytest.mark.parametrize("payload", ["online", '"online"', '{"state":"online"}', ' {"state": "online"}', "Online"])
def test_availability_has_two_forms(payload: str) -> None:
    """Older installations send the bare word."""
    decoded = _decoded("yard/node/availability", payload, retain=True)

    assert (decoded.kind, decoded.device_id) == (Kind.AVAILABILITY, "yard/node")
    assert decoded.readings == [DecodedReading("online", True, None)]


def test_an_empty_availability_is_a_removal_and_so_is_an_empty_retained_state() -> None:
    """Renamed or removed."""
    assert _decoded("yard/node/availability", "").kind is Kind.REMOVAL
    assert _decoded("yard/node", "", retain=True).kind is Kind.REMOVAL
    assert _decoded("bridge/devices", "", retain=True).kind is Kind.REMOVAL


@pytest.mark.parametrize("topic", ["yard/node/set", "yard/node/get", "yard/node/set/state", "yard/node/get/power"])
def test_commands_are_ignored(topic: str) -> None:
    """They say what somebody wants, not what is."""
    decoded = _decoded(topic, '{"state":"OFF"}')

    assert (decoded.kind, decoded.device_id, decoded.readings) == (Kind.IGNORE, "yard/node", [])


@pytest.mark.parametrize("topic", ["bridge/request/restart", "bridge/response/restart", "bridge/definitions", "bridge"])
def test_what_the_bridge_says_to_others_is_ignored(topic: str) -> None:
    """Requests, answers, and forms we don't use."""
    assert (_decoded(topic, "{}").kind, _decoded(topic, "{}").device_id) == (Kind.IGNORE, "bridge")


def test_the_registry_gives_names_and_units_to_what_follows() -> None:
    """By friendly name and by address; a device may even be called like a command."""
    dialect = Dialect()
    found = _decoded("bridge/devices", REGISTRY, retain=True, dialect=dialect)

    assert (found.kind, found.device_id) == (Kind.DISCOVERY, "bridge")
    assert found.extra == {"devices": {"0x01": {"name": "yard/set", "units": {"flow": "l/min"}}}}
    for topic in ("yard/set", "0x01"):
        decoded = _decoded(topic, '{"flow":3.5}', dialect=dialect)
        assert decoded.readings == [DecodedReading("flow", 3.5, "l/min", "flow")]
    assert _decoded("yard/set/flow", "4", dialect=dialect).device_id == "yard/set"


@pytest.mark.parametrize(
    ("topic", "payload", "reading"),
    [
        ("yard/node/contact", "false", DecodedReading("contact_closed", False, None, "contact")),
        ("yard/node/temperature", "-3.5", DecodedReading("temperature", -3.5, "°C", "temperature")),
        ("yard/node/state", "ON", DecodedReading("switch_on", True, None, "state")),
        ("yard/node/state_l2", "OFF", DecodedReading("switch_on", False, None, "state_l2", channel="l2")),
        ("yard/node/humidity", "", DecodedReading("humidity", None, "%", "humidity", quality="missing")),
        ("yard/node/humidity", "null", DecodedReading("humidity", None, "%", "humidity", quality="missing")),
    ],
)
def test_a_property_may_have_its_own_topic(topic: str, payload: str, reading: DecodedReading) -> None:
    """Where a site chose attribute output; an empty payload is null there."""
    decoded = _decoded(topic, payload)

    assert (decoded.device_id, decoded.readings) == ("yard/node", [reading])


@pytest.mark.parametrize(
    ("topic", "payload", "code"),
    [
        ("yard/x", "42", "not-object"),
        ("temperature", "42", "not-object"),
        ("yard/x", "hello", "not-json"),
        ("yard/x", "", "empty"),
        ("yard/node/contact", "a\u202eb", "not-json"),
        ("yard/node/temperature", "NaN", "not-json"),
        ("yard/node/temperature", b"\xff", "not-utf8"),
        ("bridge/devices", "{}", "type"),
        ("bridge/info", "[]", "not-object"),
        ("bridge/event", '{"type":""}', "enum"),
        ("bridge/state", "perhaps", "enum"),
    ],
)
def test_a_value_that_belongs_nowhere_is_refused(topic: str, payload: str | bytes, code: str) -> None:
    """A bare value needs a topic that names a property."""
    with pytest.raises(RefusedError) as caught:
        _decoded(topic, payload)

    assert caught.value.code == code


def test_a_root_alone_names_no_device() -> None:
    """`zigbee2mqtt` itself."""
    with pytest.raises(RefusedError, match="unknown topic"):
        Dialect().decode(Message("zigbee2mqtt", b"{}", False, RECEIVED_US))


def test_an_action_is_an_event_with_the_other_readings_beside_it() -> None:
    """And a fault of one of them is still said."""
    decoded = _decoded("yard/button", '{"action":"emergency","battery":80,"temperature":"6"}')

    assert (decoded.kind, decoded.extra["event"], decoded.extra["action"]) == (Kind.EVENT, "action", "emergency")
    assert {one.quantity: one.value for one in decoded.readings} == {"button_pressed": True, "battery": 80}
    assert decoded.extra["dropped"][0]["field"] == "temperature"


def test_a_retained_action_presses_no_button() -> None:
    """The broker's copy is a state, never an event."""
    decoded = _decoded("yard/button", '{"action":"emergency","battery":80}', retain=True)

    assert decoded.kind is Kind.TELEMETRY
    assert {one.quantity for one in decoded.readings} == {"battery"}


def test_the_bridge_tells_what_happened_to_devices() -> None:
    """By address; by name where there is none; else the bridge itself."""
    left = _decoded("bridge/event", '{"type":"device_leave","data":{"ieee_address":"0x01","friendly_name":"yard/n"}}')
    named = _decoded("bridge/event", '{"type":"device_joined","data":{"friendly_name":"yard/n","status":"started"}}')
    bare = _decoded("bridge/event", '{"type":"restart"}')

    assert (left.kind, left.device_id, left.extra) == (Kind.EVENT, "0x01", {"event": "device_leave", "name": "yard/n"})
    assert (named.device_id, named.extra["status"]) == ("yard/n", "started")
    assert bare.device_id == "bridge"


def test_the_bridges_own_messages() -> None:
    """State, log, health, groups; of its settings only the version, for the rest holds keys."""
    assert _decoded("bridge/state", '{"state":"offline"}').readings[0].value is False
    assert _decoded("bridge/logging", '{"level":"warning","message":"m"}').extra == {"level": "warning", "message": "m"}
    assert _decoded("bridge/health", "{}").kind is Kind.LOG
    groups = _decoded("bridge/groups", '[{"id":4,"friendly_name":"lamps","members":[]},5]')
    assert groups.extra == {"groups": {"4": {"name": "lamps"}}}
    info = _decoded("bridge/info", '{"version":"2.1.0","config":{"advanced":{"network_key":[1,2]}}}')
    assert (info.kind, info.extra) == (Kind.DISCOVERY, {"version": "2.1.0"})


def test_a_name_that_could_run_somewhere_says_so() -> None:
    """It is legal, so it is kept."""
    decoded = _decoded("<b>", '{"temperature":5}')

    assert (decoded.device_id, decoded.code) == ("<b>", None)
    assert "escape" in (decoded.reason or "")


def test_words_and_objects_stand_beside_the_readings() -> None:
    """And an assumed unit is said."""
    decoded = _decoded("n", '{"mode":"eco","color":{"x":1},"voltage":2900,"battery":50}')

    assert (decoded.extra["states"], decoded.extra["objects"]) == ({"mode": "eco"}, {"color": {"x": 1}})
    assert "mV" in decoded.extra["note"]


@pytest.mark.parametrize(("topic", "payload"), [("n/color-x", "0.4"), ("n/update-state", "idle")])
def test_parts_of_skipped_objects_are_a_sign_of_life(topic: str, payload: str) -> None:
    """With one topic per property, an object comes in parts."""
    decoded = _decoded(topic, payload)

    assert (decoded.kind, decoded.device_id, decoded.readings) == (Kind.LOG, "n", [])


def test_soil_moisture_needs_no_registry() -> None:
    """Every maker means percent."""
    decoded = _decoded("n", '{"soil_moisture":31,"voc":5}')

    assert [(one.quantity, one.unit) for one in decoded.readings] == [("soil_moisture", "%"), ("voc", None)]
