"""The one writer of readings: begins batches, answers what ingest must know at its start, purges what is old."""

from sqlalchemy import Engine

from street.alarms import Alarm
from street.store import alarms, marks, small_rows
from street.store.batch import LISTENING, Batch
from street.store.dead_letters import Shelf
from street.store.engine import asking
from street.store.ledger import Ledger
from street.store.lobby import Lobby
from street.store.retention import Limits, remove_old
from street.store.series import NEVER
from street.store.signal import Ringer


class Writer:
    """Only one process has one, and uses it from one thread at a time."""

    def __init__(
        self, read_engine: Engine, write_engine: Engine, shelf: Shelf, ringer: Ringer | None, lobby: Lobby | None = None
    ) -> None:
        self._ledger = Ledger(read_engine, write_engine, shelf, ringer, lobby)

    def begin(self, received_us: int) -> Batch:
        """Return an empty batch; one that was begun before and not committed is forgotten.

        Args:
            received_us: when its messages came [µs]; the instant of its change.

        Raises:
            StoreError: after a failure, while the store still cannot be read.
        """
        self._ledger.refresh()
        self._ledger.distrust()  # until the batch is stored
        return Batch(self._ledger, received_us)

    def tell(self, counts: str) -> None:
        """Have the next heartbeats carry *counts* (JSON), for the metrics."""
        self._ledger.counts = counts

    def keep_dead_letters(self, rows: int) -> None:
        """Keep so many dead letters from now on."""
        self._ledger.shelf.resize(rows)

    def keep_newcomers(self, most: int) -> None:
        """Let so many newcomers wait from now on."""
        self._ledger.lobby.resize(most)

    def recall_newcomers(self) -> None:
        """Look anew who waits: somebody has decided about some.

        Raises:
            StoreError: the store cannot be read.
        """
        with asking(self._ledger.reading, "cannot read newcomers") as connection:
            self._ledger.lobby.load(connection)

    def latest_at(self, asset_id: str, quantity: str) -> int | None:
        """Return when the live value was true [µs], or None where there is none."""
        series = self._ledger.series.by_name.get((asset_id, quantity))
        return None if series is None or series.latest_us == NEVER else series.latest_us

    def has_reading(self, asset_id: str, quantity: str, at_us: int) -> bool:
        """Return whether a reading is stored.

        Raises:
            StoreError: the store cannot be read.
        """
        series = self._ledger.series.by_name.get((asset_id, quantity))
        return series is not None and self._ledger.has_reading(series.series_id, at_us)

    def active_alarms(self) -> list[Alarm]:
        """Return what is active, oldest first."""
        with asking(self._ledger.reading, "cannot read alarms") as connection:
            return alarms.active_alarms(connection)

    def suppressed_alarms(self) -> list[Alarm]:
        """Return what stands under the alarm of its cause, oldest first."""
        with asking(self._ledger.reading, "cannot read alarms") as connection:
            return alarms.suppressed_alarms(connection)

    def listening_since(self) -> int:
        """Return since when nothing can have gone by unheard [µs], 0 where nobody knows."""
        with asking(self._ledger.reading, "cannot read marks") as connection:
            return marks.read_mark(connection, LISTENING, 0)

    def rule_states(self) -> dict[tuple[str, str], int]:
        """Return since when [µs] each (asset, rule) is pending, or each (asset, fault) stands."""
        with asking(self._ledger.reading, "cannot read rule states") as connection:
            return small_rows.rule_states(connection)

    def purge(self, now_us: int, limits: Limits) -> int:
        """Remove one chunk of every kind of row that is past its age; return how many rows went.

        Call again while it returns more than 0: each call holds the write lock for a moment only.

        Raises:
            StoreError: nothing was removed.
        """
        ledger = self._ledger
        ledger.refresh()
        removed = ledger.run(lambda connection: remove_old(connection, now_us, limits, ledger.series))
        if removed:
            ledger.distrust()  # what is kept of letters and changes moved
        return removed

    def close(self) -> None:
        """Close the connections."""
        self._ledger.close()
