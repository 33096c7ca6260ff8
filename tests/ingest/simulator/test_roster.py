"""Who plays, and in which dialect."""

from pathlib import Path

import pytest

import street
from ingest.register import Register
from ingest.simulator.roster import players, read_roster
from street.assets import Asset
from street.errors import ConfigError

CSV = Path(street.__file__).parent / "geo" / "demo_assets.csv"


def test_all_assets_of_the_demo_play() -> None:
    """226 rows, each at its own interval."""
    roster = read_roster(CSV)

    assert len(roster) == 226
    assert all(asset.interval_s and asset.is_demo for asset in roster)
    assert {asset.dialect for asset in roster} == {"native", "zigbee2mqtt", "ttn_v3"}


def test_ingest_knows_every_player_by_the_name_it_speaks_under() -> None:
    """Else the whole demo would arrive as strangers."""
    register = Register(read_roster(CSV), newcomers=0, add=lambda _assets: None)

    lost = [
        asset.asset_id
        for asset in read_roster(CSV)
        if (found := register.find(asset.dialect, asset.device_id)) is None or found.asset_id != asset.asset_id
    ]

    assert lost == []


@pytest.mark.parametrize(
    ("dialect", "kind", "expected"),
    [
        ("native", "manhole", ("native", "MH-1")),
        ("zigbee2mqtt", "manhole", ("zigbee2mqtt", "MH-1")),
        ("ttn_v3", "manhole", ("ttn_v3", "mh-1")),
        ("sparkplug_b", "manhole", ("native", "MH-1")),
        ("ttn_v3", "gateway", ("native", "MH-1")),
    ],
)
def test_who_has_no_dialect_yet_speaks_natively(dialect: str, kind: str, expected: tuple[str, str]) -> None:
    """The Things Stack knows lower case only; a gateway is no device of its own network."""
    [player] = players([Asset(asset_id="MH-1", kind=kind, name="m", dialect=dialect, device_id="MH-1")])

    assert (player.dialect, player.device_id) == expected


def test_a_broken_row_stops_the_start(tmp_path: Path) -> None:
    """The message names file, line and column."""
    lines = CSV.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "assets.csv"
    path.write_text("\n".join([*lines[:3], lines[3].replace("120.32", "east", 1)]), encoding="utf-8")

    with pytest.raises(ConfigError, match=r"assets\.csv:4: lon: "):
        read_roster(path)
