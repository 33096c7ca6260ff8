"""The audit: every entry found, every tampering located, nothing young enough removed (G-A1 to G-A3, T-09)."""

import itertools
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection

from street.clock import DAY_US
from street.errors import StoreError
from street.people import Actor
from street.store import Entry, Head, Store
from street.store.audit import Audit, _verify
from street.store.audit_chain import COLUMNS
from tests.street.store.makers import KEY, NOON_US, Now, rows

BY = Actor("p-1", "wang", "10.0.0.1", "s-1", "r-1")
TEXTS = [name for name in COLUMNS if name not in {"entry_no", "at_us", "count"}]


def an_entry(number: int = 0, **changes: Any) -> Entry:
    """Return an entry; *number* is its second."""
    row = {"at_us": NOON_US + number * 1_000_000, "action": "person.change", "object": f"person/{number}"}
    return Entry(**{**row, "outcome": "done", "by": BY, **changes})


@pytest.fixture
def audit(store: Store) -> Audit:
    """Give the store's audit with twenty entries."""
    store.audit().add([an_entry(number) for number in range(20)])
    return store.audit()


@pytest.fixture
def insider(store: Store) -> Iterator[Connection]:
    """Give a connection of somebody who owns the database, for whom the guards are out of the way."""
    with store._write_engine.connect() as connection:
        connection.begin()
        if connection.dialect.name == "sqlite":
            for name in ("kept", "stays", "anchors_kept", "anchors_stay"):
                connection.exec_driver_sql(f"DROP TRIGGER audit_{name}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
            connection.exec_driver_sql("ALTER TABLE audit_anchors DISABLE TRIGGER ALL")
        connection.commit()
        yield connection


def tamper(connection: Connection, *statements: str) -> None:
    """Run statements as the insider."""
    with connection.begin():
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_entries_come_back_as_they_were_added(store: Store) -> None:
    """With their number and all they say."""
    entry = an_entry(before='{"a":1}', after='{"a":2}', reason="因公外出", count=3, outcome="refused")

    store.audit().add([entry])

    (stored,) = store.audit().find()
    assert (stored.entry_no, stored.entry) == (1, entry)


@pytest.mark.parametrize(
    ("sought", "numbers"),
    [
        pytest.param({}, [5, 4, 3, 2, 1], id="all, newest first"),
        pytest.param({"actor": "li.na"}, [4, 2], id="login"),
        pytest.param({"actor": "p-2"}, [4, 2], id="person"),
        pytest.param({"action": "session."}, [3, 2], id="a family of actions"),
        pytest.param({"action": "session.end"}, [3], id="one action"),
        pytest.param({"object": "person/"}, [5, 4, 1], id="a kind of object"),
        pytest.param({"object": "person/0"}, [1], id="one object"),
        pytest.param({"outcome": "refused"}, [5], id="outcome"),
        pytest.param({"address": "10.0.0.2"}, [4, 2], id="address"),
        pytest.param({"from_us": NOON_US + 3_000_000}, [5, 4], id="from"),
        pytest.param({"to_us": NOON_US + 3_000_000}, [3, 2, 1], id="before"),
        pytest.param({"from_us": NOON_US, "to_us": NOON_US + 1}, [1], id="between"),
        pytest.param({"before_no": 3, "limit": 1}, [2], id="next page"),
        pytest.param({"action": "%"}, [], id="no pattern language"),
        pytest.param({"object": "' OR 1=1 --"}, [], id="no injection"),
    ],
)
def test_entries_are_found(store: Store, sought: dict[str, Any], numbers: list[int]) -> None:
    """By each thing that the page can ask for."""
    li = Actor("p-2", "li.na", "10.0.0.2")
    store.audit().add([
        an_entry(0),
        an_entry(1, action="session.begin", object="session/1", by=li),
        an_entry(2, action="session.end", object="session/1"),
        an_entry(3, by=li),
        an_entry(4, outcome="refused"),
    ])  # fmt: skip

    assert [stored.entry_no for stored in store.audit().find(**sought)] == numbers
    if not {"before_no", "limit"} & set(sought):
        assert store.audit().count(**sought) == len(numbers)


def test_the_way_through_all_is_oldest_first(audit: Audit) -> None:
    """In lots, without a hole between them."""
    lots = [audit.after(number, 7) for number in (0, 7, 14, 20)]

    assert [len(lot) for lot in lots] == [7, 7, 6, 0]
    assert [stored.entry_no for lot in lots for stored in lot] == list(range(1, 21))


def test_an_untouched_audit_is_good(audit: Audit) -> None:
    """And says how far it was looked at."""
    verdict = audit.verify(noted=(audit.head(),))

    assert (verdict.ok, verdict.rows, verdict.first_bad) == (True, 20, None)


def test_an_empty_audit_is_good(store: Store) -> None:
    """The first day has none."""
    assert store.audit().head() == Head(0, "0" * 64)
    assert store.audit().verify(noted=(store.audit().head(),)).ok


def test_another_key_verifies_nothing(store: Store, audit: Audit) -> None:
    """The hashes are worth something only under the key."""
    verdict = store.audit(b"another key of thirty-two bytes!").verify()

    assert (verdict.ok, verdict.first_bad, verdict.why) == (False, 1, "changed")


@pytest.mark.parametrize("statement", ["UPDATE audit SET reason = 'x' WHERE entry_no = 3", "DELETE FROM audit"])
def test_the_database_itself_refuses(store: Store, audit: Audit, statement: str) -> None:
    """Our own mistakes, and whoever has only our account, stop here already."""
    with pytest.raises(Exception, match="only added to"), store._write_engine.begin() as connection:
        connection.exec_driver_sql(statement)

    assert audit.verify().rows == 20


def _edit(dice: random.Random, newest: int) -> tuple[list[str], int]:
    number, column = dice.randint(1, newest), dice.choice([*TEXTS, "at_us", "count", "hash"])
    what = f"{column} + 1" if column in {"at_us", "count"} else f"{column} || 'x'"
    return [f"UPDATE audit SET {column} = {what} WHERE entry_no = {number}"], number


def _delete(dice: random.Random, newest: int) -> tuple[list[str], int]:
    number = dice.randint(1, newest - 1)
    return [f"DELETE FROM audit WHERE entry_no = {number}"], number


def _swap(dice: random.Random, newest: int) -> tuple[list[str], int]:
    low, high = sorted(dice.sample(range(1, newest + 1), 2))
    moves = ((low, 0), (high, low), (0, high))
    return [f"UPDATE audit SET entry_no = {to} WHERE entry_no = {number}" for number, to in moves], low


def _cut(dice: random.Random, newest: int) -> tuple[list[str], int]:
    number = dice.randint(1, newest)
    return [f"DELETE FROM audit WHERE entry_no >= {number}"], number


def _close_up(dice: random.Random, newest: int) -> tuple[list[str], int]:
    """Delete one, and number the rest anew so that no gap shows."""
    number = dice.randint(1, newest - 1)
    moves = [f"UPDATE audit SET entry_no = {it - 1} WHERE entry_no = {it}" for it in range(number + 1, newest + 1)]
    return [f"DELETE FROM audit WHERE entry_no = {number}", *moves], number


TAMPERINGS: list[Callable[[random.Random, int], tuple[list[str], int]]] = [_edit, _delete, _swap, _cut, _close_up]


def test_a_thousand_tamperings_are_all_found_where_they_are(audit: Audit, insider: Connection) -> None:
    """Edits of every column, deletions, swaps, cuts of the end, closed gaps; the head was noted outside (G-A2)."""
    dice, noted = random.Random(20_261_124), (audit.head(),)
    missed = []

    for round_no, attack in zip(range(1_000), itertools.cycle(TAMPERINGS), strict=False):
        statements, place = attack(dice, 20)
        transaction = insider.begin()
        for statement in statements:
            insider.exec_driver_sql(statement)
        verdict = _verdict_of(insider, noted)
        transaction.rollback()
        if verdict.ok or verdict.first_bad != place:
            missed.append((round_no, attack.__name__, place, verdict))

    assert missed == []
    assert audit.verify(noted=noted).ok


def test_without_a_noted_head_a_cut_is_not_seen(audit: Audit, insider: Connection) -> None:
    """The negative control: it is the head outside that finds it, nothing inside could."""
    noted = audit.head()

    tamper(insider, "DELETE FROM audit WHERE entry_no > 15")

    assert audit.verify().ok
    assert audit.verify(noted=(noted,))[:1] == (False,)
    assert audit.verify(noted=(noted,)).why == "cut"
    assert audit.verify(noted=(noted,)).first_bad == 16


def test_a_chain_that_was_cut_and_grew_again_is_found(audit: Audit, insider: Connection) -> None:
    """New entries under old numbers are good in themselves; the noted head is not theirs."""
    noted = audit.head()
    tamper(insider, "DELETE FROM audit WHERE entry_no > 15")
    audit.add([an_entry(number) for number in range(10)])

    verdict = audit.verify(noted=(noted,))

    assert (verdict.ok, verdict.first_bad, verdict.why) == (False, 20, "forked")


def test_an_entry_invented_at_the_end_is_found(audit: Audit, insider: Connection) -> None:
    """Without the key there is no hash for it."""
    columns = ", ".join(column for column in COLUMNS if column != "entry_no")
    tamper(
        insider,
        f"INSERT INTO audit (entry_no, {columns}, hash) SELECT 21, {columns}, hash FROM audit WHERE entry_no = 20",
    )

    assert audit.verify().first_bad == 21


def test_old_entries_go_and_the_rest_still_verifies(store: Store, now: Now) -> None:
    """In lots; each purge is an entry itself, and numbers go on."""
    store.audit().add([an_entry(number * 86_400) for number in range(20)])
    now.us = NOON_US + 410 * DAY_US

    gone = [store.audit().purge(now(), 400, most=4) for _ in range(4)]

    assert gone == [4, 4, 2, 0]
    assert [stored.entry_no for stored in store.audit().find()] == list(range(23, 10, -1))
    assert store.audit().verify(noted=(store.audit().head(),)).ok
    assert [stored.entry.reason for stored in store.audit().find(action="audit.purge")][-1] == "4 entries"


def test_nothing_younger_than_half_a_year_goes(store: Store, now: Now) -> None:
    """Whatever is asked for; the law wants six months (G-A3)."""
    store.audit().add([an_entry(number * 86_400) for number in range(20)])

    gone = store.audit().purge(NOON_US + 190 * DAY_US, 1)

    assert gone == 10
    assert min(stored.entry.at_us for stored in store.audit().find(action="person.")) == NOON_US + 10 * DAY_US


def test_an_entry_that_must_stay_keeps_what_comes_after_it(store: Store) -> None:
    """The clock stepped back once: the chain keeps no holes for that."""
    days = (0, 1, 300, 2, 3)
    store.audit().add([an_entry(day * 86_400) for day in days])

    gone = store.audit().purge(NOON_US + 400 * DAY_US, 180)

    assert gone == 2
    assert store.audit().verify().ok


def test_a_purge_by_somebody_else_is_found(store: Store, audit: Audit, insider: Connection) -> None:
    """An anchor without the key, or none, is no way to remove the oldest."""
    tamper(insider, "DELETE FROM audit WHERE entry_no <= 5")
    without = audit.verify()
    tamper(
        insider,
        f"INSERT INTO audit_anchors (entry_no, hash, at_us, removed_us, seal) SELECT 5, '{'0' * 64}', 0, 0, 'made up'",
    )

    assert (without.ok, without.first_bad, without.why) == (False, 1, "missing")
    assert (audit.verify().ok, audit.verify().first_bad, audit.verify().why) == (False, 6, "anchor")


@pytest.mark.parametrize("text", ["\0", "\ud800", "x" * 100_000, "a\nb", "<script>", "' --", "\u202e", "𝒳" * 5_000])
def test_whatever_is_refused_can_be_written_down(store: Store, text: str) -> None:
    """An attacker must not be able to keep an entry from being written."""
    store.audit().add([an_entry(object=text, reason=text, by=Actor(text, text, text, text, text))])

    assert store.audit().count() == 1
    assert store.audit().verify().ok


def test_entries_of_two_processes_make_one_chain(store: Store, url: str) -> None:
    """Numbers and hashes are taken under the write lock."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.audit().add([an_entry(number), an_entry(number)]), range(40)))

    assert store.audit().verify(noted=(store.audit().head(),)) == (True, 80, None, "")


def test_a_purge_beside_a_walk_is_no_tampering(store: Store) -> None:
    """The keeper verifies while retention removes what the walk has not reached."""
    store.audit().add([an_entry() for _ in range(8_000)])
    purged: list[int] = []

    def purge_once(_rows: int) -> None:
        if not purged:
            purged.append(store.audit().purge(NOON_US + 200 * DAY_US, 180, most=6_000))

    verdict = store.audit().verify(purge_once)

    assert purged == [6_000]
    assert (verdict.ok, verdict.rows) == (True, 2_001)


def test_progress_is_told(store: Store) -> None:
    """A chain of years takes minutes."""
    store.audit().add([an_entry(number) for number in range(10_001)])
    told: list[int] = []

    store.audit().verify(told.append)

    assert told == [5_000, 10_000]


def test_without_a_key_nothing_is_written(store: Store) -> None:
    """An entry without a hash would break the chain."""
    keyless = Audit(store._office, b"")

    with pytest.raises(StoreError, match="without the audit's key"):
        keyless.add([an_entry()])


def _verdict_of(connection: Connection, noted: tuple[Head, ...]) -> Any:
    """Verify what the insider's own transaction sees."""
    return _verify(connection, KEY, {head.entry_no: head.hash for head in noted}, None)


def test_keys_are_not_in_the_database(store: Store, audit: Audit) -> None:
    """What the mark tells of the key is too short to find it by."""
    assert KEY.decode() not in str(rows(store, "SELECT * FROM audit"))
    assert 0 < rows(store, "SELECT value FROM marks WHERE name = 'audit_key'")[0][0] < 2**48
