"""The dialect is chosen by topic filter, and nothing ever raises."""

import json
import logging
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from ingest import dialects, profiles
from ingest.decode import DIALECTS, UNROUTED, Decoder, Kind, Message, default_routes
from ingest.dialects import native
from ingest.topics import matches
from street.errors import ConfigError

RECEIVED_US = 1_795_486_530_250_000
# What makers' devices really say, each in the form that its maker's documents show; one line a trap.
MAKERS: list[dict[str, Any]] = [
    json.loads(line)
    for line in Path(__file__).with_name("dialects").joinpath("makers.jsonl").read_text(encoding="utf-8").splitlines()
]


def _message(topic: str, payload: bytes = b'{"temperature":5}') -> Message:
    return Message(topic, payload, False, RECEIVED_US)


@pytest.mark.parametrize(
    ("topic", "dialect"),
    [
        ("street/a/telemetry", "native"),
        ("zigbee2mqtt/a", "zigbee2mqtt"),
        ("v3/a/devices/b/up", "ttn_v3"),
        ("tele/a/SENSOR", "tasmota"),
        ("/ul/key/a/attrs", "ultralight"),
        ("x/y", UNROUTED),
        ("/x", "ultralight"),
        ("street//a", UNROUTED),
    ],
)
def test_the_filter_chooses_the_dialect(topic: str, dialect: str) -> None:
    """Never the payload."""
    assert Decoder(default_routes()).decode(_message(topic))[0] == dialect


def test_the_first_filter_that_takes_a_topic_wins() -> None:
    """A site puts its exceptions first; asked twice, since the second answer is remembered."""
    decoder = Decoder([("yard/special/#", "native"), ("yard/#", "zigbee2mqtt")])

    for _ in range(2):
        assert decoder.decode(_message("yard/special/a/telemetry"))[0] == "native"
        assert decoder.decode(_message("yard/node"))[0] == "zigbee2mqtt"


def test_a_dialect_moves_with_its_root() -> None:
    """Names begin behind the literal levels of the filter."""
    decoder = Decoder(
        [("site/zigbee/#", "zigbee2mqtt"), ("site/own/#", "native"), ("site/lora/+/devices/+/#", "ttn_v3")]
    )

    assert decoder.decode(_message("site/zigbee/a/b"))[1].device_id == "a/b"
    assert decoder.decode(_message("site/own/NM-1/telemetry"))[1].device_id == "NM-1"
    up = _message("site/lora/app/devices/n1/up", b'{"uplink_message":{"decoded_payload":{"temperature":5}}}')
    assert decoder.decode(up)[1].device_id == "n1"


def test_two_filters_of_one_bridge_share_its_registry() -> None:
    """Units learnt on one count on the other; another bridge has its own."""
    decoder = Decoder([("z/bridge/#", "zigbee2mqtt"), ("z/#", "zigbee2mqtt"), ("other/#", "zigbee2mqtt")])
    registry = (
        b'[{"ieee_address":"0x1","type":"EndDevice","friendly_name":"n","definition":{"exposes":'
        b'[{"type":"numeric","name":"temperature","property":"temperature","unit":"\xc2\xb0F"}]}}]'
    )
    decoder.decode(_message("z/bridge/devices", registry))

    assert decoder.decode(_message("z/n", b'{"temperature":50}'))[1].readings[0].value == 10
    assert decoder.decode(_message("other/n", b'{"temperature":50}'))[1].readings[0].value == 50


def test_filters_of_single_forms_do_not_move_the_root() -> None:
    """A site may subscribe to our forms one by one."""
    decoder = Decoder([("street/incidents/+", "native"), ("street/+/status", "native")])

    assert decoder.decode(_message("street/a/status", b"online"))[1].device_id == "a"
    assert decoder.decode(_message("street/incidents/app", b"{}"))[1].code == "schema-missing"
    alone = Decoder([("street/incidents/+", "native"), ("z/bridge/#", "zigbee2mqtt")])
    assert alone.decode(_message("street/incidents/app", b"{}"))[1].code == "schema-missing"
    assert alone.decode(_message("z/bridge/state", b"online"))[1].device_id == "bridge"


@pytest.mark.parametrize("route", [("a/#", "morse"), ("a#", "native")])
def test_a_route_that_cannot_be_is_refused_at_start(route: tuple[str, str]) -> None:
    """Not at the first message."""
    with pytest.raises(ConfigError, match=r"^ingest\.routes"):
        Decoder([route])


def test_our_own_mistake_costs_one_message_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug in a dialect must not stop the line."""

    def broken(_self: object, _message: Message) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(native.Dialect, "decode", broken)
    with caplog.at_level(logging.ERROR):
        dialect, decoded = Decoder(default_routes()).decode(_message("street/a/telemetry"))

    assert (dialect, decoded.kind, decoded.code) == ("native", Kind.REJECT, "internal-error")
    assert "ZeroDivisionError" in caplog.text


def test_a_flood_of_topics_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered about topics is bounded."""
    monkeypatch.setattr("ingest.decode._CACHED", 10)
    monkeypatch.setattr("ingest.dialects.native._CACHED", 10)
    decoder = Decoder(default_routes())

    for n in range(50):
        assert decoder.decode(_message(f"street/a{n}/telemetry"))[1].device_id == f"a{n}"

    assert len(decoder._by_topic) <= 10


def test_every_dialect_has_the_same_face() -> None:
    """A dialect is one file with a decoder, and the list of dialects is the list of files."""
    files = {it.stem for it in Path(dialects.__path__[0]).glob("*.py")} - {"__init__"}

    assert set(DIALECTS) == files
    for name in DIALECTS:
        module = import_module(f"ingest.dialects.{name}")
        assert module.__doc__
        assert callable(module.Dialect("x").decode)


def test_the_default_routes_speak_every_dialect() -> None:
    """What is understood is also listened to."""
    assert {name for _, name in default_routes()} == set(DIALECTS)


@pytest.mark.parametrize(
    "topic",
    [
        "zigbee2mqtt/yard/node/availability", "tele/t/SENSOR", "shellies/s/online", "shellies/s/relay/0/power",
        "shellyplus1-1/online", "shellyplus1-1/events/rpc", "shellyplus1-1/status/switch:0", "a/b/c/status/switch:0",
        "homeassistant/status", "v3/a@t/devices/d/up", "application/1/device/2/event/up", "frigate/cam/status/detect",
        "frigate/cam/person", "spBv1.0/g/NBIRTH/n", "spBv1.0/STATE/h", "senml/a/b", "v1.1/Things(1)/Locations",
        "ngsi/x", "site/ce", "/ul/k/d/attrs", "/ul/k/d/attrs/t", "/k/d/cmd", "homie/5/d/$state", "homie/5/d/n/status",
        "owntracks/u/d", "owntracks/u/d/event", "street/a/status", "street/a/telemetry",
    ],
)  # fmt: skip
def test_no_two_filters_take_the_same_real_topic(topic: str) -> None:
    """A broker delivers a message once for each subscription that takes it: it would be stored twice."""
    takers = [topic_filter for topic_filter, _ in default_routes() if matches(topic_filter, topic)]

    assert len(takers) == 1


def test_a_dialect_is_loaded_with_its_first_message() -> None:
    """Seventeen dialects cost a street that speaks two of them nothing."""
    code = (
        "import sys\nfrom ingest.decode import Decoder, Message, default_routes\n"
        "decoder = Decoder(default_routes())\n"
        "decoder.decode(Message('street/a/status', b'online', False, 1))\n"
        "print([it for it in sys.modules if it.startswith(('ingest.dialects.', 'google', 'cbor2', 'cayennelpp'))])\n"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert said.stdout.strip() == "['ingest.dialects.native']"


def test_announced_topics_are_to_be_listened_to_unless_a_route_takes_them() -> None:
    """Zigbee2MQTT announces its own topics to Home Assistant: they would come twice."""
    decoder = Decoder(default_routes())
    before = decoder.learnt_version
    for topic in ("lab/t", "zigbee2mqtt/node"):
        config = f'{{"uniq_id":"{topic}","stat_t":"{topic}","dev_cla":"temperature"}}'.encode()
        decoder.decode(_message(f"homeassistant/sensor/{topic.replace('/', '_')}/config", config))

    assert decoder.learnt_topics() == {"lab/t"}
    assert decoder.learnt_version != before
    assert decoder.decode(_message("lab/t", b"21.5"))[0] == "homeassistant"


def test_what_was_learnt_is_inherited_where_dialect_and_root_stay() -> None:
    """A new configuration does not make ingest forget what bridges have told."""
    old = Decoder([("zigbee2mqtt/#", "zigbee2mqtt"), ("street/#", "native")])
    devices = b'[{"ieee_address":"0x00124b0001","friendly_name":"lamp","type":"Router"}]'
    old.decode(_message("zigbee2mqtt/bridge/devices", devices))
    same, moved = Decoder([("zigbee2mqtt/#", "zigbee2mqtt")]), Decoder([("bridge2/#", "zigbee2mqtt")])

    same.inherit(old)
    moved.inherit(old)

    assert same._made["zigbee2mqtt", "zigbee2mqtt"] is old._made["zigbee2mqtt", "zigbee2mqtt"]
    assert moved._made == {}


def test_a_fault_in_the_profiles_is_told_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody would need them: not at each message."""
    (tmp_path / "profiles.yaml").write_text("lora: {a: {payload: morse}}", encoding="utf-8")
    monkeypatch.setattr("ingest.profiles.PATH", tmp_path / "profiles.yaml")
    profiles._told.cache_clear()

    Decoder([("street/#", "native")])
    with pytest.raises(ConfigError, match=r"lora\.a"):
        Decoder(default_routes())
    profiles._told.cache_clear()


@pytest.mark.parametrize("case", [pytest.param(it, id=it["about"]) for it in MAKERS])
def test_a_maker_is_understood(case: dict[str, Any]) -> None:
    """Through the default routes; a channel stands behind a slash."""
    said = case["payload"]
    payload = said.encode() if isinstance(said, str) else json.dumps(said).encode()

    decoded = Decoder(default_routes()).decode(_message(case["topic"], payload))[1]

    found = {
        one.quantity if one.channel is None else f"{one.quantity}/{one.channel}": one.value for one in decoded.readings
    }
    assert found == {name: pytest.approx(value) for name, value in case["expect"].items()}
    assert decoded.kind == case.get("kind", "telemetry")
    assert "dropped" not in decoded.extra
