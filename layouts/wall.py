"""The wall: what the command centre sees from six metres (boxes W1–W14).

    +---------------------------------------------------------------+
    | w1 alive, age        w2 title            w3 date weather clock |
    +------------------------+-----+-----+-----+-----+--------------+
    | w4 worst, oldest       | w5  | w6  | w7  | w8  | w9 late      |
    +-----------+------------+-----+-----+-----+-----+--------------+
    | w10 today |  w11 map                     | w13 open incidents |
    |           |  +-----+                     |                    |
    |           |  | w12 |                     |                    |
    +-----------+--+-----+---------------------+--------------------+
    | w14 officers · communities · assets                           |
    +---------------------------------------------------------------+

Only the frame is drawn here. Every value is painted by dashboard/assets/wall.mjs from the live feed.
"""

import json
from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.parts.box import area, box, hook, part
from layouts.profiles import wall_arc_minutes
from layouts.wording import words_in

TITLE_FITS = 13.0  # ems of the larger size; a longer title is written smaller
FIRST_WIDE = 0x2E7F  # beyond it characters are square, as Han characters are
FUNNEL = ("reported", "filed", "dispatched", "handled", "closed")


def wall_page(
    query: Mapping[str, str], *, title: str = "", factors: tuple[float, float, float] = (1.5, 3.0, 10.0)
) -> Component:
    """Return the wall for one address.

    Args:
        query: the address' query: `lang` (zh, en), `profile`, `h_mm`, `d_m`; all may be absent.
        title: what the wall is called; empty for the language's own.
        factors: after how many of its intervals a value is late, stale, lost.
    """
    words = words_in(query.get("lang", "zh"))
    hooks: dict[str, Any] = {
        "data-testid": ids.WALL,
        "data-factors": json.dumps(factors),
        "data-words": json.dumps(words, ensure_ascii=False),
        "aria-label": words["wall"],
    }
    return html.Main(
        [
            *_header(words, title),
            *_band(words),
            _today(words),
            _map(words),
            _open_list(words),
            _people(words),
        ],
        id=ids.WALL,
        className="wall",
        lang=words["lang"],
        style={"--minutes": f"{wall_arc_minutes(query):.1f}"},
        **hooks,
    )


def _header(words: Mapping[str, str], title: str) -> list[Component]:
    name = title or words["wall_title"]
    alive = [area("alive-mark", classes="mark"), part("alive", words["loading"])]
    now = [
        part("date"),
        part("weekday"),
        part("weather", classes="weather"),
        html.Time("", className="clock", **hook("clock")),
    ]
    return [
        box(ids.ALIVE, alive, label=words["data"], classes="head", role="status"),
        box(ids.TITLE, html.H1(name, className="long" if _width(name) > TITLE_FITS else None), classes="head"),
        box(ids.NOW, now, label=words["now"], classes="head"),
    ]


def _width(text: str) -> float:
    return sum(1.0 if ord(letter) > FIRST_WIDE else 0.6 for letter in text)


def _band(words: Mapping[str, str]) -> list[Component]:
    worst = box(ids.WORST, area("worst", classes="worst"), label=words["worst"], role="alert")
    cells = [
        box(
            box_id,
            [area("shape"), _pair(part("name", words[f"sev{level}"]), part("count", classes="figure"))],
            classes="cell",
        )
        for level, box_id in ids.SEVERITIES.items()
    ]
    unfed = part("late", words["not_connected"], classes="unfed")
    late = box(ids.LATE, _pair(part("name", words["late"]), unfed), classes="cell")
    return [worst, *cells, late]


def _pair(name: Component, figure: Component) -> Component:
    return html.Div([name, figure], className="lines")


def _today(words: Mapping[str, str]) -> Component:
    rows = [html.Div([html.Dt(words[step]), html.Dd(**hook(f"today-{step}"))], className="row") for step in FUNNEL]
    rates = [
        html.Div([html.Dt(words["on_time"]), html.Dd(words["not_connected"], className="unfed")], className="rate"),
        html.Div([html.Dt(words["cameras"]), html.Dd(**hook("cameras"))], className="rate"),
    ]
    return box(ids.TODAY, [html.H2(words["today"]), html.Dl(rows + rates)], label=words["today"])


def _map(words: Mapping[str, str]) -> Component:
    layers = [area(name, classes="layer") for name in ("map-sketch", "map-base", "map-assets")]
    markers = [area(name, classes="layer") for name in ("map-labels", "map-markers", "map-flash")]
    note = html.P(words["map_note"], className="map-note")
    lost = html.P(className="map-lost", hidden=True, **hook("map-lost"))
    spotlight = box(ids.SPOTLIGHT, area("spotlight"), label=words["legend"])
    return box(ids.MAP, [*layers, *markers, note, lost, spotlight], label=words["map"])


def _open_list(words: Mapping[str, str]) -> Component:
    head = html.H2([part("open-head", words["open_list"]), part("open-page")])
    rows = html.Div([area("open-rows"), area("open-shapes"), area("open-flash")], className="rows")
    return box(ids.OPEN_LIST, [head, rows], label=words["open_list"])


def _people(words: Mapping[str, str]) -> Component:
    officers = html.Span(
        [part("officers-name", words["officers"]), html.B(words["not_connected"], className="unfed")], className="pair"
    )
    communities = html.Span([part("communities-name", words["communities"]), part("communities")], className="pair")
    assets = html.Span([part("assets-name", words["assets"]), html.B(**hook("assets"))], className="pair")
    return box(ids.PEOPLE, [officers, communities, assets], label=words["people"])
