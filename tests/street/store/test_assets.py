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
    """Ingest looks at the register once a second: between two readings it would know better than the person."""
    store.register_assets([Asset(asset_id="SM-01", kind="smoke_detector", name="SM-01")])

    newcomers = [Asset(asset_id=name, kind="unknown", name=name) for name in ("SM-01", "SM-02")]
    store.register_assets(newcomers, replaces=False)

    assert [asset.kind for asset in reader.assets()] == ["smoke_detector", "unknown"]


def test_a_registration_moves_the_registers_version_and_a_newcomer_does_not(reader: Reader, store: Store) -> None:
    """Ingest asks for it each second, and reads the whole register only where it moved."""
    lamp = Asset(asset_id="SL-1", kind="lamp", name="x")
    versions = [reader.register_version()]

    for asset, replaces in ((lamp, True), (Asset(asset_id="new", kind="unknown", name="n"), False), (lamp, True)):
        store.register_assets([asset], replaces=replaces)
        versions.append(reader.register_version())

    assert versions == [0, 1, 1, 2]


def test_availability_is_known_by_asset(reader: Reader, writer: Writer) -> None:
    """Also of assets that nobody registered."""
    batch = writer.begin(NOON_US)
    batch.set_availability("a", online=True, at_us=NOON_US)
    batch.set_availability("b", online=False, at_us=NOON_US + 1)
    batch.commit()

    assert reader.availability() == {"a": (True, NOON_US), "b": (False, NOON_US + 1)}


def test_one_asset_is_found_by_its_id(reader: Reader, store: Store) -> None:
    """Or none."""
    store.register_assets([Asset(asset_id="x", kind="lamp", name="one"), Asset(asset_id="y", kind="lamp", name="two")])

    assert reader.asset("y") == Asset(asset_id="y", kind="lamp", name="two")
    assert reader.asset("z") is None
