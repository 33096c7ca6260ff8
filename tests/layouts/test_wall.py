"""The wall's frame: every box is there, named, and holds a place for what the browser paints."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component

from layouts import ids
from layouts.wall import wall_page
from layouts.wording import LANGUAGES

MODULES = Path(__file__).parents[2] / "dashboard" / "assets" / "modules"


def pieces(component: Any) -> Iterator[dict[str, Any]]:
    """Yield the properties of *component* and of all inside it."""
    if isinstance(component, Component):
        props = component.to_plotly_json()["props"]  # type: ignore[no-untyped-call]  # Dash is half typed
        yield props
        yield from pieces(props.get("children"))
    elif isinstance(component, list | tuple):
        for one in component:
            yield from pieces(one)


@pytest.fixture(params=["zh", "en"])
def wall(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """All pieces of the wall in one language."""
    return list(pieces(wall_page({"lang": request.param})))


def test_every_box_is_there_once(wall: list[dict[str, Any]]) -> None:
    """W1 to W14, each with its hook for tests and a role for screen readers."""
    boxes = [piece for piece in wall if piece.get("data-testid") in ids.BOXES]

    assert sorted(piece["data-testid"] for piece in boxes) == sorted(ids.BOXES)
    assert all(piece["id"] == piece["data-testid"] and piece["role"] for piece in boxes)


def test_the_alarm_is_spoken_and_the_feed_is_announced(wall: list[dict[str, Any]]) -> None:
    """A screen reader must hear the worst alarm at once, and politely whether the data is alive."""
    roles = {piece["id"]: piece["role"] for piece in wall if piece.get("data-testid") in ids.BOXES}

    assert roles[ids.WORST] == "alert"
    assert roles[ids.ALIVE] == "status"


def test_every_place_that_a_module_looks_for_is_there(wall: list[dict[str, Any]]) -> None:
    """A module that finds no place would stop the whole wall."""
    wanted = set()
    for module in [*MODULES.glob("*.mjs"), MODULES.parent / "wall.mjs"]:
        wanted |= set(re.findall(r'\bpart\([\w.]+, "([\w-]+)"\)', module.read_text(encoding="utf-8")))
    places = {piece["data-part"] for piece in wall if "data-part" in piece}

    assert len(wanted) > 15
    assert wanted <= places


def test_every_word_that_a_module_says_is_there() -> None:
    """No language may lack a word: it would be shown as `undefined` on a wall."""
    said = set()
    for module in [*MODULES.glob("*.mjs"), MODULES.parent / "wall.mjs"]:
        said |= set(re.findall(r"\bwords\.([a-z_0-9]+)", module.read_text(encoding="utf-8")))

    assert len(said) > 25
    for language, words in LANGUAGES.items():
        assert said <= words.keys(), language


def test_the_browser_gets_the_words_of_the_pages_language() -> None:
    """The modules hold no words of their own."""
    words = {lang: json.loads(next(pieces(wall_page({"lang": lang})))["data-words"]) for lang in ("zh", "en", "fr")}

    assert words["en"]["lang"] == "en"
    assert words["zh"] == words["fr"] == dict(LANGUAGES["zh"])


def test_the_title_is_what_the_deployment_calls_itself() -> None:
    """And a long one is written smaller, not cut."""
    titles = {
        title: next(piece for piece in pieces(wall_page({}, title=title)) if piece.get("children") == title)
        for title in ("天眼", "青岛市市南区江苏路街道智慧街区指挥中心")
    }

    assert [piece.get("className") for piece in titles.values()] == [None, "long"]


def test_the_browser_is_told_when_a_value_is_old() -> None:
    """The limits are configured, and the page computes ages by itself."""
    root = next(pieces(wall_page({}, factors=(1.0, 2.0, 4.0))))

    assert json.loads(root["data-factors"]) == [1, 2, 4]


def test_the_walls_size_is_said_in_minutes_of_arc() -> None:
    """The style sheet makes everything else of it."""
    root = next(pieces(wall_page({"profile": "3x55"})))

    assert root["style"] == {"--minutes": "392.0"}
