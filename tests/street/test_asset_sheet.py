"""A list of assets: each row judged, each fault told, all of it or nothing."""

from dataclasses import replace
from datetime import date

import pytest

from ingest.decode import DIALECTS
from street.asset_export import as_form
from street.asset_sheet import RowFault, read_assets, read_form
from street.asset_words import words
from street.assets import Asset
from street.clock import monotonic_s
from tests.street.asset_makers import (
    GEO,
    HEAD,
    INSIDE,
    LAMP,
    a_csv,
    a_known,
    a_lamp,
    an_xlsx,
    ground,
    read,
    the_fault,
    whole,
)


def test_a_row_becomes_an_asset_with_all_it_says() -> None:
    """Chinese headings, a word for the kind, the standard's id, expectations by quantity."""
    sheet = a_lamp(
        GLBJBSM="37020201037000123", 主管部门="市南区城管局", 经度="120.3248", 纬度="36.0669", 所属回路="LC-01",
        方言="z2m", 设备编号="0x1", 上报间隔="900", 分项间隔="battery=86400", 合理范围="voltage=180..260; power=0..",
        下次检查="2026/12/1", 检查周期="365",
    )  # fmt: skip

    assert sheet.faults == ()
    cell = ground().grid_cell_of(120.3248, 36.0669)
    assert cell is not None
    assert sheet.assets == (
        Asset(
            asset_id="SL-01", kind="streetlight", name="一号灯", lon=120.3248, lat=36.0669,
            community_id=cell.community_id, grid_cell_id=cell.grid_cell_id, circuit_id="LC-01",
            dialect="zigbee2mqtt", device_id="0x1", interval_s=900.0, standard_id="37020201037000123",
            component="01037", department="市南区城管局", source_datum="wgs84", intervals={"battery": 86400.0},
            ranges={"voltage": (180.0, 260.0), "power": (0.0, float("inf"))}, inspection_due=date(2026, 12, 1),
            inspection_days=365,
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        pytest.param({"kind_": "路灯"}, None, id="a column twice"),
        pytest.param({"standard_id": "3702020103700012"}, ("standard_id", "standard-id", "3702020103700012"), id="16"),
        pytest.param({"standard_id": "3.70202E+16"}, ("standard_id", "digits-cut", "3.70202E+16"), id="cut by Excel"),
        pytest.param({"component": "01078"}, ("component", "unknown", "01078"), id="no class"),
        pytest.param(
            {"standard_id": "37020201037000123", "component": "01001"},
            ("standard_id", "other-component", "37020201037000123"),
            id="two classes",
        ),
        pytest.param({"name_en": "=HYPERLINK(1)"}, ("name_en", "formula", "=HYPERLINK(1)"), id="formula"),
        pytest.param({"road": "-2+3+cmd|' /C calc'!A0"}, ("road", "formula", "-2+3+cmd|' /C calc'!A0"), id="minus"),
        pytest.param({"road": "a\u202eb"}, ("road", "characters", "a\u202eb"), id="bidi"),
        pytest.param({"lon": "36.0669", "lat": "120.3248"}, ("lat", "out-of-range", "120.3248"), id="swapped"),
        pytest.param({"lon": "0", "lat": "0"}, ("lon", "off-map", "0 0"), id="off the map"),
        pytest.param({"lon": "120.32"}, ("lat", "missing", ""), id="half a position"),
        pytest.param({"lon": "nan", "lat": "36"}, ("lon", "number", "nan"), id="nan"),
        pytest.param({"grid_cell_id": "370202007001999"}, ("grid_cell_id", "unknown", "370202007001999"), id="grid"),
        pytest.param({"gateway_id": "GW-9"}, ("gateway_id", "unknown", "GW-9"), id="gateway"),
        pytest.param({"dialect": "morse"}, ("dialect", "unknown", "morse"), id="dialect"),
        pytest.param({"quantity_ranges": "voltage=9..1"}, ("quantity_ranges", "ranges", "voltage=9..1"), id="ranges"),
        pytest.param({"interval_s": "0"}, ("interval_s", "out-of-range", "0"), id="interval"),
        pytest.param({"inspection_due": "2026-02-30"}, ("inspection_due", "date", "2026-02-30"), id="date"),
        pytest.param({"colour": "red"}, ("", "unknown-column", "colour"), id="unknown column"),
    ],
)
def test_a_fault_says_column_code_and_what_was_found(
    columns: dict[str, str], fault: tuple[str, str, str] | None
) -> None:
    """Enough to mend the file without us."""
    assert the_fault(a_lamp(**columns)) == (fault or ("kind", "column-twice", "kind_"))


def test_a_position_of_another_datum_shows_in_its_grid_cell() -> None:
    """456 m is a third of the subdistrict: whoever forgets to say GCJ-02 is told."""
    cell = ground().grid_cell_of(INSIDE["lon"], INSIDE["lat"])
    assert cell is not None

    sheet = a_lamp(lon="120.329857", lat="36.067084", grid_cell_id=cell.grid_cell_id)
    mended = a_lamp(lon="120.329857", lat="36.067084", grid_cell_id=cell.grid_cell_id, datum="火星坐标")

    assert the_fault(sheet)[:2] == ("grid_cell_id", "elsewhere")
    assert mended.faults == ()
    assert mended.assets[0].source_datum == "gcj02"


def test_every_faulty_row_is_told_and_the_good_ones_do_not_hide_it() -> None:
    """Who imports mends all of them at once."""
    sheet = read(HEAD, LAMP, ("", "路灯", "二"), ("SL-03", "灯泡", "三"), ("SL-04", "路灯", ""), LAMP)

    assert [(fault.row, fault.column, fault.code) for fault in sheet.faults] == [
        (3, "id", "missing"), (4, "kind", "unknown"), (5, "name", "missing"), (6, "id", "twice"),
    ]  # fmt: skip


def test_no_two_assets_share_a_voice_or_a_standard_id() -> None:
    """Neither in the list, nor with what is registered."""
    known = a_known(
        Asset(asset_id="OLD", kind="streetlight", name="x", device_id="d1", standard_id="37020201037000001")
    )
    rows = [("A", "路灯", "a", "d1", ""), ("B", "路灯", "b", "", "37020201037000001"), ("C", "路灯", "c", "", "")]

    sheet = read((*HEAD, "device_id", "standard_id"), *rows, known=known)

    assert [(fault.row, fault.column, fault.code, fault.found) for fault in sheet.faults] == [
        (2, "device_id", "taken", "d1 by OLD"), (3, "standard_id", "taken", "37020201037000001 by OLD"),
    ]  # fmt: skip


def test_gateways_and_circuits_are_known_from_the_same_list() -> None:
    """In any order; once circuits are listed, one that is not is a slip."""
    rows = [
        ("asset", "L1", "路灯", "1", "GW-1", "LC-1"), ("asset", "L2", "路灯", "2", "GW-1", "LC-l"),
        ("网关", "GW-1", "", "网关", "", ""), ("回路", "LC-1", "", "回路", "", ""),
    ]  # fmt: skip

    sheet = read(("part", "id", "kind", "name", "gateway", "circuit"), *rows)

    assert the_fault(sheet) == ("circuit_id", "unknown", "LC-l")
    assert [asset.kind for asset in sheet.assets] == ["streetlight", "streetlight", "gateway", "circuit"]


def test_key_areas_and_places_come_along() -> None:
    """What has an outline is a key area; its corners are on the map, in WGS84."""
    square = "POLYGON ((120.325 36.066, 120.326 36.066, 120.326 36.067, 120.325 36.066))"
    head = ("part", "id", "kind", "name", "outline", "lon", "lat")
    rows = [("", "KA-1", "", "小学周边", square, "", ""), ("地点", "P-1", "school", "小学", "", "120.325", "36.066")]

    sheet = read(head, *rows, ("重点区域", "KA-2", "", "无界", "", "", ""))

    assert [(place.kind, place.is_key_area, place.outline) for place in sheet.places[:2]] == [
        ("key_area", True, square), ("school", False, ""),
    ]  # fmt: skip
    assert the_fault(sheet) == ("outline", "missing", "")


def test_sheets_of_a_workbook_say_what_they_list() -> None:
    """And faults name the sheet."""
    content = an_xlsx(部件=[HEAD, LAMP], 网关=[("编号", "名称"), ("GW-1", "网关")], 回路=[("编号", "名称"), (7, None)])

    sheet = read_assets(content, a_known())

    assert [asset.kind for asset in sheet.assets[:2]] == ["streetlight", "gateway"]
    assert sheet.faults == (RowFault("回路", 2, "name", "missing", ""),)


def test_a_formula_in_a_workbook_is_a_fault_and_never_its_result() -> None:
    """Nobody knows what the result was when it was looked at."""
    sheet = read_assets(an_xlsx(部件=[HEAD, ("SL-1", "路灯", "=1+1")]), a_known())

    assert the_fault(sheet)[:2] == ("name", "formula")


def test_seventeen_digits_typed_as_a_number_are_refused() -> None:
    """Excel keeps fifteen: the last two would be zeros."""
    sheet = read_assets(an_xlsx(部件=[(*HEAD, "GLBJBSM"), (*LAMP, 37020201037000123)]), a_known())

    assert the_fault(sheet)[:2] == ("standard_id", "digits-cut")


def test_what_is_registered_already_is_counted_apart() -> None:
    """A person sees before it happens what an import would change."""
    same = Asset(asset_id="SL-01", kind="streetlight", name="一号灯")
    other = replace(same, asset_id="SL-02", name="旧名")

    sheet = read(HEAD, LAMP, ("SL-02", "路灯", "新名"), ("SL-03", "路灯", "三"), known=a_known(same, other))

    assert (sheet.added, sheet.changed, sheet.unchanged) == (1, 1, 1)


def test_an_id_that_is_registered_is_taken_as_it_is() -> None:
    """A device that was let in under its own name can be exported, given a kind, and imported."""
    old = Asset(asset_id="zigbee2mqtt:走廊/门", kind="unknown", name="走廊/门")

    assert the_fault(read(HEAD, ("zigbee2mqtt:走廊/门", "路灯", "门")))[:2] == ("id", "id")
    assert read(HEAD, ("zigbee2mqtt:走廊/门", "路灯", "门"), known=a_known(old)).faults == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_of_a_list_is_found(encoding: str) -> None:
    """Excel in China writes GB18030, on a Mac UTF-8, and with a mark where it is asked to."""
    sheet = read_assets(a_csv(HEAD, LAMP).encode(encoding), a_known())

    assert [asset.name for asset in sheet.assets] == ["一号灯"]


def test_a_missing_column_is_one_fault() -> None:
    """Not one for each row."""
    assert read(("编号", "类型"), ("a", "路灯"), ("b", "路灯")).faults == (RowFault("", 1, "name", "missing-column"),)


@pytest.mark.parametrize("content", [b"", b"id,name\n", b"\xff\xfe\x00", b"{", b"PK\x03\x04", b'"open'])
def test_a_file_that_is_no_list_is_one_fault(content: bytes) -> None:
    """It never raises."""
    sheet = read_assets(content, a_known())

    assert len(sheet.faults) == 1
    assert sheet.faults == whole("file", sheet.faults[0].code)


def test_the_demo_list_is_read_without_a_fault() -> None:
    """226 assets; the headings of the first days are understood."""
    sheet = read_assets((GEO / "demo_assets.csv").read_bytes(), a_known())

    assert sheet.faults == ()
    assert len(sheet.assets) == 226


def test_ten_thousand_rows_take_seconds() -> None:
    """The bound is 30 s; a fault in the last is found as well."""
    rows = [(f"SL-{number}", "路灯", f"灯 {number}", "120.3248", "36.0669") for number in range(10_000)]
    begun_s = monotonic_s()

    sheet = read((*HEAD, "lon", "lat"), *rows, ("SL-1", "路灯", "again", "", ""))

    assert (len(sheet.assets), the_fault(sheet)[1]) == (10_000, "twice")
    assert monotonic_s() - begun_s < 30


def test_the_list_knows_every_dialect() -> None:
    """The words stand here, the dialects in ingest, which street cannot see."""
    assert set(words("dialects").values()) == set(DIALECTS)


def test_a_form_is_judged_as_a_row_is() -> None:
    """Who edits an asset on a page meets the same rules as who imports it."""
    lamp = Asset(
        asset_id="SL-01", kind="streetlight", name="=灯", lon=120.3248, lat=36.0669, source_datum="bd09",
        community_id="370202007004", ranges={"power": (0.0, 5.0)}, inspection_due=date(2026, 12, 1),
    )  # fmt: skip
    fields = as_form(lamp)
    known = a_known(lamp)

    same, wrong = read_form(fields | {"grid_cell_id": ""}, known), read_form(fields | {"lat": "0", "lon": "x"}, known)

    assert same.faults == ()
    assert replace(same.assets[0], grid_cell_id="", community_id="370202007004") == lamp
    assert [(fault.column, fault.code) for fault in wrong.faults] == [("lon", "number")]
