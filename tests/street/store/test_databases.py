"""Databases on a server: what is made, renamed and removed, and who is asked first."""

import pytest

from street.errors import StoreError
from street.store import copies, databases, open_store
from tests.street.store.makers import NOON_US, a_reading, put


@pytest.fixture
def server_store(url: str) -> str:
    """Give the URL of an empty store on the server."""
    if url.startswith("sqlite"):
        pytest.skip("about a server")
    return url


def test_a_password_is_not_part_of_what_is_shown() -> None:
    """A command line can be read by everybody on the machine."""
    shown, secret = databases.address("postgresql+psycopg://street:hush-hush@db:5433/street?sslmode=require")

    assert shown == "postgresql://street@db:5433/street?sslmode=require"
    assert secret == {"PGPASSWORD": "hush-hush"}


def test_no_password_is_none() -> None:
    """libpq looks into its own file then."""
    assert databases.address("postgresql+psycopg://street@db/street") == ("postgresql://street@db/street", {})


def test_another_database_of_the_server() -> None:
    """All else of the URL stays."""
    other = databases.renamed("postgresql+psycopg://street@db/street?sslmode=require", "two")

    assert other == "postgresql+psycopg://street@db/two?sslmode=require"
    assert databases.name_of(other) == "two"


def test_one_state_stays_one(server_store: str) -> None:
    """What is committed meanwhile is not in it."""
    store = open_store(server_store, lambda: NOON_US)
    writer = store.writer()
    put(writer, a_reading())

    with databases.one_state(server_store) as (name, facts):
        put(writer, a_reading(NOON_US + 1000))

    assert name
    assert facts.rows["readings"] == 1
    writer.close()
    store.close()


def test_a_database_in_use_is_told(server_store: str) -> None:
    """With how many, and from where."""
    store = open_store(server_store, lambda: NOON_US)
    reader = store.reader()
    reader.sequence()

    with pytest.raises(StoreError, match="in use by 1 connections from this machine: stop ingest and dashboard first"):
        databases.check_unused(server_store)

    reader.close()
    store.close()
    databases.check_unused(server_store)


def test_one_is_put_in_anothers_place_and_back(server_store: str) -> None:
    """Both names move, or neither."""
    name = databases.name_of(server_store)
    other, old = databases.renamed(server_store, f"{name}_b"), databases.renamed(server_store, f"{name}_c")
    databases.create(other)

    databases.put_in_place(server_store, other, f"{name}_c")

    assert (databases.exists(server_store), databases.exists(other), databases.exists(old)) == (True, False, True)
    databases.drop(server_store)
    databases.put_in_place(server_store, old, "unused")
    assert not databases.exists(old)
    open_store(server_store, lambda: NOON_US).close()


def test_a_swap_that_fails_moves_nothing(server_store: str) -> None:
    """There is no such staged database."""
    name = databases.name_of(server_store)

    with pytest.raises(StoreError, match="does not exist"):
        databases.put_in_place(server_store, databases.renamed(server_store, f"{name}_none"), f"{name}_old")

    assert databases.exists(server_store)


def test_a_size_is_that_of_the_whole(server_store: str) -> None:
    """An empty PostgreSQL database has some megabytes."""
    assert databases.size_of(server_store) > 1_000_000


def test_a_database_that_was_made_a_moment_ago_has_not_begun(server_store: str) -> None:
    """The keeper's first `check` says so, rather than that it is no store of ours."""
    other = databases.renamed(server_store, f"{databases.name_of(server_store)}_d")
    databases.create(other)

    before = copies.has_begun(other)
    open_store(other, lambda: NOON_US).close()

    assert (before, copies.has_begun(other)) == (False, True)
    databases.drop(other)
