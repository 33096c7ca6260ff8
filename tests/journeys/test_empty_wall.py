"""A street that is well, with nothing open: what the wall must show when there is nothing to see."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import checks
from tests.journeys.conftest import Opened
from tests.journeys.stack import Stack, until


@pytest.fixture(scope="module")
def wall(street: Stack, open_wall: Callable[..., Opened]) -> Opened:
    """The wall on a computer that stands in New York."""
    return open_wall(street, timezone_id="America/New_York")


def test_a_day_without_incidents_says_so(wall: Opened) -> None:
    """Nought is a number and is written as one; nobody must wonder whether the list is broken."""
    page, seen = wall

    expect(page.get_by_test_id("w4")).to_contain_text("无未接警告警")
    expect(page.get_by_test_id("w13")).to_contain_text("当前没有未结案件")
    assert [page.get_by_test_id(f"w{box}").locator(".figure").inner_text() for box in (5, 6, 7, 8)] == ["0"] * 4
    assert seen.errors == []


def test_what_no_issue_feeds_yet_says_so(wall: Opened) -> None:
    """A wall of invented numbers would be worse than none."""
    page, _ = wall

    for box in ("w9", "w10", "w14"):
        expect(page.get_by_test_id(box)).to_contain_text("尚未接入")


def test_the_whole_wall_is_on_the_screen(wall: Opened) -> None:
    """W1 to W14, none beyond the edge, none on another, nothing to scroll."""
    page, _ = wall

    assert checks.boxes_amiss(page) == []
    assert checks.ask(page, "scrolls") == []
    assert checks.ask(page, "cutTexts") == []


def test_the_clock_ticks_in_the_streets_zone(wall: Opened) -> None:
    """Every second, and in Shanghai's time wherever the screen's computer believes it is."""
    page, _ = wall
    clock = page.locator("#w3 .clock")
    first = clock.inner_text()

    until(lambda: clock.inner_text() != first, "the clock moved on", 2.0)
    shown, wanted = page.evaluate(
        """() => [document.querySelector("#w3 .clock").textContent,
          new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" })
            .format(Date.now())]"""
    )

    assert shown.startswith(wanted)


def test_the_cursor_leaves_and_the_mouse_changes_nothing(wall: Opened) -> None:
    """Nobody works the wall; a pointer left in its middle must not stay for a week."""
    page, _ = wall
    page.mouse.move(700, 500)
    cursor = "() => getComputedStyle(document.querySelector('#w11')).cursor"

    assert page.evaluate(cursor) != "none"
    until(lambda: page.evaluate(cursor) == "none", "the cursor is gone", 5.0)


def test_the_map_says_what_it_is(wall: Opened) -> None:
    """It was drawn for this project: nobody may take it for a survey."""
    page, _ = wall

    expect(page.locator(".map-note")).to_have_text("示意底图（自绘），非测绘成果")
    assert page.locator("#w11").get_attribute("data-map") == "webgl"


def test_the_map_is_drawn_without_webgl(street: Stack, open_own_wall: Callable[..., Opened]) -> None:
    """On a computer whose graphics fail, streets and assets are still there, as plain drawing."""
    page, seen = open_own_wall(street, has_gl=False)

    assert page.locator("#w11").get_attribute("data-map") == "sketch"
    assert page.locator(".sketch .street").count() > 50
    assert page.locator(".sketch .asset").count() == 226
    assert seen.failures == []


def test_a_fresh_wall_asks_nobody_else(wall: Opened) -> None:
    """No request leaves the origin, none fails, and the console is silent."""
    page, seen = wall

    assert seen.hosts == {page.url.split("/")[2]}
    assert seen.failures == []
    assert seen.errors == []


def test_modules_are_not_loaded_twice(wall: Opened) -> None:
    """A module that Dash loads as a script of the page would be another instance of it."""
    page, _ = wall

    assert scripts(page) == ["/assets/wall.mjs"]


def scripts(page: Page) -> list[str]:
    """Return our own scripts of the page."""
    sources = page.evaluate("() => [...document.scripts].map((script) => new URL(script.src, location).pathname)")
    return [source for source in sources if source.startswith("/assets/")]
