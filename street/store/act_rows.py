"""Rows of what was done to incidents, and the queue of those that are open."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypedDict

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, text, tuple_

from street.errors import FieldError
from street.incidents import MOVES, Incident, Order, Stage
from street.people import Actor
from street.store import incidents, schema

# What an act may change of an incident: kept with it, so that who asks again gets the same answer.
MOVING: Final = (
    "matter", "severity", "stage", "moved_us", "version", "handler_id", "department_id", "due_us", "warn_us",
    "handle_due_us", "overall_due_us", "filed_us", "dispatched_us", "handled_us", "closed_us", "suspended_us", "paused",
    "stage_before", "rework_count", "return_count", "extension_count", "escalation", "is_urgent", "is_supervised",
    "merged_into", "score", "dispatched_by", "handled_by",
)  # fmt: skip
_SAID: Final = ("officer_id", "department_id", "until_us", "other_ids", "proof", "score", "matter", "severity")
_OF_SUBSTANCE: Final = tuple(act.value for act, move in MOVES.items() if not move.is_aside)


class InQueue(NamedTuple):
    """Where an incident stands in the queue: worst first, then oldest."""

    severity: int
    reported_us: int
    incident_id: str


class Filters(TypedDict, total=False):
    """What the incidents of a queue have; "", () and None ask for nothing."""

    stages: tuple[str, ...]
    severity: int | None
    handler_id: str
    department_id: str
    late_us: int | None  # due before this instant


class Done(NamedTuple):
    """One thing that was done to an incident, or happened to it.

    `at_us` is as the device said, `counted_us` when it counts as done, `stored_us` when the store learnt of it.
    """

    action_no: int
    action_id: str
    act: str
    stage: str
    at_us: int
    counted_us: int
    stored_us: int
    person_id: str
    by: str
    note: str
    reason: str
    version: int
    details: dict[str, Any]


def append(connection: Connection, order: Order, told_us: int, moved: Incident, by: Actor, now_us: int) -> None:
    """Add what *order* did: it counts as done when the order says, and was told as done at *told_us*."""
    said = {name: value for name in _SAID if (value := getattr(order, name)) not in {None, "", ()}}
    after = incidents.row_of(moved)
    row = {
        "incident_id": moved.incident_id, "action": order.act.value, "stage": moved.stage.value, "at_us": told_us,
        "action_id": order.action_id or None, "counted_us": order.at_us, "stored_us": now_us, "version": moved.version,
        "person_id": by.person_id, "login": by.login, "note": order.note, "reason": order.reason,
        "details": orjson.dumps(said).decode(), "answer": orjson.dumps({name: after[name] for name in MOVING}).decode(),
    }  # fmt: skip
    connection.execute(schema.incident_actions.insert(), row)


def answer_of(connection: Connection, order: Order, by: Actor) -> Incident | None:
    """Return what the act of this id left behind, or None where there was none.

    Raises:
        FieldError: the id was used for something else, or by somebody else.
    """
    actions = schema.incident_actions
    row = connection.execute(select(actions).where(actions.c.action_id == order.action_id)).first()
    if row is None:
        return None
    if (row.incident_id, row.action, row.person_id) != (order.incident_id, order.act.value, by.person_id):
        raise FieldError(field="action_id", code="used")
    incident = schema.incidents
    kept = connection.execute(select(incident).where(incident.c.incident_id == row.incident_id)).one()
    return incidents.from_fields({**kept._mapping, **orjson.loads(row.answer)})


def alarms_of(connection: Connection, incident: Incident) -> list[str]:
    """Return the alarms that stand behind an incident."""
    alarms = schema.alarms.c
    found = connection.execute(select(alarms.alarm_id).where(alarms.incident_id == incident.incident_id)).scalars()
    return list(dict.fromkeys([*found, *([incident.alarm_id] if incident.alarm_id else [])]))


def check_reporter(connection: Connection, incident_id: str, by: Actor) -> None:
    """Raise FieldError where somebody else than *by* reported the incident."""
    actions = schema.incident_actions
    statement = select(actions.c.person_id).where(actions.c.incident_id == incident_id).order_by(actions.c.action_no)
    if connection.execute(statement.limit(1)).scalar() != by.person_id:
        raise FieldError(field="action_id", code="used")


def mover_since(connection: Connection, incident_id: str, version: int) -> str | None:
    """Return who last did something of substance after *version*, None where nobody did."""
    actions = schema.incident_actions
    statement = (
        select(actions.c.login)
        .where(actions.c.incident_id == incident_id, actions.c.version > version, actions.c.action.in_(_OF_SUBSTANCE))
        .order_by(actions.c.action_no.desc())
        .limit(1)
    )
    return connection.execute(statement).scalar()


def timeline(connection: Connection, incident_id: str) -> list[Done]:
    """Return all that was done to an incident or happened to it, in the order in which the store learnt of it."""
    actions = schema.incident_actions
    statement = select(actions).where(actions.c.incident_id == incident_id).order_by(actions.c.action_no)
    return [_done(dict(row._mapping)) for row in connection.execute(statement)]


def _done(row: Mapping[str, Any]) -> Done:
    at_us = row["at_us"]
    counted_us = at_us if row["counted_us"] is None else row["counted_us"]
    stored_us = counted_us if row["stored_us"] is None else row["stored_us"]
    return Done(
        row["action_no"], row["action_id"] or "", row["action"], row["stage"], at_us, counted_us, stored_us,
        row["person_id"], row["login"], row["note"], row["reason"], row["version"] or 0, orjson.loads(row["details"]),
    )  # fmt: skip


def queue(
    connection: Connection, areas: frozenset[str] | None, elsewhere: str, after: InQueue, limit: int, filters: Filters
) -> list[Incident]:
    """Return up to *limit* open incidents of *areas* (None: of all) behind *after*, worst first, then oldest.

    Args:
        connection: to ask with.
        areas: in which of them.
        elsewhere: the area that lies what lies nowhere in particular.
        after: the last of the page before.
        limit: the most to return.
        filters: what they have.
    """
    it = schema.incidents.c
    columns = (it.severity, it.reported_us, it.incident_id)
    statement = _asked(select(schema.incidents), areas, elsewhere, filters).where(tuple_(*columns) > tuple_(*after))
    found = connection.execute(statement.order_by(*columns).limit(limit))
    return [incidents.incident_of(row) for row in found]


def count(connection: Connection, areas: frozenset[str] | None, elsewhere: str, filters: Filters) -> int:
    """Return how many open incidents there are of those that `queue` returns page by page."""
    counted = select(func.count()).select_from(schema.incidents)
    return int(connection.execute(_asked(counted, areas, elsewhere, filters)).scalar_one())


def _asked(statement: Select[Any], areas: frozenset[str] | None, elsewhere: str, filters: Filters) -> Select[Any]:
    it = schema.incidents.c
    stages = filters.get("stages") or ()
    statement = statement.where(it.stage.in_(stages) if stages else text(schema.OPEN), *_conditions(filters))
    return in_areas(statement, areas, elsewhere)


def in_areas(statement: Select[Any], areas: frozenset[str] | None, elsewhere: str) -> Select[Any]:
    """Return *statement*, of incidents, for those of *areas* alone (None: of all).

    Args:
        statement: what is asked of the incidents.
        areas: in which of them.
        elsewhere: the area in which what lies nowhere in particular lies.
    """
    if areas is None:
        return statement
    it, assets = schema.incidents.c, schema.assets
    lies = [func.nullif(column, "") for column in (it.grid_cell_id, it.community_id)]
    lies += [func.nullif(column, "") for column in (assets.c.grid_cell_id, assets.c.community_id)]
    area = func.coalesce(*lies, elsewhere)
    statement = statement.outerjoin(assets, and_(it.asset_id == assets.c.asset_id, it.community_id == ""))
    return statement.where(or_(*(area.startswith(name, autoescape=True) for name in sorted(areas))) if areas else False)  # type: ignore[arg-type]  # a plain False is taken


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    it = schema.incidents.c
    found: list[ColumnElement[bool]] = []
    if (severity := filters.get("severity")) is not None:
        found.append(it.severity == severity)
    if handler_id := filters.get("handler_id"):
        found.append(it.handler_id == handler_id)
    if department_id := filters.get("department_id"):
        found.append(it.department_id == department_id)
    if (late_us := filters.get("late_us")) is not None:
        found += [it.due_us < late_us, it.stage != Stage.SUSPENDED.value]
    return found
