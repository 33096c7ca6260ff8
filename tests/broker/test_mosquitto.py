"""deploy/mosquitto.conf on Debian's mosquitto: what each line is there for."""

from collections.abc import Iterator

import pytest

from bench.mqtt_socket import Publisher, packet
from ingest.client import Link
from tests.broker.mosquitto import MosquittoRig
from tests.broker.test_session import a_link, connect, readings, speak, turn
from tests.ingest.fake_broker import until

pytestmark = pytest.mark.broker


@pytest.fixture
def rig() -> Iterator[MosquittoRig]:
    """Return a street whose broker is mosquitto."""
    with MosquittoRig(assets=20) as it:
        yield it


def a_device(rig: MosquittoRig, client_id: str = "anything") -> Publisher:
    """Return the connection of one device with its own name."""
    return Publisher("127.0.0.1", rig.port, "bench-0001", rig.password("bench-0001"), client_id=client_id)


def test_more_than_a_thousand_messages_wait(rig: MosquittoRig) -> None:
    """The default throws away what comes beyond, after having confirmed it."""
    link = a_link(rig)
    connect(link)
    link.close()

    speak(rig, readings(1_500))
    again = a_link(rig)
    connect(again)
    until(lambda: acknowledge(again) >= 1_500, lambda: turn(again), within_s=20)

    assert again.heard == 1_500  # type: ignore[attr-defined] # counted by `acknowledge`
    again.close()


def acknowledge(link: Link) -> int:
    """Acknowledge what is held, so that more comes; return how many came in all."""
    taken = link.take()
    link.acknowledge(taken)
    link.heard = getattr(link, "heard", 0) + len(taken)  # type: ignore[attr-defined] # the test's own count
    return link.heard  # type: ignore[attr-defined,no-any-return] # as above


def test_a_device_speaks_under_its_own_name_only(rig: MosquittoRig) -> None:
    """Judged by what arrives."""
    link = a_link(rig)
    connect(link)
    device = a_device(rig)

    device.publish([packet("street/bench-0002/telemetry", b"{}", 1), packet("street/bench-0001/telemetry", b"{}", 2)])
    until(lambda: link.held, lambda: turn(link))

    assert [message.topic for message in link.held] == ["street/bench-0001/telemetry"]
    device.close()
    link.close()


def test_a_device_cannot_take_our_session(rig: MosquittoRig) -> None:
    """It connects with our client id: the broker uses its user name instead."""
    link = a_link(rig)
    connect(link)

    device = a_device(rig, client_id="sky-eye-ingest")
    device.publish([packet("street/bench-0001/telemetry", b"{}", 1)])
    until(lambda: link.held, lambda: turn(link))

    assert link.generation == 1
    device.close()
    link.close()


def test_a_packet_that_is_too_large_costs_the_sender_its_connection(rig: MosquittoRig) -> None:
    """And nobody else anything."""
    link = a_link(rig)
    connect(link)
    device = a_device(rig)

    with pytest.raises(ConnectionError):
        device.publish([packet("street/bench-0001/snapshot", bytes(1_200_000), 1)], within_s=5)
    device.close()

    speak(rig, readings(1))
    until(lambda: link.held, lambda: turn(link))
    assert link.generation == 1
    link.close()
