"""The pages: which address shows which layout.

A short table in place of Dash's own pages, which are global and act at import. One Dash app serves them all; it is
asked for a layout without the page's address, so the browser's Referer says which page and which query is meant.
"""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from dash.development.base_component import Component

from layouts.wall import wall_page
from street.config import Config

Page = Callable[[Mapping[str, str], Config], Component]


SIZES: Final = {"profile", "h_mm", "d_m"}  # an address that names one of these says how large it is seen


def _wall(query: Mapping[str, str], config: Config) -> Component:
    size = {} if SIZES & query.keys() else {"h_mm": str(config.wall.height_mm), "d_m": str(config.wall.distance_m)}
    asked = {"lang": config.wall.lang, **size, **query}
    title = config.dashboard.title_en if asked["lang"] == "en" else config.dashboard.title
    factors = config.wall.late_factor, config.wall.stale_factor, config.wall.lost_factor
    return wall_page(asked, title=title, factors=factors)


HOME: Final = "/wall"
PAGES: Final[dict[str, Page]] = {HOME: _wall}


def layout_for(address: str, config: Config) -> Component:
    """Return the layout of the page at *address*; the plain wall where the browser did not say, or said nonsense."""
    try:
        parts = urlsplit(address)
        query = dict(parse_qsl(parts.query, max_num_fields=50))
    except ValueError:
        return _wall({}, config)
    return PAGES.get(parts.path, _wall)(query, config)
