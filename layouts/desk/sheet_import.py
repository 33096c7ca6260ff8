"""The import panel: a workbook is chosen, checked row by row, and only then taken in, all of it or nothing."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import IMPORT, TEMPLATE, search_of
from layouts.desk.frame import Viewer
from layouts.desk.pieces import Part, button, panel, told


def import_panel(viewer: Viewer) -> Component:
    """Return the panel; the browser sends the file itself, since a callback takes no large body."""
    words = viewer.words
    hooks: dict[str, Any] = {
        "data-import": IMPORT,
        "data-lang": viewer.lang,
        "data-broken": words["import_broken"],
    }
    steps: list[Part] = [
        html.P(words["import_steps"]),
        html.P(html.A(words["template"], href=TEMPLATE + search_of({"lang": viewer.lang}), download="people.xlsx")),
        html.Div(
            [
                button(ids.IMPORT_CHOOSE, words["choose_file"]),
                button(ids.IMPORT_GO, words["import_go"], "main", disabled=True),
            ],
            className="acts", **hooks,
        ),
        told(ids.IMPORT_CHECKED),
        told(ids.IMPORT_DONE),
    ]  # fmt: skip
    return panel(words["import_title"], steps, viewer.path + search_of(viewer.query, **{"import": ""}), words)
