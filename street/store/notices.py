"""Notices in the store: kept with the act that they tell of, and read by whom they are for.

put ── in the act's transaction ──▶ notices, notice_readers, a change that streams tell ("n": person ids)
                                        └──▶ duty: `street.store.deliveries`
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from street.notices import Notice, areas_around
from street.people import lies_in
from street.store import schema
from street.store.office import Office
from street.store.statements import build, upsert

MOST_LISTED: Final = 200


class Listed(NamedTuple):
    """One notice in somebody's list; `read_us` None: not read yet."""

    notice_no: int
    notice: Notice
    read_us: int | None


class Notices:
    """The notices of one store, as their readers have them. Safe in any thread; every method raises StoreError."""

    def __init__(self, office: Office, ring: Callable[[], None]) -> None:
        self._office = office
        self._ring = ring

    def put(self, *notices: Notice) -> None:
        """Keep notices that come with no other act; the same id is never kept twice."""
        with self._office.writing("keep a notice") as connection:
            put(connection, *notices)
        self._ring()

    def of(self, person_id: str, *, before_no: int | None = None, limit: int = MOST_LISTED) -> list[Listed]:
        """Return somebody's notices, the newest first.

        Args:
            person_id: whose.
            before_no: only those older than this one.
            limit: at most so many.
        """
        notices, readers = schema.notices, schema.notice_readers
        statement = (
            select(notices, readers.c.read_us)
            .join(readers, readers.c.notice_no == notices.c.notice_no)
            .where(readers.c.person_id == person_id)
        )
        if before_no is not None:
            statement = statement.where(readers.c.notice_no < before_no)
        statement = statement.order_by(readers.c.notice_no.desc()).limit(min(limit, MOST_LISTED))
        with self._office.reading("read notices") as connection:
            return [Listed(row.notice_no, notice_of(row), row.read_us) for row in connection.execute(statement)]

    def unread(self, person_id: str) -> int:
        """Return how many somebody has not read."""
        readers = schema.notice_readers.c
        statement = select(func.count()).where(readers.person_id == person_id, readers.read_us.is_(None))
        with self._office.reading("count notices") as connection:
            return int(connection.execute(statement).scalar_one())

    def read(self, person_id: str, upto_no: int, now_us: int) -> int:
        """Note that somebody has read everything up to *upto_no*; return how many of it were new to her."""
        table = schema.notice_readers
        statement = update(table).where(
            table.c.person_id == person_id, table.c.notice_no <= upto_no, table.c.read_us.is_(None)
        )
        with self._office.writing("note what was read") as connection:
            return connection.execute(statement.values(read_us=now_us)).rowcount

    def readers(self, notice_id: str) -> list[tuple[str, int | None]]:
        """Return for whom a notice is, and when each has read it [µs]."""
        notices, readers = schema.notices, schema.notice_readers
        statement = (
            select(readers.c.person_id, readers.c.read_us)
            .join(notices, notices.c.notice_no == readers.c.notice_no)
            .where(notices.c.notice_id == notice_id)
            .order_by(readers.c.person_id)
        )
        with self._office.reading("read a notice") as connection:
            return [(row.person_id, row.read_us) for row in connection.execute(statement)]

    def forget(self, before_us: int, limit: int) -> int:
        """Remove up to *limit* notices older than *before_us*, with all that hangs on them; return how many."""
        notices = schema.notices
        old = select(notices.c.notice_no).where(notices.c.at_us < before_us).order_by(notices.c.at_us).limit(limit)
        with self._office.writing("forget notices") as connection:
            return connection.execute(delete(notices).where(notices.c.notice_no.in_(old))).rowcount


def put(connection: Connection, *notices: Notice) -> None:
    """Keep *notices* in the caller's write transaction, and tell streams who has something new."""
    for notice in notices:
        _put(connection, notice)


def notice_of(row: Row[Any]) -> Notice:
    """Return the notice that a row with all its columns holds."""
    return Notice(
        notice_id=row.notice_id, kind=row.kind, at_us=row.at_us, severity=row.severity, incident_id=row.incident_id,
        fields=orjson.loads(row.fields), is_drill=bool(row.is_drill),
    )  # fmt: skip


def _put(connection: Connection, notice: Notice) -> None:
    table = schema.notices
    row = {
        "notice_id": notice.notice_id, "kind": notice.kind, "incident_id": notice.incident_id,
        "severity": notice.severity, "at_us": notice.at_us, "is_drill": int(notice.is_drill), "is_routed": 0,
        "fields": orjson.dumps(dict(notice.fields)).decode(),
    }  # fmt: skip
    statement = upsert(connection.dialect, table).values(row).on_conflict_do_nothing(index_elements=["notice_id"])
    notice_no = connection.execute(statement.returning(table.c.notice_no)).scalar()
    if notice_no is None:
        return  # told before
    readers = _resolved(connection, notice)
    if not readers:
        return
    rows = [{"person_id": person_id, "notice_no": notice_no, "read_us": None} for person_id in readers]
    connection.execute(schema.notice_readers.insert(), rows)
    body = orjson.dumps({"n": readers}).decode()
    connection.exec_driver_sql(build(connection.dialect).add_change, (notice.at_us, body))


class _Holder(NamedTuple):
    """Somebody who might be meant by a role."""

    person_id: str
    area_id: str
    is_on_duty: bool


def _resolved(connection: Connection, notice: Notice) -> list[str]:
    """Return the ids of everybody *notice* is for, each once; those who left are left out."""
    found: dict[str, None] = {}
    for recipient in notice.to:
        sort, _, name = recipient.partition(":")
        found.update(dict.fromkeys(_RESOLVE[sort](connection, name, notice.at_us)))
    return list(found)


def _person(connection: Connection, person_id: str, _at_us: int) -> Sequence[str]:
    return _active(connection, schema.people.c.person_id == person_id)


def _department(connection: Connection, department_id: str, _at_us: int) -> Sequence[str]:
    return _active(connection, schema.people.c.unit == department_id) if department_id else ()


def _active(connection: Connection, where: ColumnElement[bool]) -> Sequence[str]:
    people = schema.people.c
    statement = select(people.person_id).where(where, people.is_active == 1).order_by(people.login)
    return connection.execute(statement).scalars().all()


def _role(connection: Connection, name: str, at_us: int) -> Sequence[str]:
    role, _, area_id = name.partition("@")
    return _on_duty_first([it for it in _holders(connection, role, area_id, at_us) if lies_in(area_id, it.area_id)])


def _level(connection: Connection, name: str, at_us: int) -> Sequence[str]:
    role, _, area_id = name.partition("@")
    return _on_duty_first([it for it in _holders(connection, role, area_id, at_us) if it.area_id == area_id])


def _on_duty_first(holders: list[_Holder]) -> Sequence[str]:
    return [it.person_id for it in holders if it.is_on_duty] or [it.person_id for it in holders]


def _holders(connection: Connection, role: str, area_id: str, at_us: int) -> list[_Holder]:
    people, grants, shifts = schema.people, schema.grants.c, schema.shifts.c
    on_duty = select(shifts.person_id).where(shifts.starts_us <= at_us, shifts.ends_us > at_us)
    statement = (
        select(people.c.person_id, grants.area_id, people.c.person_id.in_(on_duty).label("is_on_duty"))
        .join(schema.grants, grants.person_id == people.c.person_id)
        .where(grants.role == role, grants.area_id.in_(areas_around(area_id)), people.c.is_active == 1)
        .order_by(people.c.login)
    )
    return [_Holder(row.person_id, row.area_id, bool(row.is_on_duty)) for row in connection.execute(statement)]


_RESOLVE: Final = {"person": _person, "department": _department, "role": _role, "level": _level}
