"""Incidents in the store: one row each, and one appended row for everything that was done or happened."""

from typing import Any

import orjson
from sqlalchemy import Connection, Row, select, tuple_

from street.incidents import OPEN_STAGES, Incident, Stage
from street.store import schema
from street.store.marks import read_mark, write_mark

COLUMNS = tuple(schema.incidents.columns.keys())
LARGEST_SHORT_NO = 999  # what people say aloud on the radio
IS_OPEN = schema.incidents.c.stage.in_(sorted(stage.value for stage in OPEN_STAGES))


def report_incident(connection: Connection, incident: Incident) -> bool:
    """Store a new incident under the next short number; False when its id is there already (the first is kept)."""
    if has_incident(connection, incident.incident_id):
        return False
    row = {name: getattr(incident, name) for name in COLUMNS}
    row |= {"stage": incident.stage.value, "media": orjson.dumps(incident.media).decode()}
    row["short_no"] = _next_short_no(connection)
    connection.execute(schema.incidents.insert(), row)
    _append(connection, incident.incident_id, "reported", incident.stage, incident.reported_us)
    return True


def recover_incident(connection: Connection, incident_id: str, at_us: int) -> bool:
    """Note that its alarm cleared by itself; False when that was noted before, or there is no such incident."""
    incidents = schema.incidents
    statement = (
        incidents.update()
        .where(incidents.c.incident_id == incident_id, incidents.c.recovered_us.is_(None))
        .values(recovered_us=at_us)
    )
    if connection.execute(statement).rowcount == 0:
        return False
    stage = connection.execute(select(incidents.c.stage).where(incidents.c.incident_id == incident_id)).scalar_one()
    _append(connection, incident_id, "recovered", Stage(stage), at_us)
    return True


def has_incident(connection: Connection, incident_id: str) -> bool:
    """Return whether an incident of this id was ever stored."""
    statement = select(schema.incidents.c.version).where(schema.incidents.c.incident_id == incident_id)
    return connection.execute(statement).first() is not None


def open_incidents(connection: Connection) -> list[Incident]:
    """Return what is neither closed nor dismissed: worst first, then oldest."""
    incidents = schema.incidents
    statement = select(incidents).where(IS_OPEN).order_by(incidents.c.severity, incidents.c.reported_us)
    return [_incident(row) for row in connection.execute(statement)]


def incidents_by_id(connection: Connection, incident_ids: list[str]) -> list[Incident]:
    """Return those of *incident_ids* that exist, oldest first."""
    incidents = schema.incidents
    statement = select(incidents).where(incidents.c.incident_id.in_(incident_ids)).order_by(incidents.c.reported_us)
    return [_incident(row) for row in connection.execute(statement)]


def reported_incidents(
    connection: Connection, from_us: int, to_us: int, after: tuple[int, str], limit: int
) -> list[Incident]:
    """Return up to *limit* incidents reported in the range and behind *after* (when, id), oldest first."""
    incidents = schema.incidents
    place = tuple_(incidents.c.reported_us, incidents.c.incident_id)
    statement = (
        select(incidents)
        .where(incidents.c.reported_us >= from_us, incidents.c.reported_us < to_us, place > tuple_(*after))
        .order_by(incidents.c.reported_us, incidents.c.incident_id)
        .limit(limit)
    )
    return [_incident(row) for row in connection.execute(statement)]


def _next_short_no(connection: Connection) -> int:
    """Return the next number from 1 to 999 that no open incident has, so that one number never means two of them.

    Should all be taken, numbers repeat rather than grow: nobody says 1,000 on the radio.
    """
    taken = set(connection.execute(select(schema.incidents.c.short_no).where(IS_OPEN)).scalars())
    last = read_mark(connection, "short_no", 0)
    round_of_all = [(last + step) % LARGEST_SHORT_NO + 1 for step in range(LARGEST_SHORT_NO)]
    short_no = next((number for number in round_of_all if number not in taken), round_of_all[0])
    write_mark(connection, "short_no", short_no)
    return short_no


def _append(connection: Connection, incident_id: str, action: str, stage: Stage, at_us: int) -> None:
    row = {"incident_id": incident_id, "action": action, "stage": stage.value, "at_us": at_us}
    connection.execute(schema.incident_actions.insert(), row)


def _incident(row: Row[Any]) -> Incident:
    return Incident(**{**row._mapping, "stage": Stage(row.stage), "media": tuple(orjson.loads(row.media))})
