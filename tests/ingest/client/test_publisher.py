"""What goes out is confirmed, once it is confirmed it is counted, and a lost line loses nothing."""

from collections.abc import Iterator

import pytest

from ingest.client import LinkSettings, Publisher
from tests.ingest.fake_broker import FakeBroker, meet, until


@pytest.fixture
def broker() -> Iterator[FakeBroker]:
    """Return a broker that does what we say."""
    it = FakeBroker()
    yield it
    it.close()


@pytest.fixture
def publisher(broker: FakeBroker) -> Iterator[Publisher]:
    """Return a publisher that is connected."""
    settings = LinkSettings(host="127.0.0.1", port=broker.port, client_id="street", reconnect_min_s=0.05)
    it = Publisher(settings, window=10)
    meet(it, broker, lambda: it.wait(0.0))
    yield it
    it.close(wait_s=0)


def test_a_message_arrives_as_it_was(publisher: Publisher, broker: FakeBroker) -> None:
    """Topic, bytes and the retain flag."""
    publisher.publish("street/WX-01/status", b"online", retain=True)

    until(lambda: publisher.acknowledged == 1, lambda: (publisher.wait(0.01), broker.serve()))

    assert broker.published == [("street/WX-01/status", b"online", True)]
    assert publisher.sent == 1


def test_what_was_not_confirmed_goes_out_again(publisher: Publisher, broker: FakeBroker) -> None:
    """The broker died with it."""
    publisher.publish("street/WX-01/telemetry", b"{}")
    publisher.wait(0.01)
    broker.drop()
    until(lambda: not publisher.is_up, lambda: publisher.wait(0.01))

    until(lambda: publisher.acknowledged == 1, lambda: (publisher.wait(0.01), broker.serve()))

    assert broker.published[-1] == ("street/WX-01/telemetry", b"{}", False)


def test_what_is_said_without_a_line_is_kept(publisher: Publisher, broker: FakeBroker) -> None:
    """The street does not stop because the broker did."""
    broker.drop()
    until(lambda: not publisher.is_up, lambda: publisher.wait(0.01))

    for number in range(5):
        publisher.publish("street/WX-01/telemetry", str(number).encode())

    until(lambda: publisher.acknowledged == 5, lambda: (publisher.wait(0.01), broker.serve()))
    assert [payload for _topic, payload, _retain in broker.published] == [b"0", b"1", b"2", b"3", b"4"]


def test_a_listener_is_no_part_of_it(publisher: Publisher, broker: FakeBroker) -> None:
    """Who only speaks subscribes to nothing, and leaves no session behind."""
    assert broker.filters == []
    assert broker.connects[0][7] == 0x02


def test_a_refusal_after_a_good_connection_is_logged(
    publisher: Publisher, broker: FakeBroker, caplog: pytest.LogCaptureFixture
) -> None:
    """Before one, whoever waits for the connection tells; later nobody else would."""
    broker.refusal = 5
    broker.drop()

    until(lambda: publisher.refusal, lambda: (publisher.wait(0.01), broker.serve()))

    assert publisher.refusal == "Not authorized"
    assert "broker refused us as nobody: Not authorized" in caplog.text
