"""What the writer knows of each series without asking: where it is, and how far it has come."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from street.readings import UNITS
from street.store import schema
from street.store.marks import read_mark, write_mark

NEVER = -(2**62)  # before any instant


@dataclass(slots=True)
class Series:
    """One quantity of one asset.

    `latest_us` is when its live value was true; no reading after `newest_us` is stored, so such a one is surely new.
    """

    series_id: int
    asset_id: str
    quantity: str
    community_id: str = ""
    latest_us: int = NEVER
    newest_us: int = NEVER

    @property
    def unit(self) -> str | None:
        """The unit the decoder converts this quantity to; None where it has none."""
        return UNITS.get(self.quantity)


class SeriesBook:
    """All series by asset and quantity, and the community of every asset.

    `purged_to_us`: readings before it were removed by age. One that comes again cannot be told from a new one, so
    it is kept out of rollups, which still hold it. `history_us`: the newest of all readings that were stored after the
    live value of their series without moving it, because they came as history.
    """

    def __init__(self) -> None:
        self.by_name: dict[tuple[str, str], Series] = {}
        self.by_id: dict[int, Series] = {}
        self.purged_to_us = NEVER
        self.history_us = NEVER
        self._communities: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def load(self, connection: Connection) -> None:
        """Read everything anew."""
        self.purged_to_us = read_mark(connection, "purged_to_us", NEVER)
        self.history_us = read_mark(connection, "history_us", NEVER)
        self.by_name, self.by_id = {}, {}
        self._counts.clear()
        for series_id, asset_id, quantity, latest_us in connection.execute(_known()):
            at_us = NEVER if latest_us is None else latest_us
            newest_us = max(at_us, self.history_us)
            self._keep(Series(series_id, asset_id, quantity, "", at_us, newest_us))
        self.load_communities(connection)

    def load_communities(self, connection: Connection) -> None:
        """Read anew where assets belong: somebody may have registered some."""
        statement = select(schema.assets.c.asset_id, schema.assets.c.community_id)
        self._communities = {row.asset_id: row.community_id for row in connection.execute(statement)}
        for series in self.by_name.values():
            series.community_id = self._communities.get(series.asset_id, "")

    def note_history(self, connection: Connection, at_us: int) -> None:
        """Remember, in the caller's transaction, a history reading newer than its series' live value."""
        if at_us > self.history_us:
            self.history_us = at_us
            write_mark(connection, "history_us", at_us)

    def count_of(self, asset_id: str) -> int:
        """Return how many series an asset has."""
        return self._counts[asset_id]

    def add(self, asset_id: str, quantity: str) -> Series:
        """Return a new series under the next number; the caller stores it."""
        series = Series(next(reversed(self.by_id), 0) + 1, asset_id, quantity, self._communities.get(asset_id, ""))
        self._keep(series)
        return series

    def _keep(self, series: Series) -> None:
        self.by_name[series.asset_id, series.quantity] = series
        self.by_id[series.series_id] = series
        self._counts[series.asset_id] += 1


def _known() -> Select[Any]:
    series, latest = schema.series, schema.latest
    both = series.outerjoin(latest, latest.c.series_id == series.c.series_id)
    return (
        select(series.c.series_id, series.c.asset_id, series.c.quantity, latest.c.at_us)
        .select_from(both)
        .order_by(series.c.series_id)
    )
