"""What ingest rests on, shown on real brokers: the embedded nats-server, and Debian's mosquitto with our settings."""

import socket
from collections.abc import Iterator

import pytest

from bench.ingest_process import Rig, kill
from bench.mqtt_socket import Publisher, packet, reading_packets
from ingest.client import Link, LinkSettings
from street import clock
from tests.broker.mosquitto import RIGS, Mqtt5Rig
from tests.ingest.fake_broker import until

pytestmark = pytest.mark.broker
ASSETS = 20


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Return a street whose broker runs."""
    with RIGS[request.param](assets=ASSETS) as it:
        yield it


def a_link(rig: Rig, **changes: object) -> Link:
    """Return ingest's own way to listen."""
    settings = {"filters": ("street/#",), "reconnect_min_s": 0.05, "reconnect_max_s": 0.2, "keepalive_s": 5}
    settings["is_mqtt5"] = isinstance(rig, Mqtt5Rig)
    return Link(
        LinkSettings(
            host="127.0.0.1", port=rig.port, username="ingest", password=rig.password("ingest"), **(settings | changes)
        )
    )


def connect(link: Link) -> None:
    """Serve *link* until it has subscribed."""
    until(lambda: link.is_up, lambda: turn(link))


def turn(link: Link) -> None:
    """Serve *link* once, for a moment."""
    link.turn(0.02, rows=10_000, max_bytes=1 << 26)


def speak(rig: Rig, packets: list[bytes]) -> None:
    """Publish *packets* as the devices, and wait until the broker has confirmed them."""
    publisher = Publisher("127.0.0.1", rig.port, "devices", rig.password("devices"), client_id="devices")
    publisher.publish(packets, within_s=60)
    publisher.close()


def readings(count: int, first: int = 0) -> list[bytes]:
    """Return *count* readings of the last minute, numbered from *first*."""
    return reading_packets(count, ASSETS, clock.now_us() // 1000 - 60_000, first)


def test_what_comes_while_ingest_is_away_waits_for_it(rig: Rig) -> None:
    """Its session lasts: 300 readings, none lost, none doubled."""
    process = rig.start_ingest()
    process.terminate()
    assert process.wait(10) == 0

    speak(rig, readings(300))
    rig.start_ingest()

    rows = rig.wait_for_rows(300, within_s=15)
    assert len(rows) == len(set(rows)) == 300


def test_an_unacknowledged_message_comes_again(rig: Rig) -> None:
    """The ground under ack-after-commit."""
    link = a_link(rig)
    connect(link)
    speak(rig, readings(1))
    until(lambda: link.held, lambda: turn(link))
    first = link.take()[0]
    link._wire()._sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr] # the cable is pulled: no goodbye
    until(lambda: not link.is_up, lambda: turn(link))

    connect(link)
    until(lambda: link.held, lambda: turn(link), within_s=15)

    assert link.held[0].payload == first.payload
    assert link.held[0].generation == 2
    link.close()


def test_an_acknowledged_message_never_comes_again(rig: Rig) -> None:
    """Nor after the broker's ack_wait."""
    link = a_link(rig)
    connect(link)
    speak(rig, readings(5))
    until(lambda: len(link.held) == 5, lambda: turn(link))
    assert link.acknowledge(link.take()) == 5
    link.close()

    again = a_link(rig)
    connect(again)
    deadline_s = clock.monotonic_s() + 3
    until(lambda: clock.monotonic_s() > deadline_s, lambda: turn(again))

    assert again.held == []
    again.close()


def test_the_broker_says_whether_it_remembers(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """A session that lasts is present at the second connection: no gap is told."""
    first = a_link(rig)
    connect(first)
    first.close()

    second = a_link(rig)
    second.heard_us = 1
    connect(second)

    assert "forgot" not in caplog.text
    second.close()


def test_a_still_of_a_megabyte_arrives_whole(rig: Rig) -> None:
    """The largest message that devices may send."""
    link = a_link(rig)
    connect(link)
    payload = b"\xff\xd8\xff" + bytes(range(256)) * 4095

    speak(rig, [packet("street/bench-0001/snapshot", payload, 1)])
    until(lambda: link.held, lambda: turn(link), within_s=10)

    assert link.held[0].payload == payload
    link.close()


def test_messages_come_in_order(rig: Rig) -> None:
    """Of one topic at least: availability and registries depend on it."""
    link = a_link(rig)
    connect(link)

    speak(rig, [packet("street/bench-0001/status", str(number).encode(), number) for number in range(1, 501)])
    until(lambda: len(link.held) == 500, lambda: turn(link), within_s=10)

    assert [message.payload for message in link.held] == [str(number).encode() for number in range(1, 501)]
    link.close()


def test_a_retained_message_says_so_when_it_is_a_copy(rig: Rig) -> None:
    """And not when it comes fresh."""
    link = a_link(rig)
    connect(link)
    retained = bytearray(packet("street/bench-0001/status", b"online", 1))
    retained[0] |= 1
    speak(rig, [bytes(retained)])
    until(lambda: link.held, lambda: turn(link))
    fresh = link.held[0].retain
    link.acknowledge(link.take())
    link.close()

    other = a_link(rig, client_id="somebody-else")
    connect(other)
    until(lambda: other.held, lambda: turn(other))

    assert (fresh, other.held[0].retain) == (False, True)
    other.close()


def test_nobody_comes_in_without_a_password(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Neither with a wrong one."""
    with pytest.raises(ConnectionError):
        Publisher("127.0.0.1", rig.port, "", "", client_id="x")
    link = a_link(rig)
    link._client.username_pw_set("ingest", "guessed")

    until(lambda: "broker refused us as ingest" in caplog.text, lambda: turn(link), within_s=10)

    assert not link.is_up
    link.close()


def test_devices_cannot_speak_outside_the_street(rig: Rig) -> None:
    """Judged by what arrives: a broker may confirm what it throws away."""
    link = a_link(rig, filters=("street/#", "zigbee2mqtt/#"))
    connect(link)

    speak(rig, [packet("admin/reboot", b"x", 1)])
    speak(rig, [packet("street/bench-0001/status", b"online", 2)])
    until(lambda: link.held, lambda: turn(link))

    assert [message.topic for message in link.held] == ["street/bench-0001/status"]
    link.close()


def test_the_broker_killed_loses_nothing_that_ingest_had_acknowledged(rig: Rig) -> None:
    """And ingest stores again within three seconds of its return."""
    rig.start_ingest()
    speak(rig, readings(200))
    assert len(rig.wait_for_rows(200, within_s=15)) == 200
    kill(rig.broker)
    rig.start_broker()
    back_s = clock.monotonic_s()

    speak(rig, readings(200, first=200))
    rig.wait_for_rows(201, within_s=15)
    stored_s = clock.monotonic_s() - back_s
    rows = rig.wait_for_rows(400, within_s=15)

    assert stored_s < 3
    assert len(rows) == len(set(rows)) == 400


def test_a_burst_through_one_filter_waits_and_loses_nothing(rig: Rig) -> None:
    """More than may be unacknowledged at once (1,337 here, 2,000 there), and ingest is killed in the middle.

    No more than that: mosquitto saves all that waits with every change, and takes the square of it.
    """
    rig.start_ingest().terminate()
    speak(rig, readings(3_000))
    process = rig.start_ingest()
    rig.wait_for_rows(1_000, within_s=20)
    kill(process)

    rig.start_ingest()

    rows = rig.wait_for_rows(3_000, within_s=60)
    assert len(rows) == len(set(rows)) == 3_000
