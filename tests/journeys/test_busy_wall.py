"""Twenty-two open incidents of every severity but the first: the wall on an ordinary day."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import checks
from tests.journeys.conftest import Opened
from tests.journeys.stack import Stack, until

SCRIPT = '<img src=x onerror="document.title=1">'
LONGEST = "青岛市市南区江苏路街道莱芜二路一百二十三号甲单元北"
REPORTS = [
    {"severity": 2, "title": SCRIPT, "address": "<b>大学路</b>12号"},
    {"severity": 2, "title": "消防通道占用", "title_en": "Fire lane blocked", "address": LONGEST},
    *({"severity": 3, "title": "非机动车乱停放区", "title_en": "Bikes parked in disorder ok"} for _ in range(14)),
    *({"severity": 4, "title": "噪声扰民"} for _ in range(6)),
]


@pytest.fixture(scope="module")
def busy_street(street: Stack) -> Stack:
    """The street with its incidents, and weather."""
    street.telemetry("WX-01", temperature=6.2, wind_speed=3.6, rain=0)
    street.report(REPORTS)
    return street


@pytest.fixture(scope="module")
def wall(busy_street: Stack, open_wall: Callable[..., Opened]) -> Opened:
    """The wall at 1080p."""
    return open_wall(busy_street)


@pytest.mark.parametrize(
    ("width", "height", "query", "least_px"),
    [
        pytest.param(1920, 1080, "", 36, id="98 inches, 1080p"),
        pytest.param(1920, 1080, "?lang=en", 36, id="in English"),
        pytest.param(3840, 2160, "?profile=98-2160", 72, id="98 inches, 4K"),
        pytest.param(5760, 1080, "?profile=3x55", 64, id="three panels in a row"),
        pytest.param(1920, 1080, "?d_m=4", 24, id="seen from four metres"),
    ],
)
def test_everything_can_be_read_from_where_people_stand(
    busy_street: Stack,
    open_own_wall: Callable[..., Opened],
    wall: Opened,
    width: int,
    height: int,
    query: str,
    least_px: float,
) -> None:
    """21 minutes of arc is the least a Han character may have; nothing is cut, overlaps or scrolls; all in place."""
    page, seen = open_own_wall(busy_street, width, height, query=query)

    assert checks.ask(page, "smallTexts", least_px) == []
    assert checks.ask(page, "cutTexts") == []
    assert checks.boxes_amiss(page) == []
    assert checks.ask(page, "scrolls") == []
    assert (seen.failures, seen.errors) == ([], [])
    for name in checks.BOXES if height != 1080 else ():
        there = checks.place_of(wall[0], name)
        assert checks.place_of(page, name, 1080 / height) == pytest.approx(there, abs=8), name


def test_every_text_stands_out_from_its_ground(wall: Opened) -> None:
    """WCAG AA, also for what is grey on purpose."""
    page, _ = wall

    assert checks.ask(page, "faintTexts") == []


def test_severities_differ_without_colour(wall: Opened) -> None:
    """Who sees no red still sees which is worst: the shapes alone must tell."""
    page, _ = wall

    assert checks.alike_shapes(page, "#w5 .sev, #w6 .sev, #w7 .sev, #w8 .sev") == []


def test_the_fonts_can_write_what_the_wall_says(wall: Opened) -> None:
    """No box where a character should be, and digits that do not make numbers dance."""
    page, _ = wall

    assert checks.ask(page, "missingGlyphs") == []
    widths = checks.ask(page, "digitWidths")
    assert max(widths) - min(widths) < 0.5
    assert page.evaluate("() => document.documentElement.lang") == "zh-CN"


def test_the_list_is_in_order_and_turns_its_pages(busy_street: Stack, open_own_wall: Callable[..., Opened]) -> None:
    """Worst first, then oldest, as the server has them; a hard cut every twelve seconds that can be read from afar."""
    page, _ = open_own_wall(busy_street)
    incidents = busy_street.snapshot()["i"]
    wanted = sorted(incidents, key=lambda one: (incidents[one]["sev"], incidents[one]["at"], one))
    rows = "(rows) => rows.map((row) => row.dataset.incident)"

    expect(page.get_by_test_id("w13")).to_contain_text("未结案件 22 起")
    until(lambda: "第1/5页" in page.get_by_test_id("w13").inner_text(), "the first page", 70)
    assert page.locator("#w13 .open:visible").evaluate_all(rows) == wanted[:5]

    turns = checks.ask(page, "turns", 26_000)
    assert len(turns) == 2
    assert turns[1] - turns[0] == pytest.approx(12_000, abs=1000)
    assert page.locator("#w13 .open:visible").evaluate_all(rows) == wanted[10:15]


def test_markup_in_a_payload_is_shown_as_text(wall: Opened) -> None:
    """What a device sends is never part of the page."""
    page, seen = wall

    expect(page.get_by_test_id("w4")).to_contain_text(SCRIPT)
    assert page.locator("#wall img, #wall b b").count() == 0
    assert page.title() != "1"
    assert seen.errors == []


def test_no_marker_is_hidden(wall: Opened) -> None:
    """All twenty-two are on the map, and none lies under another, a label or the card."""
    page, _ = wall

    assert page.locator("#w11 .marker").count() == 22
    assert checks.ask(page, "coveredMarkers") == []
    names = page.locator("#w11 .marker").evaluate_all("(all) => all.map((one) => one.getAttribute('aria-label'))")
    assert all(name.split()[0] in ("较急", "一般", "提示") for name in names)


def test_the_map_never_moves_by_itself(wall: Opened, busy_street: Stack) -> None:
    """Markers stay where they are while data comes in."""
    page, _ = wall
    places = "() => [...document.querySelectorAll('#w11 .marker')].map((m) => m.style.left + m.style.top)"
    before = page.evaluate(places)

    busy_street.telemetry("WX-01", temperature=7.9)
    expect(page.get_by_test_id("w3")).to_contain_text("7.9℃")

    assert page.evaluate(places) == before


def test_only_what_is_unacknowledged_at_level_one_moves(wall: Opened) -> None:
    """Without one the wall is perfectly still."""
    page, _ = wall

    assert checks.ask(page, "animations") == []
