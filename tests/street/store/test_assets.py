"""Assets and what their devices say of themselves."""

from street.assets import Asset
from street.store import Reader, Store, Writer
from tests.street.store.makers import NOON_US


def test_an_asset_registered_again_is_replaced_whole(reader: Reader, store: Store) -> None:
    """What is no longer said of it is gone."""
    store.register_assets([Asset(asset_id="x", kind="lamp", name="old", lon=120.0, lat=36.0, road="r")])

    store.register_assets([Asset(asset_id="x", kind="lamp", name="new")])

    assert reader.assets() == [Asset(asset_id="x", kind="lamp", name="new")]


def test_a_newcomer_never_replaces_what_a_person_registered(reader: Reader, store: Store) -> None:
    """Ingest reads the register every few seconds: between two readings it would know better than the person."""
    store.register_assets([Asset(asset_id="SM-01", kind="smoke_detector", name="SM-01")])

    newcomers = [Asset(asset_id=name, kind="unknown", name=name) for name in ("SM-01", "SM-02")]
    store.register_assets(newcomers, replaces=False)

    assert [asset.kind for asset in reader.assets()] == ["smoke_detector", "unknown"]


def test_availability_is_known_by_asset(reader: Reader, writer: Writer) -> None:
    """Also of assets that nobody registered."""
    batch = writer.begin(NOON_US)
    batch.set_availability("a", online=True, at_us=NOON_US)
    batch.set_availability("b", online=False, at_us=NOON_US + 1)
    batch.commit()

    assert reader.availability() == {"a": (True, NOON_US), "b": (False, NOON_US + 1)}
