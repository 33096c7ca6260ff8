"""What people change in the register: kept only where it still is what they saw, and never without an entry."""

import math
from dataclasses import replace

import orjson
import pytest

from street.assets import Asset
from street.errors import StoreError, SupersededError
from street.places import Place
from street.store import Reader, Store, Taken
from tests.street.store.makers import KEEPER

LAMP = Asset(asset_id="SL-1", kind="streetlight", name="灯", ranges={"power": (0.0, math.inf)})
POOL = Place(place_id="P-1", kind="school", name="学校")
TWO = Taken(1, 1, 0)


def test_an_edited_asset_is_stored_and_the_audit_says_what_moved(reader: Reader, store: Store) -> None:
    """Both sides of what is not the same, and nothing else; ingest, which polls the version, learns of it."""
    store.register_assets([LAMP])
    version = reader.register_version()
    edited = replace(LAMP, name="路灯", ranges={"power": (0.0, 90.0)})

    store.registry().change(edited, seen=LAMP, by=KEEPER)

    (found,) = store.audit().find(action="assets.change")
    assert reader.assets() == [edited]
    assert reader.register_version() == version + 1
    assert (found.entry.object, found.entry.by) == ("asset/SL-1", KEEPER)
    assert orjson.loads(found.entry.before) == {"name": "灯", "ranges": "{'power': (0.0, inf)}"}
    assert orjson.loads(found.entry.after) == {"name": "路灯", "ranges": "{'power': (0.0, 90.0)}"}


def test_the_slower_of_two_editors_is_told(reader: Reader, store: Store) -> None:
    """What the first one wrote stays; an asset that is not there cannot be edited either."""
    store.register_assets([LAMP])
    store.registry().change(replace(LAMP, name="first"), seen=LAMP, by=KEEPER)

    with pytest.raises(SupersededError):
        store.registry().change(replace(LAMP, road="second"), seen=LAMP, by=KEEPER)
    with pytest.raises(SupersededError):
        store.registry().change(replace(LAMP, asset_id="SL-9"), seen=replace(LAMP, asset_id="SL-9"), by=KEEPER)

    assert [(it.name, it.road) for it in reader.assets()] == [("first", "")]


def test_a_list_is_taken_in_whole_with_one_entry(reader: Reader, store: Store) -> None:
    """Assets and places together; the entry counts them."""
    store.registry().take_in([LAMP], [POOL], taken=TWO, seen_version=reader.register_version(), by=KEEPER)

    (found,) = store.audit().find(action="assets.import")
    assert (reader.assets(), reader.places()) == ([LAMP], [POOL])
    assert orjson.loads(found.entry.after) == {"assets": 1, "places": 1, "added": 1, "changed": 1, "unchanged": 0}


def test_a_list_judged_against_an_older_register_is_refused(reader: Reader, store: Store) -> None:
    """Its gateway may be gone, its device taken: it has to be judged again."""
    version = reader.register_version()
    store.register_assets([LAMP])

    with pytest.raises(SupersededError):
        store.registry().take_in([replace(LAMP, name="x")], [], taken=TWO, seen_version=version, by=KEEPER)

    assert reader.assets() == [LAMP]


def test_nothing_is_changed_that_the_audit_cannot_tell(reader: Reader, store: Store) -> None:
    """One transaction: no key, no change."""
    store.register_assets([LAMP])
    version = reader.register_version()
    store._office.audit_key = b""

    with pytest.raises(StoreError, match="audit"):
        store.registry().change(replace(LAMP, name="x"), seen=LAMP, by=KEEPER)
    with pytest.raises(StoreError, match="audit"):
        store.registry().take_in([], [POOL], taken=TWO, seen_version=version, by=KEEPER)

    assert (reader.assets(), reader.places(), reader.register_version()) == ([LAMP], [], version)
