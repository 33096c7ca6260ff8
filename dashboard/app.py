"""The app: Dash on FastAPI, our own endpoints beside it, and the guard around both."""

import hashlib
import html
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import dash
from dash import Dash
from dash.backends._fastapi import reset_current_request, set_current_request
from dash.development.base_component import Component
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from dashboard import asking
from dashboard.answers import refused, to_sign_in
from dashboard.cookies import csrf_cookie
from dashboard.counts import TodayCounter
from dashboard.forgetting import Forgetter
from dashboard.guard import Guard
from dashboard.health import Health
from dashboard.leaving import content_policy
from dashboard.live import Hub
from dashboard.office import Office
from dashboard.pages import PAGES, layout_for
from dashboard.parts import PARTS
from dashboard.shelf import Shelf, files_under, folder, packages
from dashboard.snapshot import Follower, opened_store
from dashboard.stream import Stream
from dashboard.view import view_of
from dashboard.way_in import home_of
from layouts.wording import words_in
from street.config import Config
from street.errors import StreetError

LOG = logging.getLogger(__name__)
HERE: Final = Path(__file__).parent
ASSETS: Final = HERE / "assets"
MAP_LIBRARY: Final = HERE.parent / "node_modules" / "maplibre-gl" / "dist"
MODULES: Final = "modules"  # imported by our own modules, so Dash must not load them as scripts of the page
UNUSED_SCRIPTS: Final = ("/dash/dcc/", "/dash/dash_table/", "/dash/deps/polyfill@")  # 160 of 770 KB, 0.7 MB to parse

INDEX: Final = """<!DOCTYPE html>
<html lang="{lang}">
  <head>
    {{%metas%}}
    <title>{{%title%}}</title>
    {{%favicon%}}
    {preloads}
    {{%css%}}
  </head>
  <body>
    {{%app_entry%}}
    <footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
  </body>
</html>
"""


class LightDash(Dash):
    """The light app: the wall's and the tablet's pages, without the component libraries of the desk."""

    def _config(self) -> dict[str, Any]:
        """Return what the renderer needs: no versions for strangers, no address of Plotly's, no socket to try."""
        told: dict[str, Any] = super()._config()  # type: ignore[no-untyped-call]  # Dash is half typed
        told.pop("websocket", None)
        return told | dict.fromkeys(("dash_version", "dash_version_url", "python_version", "plotly_version"), "")

    def _generate_scripts_html(self) -> str:
        """Return the scripts' tags without the component libraries that every Dash page gets and ours do not use."""
        tags = super()._generate_scripts_html()
        return "\n".join(tag for tag in tags.splitlines() if not any(path in tag for path in UNUSED_SCRIPTS))

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]  # Dash documents this form
        """Return the page, with its title already readable while the scripts are on their way."""
        opening = f'<div id="react-entry-point"><h1 class="opening">{self.title}</h1></div>'
        page = super().interpolate_index(**{**parts, "app_entry": opening})  # type: ignore[no-untyped-call]  # as above
        return str(page)


class App:
    """The whole server as one ASGI application.

    Attributes:
        hub: the live feed; `__main__` closes it before it waits for open connections.
        is_alive: whether the picture is being kept, or at least tried for.
        office: what routes and callbacks need.
        pages: the light Dash app.
        server: the FastAPI app behind.
    """

    def __init__(
        self, *, server: FastAPI, office: Office, hub: Hub, guard: Guard, is_alive: Callable[[], bool]
    ) -> None:
        self.server, self.office, self.hub, self.is_alive = server, office, hub, is_alive
        self.pages = office.pages[""]
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._guard(scope, receive, send)


def create_app(config: Config, *, now_us: Callable[[], int], map_library: Path = MAP_LIBRARY) -> App:
    """Return the app for one configuration; it opens the store when it starts and not before.

    Args:
        config: as loaded.
        now_us: the clock.
        map_library: the folder of MapLibre's built files.

    Raises:
        ConfigError: the communities are not drawn where the configuration says.
    """
    office = Office(config, now_us)
    hub = Hub(build=build_id(config, map_library), now_us=now_us, subdistrict_id=office.subdistrict_id)
    stream = Stream(hub, office.book)
    counter = TodayCounter(config, hub, now_us)
    follower = Follower(lambda: opened_store(config, now_us), hub, incidents_moved=counter.recount)
    forgetter = Forgetter(office)

    @asynccontextmanager
    async def life(_server: FastAPI) -> AsyncIterator[None]:
        for pages in office.pages.values():
            pages._setup_server()  # type: ignore[no-untyped-call]  # else a deep link that comes first lacks its files
        guard.policy = content_policy(sorted({one for pages in office.pages.values() for one in pages.csp_hashes()}))
        hub.open()
        stream.open()
        for part in (office.refusals, follower, counter, forgetter):
            part.start()
        yield
        stream.close()
        hub.close()
        follower.stop()
        counter.stop()
        forgetter.stop()
        office.close()

    server = FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    office.pages[""] = light_dash(config, server)
    own = _routes(office, hub, stream, Health(follower.is_alive), map_library)
    # before Dash's own: the first route that fits answers
    server.router.routes[:0] = own + [route for part in PARTS for route in part.routes(office)]
    server.add_exception_handler(HTTPException, partial(_refusal, config))
    server.add_exception_handler(StreetError, partial(_failure, config))
    server.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=5)
    guard = Guard(server, office)
    return App(server=server, office=office, hub=hub, guard=guard, is_alive=follower.is_alive)


async def _refusal(config: Config, request: Request, error: Exception) -> Response:
    """Answer what an endpoint refuses as the guard would."""
    if not isinstance(error, HTTPException):
        raise error
    return refused(request.scope, config, error.status_code, error.detail, error.headers)


async def _failure(config: Config, request: Request, error: Exception) -> Response:
    """Answer an endpoint that could not: mostly a store that is missing or cannot be read."""
    LOG.warning("answer not possible path=%.200r reason=%r", request.url.path, str(error))
    return refused(request.scope, config, 503, "try again", {"retry-after": "2"})


def light_dash(config: Config, server: FastAPI) -> LightDash:
    """Return the Dash app on *server*, with its layout and no callbacks: the wall lives from the feed alone."""
    pages = LightDash(
        "dashboard",
        server=server,  # type: ignore[arg-type]  # Dash takes a FastAPI app and does not say so
        backend="fastapi",  # else Flask is imported first
        assets_folder=str(ASSETS),
        assets_path_ignore=[f"^{MODULES}$", "^sign_in$"],  # pages of their own
        index_string=_index(config),
        title=html.escape(config.dashboard.title),
        update_title="",
        serve_locally=True,
        csrf_token_name=csrf_cookie(config),
        enable_mcp=False,
        add_log_handler=False,
        on_error=_log_callback_error,
    )

    def layout() -> Component:
        asked = pages.backend.has_request_context()
        address = pages.backend.request_adapter().headers.get("referer", "") if asked else ""
        return layout_for(address, config)

    pages.layout = layout
    return pages


def build_id(config: Config, map_library: Path) -> str:
    """Return a name for what the pages are made of: files, layouts, words, titles; another one makes pages reload."""
    digest = hashlib.sha256(f"{dash.__version__} {config.dashboard} {config.wall}".encode())
    layouts = sorted((HERE.parent / "layouts").rglob("*.py"))
    for path in [*files_under(ASSETS), *layouts, *files_under(config.places.directory), *map_library.glob("*gl.mjs")]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _routes(office: Office, hub: Hub, stream: Stream, health: Health, map_library: Path) -> list[BaseRoute]:
    config = office.config

    async def snapshot(request: Request) -> Response:
        view = view_of(asking.person())
        tag = f'W/"{hub.tag(view)}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=_untold(tag))
        tag, whole = hub.whole(view)
        return Response(whole, headers=_untold(f'W/"{tag}"'), media_type="application/json")

    async def home(request: Request) -> Response:
        person = asking.person()
        return to_sign_in(request.scope) if person is None else RedirectResponse(home_of(person), 303)

    async def page(request: Request) -> Response:
        # not Dash's catch-all: with two Dash apps in one process it serves the pages of the one made last
        light = office.pages[""]
        token = set_current_request(request)  # type: ignore[no-untyped-call]  # Dash is half typed
        try:
            return HTMLResponse(light.index())  # type: ignore[no-untyped-call]  # as above
        finally:
            reset_current_request(token)  # type: ignore[no-untyped-call]  # as above

    return [
        Route("/", home),
        *(Route(address, page) for address in PAGES),
        Route("/stream", stream),
        Route("/api/snapshot", snapshot),
        Route("/healthz", health.answer),
        Route("/assets/{name:path}", Shelf(folder(ASSETS))),
        Route("/geo/{name:path}", Shelf(folder(config.places.directory))),
        Route("/vendor/maplibre-gl/{name:path}", Shelf(folder(map_library))),
        Route("/_dash-component-suites/{name:path}", Shelf(packages(office.pages[""].registered_paths))),
    ]


def _untold(tag: str) -> dict[str, str]:
    return {"etag": tag, "cache-control": "private, no-cache"}


def _index(config: Config) -> str:
    modules = [f"/assets/{path.relative_to(ASSETS).as_posix()}" for path in (ASSETS / MODULES).glob("*.mjs")]
    library = ["/vendor/maplibre-gl/maplibre-gl.mjs"]
    preloads = "\n    ".join(f'<link rel="modulepreload" href="{name}">' for name in sorted(modules) + library)
    words = words_in(config.wall.lang)
    return INDEX.format(lang=words["lang"], preloads=preloads)


def _log_callback_error(error: Exception) -> None:
    """Log what a callback raised: Dash's FastAPI backend swallows it otherwise."""
    LOG.error("callback failed", exc_info=error)
