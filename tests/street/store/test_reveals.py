"""Reveals: for one person, one thing and some minutes; written down in the same transaction, or not begun."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from street.clock import DAY_US, HOUR_US, MINUTE_US
from street.errors import NotAllowedError, StoreError
from street.people import Actor, Person
from street.store import Store, open_store
from street.store.reveals import MOST_AN_HOUR, Reveal
from tests.street.store.makers import NOON_US, rows

KEY = b"k" * 32


@dataclass
class Room:
    """A store with one person in it, and a clock that can be set."""

    url: str
    now_us: int = NOON_US

    def __post_init__(self) -> None:
        self.store: Store = open_store(self.url, lambda: self.now_us, audit_key=KEY)
        people = self.store.people()
        added = [
            people.add(Person(person_id="", login=login, name="X"), password_hash=None, by=Actor.system("test"))
            for login in ("ann", "bob")
        ]
        self.ann, self.bob = (Actor(person.person_id, person.login, "10.0.0.7") for person in added)

    def reveal(self, reason: str = "违停取证", *, thing_id: str = "CAM-1", by: Actor | None = None) -> Reveal:
        """Begin a reveal of a still for ten minutes."""
        reveals = self.store.reveals()
        return reveals.begin(
            "still", thing_id, still_us=NOON_US - 1, reason=reason, lasts_us=10 * MINUTE_US, by=by or self.ann
        )

    def sees(self, thing_id: str = "CAM-1", *, by: Actor | None = None) -> bool:
        """Return whether somebody may look now."""
        return self.store.reveals().live("still", thing_id, person_id=(by or self.ann).person_id) is not None


@pytest.fixture
def room(url: str) -> Iterator[Room]:
    """Give a room on each engine."""
    made = Room(url)
    yield made
    made.store.close()


def test_a_reveal_is_for_one_person_and_one_thing(room: Room) -> None:
    """Whoever else looks says why for herself."""
    room.reveal()

    assert room.sees()
    assert not room.sees("CAM-2")
    assert not room.sees(by=room.bob)
    assert room.store.reveals().live("incident", "CAM-1", person_id=room.ann.person_id) is None


@pytest.mark.parametrize(
    ("later_us", "is_seen"),
    [
        pytest.param(10 * MINUTE_US - 1, True, id="its last moment"),
        pytest.param(10 * MINUTE_US, False, id="its end"),
        pytest.param(-1, False, id="the clock was set back a moment"),
        pytest.param(-365 * DAY_US, False, id="the clock was set back a year: no year of looking"),
        pytest.param(3650 * DAY_US, False, id="the clock was set on ten years"),
    ],
)
def test_a_reveal_holds_for_its_minutes_whatever_the_clock_does(room: Room, later_us: int, is_seen: bool) -> None:
    """It ends by itself."""
    room.reveal()

    room.now_us += later_us

    assert room.sees() is is_seen


def test_who_looked_at_what_and_why_is_in_the_audit(room: Room) -> None:
    """Who, from where, which picture, until when, why."""
    room.reveal()

    entry = room.store.audit().find(action="reveal")[0].entry

    assert (entry.by, entry.object, entry.reason) == (room.ann, "still/CAM-1", "违停取证")
    assert entry.after == f'{{"still_us":{NOON_US - 1},"ends_us":{NOON_US + 10 * MINUTE_US}}}'
    assert room.store.audit().verify().ok


def test_without_an_audit_nothing_is_revealed(room: Room) -> None:
    """The entry and the reveal are one transaction."""
    keyless = open_store(room.url, lambda: NOON_US)

    with pytest.raises(StoreError, match="key"):
        keyless.reveals().begin("still", "CAM-1", still_us=0, reason="why not", lasts_us=HOUR_US, by=room.ann)

    assert rows(room.store, "SELECT count(*) FROM reveals") == [(0,)]
    keyless.close()


@pytest.mark.parametrize("reason", ["", "abc", "  a b ", "\n\n\n\n\n"])
def test_a_reason_says_something(room: Room, reason: str) -> None:
    """Blanks are no reason."""
    with pytest.raises(NotAllowedError) as refusal:
        room.reveal(reason)

    assert refusal.value.code == "reason"


def test_a_reason_keeps_nobodys_number(room: Room) -> None:
    """People paste what they have; the audit is for more eyes."""
    reveal = room.reveal("车主13812345678来电，鲁B12345")

    assert reveal.reason == "车主138****5678来电，鲁B***"
    assert room.store.audit().find(action="reveal")[0].entry.reason == reveal.reason


def test_nobody_browses(room: Room) -> None:
    """TRUST T-14: one at a time, and not hundreds; an hour later again."""
    for number in range(MOST_AN_HOUR):
        room.reveal(thing_id=f"CAM-{number}")

    with pytest.raises(NotAllowedError) as refusal:
        room.reveal(thing_id="CAM-999")
    room.reveal(by=room.bob)
    room.now_us += HOUR_US

    assert refusal.value.code == "too-many"
    assert room.reveal(thing_id="CAM-999").thing_id == "CAM-999"
