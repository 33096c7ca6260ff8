"""Assets: what is not known of one is not invented."""

from dataclasses import FrozenInstanceError

import pytest

from street.assets import Asset


def test_what_nobody_knows_stays_unknown() -> None:
    """A position of 0, 0 would put it into the sea off Africa; an interval of 0 would make it lost at once."""
    newcomer = Asset(asset_id="BIN-1", kind="bin", name="")

    assert (newcomer.lon, newcomer.lat, newcomer.interval_s) == (None, None, None)
    assert not newcomer.is_demo


def test_an_asset_is_a_value() -> None:
    """Threads share it; a change is a new one."""
    asset = Asset(asset_id="BIN-1", kind="bin", name="")

    with pytest.raises(FrozenInstanceError):
        asset.name = "another"
