"""Which asset a device speaks for, how newcomers are met, and what a list of assets may hold."""

from pathlib import Path

import pytest

from ingest.register import Register, RowFault, read_assets, speaks_as
from street.assets import Asset
from street.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
HEAD = "id,kind,name,lon,lat,community_code,grid_id,street,gateway,interval_s,dialect,circuit,device_id\n"


def an_asset(asset_id: str = "BIN-01", **changes: object) -> Asset:
    """Return a bin."""
    return Asset(**({"asset_id": asset_id, "kind": "bin", "name": asset_id} | changes))


def a_register(*assets: Asset, newcomers: int = 0) -> tuple[Register, list[Asset]]:
    """Return a register and the list that its newcomers are stored in."""
    stored: list[Asset] = []
    return Register(assets, newcomers=newcomers, add=stored.extend), stored


def test_a_device_is_found_by_its_own_name() -> None:
    """The Things Stack writes ids in lower case, whatever the register says."""
    register, _ = a_register(an_asset(dialect="ttn_v3", device_id="BIN-01"))

    assert register.find("ttn_v3", "bin-01") == register.by_id["BIN-01"]


def test_names_of_other_dialects_keep_their_case() -> None:
    """zigbee2mqtt knows both `Lamp` and `lamp`."""
    register, _ = a_register(an_asset(dialect="zigbee2mqtt", device_id="Lamp"))

    assert register.find("zigbee2mqtt", "lamp") is None


def test_every_asset_answers_to_its_id_in_native_topics() -> None:
    """Until its own dialect is there, it speaks native."""
    register, _ = a_register(an_asset(dialect="ttn_v3", device_id="eui-1"))

    assert register.find("native", "BIN-01") == register.by_id["BIN-01"]


def test_a_dialect_we_do_not_have_yet_is_native() -> None:
    """The demo street has LoRa gateways of a dialect that comes later."""
    assert speaks_as(an_asset(dialect="morse", device_id="node-7")) == ("native", "BIN-01")


def test_a_newcomer_becomes_an_asset_without_a_place() -> None:
    """Its readings are kept until somebody registers it."""
    register, stored = a_register(newcomers=1)

    asset = register.meet("zigbee2mqtt", "走廊/门")

    assert stored == [asset]
    assert asset == Asset(
        asset_id="zigbee2mqtt:走廊/门", kind="unknown", name="走廊/门", dialect="zigbee2mqtt", device_id="走廊/门"
    )
    assert register.find("zigbee2mqtt", "走廊/门") == asset


def test_newcomers_are_bounded() -> None:
    """Somebody who makes up names must not fill the register."""
    register, stored = a_register(newcomers=2)

    met = [register.meet("native", name) for name in ("a", "b", "c", "d")]

    assert [asset is not None for asset in met] == [True, True, False, False]
    assert len(stored) == 2


def test_newcomers_of_earlier_days_count() -> None:
    """A restart is no way around the bound."""
    register, _ = a_register(an_asset("old", kind="unknown"), newcomers=1)

    assert register.meet("native", "new") is None


def test_a_registered_newcomer_makes_room() -> None:
    """Somebody gave it a kind and a place."""
    register, _ = a_register(an_asset("old", kind="unknown"), newcomers=1)

    register.refresh([an_asset("old", kind="bin")])

    assert register.meet("native", "new") is not None


def test_the_demo_list_is_whole() -> None:
    """226 assets, and not one row left out."""
    assets, faults = read_assets(ROOT / "street/geo/demo_assets.csv", is_demo=True)

    assert faults == []
    assert len(assets) == 226
    assert all(asset.is_demo for asset in assets)


def test_a_row_becomes_an_asset(tmp_path: Path) -> None:
    """Every column, empty ones as unknown."""
    path = tmp_path / "a.csv"
    path.write_text(
        "\ufeff" + HEAD + "L-1,lamp,灯一,120.3,36.0,c1,g1,路,GW-1,900,zigbee2mqtt,K1,lamp one\nL-2,lamp,二,,,,,,,,,,\n"
    )

    assets, faults = read_assets(path)

    assert faults == []
    assert assets[0] == Asset(
        asset_id="L-1", kind="lamp", name="灯一", lon=120.3, lat=36.0, community_id="c1", grid_cell_id="g1", road="路",
        gateway_id="GW-1", circuit_id="K1", dialect="zigbee2mqtt", device_id="lamp one", interval_s=900.0,
    )  # fmt: skip
    assert assets[1] == Asset(asset_id="L-2", kind="lamp", name="二", device_id="L-2")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        pytest.param(",bin,n,,,,,,,,,,", RowFault(2, "id", "expected 1 to 200 characters"), id="no id"),
        pytest.param("B-1,,n,,,,,,,,,,", RowFault(2, "kind", "expected 1 to 200 characters"), id="no kind"),
        pytest.param(
            "B/1,bin,n,,,,,,,,,,",
            RowFault(2, "id", "expected letters, digits, '.', '_' and '-', got 'B/1'"),
            id="an id that is two topic levels",
        ),
        pytest.param(
            "B-1,bin,n,36.1,120.3,,,,,,,,",
            RowFault(2, "lat", "expected a number from -90 to 90, got '120.3'"),
            id="longitude and latitude swapped",
        ),
        pytest.param(
            "B-1,bin,n\u202em,,,,,,,,,,",
            RowFault(2, "name", "expected one line without control and direction characters"),
            id="a name that turns its reading direction",
        ),
        pytest.param(
            "B-1,bin,n,,,,,\x1b[2J,,,,,",
            RowFault(2, "street", "expected one line without control and direction characters"),
            id="a street that clears the terminal",
        ),
        pytest.param(
            "B-1,bin,n,12_0,36.1,,,,,,,,",
            RowFault(2, "lon", "expected a number from -180 to 180, got '12_0'"),
            id="a number as only Python writes it",
        ),
        pytest.param(
            "B-1,bin,n,nan,36.1,,,,,,,,", RowFault(2, "lon", "expected a number from -180 to 180, got 'nan'"), id="nan"
        ),
        pytest.param(
            "B-1,bin,n,,,,,,,-5,,,",
            RowFault(2, "interval_s", "expected a number from 0.001 to 3.1536e+07, got '-5'"),
            id="a negative interval",
        ),
    ],
)
def test_a_row_that_does_not_fit_is_left_out_and_named(tmp_path: Path, row: str, fault: RowFault) -> None:
    """The others are taken."""
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD}{row}\nB-2,bin,n,,,,,,,,,,\n", encoding="utf-8")

    assets, faults = read_assets(path)

    assert faults == [fault]
    assert [asset.asset_id for asset in assets] == ["B-2"]


def test_two_assets_never_share_a_voice(tmp_path: Path) -> None:
    """The same id, or the same device of the same dialect."""
    path = tmp_path / "a.csv"
    rows = ["B-1,bin,n,,,,,,,,,,", "B-1,bin,m,,,,,,,,,,", "B-2,bin,n,,,,,,,,ttn_v3,,x", "B-3,bin,n,,,,,,,,ttn_v3,,x"]
    path.write_text(HEAD + "\n".join(rows), encoding="utf-8")

    assets, faults = read_assets(path)

    assert [asset.asset_id for asset in assets] == ["B-1", "B-2"]
    assert [str(fault) for fault in faults] == [
        "line 3: id: already taken in line 2",
        "line 5: device_id: already taken in line 4",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"id,kind\n1,2\n", "name: expected the columns id, kind, name", id="columns missing"),
        pytest.param(b"\xff\xfe", "expected a UTF-8 CSV file", id="not text"),
        pytest.param(b"", "expected the columns", id="empty"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """As a whole."""
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=said):
        read_assets(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """`register.assets_file` with a typing error."""
    with pytest.raises(ConfigError, match=r"nowhere\.csv:1: expected a UTF-8 CSV file of assets"):
        read_assets(tmp_path / "nowhere.csv")


def test_more_or_fewer_newcomers_can_be_let_in_while_it_runs() -> None:
    """Those who are here count; none is sent away."""
    register, stored = a_register(newcomers=1)
    register.meet("native", "one")
    full = register.meet("native", "two")

    register.welcome(3)
    known = [register.meet("native", name) for name in ("two", "three", "four")]
    register.welcome(0)

    assert full is None
    assert [asset is not None for asset in known] == [True, True, False]
    assert register.meet("native", "five") is None
    assert len(stored) == 3


def test_where_newcomers_wait_none_becomes_an_asset() -> None:
    """Also after a new configuration says so."""
    register, stored = a_register(newcomers=9)

    register.welcome(9, waits=True)

    assert register.meet("native", "new") is None
    assert (stored, register.waits) == ([], True)
