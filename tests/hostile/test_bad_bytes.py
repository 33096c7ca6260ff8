"""Every dialect that speaks JSON refuses broken JSON alike, with the same code, and takes nothing of it."""

import gzip
import json
from typing import Any, Final

import pytest

from ingest.decode import Decoder
from ingest.messages import Message
from street.config import Config
from tests.ingest.dialects.telling import RECEIVED_US

# One topic of each dialect with a body that is understood there: what is done to it is then the only fault.
SPOKEN: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "native": ("street/SL-1/telemetry", {"power": 61.5}),
    "zigbee2mqtt": ("zigbee2mqtt/lamp", {"temperature": 21.5, "linkquality": 90}),
    "tasmota": ("tele/plug/SENSOR", {"Time": "2026-11-24T10:15:30", "ENERGY": {"Power": 61}}),
    "shelly_gen2": (
        "shelly/events/rpc",
        {
            "src": "shellyplus1-a8032ab12345",
            "method": "NotifyStatus",
            "params": {"ts": 1795486530.0, "switch:0": {"id": 0, "apower": 8.9}},
        },
    ),
    "ttn_v3": (
        "v3/app@ttn/devices/dev-1/up",
        {
            "end_device_ids": {"device_id": "dev-1"},
            "received_at": "2026-11-24T02:15:30Z",
            "uplink_message": {"f_port": 1, "decoded_payload": {"temperature": 21.5}},
        },
    ),
    "chirpstack_v4": (
        "application/a/device/0102030405060708/event/up",
        {
            "deviceInfo": {"devEui": "0102030405060708"},
            "time": "2026-11-24T02:15:30Z",
            "fPort": 1,
            "object": {"temperature": 21.5},
        },
    ),
    "frigate": (
        "frigate/events",
        {
            "type": "new",
            "before": {},
            "after": {"id": "1795486530.1-ab", "camera": "gate", "label": "car", "frame_time": 1795486530.1},
        },
    ),
    "sensorthings": ("v1.1/Datastreams(1)/Observations", {"result": 21.5, "phenomenonTime": "2026-11-24T02:15:30Z"}),
    "owntracks": ("owntracks/wang/phone", {"_type": "location", "lat": 36.06, "lon": 120.32, "tst": 1795486530}),
}


def _inside(body: dict[str, Any], text: str) -> bytes:
    """Return the body with one more field, which says *text* as it stands."""
    return (json.dumps(body)[:-1] + f', "x": {text}}}').encode()


FAULTS: Final = {
    "nothing": (lambda _: b"", {"empty"}),
    "blanks": (lambda _: b" \n", {"empty", "not-json"}),
    "cut short": (lambda body: json.dumps(body).encode()[:-2], {"not-json"}),
    "something behind": (lambda body: json.dumps(body).encode() + b"x", {"not-json"}),
    "two bodies": (lambda body: json.dumps(body).encode() * 2, {"not-json"}),
    "a comma too many": (lambda body: json.dumps(body).encode()[:-1] + b",}", {"not-json"}),
    "packed": (lambda body: gzip.compress(json.dumps(body).encode(), mtime=0), {"not-json", "not-utf8"}),
    "no number": (lambda body: _inside(body, "NaN"), {"not-json"}),
    "endless": (lambda body: _inside(body, "Infinity"), {"not-json"}),
    "a key twice": (lambda body: _inside(body, '1, "x": 2'), {"dup-key"}),
    "half a character": (lambda body: _inside(body, '"\\ud800"'), {"charset", "not-json"}),
    "too deep": (lambda body: _inside(body, "[" * 5_000 + "]" * 5_000), {"depth"}),
    "a mark in front": (lambda body: b"\xef\xbb\xbf" + json.dumps(body).encode(), {"bom"}),
    "two bytes a letter": (lambda body: json.dumps(body).encode("utf-16"), {"bom", "not-utf8", "not-json"}),
    "GBK": (lambda body: _inside(body, '"街道"').decode().encode("gbk"), {"not-utf8"}),
    "a number alone": (lambda _: b"5", {"not-object"}),
    "a list alone": (lambda _: b"[{}]", {"not-object"}),
    "null": (lambda _: b"null", {"not-object"}),
}


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    """The routes that everybody has who changed none."""
    return Decoder(list(Config().ingest.routes))


@pytest.mark.parametrize("dialect", SPOKEN)
def test_what_is_not_broken_is_understood(decoder: Decoder, dialect: str) -> None:
    """Else the refusals below would prove nothing."""
    topic, body = SPOKEN[dialect]

    spoken, decoded = decoder.decode(Message(topic, json.dumps(body).encode(), False, RECEIVED_US))

    assert (spoken, decoded.code) == (dialect, None)


MEANT: Final = {("owntracks", "nothing")}  # an empty retained position is how a phone takes its own away
BROKEN: Final = [(dialect, fault) for dialect in SPOKEN for fault in FAULTS if (dialect, fault) not in MEANT]


@pytest.mark.parametrize(("dialect", "fault"), BROKEN)
def test_broken_json_is_refused_alike(decoder: Decoder, dialect: str, fault: str) -> None:
    """With the code that a keeper looks for, and no reading of what stood before the fault."""
    topic, body = SPOKEN[dialect]
    broken, codes = FAULTS[fault]

    _, decoded = decoder.decode(Message(topic, broken(body), False, RECEIVED_US))

    assert decoded.code in codes
    assert decoded.readings == []
