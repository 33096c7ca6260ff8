"""The app as a browser meets it."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.app import ASSETS, MAP_LIBRARY, build_id
from dashboard.shelf import files_under
from layouts.wording import words_in
from street.config import Config
from street.config.sections import DashboardConfig
from tests.dashboard.conftest import Serving, configured

ROOT = ASSETS.parents[1]
LINKS = re.compile(r'(?:src|href)="([^"]+)"')


def test_a_deep_link_that_comes_first_gets_all_its_files(served: Serving) -> None:
    """A kiosk reloads /wall right after a restart: every file of the page must be named, and be there."""
    page = served.client.get("/wall").text
    names = LINKS.findall(page)
    own = [path.name for path in ASSETS.glob("*.*") if path.suffix in {".css", ".js", ".mjs"}]

    assert own
    assert all(any(name.startswith(f"/assets/{file}?m=") for name in names) for file in own)
    assert any("dash_renderer" in name for name in names)
    assert [name for name in names if served.client.get(name).status_code != 200] == []


def test_the_page_says_its_title_before_any_script_has_run(served: Serving, config: Config) -> None:
    """A wall that is still loading names itself, in its own language."""
    page = served.client.get("/wall").text

    assert f'<h1 class="opening">{config.dashboard.title}</h1>' in page
    assert '<html lang="zh-CN">' in page


def test_the_root_leads_home_or_to_the_sign_in_page(served: Serving) -> None:
    """Who types only the address sees the street, or is asked who she is."""
    known, stranger = served.client.get("/"), served.stranger.get("/")

    assert (known.status_code, known.headers["location"]) == (303, "/wall")
    assert (stranger.status_code, stranger.headers["location"]) == (303, "/login")


def test_the_layout_follows_the_query_of_the_page(served: Serving) -> None:
    """Dash asks for a layout without saying for which address; the Referer does."""
    zh = served.client.get("/_dash-layout").json()
    en = served.client.get("/_dash-layout", headers={"referer": "http://127.0.0.1/wall?lang=en"}).json()

    assert zh["props"]["lang"] == "zh-CN"
    assert en["props"]["lang"] == "en"


def test_nothing_we_serve_names_an_address_outside(served: Serving) -> None:
    """No request leaves the origin: neither the page nor our scripts, styles and maps name another host."""
    texts = {"/wall": served.client.get("/wall").text, "/_dash-layout": served.client.get("/_dash-layout").text}
    for path in files_under(ASSETS):
        texts[f"/assets/{path.relative_to(ASSETS).as_posix()}"] = path.read_text(encoding="utf-8")
    outside = {
        name: found
        for name, text in texts.items()
        if (found := re.findall(r"(?:https?:)?//(?!www\.w3\.org)[a-z0-9-]+\.[a-z]{2,}[^\s\"']*", _uncommented(text)))
    }

    assert len(texts) > 5
    assert outside == {}


def test_a_stranger_is_not_told_which_versions_run(served: Serving) -> None:
    """Versions are the first thing an attacker looks up."""
    answer = served.client.get("/wall")

    assert sys.version.split()[0] not in answer.text
    assert '"dash_version":""' in answer.text
    assert "server" not in answer.headers


def test_the_page_does_not_try_to_open_a_socket(served: Serving) -> None:
    """Dash's renderer would try again and again what the guard refuses."""
    assert "_dash-ws-callback" not in served.client.get("/wall").text


def test_the_page_loads_no_component_library_that_it_does_not_use(served: Serving) -> None:
    """Dash gives each page all of its own: 160 KB on the way to a wall's first picture."""
    scripts = re.findall(r'<script src="(/_dash-component-suites/[^"]+)"', served.client.get("/wall").text)

    assert [path.split("/")[3] for path in scripts] == ["deps", "deps", "deps", "dash-renderer", "html"]


def test_pandas_is_whole_before_the_first_page_is_asked_for() -> None:
    """While it is half imported, Dash's JSON encoder fails and pages are 500."""
    code = "import sys, dashboard.app; sys.exit(not hasattr(sys.modules.get('pandas'), 'NaT'))"

    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


def test_the_snapshot_is_the_same_picture_for_those_who_poll(served: Serving) -> None:
    """A proxy that breaks streams must not make the wall blind; what did not move is not sent again."""
    first = served.client.get("/api/snapshot")
    again = served.client.get("/api/snapshot", headers={"if-none-match": first.headers["etag"]})

    assert first.json()["full"] == 1
    assert first.json()["h"] is None
    assert again.status_code == 304


def test_a_page_that_does_not_exist_is_refused_in_words(served: Serving) -> None:
    """Somebody who mistypes gets a page with a way home."""
    answer = served.client.get("/wall/3", headers={"accept": "text/html"})

    assert answer.status_code == 404
    assert words_in("zh")["not_found"] in answer.text
    assert 'href="/"' in answer.text


def test_the_map_library_is_served_from_here(served: Serving) -> None:
    """Compressed once, typed as a module."""
    answer = served.client.get("/vendor/maplibre-gl/maplibre-gl.mjs")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["content-encoding"] == "gzip"


def test_without_a_store_the_sign_in_page_is_all_there_is(serve: Callable[[Config], Serving], tmp_path: Path) -> None:
    """Nobody can be known then; whoever was signed in is told to try again, not to sign in again."""
    serving = serve(configured(tmp_path))
    page = serving.stranger.get("/wall", headers={"accept": "text/html"})
    known = serving.stranger.get("/wall", headers={"accept": "text/html", "cookie": "sid=of-before-the-store-went"})

    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/wall")
    assert serving.stranger.get("/login").status_code == 200
    assert serving.stranger.get("/healthz").status_code == 200
    assert (known.status_code, known.headers["retry-after"]) == (503, "2")


def test_another_title_is_another_build(config: Config) -> None:
    """Pages reload when anything they are made of has changed, and only then."""
    renamed = replace(config, dashboard=DashboardConfig(title="Another street"))

    assert build_id(config, MAP_LIBRARY) == build_id(config, MAP_LIBRARY)
    assert build_id(renamed, MAP_LIBRARY) != build_id(config, MAP_LIBRARY)


def test_two_dashboards_can_run_in_one_process(serve: Callable[[Config], Serving], config: Config) -> None:
    """Nothing of the app is global: tests, and later a second app, rely on it."""
    one, other = serve(config), serve(config)

    assert one.client.get("/wall").status_code == other.client.get("/wall").status_code == 200


def _uncommented(text: str) -> str:
    return re.sub(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", ["modules/live.mjs"])
def test_what_modules_import_is_not_loaded_as_a_script_of_the_page(served: Serving, name: str) -> None:
    """Loaded twice, a module would open two streams."""
    page = served.client.get("/wall").text

    assert f'<script src="/assets/{name}' not in page
    assert f'rel="modulepreload" href="/assets/{name}"' in page
