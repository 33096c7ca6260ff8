"""How a page outside of Dash looks to this browser: its language, the site's title, the picture behind it."""

import logging
from functools import cache
from pathlib import Path
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboard.cookies import is_secure
from layouts.sign_in.frame import Look
from layouts.sign_in.ground import ground
from layouts.sign_in.markup import Markup
from street.config import Config

LOG = logging.getLogger(__name__)
LANGUAGES: Final = ("zh", "en")
LANGUAGE_COOKIE: Final = "lang"
YEAR_S: Final = 365 * 86_400
LAYERS: Final = ("coast", "green", "blocks", "streets", "boundary")


def look_of(request: Request, config: Config, *, has_picture: bool = True) -> Look:
    """Return how the page looks."""
    lang = language_of(request, config)
    title = config.dashboard.title_en if lang == "en" else config.dashboard.title
    return Look(lang=lang, title=title, picture=_picture(config.places.directory) if has_picture else Markup(""))


def language_of(request: Request, config: Config) -> str:
    """Return the language: the address' `lang`, else what was chosen before, else the browser's, else the wall's."""
    wanted = [request.query_params.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, "")]
    spoken = request.headers.get("accept-language", "")[:200].split(",")  # the dearest first
    wanted += [part.strip()[:2].lower() for part in spoken]
    return next((it for it in wanted if it in LANGUAGES), config.wall.lang)


def shown(page: str, request: Request, config: Config, status: int = 200) -> Response:
    """Return *page* as an answer that nobody keeps; a language that the address names is remembered."""
    answer = HTMLResponse(page, status, headers={"cache-control": "no-store"})
    chosen = request.query_params.get("lang", "")
    if chosen in LANGUAGES:
        remember(answer, chosen, config)
    return answer


def remember(answer: Response, lang: str, config: Config) -> None:
    """Have the browser keep its language."""
    answer.set_cookie(
        LANGUAGE_COOKIE, lang, max_age=YEAR_S, httponly=True, samesite="lax", secure=is_secure(config)
    )  # fmt: skip


@cache
def _picture(folder: Path) -> Markup:
    layers = {}
    for name in LAYERS:
        try:
            layers[name] = orjson.loads((folder / f"{name}.geojson").read_bytes())["features"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            LOG.warning("picture without %s: %s", name, error)
    try:
        return ground(layers)
    except (KeyError, TypeError, ValueError, IndexError) as error:  # a drawing must not keep anybody out
        LOG.warning("no picture: %r", error)
        return Markup("")
