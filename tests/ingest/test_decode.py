"""The dialect is chosen by topic filter, and nothing ever raises."""

import logging

import pytest

from ingest.decode import DIALECTS, UNROUTED, Decoder, Kind, Message, default_routes
from street.errors import ConfigError

RECEIVED_US = 1_795_486_530_250_000


def _message(topic: str, payload: bytes = b'{"temperature":5}') -> Message:
    return Message(topic, payload, False, RECEIVED_US)


@pytest.mark.parametrize(
    ("topic", "dialect"),
    [
        ("street/a/telemetry", "native"),
        ("zigbee2mqtt/a", "zigbee2mqtt"),
        ("v3/a/devices/b/up", "ttn_v3"),
        ("x/y", UNROUTED),
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

    monkeypatch.setattr(DIALECTS["native"].Dialect, "decode", broken)
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
    """A dialect is one file with a name, filters and a decoder."""
    for name, module in DIALECTS.items():
        assert module.NAME == name == module.__name__.rpartition(".")[2]
        assert all(isinstance(it, str) for it in module.FILTERS)
        assert module.__doc__
        assert callable(module.Dialect().decode)
