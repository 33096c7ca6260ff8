"""Single numbers by name."""

from street.store import Store
from street.store.marks import count_mark, read_mark, write_mark


def test_a_mark_is_the_last_number_written(store: Store) -> None:
    """And a default before the first."""
    with store._write_engine.begin() as connection:
        before = read_mark(connection, "tide", -1)
        write_mark(connection, "tide", 3)
        write_mark(connection, "tide", 2**50)

        assert (before, read_mark(connection, "tide", -1)) == (-1, 2**50)


def test_a_mark_can_count(store: Store) -> None:
    """From whatever it was."""
    with store._write_engine.begin() as connection:
        count_mark(connection, "fresh")
        write_mark(connection, "old", 40)
        count_mark(connection, "old")
        count_mark(connection, "old")

        assert (read_mark(connection, "fresh", 0), read_mark(connection, "old", 0)) == (1, 42)
