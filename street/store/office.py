"""What people, sessions and the audit share: a connection for each question, a transaction for each change.

Every change counts the version that `Sessions.version` tells, so that another process's caches can be sure cheaply.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine

from street.people import Actor
from street.store import audit_chain
from street.store.audit_chain import Entry
from street.store.engine import told_as_store_error, write_transaction
from street.store.marks import count_mark

PEOPLE_VERSION: Final = "people_version"


class Office:
    """Where the classes of the people's part get connections, the time and the audit's key."""

    def __init__(self, read_engine: Engine, write_engine: Engine, now_us: Callable[[], int], audit_key: bytes) -> None:
        self._read_engine = read_engine
        self._write_engine = write_engine
        self.now_us = now_us
        self.audit_key = audit_key

    @contextmanager
    def reading(self, what: str) -> Iterator[Connection]:
        """Give a connection to ask with; *what* could not be done begins the error."""
        with told_as_store_error(f"cannot {what}"), self._read_engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, what: str) -> Iterator[Connection]:
        """Give a connection inside a write transaction; an error leaves nothing of it."""
        with (
            told_as_store_error(f"cannot {what}"),
            self._write_engine.connect() as connection,
            write_transaction(connection),
        ):
            yield connection

    def record(self, connection: Connection, *entries: Entry) -> None:
        """Add what was done to the audit, and move the version, in the caller's transaction."""
        audit_chain.append(connection, self.audit_key, *entries)
        count_mark(connection, PEOPLE_VERSION)

    def done(self, action: str, thing: str, by: Actor, *, before: str = "", after: str = "", reason: str = "") -> Entry:
        """Return the entry of something done now."""
        return Entry(self.now_us(), action, thing, "done", by, before, after, reason)
