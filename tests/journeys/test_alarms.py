"""From a sensor's message to what the command centre sees, when somebody must act."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys import checks
from tests.journeys.conftest import Opened
from tests.journeys.stack import Stack

PROMPT_MS = 2000


def test_smoke_is_on_the_wall_within_two_seconds(
    new_street: Callable[..., Stack], open_own_wall: Callable[..., Opened]
) -> None:
    """One reading: the band, the count, the first row, the map's octagon with its label, the card, and it is spoken."""
    stack = new_street()
    page, seen = open_own_wall(stack)

    stack.telemetry("SMK-03", smoke=True)

    band = page.get_by_role("alert")
    expect(band).to_contain_text("烟雾报警", timeout=PROMPT_MS)
    expect(band).to_contain_text("未接警", timeout=PROMPT_MS)
    expect(band.locator('.sev[data-sev="1"]')).to_be_visible(timeout=PROMPT_MS)
    expect(page.locator("#w5 .figure")).to_have_text("1", timeout=PROMPT_MS)
    expect(page.locator("#w13 .open").first).to_contain_text("烟雾报警", timeout=PROMPT_MS)
    marker = page.locator('#w11 .marker[data-sev="1"]')
    expect(marker).to_have_attribute("aria-label", re.compile("^紧急 烟雾报警"), timeout=PROMPT_MS)
    expect(page.locator("#w11 .name")).to_have_text("烟雾报警", timeout=PROMPT_MS)
    expect(page.get_by_test_id("w12")).to_contain_text("烟雾报警", timeout=PROMPT_MS)
    assert checks.ask(page, "coveredMarkers") == []
    assert seen.errors == []
    moving = checks.ask(page, "animations")
    assert [one["severities"] for one in moving] == [["1"]] * 3, "band, list and map: one flash each"
    assert all(one["period_ms"] == 1200 and one["texts"] == [] for one in moving)


def test_five_fires_at_once_flash_as_one(
    new_street: Callable[..., Stack], open_own_wall: Callable[..., Opened]
) -> None:
    """However many wait, three animations at 0.83 Hz and no text among them; the list holds its first page."""
    stack = new_street()
    stack.report({"severity": 3} for _ in range(8))
    page, _ = open_own_wall(stack)

    for number in range(1, 6):
        stack.telemetry(f"SMK-{number:02}", smoke=True)
    expect(page.locator("#w5 .figure")).to_have_text("5")
    expect(page.locator('#w11 .marker[data-sev="1"]')).to_have_count(5)
    expect(page.locator("#w11 .name")).to_have_count(5)

    moving = checks.ask(page, "animations")
    assert len(moving) == 3
    assert all(one["period_ms"] == 1200 and one["texts"] == [] for one in moving)
    assert checks.ask(page, "coveredMarkers") == []
    expect(page.get_by_test_id("w4")).to_contain_text("另有4起")
    assert checks.ask(page, "turns", 14_000) == []
    expect(page.get_by_test_id("w13")).to_contain_text("第1/3页")


def test_who_wants_less_motion_gets_none(
    new_street: Callable[..., Stack], open_own_wall: Callable[..., Opened]
) -> None:
    """A thick white border says then what the flashing says."""
    stack = new_street()
    page, _ = open_own_wall(stack, reduced_motion="reduce")

    stack.telemetry("SMK-07", smoke=True)
    expect(page.locator("#w5 .figure")).to_have_text("1")

    assert checks.ask(page, "animations") == []
    border = "() => getComputedStyle(document.querySelector('#w11 .marker[data-sev=\"1\"] .outline')).strokeWidth"
    assert page.evaluate(border) == "10px"


def test_five_hundred_incidents_stay_readable(
    new_street: Callable[..., Stack], open_own_wall: Callable[..., Opened]
) -> None:
    """A storm: at most sixty symbols on the map, each with its count, and every number right."""
    stack = new_street()
    stack.report([{"severity": 3 + number % 2, "title": "道路积水"} for number in range(500)])
    page, seen = open_own_wall(stack)

    expect(page.get_by_test_id("w13")).to_contain_text("未结案件 500 起")
    counts = page.locator("#w11 .marker").evaluate_all("(all) => all.map((one) => Number(one.dataset.count))")

    assert len(counts) <= 60
    assert sum(counts) == 500
    assert [page.locator(f"#w{box} .figure").inner_text() for box in (7, 8)] == ["250", "250"]
    assert checks.ask(page, "coveredMarkers") == []
    assert checks.boxes_amiss(page) == []
    assert checks.ask(page, "longestTask", 3000) < 1000  # a hitch, not a freeze; how fast it is, bench says
    assert seen.errors == []
