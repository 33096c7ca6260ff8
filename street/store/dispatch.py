"""Dispatch in the store: where officers were last, who could be sent, and duty's sign of life.

A position is kept while its officer is on duty and no longer: what the street needs is where to send from, not where
somebody was.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select

from street.clock import SECOND_US
from street.dispatching import Candidate, Position
from street.incidents import OPEN_STAGES
from street.people import Person, Role, lies_in
from street.store import schema
from street.store.office import Office
from street.store.person_rows import read_people
from street.store.statements import upsert

FUTURE_US: Final = 120 * SECOND_US  # a tablet's clock may be ahead by so much
DUTY: Final = "duty"  # the part's name among the heartbeats


class Dispatch:
    """What dispatching needs of one store. Safe in any thread; every method raises StoreError."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def put_position(self, person_id: str, position: Position, now_us: int) -> bool:
        """Keep where an officer is; False where she is not on duty, or a newer one is known, or it cannot be true.

        A position from the future by more than a clock may be wrong is not kept: nothing newer could replace it.
        """
        table = schema.officer_positions
        if not _is_possible(position, now_us):
            return False
        row = {
            "person_id": person_id, "at_us": position.at_us, "received_us": now_us, "lon": position.lon,
            "lat": position.lat, "accuracy_m": position.accuracy_m,
        }  # fmt: skip
        with self._office.writing("keep a position") as connection:
            if not _on_duty(connection, person_id, now_us):
                return False
            statement = upsert(connection.dialect, table).values(row)
            moved = {name: statement.excluded[name] for name in row if name != "person_id"}
            statement = statement.on_conflict_do_update(
                index_elements=["person_id"], set_=moved, where=statement.excluded.at_us > table.c.at_us
            )
            return connection.execute(statement.returning(table.c.at_us)).first() is not None

    def positions(self) -> dict[str, Position]:
        """Return where each officer was last, by person."""
        with self._office.reading("read positions") as connection:
            return _positions(connection)

    def forget_positions(self, now_us: int) -> int:
        """Remove the positions of who is not on duty any more; return how many."""
        table, shifts = schema.officer_positions, schema.shifts.c
        on_duty = select(shifts.person_id).where(shifts.starts_us <= now_us, shifts.ends_us > now_us)
        is_off = table.c.person_id.not_in(on_duty)
        with self._office.reading("look at positions") as connection:
            if connection.execute(select(table.c.person_id).where(is_off).limit(1)).first() is None:
                return 0
        with self._office.writing("forget positions") as connection:
            return connection.execute(delete(table).where(is_off)).rowcount

    def candidates(self, area_id: str, now_us: int, *, owner: str = "") -> list[Candidate]:
        """Return who could be sent to something in *area_id*: its officers, and the departments.

        Args:
            area_id: where it lies.
            now_us: for who is on duty and what is late.
            owner: a department that is among them even if nobody of it has an account.
        """
        with self._office.reading("read candidates") as connection:
            people = read_people(connection, now_us, _may_be_sent())
            positions = _positions(connection)
            of_officers, of_departments = _loads(connection, now_us)
        officers = [
            _officer(it, positions.get(it.person_id), of_officers.get(it.person_id, (0, 0)))
            for it in people if _works_in(it, area_id)
        ]  # fmt: skip
        names = {it.unit for it in people if Role.DEPARTMENT in it.roles and it.unit} | ({owner} if owner else set())
        return officers + [_department(name, of_departments.get(name, (0, 0))) for name in sorted(names)]

    def beat(self, now_us: int, counts: str) -> None:
        """Say that duty is alive, and what it has counted (JSON)."""
        row = {"part": DUTY, "at_us": now_us, "link": 1, "link_since_us": now_us, "counts": counts}
        with self._office.writing("say that duty lives") as connection:
            statement = upsert(connection.dialect, schema.heartbeats).values(row)
            moved = {name: statement.excluded[name] for name in ("at_us", "counts")}
            connection.execute(statement.on_conflict_do_update(index_elements=["part"], set_=moved))

    def heartbeat(self) -> int | None:
        """Return duty's last sign of life [µs], None before the first."""
        with self._office.reading("look whether duty lives") as connection:
            return duty_beat(connection)


def duty_beat(connection: Connection) -> int | None:
    """Return duty's last sign of life [µs], None before the first."""
    beats = schema.heartbeats.c
    return connection.execute(select(beats.at_us).where(beats.part == DUTY)).scalar()


def _is_possible(position: Position, now_us: int) -> bool:
    accuracy = position.accuracy_m
    return (
        -180 <= position.lon <= 180
        and -90 <= position.lat <= 90
        and (accuracy is None or (math.isfinite(accuracy) and accuracy >= 0))
        and 0 <= position.at_us <= now_us + FUTURE_US
    )


def _on_duty(connection: Connection, person_id: str, now_us: int) -> bool:
    shifts = schema.shifts.c
    statement = select(shifts.person_id).where(
        shifts.person_id == person_id, shifts.starts_us <= now_us, shifts.ends_us > now_us
    )
    return connection.execute(statement.limit(1)).first() is not None


def _positions(connection: Connection) -> dict[str, Position]:
    table = schema.officer_positions
    return {
        row.person_id: Position(row.lon, row.lat, row.at_us, row.accuracy_m)
        for row in connection.execute(select(table))
    }


def _may_be_sent() -> Any:  # noqa: ANN401 - a condition of SQLAlchemy
    grants, people = schema.grants.c, schema.people.c
    roles = [Role.OFFICER.value, Role.DEPARTMENT.value]
    return (people.is_active == 1) & people.person_id.in_(select(grants.person_id).where(grants.role.in_(roles)))


def _works_in(person: Person, area_id: str) -> bool:
    """Return whether she is an officer of an area that holds this one, or of one inside it."""
    areas = [grant.area_id for grant in person.grants if grant.role is Role.OFFICER]
    return any(lies_in(area_id, area) or lies_in(area, area_id) for area in areas)


def _officer(person: Person, position: Position | None, load: tuple[int, int]) -> Candidate:
    return Candidate(
        person_id=person.person_id, name=person.name, name_en=person.name_en, unit=person.unit,
        areas=tuple(grant.area_id for grant in person.grants if grant.role is Role.OFFICER),
        is_on_duty=person.is_on_duty, open_count=load[0], late_count=load[1], position=position,
    )  # fmt: skip


def _department(name: str, load: tuple[int, int]) -> Candidate:
    return Candidate(department_id=name, name=name, unit=name, open_count=load[0], late_count=load[1])


_Loads = Mapping[str, tuple[int, int]]


def _loads(connection: Connection, now_us: int) -> tuple[_Loads, _Loads]:
    """Return how many open incidents each officer and each department has, and how many of them are late."""
    it = schema.incidents.c
    is_open = it.stage.in_(sorted(stage.value for stage in OPEN_STAGES))
    late = func.count().filter(it.due_us < now_us)
    loads: list[_Loads] = []
    for whose in (it.handler_id, it.department_id):
        statement = select(whose, func.count(), late).where(is_open, whose != "").group_by(whose)
        loads.append({name: (many, few) for name, many, few in connection.execute(statement)})
    return loads[0], loads[1]
