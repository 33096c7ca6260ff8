"""The ring of changes: what each commit moved, as small JSON, for readers that keep up.

A reader that asks for more than is kept, or comes from another store, gets no list but None: take a full snapshot.
"""

from collections import deque
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Text, bindparam, cast, delete, func, select

from street.store import schema

RING_BYTES = 32 * 1024 * 1024
TRIMMED_AT_ONCE = 64  # rows; one DELETE in so many commits
MOST_AT_ONCE = 2_000  # commits; whoever is further behind is quicker with a snapshot
MOST_KEPT = 2 * MOST_AT_ONCE  # commits; more of them nobody reads, and the writer knows each by heart
# built once: a screen's follower asks some hundred times a second, and building costs more than the answer
SINCE = (
    select(schema.changes.c.seq, schema.changes.c.body)
    .where(schema.changes.c.seq > bindparam("seq"))
    .order_by(schema.changes.c.seq)
    .limit(MOST_AT_ONCE + 1)
)


class Change(NamedTuple):
    """One commit. Keys of `body` are in the writer's `Batch.commit`."""

    seq: int
    body: dict[str, Any]


class Ring:
    """The writer's side: knows the size of every kept change, and drops the oldest beyond its bounds."""

    def __init__(self, most_bytes: int = RING_BYTES, most_rows: int = MOST_KEPT) -> None:
        self._most_bytes = most_bytes
        self._most_rows = most_rows
        self._kept: deque[tuple[int, int]] = deque()
        self._size = 0

    def load(self, connection: Connection) -> None:
        """Measure anew what is kept."""
        changes = schema.changes.c
        statement = select(changes.seq, func.length(cast(changes.body, Text))).order_by(changes.seq)
        self._kept = deque((seq, size) for seq, size in connection.execute(statement))
        self._size = sum(size for _seq, size in self._kept)

    @property
    def newest(self) -> int:
        """The last sequence seen here, 0 before the first."""
        return self._kept[-1][0] if self._kept else 0

    def push(self, connection: Connection, seq: int, size: int) -> None:
        """Count one more change and trim, in the caller's transaction."""
        self._kept.append((seq, size))
        self._size += size
        if self._size <= self._most_bytes and len(self._kept) <= self._most_rows:
            return
        for _ in range(min(TRIMMED_AT_ONCE, len(self._kept) - 1)):
            self._size -= self._kept.popleft()[1]
        connection.execute(delete(schema.changes).where(schema.changes.c.seq < self._kept[0][0]))


def sequence(connection: Connection) -> int:
    """Return the sequence of the last commit, 0 before the first."""
    return connection.execute(select(func.max(schema.changes.c.seq))).scalar() or 0


def changes_since(connection: Connection, seq: int) -> list[Change] | None:
    """Return the commits after *seq* in their order, or None where one is missing or they are too many."""
    rows = connection.execute(SINCE, {"seq": seq}).all()
    if not rows:
        return [] if sequence(connection) == seq else None
    if rows[0].seq != seq + 1 or len(rows) > MOST_AT_ONCE:
        return None
    return [Change(row.seq, orjson.loads(row.body)) for row in rows]
