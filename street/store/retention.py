"""Retention: what is past its age goes, a chunk at a time, so that the write lock is never held for long.

Alarms, incidents and what was done about them are not removed here: how long they must last is a matter of law.
"""

from typing import Protocol

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, tuple_

from street.clock import DAY_US, HOUR_US, MINUTE_US
from street.store import schema
from street.store.lobby import NewcomerState
from street.store.marks import write_mark
from street.store.rollups import MINUTES_PER_BLOCK
from street.store.series import SeriesBook


class Limits(Protocol):
    """How long each kind of row lasts; `street.config` has one."""

    @property
    def readings_days(self) -> int:
        """Readings as they came."""

    @property
    def minutes_days(self) -> int:
        """Rollups by minute."""

    @property
    def hours_days(self) -> int:
        """Rollups by hour, of series and of areas."""

    @property
    def dead_letters_days(self) -> int:
        """Messages that could not be taken, whose counts stay; and newcomers that are silent, with what they said."""

    @property
    def snapshots_days(self) -> int:
        """Stills of cameras."""

    @property
    def changes_hours(self) -> int:
        """Changes that a reader can catch up with."""

    @property
    def chunk_rows(self) -> int:
        """The most rows of one kind that one transaction removes."""


def remove_old(connection: Connection, now_us: int, limits: Limits, book: SeriesBook) -> int:
    """Remove one chunk of every kind in the caller's transaction; return how many rows went."""
    most = limits.chunk_rows
    minutes, hours = schema.rollup_minute, schema.rollup_hour
    waiting, newcomers = schema.newcomer_messages, schema.newcomers
    letters_us = now_us - limits.dead_letters_days * DAY_US
    is_gone = (newcomers.c.state == NewcomerState.WAITING.value) & (newcomers.c.last_us < letters_us)
    areas, letters, stills = schema.rollup_area_hour, schema.dead_letters, schema.snapshots
    hour = (now_us - limits.hours_days * DAY_US) // HOUR_US
    block = (now_us - limits.minutes_days * DAY_US) // (MINUTES_PER_BLOCK * MINUTE_US)
    return (
        _remove_readings(connection, now_us - limits.readings_days * DAY_US, most, book)
        + _remove(connection, minutes, minutes.c.block < block, most)
        + _remove(connection, hours, hours.c.hour < hour, most)
        + _remove(connection, areas, _of_any_quantity(areas) & (areas.c.hour < hour), most)
        + _remove(connection, letters, letters.c.received_us < letters_us, most)
        + _remove(connection, waiting, waiting.c.received_us < letters_us, most)
        + _remove(connection, newcomers, is_gone, most)
        + _remove(connection, stills, stills.c.at_us < now_us - limits.snapshots_days * DAY_US, most)
        + _remove_changes(connection, now_us - limits.changes_hours * HOUR_US, most)
    )


def _of_any_quantity(areas: Table) -> ColumnElement[bool]:
    """Return what is always true, and lets the engine seek to each quantity's oldest hours: the table lies so."""
    return areas.c.quantity.in_(select(schema.series.c.quantity).distinct())


def _remove(connection: Connection, table: Table, is_old: ColumnElement[bool], most: int) -> int:
    key = list(table.primary_key.columns)
    chunk = select(*key).where(is_old).limit(most)
    return connection.execute(delete(table).where(tuple_(*key).in_(chunk))).rowcount


def _remove_readings(connection: Connection, before_us: int, most: int, book: SeriesBook) -> int:
    minute = before_us // MINUTE_US
    removed = _remove(connection, schema.readings, schema.readings.c.minute < minute, most)
    if removed and minute * MINUTE_US > book.purged_to_us:
        write_mark(connection, "purged_to_us", minute * MINUTE_US)
    return removed


def _remove_changes(connection: Connection, before_us: int, most: int) -> int:
    # The newest stays: sequences go on from it.
    changes = schema.changes
    newest = select(func.max(changes.c.seq)).scalar_subquery()
    return _remove(connection, changes, (changes.c.at_us < before_us) & (changes.c.seq < newest), most)
