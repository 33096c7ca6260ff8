"""The audit: who did what to what, when, from where; only ever added to, and able to show that nobody touched it.

Old entries go by `purge`, never younger than 180 days, and leave a sealed anchor from which the rest still verifies.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypedDict, Unpack

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, select

from street.clock import DAY_US
from street.people import Actor
from street.store import audit_chain, schema
from street.store.audit_chain import COLUMNS, START, Entry, Head
from street.store.office import Office

SHORTEST_DAYS: Final = 180  # 网络安全法: logs are kept six months
ROWS_AT_ONCE: Final = 5_000
_ALL = tuple(schema.audit.c[name] for name in (*COLUMNS, "hash"))


class StoredEntry(NamedTuple):
    """An entry under its number."""

    entry_no: int
    entry: Entry
    hash: str


class Sought(TypedDict, total=False):
    """What the entries have that are looked for; "" and None ask for nothing."""

    actor: str  # a login or a person id
    action: str  # or how it begins, as in "person."
    object: str  # or how it begins, as in "person/"
    outcome: str
    address: str
    from_us: int | None
    to_us: int | None  # before


class Verdict(NamedTuple):
    """What verifying found.

    `why` is one of "", "changed" (the entry or what stands before it), "missing" (one or more before `first_bad`),
    "anchor" (old entries were removed by somebody else), "cut" (the end is not there), "forked" (the noted head is
    not this chain's).
    """

    ok: bool
    rows: int
    first_bad: int | None
    why: str


class Audit:
    """The audit of one store."""

    def __init__(self, office: Office, key: bytes) -> None:
        self._office = office
        self._key = key

    def add(self, entries: list[Entry]) -> None:
        """Add *entries* in one transaction, in their order."""
        with self._office.writing("write the audit") as connection:
            audit_chain.append(connection, self._key, *entries)

    def head(self) -> Head:
        """Return the newest entry's number and hash: to be noted outside the database."""
        with self._office.reading("read the audit") as connection:
            return audit_chain.head(connection)

    def find(self, *, before_no: int | None = None, limit: int = 100, **sought: Unpack[Sought]) -> list[StoredEntry]:
        """Return entries, newest first.

        Args:
            before_no: only those older than this number: the way to the next page.
            limit: the most to return.
            sought: what all of them have; nothing takes all.
        """
        statement = _where(select(*_ALL), sought).order_by(schema.audit.c.entry_no.desc()).limit(limit)
        if before_no is not None:
            statement = statement.where(schema.audit.c.entry_no < before_no)
        with self._office.reading("read the audit") as connection:
            return [_stored(tuple(row)) for row in connection.execute(statement)]

    def after(self, entry_no: int, limit: int, **sought: Unpack[Sought]) -> list[StoredEntry]:
        """Return entries newer than number *entry_no*, oldest first: the way through all of them."""
        statement = _where(select(*_ALL), sought).where(schema.audit.c.entry_no > entry_no)
        with self._office.reading("read the audit") as connection:
            rows = connection.execute(statement.order_by(schema.audit.c.entry_no).limit(limit))
            return [_stored(tuple(row)) for row in rows]

    def count(self, **sought: Unpack[Sought]) -> int:
        """Return how many entries there are of those that `find` would return without a limit."""
        statement = _where(select(func.count()).select_from(schema.audit), sought)
        with self._office.reading("read the audit") as connection:
            return int(connection.execute(statement).scalar_one())

    def verify(self, progress: Callable[[int], object] | None = None, *, noted: tuple[Head, ...] = ()) -> Verdict:
        """Walk the whole chain.

        Args:
            progress: told the rows seen so far, now and then.
            noted: heads that were noted outside; only they can tell that the end was cut off.
        """
        heads = {head.entry_no: head.hash for head in noted}
        with self._office.reading("read the audit") as connection:
            anchor = _anchor(connection)
            verdict = _verify(connection, self._key, heads, progress)
            while verdict.why == "missing" and anchor != _anchor(connection):  # a purge went on beside the walk
                anchor = _anchor(connection)
                verdict = _verify(connection, self._key, heads, progress)
            return verdict

    def purge(self, now_us: int, days: int, *, most: int = ROWS_AT_ONCE) -> int:
        """Remove up to *most* of the oldest entries older than *days*, at least 180; return how many went."""
        before_us = now_us - max(days, SHORTEST_DAYS) * DAY_US
        audit = schema.audit
        with self._office.writing("remove old audit entries") as connection:
            oldest = select(audit.c.entry_no, audit.c.at_us, audit.c.hash).order_by(audit.c.entry_no).limit(most)
            gone: list[Any] = []
            for row in connection.execute(oldest):  # up to the first that must stay: the chain keeps no holes
                if row.at_us >= before_us:
                    break
                gone.append(row)
            if not gone:
                return 0
            last = gone[-1]
            anchor = (last.entry_no, last.hash, last.at_us, now_us)
            names = ("entry_no", "hash", "at_us", "removed_us", "seal")
            connection.execute(
                schema.audit_anchors.insert(), dict(zip(names, (*anchor, _seal(self._key, anchor)), strict=True))
            )
            connection.execute(delete(audit).where(audit.c.entry_no <= last.entry_no))
            reason = f"{len(gone)} entries"
            entry = Entry(now_us, "audit.purge", "audit", "done", Actor.system("retention"), reason=reason)
            audit_chain.append(connection, self._key, entry)
        return len(gone)


def _where(statement: Select[Any], sought: Sought) -> Select[Any]:
    audit = schema.audit.c
    conditions: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "actor": lambda it: (audit.login == it) | (audit.person_id == it),
        "action": lambda it: audit.action.startswith(it, autoescape=True),
        "object": lambda it: audit.object.startswith(it, autoescape=True),
        "outcome": lambda it: audit.outcome == it,
        "address": lambda it: audit.address == it,
        "from_us": lambda it: audit.at_us >= it,
        "to_us": lambda it: audit.at_us < it,
    }
    given = {name: value for name, value in sought.items() if value not in {"", None}}
    return statement.where(*(conditions[name](value) for name, value in given.items()))


def _stored(values: tuple[Any, ...]) -> StoredEntry:
    number, at_us, action, thing, outcome, *by, before, after, reason, count, digest = values
    return StoredEntry(number, Entry(at_us, action, thing, outcome, Actor(*by), before, after, reason, count), digest)


def _seal(key: bytes, anchor: tuple[Any, ...]) -> str:
    return hmac.digest(key, b"anchor" + orjson.dumps(anchor), hashlib.sha256).hex()


def _verify(
    connection: Connection, key: bytes, noted: dict[int, str], progress: Callable[[int], object] | None
) -> Verdict:
    found = _anchor(connection)
    end, rows = Head(0, START), 0
    if found is not None:
        end = Head(found.entry_no, found.hash)
        if not hmac.compare_digest(_seal(key, tuple(found)[:4]), found.seal):
            return Verdict(ok=False, rows=0, first_bad=end.entry_no + 1, why="anchor")
    for row in _walk(connection):
        why = _fault(key, end, row, noted)
        if why:
            missing = min(row[0], end.entry_no + 1)
            return Verdict(ok=False, rows=rows, first_bad=missing, why=why)
        end, rows = Head(row[0], row[-1]), rows + 1
        if progress is not None and rows % ROWS_AT_ONCE == 0:
            progress(rows)
    if noted and max(noted) > end.entry_no:
        return Verdict(ok=False, rows=rows, first_bad=end.entry_no + 1, why="cut")
    return Verdict(ok=True, rows=rows, first_bad=None, why="")


def _anchor(connection: Connection) -> Row[Any] | None:
    anchors = schema.audit_anchors
    return connection.execute(select(anchors).order_by(anchors.c.entry_no.desc()).limit(1)).first()


def _fault(key: bytes, before: Head, row: tuple[Any, ...], noted: dict[int, str]) -> str:
    """Return what is wrong with *row*, which should come after *before*; "" where nothing is."""
    if row[0] != before.entry_no + 1:
        return "missing"
    if not hmac.compare_digest(audit_chain.link(key, before.hash, row[:-1]), row[-1]):
        return "changed"
    return "forked" if noted.get(row[0], row[-1]) != row[-1] else ""


def _walk(connection: Connection) -> Iterator[tuple[Any, ...]]:
    """Yield all rows by number, a bounded lot at a time: a long read would hold the log."""
    after = -1
    while True:
        statement = (
            select(*_ALL).where(schema.audit.c.entry_no > after).order_by(schema.audit.c.entry_no).limit(ROWS_AT_ONCE)
        )
        lot = [tuple(row) for row in connection.execute(statement)]
        yield from lot
        if len(lot) < ROWS_AT_ONCE:
            return
        after = lot[-1][0]
