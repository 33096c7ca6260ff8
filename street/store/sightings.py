"""Sightings in the store: what cameras saw, what waits to be looked at, what people said.

A verdict and what it does to the incident are one transaction; so is filing by itself.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, Row, case, select

from street.camera_proof import (
    CONFIRMED,
    DWELL_US,
    ENOUGH,
    REASONS,
    REJECTED,
    USUAL_DWELL_US,
    WORD_HOLDS_US,
    Precision,
    Sighting,
    continued,
    precision,
)
from street.clock import HOUR_US
from street.errors import FieldError, SupersededError, UnknownSightingError
from street.incidents import Act, Incident, Order, Stage
from street.people import Actor
from street.store import audit_chain, incidents, schema
from street.store.acts import Acts
from street.store.audit_chain import Entry
from street.store.office import Office

MOST_WAITING: Final = 500
FALSE_ALARM: Final = "false alarm of a camera"
BRIEF_KEPT_US: Final = HOUR_US  # what did not stand long enough for anybody to look at
_SEEN: Final = ("label", "zones", "matter", "confidence", "first_us", "last_us", "has_ended")  # the camera's, not ours


def note(connection: Connection, sighting: Sighting) -> None:
    """Keep what a camera says of one object now."""
    table = schema.sightings
    before = _found(connection, sighting.sighting_id)
    if before is None:
        connection.execute(table.insert(), _row(sighting))
        return
    after = continued(before, sighting)
    if after != before:
        row = _row(after)
        _change(connection, sighting.sighting_id, {name: row[name] for name in _SEEN})


def end(connection: Connection, sighting_id: str, at_us: int) -> None:
    """Note that one has gone, or moves on; of what nobody was told nothing is noted."""
    it = schema.sightings.c
    named = schema.sightings.update().where(it.sighting_id == sighting_id, it.has_ended == 0, it.first_us <= at_us)
    connection.execute(named.values(has_ended=1, last_us=case((it.last_us > at_us, it.last_us), else_=at_us)))


class Sightings:
    """What the review of cameras needs of one store. Safe in any thread; every method raises StoreError."""

    def __init__(self, office: Office, ring: Callable[[], None]) -> None:
        self._office = office
        self._ring = ring
        self._acts = Acts(office, ring)

    def get(self, sighting_id: str) -> Sighting | None:
        """Return one, None where there is none of this id."""
        with self._office.reading("read a sighting") as connection:
            return _found(connection, sighting_id)

    def waiting(self, now_us: int, limit: int = MOST_WAITING) -> list[Sighting]:
        """Return what stood long enough and nobody has judged, oldest first."""
        it = schema.sightings.c
        statement = select(schema.sightings).where(it.verdict == "", _stood(now_us))
        with self._office.reading("read what cameras saw") as connection:
            found = connection.execute(statement.order_by(it.first_us, it.sighting_id).limit(limit))
            return [_sighting(row) for row in found]

    def to_file(self, asset_id: str, matter: str, now_us: int, limit: int = MOST_WAITING) -> list[Sighting]:
        """Return of what waits what one camera saw of one class and has no incident, oldest first."""
        it = schema.sightings.c
        is_new = (it.verdict == "") & (it.incident_id == "") & (it.asset_id == asset_id) & (it.matter == matter)
        statement = select(schema.sightings).where(is_new, _stood(now_us)).order_by(it.first_us, it.sighting_id)
        with self._office.reading("read what cameras saw") as connection:
            return [_sighting(row) for row in connection.execute(statement.limit(limit))]

    def precisions(self) -> list[Precision]:
        """Return how far each camera is to be believed on each class that was ever judged, in their order."""
        table = schema.sightings.c
        names = select(table.asset_id, table.matter).where(table.verdict != "").distinct()
        with self._office.reading("read how cameras were judged") as connection:
            pairs = connection.execute(names.order_by(table.asset_id, table.matter)).all()
            return [_precision(connection, asset_id, matter) for asset_id, matter in pairs]

    def judge(self, sighting_id: str, verdict: str, *, incident: Incident, reason: str, by: Actor) -> Sighting:
        """Say what a person makes of one; the same verdict again changes nothing.

        Confirming reports *incident*, unless one of its id is there; rejecting dismisses it where nobody has done
        anything with it.

        Raises:
            FieldError: the verdict or the reason is none.
            UnknownSightingError: there is none of this id.
            SupersededError: somebody said otherwise before.
        """
        _check(verdict, reason)
        with self._office.writing("judge what a camera saw") as connection:
            found = _found(connection, sighting_id)
            if found is None:
                raise UnknownSightingError(sighting_id)
            if found.verdict == verdict:
                return found
            if found.verdict:
                msg = f"{sighting_id} was {found.verdict} by {found.decided_by}"
                raise SupersededError(msg, None, found.decided_by)
            now_us = self._office.now_us()
            judged = replace(found, verdict=verdict, reason=reason, decided_by=by.login, decided_us=now_us)
            if verdict == CONFIRMED:
                self._acts.report_in(connection, incident, by=by, now_us=now_us)
                judged = replace(judged, incident_id=incident.incident_id)
            elif found.incident_id:
                self._dismiss(connection, judged, by, now_us)
            self._keep(connection, judged, by, now_us)
        self._ring()
        return judged

    def file(self, sighting_id: str, incident: Incident, *, by: Actor) -> bool:
        """Report *incident* with nobody having looked; it still waits for a verdict.

        Returns:
            False where a person was quicker, or the camera is not believed, or not any more.
        """
        with self._office.writing("file what a camera saw") as connection:
            found = _found(connection, sighting_id)
            if found is None or found.verdict or found.incident_id:
                return False
            if not _precision(connection, found.asset_id, found.matter).is_trusted:
                return False
            is_new = self._acts.report_in(connection, incident, by=by, now_us=self._office.now_us())
            _change(connection, sighting_id, {"is_automatic": 1, "incident_id": incident.incident_id})
        self._ring()
        return is_new

    def forget(self, now_us: int, kept_us: int) -> int:
        """Remove what nobody has judged for so long, and soon what was too brief to be looked at; return how many."""
        it = schema.sightings.c
        is_idle = (it.verdict == "") & (it.last_us < now_us - kept_us)
        is_brief = (it.verdict == "") & (it.incident_id == "") & (it.last_us < now_us - BRIEF_KEPT_US)
        is_old = is_idle | (is_brief & ~_stood(now_us))
        with self._office.reading("look at what nobody judged") as connection:
            if connection.execute(select(it.sighting_id).where(is_old).limit(1)).first() is None:
                return 0
        with self._office.writing("forget what nobody judged") as connection:
            return connection.execute(schema.sightings.delete().where(is_old)).rowcount

    def _dismiss(self, connection: Connection, judged: Sighting, by: Actor, now_us: int) -> None:
        """Take back what was filed by itself, unless somebody has begun to deal with it."""
        found = incidents.incidents_by_id(connection, [judged.incident_id])
        if not found or found[0].stage is not Stage.REPORTED:
            return
        order = Order(
            action_id=f"review/{judged.sighting_id}", incident_id=judged.incident_id, act=Act.DISMISS, at_us=now_us,
            reason=f"{FALSE_ALARM}: {judged.reason}",
        )  # fmt: skip
        self._acts.act_in(connection, order, by=by, now_us=now_us)

    def _keep(self, connection: Connection, judged: Sighting, by: Actor, now_us: int) -> None:
        said = ("verdict", "reason", "decided_by", "decided_us", "incident_id")
        _change(connection, judged.sighting_id, {name: getattr(judged, name) for name in said})
        after = orjson.dumps({"verdict": judged.verdict, "matter": judged.matter}).decode()
        thing = f"sighting/{judged.sighting_id}"
        entry = Entry(now_us, "sighting.judge", thing, "done", by, after=after, reason=judged.reason)
        audit_chain.append(connection, self._office.audit_key, entry)


def _check(verdict: str, reason: str) -> None:
    if verdict not in {CONFIRMED, REJECTED}:
        raise FieldError(field="verdict", code="unknown")
    if verdict == REJECTED and not reason:
        raise FieldError(field="reason", code="missing")
    if reason not in (REASONS if verdict == REJECTED else ("",)):
        raise FieldError(field="reason", code="unknown")


def _stood(now_us: int) -> ColumnElement[bool]:
    """Return the condition that `street.camera_proof.is_due` is."""
    it = schema.sightings.c
    due_us = it.first_us + case(dict(DWELL_US), value=it.matter, else_=USUAL_DWELL_US)
    return (due_us <= now_us) & (due_us <= it.last_us + case((it.has_ended == 1, 0), else_=WORD_HOLDS_US))


def _found(connection: Connection, sighting_id: str) -> Sighting | None:
    row = connection.execute(select(schema.sightings).where(schema.sightings.c.sighting_id == sighting_id)).first()
    return None if row is None else _sighting(row)


def _change(connection: Connection, sighting_id: str, values: dict[str, Any]) -> None:
    connection.execute(schema.sightings.update().where(schema.sightings.c.sighting_id == sighting_id).values(values))


def _precision(connection: Connection, asset_id: str, matter: str) -> Precision:
    table = schema.sightings.c
    statement = select(table.verdict).where(table.asset_id == asset_id, table.matter == matter, table.verdict != "")
    newest = statement.order_by(table.decided_us.desc(), table.sighting_id).limit(ENOUGH)
    return precision(asset_id, matter, connection.execute(newest).scalars())


def _row(sighting: Sighting) -> dict[str, Any]:
    return asdict(sighting) | {
        "zones": " ".join(sighting.zones), "has_ended": int(sighting.has_ended),
        "is_automatic": int(sighting.is_automatic),
    }  # fmt: skip


def _sighting(row: Row[Any]) -> Sighting:
    said = dict(row._mapping)
    zones = tuple(said["zones"].split(" ")) if said["zones"] else ()
    return Sighting(
        **{**said, "zones": zones, "has_ended": bool(row.has_ended), "is_automatic": bool(row.is_automatic)}
    )
