"""What the store can say of itself and of ingest in numbers, read at one go: `street.metrics` renders them."""

from pathlib import Path
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, case, func, select

from street.alarms import AlarmState
from street.store import schema
from street.store.incidents import open_incidents


class Figures(NamedTuple):
    """Plain values; no name of a device is among them.

    `beat` is ingest's last sign of life as (at [µs], link, link since [µs]), `counts` what it has counted since it
    started, as `ingest.counts` writes it. `devices` counts assets by what their device says of itself, `alarms` the
    active ones by severity, `incidents` the open ones by stage.
    """

    at_us: int
    beat: tuple[int, bool, int] | None = None
    counts: dict[str, Any] = {}  # noqa: RUF012 - a default nobody changes
    newest_us: int | None = None
    devices: dict[str, int] = {}  # noqa: RUF012 - as above
    alarms: dict[int, int] = {}  # noqa: RUF012 - as above
    incidents: dict[str, int] = {}  # noqa: RUF012 - as above
    store_bytes: int = 0


def read_figures(connection: Connection, now_us: int) -> Figures:
    """Return the figures of *now_us*."""
    beats = schema.heartbeats.c
    columns = (beats.at_us, beats.link, beats.link_since_us, beats.counts)
    row = connection.execute(select(*columns).where(beats.part == "ingest")).first()
    live = schema.latest.c
    # a source whose clock runs ahead does not make its reading younger than its arrival
    true_us = case((live.at_us < live.received_us, live.at_us), else_=live.received_us)
    return Figures(
        at_us=now_us,
        beat=None if row is None else (row.at_us, bool(row.link), row.link_since_us),
        counts={} if row is None else _counts(row.counts),
        newest_us=connection.execute(select(func.max(true_us))).scalar(),
        devices=_devices(connection),
        alarms=_by(connection, schema.alarms.c.severity, schema.alarms.c.state == AlarmState.ACTIVE),
        incidents=_open(connection),
        store_bytes=_size(connection),
    )


def _counts(text: str | None) -> dict[str, Any]:
    """Return what ingest wrote; nothing where it is of a program that wrote something else."""
    try:
        found = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _devices(connection: Connection) -> dict[str, int]:
    registered = connection.execute(select(func.count()).select_from(schema.assets)).scalar_one()
    said = _by(connection, schema.availability.c.online)
    known = {"online": said.get(1, 0), "offline": said.get(0, 0)}
    return {**known, "unknown": max(registered - sum(known.values()), 0)}


def _open(connection: Connection) -> dict[str, int]:
    counts: dict[str, int] = {}
    for incident in open_incidents(connection):
        counts[str(incident.stage)] = counts.get(str(incident.stage), 0) + 1
    return counts


def _by(connection: Connection, column: ColumnElement[Any], where: ColumnElement[bool] | None = None) -> dict[Any, int]:
    statement = select(column, func.count()).group_by(column)
    rows = connection.execute(statement if where is None else statement.where(where))
    return {key: int(count) for key, count in rows}


def _size(connection: Connection) -> int:
    if connection.dialect.name != "sqlite":
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
    path = connection.exec_driver_sql("SELECT file FROM pragma_database_list WHERE name = 'main'").scalar_one()
    files = (Path(f"{path}{ending}") for ending in ("", "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
