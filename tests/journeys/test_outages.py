"""Parts die. The wall says so within five seconds, and heals by itself within three once they are back."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import checks
from tests.journeys.conftest import Opened
from tests.journeys.stack import Stack, until

SOON_MS = 5000
SOON_AFTER_S = 3.0

pytestmark = [pytest.mark.faults]


@pytest.fixture(scope="module")
def wall(street: Stack, open_wall: Callable[..., Opened]) -> Opened:
    """One wall through all outages: it is never reloaded by hand."""
    page, seen = open_wall(street)
    page.evaluate("() => { window.neverReloaded = true; }")
    return page, seen


@pytest.fixture(autouse=True)
def alive(street: Stack, wall: Opened) -> None:
    """Each outage begins with a wall that is well."""
    page, _ = wall
    expect(page.get_by_test_id("w1")).to_have_attribute("data-state", "fresh", timeout=20_000)


def says_no_data(page: Page) -> None:
    """The wall owns up in its first box and over the map."""
    expect(page.get_by_test_id("w1")).to_contain_text("数据中断", timeout=SOON_MS)
    expect(page.locator(".map-lost")).to_be_visible()
    assert checks.ask(page, "coveredMarkers") == []


def test_a_dead_server_is_told_and_a_new_one_taken(street: Stack, wall: Opened) -> None:
    """Killed, then started again: live within three seconds of its first answer, without a reload."""
    page, _ = wall

    street.kill("dashboard")
    says_no_data(page)
    street.start("dashboard")
    until(street.snapshot, "the server answers")
    answered = time.monotonic()
    until(lambda: page.get_by_test_id("w1").get_attribute("data-state") == "fresh", "live again")

    assert time.monotonic() - answered <= SOON_AFTER_S
    expect(page.locator(".map-lost")).to_be_hidden()
    assert page.evaluate("() => window.neverReloaded")


def test_dead_ingest_is_told(street: Stack, wall: Opened) -> None:
    """The server is well and the stream open, yet nothing comes in: its heart is what counts."""
    page, _ = wall

    street.kill("ingest")
    says_no_data(page)
    street.start("ingest")

    expect(page.get_by_test_id("w1")).to_have_attribute("data-state", "fresh", timeout=20_000)


def test_a_dead_broker_is_told(street: Stack, wall: Opened) -> None:
    """Ingest beats on, but nobody can reach it: 数据中断 all the same."""
    page, _ = wall

    street.kill("broker")
    says_no_data(page)
    street.start("broker")

    expect(page.get_by_test_id("w1")).to_have_attribute("data-state", "fresh", timeout=20_000)


def test_a_lost_drawing_context_comes_back_in_the_right_colours(street: Stack, wall: Opened) -> None:
    """A graphics driver restarts: the assets in alarm must not come back calm."""
    page, _ = wall
    street.telemetry("SMK-05", smoke=True)
    expect(page.locator('#w11 .marker[data-sev="1"]')).to_have_count(1)
    others = page.add_style_tag(content="#w11 .marker, #w12 { visibility: hidden; }")  # they are red as well
    until(lambda: checks.red_pixels(page) > 100, "the asset is red")

    page.evaluate(
        """() => { const gl = document.querySelector('[data-part="map-assets"] canvas').getContext("webgl2");
          window.context = gl.getExtension("WEBGL_lose_context"); window.context.loseContext(); }"""
    )
    until(lambda: checks.red_pixels(page) < 100, "the picture is gone")
    page.evaluate("() => window.context.restoreContext()")

    until(lambda: checks.red_pixels(page) > 100, "the asset is red again")
    others.evaluate("(style) => style.remove()")
