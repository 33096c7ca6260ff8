"""The desk: the second Dash app, under /desk/, and the routes beside it.

    address ──▶ guard ──▶ page (the shell) ──▶ `show`: path and query in, the page out, for who asks
                             └── a panel's button ──▶ desk_people, desk_roster, desk_devices, desk_asset, …

Every callback is a plain function that asks the policy about the very thing it is to show or to change.
"""

import hashlib
import html
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from dash import Dash, Input, Output
from dash.backends._fastapi import reset_current_request, set_current_request
from dash.development.base_component import Component
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard import (
    asking,
    asset_files,
    asset_import,
    audit_export,
    desk_asset,
    desk_assets,
    desk_audit,
    desk_devices,
    desk_health,
    desk_newcomers,
    desk_people,
    desk_person,
    desk_roster,
    people_import,
)
from dashboard.cookies import csrf_cookie
from dashboard.desk_view import PAGE_ACTIONS, areas_named, viewer_at
from dashboard.looks import LANGUAGES, language_of, remember
from dashboard.office import Office
from dashboard.shelf import Shelf, folder, packages
from dashboard.threads import off_loop
from layouts import ids
from layouts.desk.areas import Areas
from layouts.desk.frame import Viewer, frame, nothing_here, shell
from layouts.wording import desk_words_in
from street.errors import StoreError
from street.policy import Action, may

LOG = logging.getLogger(__name__)
HERE: Final = Path(__file__).parent
ASSETS: Final = HERE / "assets_desk"
TOKENS: Final = HERE / "assets" / "tokens.css"
PREFIX: Final = "/desk"
LANGUAGE_MARK: Final = "{the language of who asks}"
INDEX: Final = """<!DOCTYPE html>
<html lang="{lang}" data-theme="sun">
  <head>
    {{%metas%}}
    <title>{{%title%}}</title>
    {{%favicon%}}
    <link rel="stylesheet" href="{prefix}/assets/tokens.css?m={stamp}">
    {{%css%}}
  </head>
  <body>
    {{%app_entry%}}
    <footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
  </body>
</html>
"""

Build = Callable[[Office, Viewer, Areas], Component]
BUILDS: Final[Mapping[Action, Build]] = {
    Action.SEE_PEOPLE: desk_people.page,
    Action.SEE_ROSTER: desk_roster.page,
    Action.KEEP_DEVICES: desk_devices.page,
    Action.SEE_AUDIT: desk_audit.page,
    Action.SEE_ASSETS: desk_assets.page,
    Action.KEEP_ASSETS: desk_newcomers.page,
    Action.SEE_SYSTEM: desk_health.page,
}


class RichDash(Dash):
    """The desk's app: it tells strangers no versions."""

    def _config(self) -> dict[str, Any]:
        told: dict[str, Any] = super()._config()  # type: ignore[no-untyped-call]  # Dash is half typed
        for name in ("websocket", "end_id"):  # no sockets; no background jobs, whose name each callback would carry
            told.pop(name, None)
        return told | dict.fromkeys(("dash_version", "dash_version_url", "python_version", "plotly_version"), "")


def routes(office: Office) -> list[BaseRoute]:
    """Return the desk's routes; its Dash app has a server of its own, that stands behind all other addresses here."""
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    pages = rich_dash(office, server)
    office.pages[PREFIX] = pages
    own: list[BaseRoute] = [Route(path, _page(office, pages)) for path in PAGE_ACTIONS]
    return [
        *own,
        *audit_export.routes(office),
        *asset_files.routes(office),
        *asset_import.routes(office),
        *people_import.routes(office),
        *desk_health.routes(office),
        Route(f"{PREFIX}/assets/{{name:path}}", Shelf({**_files(), "tokens.css": TOKENS}.get)),
        Route(f"{PREFIX}/_dash-component-suites/{{name:path}}", Shelf(packages(pages.registered_paths))),
        Route(f"{PREFIX}/{{rest:path}}", server),
    ]


def rich_dash(office: Office, server: FastAPI) -> RichDash:
    """Return the desk's Dash app on *server*, with its callbacks."""
    stamp = hashlib.sha256(TOKENS.read_bytes()).hexdigest()[:12]
    pages = RichDash(
        "dashboard",
        server=server,  # type: ignore[arg-type]  # Dash takes a FastAPI app and does not say so
        backend="fastapi",
        assets_folder=str(ASSETS),
        routes_pathname_prefix=f"{PREFIX}/",
        requests_pathname_prefix=f"{PREFIX}/",
        index_string=INDEX.format(lang=LANGUAGE_MARK, prefix=PREFIX, stamp=stamp),
        title=html.escape(office.config.dashboard.title),
        update_title="",
        serve_locally=True,
        csrf_token_name=csrf_cookie(office.config),
        suppress_callback_exceptions=True,  # most ids are in panels that are not always there
        enable_mcp=False,
        add_log_handler=False,
        on_error=_log_callback_error,
    )

    def layout() -> Component:
        asked = pages.backend.has_request_context()
        cookies = pages.backend.request_adapter().cookies if asked else {}
        return shell(desk_words_in(cookies.get("lang", office.config.wall.lang)))

    pages.layout = layout
    join(pages, office)
    return pages


def join(pages: Dash, office: Office) -> None:
    """Join the ids of the desk to what fills them; who may ask each is `dashboard.access`'s."""
    areas = areas_named(office)

    def show_page(path: object, search: object) -> list[Component]:
        return show(office, areas, path, search)

    place = ids.DESK_PLACE
    pages.callback(Output(ids.DESK_BODY, "children"), Input(place, "pathname"), Input(place, "search"))(
        off_loop(show_page)
    )  # fmt: skip
    for part in (desk_people, desk_person, desk_roster, desk_devices, desk_audit, desk_health, people_import):
        part.join(pages, office, areas)
    for part in (desk_asset, desk_assets, desk_newcomers):
        part.join(pages, office, areas)


def show(office: Office, areas: Areas, path: object, search: object) -> list[Component]:
    """Return the page at an address in its frame; what does not exist and what is not the asker's look the same."""
    viewer = viewer_at(office, path, search)
    action = PAGE_ACTIONS.get(viewer.path)
    if action is None or not may(asking.person(), action):
        return frame(replace(viewer, path=""), nothing_here(viewer, "nothing_here"))
    try:
        return frame(viewer, BUILDS[action](office, viewer, areas))
    except StoreError:
        LOG.exception("page not shown path=%s", viewer.path)
        return frame(viewer, nothing_here(viewer, "store_away"))


def _files() -> dict[str, Path]:
    find = folder(ASSETS)
    return {path.name: path for path in ASSETS.iterdir() if find(path.name)}


def _page(office: Office, pages: Dash) -> Callable[[Request], Any]:
    async def page(request: Request) -> Response:
        token = set_current_request(request)  # type: ignore[no-untyped-call]  # Dash's own pages are made so
        try:
            text = str(pages.index())  # type: ignore[no-untyped-call]  # Dash is half typed
        finally:
            reset_current_request(token)  # type: ignore[no-untyped-call]  # as above
        lang = language_of(request, office.config)
        answer = HTMLResponse(
            text.replace(LANGUAGE_MARK, desk_words_in(lang)["lang"]), headers={"cache-control": "no-store"}
        )
        chosen = request.query_params.get("lang", "")
        if chosen in LANGUAGES:
            remember(answer, chosen, office.config)
        return answer

    return page


def _log_callback_error(error: Exception) -> None:
    """Log what a callback raised: Dash's FastAPI backend swallows it otherwise."""
    LOG.error("callback failed", exc_info=error)
