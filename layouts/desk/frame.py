"""The frame around each of the desk's pages: where one is, who one is, and the way out.

+---------+--------------------------------------------+----------+
| product | title          note                   acts |          |
| pages   +--------------------------------------------+  panel   |
| …       | filters                                    |  (one    |
|         | table                                      |  chosen  |
| who     |                                            |  thing)  |
+---------+--------------------------------------------+----------+
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import ASSETS, AUDIT, DEVICES, HEALTH, NEWCOMERS, PEOPLE, ROSTER, search_of
from layouts.desk.pieces import Part, Words, link, named
from layouts.wording import desk_words_in

NAMES = {
    PEOPLE: "people",
    ROSTER: "roster",
    DEVICES: "devices",
    AUDIT: "audit",
    ASSETS: "assets",
    NEWCOMERS: "newcomers",
    HEALTH: "health",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks, at which address, in which language."""

    name: str
    roles: tuple[str, ...]
    lang: str = "zh"
    pages: tuple[str, ...] = ()  # addresses of the pages that are theirs to see
    path: str = PEOPLE
    query: Mapping[str, str] = field(default_factory=dict)
    csrf: str = ""
    sees_wall: bool = False
    now_us: int = 0

    @property
    def words(self) -> Words:
        """The words of the viewer's language."""
        return desk_words_in(self.lang)


def shell(words: Words) -> Component:
    """Return what the browser gets first: the address bar's keeper, and a body that the address fills."""
    place = dcc.Location(id=ids.DESK_PLACE, refresh="callback-nav")
    body = html.Div(html.P(words["loading"], className="opening"), id=ids.DESK_BODY)
    return html.Div([place, body], className="desk", lang=words["lang"])


def frame(viewer: Viewer, shown: Component) -> list[Component]:
    """Return one page in its frame."""
    words = viewer.words
    skip = html.A(words["skip"], href=f"#{ids.DESK_MAIN}", className="skip")
    main = html.Main(shown, id=ids.DESK_MAIN, tabIndex="-1")
    return [skip, _rail(viewer), main]


def nothing_here(viewer: Viewer, why: str) -> Component:
    """Return a page that says in words why it shows nothing."""
    return html.Div(html.P(viewer.words[why], className="nothing"), className="split alone")


def _rail(viewer: Viewer) -> Component:
    words = viewer.words
    keep = {"lang": viewer.query["lang"]} if "lang" in viewer.query else {}
    pages = [
        html.Li(
            link(words[NAMES[page]], page + search_of(keep), f"page {NAMES[page]}"),
            className="here" if page == viewer.path else None,
            **_current(is_here=page == viewer.path),
        )
        for page in viewer.pages
    ]
    return html.Nav(
        [
            html.P([html.B(words["product"]), html.Small(words["management"])], className="product"),
            html.Ul(
                [*pages, html.Li(html.A(words["wall"], href="/wall", className="page")) if viewer.sees_wall else None]
            ),
            _self(viewer),
        ],
        className="rail",
        **named(words["menu"]),
    )


def _self(viewer: Viewer) -> Component:
    words = viewer.words
    other = "zh" if viewer.lang == "en" else "en"
    turn: Part = html.A(
        words["other_lang"],
        href=viewer.path + search_of(viewer.query, lang=other),
        lang=desk_words_in(other)["lang"],
        hrefLang=other,
    )
    out = html.Form(
        [
            dcc.Input(id=ids.CSRF, type="hidden", name="csrf", value=viewer.csrf),
            html.Button(words["sign_out"], type="submit", className="button plain small"),
        ],
        method="post",
        action="/logout",
    )
    who = [html.B(viewer.name), html.Small(" · ".join(viewer.roles))]
    return html.Div(
        [
            html.P(who, className="who"),
            html.P([html.A(words["account"], href="/account"), turn], className="turns"),
            out,
        ],
        className="self",
    )


def _current(*, is_here: bool) -> dict[str, Any]:
    return {"aria-current": "page"} if is_here else {}
