"""Forgetting: each class at its own age, never the audit under 180 days, and nothing by a wrong clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from street.clock import DAY_US, MINUTE_US
from street.people import Actor, Grant, Person, Role, Shift
from street.store import Entry, open_store
from street.store.forgetting import LEFT
from tests.street.store.makers import NOON_US, rows

KEEPER = Actor.system("keeper")
AREA = "370202007"


@dataclass(frozen=True)
class Limits:
    """The limits of the configuration, shorter."""

    audit_days: int = 200
    sessions_days: int = 30
    left_people_days: int = 40
    chunk_rows: int = 5_000


class Clocked:
    """A store whose clock is set by hand."""

    def __init__(self, url: str) -> None:
        self.now_us = NOON_US
        self.store = open_store(url, lambda: self.now_us, audit_key=b"k" * 32)

    def person(self, login: str) -> Person:
        """Add somebody with everything that tells of her."""
        person = Person(
            person_id="", login=login, name="王小明", name_en="Wang", phone="13812345678", unit="一中队",
            grants=(Grant(Role.OFFICER, AREA),),
        )  # fmt: skip
        added = self.store.people().add(person, password_hash="hash", by=KEEPER)
        shift = Shift(person_id=added.person_id, starts_us=NOON_US, ends_us=NOON_US + DAY_US)
        self.store.roster().put([shift], by=KEEPER)
        self.store.sessions().begin(added.person_id, kind="person", address="10.0.0.1", name="x", by=KEEPER)
        return added

    def leave(self, person: Person) -> None:
        """Let somebody leave."""
        now = self.store.people().get(person.person_id)
        assert now is not None
        self.store.people().change(replace(now, is_active=False), by=KEEPER)

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return int(rows(self.store, f"SELECT count(*) FROM {table}")[0][0])

    def after(self, days: float, limits: Limits = Limits()) -> int:
        """Purge every ten days until *days* later; return how many rows went."""
        removed, end_us = 0, self.now_us + int(days * DAY_US)
        while self.now_us < end_us:
            self.now_us = min(self.now_us + 10 * DAY_US, end_us)
            while gone := self.store.forgetting().purge(limits):
                removed += gone
        return removed


@pytest.fixture
def clocked(url: str) -> Iterator[Clocked]:
    """Give such a store on each engine."""
    made = Clocked(url)
    made.store.forgetting().purge(Limits())
    yield made
    made.store.close()


def test_who_left_is_forgotten_and_who_stays_is_not(clocked: Clocked) -> None:
    """Of the one who left an id remains, which the audit's old entries name."""
    gone, stays = clocked.person("gone"), clocked.person("stays")
    clocked.leave(gone)

    clocked.after(39)
    before = clocked.store.people().get(gone.person_id)
    clocked.after(2)
    after, other = clocked.store.people().get(gone.person_id), clocked.store.people().get(stays.person_id)

    assert before is not None
    assert before.phone == "13812345678"
    assert after is not None
    assert (after.login, after.name, after.name_en, after.phone, after.unit, after.grants) == (
        f"{LEFT}{gone.person_id}", "", "", "", "", (),
    )  # fmt: skip
    assert clocked.store.people().password_hash(gone.person_id) is None
    assert other is not None
    assert other.name == "王小明"


def test_forgetting_is_written_down_once(clocked: Clocked) -> None:
    """The audit says whose data went, without saying who it was."""
    gone = clocked.person("gone")
    clocked.leave(gone)

    clocked.after(60)
    entries = clocked.store.audit().find(action="person.forget")

    assert [stored.entry.object for stored in entries] == [f"person/{gone.person_id}"]
    assert clocked.store.audit().verify().ok


def test_sessions_go_after_their_end(clocked: Clocked) -> None:
    """Also those that nobody ended."""
    clocked.person("ann")

    clocked.after(29)
    before = clocked.count("sessions")
    clocked.after(3)

    assert (before, clocked.count("sessions")) == (1, 0)


def test_shifts_go_when_they_are_long_over(clocked: Clocked) -> None:
    """Who was on duty when is a personal matter too."""
    clocked.person("ann")

    clocked.after(40)
    before = clocked.count("shifts")
    clocked.after(2)

    assert (before, clocked.count("shifts")) == (1, 0)


def test_reveals_go_a_day_after_their_end(clocked: Clocked) -> None:
    """Their entry in the audit stays."""
    ann = clocked.person("ann")
    by = Actor(ann.person_id, "ann")
    clocked.store.reveals().begin("still", "C", still_us=1, reason="reason", lasts_us=MINUTE_US, by=by)

    clocked.after(1)
    before = clocked.count("reveals")
    clocked.after(1)

    assert (before, clocked.count("reveals")) == (1, 0)
    assert len(clocked.store.audit().find(action="reveal")) == 1


def test_the_audit_goes_at_its_age_and_still_verifies(clocked: Clocked) -> None:
    """What is left hangs on a sealed anchor."""
    clocked.store.audit().add([Entry(NOON_US, "old", "x", "done", KEEPER)])

    clocked.after(199)
    before = len(clocked.store.audit().find(action="old"))
    clocked.after(2)

    assert (before, len(clocked.store.audit().find(action="old"))) == (1, 0)
    assert clocked.store.audit().verify().ok


def test_the_audit_is_kept_half_a_year_even_by_a_clock_that_is_ahead(clocked: Clocked) -> None:
    """Two weeks ahead is the most that is believed; G-A3: nothing under 180 days goes all the same."""
    clocked.store.audit().add([Entry(NOON_US, "old", "x", "done", KEEPER)])
    clocked.after(179, Limits(audit_days=180))

    clocked.now_us += 14 * DAY_US
    clocked.store.forgetting().purge(Limits(audit_days=180))

    assert len(clocked.store.audit().find(action="old")) == 1


@pytest.mark.parametrize("step_days", [3_650, 30, -1, -20_000])
def test_a_clock_that_steps_far_removes_nothing(clocked: Clocked, step_days: int) -> None:
    """F48, F49: ten years on, or back to 1970."""
    gone = clocked.person("gone")
    clocked.leave(gone)
    clocked.after(20)

    clocked.now_us += step_days * DAY_US
    removed = [clocked.store.forgetting().purge(Limits(left_people_days=1, sessions_days=1)) for _ in range(3)]

    assert removed == [0, 0, 0]
    assert clocked.count("sessions") == 1


def test_a_machine_that_was_off_for_long_catches_up(clocked: Clocked) -> None:
    """A day for each round: somebody has time to set a clock right, and nobody has to confirm anything."""
    gone = clocked.person("gone")
    clocked.leave(gone)

    clocked.now_us += 100 * DAY_US
    removed = [clocked.store.forgetting().purge(Limits()) for _ in range(100)]

    assert removed[0] == 0
    assert sum(removed) > 0


def test_a_piece_at_a_time(clocked: Clocked) -> None:
    """The write lock is held for a chunk only."""
    for number in range(5):
        clocked.person(f"p-{number}")
    clocked.after(30)

    clocked.now_us += 2 * DAY_US
    removed = [clocked.store.forgetting().purge(Limits(chunk_rows=2)) for _ in range(4)]

    assert removed == [2, 2, 1, 0]


def test_what_is_forgotten_is_not_left_in_the_file(tmp_path: Path) -> None:
    """Deleted rows of SQLite can be read from the file with any editor, unless they are overwritten."""
    clocked = Clocked(f"sqlite:///{tmp_path}/street.db")
    clocked.store.forgetting().purge(Limits())
    for number in range(30):
        clocked.leave(clocked.person(f"gone-{number}"))

    clocked.after(45)
    clocked.store.close()

    assert list(tmp_path.iterdir()) == [tmp_path / "street.db"]  # nothing waits in a log beside it
    assert "王小明".encode() not in (tmp_path / "street.db").read_bytes()
    assert b"13812345678" not in (tmp_path / "street.db").read_bytes()
