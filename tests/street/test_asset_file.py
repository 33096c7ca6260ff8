"""Files of three forms become rows of cells, within bounds."""

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from street.asset_file import BOUNDS, read_tables
from street.asset_sheet import AssetSheet, read_assets
from street.errors import FieldError
from street.workbook import Cell
from tests.street.asset_makers import a_known, an_xlsx

POINT = {"type": "Point", "coordinates": [120.3248, 36.0669]}
RING = [[120.325, 36.066], [120.326, 36.066], [120.326, 36.067], [120.325, 36.066]]
AREA = {"type": "Polygon", "coordinates": [RING]}


def texts(content: bytes) -> list[list[Any]]:
    """Return what stands in the only sheet."""
    (rows,) = read_tables(content).values()
    return [[cell.value for cell in row.cells] for row in rows]


def features(*geometries: Any, **properties: Any) -> bytes:
    """Return one feature for each geometry."""
    made = [{"type": "Feature", "properties": properties, "geometry": geometry} for geometry in geometries]
    return json.dumps({"type": "FeatureCollection", "features": made}).encode()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_parted_by_what_its_headings_are(separator: str) -> None:
    """Spreadsheets of other countries write semicolons."""
    assert texts(separator.join(["id", "name"]).encode() + b"\r\n" + separator.join("ab").encode()) == [
        ["id", "name"], ["a", "b"],
    ]  # fmt: skip


def test_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    """Empty ones too, and a cell of two lines is one row."""
    (rows,) = read_tables(b'id,name\n\n"a","two\nlines"\nb,c\n').values()

    assert [row.number for row in rows] == [1, 3, 4]


def test_a_feature_is_a_row_whose_number_is_its_place() -> None:
    """Point, outline, both, nothing, and what is neither."""
    both = {"type": "GeometryCollection", "geometries": [POINT, AREA]}
    line = {"type": "LineString", "coordinates": RING}
    wkt = "POLYGON ((120.325 36.066, 120.326 36.066, 120.326 36.067, 120.325 36.066))"

    (rows,) = read_tables(features(POINT, AREA, both, None, line, {"type": "Polygon"}, id="a")).values()

    assert [cell.value for cell in rows[0].cells] == ["id", "lon", "lat", "outline"]
    assert [row.number for row in rows] == [0, 1, 2, 3, 4, 5, 6]
    assert [tuple(cell.value for cell in row.cells[1:]) for row in rows[1:5]] == [
        (120.3248, 36.0669, None), (None, None, wkt), (120.3248, 36.0669, wkt), (None, None, None),
    ]  # fmt: skip
    assert [row.cells[3] for row in rows[5:]] == [Cell(is_error=True)] * 2


def test_a_property_that_is_a_list_is_an_error_cell() -> None:
    """A row fault, not the end of the import."""
    (rows,) = read_tables(features(POINT, id=["a"])).values()

    assert rows[1].cells[0].is_error


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"\xff\xfei\0d\0", "not-text", id="UTF-16"),
        pytest.param(b"\x00" * 10, "not-text", id="zeros"),
        pytest.param(b'id\n"open', "not-csv", id="an open quote"),
        pytest.param(b"{}", "not-geojson", id="no features"),
        pytest.param(b'{"features": [1]}', "not-geojson", id="no feature"),
        pytest.param(b'{"features": ' + b"[" * 100_000, "not-geojson", id="depth"),
        pytest.param(b"PK\x03\x04 no zip", "not-xlsx", id="no workbook"),
        pytest.param(b"a," * 61 + b"\n", "too-many-columns", id="columns"),
        pytest.param(b"a\n" * 20_002, "too-many-rows", id="rows"),
        pytest.param(b"a" * (BOUNDS.largest_bytes + 1), "too-large", id="bytes"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, code: str) -> None:
    """One code for the whole."""
    with pytest.raises(FieldError) as caught:
        read_tables(content)

    assert (caught.value.field, caught.value.code) == ("file", code)


def test_a_workbook_of_more_rows_than_a_list_of_people_is_read() -> None:
    """The bounds are those of assets."""
    rows = [("id", "name"), *((f"A-{number}", "x") for number in range(1_500))]

    assert len(read_tables(an_xlsx(asset=rows))["asset"]) == 1_501


@settings(max_examples=60)
@given(strategies.binary(max_size=200) | strategies.text(max_size=200).map(str.encode))
def test_no_file_raises(content: bytes) -> None:
    """Whatever it is."""
    assert isinstance(read_assets(content, a_known()), AssetSheet)


@settings(max_examples=60)
@given(
    strategies.lists(
        strategies.dictionaries(
            strategies.sampled_from(
                "id name kind lon lat datum outline part standard_id quantity_ranges quantity_intervals is_demo "
                "inspection_due grid_cell_id community_id interval_s".split()
            ),
            strategies.text(max_size=12) | strategies.floats() | strategies.booleans() | strategies.none(),
        ),
        max_size=4,
    )
)
def test_no_row_raises(properties: list[dict[str, Any]]) -> None:
    """Numbers where words belong, words where numbers belong, nothing where something belongs."""
    made = [{"type": "Feature", "properties": one, "geometry": None} for one in properties]
    content = json.dumps({"features": made}).encode("utf-8", "surrogatepass")

    assert isinstance(read_assets(content, a_known()), AssetSheet)
