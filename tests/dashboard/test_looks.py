"""How pages outside of Dash look to a browser."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.requests import Request

from dashboard.looks import language_of, look_of, shown
from street.config import Config
from street.config.sections import DashboardConfig, PlacesConfig, WallConfig

CONFIG = Config(dashboard=DashboardConfig(title="街道", title_en="Street"))


def asked(query: str = "", cookie: str = "", accepts: str = "") -> Request:
    """Return a request."""
    headers = [(b"accept-language", accepts.encode()), (b"cookie", cookie.encode())]
    return Request({"type": "http", "method": "GET", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("request_", "lang"),
    [
        pytest.param(asked("lang=en", "lang=zh", "zh"), "en", id="the address first"),
        pytest.param(asked("", "lang=en", "zh"), "en", id="then what was chosen"),
        pytest.param(asked("", "", "fr-CH, en;q=0.9, zh;q=0.8"), "en", id="then what the browser likes best"),
        pytest.param(asked("", "", "zh-TW"), "zh", id="any Chinese"),
        pytest.param(asked("lang=xx", "lang=../..", "de"), "zh", id="then the wall's"),
        pytest.param(asked("", "", "\u00e4" * 400), "zh", id="nonsense"),
    ],
)
def test_the_language_is_the_dearest_that_we_have(request_: Request, lang: str) -> None:
    """Only two values ever come out."""
    assert language_of(request_, CONFIG) == lang


def test_a_site_whose_wall_is_english_is_english() -> None:
    """Where nobody said anything."""
    assert language_of(asked(), replace(CONFIG, wall=WallConfig(lang="en"))) == "en"


def test_the_title_is_the_sites_own_in_that_language() -> None:
    """It stands on the picture."""
    assert [look_of(asked(f"lang={lang}"), CONFIG).title for lang in ("zh", "en")] == ["街道", "Street"]


def test_a_map_that_is_missing_or_broken_keeps_nobody_out(tmp_path: Path) -> None:
    """The picture is left away, not the page."""
    (tmp_path / "boundary.geojson").write_text('{"features": [{"nonsense": 1}]}', encoding="utf-8")

    look = look_of(asked(), replace(CONFIG, places=PlacesConfig(directory=tmp_path)))

    assert look.picture == ""
    assert len(look_of(asked(), CONFIG).picture) > 10_000


def test_nobody_keeps_a_page_and_a_choice_is_remembered() -> None:
    """A shared computer must not show the last one's page."""
    plain, chosen = shown("x", asked(), CONFIG), shown("x", asked("lang=en"), CONFIG)

    assert plain.headers["cache-control"] == "no-store"
    assert "set-cookie" not in plain.headers
    assert chosen.headers["set-cookie"].startswith("lang=en; HttpOnly; Max-Age=31536000")
