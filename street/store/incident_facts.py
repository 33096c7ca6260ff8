"""What indicators must know of the incidents of a period, in one pass over their rows."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from street.incidents import Stage
from street.indicators import IncidentFacts, Period
from street.matters import Limit
from street.store import schema
from street.store.act_rows import in_areas
from street.store.matters import calendar_of, matters_of
from street.worktime import Calendar


def incident_facts(
    connection: Connection, period: Period, areas: frozenset[str] | None, elsewhere: str
) -> Iterator[IncidentFacts]:
    """Yield the incidents of *areas* (None: of all) that have to do with *period*.

    An incident's row keeps until when it had to be handled and closed; until when it had to be filed and dispatched is
    worked out again from its matter's limits as they are now.

    Args:
        connection: to ask with.
        period: which time; an incident belongs to it by any of its instants or deadlines.
        areas: in which of them.
        elsewhere: the area in which what lies nowhere in particular lies.
    """
    it = schema.incidents.c
    limits = {matter.code: matter.limits for matter in reversed(list(matters_of(connection)))}  # 事项 before components
    due = partial(_due, calendar_of(connection))
    wanted = (it.reported_us, it.filed_us, it.dispatched_us, it.handle_due_us, it.overall_due_us)
    columns = (
        it.matter, it.stage, it.reported_us, it.filed_us, it.dispatched_us, it.handled_us, it.closed_us,
        it.suspended_us, it.handle_due_us, it.overall_due_us, it.rework_count, it.return_count, it.extension_count,
        it.is_urgent, it.is_drill,
    )  # fmt: skip
    statement = select(*columns).where(or_(*(column.between(period.from_us, period.to_us) for column in wanted)))
    for row in connection.execute(in_areas(statement, areas, elsewhere)):
        of_matter = limits.get(row.matter, {})
        yield _facts(
            row,
            file_due_us=due(of_matter.get("reported"), row.reported_us if row.filed_us else None),
            dispatch_due_us=due(of_matter.get("filed"), row.filed_us),
        )


def _facts(row: Row[Any], *, file_due_us: int | None, dispatch_due_us: int | None) -> IncidentFacts:
    return IncidentFacts(
        reported_us=row.reported_us,
        filed_us=row.filed_us,
        dispatched_us=row.dispatched_us,
        handled_us=row.handled_us,
        closed_us=row.closed_us,
        suspended_us=row.suspended_us if row.stage == Stage.SUSPENDED else None,
        file_due_us=file_due_us,
        dispatch_due_us=dispatch_due_us,
        handle_due_us=row.handle_due_us,
        close_due_us=row.overall_due_us,
        rework_count=row.rework_count,
        return_count=row.return_count,
        extension_count=row.extension_count,
        is_urgent=bool(row.is_urgent),
        is_drill=bool(row.is_drill),
        is_merged=row.stage == Stage.MERGED,
        is_dismissed=row.stage == Stage.DISMISSED,
    )


def _due(calendar: Calendar, limit: Limit | None, from_us: int | None) -> int | None:
    return None if limit is None or from_us is None else calendar.add(from_us, limit.amount, limit.unit)
