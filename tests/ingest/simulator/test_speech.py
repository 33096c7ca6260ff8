"""What goes on the wire, read back by the decoders that must understand it."""

import json

import pytest

from ingest.decode import Decoder, Kind, Message
from ingest.simulator.behaviour import Values
from ingest.simulator.speech import Posting, availability, incident, registry, snapshot, telemetry
from street.assets import Asset
from street.clock import SECOND_US

AT_US = 1_795_492_800 * SECOND_US + 123_456
ROUTES = [("street/#", "native"), ("zigbee2mqtt/#", "zigbee2mqtt"), ("v3/+/devices/+/#", "ttn_v3")]


def an_asset(dialect: str, asset_id: str = "MH-15", **about: object) -> Asset:
    """An asset that speaks *dialect*."""
    device = asset_id.lower() if dialect == "ttn_v3" else asset_id
    told = {"kind": "manhole", "name": "m", "dialect": dialect, "device_id": device, "interval_s": 3600.0} | about
    return Asset(asset_id=asset_id, **told)  # type: ignore[arg-type]  # the keywords are untyped


def heard(*postings: Posting) -> tuple[Kind, str | None, int | None, dict[str, tuple[object, str | None]]]:
    """Decode the postings in turn; return kind, device, time and readings of the last."""
    decoder = Decoder(ROUTES)
    all_decoded = [decoder.decode(Message(one.topic, one.payload, False, AT_US + SECOND_US))[1] for one in postings]
    last = all_decoded[-1]
    return last.kind, last.device_id, last.time_us, {one.quantity: (one.value, one.unit) for one in last.readings}


SAID: Values = {"cover_open": True, "tilt": 41.0, "battery_voltage": 3.512}


def test_native_is_understood_whatever_way_time_is_written() -> None:
    """Three makers, three ways: all to the millisecond."""
    ways = set()
    for number in range(12):
        asset = an_asset("native", f"MH-{number}")
        posting = telemetry(asset, SAID, AT_US)
        ways.add(type(json.loads(posting.payload)["ts"]).__name__ + str(json.loads(posting.payload)["ts"])[-1])
        kind, device, time_us, readings = heard(posting)
        assert (kind, device, time_us) == (Kind.TELEMETRY, f"MH-{number}", AT_US // 1000 * 1000)
        assert readings == {"cover_open": (True, None), "tilt": (41.0, "°"), "battery_voltage": (3.512, "V")}

    assert len(ways) == 3


def test_ttn_is_understood() -> None:
    """Names and units come back as they were; the network's own figures come with them."""
    kind, device, time_us, readings = heard(telemetry(an_asset("ttn_v3", gateway_id="GW-04"), SAID, AT_US))

    assert (kind, device, time_us) == (Kind.TELEMETRY, "mh-15", AT_US)
    assert readings["cover_open"] == (True, None)
    assert readings["tilt"] == (41.0, "°")
    assert readings["battery_voltage"] == (3.512, "V")
    assert readings["rssi"][1] == "dBm"


def test_zigbee_is_understood_with_and_without_its_registry() -> None:
    """A battery device says millivolts; the registry confirms it."""
    asset = an_asset("zigbee2mqtt", "SMK-01", kind="smoke_detector")
    said = {"smoke": True, "battery": 83, "battery_voltage": 2.935, "link_quality": 96}
    posting = telemetry(asset, said, AT_US)

    for kind, device, time_us, readings in (heard(posting), heard(*registry([asset], AT_US), posting)):
        assert (kind, device, time_us) == (Kind.TELEMETRY, "SMK-01", AT_US // 1000 * 1000)
        assert readings["smoke"] == (True, None)
        assert readings["battery_voltage"] == (2.935, "V")
        assert readings["link_quality"] == (96, "lqi")


@pytest.mark.parametrize("dialect", ["native", "zigbee2mqtt"])
@pytest.mark.parametrize("online", [True, False])
def test_presence_is_retained_and_understood(dialect: str, online: bool) -> None:
    """Who subscribes later must learn it too."""
    posting = availability(an_asset(dialect), online=online, at_us=AT_US)

    assert posting is not None
    assert posting.retain
    kind, device, _, readings = heard(posting)
    assert (kind, device, readings["online"][0]) == (Kind.AVAILABILITY, "MH-15", online)


def test_a_lora_device_has_no_word_for_presence() -> None:
    """The Things Stack knows none: silence has to tell."""
    assert availability(an_asset("ttn_v3"), online=True, at_us=AT_US) is None


def test_a_street_without_zigbee_has_no_registry() -> None:
    """An empty list would delete what a real bridge has said."""
    assert registry([an_asset("native")], AT_US) == []


def test_a_still_and_a_report_find_their_topics() -> None:
    """Both as docs/topics.md has them."""
    assert snapshot(an_asset("native", "CAM-01"), b"\xff\xd8\xff", AT_US).topic == "street/CAM-01/snapshot"
    assert incident("camera-ai", {"id": "1"}, AT_US) == Posting(AT_US, "street/incidents/camera-ai", b'{"id":"1"}')
