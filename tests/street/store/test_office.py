"""What the people's part shares."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from street.errors import StoreError
from street.people import Actor
from street.store import Store
from tests.street.store.makers import add_person, rows


def test_a_change_and_its_entry_are_both_there_or_neither(store: Store) -> None:
    """Killed, refused or broken between the two: nothing happened (G-A1, T-19)."""
    office = store._office

    def break_off() -> None:
        with office.writing("try") as connection:
            office.record(connection, office.done("a", "b", Actor.system("t")))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()

    assert rows(store, "SELECT count(*) FROM audit") == [(0,)]
    assert store.sessions().version() == 0


def test_what_goes_wrong_is_told_as_the_stores(store: Store) -> None:
    """With what was wanted, whatever the engine says."""
    with pytest.raises(StoreError, match="cannot look"), store._office.reading("look") as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")


def test_who_reads_cannot_write(store: Store) -> None:
    """Also on connections that are kept."""
    with pytest.raises(StoreError), store._office.reading("look") as connection:
        connection.exec_driver_sql("DELETE FROM people")


def test_many_threads_read_and_write_at_once(store: Store) -> None:
    """Each call has a connection of its own, kept or new."""
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda number: (add_person(store, f"p{number}"), store.people().all()), range(24)))

    assert len(store.people().all()) == 24
    assert store.audit().verify().ok


def test_a_connection_that_was_lost_is_opened_anew(store: Store) -> None:
    """PostgreSQL restarts; whoever asks next must not be told of it."""
    if store._asked_engine.dialect.name == "sqlite":
        pytest.skip("about a server")
    add_person(store)
    store.people().all()
    with store._write_engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        ended = list(connection.exec_driver_sql(f"{others} AND pid <> pg_backend_pid()"))

    assert ended
    assert len(store.people().all()) == 1


def test_connections_to_ask_with_are_kept(store: Store) -> None:
    """The guard asks at every request: a new connection each time costs more than the question."""
    seen = set()
    for _ in range(5):
        with store._office.reading("look") as connection:
            seen.add(id(connection.connection.driver_connection))

    assert len(seen) == 1
