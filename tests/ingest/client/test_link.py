"""What comes is held, and acknowledged only when asked, and only in the connection it came in on."""

import logging
from collections.abc import Iterator

import pytest

from ingest.client import Link, LinkSettings
from tests.ingest.fake_broker import FakeBroker, meet, until

TOPIC = "street/NM-001/telemetry"


@pytest.fixture
def broker() -> Iterator[FakeBroker]:
    """Return a broker that does what we say."""
    it = FakeBroker()
    yield it
    it.close()


@pytest.fixture
def link(broker: FakeBroker) -> Iterator[Link]:
    """Return a link to it that has not connected yet."""
    it = a_link(broker)
    yield it
    it.close(wait_s=0)


def a_link(broker: FakeBroker, **changes: object) -> Link:
    """Return a link with quick back-off."""
    settings = {"filters": ("street/#",), "reconnect_min_s": 0.05, "reconnect_max_s": 0.1, "keepalive_s": 1}
    return Link(LinkSettings(host="127.0.0.1", port=broker.port, **(settings | changes)))


def turn(link: Link, rows: int = 100, max_bytes: int = 1 << 20) -> None:
    """Serve *link* once, for a moment."""
    link.turn(0.01, rows=rows, max_bytes=max_bytes)


def connect(link: Link, broker: FakeBroker) -> None:
    """Let them meet."""
    meet(link, broker, lambda: turn(link))


def hear(link: Link, broker: FakeBroker, count: int) -> None:
    """Serve both until *count* messages are held."""
    until(lambda: len(link.held) >= count, lambda: (broker.serve(), turn(link)))


def test_it_asks_for_a_session_that_lasts(link: Link, broker: FakeBroker) -> None:
    """Fixed id, no clean session, our keepalive: what comes while we are away is kept."""
    connect(link, broker)

    assert broker.connects == [b"\x00\x04MQTT\x04\x00\x00\x01\x00\x0esky-eye-ingest"]
    assert broker.filters == ["street/#"]


def test_a_message_is_held_until_it_is_acknowledged(link: Link, broker: FakeBroker) -> None:
    """What is not safe yet stays the broker's."""
    connect(link, broker)
    broker.publish(TOPIC, b"{}", mid=7)
    hear(link, broker, 1)
    broker.serve()
    assert broker.acks == []

    link.acknowledge(link.take())

    until(lambda: broker.acks == [7], broker.serve)


def test_acknowledgements_go_in_the_order_of_arrival(link: Link, broker: FakeBroker) -> None:
    """MQTT 3.1.1 §4.6 asks for it."""
    connect(link, broker)
    for mid in (3, 1, 2):
        broker.publish(TOPIC, b"{}", mid=mid)
    hear(link, broker, 3)

    link.acknowledge(link.take())

    until(lambda: len(broker.acks) == 3, broker.serve)
    assert broker.acks == [3, 1, 2]


def test_a_message_of_an_older_connection_is_never_acknowledged(link: Link, broker: FakeBroker) -> None:
    """The broker lost its session and reuses packet id 1: acknowledging the old message would lose the new one."""
    connect(link, broker)
    broker.publish(TOPIC, b"old", mid=1)
    hear(link, broker, 1)
    old = link.take()
    broker.drop()
    until(lambda: not link.is_up, lambda: turn(link))
    connect(link, broker)
    broker.publish(TOPIC, b"new", mid=1)
    hear(link, broker, 1)

    acknowledged = link.acknowledge(old)

    broker.serve()
    assert acknowledged == 0
    assert broker.acks == []
    assert [message.generation for message in old + link.held] == [1, 2]


def test_an_acknowledgement_after_the_line_broke_goes_nowhere(link: Link, broker: FakeBroker) -> None:
    """It must not lie in a queue until the next connection."""
    connect(link, broker)
    broker.publish(TOPIC, b"{}", mid=9)
    hear(link, broker, 1)
    held = link.take()
    broker.drop()
    until(lambda: not link.is_up, lambda: turn(link))

    link.acknowledge(held)
    connect(link, broker)

    broker.serve()
    assert broker.acks == []


def test_reading_stops_when_enough_is_held(link: Link, broker: FakeBroker) -> None:
    """Back-pressure: the rest stays in the socket, and then with the broker."""
    connect(link, broker)
    for mid in range(1, 21):
        broker.publish(TOPIC, b"{}", mid=mid)
    until(lambda: len(link.held) >= 5, lambda: turn(link, rows=5))

    turn(link, rows=5)

    assert len(link.held) == 5


def test_reading_stops_when_the_held_bytes_are_many(link: Link, broker: FakeBroker) -> None:
    """Two thousand stills of a megabyte would be two gigabytes."""
    connect(link, broker)
    for mid in range(1, 11):
        broker.publish(TOPIC, bytes(1000), mid=mid)
    until(lambda: link.held_bytes >= 3000, lambda: turn(link, max_bytes=3000))

    turn(link, max_bytes=3000)

    assert len(link.held) == 3


def test_every_message_has_an_instant_of_its_own(link: Link, broker: FakeBroker) -> None:
    """Two readings without a time of theirs, in one piece of bytes, are two."""
    connect(link, broker)
    for mid in range(1, 51):
        broker.publish(TOPIC, b"{}", mid=mid)

    hear(link, broker, 50)

    assert len({message.received_us for message in link.held}) == 50


def test_a_large_message_arrives_whole(link: Link, broker: FakeBroker) -> None:
    """One megabyte in many pieces."""
    connect(link, broker)
    payload = bytes(range(256)) * 4096

    broker.publish(TOPIC, payload, mid=1)
    hear(link, broker, 1)

    assert link.held[0].payload == payload
    assert type(link.held[0].payload) is bytes


@pytest.mark.parametrize(
    ("octets", "topic"),
    [
        pytest.param(b"street/\xff\xfe/telemetry", r"street/\xff\xfe/telemetry", id="not UTF-8"),
        pytest.param(b"street/\xed\xa0\x80/x", r"street/\xed\xa0\x80/x", id="a lone surrogate"),
        pytest.param("街道/传感器".encode(), "街道/传感器", id="Chinese"),
    ],
)
def test_any_topic_is_held(link: Link, broker: FakeBroker, octets: bytes, topic: str) -> None:
    """The callback is total: an exception in it would end paho's reading."""
    connect(link, broker)
    broker.publish(octets, b"x", mid=1)
    broker.publish(TOPIC, b"next", mid=2)

    hear(link, broker, 2)

    assert [message.topic for message in link.held] == [topic, TOPIC]


def test_bytes_that_are_not_mqtt_cost_the_connection_only(link: Link, broker: FakeBroker) -> None:
    """It connects again and hears the next message."""
    connect(link, broker)
    broker.send(b"\xf3\xff\xff\xff\xff\xff\xff")
    until(lambda: not link.is_up, lambda: turn(link))

    connect(link, broker)
    broker.publish(TOPIC, b"{}", mid=1)
    hear(link, broker, 1)

    assert link.generation == 2


def test_retained_copies_say_so(link: Link, broker: FakeBroker) -> None:
    """A state, never an event."""
    connect(link, broker)

    broker.publish(TOPIC, b"{}", mid=1, retain=True)
    hear(link, broker, 1)

    assert link.held[0].retain


def test_a_message_without_a_promise_needs_no_answer(link: Link, broker: FakeBroker) -> None:
    """QoS 0."""
    connect(link, broker)
    broker.publish(TOPIC, b"{}")
    hear(link, broker, 1)

    assert link.acknowledge(link.take()) == 0


def test_a_forgotten_session_is_told_as_a_possible_gap(
    link: Link, broker: FakeBroker, caplog: pytest.LogCaptureFixture
) -> None:
    """The broker lost what it kept for us: somebody must know from when to when."""
    connect(link, broker)
    broker.drop()
    until(lambda: not link.is_up, lambda: turn(link))

    with caplog.at_level(logging.WARNING):
        connect(link, broker)

    assert "broker forgot our session: readings may be missing from=" in caplog.text


@pytest.mark.parametrize("before", [True, False])
def test_no_gap_is_told_without_one(
    link: Link, broker: FakeBroker, caplog: pytest.LogCaptureFixture, *, before: bool
) -> None:
    """The very first connection, and one to a broker that remembers us."""
    if before:
        link.heard_us = 1
        broker.session_present = True

    with caplog.at_level(logging.WARNING):
        connect(link, broker)

    assert "forgot" not in caplog.text


def test_saying_goodbye_tells_the_broker(link: Link, broker: FakeBroker) -> None:
    """A close without it would set off our will, and looks like a fault."""
    connect(link, broker)

    link.close(wait_s=0.05)

    until(lambda: broker.goodbyes == 1, broker.serve)
    assert not link.is_up


def test_breathing_reads_nothing(link: Link, broker: FakeBroker) -> None:
    """When everything that may be held is held."""
    connect(link, broker)
    broker.publish(TOPIC, b"{}", mid=1)

    link.breathe(0.01)

    assert link.held == []


@pytest.mark.parametrize("clean", [False, True])
def test_a_session_lasts_unless_it_is_said_to_be_clean(broker: FakeBroker, clean: bool) -> None:
    """Bit 1 of the connect flags: a recorder leaves nothing behind at the broker."""
    link = Link(a_link(broker).settings, clean_session=clean)
    connect(link, broker)

    assert bool(broker.connects[0][7] & 2) == clean
    link.close(wait_s=0)


def test_it_listens_to_what_it_learns(link: Link, broker: FakeBroker) -> None:
    """Only what is new is asked for, and what was taken back no longer."""
    connect(link, broker)

    link.listen({"lab/a", "lab/b"})
    link.listen({"lab/b", "lab/c"})

    until(lambda: len(broker.filters) == 4, lambda: (broker.serve(), turn(link)))
    assert broker.filters == ["street/#", "lab/a", "lab/b", "lab/c"]
    until(lambda: broker.unsubscribed == ["lab/a"], broker.serve)


def test_what_it_has_learnt_outlasts_the_connection(link: Link, broker: FakeBroker) -> None:
    """Also what it learnt while there was none; the settings' filters alone say that the line is up."""
    link.listen({"lab/a"})
    connect(link, broker)
    broker.drop()
    until(lambda: not link.is_up, lambda: turn(link))
    broker.filters.clear()

    connect(link, broker)

    until(lambda: len(broker.filters) == 2, lambda: (broker.serve(), turn(link)))
    assert sorted(broker.filters) == ["lab/a", "street/#"]


def test_a_flood_of_topics_goes_in_pieces(link: Link, broker: FakeBroker) -> None:
    """A packet has a largest size."""
    connect(link, broker)

    link.listen({f"lab/{n}" for n in range(450)})

    until(lambda: len(broker.filters) == 451, lambda: (broker.serve(), turn(link)))


def test_it_can_say_something_while_the_line_stands(link: Link, broker: FakeBroker) -> None:
    """Once, at QoS 0: nothing waits for an answer."""
    assert not link.say("a/b", b"x")
    connect(link, broker)

    assert link.say("a/b", b"\x01")

    until(lambda: broker.published == [("a/b", b"\x01", False)], broker.serve)
