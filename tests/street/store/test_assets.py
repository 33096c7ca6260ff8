"""Assets and what their devices say of themselves."""

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from street.assets import Asset
from street.errors import StoreError
from street.places import Place
from street.store import Reader, Store, Writer, registered_assets
from tests.street.store.makers import NOON_US, rows


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


def test_a_store_can_be_looked_into_as_it_is(file_store: Store, tmp_path: Path) -> None:
    """Nothing is made, and nothing is brought up to date: another program may be using it."""
    file_store.register_assets([Asset(asset_id="a-1", kind="camera", name="n")])
    url = f"sqlite:///{tmp_path}/street.db"

    found = registered_assets(url)
    with file_store._write_engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")

    assert found is not None
    assert [asset.asset_id for asset in found] == ["a-1"]
    assert registered_assets(url) is None
    assert rows(file_store, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert registered_assets(f"sqlite:///{tmp_path}/none.db") is None
    assert not (tmp_path / "none.db").exists()


def test_what_is_known_of_an_asset_comes_back_whole(reader: Reader, store: Store) -> None:
    """Open ends of a range too, which JSON cannot say."""
    asset = Asset(
        asset_id="SL-1", kind="streetlight", name="灯", name_en="Lamp", standard_id="37020201037000123",
        component="01037", department="城管局", source_datum="gcj02", intervals={"power": 0.5},
        ranges={"power": (0.0, math.inf), "tilt": (-math.inf, math.inf)}, inspection_due=date(2026, 12, 1),
        inspection_days=90,
    )  # fmt: skip

    store.register_assets([asset])

    assert reader.assets() == [asset]


def test_a_list_is_registered_with_its_places_or_not_at_all(reader: Reader, store: Store) -> None:
    """Nothing is half-imported."""
    good = Asset(asset_id="a", kind="other", name="a")
    place = Place(place_id="p", kind="school", name="p", outline="", is_key_area=False)

    with pytest.raises(StoreError):
        store.register([good], [replace(place, name=None)])  # type: ignore[arg-type]  # what no column takes
    assert (reader.assets(), reader.places()) == ([], [])
    store.register([good], [place])

    assert (reader.assets(), reader.places()) == ([good], [place])
    assert reader.register_version() == 1


def test_what_is_due_is_found_by_its_day(reader: Reader, store: Store) -> None:
    """The longest overdue first; what nobody inspects is not in it."""
    days = {"a": date(2026, 11, 30), "b": date(2026, 1, 1), "c": date(2026, 12, 1), "d": None}
    store.register_assets([Asset(asset_id=key, kind="tree", name=key, inspection_due=day) for key, day in days.items()])

    assert [asset.asset_id for asset in reader.to_inspect(date(2026, 11, 30))] == ["b", "a"]
