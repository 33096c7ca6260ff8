"""Copies of a store: taken while it is written, examined before they are believed, made ready to take its place."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, NullPool, create_engine, func, inspect, select, update

from street.errors import StoreError
from street.people import Actor
from street.store import audit_chain, changes, schema
from street.store.audit import Audit
from street.store.audit_chain import Entry, Head
from street.store.engine import database_path, open_engine, parse_url, told_as_store_error
from street.store.marks import count_mark, write_mark
from street.store.migrate import HEAD, bring_up_to_date, check_not_newer, revision
from street.store.office import PEOPLE_VERSION, Office

PAGES_A_STEP: Final = 2_000  # 8 MB: a progress line and a signal come through between two steps
SYNC_BYTES: Final = 64 * 1024 * 1024  # or the disk's queue fills, and ingest's next commit waits for all of it
LOCKED_MS: Final = 1_000


class Facts(NamedTuple):
    """What a store holds, told so that a copy can be compared.

    `newest_us` is when the newest reading came in, 0 before the first; `audit` the audit's end.
    """

    revision: str
    sequence: int
    newest_us: int
    rows: dict[str, int]
    audit: Head


def copy_file(url: str, target: Path, progress: Callable[[float], object]) -> None:
    """Write the store's state of this moment to the new file *target*, by SQLite's online backup.

    Writers go on: the copy reads one snapshot of the log. Without the transaction around it SQLite would begin anew
    with every commit of another process, and never come to an end.

    Args:
        url: a store in a file.
        target: does not exist yet; on the disk when this returns.
        progress: told the share that is done, 0 to 1.

    Raises:
        StoreError: it cannot be read, or the target cannot be written; what is there is no copy.
    """
    page = _page_size(url)
    with _file_told("cannot copy the store"), patient_engine(url).connect() as connection, _new_file(target) as copy:
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN")
        driver.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        unsynced = 0

        def step(_status: int, left: int, pages: int) -> None:
            nonlocal unsynced
            unsynced += PAGES_A_STEP * page
            if unsynced >= SYNC_BYTES:
                sync(target)
                unsynced = 0
            progress(1 - left / max(pages, 1))

        driver.backup(copy, pages=PAGES_A_STEP, progress=step)
        driver.execute("ROLLBACK")
    sync(target)
    sync(target.parent)


def has_begun(url: str) -> bool:
    """Return whether the database at *url* holds anything: one that was made a moment ago does not.

    Raises:
        StoreError: it cannot be asked.
    """
    engine = patient_engine(url)
    with _file_told("cannot look at the store"), engine.connect() as connection:
        tables = inspect(connection).get_table_names()
    engine.dispose()
    return bool(tables)


def examine(url: str, audit_key: bytes, noted: tuple[Head, ...] = ()) -> Facts:
    """Return what a store holds, after looking at the whole of it.

    Args:
        url: of either engine; opened as it is, never brought up to date.
        audit_key: verifies the audit's chain, if the store is of this program's own revision.
        noted: where the chain is known to have ended.

    Raises:
        StoreError: it is damaged, of a newer program, or its audit was tampered with.
    """
    engine = patient_engine(url)
    with _file_told("cannot examine the store"), engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(3)")]
            if said != ["ok"]:
                msg = f"the store is damaged: {'; '.join(said)}"
                raise StoreError(msg)
        check_not_newer(revision(connection))
        found = facts_of(connection)
    engine.dispose()
    check_audit(url, audit_key, noted)
    return found


def check_audit(url: str, key: bytes, noted: tuple[Head, ...] = ()) -> None:
    """Verify the audit, if the store is of this program's revision.

    Raises:
        StoreError: where the chain is broken.
    """
    engine = patient_engine(url)
    with told_as_store_error("cannot read the audit"), engine.connect() as connection:
        if revision(connection) != HEAD:
            return
    verdict = Audit(Office(engine, engine, lambda: 0, key), key).verify(noted=noted)
    engine.dispose()
    if not verdict.ok:
        msg = f"the audit does not verify: entry {verdict.first_bad}: {verdict.why}"
        raise StoreError(msg)


def facts_of(connection: Connection) -> Facts:
    """Return what the store behind *connection* holds, as it stands there."""
    known = set(inspect(connection).get_table_names())
    tables = [table for table in schema.metadata.sorted_tables if table.name in known]
    if schema.marks.name not in known:
        msg = "this is no store of ours: it has none of our tables"
        raise StoreError(msg)
    rows = {str(it.name): int(connection.execute(select(func.count()).select_from(it)).scalar_one()) for it in tables}
    newest = connection.execute(select(func.max(schema.latest.c.received_us))).scalar()
    has_audit = schema.audit.name in known
    end = audit_chain.head(connection) if has_audit else Head(0, audit_chain.START)
    return Facts(revision(connection) or "", changes.sequence(connection), int(newest or 0), rows, end)


def settle(path: Path) -> None:
    """Fold the log into the file at *path*, so that it is one file that may be moved.

    A file that is damaged stays as it is.

    Raises:
        StoreError: a process has it open.
    """
    try:
        with contextlib.closing(sqlite.connect(path, timeout=LOCKED_MS / 1000, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite.OperationalError as error:
        if "locked" in str(error):
            msg = f"{path} is in use: stop ingest and dashboard first"
            raise StoreError(msg) from error
    except sqlite.DatabaseError:
        return


def begin_anew(url: str, now_us: int, audit_key: bytes, reason: str) -> None:
    """Make a restored store ready for use: our tables, an epoch of its own, nobody signed in, and a word in the audit.

    Screens go on by sequence within one epoch, and this store's sequence has gone back. Sessions that were ended since
    the backup must not live again; paired screens, which only look, stay.
    """
    bring_to_head(url)
    write_engine = open_engine(parse_url(url), writes=True)
    with told_as_store_error("cannot open the restored store"), write_engine.begin() as connection:
        write_mark(connection, "epoch", secrets.randbits(40))
        live = schema.sessions.c.ended_us.is_(None) & (schema.sessions.c.kind != "screen")
        connection.execute(update(schema.sessions).where(live).values(ended_us=now_us, ended_why="restored"))
        entry = Entry(now_us, "store.restore", "store", "done", Actor.system("restore"), reason=reason)
        audit_chain.append(connection, audit_key, entry)
        count_mark(connection, PEOPLE_VERSION)
    write_engine.dispose()


def bring_to_head(url: str) -> None:
    """Give the store the tables of this program, in one transaction: it has all of them afterwards, or its old ones."""
    engines = [open_engine(parse_url(url), writes=writes) for writes in (False, True)]
    bring_up_to_date(*engines)
    for engine in engines:
        engine.dispose()


def patient_engine(url: str) -> Engine:
    """Return an engine that reads one state for as long as it takes, where readers for screens are cut off."""
    parsed = parse_url(url)
    if database_path(parsed) is not None:
        return open_engine(parsed, writes=False)
    read_only = {"options": "-c default_transaction_read_only=on"}
    return create_engine(parsed, poolclass=NullPool, isolation_level="REPEATABLE READ", connect_args=read_only)


def sync(path: Path) -> None:
    """Bring a file, or a folder's list of names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _page_size(url: str) -> int:
    with told_as_store_error("cannot open the store"), patient_engine(url).connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())


@contextlib.contextmanager
def _new_file(target: Path) -> Iterator[Any]:
    if target.exists():
        msg = f"{target} is there already"
        raise StoreError(msg)
    target.touch(mode=0o600)
    copy = sqlite.connect(target, isolation_level=None)
    try:
        copy.execute("PRAGMA synchronous=OFF")  # synced as a whole, and worthless before
        copy.execute("PRAGMA journal_mode=OFF")
        yield copy
    finally:
        copy.close()


@contextlib.contextmanager
def _file_told(what: str) -> Iterator[None]:
    """Turn what SQLite's own calls, the engine's or the file system's raise into a StoreError."""
    try:
        with told_as_store_error(what):
            yield
    except (sqlite.Error, OSError) as error:
        msg = f"{what}: {error}"
        raise StoreError(msg) from error
