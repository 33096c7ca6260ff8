"""Retention: what is past its age goes, a chunk at a time, so that the write lock is never held for long.

Alarms, incidents and what was done about them are not removed here: how long they must last is a matter of law.
People, sessions, reveals and the audit go by `street.store.forgetting`.

A clock that is wrong must not empty the store. Each purge remembers when it was; one that finds the clock behind that,
or more than `MOST_STEP_US` ahead, removes nothing. After each refusal the remembered time follows by a day, so that a
machine that was really switched off for long catches up, while somebody has time to set a clock right.
"""

import logging
from typing import Final, Protocol

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, tuple_

from street.clock import DAY_US, HOUR_US, MINUTE_US, iso
from street.store import schema
from street.store.lobby import NewcomerState
from street.store.marks import read_mark, write_mark
from street.store.rollups import MINUTES_PER_BLOCK
from street.store.series import SeriesBook

LOG = logging.getLogger(__name__)
MOST_STEP_DAYS: Final = 14  # the longest holidays: an office may be dark for so long
MOST_STEP_US: Final = MOST_STEP_DAYS * DAY_US
_MARK: Final = "purge_us"


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
    if not is_clock_plausible(connection, _MARK, now_us):
        return 0
    most = limits.chunk_rows
    minutes, hours = schema.rollup_minute, schema.rollup_hour
    waiting, newcomers = schema.newcomer_messages, schema.newcomers
    letters_us = now_us - limits.dead_letters_days * DAY_US
    is_gone = (newcomers.c.state == NewcomerState.WAITING.value) & (newcomers.c.last_us < letters_us)
    areas, letters, stills = schema.rollup_area_hour, schema.dead_letters, schema.snapshots
    replays = schema.replays
    hour = (now_us - limits.hours_days * DAY_US) // HOUR_US
    block = (now_us - limits.minutes_days * DAY_US) // (MINUTES_PER_BLOCK * MINUTE_US)
    return (
        _remove_readings(connection, now_us - limits.readings_days * DAY_US, most, book)
        + remove_rows(connection, minutes, minutes.c.block < block, most)
        + remove_rows(connection, hours, hours.c.hour < hour, most)
        + remove_rows(connection, areas, _of_any_quantity(areas) & (areas.c.hour < hour), most)
        + remove_rows(connection, waiting, waiting.c.received_us < letters_us, most)
        + remove_rows(connection, newcomers, is_gone, most)
        + _remove_changes(connection, now_us - limits.changes_hours * HOUR_US, most)
        + remove_rows(connection, letters, letters.c.received_us < now_us - limits.dead_letters_days * DAY_US, most)
        + remove_rows(connection, replays, replays.c.done_us < now_us - limits.dead_letters_days * DAY_US, most)
        + remove_rows(connection, stills, stills.c.at_us < now_us - limits.snapshots_days * DAY_US, most)
    )


def is_clock_plausible(connection: Connection, mark: str, now_us: int) -> bool:
    """Return whether a purge may believe *now_us*, and remember it under *mark*, in the caller's transaction."""
    last_us = read_mark(connection, mark, 0) or _newest_change_us(connection) or now_us
    if now_us < last_us:
        LOG.warning("nothing purged: the clock is behind now=%s last=%s", iso(now_us), iso(last_us))
        return False
    if now_us - last_us > MOST_STEP_US:
        LOG.error("nothing purged: is the clock right? now=%s last=%s", iso(now_us), iso(last_us))
        write_mark(connection, mark, last_us + DAY_US)
        return False
    write_mark(connection, mark, now_us)
    return True


def remove_rows(connection: Connection, table: Table, is_old: ColumnElement[bool], most: int) -> int:
    """Remove up to *most* rows in the caller's transaction; return how many went."""
    key = list(table.primary_key.columns)
    chunk = select(*key).where(is_old).limit(most)
    return connection.execute(delete(table).where(tuple_(*key).in_(chunk))).rowcount


def _newest_change_us(connection: Connection) -> int:
    changes = schema.changes.c
    return connection.execute(select(changes.at_us).order_by(changes.seq.desc()).limit(1)).scalar() or 0


def _of_any_quantity(areas: Table) -> ColumnElement[bool]:
    """Return what is always true, and lets the engine seek to each quantity's oldest hours: the table lies so."""
    return areas.c.quantity.in_(select(schema.series.c.quantity).distinct())


def _remove_readings(connection: Connection, before_us: int, most: int, book: SeriesBook) -> int:
    minute = before_us // MINUTE_US
    removed = remove_rows(connection, schema.readings, schema.readings.c.minute < minute, most)
    if removed and minute * MINUTE_US > book.purged_to_us:
        write_mark(connection, "purged_to_us", minute * MINUTE_US)
    return removed


def _remove_changes(connection: Connection, before_us: int, most: int) -> int:
    # The newest stays: sequences go on from it.
    changes = schema.changes
    newest = select(func.max(changes.c.seq)).scalar_subquery()
    return remove_rows(connection, changes, (changes.c.at_us < before_us) & (changes.c.seq < newest), most)
