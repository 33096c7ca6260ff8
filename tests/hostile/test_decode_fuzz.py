"""Inputs nobody thought of: whatever arrives, on whatever topic, the decoder answers with a reason of the list."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.decode import UNROUTED, Decoded, Decoder, Kind, Message, default_routes
from ingest.decode_lines import as_fields
from ingest.quantities import LARGEST
from ingest.texts import is_id, is_sound_name
from street.readings import DEAD_LETTER_CODES

pytestmark = pytest.mark.hostile

RECEIVED_US = 1_795_486_530_250_000
VALID = {
    "street/NM-07/telemetry": b'{"ts":"2026-11-24T02:15:29.5+08:00","seq":7,"noise_laeq":61,"smoke":true,"pm25":null}',
    "street/NM-07/status": b"online",
    "street/CAM-1/snapshot": b"\xff\xd8\xff\xe0stub",
    "street/incidents/patrol": (
        b'{"id":"p-1","ts":1795486529000,"matter":"09012","severity":2,"title":"t","description":"d","lon":120.3,'
        b'"lat":36.1,"address":"a","confidence":0.5,"media":["x.jpg"]}'
    ),
    "zigbee2mqtt/yard/node": (
        b'{"battery":83,"voltage":2935,"state":"ON","brightness":127,"last_seen":"2026-11-24T10:15:27+08:00",'
        b'"action":"single","update":{"state":"idle"},"contact":true}'
    ),
    "zigbee2mqtt/yard/node/availability": b'{"state":"offline"}',
    "zigbee2mqtt/yard/node/temperature": b"21.5",
    "zigbee2mqtt/bridge/event": b'{"type":"device_leave","data":{"ieee_address":"0x01","friendly_name":"n"}}',
    "zigbee2mqtt/bridge/devices": (
        b'[{"ieee_address":"0x01","type":"Router","friendly_name":"yard/node","power_source":"Mains","definition":'
        b'{"exposes":[{"type":"light","features":[{"name":"brightness","property":"brightness","type":"numeric",'
        b'"value_max":254,"access":7,"unit":"%"}]}]}}]'
    ),
    "v3/app@lab/devices/node/up": (
        b'{"end_device_ids":{"device_id":"node","application_ids":{"application_id":"app"}},"received_at":'
        b'"2026-11-24T02:15:26.214773143Z","simulated":true,"uplink_message":{"f_port":2,"decoded_payload":{"t":[1,2],'
        b'"gps":{"lat":36.0,"lon":120.3},"lid":"open","lanes":[{"lane":1,"count":3}]},"normalized_payload":[{"time":'
        b'"2026-11-24T02:10:00Z","air":{"temperature":5.9}}],"rx_metadata":[{"gateway_ids":{"gateway_id":"g"},"rssi":-88,'
        b'"snr":5.2}],"settings":{"frequency":"486300000"},"last_battery_percentage":{"value":80},"locations":'
        b'{"user":{"latitude":36.0,"longitude":120.3}},"decoded_payload_warnings":["w"]}}'
    ),
    "v3/app@lab/devices/node/join": b'{"end_device_ids":{"device_id":"node"},"received_at":"2026-11-24T02:15:26Z"}',
    "v3/app@lab/devices/node/location/solved": (
        b'{"received_at":"2026-11-24T02:15:26Z","location_solved":{"service":"s","location":{"latitude":36.0,'
        b'"longitude":120.3,"accuracy":80}}}'
    ),
}
WORDS = {b"online", b"offline"}
TOPICS = st.sampled_from(sorted(VALID))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["ON", "open", "2026-11-24"]),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=8), below, max_size=4),
    max_leaves=12,
)
ROOMY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _answers(topic: str, payload: bytes, *, retain: bool = False, decoder: Decoder | None = None) -> Decoded:
    """Decode, and check what must hold for every answer."""
    decoder = decoder or Decoder(default_routes())
    dialect, decoded = decoder.decode(Message(topic, payload, retain, RECEIVED_US))
    assert dialect in {UNROUTED, "native", "zigbee2mqtt", "ttn_v3"}
    assert (decoded.code is not None) == (decoded.kind is Kind.REJECT)
    assert decoded.code is None or decoded.code in DEAD_LETTER_CODES - {"internal-error"}
    for one in decoded.readings:
        assert one.value is None or type(one.value) in (int, float, bool, dict)
        assert isinstance(one.value, dict | None) or abs(one.value) <= LARGEST
    json.dumps(as_fields(decoded), allow_nan=False, ensure_ascii=False).encode()
    return decoded


def _is_json(payload: bytes) -> bool:
    try:
        json.loads(payload)
    except ValueError:
        return False
    return True


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


def _replaced(document: object, path: list[int], value: object) -> object:
    """Return *document* with what *path* (choices, level by level) leads to replaced by *value*."""
    if not path or not document or not isinstance(document, dict | list):
        return value
    changed: Any = document.copy()
    keys = list(document) if isinstance(document, dict) else list(range(len(document)))
    key = keys[path[0] % len(keys)]
    changed[key] = _replaced(changed[key], path[1:], value)
    return changed


@pytest.mark.parametrize("topic", sorted(VALID))
def test_what_is_mutated_below_is_valid(topic: str) -> None:
    """Otherwise the mutations would only ever meet the first check."""
    assert _answers(topic, VALID[topic]).kind is not Kind.REJECT


@ROOMY
@given(topic=TOPICS | st.text(max_size=60), payload=st.binary(max_size=200), retain=st.booleans())
def test_random_bytes_on_any_topic_get_an_answer(topic: str, payload: bytes, retain: bool) -> None:
    """Never an exception, never our own mistake; only JSON, a word of ours or a picture says anything."""
    decoded = _answers(topic, payload, retain=retain)

    says_something = decoded.kind not in {Kind.REJECT, Kind.IGNORE, Kind.REMOVAL}
    may_be_bare = topic.startswith("zigbee2mqtt/") or payload in WORDS or payload.startswith(b"\xff\xd8\xff")
    assert not says_something or may_be_bare or _is_json(payload)
    assert decoded.code is None or not decoded.readings


@ROOMY
@given(topic=TOPICS, flips=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=4))
def test_changed_bytes_of_a_valid_message_get_an_answer(topic: str, flips: list[tuple[int, int]]) -> None:
    """A few bytes of noise: what is no text any more is refused, and the decoder reads the whole message after it."""
    payload = bytearray(VALID[topic])
    for place, byte in flips:
        payload[place % len(payload)] = byte
    decoder = Decoder(default_routes())

    decoded = _answers(topic, bytes(payload), decoder=decoder)
    after = _answers(topic, VALID[topic], decoder=decoder)

    assert decoded.kind is Kind.REJECT or _is_utf8(bytes(payload)) or topic.endswith("/snapshot")
    assert (after.kind, after.code) == (_answers(topic, VALID[topic]).kind, None)


@ROOMY
@given(topic=TOPICS, path=st.lists(st.integers(0, 9), max_size=6), value=JSON)
def test_any_value_at_any_place_of_a_valid_message_gets_an_answer(topic: str, path: list[int], value: object) -> None:
    """The shape is right but for one place, where anything may stand; what is taken is as it stood there."""
    try:
        document = json.loads(VALID[topic])
    except ValueError:
        document = {}
    changed = _replaced(document, path, value)

    decoded = _answers(topic, json.dumps(changed).encode())

    assert isinstance(changed, dict | list) or decoded.kind is Kind.REJECT or not topic.startswith("street/")
    if topic.endswith("/telemetry") and decoded.kind is Kind.TELEMETRY:
        assert isinstance(changed, dict)
        assert {one.quantity: one.value for one in decoded.readings}.items() <= changed.items()


@ROOMY
@given(
    level=st.text(max_size=80), form=st.sampled_from(["telemetry", "status", "snapshot", "set", "availability", "up"])
)
def test_any_name_in_a_topic_gets_an_answer(level: str, form: str) -> None:
    """Names come from outside too: what is taken keeps its name letter for letter, and is one that may be."""
    topics = (f"street/{level}/{form}", f"street/incidents/{level}", f"zigbee2mqtt/{level}/{form}")
    native, _incident, zigbee = (_answers(topic, b'{"noise_laeq":61}') for topic in topics)
    lorawan = _answers(f"v3/a@b/devices/{level}/{form}", b'{"uplink_message":{}}')

    assert native.device_id in {None, level}
    assert native.device_id is None or is_id(level)
    for decoded in (native, zigbee, lorawan):
        assert decoded.device_id is None or is_sound_name(decoded.device_id)


@pytest.mark.parametrize("topic", sorted(VALID))
def test_every_beginning_of_a_valid_message_gets_an_answer(topic: str) -> None:
    """A message cut at each length is refused, unless what is left is a shorter valid one."""
    payload = VALID[topic]

    kinds = {_answers(topic, payload[:length]).kind for length in range(len(payload))}

    assert Kind.REJECT in kinds
