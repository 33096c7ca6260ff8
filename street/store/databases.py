"""Whole databases on a PostgreSQL server: one state of them told, new ones made, one put in another's place."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import URL, Connection, NullPool, create_engine

from street.errors import StoreError
from street.store.copies import Facts, facts_of, patient_engine
from street.store.engine import parse_url, told_as_store_error

ALWAYS_THERE = "postgres"  # a database to connect to while another one is made or renamed


def address(url: str) -> tuple[str, dict[str, str]]:
    """Return how libpq's programs reach this database: an address to be shown, and variables with what may not."""
    given = parse_url(url)
    shown = URL.create("postgresql", given.username, None, given.host, given.port, given.database, given.query)
    secret = {} if given.password is None else {"PGPASSWORD": str(given.password)}
    return shown.render_as_string(hide_password=False), secret


def name_of(url: str) -> str:
    """Return the database's name."""
    return str(parse_url(url).database)


def renamed(url: str, name: str) -> str:
    """Return the URL of the database *name* on the same server."""
    return parse_url(url).set(database=name).render_as_string(hide_password=False)


@contextlib.contextmanager
def one_state(url: str) -> Iterator[tuple[str, Facts]]:
    """Hold one state of the database; give its name for `pg_dump --snapshot`, and what it holds."""
    with told_as_store_error("cannot read the store"), patient_engine(url).connect() as connection:
        name = str(connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())
        yield name, facts_of(connection)


def create(url: str) -> None:
    """Make an empty database at *url*; one that is there already is an error."""
    with _server(url, "cannot make a database") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {_quoted(connection, name_of(url))} TEMPLATE template0")


def drop(url: str) -> None:
    """Remove the database at *url*, if there is one."""
    with _server(url, "cannot remove a database") as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {_quoted(connection, name_of(url))}")


def exists(url: str) -> bool:
    """Return whether the server has this database."""
    with _server(url, "cannot ask the server") as connection:
        found = connection.exec_driver_sql("SELECT 1 FROM pg_database WHERE datname = %s", (name_of(url),))
        return found.first() is not None


def size_of(url: str) -> int:
    """Return how much the database takes [bytes]."""
    with _server(url, "cannot ask the server") as connection:
        return int(connection.exec_driver_sql("SELECT pg_database_size(%s)", (name_of(url),)).scalar_one())


def check_unused(url: str) -> None:
    """Refuse a database that somebody is connected to.

    Raises:
        StoreError: who that is.
    """
    with _server(url, "cannot ask the server") as connection:
        statement = "SELECT count(*), min(client_addr::text) FROM pg_stat_activity WHERE datname = %s"
        count, where = connection.exec_driver_sql(statement, (name_of(url),)).one()
    if count:
        whose = f"{count} connections from {where or 'this machine'}"
        msg = f"database {name_of(url)} is in use by {whose}: stop ingest and dashboard first"
        raise StoreError(msg)


def put_in_place(url: str, staged_url: str, old_name: str) -> None:
    """Call the database at *url* *old_name*, and the staged one by its name: both or neither."""
    with _server(url, "cannot swap the databases") as connection, _transaction(connection):
        name, staged, old = (_quoted(connection, it) for it in (name_of(url), name_of(staged_url), old_name))
        found = connection.exec_driver_sql("SELECT 1 FROM pg_database WHERE datname = %s", (name_of(url),)).first()
        if found:
            connection.exec_driver_sql(f"ALTER DATABASE {name} RENAME TO {old}")
        connection.exec_driver_sql(f"ALTER DATABASE {staged} RENAME TO {name}")


@contextlib.contextmanager
def _server(url: str, what: str) -> Iterator[Connection]:
    there = parse_url(url).set(database=ALWAYS_THERE)
    engine = create_engine(there, paramstyle="format", poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with told_as_store_error(what), engine.connect() as connection:
        yield connection


@contextlib.contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    connection.exec_driver_sql("BEGIN")
    try:
        yield
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)
