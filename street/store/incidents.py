"""Incidents in the store: one row each, and one appended row for everything that was done or happened."""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select, tuple_

from street.errors import SupersededError
from street.incidents import OPEN_STAGES, Act, Incident, Stage
from street.people import Actor
from street.store import schema
from street.store.act_clocks import Rulebook
from street.store.marks import read_mark, write_mark

MACHINE = Actor.system("")  # whoever speaks MQTT, and our own rules
COLUMNS = tuple(schema.incidents.columns.keys())
LISTS = ("media", "paused")
FLAGS = ("is_urgent", "is_supervised", "is_drill")
LARGEST_SHORT_NO = 999  # what people say aloud on the radio
IS_OPEN = schema.incidents.c.stage.in_(sorted(stage.value for stage in OPEN_STAGES))


def report_incident(connection: Connection, incident: Incident, action_id: str = "", by: Actor = MACHINE) -> bool:
    """Store a new incident under the next short number; False when its id is there already (the first is kept).

    One that was filed already, as a scenario may have it, is told as reported and then as filed.
    """
    if has_incident(connection, incident.incident_id):
        return False
    clocked = Rulebook.of(connection).reported(incident)
    connection.execute(schema.incidents.insert(), row_of(clocked) | {"short_no": _next_short_no(connection)})
    said = {"action_id": action_id or None, "person_id": by.person_id, "login": by.login}
    _append(connection, incident.incident_id, "reported", Stage.REPORTED, incident.reported_us, **said)
    if incident.stage is not Stage.REPORTED:
        _append(connection, incident.incident_id, Act.FILE.value, incident.stage, incident.moved_us)
    return True


def recover_incident(connection: Connection, incident_id: str, at_us: int) -> bool:
    """Note that its alarm cleared by itself; False when that was noted before, or there is no such incident."""
    return _note_recovery(connection, incident_id, at_us, is_recovered=True)


def relapse_incident(connection: Connection, incident_id: str, at_us: int) -> bool:
    """Note that its alarm, which had cleared, is back; False when it had not."""
    return _note_recovery(connection, incident_id, at_us, is_recovered=False)


def _note_recovery(connection: Connection, incident_id: str, at_us: int, *, is_recovered: bool) -> bool:
    incidents = schema.incidents
    is_other = incidents.c.recovered_us.is_(None) if is_recovered else incidents.c.recovered_us.is_not(None)
    named = incidents.update().where(incidents.c.incident_id == incident_id, is_other)
    if connection.execute(named.values(recovered_us=at_us if is_recovered else None)).rowcount == 0:
        return False
    stage = connection.execute(select(incidents.c.stage).where(incidents.c.incident_id == incident_id)).scalar_one()
    _append(connection, incident_id, "recovered" if is_recovered else "relapsed", Stage(stage), at_us)
    return True


def move_incident(connection: Connection, before: Incident, after: Incident) -> None:
    """Put *after* in the place of *before*.

    Raises:
        SupersededError: the row is of another version meanwhile.
    """
    incidents = schema.incidents
    old, new = row_of(before), row_of(after)
    moved = {name: value for name, value in new.items() if value != old[name]}
    here = incidents.update().where(
        incidents.c.incident_id == before.incident_id, incidents.c.version == before.version
    )
    if connection.execute(here.values(moved)).rowcount == 0:
        msg = f"{before.incident_id} is not at version {before.version} any more"
        raise SupersededError(msg)


def has_incident(connection: Connection, incident_id: str) -> bool:
    """Return whether an incident of this id was ever stored."""
    statement = select(schema.incidents.c.version).where(schema.incidents.c.incident_id == incident_id)
    return connection.execute(statement).first() is not None


def open_incidents(connection: Connection) -> list[Incident]:
    """Return what is neither closed nor dismissed: worst first, then oldest."""
    incidents = schema.incidents
    statement = select(incidents).where(IS_OPEN).order_by(incidents.c.severity, incidents.c.reported_us)
    return [incident_of(row) for row in connection.execute(statement)]


def incidents_by_id(connection: Connection, incident_ids: list[str]) -> list[Incident]:
    """Return those of *incident_ids* that exist, oldest first."""
    incidents = schema.incidents
    statement = select(incidents).where(incidents.c.incident_id.in_(incident_ids)).order_by(incidents.c.reported_us)
    return [incident_of(row) for row in connection.execute(statement)]


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
    return [incident_of(row) for row in connection.execute(statement)]


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


def _append(
    connection: Connection, incident_id: str, action: str, stage: Stage, at_us: int, **said: str | None
) -> None:
    row = {"incident_id": incident_id, "action": action, "stage": stage.value, "at_us": at_us}
    connection.execute(schema.incident_actions.insert(), row | said)


def row_of(incident: Incident) -> dict[str, Any]:
    """Return an incident as its row."""
    row = {name: getattr(incident, name) for name in COLUMNS}
    row |= {name: orjson.dumps(row[name]).decode() for name in LISTS} | {name: int(row[name]) for name in FLAGS}
    row["stage"] = incident.stage.value
    row["stage_before"] = None if incident.stage_before is None else incident.stage_before.value
    return row


def incident_of(row: Row[Any]) -> Incident:
    """Return the incident that a row of all its columns holds."""
    return from_fields(dict(row._mapping))


def from_fields(said: Mapping[str, Any]) -> Incident:
    """Return the incident that a row's fields make."""
    fields = dict(said)
    fields |= {"media": tuple(orjson.loads(said["media"])), "stage": Stage(said["stage"])}
    fields["paused"] = tuple((begin, end) for begin, end in orjson.loads(said["paused"]))
    before = said["stage_before"]
    fields["stage_before"] = None if before is None else Stage(before)
    return Incident(**fields | {name: bool(said[name]) for name in FLAGS})
