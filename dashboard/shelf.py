"""Shelves: files served as they are, each read and compressed once.

/assets/<name>?m=…   dashboard/assets            a fingerprint in the address: kept for ever
/geo/<name>          street/geo                  none: asked again each time, answered 304
/vendor/…/<name>     node_modules/…/dist
/_dash-component-suites/<package>/<name>         what Dash's own packages bring to the browser
"""

import asyncio
import gzip
import hashlib
import importlib
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dash.fingerprint import check_fingerprint
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

TEXT_SUFFIXES: Final = {".js", ".mjs", ".css", ".json", ".geojson", ".svg", ".csv", ".html", ".txt"}
MEDIA_TYPES: Final = {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".css": "text/css",
    ".geojson": "application/geo+json",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}
UNSERVED_SUFFIXES: Final = {".py", ".pyc", ".map", ".md"}
FOR_EVER: Final = "public, max-age=31536000, immutable"
GZIP_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class Item:
    """One file as it goes over the wire."""

    plain: bytes
    packed: bytes | None  # gzip, where that is smaller
    tag: str
    media_type: str
    stamp_ns: int


Find = Callable[[str], Path | None]


def folder(root: Path) -> Find:
    """Return a finder of the files under *root* by their relative names: what is not listed does not exist."""
    names = {path.relative_to(root).as_posix(): path for path in files_under(root)}
    return names.get


def files_under(root: Path) -> Iterator[Path]:
    """Yield the files under *root* that a browser may have, sorted by name."""
    for path in sorted(root.rglob("*")):
        hidden = any(part.startswith((".", "__")) for part in path.relative_to(root).parts)
        if path.is_file() and not hidden and path.suffix not in UNSERVED_SUFFIXES:
            yield path


def unstamped(name: str) -> tuple[str, bool]:
    """Return *name* without Dash's stamp of version and date, and whether it had one."""
    plain, had_stamp = check_fingerprint(name)  # type: ignore[no-untyped-call]  # Dash is half typed
    return str(plain), bool(had_stamp)


def packages(registered: Mapping[str, set[str]]) -> Find:
    """Return a finder of what Dash's packages have registered; *registered* fills when the pages are set up."""

    def find(name: str) -> Path | None:
        package, _, rest = name.partition("/")
        inside, _ = unstamped(rest)
        if inside not in registered.get(package, ()):
            return None
        return Path(str(importlib.import_module(package).__file__)).parent / inside

    return find


class Shelf:
    """ASGI endpoint that serves what *find* finds, by the path parameter `name`."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._items: dict[Path, Item] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file, with 304 when the browser has it, or with 404."""
        name = scope["path_params"]["name"]
        item = await self._item(name)
        response = PlainTextResponse("not found\n", 404) if item is None else answer(item, scope, name)
        await response(scope, receive, send)

    async def _item(self, name: str) -> Item | None:
        path = self._find(name)
        if path is None:
            return None
        try:
            stamp_ns = path.stat().st_mtime_ns
            item = self._items.get(path)
            if item is None or item.stamp_ns != stamp_ns:
                item = self._items[path] = await asyncio.to_thread(read, path, stamp_ns)
        except OSError:
            return None
        return item


def read(path: Path, stamp_ns: int) -> Item:
    """Read and compress one file."""
    plain = path.read_bytes()
    packed = gzip.compress(plain, GZIP_LEVEL, mtime=0) if path.suffix in TEXT_SUFFIXES else plain
    guess = MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Item(
        plain=plain,
        packed=packed if len(packed) < len(plain) else None,
        tag=f'"{hashlib.sha256(plain).hexdigest()[:20]}"',
        media_type=guess,
        stamp_ns=stamp_ns,
    )


def answer(item: Item, scope: Scope, name: str) -> Response:
    """Return the response for one request of *item*."""
    asked = Headers(scope=scope)
    fingerprinted = scope["query_string"].startswith(b"m=") or unstamped(name)[1]
    headers = {
        "etag": item.tag,
        "cache-control": FOR_EVER if fingerprinted else "no-cache",
        "vary": "accept-encoding",
    }
    if item.tag in asked.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if item.packed is not None and "gzip" in asked.get("accept-encoding", ""):
        return Response(item.packed, headers={**headers, "content-encoding": "gzip"}, media_type=item.media_type)
    return Response(item.plain, headers=headers, media_type=item.media_type)
