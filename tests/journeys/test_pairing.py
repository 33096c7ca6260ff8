"""A wall without a keyboard is let in from the desk, in Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from layouts import ids
from layouts.wording.sign_in import ZH
from street.people import Role
from tests.dashboard.accounts import House, a_house
from tests.journeys.conftest import PATIENCE_MS
from tests.journeys.test_sign_in import Open, enter, open_page, url

__all__ = ["open_page"]  # the fixture
LETTER_MINUTES = 60  # of arc: what UX asks of digits that must be read at once
WALL_MINUTES = 699  # how high a 98-inch wall is at six metres
CAPITAL = 0.733  # of the font's size


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A dashboard, and a squad leader who keeps its devices."""
    with a_house(tmp_path_factory.mktemp("house")) as made:
        made.add("keeper", Role.SQUAD_LEADER)
        yield made


def code_on(page: Page) -> str:
    """Return the code that is shown."""
    page.wait_for_selector(".paircode")
    return "".join((page.locator(".paircode").text_content() or "").split())


def test_a_wall_that_starts_at_its_address_is_opened_from_the_desk(house: House, open_page: Open) -> None:
    """Nobody touches the wall: it asks for its code, shows it, and goes to its picture when the desk has approved."""
    wall, seen = open_page(url(house, "/pair?kind=screen&name=%E4%B8%9C%E5%A2%99"), 1920, 1080)
    code = code_on(wall)
    desk, _ = open_page(url(house, "/login?next=/desk/devices"), 1440, 900)
    enter(desk, "keeper")

    desk.fill(f"#{ids.PAIR_CODE}", f"{code[:4]} {code[4:]}".lower())
    desk.click(f"#{ids.PAIR_LOOK}")
    desk.click(f"#{ids.PAIR_AREA}")
    desk.get_by_role("option").first.click()
    desk.click(f"#{ids.PAIR_APPROVE}")

    wall.wait_for_url(url(house, "/wall"), timeout=10_000, wait_until="commit")
    wall.wait_for_selector("#w2", timeout=PATIENCE_MS)
    assert seen.failures == []
    wall.goto(url(house, "/pair?kind=screen"), wait_until="commit")
    wall.wait_for_selector("#w2", timeout=PATIENCE_MS)  # a page that is closed while it still comes may hang Chromium
    assert wall.url == url(house, "/wall")


def test_the_code_is_read_from_six_metres(house: House, open_page: Open) -> None:
    """Its capitals are over 60 minutes of arc high, and no writing is smaller than 21."""
    page, _ = open_page(url(house, "/pair?kind=screen"), 1920, 1080, locale="zh-CN")
    code_on(page)
    minute_px = 1080 / WALL_MINUTES

    letter_px = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.paircode')).fontSize)") * CAPITAL
    smallest_px = page.evaluate(
        "Math.min(...[...document.querySelectorAll('main p, main span, main button')]"
        ".filter(e => e.textContent.trim()).map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )

    assert letter_px / minute_px >= LETTER_MINUTES
    assert smallest_px / minute_px >= 23.3
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_wall_that_loses_its_line_says_so_and_goes_on(house: House, open_page: Open) -> None:
    """The code stays; nobody has to come and press something."""
    page, _ = open_page(url(house, "/pair?kind=tablet"), 1280, 800, locale="zh-CN")
    code = code_on(page)
    state = page.locator('[data-part="state"]')

    page.context.set_offline(True)
    expect(state).to_have_text(ZH["pair_lost"], timeout=10_000)
    page.context.set_offline(False)
    expect(state).to_have_text(ZH["pair_waiting"], timeout=10_000)

    assert code_on(page) == code


def test_a_code_that_is_over_is_replaced_by_itself(house: House, open_page: Open) -> None:
    """A wall that was paired on Monday may be hung up on Tuesday."""
    page, _ = open_page(url(house, "/pair?kind=screen"), 1280, 800)
    first = code_on(page)

    page.context.clear_cookies(name="offer")
    expect(page.locator(".paircode")).not_to_have_text(f"{first[:4]}{first[4:]}", timeout=10_000)

    assert code_on(page) != first
