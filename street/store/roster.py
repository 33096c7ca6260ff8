"""The roster: who is on duty when. A person's shifts never overlap."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select

from street.clock import HOUR_US, iso
from street.errors import FieldError
from street.people import Actor, Shift
from street.store import schema
from street.store.office import Office

LONGEST_US: Final = 36 * HOUR_US


class Roster:
    """The roster of one store."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def shifts(self, from_us: int, to_us: int, area_id: str | None = None) -> list[Shift]:
        """Return shifts that touch the time from *from_us* to before *to_us*, earliest first.

        Args:
            from_us: the beginning [µs UTC].
            to_us: the end [µs UTC].
            area_id: only of people who have a grant in this area or inside it; None: everybody's.
        """
        shifts, grants = schema.shifts, schema.grants.c
        statement = select(shifts).where(shifts.c.ends_us > from_us, shifts.c.starts_us < to_us)
        if area_id is not None:
            inside = select(grants.person_id).where(grants.area_id.startswith(area_id, autoescape=True))
            statement = statement.where(shifts.c.person_id.in_(inside))
        with self._office.reading("read the roster") as connection:
            return [
                _shift(row) for row in connection.execute(statement.order_by(shifts.c.starts_us, shifts.c.person_id))
            ]

    def replace(self, person_id: str, from_us: int, to_us: int, shifts: Iterable[Shift], *, by: Actor) -> None:
        """Make *shifts* the person's only ones that begin from *from_us* to before *to_us*.

        Raises:
            FieldError: a shift has no length, is too long, or overlaps another.
        """
        wanted, table = list(shifts), schema.shifts
        with self._office.writing("change the roster") as connection:
            is_inside = (table.c.starts_us >= from_us) & (table.c.starts_us < to_us)
            old = select(table).where(table.c.person_id == person_id, is_inside).order_by(table.c.starts_us)
            before = _described(_shift(row) for row in connection.execute(old))
            connection.execute(delete(table).where(table.c.person_id == person_id, is_inside))
            insert_shifts(connection, wanted)
            entry = self._office.done(
                "roster.change", f"person/{person_id}", by, before=before, after=_described(wanted)
            )
            self._office.record(connection, entry)

    def put(self, shifts: Iterable[Shift], *, by: Actor) -> None:
        """Add *shifts*; one that begins when another of that person begins takes its place.

        Raises:
            FieldError: as `replace`.
        """
        wanted, table = list(shifts), schema.shifts
        with self._office.writing("change the roster") as connection:
            for shift in wanted:
                is_same = (table.c.person_id == shift.person_id) & (table.c.starts_us == shift.starts_us)
                connection.execute(delete(table).where(is_same))
            insert_shifts(connection, wanted)
            entries = [
                self._office.done("roster.put", f"person/{shift.person_id}", by, after=_described([shift]))
                for shift in wanted
            ]
            self._office.record(connection, *entries)

    def drop(self, shift: Shift, *, by: Actor) -> bool:
        """Take a shift away; False when it is not there."""
        table = schema.shifts
        is_same = (table.c.person_id == shift.person_id) & (table.c.starts_us == shift.starts_us)
        with self._office.writing("change the roster") as connection:
            if connection.execute(delete(table).where(is_same)).rowcount == 0:
                return False
            entry = self._office.done("roster.drop", f"person/{shift.person_id}", by, before=_described([shift]))
            self._office.record(connection, entry)
        return True


def insert_shifts(connection: Connection, shifts: Iterable[Shift]) -> None:
    """Add shifts in the caller's transaction; raises FieldError where they cannot be."""
    wanted = list(shifts)
    if any(not 0 < shift.ends_us - shift.starts_us <= LONGEST_US for shift in wanted):
        raise FieldError(field="shift", code="length")
    if not wanted:
        return
    table = schema.shifts
    rows = [{"person_id": it.person_id, "starts_us": it.starts_us, "ends_us": it.ends_us} for it in wanted]
    if len({(it.person_id, it.starts_us) for it in wanted}) < len(wanted):
        raise FieldError(field="shift", code="overlaps")
    for person_id in {it.person_id for it in wanted}:
        known = select(table).where(table.c.person_id == person_id)
        shifts_of = [
            *(_shift(row) for row in connection.execute(known)),
            *(s for s in wanted if s.person_id == person_id),
        ]
        shifts_of.sort(key=lambda it: it.starts_us)
        if any(earlier.ends_us > later.starts_us for earlier, later in pairwise(shifts_of)):
            raise FieldError(field="shift", code="overlaps")
    connection.execute(table.insert(), rows)


def _shift(row: Row[Any]) -> Shift:
    return Shift(person_id=row.person_id, starts_us=row.starts_us, ends_us=row.ends_us)


def _described(shifts: Iterable[Shift]) -> str:
    return " ".join(f"{iso(shift.starts_us)}/{iso(shift.ends_us)}" for shift in shifts)
