"""The guard: the outermost layer. What it lets through is well-formed, for us and in the table of addresses.

request ─▶ size ─▶ host ─▶ address ─▶ method ─▶ (callback: origin, type, size, shape) ─▶ the pages
             every answer leaves with the security headers, never with a version or a traceback
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access import CALLBACK_PATH, CALLBACK_RULES, Access, Rule, rule_of
from dashboard.callback_shape import check

LOG = logging.getLogger(__name__)
LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
MOST_BODY: Final = 64 * 1024
MOST_ADDRESS: Final = 4 * 1024
MOST_HEADERS: Final = 32 * 1024
BODY_S: Final = 5.0  # a body that trickles longer than this is dropped
FIXED_HEADERS: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),  # the layout learns the page's query from it
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
LEAKY_HEADERS: Final = {b"server", b"x-powered-by"}


def content_policy(script_hashes: Sequence[str]) -> str:
    """Return the content security policy: our own files and Dash's one inline script, nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {' '.join(script_hashes)}".strip(),
            "style-src 'self' 'unsafe-inline'",  # Dash's components write style elements
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


class Guard:
    """ASGI layer around the whole server."""

    def __init__(
        self,
        inner: ASGIApp,
        *,
        hosts: Sequence[str],
        callbacks: Mapping[str, Mapping[str, Any]],
        not_found: Callable[[], str],
    ) -> None:
        """Stand around *inner*.

        Args:
            inner: what answers.
            hosts: names under which browsers may reach us beside the loopback ones.
            callbacks: Dash's `callback_map`; looked at with each request.
            not_found: the page for an address that does not exist.
        """
        self._inner = inner
        self._hosts = LOOPBACK_NAMES | {host.lower().strip("[]") for host in hosts}
        self._callbacks = callbacks
        self._not_found = not_found
        self.policy = content_policy([])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse or hand on one request."""
        if scope["type"] == "lifespan":
            await self._inner(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 4404})
            return
        leaving = _Leaving(send, self.policy, has_body=scope["method"] != "HEAD")
        try:
            rule = self._admit(scope)
            if scope["path"] == CALLBACK_PATH:
                receive = await self._checked_body(scope, receive)
            if scope["method"] == "HEAD" and "HEAD" in rule.methods:
                scope = {**scope, "method": "GET"}
            await self._inner(scope, receive, leaving)
        except HTTPException as refusal:
            await self._refusal(scope, refusal)(scope, receive, leaving)
        except Exception:  # the edge: whatever went wrong is logged here and shown to nobody
            LOG.exception("answer failed path=%.200r", scope["path"])
            if not leaving.has_begun:
                await PlainTextResponse("internal error\n", 500)(scope, receive, leaving)

    def _admit(self, scope: Scope) -> Rule:
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > MOST_ADDRESS:
            raise HTTPException(414, "address too long")
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
            raise HTTPException(431, "headers too large")
        host = _host_of(Headers(scope=scope).get("host", ""))
        if host not in self._hosts:
            raise HTTPException(400 if not host else 421, "not a name of this server")
        rule = rule_of(scope["path"])
        if rule is None or rule.access is Access.SHUT:
            raise HTTPException(404, "not found")
        if scope["method"] not in rule.methods:
            raise HTTPException(405, "method not allowed", {"allow": ", ".join(sorted(rule.methods))})
        return rule

    async def _checked_body(self, scope: Scope, receive: Receive) -> Receive:
        headers = Headers(scope=scope)
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "not application/json")
        if not _is_same_origin(headers):
            raise HTTPException(403, "from another origin")
        if scope["query_string"]:
            raise HTTPException(400, "a callback has no query")
        try:
            raw = await asyncio.wait_for(_body(receive), BODY_S)
        except TimeoutError as error:
            raise HTTPException(408, "body took too long") from error
        check(raw, self._callbacks, CALLBACK_RULES)
        return _replayed(raw, receive)

    def _refusal(self, scope: Scope, refusal: HTTPException) -> Response:
        wants_page = "text/html" in Headers(scope=scope).get("accept", "")
        if refusal.status_code == 404 and wants_page:
            return HTMLResponse(self._not_found(), 404)
        return PlainTextResponse(f"{refusal.detail}\n", refusal.status_code, headers=refusal.headers)


class _Leaving:
    """The way out: adds the security headers, drops what tells versions, keeps the body of a HEAD back."""

    def __init__(self, send: Send, policy: str, *, has_body: bool) -> None:
        self._send = send
        self._policy = policy.encode("ascii")
        self._has_body = has_body
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            own = [(name, value) for name, value in message.get("headers", []) if name.lower() not in LEAKY_HEADERS]
            headers = [*own, *FIXED_HEADERS, (b"content-security-policy", self._policy)]
            if not any(name.lower() == b"cache-control" for name, _ in own):
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": headers}
        elif not self._has_body:
            message = {**message, "body": b""}
        await self._send(message)


def _host_of(host: str) -> str:
    """Return the name in a Host header without its port, lower case; empty where there is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_same_origin(headers: Headers) -> bool:
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


async def _body(receive: Receive) -> bytes:
    raw = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(400, "body broke off")
        raw += message.get("body", b"")
        more = message.get("more_body", False)
        if len(raw) > MOST_BODY:
            raise HTTPException(413, "body too large")
    return bytes(raw)


def _replayed(raw: bytes, receive: Receive) -> Receive:
    waiting = [{"type": "http.request", "body": raw, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
