"""Deliveries: what goes out of the house, one row for each notice, channel and person.

    route ──▶ waiting ─▶ claimed ─▶ done
                 ▲          │ failed (back-off), or the claim ran out: a worker died
                 └──────────┴─▶ dead, with its reason

At least once: what a claim left behind may have arrived, and its next try says so (`is_unsure`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, case, func, select, update

from street.clock import SECOND_US
from street.notices import Notice
from street.store import schema
from street.store.notices import notice_of
from street.store.office import Office

WAITING, CLAIMED, DONE, DEAD = "waiting", "claimed", "done", "dead"
LEASE_US: Final = 60 * SECOND_US  # no try lasts so long: whose claim is older has died
MOST_TRIES: Final = 8
MOST_ROUTED: Final = 200  # notices in one transaction


class Reader(NamedTuple):
    """Somebody a notice is for, as channels call her."""

    person_id: str
    login: str
    name: str
    phone: str


class Route(NamedTuple):
    """Where one notice goes: to a channel's group (person id "") or to one person by it, not before `next_us`."""

    channel: str
    person_id: str
    next_us: int


class Delivery(NamedTuple):
    """One delivery that a worker has claimed.

    `reader` is None where it goes to the group; `readers` are all whom the notice is for, to be mentioned.
    """

    delivery_no: int
    notice: Notice
    reader: Reader | None
    readers: tuple[Reader, ...]
    tries: int  # this one counted
    is_unsure: bool


class ChannelState(NamedTuple):
    """How a channel does: how many deliveries are in which state, and what was wrong last."""

    channel: str
    waiting: int
    done: int
    dead: int
    done_us: int | None
    reason: str  # of the last that died or waits after a failure, "" where none does


Plan = Callable[[Notice, Sequence[Reader]], Iterable[Route]]


class Deliveries:
    """The deliveries of one store. Safe in any thread; every method raises StoreError."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def route(self, plan: Plan) -> int:
        """Have *plan* say where the notices go that nobody has seen to yet; return how many those were.

        A notice and its deliveries are one transaction: none is forgotten, and none routed twice.
        """
        notices = schema.notices
        statement = select(notices).where(notices.c.is_routed == 0).order_by(notices.c.notice_no).limit(MOST_ROUTED)
        with self._office.reading("look for notices") as connection:
            if connection.execute(statement.with_only_columns(notices.c.notice_no).limit(1)).first() is None:
                return 0
        with self._office.writing("route notices") as connection:
            rows = connection.execute(statement).all()
            readers = _readers(connection, [row.notice_no for row in rows])
            made = [_waiting(row.notice_no, it) for row in rows for it in plan(notice_of(row), readers[row.notice_no])]
            if made:
                connection.execute(schema.deliveries.insert(), made)
            numbers = [row.notice_no for row in rows]
            connection.execute(update(notices).where(notices.c.notice_no.in_(numbers)).values(is_routed=1))
        return len(rows)

    def claim(self, channel: str, worker: str, now_us: int, limit: int) -> list[Delivery]:
        """Return up to *limit* deliveries of *channel* that are due, the most serious first; they are *worker*'s now.

        Args:
            channel: whose.
            worker: a name that no other worker has, not even the same one after a restart.
            now_us: the present.
            limit: at most so many.
        """
        table = schema.deliveries
        is_due = (table.c.channel == channel) & table.c.state.in_([WAITING, CLAIMED]) & (table.c.next_us <= now_us)
        with self._office.reading("look for deliveries") as connection:
            if connection.execute(select(table.c.delivery_no).where(is_due).limit(1)).first() is None:
                return []
        with self._office.writing("claim deliveries") as connection:
            _bury(connection, is_due, now_us)
            numbers = _first(connection, is_due, limit)
            mine = table.c.delivery_no.in_(numbers)
            claimed = {
                "state": CLAIMED, "worker": worker, "tries": table.c.tries + 1, "next_us": now_us + LEASE_US,
                "is_unsure": case((table.c.state == CLAIMED, 1), else_=table.c.is_unsure),
            }  # fmt: skip
            connection.execute(update(table).where(mine).values(claimed))
            return _claimed(connection, numbers)

    def done(self, delivery_nos: Iterable[int], worker: str, now_us: int) -> int:
        """Note that they have arrived; return how many were still *worker*'s."""
        return self._settle(delivery_nos, worker, {"state": DONE, "done_us": now_us, "reason": ""})

    def failed(
        self, delivery_nos: Iterable[int], worker: str, reason: str, next_us: int | None, *, is_unsure: bool
    ) -> int:
        """Note that they have not arrived, and why; return how many were still *worker*'s.

        Args:
            delivery_nos: which.
            worker: who claimed them.
            reason: a short sentence for a person.
            next_us: when to try again; None: never, they are dead.
            is_unsure: whether they may have arrived all the same.
        """
        values: dict[str, Any] = {"state": DEAD} if next_us is None else {"state": WAITING, "next_us": next_us}
        if is_unsure:
            values["is_unsure"] = 1
        return self._settle(delivery_nos, worker, values | {"reason": reason[:500]})

    def states(self) -> list[ChannelState]:
        """Return how the channels do, by name."""
        with self._office.reading("look at deliveries") as connection:
            return states(connection)

    def _settle(self, delivery_nos: Iterable[int], worker: str, values: dict[str, Any]) -> int:
        table = schema.deliveries
        mine = table.c.delivery_no.in_(list(delivery_nos)) & (table.c.worker == worker) & (table.c.state == CLAIMED)
        with self._office.writing("settle deliveries") as connection:
            return connection.execute(update(table).where(mine).values(values)).rowcount


def states(connection: Connection) -> list[ChannelState]:
    """Return how the channels do, by name."""
    table = schema.deliveries.c
    counts = select(table.channel, table.state, func.count().label("n"), func.max(table.done_us).label("done_us"))
    troubled = (table.reason != "") & table.state.in_([WAITING, DEAD])
    newest = select(func.max(table.delivery_no)).where(troubled).group_by(table.channel)
    rows = connection.execute(counts.group_by(table.channel, table.state)).all()
    reasons = select(table.channel, table.reason).where(table.delivery_no.in_(newest))
    why = {row.channel: row.reason for row in connection.execute(reasons)}
    found = []
    for channel in sorted({row.channel for row in rows}):
        many = {row.state: int(row.n) for row in rows if row.channel == channel}
        done_us = max((row.done_us for row in rows if row.channel == channel and row.done_us), default=None)
        waiting = many.get(WAITING, 0) + many.get(CLAIMED, 0)
        state = ChannelState(channel, waiting, many.get(DONE, 0), many.get(DEAD, 0), done_us, why.get(channel, ""))
        found.append(state)
    return found


def _waiting(notice_no: int, route: Route) -> dict[str, Any]:
    return {
        "notice_no": notice_no, "channel": route.channel, "person_id": route.person_id, "next_us": route.next_us,
        "state": WAITING, "tries": 0, "is_unsure": 0, "worker": "", "done_us": None, "reason": "",
    }  # fmt: skip


def _bury(connection: Connection, is_due: ColumnElement[bool], now_us: int) -> None:
    """End what has killed its worker again and again."""
    table = schema.deliveries
    is_hopeless = is_due & (table.c.state == CLAIMED) & (table.c.tries >= MOST_TRIES)
    reason = f"tried {MOST_TRIES} times, and each time the sender ended before it knew the answer"
    connection.execute(update(table).where(is_hopeless).values(state=DEAD, reason=reason, next_us=now_us))


def _first(connection: Connection, is_due: ColumnElement[bool], limit: int) -> list[int]:
    table, notices = schema.deliveries, schema.notices
    statement = (
        select(table.c.delivery_no)
        .join(notices, notices.c.notice_no == table.c.notice_no)
        .where(is_due)
        .order_by(notices.c.severity, table.c.delivery_no)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def _claimed(connection: Connection, numbers: Sequence[int]) -> list[Delivery]:
    table, notices = schema.deliveries, schema.notices
    statement = (
        select(notices, table.c.delivery_no, table.c.person_id, table.c.tries, table.c.is_unsure)
        .join(table, notices.c.notice_no == table.c.notice_no)
        .where(table.c.delivery_no.in_(numbers))
        .order_by(notices.c.severity, table.c.delivery_no)
    )
    rows = connection.execute(statement).all()
    readers = _readers(connection, [row.notice_no for row in rows])
    return [_delivery(row, readers[row.notice_no]) for row in rows]


def _delivery(row: Row[Any], readers: Sequence[Reader]) -> Delivery:
    reader = next((it for it in readers if it.person_id == row.person_id), None)
    return Delivery(row.delivery_no, notice_of(row), reader, tuple(readers), row.tries, bool(row.is_unsure))


def _readers(connection: Connection, notice_nos: Sequence[int]) -> dict[int, list[Reader]]:
    """Return who reads which notice: only those who are still here."""
    people, readers = schema.people, schema.notice_readers.c
    statement = (
        select(readers.notice_no, people.c.person_id, people.c.login, people.c.name, people.c.phone)
        .join(schema.notice_readers, readers.person_id == people.c.person_id)
        .where(readers.notice_no.in_(list(notice_nos)), people.c.is_active == 1)
        .order_by(people.c.login)
    )
    found: dict[int, list[Reader]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.notice_no].append(Reader(row.person_id, row.login, row.name, row.phone))
    return found
