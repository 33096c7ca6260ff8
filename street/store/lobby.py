"""The lobby: where the writer lets newcomers wait with what they say, within bounds.

Each newcomer has the same share of the room for messages. Where there are too many newcomers, the one heard least and
longest ago leaves: in a flood of made-up names, those who speak twice stay. Ignored ones stay, or they would be back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, select

from street.store import schema
from street.store.marks import read_mark, write_mark
from street.store.statements import upsert

MOST_NEWCOMERS = 5_000
MOST_MESSAGES = 20_000
MOST_BYTES = 32 * 1024 * 1024
MESSAGES_EACH = 50  # at most, however much room there is
SLACK = 1.2  # how far one may go beyond its share before it is cut back: not with every message
NEXT_ID = "next_newcomer_id"  # never used twice: a person may still look at one that is gone
AT_ONCE = 500  # ids in one statement


class NewcomerState(StrEnum):
    """What a person has decided."""

    WAITING = "waiting"
    IGNORED = "ignored"
    SETTLED = "settled"


class WaitingMessage(NamedTuple):
    """A message as it arrived."""

    received_us: int
    topic: str
    payload: bytes
    retain: bool


class Arrival(NamedTuple):
    """A message of a device that nobody has registered."""

    dialect: str
    device_id: str
    message: WaitingMessage


@dataclass(slots=True)
class _Seat:
    newcomer_id: int
    state: str
    messages: int
    last_us: int
    rows: int = 0
    size: int = 0


class Lobby:
    """Where the writer lets newcomers wait; knows what each holds without asking."""

    def __init__(
        self,
        most_newcomers: int = MOST_NEWCOMERS,
        most_messages: int = MOST_MESSAGES,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._most_newcomers = most_newcomers
        self._most_messages = most_messages
        self._most_bytes = most_bytes
        self._seats: dict[tuple[str, str], _Seat] = {}
        self._next_id = 1

    def resize(self, most_newcomers: int) -> None:
        """Let so many wait from now on; those beyond leave with the next that comes."""
        self._most_newcomers = most_newcomers

    def load(self, connection: Connection) -> None:
        """Count anew who waits with how much."""
        newcomers, kept = schema.newcomers.c, schema.newcomer_messages.c
        columns = (newcomers.newcomer_id, newcomers.state, newcomers.messages, newcomers.last_us)
        found = connection.execute(select(newcomers.dialect, newcomers.device_id, *columns))
        self._seats = {(dialect, device_id): _Seat(*row) for dialect, device_id, *row in found}
        by_id = {seat.newcomer_id: seat for seat in self._seats.values()}
        for newcomer_id, rows, size in connection.execute(
            select(kept.newcomer_id, func.count(), func.sum(kept.size)).group_by(kept.newcomer_id)
        ):
            by_id[newcomer_id].rows, by_id[newcomer_id].size = rows, int(size)
        self._next_id = read_mark(connection, NEXT_ID, 1)

    def put(self, connection: Connection, arrivals: Iterable[Arrival]) -> None:
        """Keep what arrived, in the caller's transaction, and make room for it."""
        counts: dict[tuple[str, str], list[int]] = {}
        rows: list[dict[str, Any]] = []
        for dialect, device_id, message in arrivals:
            seat = self._seat(dialect, device_id)
            if seat.state == NewcomerState.IGNORED:
                continue
            at_us = message.received_us
            count = counts.setdefault((dialect, device_id), [0, at_us, at_us])
            count[0] += 1
            count[2] = seat.last_us = max(count[2], at_us)
            row = _message_row(seat.newcomer_id, message)
            seat.messages += 1
            seat.rows += 1
            seat.size += row["size"]
            rows.append(row)
        if rows:
            write_mark(connection, NEXT_ID, self._next_id)
            self._count(connection, counts)
            connection.execute(schema.newcomer_messages.insert(), rows)
            self._make_room(connection, counts)

    def _seat(self, dialect: str, device_id: str) -> _Seat:
        seat = self._seats.get((dialect, device_id))
        if seat is None:
            seat = self._seats[dialect, device_id] = _Seat(self._next_id, NewcomerState.WAITING, 0, 0)
            self._next_id += 1
        return seat

    def _count(self, connection: Connection, counts: dict[tuple[str, str], list[int]]) -> None:
        table = schema.newcomers
        statement = upsert(connection.dialect, table)
        more = {"messages": table.c.messages + statement.excluded.messages, "last_us": statement.excluded.last_us}
        statement = statement.on_conflict_do_update(index_elements=["newcomer_id"], set_=more)
        rows = [
            {
                "newcomer_id": self._seats[key].newcomer_id, "dialect": key[0], "device_id": key[1],
                "state": NewcomerState.WAITING.value, "asset_id": "", "messages": many, "first_us": first_us,
                "last_us": last_us, "guesses": "", "guessed": 0,
            }
            for key, (many, first_us, last_us) in counts.items()
        ]  # fmt: skip
        connection.execute(statement, rows)

    def _make_room(self, connection: Connection, touched: Iterable[tuple[str, str]]) -> None:
        if len(self._seats) > self._most_newcomers:
            self._send_away(connection, len(self._seats) - self._most_newcomers)
        seats = list(self._seats.values())
        share_rows = max(1, min(MESSAGES_EACH, self._most_messages // max(1, len(seats))))
        share_bytes = self._most_bytes // max(1, len(seats))
        is_full = sum(seat.rows for seat in seats) > self._most_messages
        spoke = [self._seats[key] for key in touched if key in self._seats]
        for seat in seats if is_full else spoke:
            if seat.rows > share_rows * (1 if is_full else SLACK):
                _cut_back(connection, seat, share_rows)
        if sum(seat.size for seat in seats) > self._most_bytes:
            for seat in seats:
                _shrink(connection, seat, share_bytes)

    def _send_away(self, connection: Connection, many: int) -> None:
        waiting = [(key, seat) for key, seat in self._seats.items() if seat.state == NewcomerState.WAITING]
        waiting.sort(key=lambda it: (it[1].messages, it[1].last_us))
        leaving = waiting[:many]
        kept, table = schema.newcomer_messages, schema.newcomers
        ids = [seat.newcomer_id for _, seat in leaving]
        for start in range(0, len(ids), AT_ONCE):
            some = select(table.c.newcomer_id).where(
                table.c.newcomer_id.in_(ids[start : start + AT_ONCE]), table.c.state == NewcomerState.WAITING.value
            )  # somebody may have settled one a moment ago
            connection.execute(delete(kept).where(kept.c.newcomer_id.in_(some)))
            connection.execute(delete(table).where(table.c.newcomer_id.in_(some)))
        for key, _ in leaving:
            del self._seats[key]


def _message_row(newcomer_id: int, message: WaitingMessage) -> dict[str, Any]:
    topic = message.topic.encode("utf-8", "surrogatepass")
    return {
        "newcomer_id": newcomer_id,
        "received_us": message.received_us,
        "size": len(topic) + len(message.payload),
        "topic": topic,
        "payload": message.payload,
        "retain": int(message.retain),
    }


def _shrink(connection: Connection, seat: _Seat, most_bytes: int) -> None:
    while seat.size > most_bytes:
        _cut_back(connection, seat, seat.rows // 2)


def _cut_back(connection: Connection, seat: _Seat, keep: int) -> None:
    """Remove all but the newest messages of one newcomer."""
    table = schema.newcomer_messages
    own = table.c.newcomer_id == seat.newcomer_id
    if keep:
        newest = select(table.c.message_id).where(own).order_by(table.c.message_id.desc()).limit(keep)
        connection.execute(delete(table).where(own, table.c.message_id.not_in(newest)))
    else:
        connection.execute(delete(table).where(own))
    rows, size = connection.execute(select(func.count(), func.sum(table.c.size)).where(own)).one()
    seat.rows, seat.size = rows, int(size or 0)
