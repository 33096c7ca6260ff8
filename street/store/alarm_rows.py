"""Rows of what people do to alarms: acknowledged, shelved; and all that moved one, in its order.

What the rules write is `street.store.alarms`; no column is written by both.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, Row, func, or_, select

from street.alarms import Alarm
from street.errors import FieldError
from street.people import Actor
from street.rules.flapping import Turn
from street.shelving import Shelving, ShelvingKind, Weekly
from street.store import schema
from street.store.alarms import Note, alarms_by_id, append

SHELVINGS_VERSION: Final = "shelvings_version"
TURNS: Final = ("raise", "again", "chatter", "clear")
_FIELDS: Final = ("shelving_id", "asset_id", "rule_id", "asset_kind", "area_id", "reason", "by", "alarm_id")


class Transition(NamedTuple):
    """One thing that moved an alarm. `by` is a login, "" where the rules did it; `state` is what the rules say then."""

    transition_no: int
    act: str
    state: str
    at_us: int
    value: float | None
    severity: int | None
    is_announced: bool
    stored_us: int | None
    until_us: int | None
    by: str
    reason: str


class Call(NamedTuple):
    """One time that an alarm called people."""

    at_us: int
    alarm_id: str
    asset_id: str
    rule_id: str
    severity: int


class History(NamedTuple):
    """What the load of alarms is made of: calls, how long limits were broken (see `spans`), what nobody answers for."""

    calls: list[Call]
    spans: list[tuple[str, str, int, int | None]]
    unauthorised: int


def acknowledge(connection: Connection, alarm_ids: Iterable[str], by: Actor, at_us: int) -> list[str]:
    """Acknowledge those of *alarm_ids* that have called since somebody did, in the caller's transaction.

    Returns:
        Those that moved: tell readers of them (change key "al").
    """
    wanted = [it for it in alarms_by_id(connection, list(alarm_ids)) if it.announced > it.acknowledged]
    for alarm in wanted:
        see(connection, alarm, by, at_us)
        note(connection, alarm, "acknowledge", by, at_us)
    return [alarm.alarm_id for alarm in wanted]


def see(connection: Connection, alarm: Alarm, by: Actor, at_us: int) -> None:
    """Note that a person has seen all that an alarm has called until now."""
    table = schema.alarms
    seen = {"acknowledged": alarm.announced, "acknowledged_us": at_us, "acknowledged_by": by.login}
    connection.execute(table.update().where(table.c.alarm_id == alarm.alarm_id).values(**seen))


def note(  # noqa: PLR0913 - who, when, why
    connection: Connection, alarm: Alarm, act: str, by: Actor, at_us: int, *, reason: str = "",
    until_us: int | None = None, action_id: str | None = None,
) -> None:  # fmt: skip
    """Append what a person did to an alarm."""
    said = {"stored_us": at_us, "until_us": until_us, "action_id": action_id, "reason": reason}
    who = {"person_id": by.person_id, "login": by.login}
    append(connection, alarm.alarm_id, alarm.state, Note(act, at_us), **said, **who)


def done_before(connection: Connection, action_id: str) -> tuple[str, str, str] | None:
    """Return alarm, act and person of what was done under this id; None where nothing was."""
    moved = schema.alarm_transitions.c
    found = connection.execute(
        select(moved.alarm_id, moved.act, moved.person_id).where(moved.action_id == action_id)
    ).first()
    return None if found is None else (found.alarm_id, found.act, found.person_id)


def transitions(connection: Connection, alarm_id: str) -> list[Transition]:
    """Return all that moved an alarm, in the order in which the store learnt of it."""
    moved = schema.alarm_transitions
    statement = select(moved).where(moved.c.alarm_id == alarm_id).order_by(moved.c.transition_no)
    return [_transition(row) for row in connection.execute(statement)]


def calls(connection: Connection, from_us: int, to_us: int) -> list[Call]:
    """Return every time that an alarm called people from *from_us* to before *to_us*, oldest first."""
    moved, alarms = schema.alarm_transitions.c, schema.alarms.c
    statement = (
        select(moved.at_us, moved.alarm_id, alarms.asset_id, alarms.rule_id, moved.severity, alarms.severity)
        .join_from(schema.alarm_transitions, schema.alarms, moved.alarm_id == alarms.alarm_id)
        .where(moved.at_us >= from_us, moved.at_us < to_us, moved.is_announced == 1)
        .order_by(moved.at_us, moved.transition_no)
    )
    return [Call(*row[:4], row[4] or row[5]) for row in connection.execute(statement)]


def turns(connection: Connection, from_us: int) -> list[Turn]:
    """Return how alarms were raised and cleared since *from_us*, oldest first."""
    moved, alarms = schema.alarm_transitions.c, schema.alarms.c
    statement = (
        select(moved.alarm_id, alarms.asset_id, alarms.rule_id, moved.act, moved.at_us)
        .join_from(schema.alarm_transitions, schema.alarms, moved.alarm_id == alarms.alarm_id)
        .where(moved.at_us >= from_us, moved.act.in_(TURNS))
        .order_by(moved.transition_no)
    )
    return [Turn(*row[:3], row.act != "clear", row.at_us) for row in connection.execute(statement)]


def spans(connection: Connection, from_us: int, to_us: int) -> list[tuple[str, str, int, int | None]]:
    """Return (asset, rule, from, to) of each time that a limit was broken in the period; to None: it still is."""
    moved, alarms = schema.alarm_transitions.c, schema.alarms.c
    statement = (
        select(moved.alarm_id, alarms.asset_id, alarms.rule_id, moved.act, moved.at_us)
        .join_from(schema.alarm_transitions, schema.alarms, moved.alarm_id == alarms.alarm_id)
        .where(
            or_(alarms.cleared_us.is_(None), alarms.cleared_us >= from_us),
            alarms.raised_us < to_us,
            moved.act.in_(TURNS),
        )
        .order_by(moved.alarm_id, moved.transition_no)
    )
    found: list[tuple[str, str, int, int | None]] = []
    begun: dict[str, tuple[str, str, int]] = {}
    for alarm_id, asset_id, rule_id, act, at_us in connection.execute(statement):
        if act != "clear":
            begun[alarm_id] = asset_id, rule_id, at_us
        elif (begin := begun.pop(alarm_id, None)) is not None and at_us >= from_us:
            found.append((*begin, at_us))
    return found + [(*begin, None) for begin in begun.values()]


def history(connection: Connection, from_us: int, to_us: int) -> History:
    """Return what the load of alarms is made of."""
    return History(
        calls(connection, from_us, to_us), spans(connection, from_us, to_us), unauthorised(connection, from_us)
    )


def unauthorised(connection: Connection, from_us: int) -> int:
    """Return how many shelvings were put since *from_us* that name nobody, or no reason."""
    it = schema.shelvings.c
    statement = select(func.count()).where(it.put_us >= from_us, or_(it.by == "", it.reason == ""))
    return int(connection.execute(statement).scalar_one())


# -- shelvings ------------------------------------------------------------------------------------------------------


def put_shelving(connection: Connection, shelving: Shelving, by: Actor, now_us: int, action_id: str) -> None:
    """Store a new shelving."""
    weekly = shelving.weekly
    row = {name: getattr(shelving, name) for name in _FIELDS} | {
        "kind": shelving.kind.value, "from_us": shelving.from_us, "until_us": shelving.until_us,
        "weekly": "" if weekly is None else orjson.dumps(list(weekly)).decode(), "action_id": action_id or None,
        "person_id": by.person_id, "put_us": now_us,
    }  # fmt: skip
    connection.execute(schema.shelvings.insert(), row)


def end_shelving(connection: Connection, shelving_id: str, by: Actor, now_us: int) -> None:
    """End a shelving before its time."""
    table = schema.shelvings
    connection.execute(
        table.update().where(table.c.shelving_id == shelving_id).values(ended_us=now_us, ended_by=by.login)
    )


def shelvings(connection: Connection, now_us: int) -> list[Shelving]:
    """Return those that are not over at *now_us*, the first to begin first."""
    table = schema.shelvings
    statement = (
        select(table)
        .where(table.c.ended_us.is_(None), or_(table.c.until_us.is_(None), table.c.until_us > now_us))
        .order_by(table.c.from_us, table.c.shelving_id)
    )
    return [_shelving(row) for row in connection.execute(statement)]


def one_shelving(connection: Connection, shelving_id: str) -> Shelving | None:
    """Return the shelving of this id."""
    row = connection.execute(select(schema.shelvings).where(schema.shelvings.c.shelving_id == shelving_id)).first()
    return None if row is None else _shelving(row)


def shelving_of(connection: Connection, action_id: str, by: Actor) -> Shelving | None:
    """Return what was put under this id, None where nothing was.

    Raises:
        FieldError: somebody else used the id.
    """
    row = connection.execute(select(schema.shelvings).where(schema.shelvings.c.action_id == action_id)).first()
    if row is not None and row.person_id != by.person_id:
        raise FieldError(field="action_id", code="used")
    return None if row is None else _shelving(row)


def _transition(row: Row[Any]) -> Transition:
    said = {name: row._mapping[name] for name in Transition._fields if name not in {"by", "is_announced"}}
    return Transition(**said, by=row.login, is_announced=bool(row.is_announced))


def _shelving(row: Row[Any]) -> Shelving:
    said = {name: row._mapping[name] for name in (*_FIELDS, "from_us", "until_us", "ended_us")}
    weekly = None
    if row.weekly:
        days, begin, end = orjson.loads(row.weekly)
        weekly = Weekly(tuple(days), begin, end)
    return Shelving(**said, kind=ShelvingKind(row.kind), weekly=weekly)
