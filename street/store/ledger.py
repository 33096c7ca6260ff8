"""What the writer holds: its connections, and everything it knows by heart so that a batch asks almost nothing."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from street.clock import MINUTE_US
from street.errors import StoreError
from street.store import assets, incidents
from street.store.changes import Ring
from street.store.dead_letters import Shelf
from street.store.engine import asking, told_as_store_error, write_transaction
from street.store.lobby import Lobby
from street.store.series import NEVER, SeriesBook
from street.store.signal import Ringer
from street.store.statements import build


class Ledger:
    """Runs transactions. What is known here runs ahead of what is stored while a batch is open.

    So whenever one fails or is dropped, everything known is read anew before the next.
    """

    def __init__(
        self, read_engine: Engine, write_engine: Engine, shelf: Shelf, ringer: Ringer | None, lobby: Lobby | None = None
    ) -> None:
        with told_as_store_error("cannot open the store for writing"):
            self.reading = read_engine.connect()
            self._writing = write_engine.connect()
        self._ringer = ringer
        self._online: dict[str, int] = {}
        self._ring = Ring()
        self._is_stale = True
        self.series = SeriesBook()
        self.shelf = shelf
        self.lobby = lobby or Lobby()
        self.counts: str | None = None  # goes along with the next heartbeats
        self.statements = build(write_engine.dialect)
        self.refresh()

    def refresh(self) -> None:
        """Read everything anew if what is known may be ahead of what is stored.

        Raises:
            StoreError: the store cannot be read; nothing is known then, and the next call tries again.
        """
        if not self._is_stale:
            return
        with asking(self.reading, "cannot read the store") as connection:
            self.series.load(connection)
            self.shelf.load(connection)
            self.lobby.load(connection)
            self._ring.load(connection)
            self._online = {asset_id: at_us for asset_id, (_, at_us) in assets.availability(connection).items()}
        self._is_stale = False

    def distrust(self) -> None:
        """Have the next `refresh` read everything anew."""
        self._is_stale = True

    def keep_as_is(self) -> int:
        """End a batch that brought nothing new; return the last sequence seen."""
        self._is_stale = False
        return self._ring.newest

    def run(self, write: Callable[[Connection], int]) -> int:
        """Run *write* in one transaction, then ring the bell.

        Raises:
            StoreError: nothing of it was kept.
        """
        self.distrust()
        try:
            with told_as_store_error("the batch was not stored"), write_transaction(self._writing):
                result = write(self._writing)
        except TypeError as error:  # a value that no column can hold
            msg = f"the batch was not stored: {error}"
            raise StoreError(msg) from error
        self._is_stale = False
        if self._ringer is not None:
            self._ringer.ring()
        return result

    def add_change(self, connection: Connection, at_us: int, body: bytes) -> int:
        """Append to the ring, in the caller's transaction; return its sequence."""
        row = (at_us, body.decode())
        seq: int = connection.exec_driver_sql(self.statements.add_change, row).scalar_one()
        if seq != self._ring.newest + 1:  # somebody else wrote between: perhaps assets moved
            self.series.load_communities(connection)
        self._ring.push(connection, seq, len(body))
        return seq

    def note_online(self, rows: list[tuple[str, int, int]]) -> None:
        """Know by heart when devices last said something of themselves."""
        self._online.update((asset_id, at_us) for asset_id, _online, at_us in rows)

    def online_since(self, asset_id: str) -> int:
        """Return the instant [µs] of the last availability stored."""
        return self._online.get(asset_id, NEVER)

    def has_reading(self, series_id: int, at_us: int) -> bool:
        """Return whether a reading is stored; only asked of late ones."""
        key = (at_us // MINUTE_US, series_id, at_us)
        with asking(self.reading, "cannot look up a reading") as connection:
            found = connection.exec_driver_sql(self.statements.has_reading, key)
            return found.first() is not None

    def has_incident(self, incident_id: str) -> bool:
        """Return whether an incident is stored."""
        with asking(self.reading, "cannot look up an incident") as connection:
            return incidents.has_incident(connection, incident_id)

    def close(self) -> None:
        """Close both connections."""
        self.reading.close()
        self._writing.close()
        if self._ringer is not None:
            self._ringer.close()
