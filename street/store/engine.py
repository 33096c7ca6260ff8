"""How the two engines are opened: SQLite by default, PostgreSQL beside it. The rest of the store knows neither.

A write transaction holds the one write lock from its first moment. On SQLite that is BEGIN IMMEDIATE: a deferred
transaction that reads first can fail as busy in WAL, whatever the timeout. On PostgreSQL an advisory lock does the
same, so that change sequences commit in their order.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from street.errors import StoreError

OLDEST_SQLITE = (3, 51, 3)
WRITE_LOCK = 20_261_124  # our number among PostgreSQL's advisory locks

BUSY_MS = 5_000
JOURNAL_BYTES = 64 * 1024 * 1024
# Hot pages that are written again before a checkpoint cost one copy instead of several: 4,000 pages are 16 MB.
CHECKPOINT_PAGES = 4_000
WRITER_CACHE_KIB = 8_000
READER_CACHE_KIB = 16_000

_SHARED_PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    f"journal_size_limit={JOURNAL_BYTES}",
)
_WRITER_PRAGMAS = (
    f"cache_size=-{WRITER_CACHE_KIB}",
    f"wal_autocheckpoint={CHECKPOINT_PAGES}",
    "secure_delete=ON",  # what retention removes would else stay readable in the file
)
_READER_PRAGMAS = (f"cache_size=-{READER_CACHE_KIB}", "query_only=ON")

_ADVICE = (
    ("is full", "free space on the disk: nothing is lost, what was not stored is sent again"),
    ("no space left", "free space on the disk: nothing is lost, what was not stored is sent again"),
    ("is locked", f"another process has held the store for {BUSY_MS // 1000} s: is a second ingest running?"),
    ("readonly", "the file or its folder cannot be written by this user"),
    ("read-only", "the file or its folder cannot be written by this user"),
    ("unable to open", "does the folder exist, and may this user write there?"),
    ("malformed", "the file is damaged: stop, keep a copy, restore the newest backup"),
    ("not a database", "the file is something else: check store.url"),
    ("disk i/o", "the disk reports errors: check the system's log before anything else"),
    ("interrupted", "the query took too long and was stopped: ask for a shorter time"),
    ("statement timeout", "the query took too long and was stopped: ask for a shorter time"),
    ("connection refused", "is the PostgreSQL server running?"),
)


@contextmanager
def told_as_store_error(what: str) -> Iterator[None]:
    """Turn whatever the engine says into a `StoreError` that says what to do, where we know."""
    try:
        yield
    except (SQLAlchemyError, UnicodeError, OverflowError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        text = " ".join(str(cause).split())
        advice = next((f" ({advice})" for sign, advice in _ADVICE if sign in text.lower()), "")
        msg = f"{what}: {text}{advice}"
        raise StoreError(msg) from error


@contextmanager
def asking(connection: Connection, what: str) -> Iterator[Connection]:
    """Read from *connection*; one that was lost is opened anew, where SQLAlchemy would refuse it for ever."""
    with told_as_store_error(what):
        if connection.invalidated:
            connection.rollback()
        yield connection


@contextmanager
def write_transaction(connection: Connection) -> Iterator[None]:
    """Begin, and commit or leave nothing: also when it is the COMMIT that fails.

    A full disk or a deferred constraint can refuse a COMMIT and leave SQLite inside its transaction, while SQLAlchemy
    takes it for ended; the next BEGIN would fail for ever.
    """
    try:
        with connection.begin():
            yield
    except BaseException:
        if not connection.invalidated:
            try:
                connection.connection.rollback()
            except Exception:  # noqa: BLE001 - whatever is wrong with this connection, the next one is new
                connection.invalidate()
        raise


def parse_url(text: str) -> URL:
    """Return the URL of a store, with its driver filled in.

    Raises:
        StoreError: neither a file of SQLite nor a PostgreSQL database.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        msg = f"store.url: expected sqlite:////path/to/street.db or postgresql+psycopg://…, got {text!r}"
        raise StoreError(msg) from error
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        msg = f"store.url: expected a file of SQLite or a PostgreSQL database, got {text!r}"
        raise StoreError(msg)
    return url


def database_path(url: URL) -> Path | None:
    """Return SQLite's file, or None for a server."""
    return Path(str(url.database)).resolve() if url.get_backend_name() == "sqlite" else None


def open_engine(url: URL, *, writes: bool, keeps: bool = False) -> Engine:
    """Return an engine whose connections are set up; each `connect()` is a new connection, unless it *keeps* them.

    Those of a writing engine begin with the write lock held; the others autocommit and refuse to write.
    """
    path = database_path(url)
    if path is None:
        return _server_engine(url, writes=writes, keeps=keeps)
    check_sqlite_version(sqlite.sqlite_version_info)
    path.parent.mkdir(parents=True, exist_ok=True)
    return _file_engine(url, writes=writes, keeps=keeps)


def check_sqlite_version(version: tuple[int, ...]) -> None:
    """Refuse a SQLite that can damage a file when two processes checkpoint at once."""
    if version < OLDEST_SQLITE:
        need, have = (".".join(map(str, each)) for each in (OLDEST_SQLITE, version))
        msg = f"SQLite {have} can lose data when two processes use one file: install pysqlite3 with {need} or newer"
        raise StoreError(msg)


def _file_engine(url: URL, *, writes: bool, keeps: bool) -> Engine:
    kept: dict[str, Any] = {"poolclass": QueuePool, "connect_args": {"check_same_thread": False}}
    engine = create_engine(url, module=sqlite, **(kept if keeps else {"poolclass": NullPool}))
    pragmas = _SHARED_PRAGMAS + (_WRITER_PRAGMAS if writes else _READER_PRAGMAS)

    @event.listens_for(engine, "connect")
    def _settle(driver_connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
        driver_connection.isolation_level = None  # transactions begin where we say
        for pragma in pragmas:
            driver_connection.execute(f"PRAGMA {pragma}")

    if not writes:
        return engine.execution_options(isolation_level="AUTOCOMMIT")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _server_engine(url: URL, *, writes: bool, keeps: bool) -> Engine:
    # A kept connection may have been lost with a restart of the server: it is tried before it is used.
    kept: dict[str, Any] = {"poolclass": QueuePool, "pool_pre_ping": True} if keeps else {"poolclass": NullPool}
    # "format" makes parameters positional, so that one list of tuples serves both engines.
    if not writes:
        options = {"options": "-c statement_timeout=5000 -c default_transaction_read_only=on"}
        engine = create_engine(url, paramstyle="format", connect_args=options, **kept)
        return engine.execution_options(isolation_level="AUTOCOMMIT")
    engine = create_engine(url, paramstyle="format", **kept)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")

    return engine
