"""`python -m ingest check` tells what a configuration does before it is done."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from ingest import check
from street import clock
from street.assets import Asset
from street.config import load
from street.errors import ConfigError
from street.scenarios import Scenarios, load_scenarios
from street.store import open_store

HEAD = "id,kind,name,lon,lat,community_code,grid_id,street,gateway,interval_s,dialect,circuit\n"


def said(folder: Path, more: str = "", rows: str = "") -> str:
    """Return what is said of a configuration with *rows* in its list of assets."""
    (folder / "assets.csv").write_text(HEAD + rows, encoding="utf-8")
    path = folder / "config.yaml"
    path.write_text(f"store:\n  url: sqlite:///street.db\nregister:\n  assets_file: assets.csv\n{more}", "utf-8")
    out = io.StringIO()
    check.explain(load(path, {}), out)
    return out.getvalue()


def an_asset(asset_id: str = "a-1", **changes: str) -> Asset:
    """Return a native asset that answers to its id."""
    return Asset(**{"asset_id": asset_id, "kind": "streetlight", "name": "n", "device_id": asset_id} | changes)  # type: ignore[arg-type] # texts only


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        pytest.param([("street/#", "native"), ("v3/#", "ttn_v3")], [(None, []), (None, [])], id="strangers"),
        pytest.param([("#", "native"), ("street/+/x", "tasmota")], [(None, []), (0, [])], id="swallowed"),
        pytest.param([("street/+", "native"), ("street/#", "tasmota")], [(None, []), (None, [0])], id="in part"),
        pytest.param([("a/#", "native"), ("+/b", "native")], [(None, []), (None, [])], id="its own dialect takes some"),
        pytest.param([("a/#", "native"), ("a/b", "native")], [(None, []), (0, [])], id="its own dialect takes all"),
    ],
)
def test_earlier_routes_shadow_later_ones(
    routes: list[tuple[str, str]], expected: list[tuple[int | None, list[int]]]
) -> None:
    """Wholly or in part; by whom."""
    assert check.shadows(routes) == expected


@pytest.mark.parametrize(
    ("asset", "routes", "reason"),
    [
        pytest.param(an_asset(), [("street/#", "native")], None, id="heard"),
        pytest.param(an_asset(dialect="ttn_v3"), [("street/#", "native")], "ttn_v3 has no route", id="no route"),
        pytest.param(an_asset(dialect="morse"), [("street/#", "native")], None, id="not spoken: heard as native"),
        pytest.param(
            an_asset(dialect="ttn_v3"),
            [("#", "native"), ("v3/#", "ttn_v3")],
            "every route of ttn_v3 is taken by earlier ones",
            id="all shadowed",
        ),
        pytest.param(
            an_asset("lamps"),
            [("street/lamps/#", "tasmota"), ("street/#", "native")],
            "its topic (street/lamps/telemetry) goes to tasmota",
            id="its own topic is another's",
        ),
        pytest.param(
            an_asset(),
            [("street/+/status", "native")],
            "its topic (street/a-1/telemetry) is taken by no route",
            id="its measurements are not taken",
        ),
        pytest.param(an_asset(dialect="zigbee2mqtt"), [("z/#", "zigbee2mqtt")], None, id="another root"),
        pytest.param(an_asset(dialect="ttn_v3"), [("v3/#", "ttn_v3")], None, id="only its route is looked at"),
    ],
)
def test_an_asset_that_nobody_would_hear_is_named(
    asset: Asset, routes: list[tuple[str, str]], reason: str | None
) -> None:
    """With the reason."""
    assert check.unheard([asset], routes) == ({reason: [asset.asset_id]} if reason else {})


def test_an_asset_without_a_rule_is_named() -> None:
    """Of a kind that no scenario describes, or whose scenario only measures."""
    known = load_scenarios()
    bare = {kind: replace(it, rules=()) if kind == "camera" else it for kind, it in known.items()}
    assets = [an_asset(), an_asset("b", kind="bench"), an_asset("c", kind="camera")]

    found = check.without_rule(assets, Scenarios(bare))

    assert found == {
        "no scenario describes the kind bench": ["b"],
        "the scenario of camera (视频监控) has no rule": ["c"],
    }


def test_the_tables_can_be_read(tmp_path: Path) -> None:
    """Routes in their order with their notes, kinds with their Chinese names and rules, rows that were left out."""
    routes = "ingest:\n  routes:\n    native: [street/#]\n    tasmota: [street/lamps/#, tele/+/#]\n"
    rows = "L-1,streetlight,灯,,,,,,,,tasmota,\nL-2,bench,长椅,,,,,,,,ttn_v3,\n,bad,row,,,,,,,,,\n"

    text = said(tmp_path, routes, rows)

    assert text.startswith(f"{tmp_path}/config.yaml: can be used\n")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "1 street/# native" in lines
    assert "2 street/lamps/# tasmota never reached: 1 (street/#) takes all of it" in lines
    assert "3 tele/+/# tasmota" in lines
    assert any(line.startswith("Dialects without a route: chirpstack_v4, ") for line in lines)
    assert any(line.startswith("streetlight 路灯 1 lamp-fault, ") for line in lines)
    assert "bench - 1 none" in lines
    assert "line 4: id: expected 1 to 200 characters" in lines
    assert "no scenario describes the kind bench: L-2" in lines
    assert "ttn_v3 has no route: L-2" in lines


def test_columns_stand_under_one_another(tmp_path: Path) -> None:
    """A Chinese character takes two places on a terminal."""
    text = said(tmp_path, rows="L-1,streetlight,灯,,,,,,,,,\nB-1,camera,n,,,,,,,,,\n")

    rows = [line for line in text.splitlines() if line.startswith(("  streetlight", "  camera"))]
    starts = {check._width(line[: line.index(" 1 ")]) for line in rows}
    assert len(rows) == 2
    assert len(starts) == 1


def test_it_writes_nothing(tmp_path: Path) -> None:
    """There is no store yet: there is none afterwards."""
    text = said(tmp_path)

    assert "Assets in the store: it does not exist yet" in text
    assert sorted(it.name for it in tmp_path.iterdir()) == ["assets.csv", "config.yaml"]


def test_the_store_is_looked_into_where_there_is_one(tmp_path: Path) -> None:
    """What a person registered counts as well; many examples are cut short."""
    store = open_store(f"sqlite:///{tmp_path}/street.db", now_us=clock.now_us)
    store.register_assets([an_asset(f"b-{number}", kind="bench") for number in range(9)])
    store.close()

    text = said(tmp_path)

    assert "Assets in the store: 9." in text
    assert "no scenario describes the kind bench: b-0, b-1, b-2, b-3, b-4 and 4 more" in text


def test_a_store_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """And the rest is explained all the same."""
    (tmp_path / "street.db").write_bytes(b"no database at all" * 100)

    text = said(tmp_path)

    assert "Assets in the store: not known (" in text
    assert "Assets that no route hears: none." in text


def test_what_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """As it would be at a start."""
    with pytest.raises(ConfigError, match="no dialect named 'morse'"):
        said(tmp_path, "ingest:\n  routes:\n    morse: [a/#]\n")
