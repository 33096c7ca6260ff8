"""Tallies: how large the store is and what each dialect brings."""

from street.assets import Asset
from street.clock import HOUR_US
from street.readings import Reading
from street.store import Store
from tests.street.store.makers import NOON_US


def test_readings_are_counted_by_the_dialect_of_their_asset(store: Store) -> None:
    """Those of the hour before are not among them; an asset that nobody registered has no dialect."""
    store.register_assets(
        [Asset(asset_id="A", kind="x", name="A"), Asset(asset_id="B", kind="x", name="B", dialect="ttn_v3")]
    )
    writer, reader = store.writer(), store.reader()
    batch = writer.begin(NOON_US)
    for number, asset_id in enumerate("AABC"):
        at_us = NOON_US + number
        batch.add_readings([Reading(asset_id, "temperature", at_us, at_us, 1.0)])
    batch.add_readings([Reading("A", "temperature", NOON_US - 1, NOON_US, 1.0)])
    batch.commit()

    assert reader.readings_by_dialect(NOON_US // HOUR_US) == {"native": 2, "ttn_v3": 1, "": 1}
    assert reader.readings_by_dialect(NOON_US // HOUR_US - 1) == {"native": 1}
    writer.close()
    reader.close()


def test_the_store_has_a_size(store: Store) -> None:
    """In whole pages, and tables take some."""
    reader = store.reader()

    assert reader.size_bytes() > 50_000
    reader.close()
