"""What the ledger knows by heart is never ahead of what is stored."""

import pytest

from street.errors import StoreError
from street.store import Store, Writer
from tests.street.store.makers import NOON_US, a_reading, put


def test_everything_known_is_read_anew_after_a_failure(store: Store, writer: Writer) -> None:
    """A series that was never stored does not keep its number."""
    batch = writer.begin(NOON_US)
    batch.add_readings([a_reading(asset_id="n-9", value=float("inf"))])
    with pytest.raises(StoreError):
        batch.commit()

    put(writer, a_reading())

    assert {series.asset_id: series.series_id for series in writer._ledger.series.by_name.values()} == {"n-1": 1}


def test_a_lost_connection_is_opened_anew(writer: Writer) -> None:
    """A server that was restarted must not leave ingest refusing for ever."""
    put(writer, a_reading())
    writer._ledger.reading.invalidate()
    writer._ledger.distrust()

    put(writer, a_reading(at_us=NOON_US + 1))

    assert writer.latest_at("n-1", a_reading().quantity) == NOON_US + 1


def test_the_bell_rings_after_the_commit(file_store: Store) -> None:
    """Whoever it wakes must find the row."""
    bell, writer = file_store.bell(), file_store.writer()
    assert bell is not None

    put(writer, a_reading())

    assert bell.hush()
    assert not bell.hush()
    bell.close()
    writer.close()
