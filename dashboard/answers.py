"""Refusals as a browser gets them: a page for who reads, JSON for who computes. Unknown and forbidden look the same."""

import html
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Scope

from layouts.wording import words_in
from street.config import Config

SIGN_IN: Final = "/login"
LONGEST_NEXT: Final = 1_000


def wants_page(scope: Scope) -> bool:
    """Return whether a person's browser asks for a page."""
    return scope["method"] in {"GET", "HEAD"} and "text/html" in Headers(scope=scope).get("accept", "")


def refused(scope: Scope, config: Config, status: int, told: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer for a request that is refused with *status*; of a 404 only that there is nothing."""
    if status == 401 and wants_page(scope):
        return to_sign_in(scope)
    if status == 404 and wants_page(scope):
        return HTMLResponse(_not_found(config), 404)
    text = {401: "sign in first", 404: "not found"}.get(status, told)
    return JSONResponse({"error": text}, status, headers=headers)


def to_sign_in(scope: Scope) -> Response:
    """Lead to the sign-in page, which leads back here."""
    query = scope["query_string"].decode("latin-1")
    asked = scope["path"] + (f"?{query}" if query else "")
    is_plain = (
        scope["path"] not in {"/", SIGN_IN} and len(asked) <= LONGEST_NEXT and not asked.startswith(("//", "/\\"))
    )
    return RedirectResponse(f"{SIGN_IN}?next={quote(asked, safe='/')}" if is_plain else SIGN_IN, 303)


def _not_found(config: Config) -> str:
    words = words_in(config.wall.lang)
    text = html.escape(words["not_found"])
    title = html.escape(config.dashboard.title)
    return (
        f'<!DOCTYPE html><html lang="{words["lang"]}"><meta charset="utf-8"><title>{title}</title>'
        f'<body><h1>{text}</h1><p><a href="/">{title}</a></p></body></html>'
    )
