"""What may wait, and how much of it: bounded whatever comes."""

from collections.abc import Iterable

import pytest
from sqlalchemy import Connection

from street.assets import Asset
from street.store import Arrival, NewcomerState, Store, WaitingMessage, Writer
from street.store.lobby import MESSAGES_EACH, Lobby
from tests.street.store.makers import KEEPER, NOON_US, rows


def an_arrival(device_id: str = "d", number: int = 0, size: int = 10) -> Arrival:
    """Return a message of a device; *number* is its second."""
    topic = f"zigbee2mqtt/{device_id}"
    message = WaitingMessage(NOON_US + number * 1_000_000, topic, b"%06d" % number + b"x" * (size - 6), retain=False)
    return Arrival("zigbee2mqtt", device_id, message)


def keep(store: Store, lobby: Lobby, arrivals: Iterable[Arrival]) -> None:
    """Put all in one transaction."""
    with store._write_engine.begin() as connection:
        lobby.put(connection, arrivals)


def counted(store: Store) -> tuple[int, int]:
    """Return how many newcomers and messages are stored."""
    return tuple(rows(store, f"SELECT count(*) FROM {table}")[0][0] for table in ("newcomers", "newcomer_messages"))


def loaded(store: Store, **bounds: int) -> Lobby:
    """Return a lobby that knows what is stored."""
    lobby = Lobby(**bounds)
    with store._read_engine.connect() as connection:
        lobby.load(connection)
    return lobby


def test_a_newcomer_keeps_its_last_messages_and_counts_all(store: Store) -> None:
    """Sixty thousand of one chatty device do not fill the disk."""
    keep(store, Lobby(), (an_arrival(number=number) for number in range(200)))

    (newcomer,) = store.newcomers().all()
    kept = store.newcomers().messages(newcomer.newcomer_id)
    assert (newcomer.messages, newcomer.first_us, newcomer.last_us) == (200, NOON_US, NOON_US + 199_000_000)
    assert [message.payload[:6] for message in kept] == [b"%06d" % number for number in range(150, 200)]


def test_messages_come_back_as_they_arrived(store: Store) -> None:
    """Topic, bytes and the retained mark: they are decoded once more, later."""
    message = WaitingMessage(NOON_US, "街/\ud800", b"\x00\xff", retain=True)

    keep(store, Lobby(), [Arrival("native", "x", message)])

    assert store.newcomers().messages(1) == [message]


def test_a_flood_of_new_names_stays_bounded(store: Store) -> None:
    """10,000 in a minute: neither rows nor memory grow beyond what is allowed."""
    lobby = Lobby(most_newcomers=500, most_messages=800)

    for batch in range(10):
        keep(store, lobby, (an_arrival(f"x{batch}-{number}", batch) for number in range(1_000)))

    assert counted(store) == (500, 500)
    assert len(lobby._seats) == 500


def test_in_a_flood_who_speaks_twice_stays(store: Store) -> None:
    """A real device that waits is not pushed out by made-up names."""
    lobby = Lobby(most_newcomers=10)
    keep(store, lobby, [an_arrival("real", 0), an_arrival("real", 1)])

    keep(store, lobby, (an_arrival(f"x{number}", 2 + number) for number in range(100)))

    assert [it.device_id for it in store.newcomers().all() if it.messages == 2] == ["real"]
    assert store.newcomers().all()[0].device_id == "x99"


def test_everybody_has_the_same_share_of_the_messages(store: Store) -> None:
    """When the room is full, the chatty ones give."""
    lobby = Lobby(most_messages=100)
    keep(store, lobby, (an_arrival("chatty", number) for number in range(MESSAGES_EACH)))

    keep(store, lobby, (an_arrival(f"d{number % 19}", number) for number in range(19 * 4)))

    kept = {it.device_id: it.kept for it in store.newcomers().all()}
    assert sum(kept.values()) <= 100
    assert kept.pop("chatty") == 5
    assert set(kept.values()) == {4}


def test_bytes_are_bounded_too(store: Store) -> None:
    """A camera that nobody registered sends a megabyte each time."""
    lobby = Lobby(most_bytes=10_000)

    keep(store, lobby, (an_arrival("camera", number, size=3_000) for number in range(8)))
    keep(store, lobby, [an_arrival("huge", 9, size=9_000)])

    ((size,),) = rows(store, "SELECT sum(size) FROM newcomer_messages")
    assert size <= 10_000
    assert {it.device_id: it.messages for it in store.newcomers().all()} == {"camera": 8, "huge": 1}


def test_an_ignored_newcomer_is_heard_no_more_and_never_leaves(store: Store) -> None:
    """Otherwise it would be back, to be ignored again."""
    keep(store, Lobby(), [an_arrival("neighbour")])
    store.newcomers().ignore(1, by=KEEPER)
    lobby = loaded(store, most_newcomers=2)

    keep(store, lobby, [an_arrival("neighbour", 1), *(an_arrival(f"x{number}", 2) for number in range(5))])

    found = {it.device_id: (it.state, it.messages) for it in store.newcomers().all()}
    assert found["neighbour"] == (NewcomerState.IGNORED, 1)
    assert len(found) == 2


def test_a_number_is_never_used_twice(store: Store) -> None:
    """Somebody may still look at the one that has left."""
    keep(store, Lobby(most_newcomers=0), [an_arrival("a")])

    keep(store, loaded(store), [an_arrival("b")])

    assert [(it.newcomer_id, it.device_id) for it in store.newcomers().all()] == [(2, "b")]


def test_who_was_settled_a_moment_ago_does_not_leave(store: Store) -> None:
    """Ingest does not know of it yet; what waits must still be replayed."""
    lobby = Lobby(most_newcomers=1)
    keep(store, lobby, [an_arrival("a")])
    store.newcomers().accept(1, Asset(asset_id="A", kind="other", name="a"), by=KEEPER)

    keep(store, lobby, [an_arrival("b", 1), an_arrival("b", 2)])

    assert {it.device_id: it.kept for it in store.newcomers().all()} == {"a": 1, "b": 2}


def test_a_batch_that_fails_leaves_the_lobby_as_it_is_stored(store: Store, writer: Writer) -> None:
    """What is known by heart is read anew."""
    batch = writer.begin(NOON_US)
    batch.keep_waiting(an_arrival())
    batch._steps.append(_fail)

    with pytest.raises(Exception, match="on purpose"):
        batch.commit()
    again = writer.begin(NOON_US)
    again.keep_waiting(an_arrival())
    again.commit()

    assert [it.messages for it in store.newcomers().all()] == [1]


def _fail(_connection: Connection) -> None:
    msg = "on purpose"
    raise RuntimeError(msg)
