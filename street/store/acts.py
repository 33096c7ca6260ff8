"""What is done to incidents: one transaction for the incident's row, what was done, the audit and the change.

order ──▶ done before under this id?             the same answer again
      ──▶ is the version it saw still the last?  else SupersededError
      ──▶ street.incidents.advance               else IllegalTransitionError, FieldError, NotAllowedError
      ──▶ row, act, alarms, audit, notices, change: all of it, or nothing
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import orjson
from sqlalchemy import Connection

from street.errors import FieldError, IllegalTransitionError, SupersededError, UnknownIncidentError
from street.incidents import Act, Incident, Order, Stage, advance, settled_us
from street.people import Actor
from street.store import act_rows, alarm_rows, audit_chain, incidents, notices
from street.store.act_clocks import Rulebook
from street.store.act_notices import notices_of
from street.store.act_rows import Done, Filters, InQueue
from street.store.audit_chain import Entry
from street.store.office import Office
from street.store.statements import build

MOST_OTHERS: Final = 100  # that one act merges or splits
FIRST: Final = InQueue(0, 0, "")


class Outcome(NamedTuple):
    """What an order left behind; `is_repeat` where that had been done before."""

    incident: Incident
    is_repeat: bool


class Acts:
    """What people and the duty process do to the incidents of one store. Safe in any thread."""

    def __init__(self, office: Office, ring: Callable[[], None]) -> None:
        self._office = office
        self._ring = ring

    def act(self, order: Order, *, by: Actor, now_us: int) -> Outcome:
        """Do what *order* says, once.

        Raises:
            UnknownIncidentError: there is none of this id, or of one of the others.
            SupersededError: somebody did something else since the version that was seen.
            IllegalTransitionError: the incident is not where this could be done.
            FieldError: the order lacks what the act needs, or its id was used for something else.
            NotAllowedError: see `street.incidents.advance`.
            StoreError: nothing was kept.
        """
        with self._office.writing("act on an incident") as connection:
            outcome = self.act_in(connection, order, by=by, now_us=now_us)
        if not outcome.is_repeat:
            self._ring()
        return outcome

    def act_in(self, connection: Connection, order: Order, *, by: Actor, now_us: int) -> Outcome:
        """Do it in the caller's transaction, who rings afterwards; raises as `act`."""
        before = act_rows.answer_of(connection, order, by)
        if before is not None:
            return Outcome(before, is_repeat=True)
        return Outcome(Performance(connection, by, now_us, self._office.audit_key).perform(order), is_repeat=False)

    def report(self, incident: Incident, *, action_id: str, by: Actor, now_us: int) -> Outcome:
        """Report *incident* for a person, once; one of the same id is there already: that is the answer.

        Raises:
            FieldError: its matter is unknown, or the id is of another's report.
            StoreError: nothing was kept.
        """
        with self._office.writing("report an incident") as connection:
            is_new = self._report(connection, incident, action_id, by, now_us)
            if not is_new:
                act_rows.check_reporter(connection, incident.incident_id, by)
            [kept] = incidents.incidents_by_id(connection, [incident.incident_id])
            if is_new:
                tell(connection, now_us, [incident.incident_id])
        if is_new:
            self._ring()
        return Outcome(kept, is_repeat=not is_new)

    def report_in(self, connection: Connection, incident: Incident, *, by: Actor, now_us: int) -> bool:
        """Report in the caller's transaction, who rings afterwards; False where one of its id is there, whoever's."""
        is_new = self._report(connection, incident, "", by, now_us)
        if is_new:
            tell(connection, now_us, [incident.incident_id])
        return is_new

    def report_all(self, reported: Sequence[Incident], *, by: Actor, now_us: int) -> int:
        """Report all of a list, or nothing of it; return how many were not there before."""
        with self._office.writing("import incidents") as connection:
            new_ids = [it.incident_id for it in reported if self._report(connection, it, "", by, now_us)]
            if new_ids:
                tell(connection, now_us, new_ids)
        if new_ids:
            self._ring()
        return len(new_ids)

    def _report(self, connection: Connection, incident: Incident, action_id: str, by: Actor, now_us: int) -> bool:
        if incident.matter and not Rulebook.of(connection).knows(incident.matter):
            raise FieldError(field="matter", code="unknown")
        if not incidents.report_incident(connection, incident, action_id, by):
            return False
        thing, after = f"incident/{incident.incident_id}", orjson.dumps({"stage": incident.stage}).decode()
        entry = Entry(now_us, "incident.report", thing, "done", by, after=after)
        audit_chain.append(connection, self._office.audit_key, entry)
        return True

    def timeline(self, incident_id: str) -> list[Done]:
        """Return all that was done to an incident or happened to it, oldest first."""
        with self._office.reading("read a timeline") as connection:
            return act_rows.timeline(connection, incident_id)

    def open_queue(
        self, areas: frozenset[str] | None, *, elsewhere: str, after: InQueue = FIRST, limit: int, filters: Filters
    ) -> list[Incident]:
        """Return up to *limit* open incidents of *areas* (None: of all) behind *after*, worst first, then oldest.

        Args:
            areas: in which of them.
            elsewhere: where what lies nowhere in particular lies: the subdistrict.
            after: the place of the last of the page before.
            limit: the most to return.
            filters: what they have.
        """
        with self._office.reading("read the queue") as connection:
            return act_rows.queue(connection, areas, elsewhere, after, limit, filters)

    def count(self, areas: frozenset[str] | None, *, elsewhere: str, filters: Filters) -> int:
        """Return how many incidents `open_queue` returns page by page."""
        with self._office.reading("count the queue") as connection:
            return act_rows.count(connection, areas, elsewhere, filters)


class Performance:
    """One order and what it brings along, in the transaction of *connection*."""

    def __init__(self, connection: Connection, by: Actor, now_us: int, audit_key: bytes) -> None:
        self._connection = connection
        self._rulebook = Rulebook.of(connection)
        self._by = by
        self._now_us = now_us
        self._audit_key = audit_key
        self._entries: list[Entry] = []
        self._moved_ids: list[str] = []
        self._alarm_ids: list[str] = []

    def perform(self, order: Order) -> Incident:
        """Do it; raises as `Acts.act`."""
        if len(order.other_ids) > MOST_OTHERS:
            raise FieldError(field="other_ids", code="too-many")
        incident = self._found(order.incident_id)
        self._check_seen(incident, order)
        moved = self._move(incident, order)
        for number, (other_id, act, beside) in enumerate(_along(order, incident), start=1):
            other = self._found(other_id)
            if act is Act.UNDO and other.merged_into != incident.incident_id:
                raise FieldError(field="other_ids", code="not-merged")
            action_id = f"{order.action_id}/{number}"
            self._move(other, replace(order, action_id=action_id, incident_id=other_id, act=act, other_ids=(beside,)))
        self._tell()
        return moved

    def _found(self, incident_id: str) -> Incident:
        found = incidents.incidents_by_id(self._connection, [incident_id])
        if not found:
            raise UnknownIncidentError(incident_id)
        return found[0]

    def _check_seen(self, incident: Incident, order: Order) -> None:
        seen = order.seen_version
        if seen is None or seen == incident.version:
            return
        by = act_rows.mover_since(self._connection, incident.incident_id, seen)
        if by is not None or seen > incident.version:
            msg = f"{incident.incident_id} is at version {incident.version}, not {seen}: {by or 'nobody'} was quicker"
            raise SupersededError(msg, incident, by or "")

    def _move(self, incident: Incident, order: Order) -> Incident:
        counted = replace(order, at_us=settled_us(incident, order, self._now_us), by_id=self._by.person_id)
        if order.matter and not self._rulebook.knows(order.matter):
            raise FieldError(field="matter", code="unknown")
        try:
            moved = self._rulebook.moved(incident, advance(incident, counted))
        except IllegalTransitionError as error:
            by = act_rows.mover_since(self._connection, incident.incident_id, 0) or ""
            raise IllegalTransitionError(str(error), incident, by) from error
        incidents.move_incident(self._connection, incident, moved)
        act_rows.append(self._connection, counted, order.at_us, moved, self._by, self._now_us)
        if order.act is Act.ACKNOWLEDGE:
            alarm_ids = act_rows.alarms_of(self._connection, incident)
            self._alarm_ids += alarm_rows.acknowledge(self._connection, alarm_ids, self._by, counted.at_us)
        notices.put(self._connection, *notices_of(incident, moved, counted, self._by))
        self._entries.append(_entry(incident, moved, counted, self._by, self._now_us))
        self._moved_ids.append(moved.incident_id)
        return moved

    def _tell(self) -> None:
        audit_chain.append(self._connection, self._audit_key, *self._entries)
        tell(self._connection, self._now_us, self._moved_ids, self._alarm_ids)


def tell(connection: Connection, now_us: int, incident_ids: Sequence[str], alarm_ids: Sequence[str] = ()) -> None:
    """Have streams tell of incidents and alarms that moved, in the caller's transaction."""
    body = orjson.dumps({"i": incident_ids} | ({"al": alarm_ids} if alarm_ids else {})).decode()
    connection.exec_driver_sql(build(connection.dialect).add_change, (now_us, body))


def _along(order: Order, incident: Incident) -> list[tuple[str, Act, str]]:
    """Return which other incidents an order moves, how, and what stands beside them in their history."""
    if order.act is Act.MERGE:
        return [(other, Act.JOIN, incident.incident_id) for other in order.other_ids]
    if order.act is Act.SPLIT:
        return [(other, Act.UNDO, incident.incident_id) for other in order.other_ids]
    if order.act is Act.UNDO and incident.stage is Stage.MERGED:
        return [(incident.merged_into, Act.SPLIT, incident.incident_id)]
    return []


def _entry(before: Incident, after: Incident, order: Order, by: Actor, now_us: int) -> Entry:
    old, new = (orjson.dumps({"stage": it.stage, "version": it.version}).decode() for it in (before, after))
    thing = f"incident/{after.incident_id}"
    return Entry(now_us, f"incident.{order.act}", thing, "done", by, before=old, after=new, reason=order.reason)
