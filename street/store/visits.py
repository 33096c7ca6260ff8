"""Visits to key areas in the store: which officer was in which, from when until when.

Of where somebody was nothing else is kept: not the way, and not outside of key areas.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import delete, func, select, update

from street.key_areas import PATROL_US, Stay
from street.store import schema
from street.store.office import Office


class Visit(NamedTuple):
    """One officer's stay in one key area."""

    place_id: str
    person_id: str
    stay: Stay


class Visits:
    """The visits of one store. Safe in any thread; every method raises StoreError."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def going_on(self) -> list[Visit]:
        """Return who is in which area now."""
        table = schema.area_visits
        with self._office.reading("read visits") as connection:
            statement = select(table).where(table.c.left_us.is_(None)).order_by(table.c.entered_us)
            return [
                Visit(row.place_id, row.person_id, Stay(row.entered_us, row.seen_us, row.left_us))
                for row in connection.execute(statement)
            ]

    def last_patrols(self) -> dict[str, int]:
        """Return when each area was last seen by somebody who stayed long enough to look around [µs], by place."""
        it = schema.area_visits.c
        statement = select(it.place_id, func.max(it.seen_us)).where(it.seen_us - it.entered_us >= PATROL_US)
        with self._office.reading("read patrols") as connection:
            return {row.place_id: row[1] for row in connection.execute(statement.group_by(it.place_id))}

    def keep(self, visits: Iterable[Visit]) -> None:
        """Store visits that began, go on, or ended, all of them or none; of who is no more nothing is kept."""
        table = schema.area_visits
        with self._office.writing("keep visits") as connection:
            for it in visits:
                key = {"place_id": it.place_id, "person_id": it.person_id, "entered_us": it.stay.entered_us}
                row = {"seen_us": it.stay.seen_us, "left_us": it.stay.left_us}
                named = update(table).where(*(table.c[name] == value for name, value in key.items())).values(row)
                if connection.execute(named).rowcount == 0 and it.stay.left_us is None:
                    connection.execute(table.insert(), key | row)

    def forget(self, before_us: int) -> int:
        """Remove visits that ended before *before_us*; return how many."""
        table = schema.area_visits
        with self._office.reading("look at visits") as connection:
            if connection.execute(select(table.c.place_id).where(table.c.left_us < before_us).limit(1)).first() is None:
                return 0
        with self._office.writing("forget visits") as connection:
            return connection.execute(delete(table).where(table.c.left_us < before_us)).rowcount
