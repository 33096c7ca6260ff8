"""The form that edits an asset: every column of a list that a person keeps, and what cannot be taken, in words."""

from layouts import ids
from layouts.desk.asset_form import AREA, DATUMS, FIELDS, Form, asset_form, wrong
from layouts.desk.assets import Offer
from street.asset_words import COLUMNS
from street.datums import Datum
from tests.layouts.desk.reading import AREAS, COMMUNITY, SUBDISTRICT, a_viewer, piece, said
from tests.layouts.desk.test_assets import KINDS, a_line

NOT_EDITED = {"part", "id", "source_datum", "community_id", "grid_cell_id", "is_demo", "outline"}


def test_every_column_that_is_kept_by_hand_has_a_field() -> None:
    """A new column of the list is a new field, or is left out on purpose; community and cell are one choice."""
    assert set(FIELDS) == set(COLUMNS) - NOT_EDITED | {AREA}
    assert set(DATUMS) == set(Datum)


def test_the_form_begins_with_what_is_registered() -> None:
    """An asset of a kind that is shipped no more keeps it; places are chosen down from the community."""
    asset = a_line(kind="old_kind").asset
    form = Form(asset, {"name": "路口灯", AREA: COMMUNITY}, "f-1", ["native"])

    shown = asset_form(a_viewer(path="/desk/assets", asset="SL-1", edit="1"), form, Offer(AREAS, KINDS, may_keep=True))

    assert piece(shown, ids.asset_field("name"))["value"] == "路口灯"
    assert piece(shown, ids.asset_field(AREA))["value"] == COMMUNITY
    assert SUBDISTRICT not in [it["value"] for it in piece(shown, ids.asset_field(AREA))["options"]]
    assert "old_kind" in [it["value"] for it in piece(shown, ids.asset_field("kind"))["options"]]
    assert piece(shown, ids.ASSET_SUBJECT)["data"] == {"asset_id": "SL-1", "seen": "f-1"}


def test_what_cannot_be_taken_is_told_field_by_field() -> None:
    """With what was found there."""
    shown = said(wrong([("lon", "off-map", "1 2"), ("gateway_id", "unknown", "GW-9")], a_viewer().words))

    assert "经度| 不在本街道地图内 · 1 2|所属网关| 无法识别 · GW-9" in shown
