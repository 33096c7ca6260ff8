"""Dead letters: messages that could not be taken, grouped by why, bounded in rows and bytes, kept whole for replay.

A group counts every letter that ever came; of the letters themselves the newest are kept. When the shelf is full the
fullest group gives up its oldest, so that one broken device cannot push out what others sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, delete, func, select

from street.readings import DeadLetter
from street.store import schema
from street.store.statements import upsert

MOST_GROUPS = 1_000  # the field's name comes from the message, so somebody could make up any number
LONGEST_FIELD = 64
LONGEST_REASON = 500
OTHER_FIELDS = "…"
EVICT_SHARE = 100  # when full, one hundredth is freed at once


class LetterGroup(NamedTuple):
    """Why messages were refused, and how many."""

    code: str
    dialect: str
    field: str
    letters: int  # ever
    kept: int
    first_us: int
    last_us: int
    group_id: int


class StoredLetter(NamedTuple):
    """A kept letter under its number."""

    letter_id: int
    letter: DeadLetter


@dataclass(slots=True)
class _Group:
    group_id: int
    rows: int = 0
    size: int = 0


class Shelf:
    """Where the writer puts dead letters; knows what each group holds without asking."""

    def __init__(self, most_rows: int, most_bytes: int) -> None:
        self._most_rows = most_rows
        self._most_bytes = most_bytes
        self._groups: dict[tuple[str, str, str], _Group] = {}

    def resize(self, most_rows: int) -> None:
        """Keep so many letters from now on; what is too many goes with the next one."""
        self._most_rows = most_rows

    def load(self, connection: Connection) -> None:
        """Count anew what is kept."""
        groups, letters = schema.dead_letter_groups.c, schema.dead_letters.c
        self._groups = {
            (code, dialect, field): _Group(group_id)
            for group_id, code, dialect, field in connection.execute(
                select(groups.group_id, groups.code, groups.dialect, groups.field)
            )
        }
        by_id = {group.group_id: group for group in self._groups.values()}
        kept = select(letters.group_id, func.count(), func.sum(letters.size)).group_by(letters.group_id)
        for group_id, rows, size in connection.execute(kept):
            by_id[group_id].rows, by_id[group_id].size = rows, int(size)

    def put(self, connection: Connection, letters: list[DeadLetter]) -> None:
        """Store *letters* in the caller's transaction and make room for them."""
        counts: dict[tuple[str, str, str], list[int]] = {}
        rows = []
        for letter in letters:
            name = self._name(letter)
            count = counts.setdefault(name, [0, letter.received_us, letter.received_us])
            count[0] += 1
            count[1] = min(count[1], letter.received_us)
            count[2] = max(count[2], letter.received_us)
            group = self._groups[name]
            row = _row(group.group_id, letter)
            group.rows += 1
            group.size += int(row["size"])
            rows.append(row)
        self._count(connection, counts)
        connection.execute(schema.dead_letters.insert(), rows)
        self._make_room(connection)

    def _name(self, letter: DeadLetter) -> tuple[str, str, str]:
        name = (letter.code, _clean(letter.dialect, LONGEST_FIELD), _clean(letter.field, LONGEST_FIELD))
        if name not in self._groups and len(self._groups) >= MOST_GROUPS:
            name = (letter.code, "", OTHER_FIELDS)
        if name not in self._groups:
            self._groups[name] = _Group(1 + max((group.group_id for group in self._groups.values()), default=0))
        return name

    def _count(self, connection: Connection, counts: dict[tuple[str, str, str], list[int]]) -> None:
        table = schema.dead_letter_groups
        statement = upsert(connection.dialect, table)
        statement = statement.on_conflict_do_update(
            index_elements=[table.c.group_id],
            set_={"letters": table.c.letters + statement.excluded.letters, "last_us": statement.excluded.last_us},
        )
        names = ("group_id", "code", "dialect", "field", "letters", "first_us", "last_us")
        rows = [
            dict(zip(names, (self._groups[name].group_id, *name, many, first_us, last_us), strict=True))
            for name, (many, first_us, last_us) in counts.items()
        ]
        connection.execute(statement, rows)

    def _make_room(self, connection: Connection) -> None:
        while True:
            rows = sum(group.rows for group in self._groups.values())
            size = sum(group.size for group in self._groups.values())
            if rows <= self._most_rows and size <= self._most_bytes:
                return
            fullest = max(self._groups.values(), key=self._share)
            self._drop_oldest(connection, fullest, max(rows - self._most_rows, 0))

    def _share(self, group: _Group) -> float:
        return max(group.rows / self._most_rows, group.size / self._most_bytes)

    def _drop_oldest(self, connection: Connection, group: _Group, excess: int) -> None:
        letters = schema.dead_letters
        some = min(group.rows, max(excess, group.rows // EVICT_SHARE, 1))
        oldest = (
            select(letters.c.letter_id, letters.c.size)
            .where(letters.c.group_id == group.group_id)
            .order_by(letters.c.letter_id)
            .limit(some)
        )
        found = connection.execute(oldest).all()
        last = found[-1].letter_id if found else 0
        connection.execute(delete(letters).where(letters.c.group_id == group.group_id, letters.c.letter_id <= last))
        group.rows -= len(found) or group.rows
        group.size -= sum(row.size for row in found) or group.size


def letter_groups(connection: Connection, limit: int) -> list[LetterGroup]:
    """Return the groups, newest first."""
    groups, letters = schema.dead_letter_groups.c, schema.dead_letters.c
    kept = select(func.count()).where(letters.group_id == groups.group_id).scalar_subquery()
    statement = (
        select(groups.code, groups.dialect, groups.field, groups.letters, kept, groups.first_us, groups.last_us)
        .add_columns(groups.group_id)
        .order_by(groups.last_us.desc())
        .limit(limit)
    )
    return [LetterGroup(*row) for row in connection.execute(statement)]


def kept_letters(connection: Connection, code: str | None, topic: str | None, limit: int) -> list[StoredLetter]:
    """Return kept letters of this code and topic (None: any), oldest first."""
    groups, letters = schema.dead_letter_groups, schema.dead_letters
    statement = _letters()
    if code is not None:
        statement = statement.where(groups.c.code == code)
    if topic is not None:
        statement = statement.where(letters.c.topic == _packed(topic))
    return _stored(connection.execute(statement.order_by(letters.c.letter_id).limit(limit)))


def newest_letters(connection: Connection, group_id: int, limit: int) -> list[StoredLetter]:
    """Return the newest kept letters of one group, newest first."""
    letters = schema.dead_letters.c
    statement = _letters().where(letters.group_id == group_id).order_by(letters.letter_id.desc()).limit(limit)
    return _stored(connection.execute(statement))


def letters_between(
    connection: Connection, group_id: int, after_id: int, upto_id: int, limit: int
) -> list[StoredLetter]:
    """Return the kept letters of one group behind *after_id*, up to *upto_id*, oldest first."""
    letters = schema.dead_letters.c
    statement = _letters().where(letters.group_id == group_id, letters.letter_id.between(after_id + 1, upto_id))
    return _stored(connection.execute(statement.order_by(letters.letter_id).limit(limit)))


def _letters() -> Select[Any]:
    groups, letters = schema.dead_letter_groups, schema.dead_letters
    return select(letters, groups.c.code, groups.c.dialect, groups.c.field).join(
        groups, letters.c.group_id == groups.c.group_id
    )


def _stored(found: Iterable[Row[Any]]) -> list[StoredLetter]:
    return [
        StoredLetter(
            row.letter_id,
            DeadLetter(
                row.received_us,
                row.dialect,
                bytes(row.topic).decode("utf-8", "surrogatepass"),
                bytes(row.payload),
                row.code,
                row.reason,
                row.field,
                bool(row.retain),
            ),
        )
        for row in found
    ]


def forget_letters(connection: Connection, letter_ids: Iterable[int]) -> int:
    """Remove letters that were sent again or are of no use; their counts stay."""
    rows = [{"id": letter_id} for letter_id in letter_ids]
    found = 0
    for row in rows:
        found += connection.execute(
            delete(schema.dead_letters).where(schema.dead_letters.c.letter_id == row["id"])
        ).rowcount
    return found


def _row(group_id: int, letter: DeadLetter) -> dict[str, int | str | bytes]:
    topic = _packed(letter.topic)
    return {
        "group_id": group_id,
        "received_us": letter.received_us,
        "size": len(topic) + len(letter.payload),
        "topic": topic,
        "payload": letter.payload,
        "retain": int(letter.retain),
        "reason": _clean(letter.reason, LONGEST_REASON),
    }


def _packed(topic: str) -> bytes:
    return topic.encode("utf-8", "surrogatepass")


def _clean(text: str, longest: int) -> str:
    """Return *text* as both engines can keep it: without NUL and lone surrogates, not too long."""
    return text[:longest].replace("\0", "\ufffd").encode("utf-8", "replace").decode()
