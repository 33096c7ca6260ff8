"""One newcomer: strangers' words as text, the suggestion at hand, each deed one tap away."""

from typing import Any

from layouts import ids
from layouts.desk.newcomer_panel import newcomer_panel
from layouts.desk.newcomers import Heard, NewcomerLine, Offered
from tests.layouts.desk.reading import AREAS, COMMUNITY, NOW_US, a_viewer, piece, pieces, said
from tests.layouts.desk.test_newcomers import a_newcomer

HOSTILE = "<script>alert(1)</script>\u202e"


def a_panel(newcomer: NewcomerLine, *heard: Heard) -> Any:
    """Return its panel."""
    viewer = a_viewer(path="/desk/newcomers", newcomer="7")
    return newcomer_panel(viewer, newcomer, heard, Offered("0x1", {"streetlight": "路灯"}, AREAS))


def test_the_suggestion_stands_in_the_form_already() -> None:
    """Opening and one press are enough; the panel names whom it is about."""
    shown = a_panel(a_newcomer())

    assert piece(shown, ids.NEWCOMER_SUBJECT)["data"] == {"newcomer_id": 7}
    assert piece(shown, ids.NEWCOMER_KIND)["value"] == "streetlight"
    assert piece(shown, ids.NEWCOMER_ASSET)["value"] == "SL-1"
    assert piece(shown, ids.NEWCOMER_ID)["value"] == "0x1"
    assert COMMUNITY in [one["value"] for one in piece(shown, ids.NEWCOMER_AREA)["options"]]


def test_what_a_device_wrote_is_text_and_cut() -> None:
    """It is never an element, and the newest message comes first."""
    long = "x" * 5_000
    shown = a_panel(a_newcomer(device_id=HOSTILE), Heard(NOW_US - 1, "t/old", HOSTILE), Heard(NOW_US, "t/new", long))

    assert "<script>alert(1)</script>\\u202e" in said(shown)
    assert "\u202e" not in str(shown)
    assert len(said(a_panel(a_newcomer(device_id="x" * 100_000)))) < 2_000
    assert long not in said(shown)
    assert said(shown).index("t/new") < said(shown).index("t/old")
    assert not [one for one in pieces(shown) if one["type"] in {"Script", "DangerouslySetInnerHTML", "Markdown"}]


def test_each_dialects_readings_are_named_with_their_units() -> None:
    """Words have none."""
    shown = said(a_panel(a_newcomer()))

    assert "读出|温度 21.5 °C · state ON|" in shown
    assert "zigbee2mqtt|温度 21.5 °C · state ON|主题相符 · 0x1 · 拒收 2 条" in shown


def test_a_topic_rule_that_says_otherwise_is_told() -> None:
    """Registering it would not make it readable."""
    assert "请先改主题规则" in said(a_panel(a_newcomer(dialect="tasmota")))
    assert "请先改主题规则" not in said(a_panel(a_newcomer()))


def test_an_ignored_one_can_only_be_recalled_and_a_settled_one_is_left_alone() -> None:
    """The other buttons are hidden, so that nobody presses what does nothing."""
    ignored, settled = a_panel(a_newcomer(state="ignored")), a_panel(a_newcomer(state="settled", asset_id="SL-1"))

    assert (piece(ignored, ids.NEWCOMER_IGNORE)["hidden"], piece(ignored, ids.NEWCOMER_RECALL)["hidden"]) == (
        True,
        False,
    )
    assert [one["hidden"] for one in pieces(settled) if one.get("className") == "deciding"] == [True]
    assert "SL-1" in said(settled)


def test_assets_that_come_to_mind_are_offered() -> None:
    """Any other id may be typed."""
    viewer = a_viewer(path="/desk/newcomers", newcomer="7")
    offered = Offered("0x1", {}, AREAS, {"SL-1": "路口灯"})

    shown = newcomer_panel(viewer, a_newcomer(), [], offered)

    assert piece(shown, ids.NEWCOMER_ASSET)["list"] == ids.NEWCOMER_ASSETS
    assert [one["value"] for one in pieces(shown) if one["type"] == "Option"] == ["SL-1"]
