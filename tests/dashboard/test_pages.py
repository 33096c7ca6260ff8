"""Which address shows which layout."""

from dataclasses import replace

import pytest

from dashboard.access import rule_of
from dashboard.pages import HOME, PAGES, layout_for
from street.config import Config
from street.config.sections import DashboardConfig, WallConfig

CONFIG = Config(dashboard=DashboardConfig(title="the street", title_en="The Street"))


@pytest.mark.parametrize(
    ("address", "lang"),
    [
        pytest.param("http://127.0.0.1:8050/wall", "zh-CN", id="plain"),
        pytest.param("http://127.0.0.1:8050/wall?lang=en", "en", id="asked for"),
        pytest.param("", "zh-CN", id="the browser does not say"),
        pytest.param("http://[", "zh-CN", id="no address at all"),
        pytest.param("http://127.0.0.1/wall?" + "a=1&" * 60 + "lang=en", "zh-CN", id="too much of a query"),
        pytest.param("http://127.0.0.1/elsewhere?lang=en", "en", id="another page"),
    ],
)
def test_the_wall_is_shown_in_the_language_of_its_address(address: str, lang: str) -> None:
    """A wall never stays dark because of its address."""
    assert layout_for(address, CONFIG).lang == lang


def test_a_wall_abroad_is_in_the_language_of_its_configuration() -> None:
    """Nobody types a query on a kiosk."""
    abroad = replace(CONFIG, wall=WallConfig(lang="en"))

    assert layout_for("http://127.0.0.1/wall", abroad).lang == "en"


@pytest.mark.parametrize(
    ("query", "minutes"),
    [
        pytest.param("", 349.8, id="as configured: twice as far, half as large"),
        pytest.param("?profile=98-1080", 699.0, id="the address says otherwise"),
    ],
)
def test_letters_are_as_large_as_the_room_needs(query: str, minutes: float) -> None:
    """One minute of arc is the wall's unit of size; 1221 mm seen from 6 m are 699 of them."""
    far = replace(CONFIG, wall=WallConfig(height_mm=1221, distance_m=12.0))
    style = layout_for(f"http://127.0.0.1/wall{query}", far).style

    assert float(style["--minutes"]) == pytest.approx(minutes, abs=0.5)


def test_every_page_may_be_asked_for() -> None:
    """A page without a rule would be 404."""
    assert HOME in PAGES
    assert all(rule_of(path) for path in PAGES)
