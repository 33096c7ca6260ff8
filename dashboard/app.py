"""The app: Dash on FastAPI, our own endpoints beside it, and the guard around both."""

import hashlib
import html
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import dash
from dash import Dash
from dash.development.base_component import Component
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dashboard.counts import TodayCounter
from dashboard.guard import Guard, content_policy
from dashboard.health import Health
from dashboard.live import Hub
from dashboard.pages import HOME, layout_for
from dashboard.shelf import Shelf, files_under, folder, packages
from dashboard.snapshot import Follower, opened_store
from dashboard.stream import Stream
from layouts.wording import words_in
from street.config import Config

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
        pages: the Dash app behind.
        server: the FastAPI app behind.
    """

    def __init__(self, *, server: FastAPI, pages: LightDash, hub: Hub, guard: Guard) -> None:
        self.server, self.pages, self.hub = server, pages, hub
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
    """
    hub = Hub(build=build_id(config, map_library), now_us=now_us)
    counter = TodayCounter(config, hub, now_us)
    follower = Follower(lambda: opened_store(config, now_us), hub, incidents_moved=counter.recount)

    @asynccontextmanager
    async def life(_server: FastAPI) -> AsyncIterator[None]:
        # else a deep link that comes first gets a page without its files
        pages._setup_server()  # type: ignore[no-untyped-call]  # Dash is half typed
        guard.policy = content_policy(pages.csp_hashes())
        hub.open()
        follower.start()
        counter.start()
        yield
        hub.close()
        follower.stop()
        counter.stop()

    server = FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    pages = light_dash(config, server)
    # before Dash's own: the first route that fits answers
    server.router.routes[:0] = _routes(config, hub, follower, pages.registered_paths, map_library)
    server.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=5)
    guard = Guard(
        server, hosts=[config.dashboard.host], callbacks=pages.callback_map, not_found=lambda: _not_found(config)
    )
    return App(server=server, pages=pages, hub=hub, guard=guard)


def light_dash(config: Config, server: FastAPI) -> LightDash:
    """Return the Dash app on *server*, with its layout and no callbacks: the wall lives from the feed alone."""
    pages = LightDash(
        "dashboard",
        server=server,  # type: ignore[arg-type]  # Dash takes a FastAPI app and does not say so
        backend="fastapi",  # else Flask is imported first
        assets_folder=str(ASSETS),
        assets_path_ignore=[f"^{MODULES}$"],
        index_string=_index(config),
        title=html.escape(config.dashboard.title),
        update_title="",
        serve_locally=True,
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


def _routes(
    config: Config, hub: Hub, follower: Follower, registered: Mapping[str, set[str]], map_library: Path
) -> list[Route]:
    def whole(request: Request) -> Response:
        tag = f'W/"{hub.version}"'
        headers = {"etag": tag, "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(hub.whole(), headers=headers, media_type="application/json")

    async def snapshot(request: Request) -> Response:
        return whole(request)

    async def home(_request: Request) -> Response:
        return RedirectResponse(HOME, 307)

    return [
        Route("/", home),
        Route("/stream", Stream(hub)),
        Route("/api/snapshot", snapshot),
        Route("/healthz", Health(follower.is_alive).answer),
        Route("/assets/{name:path}", Shelf(folder(ASSETS))),
        Route("/geo/{name:path}", Shelf(folder(config.places.directory))),
        Route("/vendor/maplibre-gl/{name:path}", Shelf(folder(map_library))),
        Route("/_dash-component-suites/{name:path}", Shelf(packages(registered))),
    ]


def _index(config: Config) -> str:
    modules = [f"/assets/{path.relative_to(ASSETS).as_posix()}" for path in (ASSETS / MODULES).glob("*.mjs")]
    library = ["/vendor/maplibre-gl/maplibre-gl.mjs"]
    preloads = "\n    ".join(f'<link rel="modulepreload" href="{name}">' for name in sorted(modules) + library)
    words = words_in(config.wall.lang)
    return INDEX.format(lang=words["lang"], preloads=preloads)


def _not_found(config: Config) -> str:
    words = words_in(config.wall.lang)
    text = html.escape(words["not_found"])
    title = html.escape(config.dashboard.title)
    return (
        f'<!DOCTYPE html><html lang="{words["lang"]}"><meta charset="utf-8"><title>{title}</title>'
        f'<body><h1>{text}</h1><p><a href="{HOME}">{title}</a></p></body></html>'
    )


def _log_callback_error(error: Exception) -> None:
    """Log what a callback raised: Dash's FastAPI backend swallows it otherwise."""
    LOG.error("callback failed", exc_info=error)
