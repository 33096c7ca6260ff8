"""Escalations in the store: what each open incident waits for, and what went up.

    arm ──▶ escalations: one row an open incident, thought about anew whenever its version moves
    due ──▶ go_up ──▶ step row, act, audit, notice, next step: one transaction

A step is never taken twice: its row's key is the incident, the wait and the level. None is skipped: the next one is
planned in the transaction of the one before. Whoever answers between `due` and `go_up` has moved the version, and
nothing goes up.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, and_, delete, func, or_, select

from street.clock import HOUR_US, MINUTE_US
from street.escalation import Ladder, Moves, Step, Wait, Why, first_step, step_after, wait_of
from street.incidents import MOVES, OPEN_STAGES, Act, Incident, Order, Stage
from street.notices import about, to_department, to_person, to_reached, to_role
from street.people import Actor, Role
from street.store import incidents, notices, schema
from street.store.acts import Performance
from street.store.office import Office
from street.store.statements import upsert

ARMED_AT_ONCE: Final = 500
DUE_AT_ONCE: Final = 100
SERIOUS: Final = 2  # up to this severity, operators are told of what is new; the rest waits in the queue
DUTY: Final = Actor.system("duty")
_MOVING: Final = tuple(act.value for act, move in MOVES.items() if move.to is not None or move.goes_back)
_NO_PROGRESS: Final = tuple(act.value for act in (Act.SUPERVISE, Act.ESCALATE, Act.SCORE))
_NO_WAIT: Final = -1


class Due(NamedTuple):
    """A step whose time has come."""

    incident_id: str
    version: int
    step: Step


class Escalations:
    """The escalations of one store, for the duty process. Every method raises StoreError."""

    def __init__(self, office: Office, ring: Callable[[], None]) -> None:
        self._office = office
        self._ring = ring

    def arm(self, ladder: Ladder, subdistrict_id: str, now_us: int) -> int:
        """Think anew about incidents that have moved, and tell of serious new ones; return how many those were.

        Args:
            ladder: when what goes up.
            subdistrict_id: where things lie that lie nowhere in particular.
            now_us: what is older than an hour is no news.
        """
        with self._office.reading("look for incidents that moved") as connection:
            if not _moved(connection, 1):
                return 0
        with self._office.writing("plan escalations") as connection:
            rows = _moved(connection, ARMED_AT_ONCE)
            moves = _moves_of(connection, [row.incident_id for row in rows])
            for row in rows:
                incident = incidents.incident_of(row)
                if _is_news(incident, now_us):
                    to = to_role(Role.OPERATOR, area_of(connection, incident) or subdistrict_id)
                    told = about(incident, "reported", f"duty/reported/{incident.incident_id}", now_us, to)
                    notices.put(connection, told)
                _plan(connection, incident, _armed(connection, incident, moves, ladder))
        return len(rows)

    def due(self, now_us: int) -> list[Due]:
        """Return the steps whose time has come, the longest due first."""
        table = schema.escalations
        statement = select(table).where(table.c.due_us <= now_us).order_by(table.c.due_us).limit(DUE_AT_ONCE)
        with self._office.reading("look for escalations") as connection:
            return [Due(row.incident_id, row.version, _step(row)) for row in connection.execute(statement)]

    def step_of(self, incident_id: str) -> Step | None:
        """Return the step that is to come; None where there is none, or duty has not seen the last move yet."""
        table, it = schema.escalations, schema.incidents.c
        statement = (
            select(table)
            .join(schema.incidents, it.incident_id == table.c.incident_id)
            .where(table.c.incident_id == incident_id, table.c.version == it.version, table.c.due_us.is_not(None))
        )
        with self._office.reading("look at an escalation") as connection:
            row = connection.execute(statement).first()
        return None if row is None else _step(row)

    def go_up(self, due: Due, ladder: Ladder, subdistrict_id: str, now_us: int) -> bool:
        """Take one step; False where somebody was quicker, by answering or by taking it.

        Args:
            due: as `due` returned it.
            ladder: for the step after it.
            subdistrict_id: where things lie that lie nowhere in particular.
            now_us: the present.
        """
        with self._office.writing("escalate") as connection:
            incident = _still(connection, due)
            if incident is None:
                return False
            _take(connection, due, now_us)
            step, name = due.step, _name(due)
            order = Order(
                action_id=name, incident_id=due.incident_id, act=Act.ESCALATE, at_us=now_us, reason=step.why.value
            )
            moved = Performance(connection, DUTY, now_us, self._office.audit_key).perform(order)
            wait = wait_of(incident, _moves_of(connection, [due.incident_id]).get(due.incident_id, Moves()))
            minutes = max(now_us - (wait.since_us if wait else now_us), 0) // MINUTE_US
            to = (
                *whose(moved),
                *to_reached(step.level, area_of(connection, moved) or subdistrict_id, subdistrict_id),
            )
            notices.put(
                connection, about(moved, step.why.value, name, now_us, *to, level=str(step.level), minutes=str(minutes))
            )
            _plan(connection, moved, _Plan.of(wait, step_after(moved, step, ladder)))
        self._ring()
        return True


def _is_news(incident: Incident, now_us: int) -> bool:
    is_serious = incident.severity <= SERIOUS
    return incident.stage is Stage.REPORTED and is_serious and now_us - incident.reported_us < HOUR_US


def _moved(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """Return incidents whose version is not the one that was thought about, and those never thought about."""
    it, table = schema.incidents, schema.escalations
    is_new = and_(table.c.incident_id.is_(None), incidents.IS_OPEN)
    statement = (
        select(it)
        .outerjoin(table, table.c.incident_id == it.c.incident_id)
        .where(or_(is_new, table.c.version != it.c.version))
        .order_by(it.c.severity)
        .limit(limit)
    )
    return connection.execute(statement).all()


def _moves_of(connection: Connection, incident_ids: Sequence[str]) -> dict[str, Moves]:
    """Return the last things that were done; what the program does alone by time is no progress."""
    actions = schema.incident_actions.c
    by_people = (actions.person_id != "") & actions.action.not_in(_NO_PROGRESS)
    statement = (
        select(
            actions.incident_id,
            func.max(actions.version).filter(actions.action.in_(_MOVING)),
            func.max(actions.version).filter(by_people),
            func.max(func.coalesce(actions.counted_us, actions.at_us)).filter(by_people),
        )
        .where(actions.incident_id.in_(list(incident_ids)), actions.version.is_not(None))
        .group_by(actions.incident_id)
    )
    return {name: Moves(*(part or 0 for part in parts)) for name, *parts in connection.execute(statement)}


class _Plan(NamedTuple):
    """A row of `escalations`: the wait, and its next step; `due_us` None where nothing more is to come of it."""

    wait_no: int
    why: str
    level: int
    due_us: int | None

    @classmethod
    def of(cls, wait: Wait | None, step: Step | None) -> "_Plan":
        if wait is None:
            return cls(_NO_WAIT, "", 0, None)
        return cls(wait.wait_no, wait.why.value, step.level if step else 0, step.due_us if step else None)


def _armed(connection: Connection, incident: Incident, moves: Mapping[str, Moves], ladder: Ladder) -> _Plan:
    """Return the plan as it was while the same wait goes on, else that of the new wait."""
    wait = wait_of(incident, moves.get(incident.incident_id, Moves()))
    if wait is None:
        return _Plan.of(None, None)
    table = schema.escalations
    row = connection.execute(select(table).where(table.c.incident_id == incident.incident_id)).first()
    if row is not None and (row.wait_no, row.why) == (wait.wait_no, wait.why.value):
        return _Plan(row.wait_no, row.why, row.level, row.due_us)
    return _Plan.of(wait, first_step(incident, wait, ladder))


def _plan(connection: Connection, incident: Incident, plan: _Plan) -> None:
    """Note what is to come; where nothing is, the wait stays known while it lasts, so that it never begins again."""
    table = schema.escalations
    if incident.stage not in OPEN_STAGES:
        connection.execute(delete(table).where(table.c.incident_id == incident.incident_id))
        return
    row = {"incident_id": incident.incident_id, "version": incident.version, **plan._asdict()}
    statement = upsert(connection.dialect, table).values(row)
    moved = {name: statement.excluded[name] for name in row if name != "incident_id"}
    connection.execute(statement.on_conflict_do_update(index_elements=["incident_id"], set_=moved))


def _still(connection: Connection, due: Due) -> Incident | None:
    """Return the incident while it waits for this very step; None where it has moved, or the step was taken."""
    table = schema.escalations
    row = connection.execute(select(table).where(table.c.incident_id == due.incident_id)).first()
    found = incidents.incidents_by_id(connection, [due.incident_id])
    if row is None or row.due_us is None or not found or _step(row) != due.step:
        return None
    return found[0] if found[0].version == row.version == due.version else None


def _take(connection: Connection, due: Due, now_us: int) -> None:
    """Write the step's row; that it is there already is impossible, and would undo the whole transaction."""
    row = {"incident_id": due.incident_id, **due.step._asdict(), "why": due.step.why.value, "done_us": now_us}
    connection.execute(schema.escalation_steps.insert(), row)


def _step(row: Row[Any]) -> Step:
    return Step(row.wait_no, Why(row.why), row.level, row.due_us)


def _name(due: Due) -> str:
    return f"duty/up/{due.incident_id}/{due.step.wait_no}/{due.step.level}"


def whose(incident: Incident) -> tuple[str, ...]:
    """Return who has it: the officer, or all of the department."""
    if incident.handler_id:
        return (to_person(incident.handler_id),)
    return (to_department(incident.department_id),) if incident.department_id else ()


def area_of(connection: Connection, incident: Incident) -> str:
    """Return where it lies: where its asset does if nobody knows better."""
    if area_id := incident.grid_cell_id or incident.community_id:
        return area_id
    assets = schema.assets.c
    statement = select(assets.grid_cell_id, assets.community_id).where(assets.asset_id == incident.asset_id)
    row = connection.execute(statement).first()
    return "" if row is None else row.grid_cell_id or row.community_id
