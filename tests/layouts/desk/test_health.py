"""The health page: what it says of feeds, of ingest, and of itself."""

from dataclasses import replace

import pytest

from layouts import ids
from layouts.desk.health import REFRESHED, health_page, mark, refreshed, tiles
from layouts.desk.vitals import ChannelLine, DialectLine, Feed, LetterLine, Vitals
from layouts.wording import desk_words_in
from street.clock import MINUTE_US, SECOND_US
from tests.layouts.desk.reading import NOW_US, a_viewer, links, piece, pieces, said

ZH = desk_words_in("zh")
FRESH = Feed(
    "native", "GW-03", "噪声监测点", "Noise meter", {"fresh": 7, "stale": 1}, NOW_US - 9 * SECOND_US, 30, "fresh", None
)
LOST = Feed("ttn_v3", "", "垃圾桶", "Bin", {"lost": 2}, NOW_US - 50 * MINUTE_US, 60, "lost", NOW_US - 40 * MINUTE_US)
LETTERS = LetterLine(7, "not-json", "native", "", 1_234, 20, NOW_US - MINUTE_US, NOW_US)
VITALS = Vitals(
    NOW_US, (NOW_US - SECOND_US, True, NOW_US - 90 * MINUTE_US), (40_000, 2_500_000), 12_345_678, [FRESH, LOST],
    [DialectLine("native", 8, 4_321, 1_234)], [LETTERS],
)  # fmt: skip


def shown(vitals: Vitals = VITALS, language: str = "zh", **query: str) -> object:
    """Return the page."""
    return health_page(a_viewer(language, path="/desk/health", **query), vitals, None)


def test_a_feed_says_how_old_it_is_and_how_old_it_may_be() -> None:
    """UX S-01; the one that is lost stands first, with since when."""
    feeds = said(piece(shown(), ids.HEALTH_FEEDS)["children"])

    assert feeds.startswith("中断|垃圾桶|直连|ttn_v3|50分钟前|11-24 18:34:33|每1分钟|11-24 18:44|0 / 2|中断 2|及时")
    assert feeds.endswith("噪声监测点|GW-03|native|9秒前|11-24 19:24:24|每30秒|—|7 / 8|过期 1")
    assert said(piece(shown(), ids.HEALTH_FEED_SUM)["children"]) == "2 个来源 · 10 台设备，3 台不及时"


def test_a_state_is_a_shape_and_a_word() -> None:
    """The browser draws the shape from what the element says of itself."""
    one = mark("late", "延迟")

    assert [it.get("data-state") for it in pieces(one)] == ["late", None]
    assert said(one) == "延迟"


@pytest.mark.parametrize(
    ("beat", "wanted"),
    [
        pytest.param(
            (NOW_US - SECOND_US, True, NOW_US),
            "及时|2026-11-24 19:24:32 · 1秒前|消息服务器|已连接",
            id="fine",
        ),
        pytest.param(
            (NOW_US - 9 * SECOND_US, False, NOW_US),
            "延迟|2026-11-24 19:24:24 · 9秒前|消息服务器|已断开",
            id="no broker",
        ),
        pytest.param(
            (NOW_US - 99 * SECOND_US, True, NOW_US),
            "中断|2026-11-24 19:22:54 · 1分钟前|消息服务器|未知",
            id="silent",
        ),
        pytest.param(None, "从未收到|采集端从未运行|消息服务器|未知", id="never"),
    ],
)  # fmt: skip
def test_a_silent_ingest_is_not_believed_about_its_broker(beat: tuple[int, bool, int] | None, wanted: str) -> None:
    """Its last word may be hours old."""
    assert wanted in said(tiles(VITALS._replace(beat=beat), ZH))


def test_lag_size_and_letters_are_told_with_units() -> None:
    """And no lag is not zero lag."""
    told = said(tiles(VITALS, ZH))

    assert "到达滞后|40 ms|中位；95% 在 2.5 s 内|数据库|12.3 MB|12,345,678 B|拒收消息|1,234|20 条留存样本" in told
    assert "到达滞后|—|近 5 分钟无可比数据" in said(tiles(VITALS._replace(lag_us=None), ZH))


def test_duty_and_what_left_the_house_are_told_with_why_it_did_not() -> None:
    """Somebody who was not called at night finds out here."""
    channels = [ChannelLine("mail", 0, 30, 0, ""), ChannelLine("squad", 2, 1_200, 1, "the robot refused: 93000")]
    told = said(tiles(VITALS._replace(duty_us=NOW_US - 20 * SECOND_US, channels=channels), ZH))

    assert "值守进程心跳|过期|2026-11-24 19:24:13 · 20秒前" in told
    assert "外发通知|1,230|待发 2 · 失败 1 · squad: the robot refused: 93000" in told
    assert "值守进程心跳|从未收到|值守进程从未运行|外发通知|—|未配置渠道" in said(tiles(VITALS, ZH))


def test_a_reason_opens_its_panel_and_keeps_the_rest_of_the_address() -> None:
    """The language stays, the message about what was forgotten does not."""
    page = shown(lang="zh", forgot="3")

    assert "?lang=zh&group=7" in links(page)
    assert "不是有效 JSON|not-json|native|—|1,234|20|2026-11-24 19:23:33|2026-11-24 19:24:33" in said(page)


def test_an_empty_street_says_so() -> None:
    """Nothing registered, nothing refused."""
    told = said(shown(VITALS._replace(feeds=[], letters=[], dialects=[])))

    assert "尚无登记的设备" in told
    assert "没有拒收消息" in told


def test_what_refreshes_has_a_place_on_the_page() -> None:
    """With a panel or without: the browser fills all places or none."""
    there = {one["id"] for one in pieces(shown()) if "id" in one}
    parts = refreshed(a_viewer(path="/desk/health"), VITALS, [])

    assert set(REFRESHED) <= there
    assert len(parts) == len(REFRESHED)


def test_the_page_asks_for_itself_in_its_own_language() -> None:
    """Whatever the address leaves out."""
    asked = [one["data-now"] for one in pieces(shown(language="en", group="7")) if "data-now" in one]

    assert asked == ["/desk/health/now?group=7&told_in=en"]


def test_english_is_told_in_english() -> None:
    """Kinds too."""
    told = said(health_page(replace(a_viewer("en"), path="/desk/health"), VITALS, None))

    assert "lost|Bin|direct" in told
