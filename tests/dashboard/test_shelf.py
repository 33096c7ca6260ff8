"""Shelves: files as they are."""

import asyncio
import gzip
from pathlib import Path

import pytest
from starlette.types import Message

from dashboard.shelf import Shelf, folder, packages, unstamped
from tests.dashboard.conftest import Serving

Answer = tuple[int, dict[str, str], bytes]
SCRIPT = "export const a = 1;\n" * 100


def asked(shelf: Shelf, name: str, *, query: str = "", headers: dict[str, str] | None = None) -> Answer:
    """Ask *shelf* for a file; return status, headers and body."""
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        told.append(message)

    raw = [(key.encode(), value.encode()) for key, value in (headers or {}).items()]
    scope = {"type": "http", "method": "GET", "path": f"/{name}", "path_params": {"name": name}}
    asyncio.run(shelf({**scope, "query_string": query.encode(), "headers": raw}, receive, send))
    return told[0]["status"], {key.decode(): value.decode() for key, value in told[0]["headers"]}, told[1]["body"]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A shelf with a script, and things that are not for browsers."""
    (tmp_path / "a.mjs").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "a.mjs.map").write_text("{}", encoding="utf-8")
    (tmp_path / ".secret").write_text("x", encoding="utf-8")
    (tmp_path / "code.py").write_text("x", encoding="utf-8")
    return Shelf(folder(tmp_path))


def test_text_goes_compressed_to_who_takes_it(shelf: Shelf) -> None:
    """And plain to who does not."""
    status, headers, body = asked(shelf, "a.mjs", headers={"accept-encoding": "gzip, br"})
    plain = asked(shelf, "a.mjs")

    assert status == 200
    assert headers["content-type"].startswith("text/javascript")
    assert gzip.decompress(body).decode() == SCRIPT
    assert plain[2].decode() == SCRIPT


def test_what_the_browser_has_is_not_sent_again(shelf: Shelf) -> None:
    """Also when a proxy has made a list or a weak tag of it."""
    _, headers, _ = asked(shelf, "a.mjs")
    status, _, body = asked(shelf, "a.mjs", headers={"if-none-match": f'"x", W/{headers["etag"]}'})

    assert (status, body) == (304, b"")


def test_an_address_with_a_fingerprint_is_kept_for_ever_and_another_is_asked_again(shelf: Shelf) -> None:
    """A new file has a new fingerprint, so nobody keeps an old one."""
    stamped = asked(shelf, "a.mjs", query="m=1795486520.1")[1]
    plain = asked(shelf, "a.mjs")[1]

    assert "immutable" in stamped["cache-control"]
    assert plain["cache-control"] == "no-cache"


def test_a_changed_file_is_read_again(shelf: Shelf, tmp_path: Path) -> None:
    """Nobody restarts a server to see a new colour."""
    asked(shelf, "a.mjs")
    (tmp_path / "a.mjs").write_text("changed", encoding="utf-8")

    assert asked(shelf, "a.mjs")[2] == b"changed"


@pytest.mark.hostile
@pytest.mark.parametrize("name", ["a.mjs.map", ".secret", "code.py", "../a.mjs", "b.mjs", "", "/etc/passwd", "a.mjs/"])
def test_what_is_not_listed_does_not_exist(shelf: Shelf, name: str) -> None:
    """Names are looked up, never joined to a path."""
    assert asked(shelf, name)[0] == 404


def test_a_file_that_was_removed_is_404(shelf: Shelf, tmp_path: Path) -> None:
    """It was listed at the start and is gone now."""
    (tmp_path / "a.mjs").unlink()

    assert asked(shelf, "a.mjs")[0] == 404


@pytest.mark.hostile
@pytest.mark.parametrize("name", ["os/path.py", "dash/dash.py", "dash/deps/../dash.py", "dash", "nothing/x.js", "/"])
def test_only_what_a_package_registered_is_served_of_it(name: str) -> None:
    """Dash answers 500 to these."""
    find = packages({"dash": {"deps/react.min.js"}})

    assert find(name) is None


def test_a_registered_file_is_found_with_and_without_its_stamp() -> None:
    """The page asks with it."""
    find = packages({"dash": {"dash-renderer/build/dash_renderer.min.js"}})
    stamped = find("dash/dash-renderer/build/dash_renderer.v4_4_1m1.min.js")

    assert stamped == find("dash/dash-renderer/build/dash_renderer.min.js")
    assert stamped is not None
    assert stamped.is_file()
    assert unstamped("a.v1m2.js") == ("a.js", True)


def test_the_map_is_served_with_its_type(served: Serving) -> None:
    """MapLibre refuses what it can't recognise."""
    answer = served.client.get("/geo/communities.geojson")

    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json()["type"] == "FeatureCollection"
