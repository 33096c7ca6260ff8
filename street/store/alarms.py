"""Alarms in the store: one row each, and one appended row for every transition.

Here is what the rules write; what people write is `street.store.alarm_rows`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, or_, select, text

from street.alarms import Alarm, AlarmState, Back, opens_incident
from street.errors import StoreError
from street.incidents import OPEN_STAGES, Incident
from street.rules.causes import CIRCUIT, GATEWAY
from street.store import incidents, schema
from street.store.statements import upsert

COLUMNS = tuple(schema.alarms.columns.keys())
FLAGS = ("is_chattering", "is_held")
NEVER_ENDS = 2**62
MOST_UNSEEN = 1_000
STANDING = (AlarmState.ACTIVE.value, AlarmState.SUPPRESSED.value)


class Moved(NamedTuple):
    """What a step of the rules moved: nothing where both are empty."""

    alarm_id: str = ""
    incident_id: str = ""


NOTHING = Moved()


class Note(NamedTuple):
    """What a transition says besides the alarm's state."""

    act: str
    at_us: int
    value: float | None = None
    is_announced: bool = False
    severity: int | None = None


def raise_alarm(connection: Connection, alarm: Alarm) -> bool:
    """Store a new alarm and its first transition; False when it is there already (the first is kept).

    One that is suppressed, or that a shelving keeps quiet, has called nobody yet.

    Raises:
        StoreError: a severity that opens an incident came without one: our own mistake.
    """
    calls = alarm.state is AlarmState.ACTIVE and not alarm.is_held
    if calls and opens_incident(alarm.severity) and alarm.incident_id is None:
        msg = f"alarm {alarm.alarm_id}: severity {alarm.severity} opens an incident, and none was given"
        raise StoreError(msg)
    row = {name: getattr(alarm, name) for name in COLUMNS} | {name: int(getattr(alarm, name)) for name in FLAGS}
    row |= {"state": alarm.state.value, "announced": int(calls)}
    # RETURNING, not rowcount: psycopg does not count an INSERT that did nothing.
    statement = upsert(connection.dialect, schema.alarms).on_conflict_do_nothing().returning(schema.alarms.c.alarm_id)
    if connection.execute(statement, row).first() is None:
        return False
    note = Note("raise", alarm.raised_us, alarm.value, calls, alarm.severity)
    append(connection, alarm.alarm_id, alarm.state, note)
    return True


def raise_again(connection: Connection, back: Back, incident: Incident | None) -> Moved:
    """Raise a cleared alarm once more, with the incident it had, or *incident* where that is dealt with."""
    alarm = one_alarm(connection, back.alarm_id)
    if alarm is None or alarm.state is not AlarmState.CLEARED:
        return NOTHING
    calls = not back.is_held
    changes = {
        "state": AlarmState.ACTIVE.value, "cleared_us": None, "value": back.value, "severity": back.severity,
        "last_us": back.at_us, "repeats": alarm.repeats + 1, "announced": alarm.announced + calls,
        "is_chattering": int(back.is_chattering), "is_held": int(back.is_held),
    }  # fmt: skip
    _update(connection, back.alarm_id, changes)
    note = Note("chatter" if back.is_chattering else "again", back.at_us, back.value, calls, back.severity)
    append(connection, back.alarm_id, AlarmState.ACTIVE, note)
    incident_id = _reopen(connection, alarm, incident, back.at_us)
    return Moved(back.alarm_id, incident_id)


def clear_alarm(connection: Connection, alarm_id: str, at_us: int, value: float | None) -> Moved:
    """Clear a standing alarm: its incident recovers, and nothing chatters any more."""
    alarm = one_alarm(connection, alarm_id)
    if alarm is None or alarm.state is AlarmState.CLEARED:
        return NOTHING
    _update(
        connection, alarm_id, {"state": AlarmState.CLEARED.value, "cleared_us": at_us, "is_chattering": 0, "is_held": 0}
    )
    append(connection, alarm_id, AlarmState.CLEARED, Note("clear", at_us, value))
    incident_id = alarm.incident_id
    has_recovered = incident_id is not None and incidents.recover_incident(connection, incident_id, at_us)
    return Moved(alarm_id, incident_id if incident_id and has_recovered else "")


def shift_alarm(connection: Connection, alarm_id: str, to: AlarmState, at_us: int) -> bool:
    """Put an active alarm under its cause's, or a suppressed one back on its own; False when nothing moves."""
    alarm = one_alarm(connection, alarm_id)
    if alarm is None or alarm.state in {AlarmState.CLEARED, to}:
        return False
    calls = to is AlarmState.ACTIVE and not alarm.is_held
    _update(connection, alarm_id, {"state": to.value, "announced": alarm.announced + calls})
    act = "release" if to is AlarmState.ACTIVE else "suppress"
    append(connection, alarm_id, to, Note(act, at_us, None, calls))
    return True


def set_severity(connection: Connection, alarm_id: str, severity: int, at_us: int, value: float | None) -> bool:
    """Make a standing alarm graver, which calls people, or less grave, which does not; False when nothing moves."""
    alarm = one_alarm(connection, alarm_id)
    if alarm is None or alarm.state is AlarmState.CLEARED or alarm.severity == severity:
        return False
    calls = severity < alarm.severity and alarm.state is AlarmState.ACTIVE and not alarm.is_held
    _update(connection, alarm_id, {"severity": severity, "announced": alarm.announced + calls})
    append(connection, alarm_id, alarm.state, Note("regrade", at_us, value, calls, severity))
    return True


def hold_alarm(connection: Connection, alarm_id: str, at_us: int) -> bool:
    """Note that a shelving keeps a standing alarm quiet from now on; False when nothing moves."""
    alarm = one_alarm(connection, alarm_id)
    if alarm is None or alarm.state is AlarmState.CLEARED or alarm.is_held:
        return False
    _update(connection, alarm_id, {"is_held": 1})
    append(connection, alarm_id, alarm.state, Note("hold", at_us))
    return True


def let_go(connection: Connection, alarm_id: str, at_us: int, incident: Incident | None) -> Moved:
    """Let an alarm that a shelving kept quiet call now, as it still stands; it opens *incident* where it has none."""
    alarm = one_alarm(connection, alarm_id)
    if alarm is None or not alarm.is_held:
        return NOTHING
    calls = alarm.state is AlarmState.ACTIVE
    _update(connection, alarm_id, {"is_held": 0, "announced": alarm.announced + calls})
    append(connection, alarm_id, alarm.state, Note("let-go", at_us, None, calls))
    return Moved(alarm_id, _reopen(connection, alarm, incident, None) if calls else "")


def open_for(connection: Connection, alarm_id: str, incident: Incident) -> Moved:
    """Open *incident* for an alarm whose own is not open any more, or that had none."""
    alarm = one_alarm(connection, alarm_id)
    incident_id = "" if alarm is None else _reopen(connection, alarm, incident, None)
    return Moved(alarm_id, incident_id) if incident_id else NOTHING


def count_repeats(connection: Connection, repeats: Mapping[str, tuple[int, int]]) -> None:
    """Add, to each alarm, how often its limit was found broken once more, and when last [µs]."""
    table = schema.alarms
    statement = (
        table.update()
        .where(table.c.alarm_id == bindparam("key"))
        .values(repeats=table.c.repeats + bindparam("more"), last_us=bindparam("at_us"))
    )
    connection.execute(statement, [{"key": key, "more": n, "at_us": at} for key, (n, at) in sorted(repeats.items())])


def _reopen(connection: Connection, alarm: Alarm, incident: Incident | None, relapsed_us: int | None) -> str:
    """Have the alarm's open incident relapse, or report *incident* for it; return the id of what moved, or ""."""
    known = incidents.incidents_by_id(connection, [alarm.incident_id]) if alarm.incident_id else []
    if known and known[0].stage in OPEN_STAGES:
        if relapsed_us is None:
            return ""
        has_relapsed = incidents.relapse_incident(connection, known[0].incident_id, relapsed_us)
        return known[0].incident_id if has_relapsed else ""
    if incident is None:
        return ""
    incident_id = incident.incident_id
    if incidents.has_incident(connection, incident_id):
        incident_id = f"{incident_id}:{alarm.announced + 1}"
    incidents.report_incident(connection, replace(incident, incident_id=incident_id, alarm_id=alarm.alarm_id))
    _update(connection, alarm.alarm_id, {"incident_id": incident_id})
    return incident_id


def active_alarms(connection: Connection) -> list[Alarm]:
    """Return what is active, oldest first."""
    return _in_state(connection, (AlarmState.ACTIVE.value,))


def suppressed_alarms(connection: Connection) -> list[Alarm]:
    """Return what is true but stands under the alarm of its cause, oldest first."""
    return _in_state(connection, (AlarmState.SUPPRESSED.value,))


def victims(connection: Connection, root: Alarm) -> list[Alarm]:
    """Return the alarms that *root* explains, oldest first: who is behind it, suppressed while it stood."""
    alarms, assets, moved = schema.alarms, schema.assets, schema.alarm_transitions
    suppressed = select(moved.c.alarm_id).where(
        moved.c.state == AlarmState.SUPPRESSED.value, moved.c.at_us <= (root.cleared_us or NEVER_ENDS)
    )
    statement = select(alarms).where(
        alarms.c.alarm_id.in_(suppressed),
        or_(alarms.c.cleared_us.is_(None), alarms.c.cleared_us >= root.raised_us),
    )
    behind = {GATEWAY: assets.c.gateway_id, CIRCUIT: assets.c.circuit_id}.get(root.rule_id)
    if behind is not None:
        statement = statement.where(
            alarms.c.asset_id.in_(select(assets.c.asset_id).where(behind == root.asset_id)),
        )
    return [_alarm(row) for row in connection.execute(statement.order_by(alarms.c.raised_us))]


def _in_state(connection: Connection, states: tuple[str, ...]) -> list[Alarm]:
    alarms = schema.alarms
    statement = select(alarms).where(alarms.c.state.in_(states)).order_by(alarms.c.raised_us)
    return [_alarm(row) for row in connection.execute(statement)]


def alarms_by_id(connection: Connection, alarm_ids: list[str]) -> list[Alarm]:
    """Return those of *alarm_ids* that exist, oldest first."""
    alarms = schema.alarms
    statement = select(alarms).where(alarms.c.alarm_id.in_(alarm_ids)).order_by(alarms.c.raised_us)
    return [_alarm(row) for row in connection.execute(statement)]


def one_alarm(connection: Connection, alarm_id: str) -> Alarm | None:
    """Return the alarm of this id."""
    row = connection.execute(select(schema.alarms).where(schema.alarms.c.alarm_id == alarm_id)).first()
    return None if row is None else _alarm(row)


def unseen_alarms(connection: Connection, limit: int) -> list[Alarm]:
    """Return up to *limit* alarms that have called and nobody has acknowledged, newest first, whatever they are now."""
    alarms = schema.alarms
    statement = select(alarms).where(text(schema.UNSEEN)).order_by(alarms.c.raised_us.desc()).limit(limit)
    return [_alarm(row) for row in connection.execute(statement)]


def open_alarms(connection: Connection) -> list[Alarm]:
    """Return what stands, and what is over and unacknowledged (the newest of it), oldest first."""
    found = {it.alarm_id: it for it in (*_in_state(connection, STANDING), *unseen_alarms(connection, MOST_UNSEEN))}
    return sorted(found.values(), key=lambda it: (it.raised_us, it.alarm_id))


def append(connection: Connection, alarm_id: str, state: AlarmState, note: Note, **by: Any) -> None:  # noqa: ANN401 - columns of who did it
    """Append a transition."""
    row = note._asdict() | {"is_announced": int(note.is_announced), "alarm_id": alarm_id, "state": state.value}
    connection.execute(schema.alarm_transitions.insert(), row | by)


def _update(connection: Connection, alarm_id: str, changes: Mapping[str, Any]) -> None:
    connection.execute(schema.alarms.update().where(schema.alarms.c.alarm_id == alarm_id).values(**changes))


def _alarm(row: Row[Any]) -> Alarm:
    flags = {name: bool(getattr(row, name)) for name in FLAGS}
    return Alarm(**{**row._mapping, **flags, "state": AlarmState(row.state)})
