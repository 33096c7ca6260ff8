"""Alarms in the store: one row each, and one appended row for every transition."""

from typing import Any

from sqlalchemy import Connection, Row, or_, select

from street.alarms import Alarm, AlarmState, opens_incident
from street.errors import StoreError
from street.rules.causes import CIRCUIT, GATEWAY
from street.store import schema
from street.store.statements import upsert

COLUMNS = tuple(schema.alarms.columns.keys())
NEVER_ENDS = 2**62
STANDING = (AlarmState.ACTIVE.value, AlarmState.SUPPRESSED.value)


def raise_alarm(connection: Connection, alarm: Alarm) -> bool:
    """Store a new alarm and its first transition; False when it is there already (the first is kept).

    Raises:
        StoreError: a severity that opens an incident came without one: our own mistake.
    """
    if opens_incident(alarm.severity) and alarm.incident_id is None:
        msg = f"alarm {alarm.alarm_id}: severity {alarm.severity} opens an incident, and none was given"
        raise StoreError(msg)
    row = {name: getattr(alarm, name) for name in COLUMNS} | {"state": alarm.state.value}
    # RETURNING, not rowcount: psycopg does not count an INSERT that did nothing.
    statement = upsert(connection.dialect, schema.alarms).on_conflict_do_nothing().returning(schema.alarms.c.alarm_id)
    if connection.execute(statement, row).first() is None:
        return False
    _append(connection, alarm.alarm_id, alarm.state, alarm.raised_us, alarm.value)
    return True


def clear_alarm(connection: Connection, alarm_id: str, at_us: int, value: float | None) -> bool:
    """Clear an active or suppressed alarm and append the transition; False when there is none."""
    alarms = schema.alarms
    statement = (
        alarms.update()
        .where(alarms.c.alarm_id == alarm_id, alarms.c.state.in_(STANDING))
        .values(state=AlarmState.CLEARED.value, cleared_us=at_us)
    )
    if connection.execute(statement).rowcount == 0:
        return False
    _append(connection, alarm_id, AlarmState.CLEARED, at_us, value)
    return True


def shift_alarm(connection: Connection, alarm_id: str, to: AlarmState, at_us: int) -> bool:
    """Put an active alarm under its cause's, or a suppressed one back on its own; False when nothing moves."""
    alarms = schema.alarms
    statement = (
        alarms.update()
        .where(alarms.c.alarm_id == alarm_id, alarms.c.state.in_(STANDING), alarms.c.state != to.value)
        .values(state=to.value)
    )
    if connection.execute(statement).rowcount == 0:
        return False
    _append(connection, alarm_id, to, at_us, None)
    return True


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


def _append(connection: Connection, alarm_id: str, state: AlarmState, at_us: int, value: float | None) -> None:
    row = {"alarm_id": alarm_id, "state": state.value, "at_us": at_us, "value": value}
    connection.execute(schema.alarm_transitions.insert(), row)


def _alarm(row: Row[Any]) -> Alarm:
    return Alarm(**{**row._mapping, "state": AlarmState(row.state)})
