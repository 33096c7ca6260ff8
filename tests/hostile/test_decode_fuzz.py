"""Inputs nobody thought of: whatever arrives, on whatever topic, the decoder answers with a reason of the list."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.decode import DIALECTS, UNROUTED, Decoded, Decoder, Kind, Message, default_routes
from ingest.decode_lines import as_fields
from ingest.quantities import LARGEST
from ingest.sparkplug_form import Payload
from ingest.texts import has_forbidden, is_id, is_sound_name
from street.readings import DEAD_LETTER_CODES

pytestmark = pytest.mark.hostile

RECEIVED_US = 1_795_486_530_250_000
OLDER = {"native", "zigbee2mqtt", "ttn_v3"}  # these have no readings that are words
BIRTH = Payload(timestamp=1_795_486_530_250, seq=0)
BIRTH.metrics.add(name="bdSeq", datatype=4, long_value=3)
BIRTH.metrics.add(name="Level", alias=1, datatype=9, float_value=1.2, timestamp=1_795_486_530_250)
BIRTH.metrics.add(name="Fault", alias=2, datatype=3, int_value=4_294_967_291)
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
    "tele/t/SENSOR": (
        b'{"Time":"2026-11-24T10:15:00","BME280":{"Temperature":6.9,"Pressure":1022.7},"ENERGY":{"Power":[1,2]},'
        b'"Switch1":"ON","DS18B20-1":{"Id":"03","Temperature":5},"PressureUnit":"hPa","TempUnit":"F"}'
    ),
    "tele/t/STATE": b'{"Time":"2026-11-24T10:15:00","POWER1":"ON","Wifi":{"Signal":-63}}',
    "stat/t/POWER": b"ON",
    "tele/t/LWT": b"Online",
    "tasmota/discovery/A0/config": b'{"t":"t","ft":"%prefix%/%topic%/","onln":"da","ofln":"weg"}',
    "shellies/s/relay/0/energy": b"60000",
    "shellies/s/sensor/state": b"open",
    "shellies/s/status": b'{"motion":true,"lux":5,"bat":88}',
    "shellies/announce": b'{"id":"s","model":"m"}',
    "shellyplus1-1/events/rpc": (
        b'{"src":"shellyplus1-1","method":"NotifyStatus","params":{"ts":1795486529.32,"switch:0":{"apower":61.2,'
        b'"aenergy":{"total":5}},"em:0":{"a_voltage":229.0},"temperature:0":{"tC":null}}}'
    ),
    "shellyplus1-1/status/switch:0": b'{"output":true,"apower":0}',
    "shellyplus1-1/online": b"true",
    "homeassistant/sensor/n/t/config": (
        b'{"uniq_id":"t","stat_t":"~/s","~":"lab","val_tpl":"{{ value_json.a | float }}","dev":{"ids":["n"]},'
        b'"avty":[{"t":"lab/a","val_tpl":"{{ value_json.s }}"}],"exp_aft":60}'
    ),
    "homeassistant/device/n/config": (
        b'{"dev":{"ids":"n"},"o":{"name":"o"},"stat_t":"lab/n","cmps":{"t":{"p":"sensor","val_tpl":"{{ value }}"},'
        b'"b":{"p":"binary_sensor","dev_cla":"door","pl_on":"1"}}}'
    ),
    "application/1/device/2/event/up": (
        b'{"time":"2026-11-24T02:15:15.775023242+00:00","deviceInfo":{"devEui":"2","deviceName":"n","tags":{"a":"b"},'
        b'"deviceProfileName":"cayenne"},"data":"AWcBEAJoZQ==","rxInfo":[{"gatewayId":"g","rssi":-97,"snr":7.5}]}'
    ),
    "application/1/device/2/event/status": b'{"deviceInfo":{"devEui":"2"},"batteryLevel":88.3,"margin":10}',
    "application/1/device/2/event/log": b'{"deviceInfo":{"devEui":"2"},"level":"ERROR","code":"c","description":"d"}',
    "application/1/device/2/event/join": b'{"deviceInfo":{"devEui":"2"},"devAddr":"01"}',
    "application/1/device/2/event/location": b'{"location":{"latitude":36.0,"longitude":120.3}}',
    "frigate/events": (
        b'{"type":"end","before":{},"after":{"id":"1-a","camera":"c","label":"car","score":0.9,"start_time":'
        b'1795486510.4,"end_time":1795486511,"current_zones":["fire_lane"],"stationary":true,"sub_label":["a",1]}}'
    ),
    "frigate/reviews": (
        b'{"type":"new","after":{"id":"r","camera":"c","start_time":1795486510,"data":{"objects":["a"]}}}'
    ),
    "frigate/tracked_object_update": b'{"type":"lpr","id":"1-a","camera":"c","plate":"p","timestamp":1795486518.7}',
    "frigate/c/person": b"7",
    "frigate/c/audio/dBFS": b"-38.4",
    "spBv1.0/g/NBIRTH/n": BIRTH.SerializeToString(),
    "spBv1.0/STATE/h": b'{"online":true,"timestamp":1795486530250}',
    "senml/a": (
        b'[{"bn":"d:","bt":1795486500.0,"bu":"%RH","bv":1,"bver":10,"n":"humidity","v":69.5,"t":5},{"n":"lat","u":"lat",'
        b'"v":36.0},{"n":"lon","u":"lon","v":120.3},{"n":"x","vs":"a","ut":1},{"n":"y","vb":true},{"n":"z","s":5}]'
    ),
    "senml/cbor": bytes.fromhex("81a32162643a00617402f94580"),
    "v1.1/Datastreams(17)": (
        b'{"name":"Air Temperature","unitOfMeasurement":{"symbol":"degC","name":"c"},"properties":{}}'
    ),
    "v1.1/Datastreams(17)/Observations": (
        b'{"phenomenonTime":"2026-11-24T02:14:00Z/2026-11-24T02:15:00Z","result":[1,true]}'
    ),
    "v1.1/Things(3)/Locations": b'{"location":{"type":"Point","coordinates":[120.3,36.0]}}',
    "ngsi/a": (
        b'{"metadata":{},"body":{"subscriptionId":"s","data":[{"id":"a","type":"Streetlight","powerState":{"value":"on",'
        b'"observedAt":"2026-11-24T02:15:20Z"},"illuminanceLevel":0.8,"temperature":[{"value":5,"datasetId":"u",'
        b'"unitCode":"CEL"}],"location":{"value":{"type":"Point","coordinates":[120.3,36.0]}}},{"id":"b","type":"Alert",'
        b'"severity":"high"}]}}'
    ),
    "a/ce": (
        b'{"specversion":"1.0","id":"1","source":"/gw","type":"reading","subject":"s","time":"2026-11-24T02:15:20Z",'
        b'"data":{"power_w":60.5,"matter":"09006"}}'
    ),
    "/ul/k/d/attrs": b"2026-11-24T02:10:00Z|t|5.9|open|true#t|6.1|n|x",
    "homie/5/d/$description": (
        b'{"nodes":{"n":{"properties":{"p":{"datatype":"float","unit":"W"}}}},"children":["c"],"version":1}'
    ),
    "homie/5/d/$state": b"ready",
    "homie/5/d/n/temperature": b"6.5",
    "owntracks/u/d": (
        b'{"_type":"location","lat":36.0,"lon":120.3,"tst":1795486521,"acc":8,"vel":4,"batt":76,"inregions":["r"],"t":"p"}'
    ),
    "owntracks/u/d/event": b'{"_type":"transition","event":"enter","tst":1795486521,"desc":"d"}',
}
WORDS = {b"online", b"offline"}
ONLY_JSON = ("street/", "v3/", "application/", "ngsi/", "v1.1/", "a/ce")
BINARY = ("senml/", "spBv1.0/")  # CBOR, protobuf
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
    assert dialect in {UNROUTED, *DIALECTS}
    assert (decoded.code is not None) == (decoded.kind is Kind.REJECT)
    assert decoded.code is None or decoded.code in DEAD_LETTER_CODES - {"internal-error"}
    for one in (it for each in (decoded, *(decoded.others or ())) for it in each.readings):
        assert one.value is None or type(one.value) in (int, float, bool, dict, str)
        assert not isinstance(one.value, int | float) or abs(one.value) <= LARGEST
        assert not isinstance(one.value, str) or (dialect not in OLDER and not has_forbidden(one.value))
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
    may_be_bare = not topic.startswith(ONLY_JSON) or payload in WORDS or payload.startswith(b"\xff\xd8\xff")
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

    assert decoded.kind is Kind.REJECT or _is_utf8(bytes(payload)) or topic.startswith(BINARY) or "/snapshot" in topic
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


@ROOMY
@given(
    alias=st.integers(0, 3),
    fields=st.sampled_from(["int_value", "long_value", "double_value", "string_value", None]),
    number=st.integers(0, 2**32 - 1),
    text=st.text(max_size=40),
    ms=st.integers(0, 2**64 - 1),
    seq=st.integers(0, 300),
)
def test_any_metric_after_a_birth_gets_an_answer(
    alias: int, fields: str | None, number: int, text: str, ms: int, seq: int
) -> None:
    """Whatever its type, its time and its sequence."""
    decoder = Decoder(default_routes())
    decoder.decode(Message("spBv1.0/g/NBIRTH/n", VALID["spBv1.0/g/NBIRTH/n"], False, RECEIVED_US))
    payload = Payload(timestamp=ms, seq=seq)
    metric = payload.metrics.add(alias=alias, timestamp=ms)
    if fields is not None:
        setattr(metric, fields, text if fields == "string_value" else number)

    dialect, decoded = decoder.decode(Message("spBv1.0/g/NDATA/n", payload.SerializeToString(), False, RECEIVED_US))

    assert (dialect, decoded.code == "internal-error") == ("sparkplug_b", False)


@ROOMY
@given(
    template=st.text(alphabet="{}|.[]'()value_jsonfoatirund0123456789 ", max_size=60)
    | st.sampled_from(
        [
            "{{ value_json.a }}",
            "{{ value_json.a | round(2) }}",
            "{{ value | int }}",
            "{{ value_json[0] | default('x') }}",
        ]
    ),
    payload=JSON | st.text(max_size=30),
    kind=st.sampled_from(["sensor", "binary_sensor", "light", "number"]),
)
def test_any_state_of_any_announced_entity_gets_an_answer(template: str, payload: object, kind: str) -> None:
    """Templates come from outside as well."""
    decoder = Decoder(default_routes())
    announced = json.dumps({"stat_t": "lab/x", "uniq_id": "x", "val_tpl": template, "avty_t": "lab/x/a"}).encode()
    decoder.decode(Message(f"homeassistant/{kind}/x/config", announced, False, RECEIVED_US))

    for topic in ("lab/x", "lab/x/a"):
        _, decoded = decoder.decode(Message(topic, json.dumps(payload).encode(), False, RECEIVED_US))
        assert decoded.code != "internal-error"


@pytest.mark.parametrize("topic", sorted(VALID.keys() - {"homie/5/d/n/temperature"}))  # each beginning of it is one
def test_every_beginning_of_a_valid_message_gets_an_answer(topic: str) -> None:
    """A message cut at each length is refused, unless what is left is a shorter valid one."""
    payload = VALID[topic]

    kinds = {_answers(topic, payload[:length]).kind for length in range(len(payload))}

    assert Kind.REJECT in kinds
