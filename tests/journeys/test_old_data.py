"""A value that is old must look old, and one that is too old must not be shown as a value."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Opened
from tests.journeys.stack import Stack

COLUMNS = "id,kind,name,lon,lat,community_code,grid_id,street,gateway,interval_s,dialect,circuit"


@pytest.fixture
def hasty_assets(tmp_path: Path) -> Path:
    """A weather station and a camera that must be heard every second."""
    path = tmp_path / "assets.csv"
    rows = [
        "WX-01,weather_station,站,120.3262,36.0658,370202007001,,江苏路,,1,native,",
        "CAM-01,camera,相机,120.3252,36.0678,370202007001,,江苏路,,1,native,",
    ]
    path.write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
    return path


TOKEN_T3 = """(place) => { const e = place.appendChild(document.createElement("i")); e.style.color = "var(--t3)";
  const color = getComputedStyle(e).color; e.remove(); return color; }"""


def test_a_silent_station_goes_stale_then_lost(
    new_street: Callable[..., Stack], open_own_wall: Callable[..., Opened], hasty_assets: Path
) -> None:
    """After three intervals hatched with its age; after ten the value is a dash, the old one only behind a word."""
    stack = new_street(hasty_assets)
    page, _ = open_own_wall(stack)
    stack.telemetry("WX-01", temperature=6.2)
    stack.telemetry("CAM-01", online=True)
    figure = page.locator('#w3 [data-figure="temperature"]')

    expect(figure).to_have_attribute("data-state", "stale", timeout=8000)
    looks = figure.evaluate(
        "(e) => { const s = getComputedStyle(e); return [s.backgroundImage, s.outlineStyle, s.color]; }"
    )
    assert "repeating-linear-gradient" in looks[0]
    assert looks[1] == "dashed"
    assert looks[2] == figure.evaluate(TOKEN_T3)  # by night it is another grey
    expect(figure).to_have_text(re.compile(r"\d+秒前6\.2℃"))
    expect(figure.locator(".icon")).to_be_visible()
    expect(page.locator('[data-part="cameras"]')).to_have_text("1/1")

    expect(figure).to_have_attribute("data-state", "lost", timeout=15_000)
    expect(figure.locator(".value")).to_have_text("—")
    expect(figure).to_contain_text("最后 6.2℃")
    expect(page.locator('[data-part="cameras"]')).to_have_text("0/1", timeout=15_000)

    stack.telemetry("WX-01", temperature=6.3)
    expect(figure).to_have_attribute("data-state", re.compile("fresh|late"))
    expect(figure).to_have_text("6.3℃")
