"""Replays: asked for in one process, worked off in another, written down once."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from street.clock import DAY_US
from street.config.sections import RetentionConfig
from street.errors import NotAllowedError, StoreError
from street.people import Actor
from street.readings import DeadLetter
from street.store import Store, Writer, open_store
from street.store.replays import Tried
from tests.street.store.makers import KEY, NOON_US, Now, deeds, rows

ANN = Actor("p-1", "ann", "10.0.0.7")


@dataclass
class Room:
    """A store with letters of two reasons: three of group 1, one of group 2."""

    store: Store
    writer: Writer
    now: Now

    def refuse(self, code: str, *payloads: bytes) -> None:
        """Put letters on the shelf."""
        batch = self.writer.begin(self.now())
        for payload in payloads:
            batch.add_dead_letter(DeadLetter(self.now(), "native", "street/A/telemetry", payload, code, "why"))
        batch.commit()

    def kept(self) -> list[bytes]:
        """Return what is on the shelf, oldest first."""
        return [
            bytes(payload) for (payload,) in rows(self.store, "SELECT payload FROM dead_letters ORDER BY letter_id")
        ]


@pytest.fixture
def room(url: str) -> Iterator[Room]:
    """Give a room on each engine."""
    now = Now()
    store = open_store(url, now, audit_key=KEY)
    made = Room(store, store.writer(), now)
    made.refuse("type", b"1", b"2", b"3")
    made.refuse("range", b"4")
    yield made
    made.writer.close()
    store.close()


def test_a_request_means_the_letters_of_that_moment(room: Room) -> None:
    """What comes later waits for somebody who has seen it; other groups are not touched."""
    asked = room.store.replays().ask(1, by=ANN)
    room.refuse("type", b"5")

    replay = room.store.replays().next()

    assert asked == 3
    assert replay is not None
    assert (replay.group_id, replay.login, replay.letters, replay.done_us) == (1, "ann", 3, None)
    assert [kept.letter.payload for kept in room.store.replays().letters(replay, 10)] == [b"1", b"2", b"3"]


def test_it_goes_on_where_it_was(room: Room) -> None:
    """Ingest may be stopped between two turns; nothing is tried twice, nothing is left out."""
    replays = room.store.replays()
    replays.ask(1, by=ANN)
    first = replays.next()
    assert first is not None
    [one, two] = replays.letters(first, 2)

    replays.went(first, Tried(two.letter_id, 1, 1, 0), [one.letter_id])
    again = replays.next()
    assert again is not None
    rest = replays.letters(again, 10)
    replays.went(again, Tried(rest[-1].letter_id, 0, 0, 1), [])
    replays.done(again)

    last = replays.newest(1)
    assert [kept.letter.payload for kept in rest] == [b"3"]
    assert last is not None
    assert (last.stored, last.refused, last.failed, last.done_us) == (1, 1, 1, NOON_US)
    assert replays.next() is None
    assert room.kept() == [b"2", b"3", b"4"]


def test_two_who_ask_at_once_are_one_request(room: Room) -> None:
    """The second is told so; when it is over, one may ask again."""
    replays = room.store.replays()
    replays.ask(1, by=ANN)

    with pytest.raises(NotAllowedError) as second:
        replays.ask(1, by=ANN)
    with pytest.raises(NotAllowedError) as forgotten:
        replays.forget(1, by=ANN)
    waits = replays.next()
    assert waits is not None
    replays.done(waits)

    assert (second.value.code, forgotten.value.code) == ("already", "already")
    assert replays.ask(1, by=ANN) == 3


@pytest.mark.parametrize("group_id", [0, 3, 2**62])
def test_nothing_is_asked_of_nothing(room: Room, group_id: int) -> None:
    """No such group, and a group whose letters are gone."""
    room.store.replays().forget(2, by=ANN)

    for group in (group_id, 2):
        with pytest.raises(NotAllowedError, match="nothing"):
            room.store.replays().ask(group, by=ANN)
        with pytest.raises(NotAllowedError, match="nothing"):
            room.store.replays().forget(group, by=ANN)


def test_forgetting_leaves_the_count(room: Room) -> None:
    """That there were any stays known."""
    gone = room.store.replays().forget(1, by=ANN)
    with_reader = room.store.reader()
    groups = {group.group_id: (group.letters, group.kept) for group in with_reader.dead_letter_groups()}
    with_reader.close()

    assert gone == 3
    assert groups == {1: (3, 0), 2: (1, 1)}
    assert room.kept() == [b"4"]


def test_both_are_written_down(room: Room) -> None:
    """Who, which reason, how many; nothing of what the letters say."""
    room.store.replays().ask(1, by=ANN)
    room.store.replays().forget(2, by=ANN)

    told = [(deed.action, deed.object, deed.after, deed.by.login) for deed in deeds(room.store, "letters.")]

    assert told == [
        ("letters.replay", "letters/type/1", '{"letters":3}', "ann"),
        ("letters.forget", "letters/range/2", '{"letters":1}', "ann"),
    ]


def test_without_the_audits_key_nothing_is_asked(room: Room, url: str) -> None:
    """What cannot be written down is not done."""
    other = open_store(url, room.now)

    with pytest.raises(StoreError, match="key"):
        other.replays().forget(1, by=ANN)
    other.close()

    assert len(room.kept()) == 4


def test_what_was_worked_off_goes_with_time(room: Room) -> None:
    """One that still waits does not."""
    replays = room.store.replays()
    for group in (1, 2):
        replays.ask(group, by=ANN)
    first = replays.next()
    assert first is not None
    replays.done(first)

    for _day in range(4):
        room.now.us += 10 * DAY_US
        room.writer.purge(room.now(), RetentionConfig())

    assert rows(room.store, "SELECT group_id FROM replays") == [(2,)]
