"""The statements of the hot path: built by SQLAlchemy for the engine at hand, compiled once, run by the driver.

Running them through `Connection.execute` would cost two to four times as much a row as the driver's own
`executemany` over tuples; so each is text with positional parameters, in the order of the names given here.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Executable, Table, bindparam, case, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from street.store import schema

_ONE: ColumnElement[int] = literal_column("1", schema.WHOLE)
UPSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def upsert(dialect: Dialect, table: Table) -> Any:  # noqa: ANN401 - sqlite's or postgresql's Insert, alike in use
    """Return the engine's own INSERT, which knows ON CONFLICT."""
    return UPSERTS[dialect.name](table)


def compiled(dialect: Dialect, statement: Executable, names: tuple[str, ...]) -> str:
    """Return *statement* as text whose positional parameters are *names*, in this order.

    Raises:
        ValueError: the statement takes its parameters in another order: our own mistake.
    """
    ready = statement.compile(dialect=dialect)  # type: ignore[attr-defined]  # every Executable here is a ClauseElement
    if tuple(ready.positiontup or ()) != names:
        msg = f"{statement}: takes {ready.positiontup}, not {names}"
        raise ValueError(msg)
    return str(ready)


@dataclass(frozen=True, slots=True)
class Statements:
    """What a batch runs, ready for the driver."""

    add_series: str  # series_id, asset_id, quantity, unit
    add_reading: str  # minute, series_id, at_us, received_us, value, flags
    has_reading: str  # minute, series_id, at_us
    move_latest: str  # series_id, at_us, received_us, value, flags
    merge_minute: str  # block, series_id, minute, n, low, high, total, last_us, last
    merge_hour: str  # hour, series_id, n, low, high, total, last_us, last
    merge_area: str  # quantity, hour, community_id, n, low, high, total
    add_change: str  # at_us, body; returns seq


@lru_cache(maxsize=16)
def build(dialect: Dialect) -> Statements:
    """Compile the statements for one engine, once: it takes milliseconds."""
    return Statements(
        add_series=_plain_insert(dialect, schema.series),
        add_reading=_plain_insert(dialect, schema.readings),
        has_reading=_has_reading(dialect),
        move_latest=_move_latest(dialect),
        merge_minute=_merge(dialect, schema.rollup_minute),
        merge_hour=_merge(dialect, schema.rollup_hour),
        merge_area=_merge(dialect, schema.rollup_area_hour),
        add_change=_add_change(dialect),
    )


def _plain_insert(dialect: Dialect, table: Table) -> str:
    return compiled(dialect, table.insert(), tuple(table.columns.keys()))


def _has_reading(dialect: Dialect) -> str:
    key = schema.readings.primary_key.columns
    statement = select(key.series_id).where(*(column == bindparam(column.name) for column in key))
    return compiled(dialect, statement, tuple(key.keys()))


def _move_latest(dialect: Dialect) -> str:
    table = schema.latest
    statement = upsert(dialect, table)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=[table.c.series_id],
        set_={name: new[name] for name in ("at_us", "received_us", "value", "flags")},
        where=new.at_us > table.c.at_us,
    )
    return compiled(dialect, statement, tuple(table.columns.keys()))


def _merge(dialect: Dialect, table: Table) -> str:
    """Return an UPSERT that adds a rolled-up part to its bucket, whatever came before it: order never matters."""
    statement = upsert(dialect, table)
    old, new = table.c, statement.excluded
    merged: dict[str, ColumnElement[Any]] = {
        "n": old.n + new.n,
        "low": case((new.low < old.low, new.low), else_=old.low),
        "high": case((new.high > old.high, new.high), else_=old.high),
        "total": old.total + new.total,
    }
    if "last_us" in old:
        merged["last"] = case((new.last_us >= old.last_us, new["last"]), else_=old["last"])
        merged["last_us"] = case((new.last_us >= old.last_us, new.last_us), else_=old.last_us)
    statement = statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=merged)
    return compiled(dialect, statement, tuple(table.columns.keys()))


def _add_change(dialect: Dialect) -> str:
    table = schema.changes
    row = select(
        func.coalesce(func.max(table.c.seq) + _ONE, _ONE),
        bindparam("at_us", type_=table.c.at_us.type),
        bindparam("body", type_=table.c.body.type),
    )
    statement = table.insert().from_select(["seq", "at_us", "body"], row).returning(table.c.seq)
    return compiled(dialect, statement, ("at_us", "body"))
