"""Where a point lies."""

import csv
import json
from pathlib import Path

import pytest

import street
from street.errors import ConfigError
from street.places import Places, distance_m, load_places

GEO = Path(street.__file__).parent / "geo"


@pytest.fixture(scope="module")
def places() -> Places:
    """Those of the drawn map."""
    return load_places(GEO)


def test_the_map_has_its_cells_and_communities(places: Places) -> None:
    """A file half read would put incidents nowhere."""
    assert (len(places.communities), len(places.grid_cells)) == (4, 26)
    assert places.grid_cells["370202007001001"].short == "齐01"


def test_every_demo_asset_lies_in_the_cell_that_its_row_names(places: Places) -> None:
    """226 points worked out by another program: the answers must agree."""
    with (GEO / "demo_assets.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    wrong = []
    for row in rows:
        cell = places.grid_cell_of(float(row["lon"]), float(row["lat"]))
        if cell is None or (cell.grid_cell_id, cell.community_id) != (row["grid_id"], row["community_code"]):
            wrong.append((row["id"], row["grid_id"], cell))

    assert len(rows) == 226
    assert wrong == []


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        pytest.param(120.30, 36.05, id="at sea"),
        pytest.param(36.066, 120.326, id="swapped"),
        pytest.param(0.0, 0.0, id="null island"),
        pytest.param(120.3263 + 180, 36.0665, id="half round the world"),
    ],
)
def test_a_point_elsewhere_lies_nowhere(places: Places, lon: float, lat: float) -> None:
    """None is an answer; the nearest cell would be a lie."""
    assert (places.grid_cell_of(lon, lat), places.community_of(lon, lat)) == (None, None)


def test_a_community_holds_its_cells(places: Places) -> None:
    """Both layers are drawn from the same lines."""
    labels = json.loads((GEO / "grids.geojson").read_text(encoding="utf-8"))["features"]

    for feature in labels:
        properties = feature["properties"]
        community = places.community_of(properties["label_lon"], properties["label_lat"])
        assert community is not None
        assert community.community_id == properties["community"]


def test_an_unknown_community_is_called_by_its_id(places: Places) -> None:
    """Better a number on the screen than nothing."""
    assert places.community_name("370202007001") == "齐东路社区"
    assert places.community_name("370202007999") == "370202007999"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param((120.0, 36.0), (120.0, 36.0), 0.0, id="the same point"),
        pytest.param((120.0, 36.0), (120.0, 37.0), 111_195.1, id="one degree north: 6371.0088 km · π/180"),
        pytest.param((120.0, 36.0), (121.0, 36.0), 89_958.5, id="one degree east at 36° N"),
        pytest.param((0.0, 0.0), (180.0, 0.0), 20_015_114.4, id="half the earth"),
    ],
)
def test_distances_follow_the_great_circle(a: tuple[float, float], b: tuple[float, float], expected: float) -> None:
    """Worked by hand on a sphere of 6371.0088 km."""
    assert distance_m(*a, *b) == pytest.approx(expected, abs=1.0)


def collection(geometry: object, **properties: str) -> str:
    """A GeoJSON file with one feature."""
    return json.dumps({"features": [{"properties": properties, "geometry": geometry}]})


SQUARE_WITH_HOLE = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]], [[3, 3], [6, 3], [6, 6], [3, 6], [3, 3]]],
        [[[20, 0], [21, 0], [21, 1], [20, 1], [20, 0]]],
    ],
}


@pytest.mark.parametrize(
    ("lon", "lat", "is_in"), [(1, 1, True), (4, 4, False), (7, 4, True), (20.5, 0.5, True), (15, 0.5, False)]
)
def test_holes_and_islands_count(tmp_path: Path, lon: float, lat: float, is_in: bool) -> None:
    """A courtyard of another community is not ours; an island is."""
    text = collection(SQUARE_WITH_HOLE, id="1", name="square", community="c")
    (tmp_path / "grids.geojson").write_text(text, encoding="utf-8")
    (tmp_path / "communities.geojson").write_text(text, encoding="utf-8")
    places = load_places(tmp_path)

    assert (places.grid_cell_of(lon, lat) is not None) is is_in


@pytest.mark.parametrize(
    ("lon", "lat", "is_on"),
    [
        pytest.param(120.3248, 36.0669, True, id="inside"),
        pytest.param(120.3405, 36.065, True, id="a block beyond the limit"),
        pytest.param(36.0669, 120.3248, False, id="swapped"),
        pytest.param(0.0, 0.0, False, id="off Africa"),
        pytest.param(120.42, 36.08, False, id="another subdistrict"),
    ],
)
def test_the_map_ends_two_kilometres_outside(places: Places, lon: float, lat: float, is_on: bool) -> None:
    """What is further away was typed wrongly."""
    assert places.is_on_map(lon, lat) is is_on
    assert Places([], []).is_on_map(lon, lat)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="not JSON"),
        pytest.param("[]", id="no collection"),
        pytest.param(
            collection({"type": "Point", "coordinates": [0, 0]}, id="1", name="n", community="c"), id="a point"
        ),
        pytest.param(collection(SQUARE_WITH_HOLE, id="1", name="n"), id="a cell without its community"),
        pytest.param(collection({"type": "Polygon", "coordinates": [[]]}, id="1", name="n", community="c"), id="empty"),
    ],
)
def test_a_broken_map_stops_the_start(tmp_path: Path, text: str) -> None:
    """Better no start than incidents without a place."""
    (tmp_path / "communities.geojson").write_text((GEO / "communities.geojson").read_text(encoding="utf-8"))
    (tmp_path / "grids.geojson").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=r"grids\.geojson:1: "):
        load_places(tmp_path)


def test_a_missing_map_stops_the_start(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(ConfigError, match=r"communities\.geojson:1: "):
        load_places(tmp_path)
