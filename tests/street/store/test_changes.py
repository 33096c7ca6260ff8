"""The ring of changes: in order, without gaps, or an honest None."""

import pytest
from sqlalchemy import text

from street.store import Reader, Store, Writer
from street.store.changes import MOST_AT_ONCE, Ring, changes_since
from tests.street.store.makers import NOON_US, a_reading, put


def test_changes_come_in_their_order(reader: Reader, writer: Writer) -> None:
    """From the one after what the reader has."""
    for number in range(5):
        put(writer, a_reading(NOON_US + number, float(number)))

    changes = reader.changes_since(3)

    assert changes is not None
    assert [(change.seq, change.body["r"][0][2]) for change in changes] == [(4, 3.0), (5, 4.0)]
    assert reader.changes_since(5) == []


@pytest.mark.parametrize("seq", [6, 10_000])
def test_a_sequence_of_another_store_is_a_gap(reader: Reader, writer: Writer, seq: int) -> None:
    """The store was replaced by a younger one: what the reader has is worth nothing."""
    for number in range(5):
        put(writer, a_reading(NOON_US + number))

    assert reader.changes_since(seq) is None


@pytest.mark.parametrize("bound", [{"most_bytes": 1_000}, {"most_rows": 50}], ids=["bytes", "rows"])
def test_a_full_ring_drops_the_oldest(store: Store, reader: Reader, bound: dict[str, int]) -> None:
    """A flood must not fill the disk with news that nobody reads, nor small news the writer's memory."""
    ring = Ring(**bound)
    with store._write_engine.begin() as connection:
        for seq in range(1, 301):
            connection.execute(
                text("INSERT INTO changes (seq, at_us, body) VALUES (:seq, 0, :body)"),
                {"seq": seq, "body": "{" + " " * 18 + "}"},
            )
            ring.push(connection, seq, 20)

    kept = reader.rows(text("SELECT min(seq), max(seq), sum(length(body)) FROM changes"))

    assert kept[0][1] == ring.newest == 300
    assert kept[0][2] <= 1_000
    assert reader.changes_since(kept[0][0] - 2) is None
    assert len(reader.changes_since(kept[0][0] - 1) or []) == 301 - kept[0][0]


def test_who_is_too_far_behind_takes_a_snapshot(store: Store) -> None:
    """It is quicker for both."""
    with store._write_engine.begin() as connection:
        rows = [{"seq": seq} for seq in range(1, MOST_AT_ONCE + 3)]
        connection.execute(text("INSERT INTO changes (seq, at_us, body) VALUES (:seq, 0, '{}')"), rows)

        assert changes_since(connection, 1) is None
        assert len(changes_since(connection, 2) or []) == MOST_AT_ONCE
