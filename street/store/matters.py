"""A site's own matters and working time, laid over what is shipped and what the State Council announces."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, Row, and_, delete, func, select

from street.matters import CLOCKS, Matter, MatterKind, Matters, limit_of, load_matters
from street.people import Actor
from street.store import schema
from street.store.office import Office
from street.worktime import STANDARD_WINDOWS, Calendar, Window

_TEXTS: Final = ("name", "name_en", "department_id", "file_when", "close_when")
NO_DAYS: Final[Mapping[date, "OwnDay | None"]] = MappingProxyType({})


class OwnDay(NamedTuple):
    """One day that a site has settled for itself."""

    day: date
    is_workday: bool
    name: str = ""


class MatterBook:
    """What clocks go by, of one store. Safe in any thread."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def current(self) -> Matters:
        """Return all matters as they are now."""
        with self._office.reading("read the matters") as connection:
            return matters_of(connection)

    def history(self, kind: MatterKind, code: str) -> list[Matter]:
        """Return all versions of one matter, oldest first; none where there is no such matter."""
        table = schema.matters
        statement = select(table).where(table.c.kind == kind, table.c.code == code).order_by(table.c.version)
        first = _shipped().find(kind, code)
        with self._office.reading("read the matters") as connection:
            return [*([first] if first else []), *map(_matter, connection.execute(statement))]

    def put(
        self, matters: Iterable[Matter] = (), days: Mapping[date, OwnDay | None] = NO_DAYS, *, by: Actor
    ) -> tuple[int, int]:
        """Make *matters* the current ones and settle *days*, all of it or nothing.

        Args:
            matters: each that differs from what is there becomes its next version.
            days: None leaves a day to the law again.
            by: who does it; the audit keeps each change.

        Returns:
            How many matters and how many days were changed.
        """
        with self._office.writing("change the matters") as connection:
            return self._put_matters(connection, matters, by), self._put_days(connection, days, by)

    def _put_matters(self, connection: Connection, matters: Iterable[Matter], by: Actor) -> int:
        before = matters_of(connection)
        pairs = [(before.find(new.kind, new.code), new) for new in matters]
        changed = [(old, new) for old, new in pairs if old is None or _row(old, 0) != _row(new, 0)]
        for old, new in changed:
            row = _row(new, version=old.version + 1 if old else 1)
            row |= {"changed_us": self._office.now_us(), "login": by.login}
            connection.execute(schema.matters.insert(), row)
            told = {"before": _told(old) if old else "", "after": _told(new)}
            self._record(connection, "matter.change", f"matter/{new.kind}/{new.code}", by, **told)
        return len(changed)

    def _put_days(self, connection: Connection, days: Mapping[date, OwnDay | None], by: Actor) -> int:
        table = schema.own_days
        before = {own.day: own for own in _own_days(connection)}
        changed = [day for day in sorted(days) if days[day] != before.get(day)]
        for day in changed:
            own = days[day]
            connection.execute(delete(table).where(table.c.day == day.isoformat()))
            if own is not None:
                row = {"day": day.isoformat(), "is_workday": int(own.is_workday), "name": own.name}
                connection.execute(table.insert(), row)
            told = {"before": _said(before.get(day)), "after": _said(own)}
            self._record(connection, "calendar.change", f"day/{day.isoformat()}", by, **told)
        return len(changed)

    def _record(self, connection: Connection, action: str, thing: str, by: Actor, *, before: str, after: str) -> None:
        self._office.record(connection, self._office.done(action, thing, by, before=before, after=after))

    def calendar(self) -> Calendar:
        """Return when the site works."""
        with self._office.reading("read the calendar") as connection:
            return calendar_of(connection)

    def own_days(self) -> list[OwnDay]:
        """Return the days that the site has settled for itself, earliest first."""
        with self._office.reading("read the calendar") as connection:
            return _own_days(connection)

    def put_windows(self, windows: Iterable[Window], *, by: Actor) -> None:
        """Set when a working day is worked; see `street.worktime.windows_of`."""
        wanted, table = tuple(windows), schema.work_windows
        with self._office.writing("change the calendar") as connection:
            before = _windows(connection)
            connection.execute(delete(table))
            connection.execute(table.insert(), [{"starts_min": it.starts, "ends_min": it.ends} for it in wanted])
            told = {"before": " ".join(map(str, before)), "after": " ".join(map(str, wanted))}
            self._record(connection, "calendar.windows", "calendar", by, **told)


def matters_of(connection: Connection) -> Matters:
    """Return all matters as they are now: those shipped, under the newest version of what the site has changed."""
    table = schema.matters
    key = (table.c.kind, table.c.code)
    newest = select(*key, func.max(table.c.version).label("version")).group_by(*key).subquery()
    is_newest = and_(*(table.c[name] == newest.c[name] for name in ("kind", "code", "version")))
    changed = [_matter(row) for row in connection.execute(select(table).join(newest, is_newest))]
    return _shipped().with_changes(changed) if changed else _shipped()


def calendar_of(connection: Connection) -> Calendar:
    """Return when the site works; the same object as long as nothing changes, so that its years are laid out once."""
    return _calendar(_windows(connection), tuple((own.day, own.is_workday) for own in _own_days(connection)))


@cache
def _shipped() -> Matters:
    return load_matters()


@lru_cache(maxsize=8)
def _calendar(windows: tuple[Window, ...], days: tuple[tuple[date, bool], ...]) -> Calendar:
    return Calendar(windows, dict(days))


def _own_days(connection: Connection) -> list[OwnDay]:
    rows = connection.execute(select(schema.own_days).order_by(schema.own_days.c.day))
    return [OwnDay(date.fromisoformat(row.day), bool(row.is_workday), row.name) for row in rows]


def _windows(connection: Connection) -> tuple[Window, ...]:
    table = schema.work_windows
    rows = connection.execute(select(table).order_by(table.c.starts_min))
    return tuple(Window(row.starts_min, row.ends_min) for row in rows) or STANDARD_WINDOWS


def _matter(row: Row[Any]) -> Matter:
    limits = {name: limit_of(text) for name, text in orjson.loads(row.limits).items()}
    texts = {name: getattr(row, name) for name in _TEXTS}
    return Matter(
        kind=MatterKind(row.kind), code=row.code, limits=limits, version=row.version, is_example=bool(row.is_example),
        **texts,
    )  # fmt: skip


def _row(matter: Matter, version: int) -> dict[str, Any]:
    limits = {name: str(matter.limits[name]) for name in CLOCKS if name in matter.limits}
    texts = {name: getattr(matter, name) for name in _TEXTS}
    key = {"kind": matter.kind.value, "code": matter.code, "version": version}
    return {**key, **texts, "limits": orjson.dumps(limits).decode(), "is_example": int(matter.is_example)}


def _told(matter: Matter) -> str:
    limits = {name: str(matter.limits[name]) for name in CLOCKS if name in matter.limits}
    return orjson.dumps({**{name: getattr(matter, name) for name in _TEXTS}, "limits": limits}).decode()


def _said(own: OwnDay | None) -> str:
    return "" if own is None else f"{'worked' if own.is_workday else 'off'} {own.name}".strip()
