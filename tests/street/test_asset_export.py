"""The register leaves as a file and comes back the same."""

import csv
import io
import json
import math
from datetime import date

import openpyxl
import pytest

from street.asset_export import FORMATS, as_csv, as_geojson, as_xlsx
from street.asset_sheet import read_assets
from street.assets import Asset
from street.places import Place
from tests.street.asset_makers import a_known

SQUARE = "POLYGON ((120.325 36.066, 120.326 36.066, 120.326 36.067, 120.325 36.066))"
TWO = (
    "MULTIPOLYGON (((120.325 36.066, 120.326 36.066, 120.326 36.067, 120.325 36.066)), "
    "((120.327 36.066, 120.328 36.066, 120.328 36.067, 120.327 36.066)))"
)
HOSTILE = ("=cmd|' /C calc'!A0", "'=1", "'", "-5", '+"x"', "@SUM(1)", "＝1+1", "<b>&amp;</b>", "a,b;c", "灯 ' 一")
ASSETS = [
    Asset(asset_id="GW-1", kind="gateway", name="网关", name_en="Gateway", dialect="ttn_v3", is_demo=True),
    Asset(asset_id="LC-1", kind="circuit", name="回路"),
    Asset(
        asset_id="SL-1", kind="streetlight", name="灯", lon=120.3248123, lat=36.0669877,
        community_id="370202007001", grid_cell_id="370202007001001", road="江苏路", gateway_id="GW-1",
        circuit_id="LC-1", dialect="tasmota", device_id="tele one", interval_s=0.125, standard_id="37020201037000123",
        component="01037", department="城管局", source_datum="bd09",
        intervals={"power": 60.0, "noise_laeq.2": 0.5}, ranges={"power": (-1.5, math.inf), "tilt": (-math.inf, 90.0)},
        inspection_due=date(2026, 12, 31), inspection_days=90,
    ),
    *(Asset(asset_id=f"H-{number}", kind="other", name=name) for number, name in enumerate(HOSTILE)),
]  # fmt: skip
PLACES = [
    Place(place_id="P-1", kind="school", name="小学", lon=120.325, lat=36.066, source_datum="gcj02"),
    Place(place_id="K-1", kind="key_area", name="周边", outline=SQUARE, source_datum="wgs84", is_key_area=True),
    Place(place_id="K-2", kind="market", name="两片", outline=TWO, lon=120.3255, lat=36.0662, department="x",
          source_datum="cgcs2000", is_key_area=True),
]  # fmt: skip


@pytest.mark.parametrize("name", list(FORMATS))
def test_what_leaves_comes_back_the_same(name: str) -> None:
    """To the last digit, and with names that try to run."""
    ground = a_known(*ASSETS, places=tuple(PLACES))
    known = ground._replace(ground=_Anywhere())  # the grid cell of the drawing is not this test's matter

    sheet = read_assets(FORMATS[name](ASSETS, PLACES), known)

    assert sheet.faults == ()
    assert sorted(sheet.assets, key=lambda it: it.asset_id) == sorted(ASSETS, key=lambda it: it.asset_id)
    assert sorted(sheet.places, key=lambda it: it.place_id) == sorted(PLACES, key=lambda it: it.place_id)
    assert sheet.unchanged == len(ASSETS) + len(PLACES)


def test_no_cell_of_a_csv_runs() -> None:
    """Excel takes what begins with a sign for a formula, in quotes or not."""
    rows = list(csv.reader(io.StringIO(as_csv(ASSETS, []).decode("utf-8-sig"))))

    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "＝"))] == []


def test_no_cell_of_a_workbook_runs() -> None:
    """A text stays a text, also where it looks like a formula."""
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(ASSETS, [])))

    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}

    assert kinds == {"inlineStr", "s", "n"}  # never "f"


def test_a_name_that_xml_cannot_hold_does_not_stop_the_export() -> None:
    """A device may call itself anything."""
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([Asset(asset_id="x", kind="other", name="a\x07\ud800b")], [])))

    assert book["asset"]["C2"].value == "a\ufffd\ufffdb"


def test_geojson_is_wgs84_and_says_what_it_was_measured_in() -> None:
    """GCJ-02 never leaves in GeoJSON."""
    features = json.loads(as_geojson(ASSETS, []))["features"]

    lamp = next(it for it in features if it["properties"]["id"] == "SL-1")
    assert lamp["geometry"] == {"type": "Point", "coordinates": [120.3248123, 36.0669877]}
    assert (lamp["properties"]["datum"], lamp["properties"]["source_datum"]) == ("wgs84", "bd09")


def test_an_empty_register_is_an_empty_list() -> None:
    """Headings, so that somebody can begin."""
    assert openpyxl.load_workbook(io.BytesIO(as_xlsx([], [])))["asset"]["A1"].value == "id"
    assert as_csv([], []).count(b"\r\n") == 1


class _Anywhere:
    """Ground without grid cells of its own: whatever the list says is right."""

    class _All(dict[str, object]):
        def __contains__(self, _key: object) -> bool:
            return True

    communities = _All()
    grid_cells = _All()

    def is_on_map(self, _lon: float, _lat: float) -> bool:
        return True

    def grid_cell_of(self, _lon: float, _lat: float) -> None:
        return None

    def community_of(self, _lon: float, _lat: float) -> None:
        return None
