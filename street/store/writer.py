"""The one writer of readings: begins batches, answers what ingest must know at its start, purges what is old."""

from sqlalchemy import Engine

from street.alarms import Alarm
from street.store import alarms, small_rows
from street.store.batch import Batch
from street.store.dead_letters import Shelf
from street.store.engine import asking
from street.store.ledger import Ledger
from street.store.retention import Limits, remove_old
from street.store.series import NEVER
from street.store.signal import Ringer


class Writer:
    """Only one process has one, and uses it from one thread at a time."""

    def __init__(self, read_engine: Engine, write_engine: Engine, shelf: Shelf, ringer: Ringer | None) -> None:
        self._ledger = Ledger(read_engine, write_engine, shelf, ringer)

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

    def latest_at(self, asset_id: str, quantity: str) -> int | None:
        """Return when the live value was true [µs], or None where there is none."""
        series = self._ledger.series.by_name.get((asset_id, quantity))
        return None if series is None or series.latest_us == NEVER else series.latest_us

    def active_alarms(self) -> list[Alarm]:
        """Return what is active, oldest first."""
        with asking(self._ledger.reading, "cannot read alarms") as connection:
            return alarms.active_alarms(connection)

    def rule_states(self) -> dict[tuple[str, str], int]:
        """Return since when [µs] each (asset, rule) is pending."""
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
