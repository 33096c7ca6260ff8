"""The import panel: a file is chosen, checked row by row, and only then taken in, all of it or nothing."""

from typing import Any, Final, NamedTuple

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import ASSET_TEMPLATE, ASSETS_IMPORT, IMPORT, TEMPLATE, search_of
from layouts.desk.frame import Viewer
from layouts.desk.pieces import Part, button, panel, told


class Listed(NamedTuple):
    """What is imported: how its words begin, where it is sent, its empty list, and the files that may be chosen."""

    words: str
    address: str
    template: str
    accept: str
    media_type: str


PEOPLE_LIST: Final = Listed(
    "import", IMPORT, TEMPLATE, ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
ASSET_LIST: Final = Listed(
    "import_assets", ASSETS_IMPORT, ASSET_TEMPLATE, ".csv,.xlsx,.geojson,.json", "application/octet-stream"
)


def import_panel(viewer: Viewer, what: Listed = PEOPLE_LIST) -> Component:
    """Return the panel; the browser sends the file itself, since a callback takes no large body."""
    words = viewer.words
    hooks: dict[str, Any] = {
        "data-import": what.address,
        "data-accept": what.accept,
        "data-type": what.media_type,
        "data-lang": viewer.lang,
        "data-broken": words["import_broken"],
    }
    name = what.template.rpartition("/")[2]
    steps: list[Part] = [
        html.P(words[f"{what.words}_steps"]),
        html.P(html.A(words["template"], href=what.template + search_of({"lang": viewer.lang}), download=name)),
        html.Div(
            [
                button(ids.IMPORT_CHOOSE, words["choose_file" if what is PEOPLE_LIST else "import_assets_choose"]),
                button(ids.IMPORT_GO, words["import_go"], "main", disabled=True),
            ],
            className="acts", **hooks,
        ),
        told(ids.IMPORT_CHECKED),
        told(ids.IMPORT_DONE),
    ]  # fmt: skip
    closed = viewer.path + search_of(viewer.query, **{"import": ""})
    return panel(words[f"{what.words}_title"], steps, closed, words)
