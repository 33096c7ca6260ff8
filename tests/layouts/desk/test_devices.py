"""The devices page."""

import pytest

from layouts import ids
from layouts.desk.devices import OfferLine, SessionLine, approval, devices_page, gone_panel, pairing_box, session_panel
from street.clock import DAY_US, MINUTE_US
from tests.layouts.desk.reading import AREAS, COMMUNITY, NOW_US, a_person, a_viewer, links, piece, pieces, said

TABLET = SessionLine(
    "s-1", "tablet", "平板 07", "10.0.0.7", NOW_US - DAY_US, NOW_US - 5 * MINUTE_US, NOW_US + DAY_US, a_person()
)  # fmt: skip


def test_a_session_says_who_what_where_and_how_long_ago() -> None:
    """And leads to its panel."""
    shown = devices_page(a_viewer(path="/desk/devices"), [TABLET], pairing=pairing_box(a_viewer(), ""), aside=None)

    for wanted in ("平板", "李娜", "lina", "平板 07", "10.0.0.7", "11-23 19:24", "5分钟前", "11-25 19:24"):
        assert wanted in said(shown)
    assert "?session=s-1" in links(shown)


@pytest.mark.parametrize(
    ("kind", "needs", "hides"),
    [("screen", ids.PAIR_AREA, ids.PAIR_PERSON), ("tablet", ids.PAIR_PERSON, ids.PAIR_AREA)],
    ids=["screen", "tablet"],
)
def test_a_device_is_asked_for_what_its_kind_needs(kind: str, needs: str, hides: str) -> None:
    """An area for a screen, a person for a tablet; the other stays hidden, for the callback knows both."""
    offer = OfferLine("ABCD2345", kind, "hall", "10.0.0.5", NOW_US - MINUTE_US)

    shown = approval(a_viewer(), offer, AREAS, [a_person()], [COMMUNITY])

    hidden = [one["children"] for one in pieces(shown) if one.get("hidden") is True]
    unseen = {inner.get("id") for one in hidden for inner in pieces(one)}
    assert needs not in unseen
    assert hides in unseen
    assert "hall · 来自 10.0.0.5 · 1分钟前申请" in said(shown)
    assert piece(shown, ids.PAIR_SUBJECT)["data"] == {"code": "ABCD2345"}


def test_ending_asks_for_a_reason_and_says_how_fast_it_is() -> None:
    """And warns of the own one."""
    shown = session_panel(a_viewer(path="/desk/devices"), TABLET, is_own=True)

    assert piece(shown, ids.SESSION_SUBJECT)["data"] == {"session_id": "s-1"}
    assert ids.SESSION_REASON in str([one.get("id") for one in pieces(shown)])
    assert "5 秒内" in said(shown)
    assert "您自己的会话" in said(shown)


def test_no_session_is_said_in_words() -> None:
    """An empty table looks broken."""
    shown = devices_page(
        a_viewer(path="/desk/devices"), [], pairing=pairing_box(a_viewer(), ""), aside=gone_panel(a_viewer())
    )

    assert "没有有效会话" in said(shown)
    assert "该会话已经结束" in said(shown)
