"""The assets page: the list and its views, files of what the filters leave, and what is offered to whom."""

from typing import Any

import pytest

from layouts import ids
from layouts.desk.assets import (
    MOST_LABELS,
    AssetLine,
    Counts,
    Offer,
    Page,
    asset_table,
    assets_page,
    name_of,
    page_at,
    view_of,
)
from street.assets import Asset
from street.clock import MINUTE_US
from street.freshness import DeviceState, Standing
from tests.layouts.desk.reading import AREAS, COMMUNITY, NOW_US, a_viewer, links, piece, pieces, said

KINDS = {"streetlight": "路灯"}
DEGRADED = Standing(DeviceState.DEGRADED, ("battery-low", "channel-silent"))
HOSTILE = "<script>alert(1)</script>\u202egnp.exe"


def a_line(standing: Standing = DEGRADED, **changes: Any) -> AssetLine:
    """Return a lamp in the list, heard five minutes ago."""
    told: dict[str, Any] = {
        "asset_id": "SL-1", "kind": "streetlight", "name": "路口灯", "community_id": COMMUNITY, "gateway_id": "GW-1",
    }  # fmt: skip
    return AssetLine(Asset(**(told | changes)), standing, NOW_US - 5 * MINUTE_US)


def a_page(*lines: AssetLine, many: int = 1, may_keep: bool = False, **query: str) -> Any:
    """Return the page with these lines."""
    viewer = a_viewer(path="/desk/assets", **query)
    offer = Offer(AREAS, KINDS, may_keep)
    counts = Counts({"degraded": len(lines)}, {"": many, "due": 2, "faults": 3, "causes": 4})
    shown = asset_table(viewer, lines, offer) if lines else None
    return assets_page(viewer, shown, Page(1, 1, many), counts, offer, aside=None)


def test_the_list_says_how_each_stands_and_why() -> None:
    """A degraded device is seen without opening it."""
    shown = said(a_page(a_line()))

    for word in ("路口灯", "SL-1", "路灯", "齐东路社区", "异常", "电量低", "部分监测项无数据", "5分钟前"):
        assert word in shown


def test_every_view_says_how_much_waits_there() -> None:
    """The chosen one is marked, and the filters go along."""
    shown = a_page(a_line(), view="due", q="井", state="offline")

    assert "待检查|2|传感器故障|3|根因告警|4" in said(shown)
    (here,) = [one for one in pieces(shown) if one.get("aria-current") == "page"]
    assert "待检查" in said(here["children"])
    assert "/desk/assets?view=causes&q=%E4%BA%95" in links(shown)


@pytest.mark.parametrize(("asked", "view"), [("due", "due"), ("faults", "faults"), ("", ""), ("../x", "")])
def test_a_view_that_is_none_is_the_list(asked: str, view: str) -> None:
    """However the address was typed."""
    assert view_of({"view": asked}) == view


def test_the_state_is_asked_of_the_list_alone() -> None:
    """The other views have none; the callback needs the control all the same."""
    hidden = [one for one in pieces(a_page(a_line(), view="due")) if one.get("hidden") is True]

    assert any(ids.ASSETS_STATE in str(one) for one in hidden)
    assert piece(a_page(a_line()), ids.ASSETS_STATE)


def test_files_hold_what_the_filters_show() -> None:
    """The page, the view and the chosen asset are no filters."""
    shown = a_page(a_line(), kind="streetlight", page="2", asset="SL-1", view="due")

    assert [link for link in links(shown) if link.startswith("/desk/assets.")] == [
        f"/desk/assets.{form}?kind=streetlight" for form in ("csv", "xlsx", "geojson", "html")
    ]


def test_labels_are_offered_for_what_somebody_prints() -> None:
    """Beyond, the menu says why not."""
    few, many = a_page(a_line(), many=MOST_LABELS), a_page(a_line(), many=MOST_LABELS + 1)

    assert "/desk/assets.html" in links(few)
    assert "/desk/assets.html" not in links(many)
    assert "请先筛选" in said(many)


@pytest.mark.parametrize("may_keep", [True, False])
def test_importing_is_offered_to_the_keeper_alone(*, may_keep: bool) -> None:
    """Others have no use for a button that refuses."""
    assert ("?import=1" in links(a_page(a_line(), may_keep=may_keep))) == may_keep


def test_nothing_found_says_why() -> None:
    """The filters, or that there is nothing."""
    assert "清除筛选" in said(a_page(kind="streetlight"))
    assert "尚未登记部件" in said(a_page(many=0))
    assert "没有传感器故障" in said(a_page(view="faults"))


def test_a_name_is_masked_harmless_and_short() -> None:
    """It is a stranger's text; an asset without one is called by its id."""
    assert name_of(a_line(name="13812345678").asset, "zh") == "138****5678"
    assert "\u202e" not in name_of(a_line(name=HOSTILE).asset, "zh")
    assert len(name_of(a_line(name="x" * 100_000).asset, "zh")) < 200
    assert name_of(a_line(name=" ").asset, "zh") == "SL-1"
    assert name_of(a_line(name_en="lamp").asset, "en") == "lamp"


@pytest.mark.parametrize(
    ("asked", "total", "page"), [("2", 100, (2, 3)), ("9", 100, (3, 3)), ("x", 100, (1, 3)), ("5", 0, (1, 1))]
)
def test_a_page_that_is_none_is_the_nearest(asked: str, total: int, page: tuple[int, int]) -> None:
    """However the address was typed."""
    assert page_at({"page": asked}, total) == page
