"""A reader: its own read-only connection, never a transaction, so that it never holds the log back."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Executable, select

from street.alarms import Alarm
from street.assets import Asset
from street.clock import HOUR_US, monotonic_s
from street.incidents import Incident
from street.places import Place
from street.rules.flapping import Turn
from street.shelving import Shelving
from street.store import (
    alarm_rows,
    alarms,
    assets,
    changes,
    dead_letters,
    deliveries,
    dispatch,
    faults,
    incidents,
    marks,
    schema,
    small_rows,
    tallies,
)
from street.store.alarm_rows import History
from street.store.changes import Change
from street.store.dead_letters import LetterGroup, StoredLetter
from street.store.deliveries import ChannelState
from street.store.engine import asking, told_as_store_error
from street.store.faults import StandingFault
from street.store.figures import Figures, read_figures

LONGEST_S = 5.0  # a query that takes longer is stopped: it would hold the log back and the screen up
REGISTER_VERSION = "register_version"
_STEPS_PER_LOOK = 200_000


class Latest(NamedTuple):
    """The live value of one series."""

    series_id: int
    asset_id: str
    quantity: str
    at_us: int
    received_us: int
    value: float | None
    flags: int


class Reader:
    """Answers from what is committed. Safe to use from one thread at a time; every answer is read anew.

    Every method raises StoreError when the store cannot be read, or a query took longer than `LONGEST_S`.
    """

    def __init__(self, engine: Engine) -> None:
        self._deadline_s = 0.0
        with told_as_store_error("cannot open the store for reading"):
            self._connection = engine.connect()
        self._is_file = engine.dialect.name == "sqlite"
        if self._is_file:
            driver: Any = self._connection.connection.driver_connection
            driver.set_progress_handler(lambda: monotonic_s() > self._deadline_s, _STEPS_PER_LOOK)
        self._version = self._data_version()

    def sequence(self) -> int:
        """Return the sequence of the last commit, 0 before the first."""
        with self._asking() as connection:
            return changes.sequence(connection)

    def epoch(self) -> int:
        """Return a number that tells this store from every other: sequences of two stores never compare."""
        with self._asking() as connection:
            return marks.read_mark(connection, "epoch", 0)

    def has_changed(self) -> bool:
        """Return whether anything was committed since the last call, or since the reader was opened; cheap."""
        version = self._data_version()
        moved, self._version = version != self._version, version
        return moved

    def changes_since(self, seq: int) -> list[Change] | None:
        """Return the commits after *seq* in their order, or None where one is missing: take a full snapshot."""
        with self._asking() as connection:
            return changes.changes_since(connection, seq)

    def assets(self) -> list[Asset]:
        """Return every registered asset, by id."""
        with self._asking() as connection:
            return assets.all_assets(connection)

    def asset(self, asset_id: str) -> Asset | None:
        """Return one asset, or None where nothing is registered under this id."""
        with self._asking() as connection:
            return assets.one_asset(connection, asset_id)

    def places(self) -> list[Place]:
        """Return every registered place and key area, by id."""
        with self._asking() as connection:
            return assets.all_places(connection)

    def to_inspect(self, until: date) -> list[Asset]:
        """Return the assets whose inspection is due on *until* or before, longest overdue first."""
        with self._asking() as connection:
            return assets.to_inspect(connection, until)

    def register_version(self) -> int:
        """Return a number that moves whenever somebody registers assets; cheap, and newcomers do not move it."""
        with self._asking() as connection:
            return marks.read_mark(connection, REGISTER_VERSION, 0)

    def series(self) -> dict[int, tuple[str, str, str | None]]:
        """Return (asset, quantity, unit) of every series."""
        table = schema.series.c
        found = self.rows(select(table.series_id, table.asset_id, table.quantity, table.unit))
        return {series_id: (asset_id, quantity, unit) for series_id, asset_id, quantity, unit in found}

    def latest(self) -> list[Latest]:
        """Return the live value of every series that has one."""
        live, series = schema.latest.c, schema.series.c
        columns = (live.series_id, series.asset_id, series.quantity)
        statement = select(*columns, live.at_us, live.received_us, live.value, live.flags)
        joined = schema.latest.join(schema.series, live.series_id == series.series_id)
        return [Latest(*row) for row in self.rows(statement.select_from(joined))]

    def hours(self, quantities: Iterable[str], from_us: int) -> dict[int, list[tuple[int, float, float]]]:
        """Return (begin [µs], low, high) of the hours since *from_us*, oldest first, of each series of *quantities*."""
        hour, series = schema.rollup_hour, schema.series
        statement = (
            select(hour.c.series_id, hour.c.hour, hour.c.low, hour.c.high)
            .join_from(hour, series, hour.c.series_id == series.c.series_id)
            .where(hour.c.hour >= from_us // HOUR_US, series.c.quantity.in_(list(quantities)))
            .order_by(hour.c.hour)
        )
        found: dict[int, list[tuple[int, float, float]]] = {}
        for series_id, begin, low, high in self.rows(statement):
            found.setdefault(series_id, []).append((begin * HOUR_US, low, high))
        return found

    def faults(self) -> list[StandingFault]:
        """Return the keeper's worklist: which quantity of which asset has which fault since when, oldest first."""
        with self._asking() as connection:
            return faults.standing_faults(connection)

    def availability(self) -> dict[str, tuple[bool, int]]:
        """Return, by asset, whether its device says it is online, and since when [µs]."""
        with self._asking() as connection:
            return assets.availability(connection)

    def active_alarms(self) -> list[Alarm]:
        """Return what is active, oldest first."""
        with self._asking() as connection:
            return alarms.active_alarms(connection)

    def suppressed_alarms(self) -> list[Alarm]:
        """Return what is true but stands under the alarm of its cause, oldest first."""
        with self._asking() as connection:
            return alarms.suppressed_alarms(connection)

    def alarm_turns(self, from_us: int) -> list[Turn]:
        """Return how alarms were raised and cleared since *from_us* [µs], oldest first."""
        with self._asking() as connection:
            return alarm_rows.turns(connection, from_us)

    def open_alarms(self) -> list[Alarm]:
        """Return what stands, and what is over and unacknowledged, oldest first."""
        with self._asking() as connection:
            return alarms.open_alarms(connection)

    def alarm_history(self, from_us: int, to_us: int) -> History:
        """Return what the load of alarms is made of, from *from_us* to before *to_us*."""
        with self._asking() as connection:
            return alarm_rows.history(connection, from_us, to_us)

    def shelvings(self, now_us: int) -> list[Shelving]:
        """Return the shelvings that are not over at *now_us*, also those yet to come."""
        with self._asking() as connection:
            return alarm_rows.shelvings(connection, now_us)

    def shelvings_version(self) -> int:
        """Return a number that moves whenever somebody puts or ends a shelving; cheap."""
        with self._asking() as connection:
            return marks.read_mark(connection, alarm_rows.SHELVINGS_VERSION, 0)

    def victims(self, root: Alarm) -> list[Alarm]:
        """Return the alarms that *root* explains, or explained while it stood: those under it, oldest first."""
        with self._asking() as connection:
            return alarms.victims(connection, root)

    def alarms(self, alarm_ids: list[str]) -> list[Alarm]:
        """Return those of *alarm_ids* that exist, oldest first."""
        with self._asking() as connection:
            return alarms.alarms_by_id(connection, alarm_ids)

    def open_incidents(self) -> list[Incident]:
        """Return what is neither closed nor dismissed: worst first, then oldest."""
        with self._asking() as connection:
            return incidents.open_incidents(connection)

    def incidents(self, incident_ids: list[str]) -> list[Incident]:
        """Return those of *incident_ids* that exist, oldest first."""
        with self._asking() as connection:
            return incidents.incidents_by_id(connection, incident_ids)

    def heartbeat(self) -> tuple[int, bool, int] | None:
        """Return ingest's last sign of life as (at [µs], link, link since [µs]), or None before the first."""
        with self._asking() as connection:
            return small_rows.heartbeat(connection)

    def duty_beat(self) -> int | None:
        """Return when the duty process last said that it lives [µs], None where it never did."""
        with self._asking() as connection:
            return dispatch.duty_beat(connection)

    def channels(self) -> list[ChannelState]:
        """Return how the channels of notices do, by name; empty where nothing ever went out."""
        with self._asking() as connection:
            return deliveries.states(connection)

    def figures(self, now_us: int) -> Figures:
        """Return what metrics are made of; some milliseconds of work."""
        with self._asking() as connection:
            return read_figures(connection, now_us)

    def snapshot(self, asset_id: str, at_us: int | None = None) -> tuple[int, bytes] | None:
        """Return an asset's newest still, or the one of *at_us*, as (at [µs], JPEG), or None."""
        with self._asking() as connection:
            return small_rows.newest_snapshot(connection, asset_id, at_us)

    def reported_incidents(
        self, from_us: int, to_us: int, *, after: tuple[int, str] = (-1, ""), limit: int
    ) -> list[Incident]:
        """Return incidents reported from *from_us* until before *to_us*, oldest first, a bounded lot at a time.

        Args:
            from_us: [µs].
            to_us: [µs].
            after: when the last one of the lot before was reported, and its id.
            limit: the most to return.
        """
        with self._asking() as connection:
            return incidents.reported_incidents(connection, from_us, to_us, after, limit)

    def dead_letter_groups(self, limit: int = 100) -> list[LetterGroup]:
        """Return why messages were refused and how many, newest first."""
        with self._asking() as connection:
            return dead_letters.letter_groups(connection, limit)

    def dead_letters(self, code: str | None = None, topic: str | None = None, limit: int = 100) -> list[StoredLetter]:
        """Return kept letters of this code and topic (None: any), oldest first, whole: they can be sent again."""
        with self._asking() as connection:
            return dead_letters.kept_letters(connection, code, topic, limit)

    def newest_letters(self, group_id: int, limit: int) -> list[StoredLetter]:
        """Return the newest kept letters of one group, newest first."""
        with self._asking() as connection:
            return dead_letters.newest_letters(connection, group_id, limit)

    def size_bytes(self) -> int:
        """Return what the store takes on the disk, without the log of what was written last."""
        with self._asking() as connection:
            return tallies.size_bytes(connection)

    def readings_by_dialect(self, hour: int) -> dict[str, int]:
        """Return how many readings of *hour* (whole hours since 1970) each dialect brought."""
        with self._asking() as connection:
            return tallies.readings_by_dialect(connection, hour)

    def rows(self, statement: Executable, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Return what *statement* finds, as the driver's own tuples: for many rows."""
        with self._asking() as connection:
            cursor: Any = connection.execute(statement, parameters or {}).cursor
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _data_version(self) -> int:
        if not self._is_file:
            return self.sequence()
        with self._asking() as connection:
            return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())

    @contextmanager
    def _asking(self) -> Iterator[Connection]:
        self._deadline_s = monotonic_s() + LONGEST_S
        with asking(self._connection, "cannot read the store") as connection:
            yield connection
