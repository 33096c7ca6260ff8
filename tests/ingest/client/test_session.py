"""The line is kept, its loss is noticed, and it comes back by itself."""

import logging
from collections.abc import Iterator

import pytest

from street import clock
from tests.ingest.client.test_link import a_link, connect, turn
from tests.ingest.fake_broker import FakeBroker, until


@pytest.fixture
def broker() -> Iterator[FakeBroker]:
    """Return a broker that does what we say."""
    it = FakeBroker()
    yield it
    it.close()


def test_it_comes_back_within_the_back_off(broker: FakeBroker) -> None:
    """After each loss, from the shortest wait again."""
    link = a_link(broker)
    connect(link, broker)
    for _ in range(3):
        broker.drop()
        until(lambda: not link.is_up, lambda: turn(link))
        lost_s = clock.monotonic_s()

        connect(link, broker)

        assert clock.monotonic_s() - lost_s < 1.0
    assert link.generation == 4
    link.close(wait_s=0)


def test_it_waits_longer_each_time_but_not_longer_than_it_may() -> None:
    """Nobody listens: two tries a second would be too many for a thousand clients."""
    gone = FakeBroker()
    gone.close()
    link = a_link(gone, reconnect_min_s=0.05, reconnect_max_s=0.2)
    until_s = clock.monotonic_s() + 0.5
    tries = 0

    while clock.monotonic_s() < until_s:
        before = link._next_try_s
        turn(link)
        tries += link._next_try_s != before

    assert 3 <= tries <= 5


def test_a_silent_broker_is_noticed(broker: FakeBroker) -> None:
    """The network is cut without a word: after a ping without an answer the line is down."""
    link = a_link(broker, keepalive_s=1)
    connect(link, broker)
    broker.answers_pings = False
    since_s = clock.monotonic_s()

    until(lambda: not link.is_up, lambda: (broker.serve(), turn(link)), within_s=6)

    assert clock.monotonic_s() - since_s < 4
    assert broker.pings >= 1


def test_an_idle_line_is_kept_with_pings(broker: FakeBroker) -> None:
    """Nothing comes for longer than the keepalive: the line stays."""
    link = a_link(broker, keepalive_s=1)
    connect(link, broker)

    until(lambda: broker.pings >= 2, lambda: (broker.serve(), turn(link)), within_s=6)

    assert link.is_up
    assert link.generation == 1
    link.close(wait_s=0)


def test_a_broker_that_accepts_and_says_nothing_is_given_up(broker: FakeBroker) -> None:
    """Frozen right after the connection: CONNACK never comes."""
    broker.answers_connect = False
    link = a_link(broker, keepalive_s=1)

    until(lambda: len(broker.connects) >= 2, lambda: (broker.serve(), turn(link)), within_s=8)

    assert not link.is_up
    link.close(wait_s=0)


def test_a_wrong_password_is_told(broker: FakeBroker, caplog: pytest.LogCaptureFixture) -> None:
    """Only a person can mend it."""
    broker.refusal = 5
    link = a_link(broker, username="ingest", password="wrong")

    until(lambda: broker.connects and not broker.serve() and caplog.records, lambda: (broker.serve(), turn(link)))

    assert ("ERROR", "broker refused us as ingest: Not authorized") in [
        (it.levelname, it.message) for it in caplog.records
    ]
    assert not link.is_up
    link.close(wait_s=0)


def test_a_refused_subscription_is_told_and_the_line_is_not_up(
    broker: FakeBroker, caplog: pytest.LogCaptureFixture
) -> None:
    """SUBACK 0x80: connected, and deaf."""
    broker.suback = 0x80
    link = a_link(broker)

    until(lambda: "refused subscriptions: street/#" in caplog.text, lambda: (broker.serve(), turn(link)))

    assert not link.is_up
    link.close(wait_s=0)


def test_the_loss_is_logged_once(broker: FakeBroker, caplog: pytest.LogCaptureFixture) -> None:
    """The change, not the state: a night without broker is two lines."""
    link = a_link(broker)
    with caplog.at_level(logging.INFO):
        connect(link, broker)
        broker.close()
        until_s = clock.monotonic_s() + 0.4
        while clock.monotonic_s() < until_s:
            turn(link)

    assert sum("broker lost" in it.message for it in caplog.records) == 1
    assert len(caplog.records) == 2


def test_when_it_went_up_or_down_is_known(broker: FakeBroker) -> None:
    """The wall says since when the data is old."""
    link = a_link(broker)
    before_us = clock.now_us()
    connect(link, broker)
    up_us = link.since_us

    broker.drop()
    until(lambda: not link.is_up, lambda: turn(link))

    assert before_us <= up_us <= link.since_us <= clock.now_us()


def test_other_filters_can_be_listened_to_while_the_line_stands(broker: FakeBroker) -> None:
    """And they are what it listens to after the next connection."""
    link = a_link(broker)
    connect(link, broker)

    link.route(["plaza/#", "street/#"])
    until(lambda: "plaza/#" in broker.filters, lambda: (turn(link), broker.serve()))
    broker.filters.clear()
    broker.drop()
    until(lambda: not link.is_up, lambda: turn(link))
    connect(link, broker)

    assert broker.filters == ["plaza/#", "street/#"]
    assert link.is_up
    link.close(wait_s=0)
