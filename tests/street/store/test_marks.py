"""Single numbers by name."""

from street.store import Store
from street.store.marks import read_mark, write_mark


def test_a_mark_is_the_last_number_written(store: Store) -> None:
    """And a default before the first."""
    with store._write_engine.begin() as connection:
        before = read_mark(connection, "tide", -1)
        write_mark(connection, "tide", 3)
        write_mark(connection, "tide", 2**50)

        assert (before, read_mark(connection, "tide", -1)) == (-1, 2**50)
