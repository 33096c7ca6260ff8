"""The guard: whatever is asked, the answer is a plain refusal or a page, never a traceback."""

import asyncio
import http.client
import socket
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from dashboard.access import CALLBACK_RULES, Access
from dashboard.guard import MOST_BODY, Guard, content_policy
from tests.dashboard.conftest import Screen, Serving

CALLBACK = "/_dash-update-component"
GET = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
SECURITY = {
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cache-control",
}


@pytest.mark.hostile
@pytest.mark.parametrize(
    "path",
    [
        "/wall/3",
        "/wall/",
        "//wall",
        "/../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/%00",
        "/assets/..%5c..%5capp.py",
        "/assets/../app.py",
        "/assets/%2e%2e/app.py",
        "/assets/",
        "/assets/nothing.js",
        "/geo/../store/engine.py",
        "/vendor/maplibre-gl/../package.json",
        "/vendor/maplibre-gl/maplibre-gl.mjs.map",
        "/_dash-component-suites/os/x.js",
        "/_dash-component-suites/dash/../../os.py",
        "/_dash-component-suites/dash",
        "/_dash-component-suites//",
        "/_reload-hash",
        "/_dash-ws-callback",
        "/_mcp",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/favicon.ico/",
        "/%e2%80%ae",
        "/%ff%fe",
    ],
)
def test_an_address_that_does_not_exist_is_404(served: Serving, path: str) -> None:
    """Dash answers some of these with 500 and a traceback; here each costs one line."""
    line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    line.putrequest("GET", path)  # as it stands: other clients would tidy it up first
    line.endheaders()
    answer = line.getresponse()

    assert answer.status == 404
    assert b"Traceback" not in answer.read()
    assert {name.lower() for name in answer.headers} >= SECURITY
    line.close()


@pytest.mark.hostile
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "CONNECT"])
@pytest.mark.parametrize("path", ["/", "/wall", "/stream", "/api/snapshot", "/assets/wall.css", "/_dash-layout"])
def test_nothing_but_reading_is_possible(served: Serving, method: str, path: str) -> None:
    """The server is read-only until people and roles exist."""
    answer = served.client.request(method, path, headers={"x-echo": "marker"})

    assert answer.status_code in {400, 405}
    assert "marker" not in answer.text


def test_a_head_has_the_headers_and_no_body(served: Serving) -> None:
    """Monitors ask so."""
    head, full = served.client.head("/wall"), served.client.get("/wall")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == full.headers["content-type"]


@pytest.mark.parametrize(
    ("host", "code"),
    [
        pytest.param("127.0.0.1:8050", 200, id="loopback"),
        pytest.param("LOCALHOST", 200, id="by name, in capitals"),
        pytest.param("[::1]:8050", 200, id="IPv6"),
        pytest.param("evil.example", 421, id="another site's name: DNS rebinding"),
        pytest.param("127.0.0.1.evil.example", 421, id="a name that begins well"),
        pytest.param("", 400, id="empty"),
        pytest.param("[::1", 400, id="nonsense"),
    ],
)
def test_only_our_own_names_are_answered(served: Serving, host: str, code: int) -> None:
    """A web page elsewhere that points its own name at us gets nothing."""
    assert served.client.get("/wall", headers={"host": host}).status_code == code


@pytest.mark.parametrize(
    "path", ["/", "/wall", "/healthz", "/api/snapshot", "/assets/wall.css", "/geo/style.json", "/_dash-dependencies"]
)
def test_every_answer_carries_the_security_headers(served: Serving, path: str) -> None:
    """One that lacks them is the one that gets framed."""
    answer = served.client.get(path)

    assert set(answer.headers) >= SECURITY
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self' 'sha256-")


def test_the_stream_carries_them_too(served: Serving) -> None:
    """It goes round every layer but this one."""
    screen = Screen(served)

    assert set(screen.response.headers) >= SECURITY
    screen.close()


def test_the_policy_allows_no_script_but_ours() -> None:
    """Text from a payload must never run, whatever else fails."""
    policy = content_policy(["'sha256-x'"])
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))

    assert scripts == "script-src 'self' 'sha256-x'"
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param({"content": b'{"output":"x.y"}', "headers": {"content-type": "text/plain"}}, 415, id="type"),
        pytest.param({"json": {}, "headers": {"origin": "http://evil.example"}}, 403, id="origin"),
        pytest.param({"json": {}, "headers": {"origin": "null"}}, 403, id="no origin to name"),
        pytest.param({"json": {}, "headers": {"sec-fetch-site": "cross-site"}}, 403, id="another site"),
        pytest.param({"json": {}, "params": {"cancelJob": "1"}}, 400, id="a background job"),
        pytest.param({"json": {"output": "x" * MOST_BODY}}, 413, id="too large"),
        pytest.param({"json": {"output": "__class__.x"}}, 404, id="no callback"),
        pytest.param({"json": {"output": ["a"]}}, 404, id="an output that is no text"),
        pytest.param({"json": []}, 400, id="a list"),
        pytest.param({"content": b"null", "headers": {"content-type": "application/json"}}, 400, id="null"),
        pytest.param({"content": b"", "headers": {"content-type": "application/json"}}, 400, id="empty"),
        pytest.param({"content": b"[" * 60_000, "headers": {"content-type": "application/json"}}, 400, id="deep"),
        pytest.param({"content": b'{"a":NaN}', "headers": {"content-type": "application/json"}}, 400, id="NaN"),
        pytest.param({"content": b'"\\ud800"', "headers": {"content-type": "application/json"}}, 400, id="surrogate"),
        pytest.param({"content": b"\xff\xfe{}", "headers": {"content-type": "application/json"}}, 400, id="not UTF-8"),
    ],
)
def test_a_callback_that_nobody_registered_never_reaches_dash(served: Serving, sent: dict[str, Any], code: int) -> None:
    """Dash answers 19 of 31 malformed bodies with 500."""
    answer = served.client.post(CALLBACK, **sent)

    assert answer.status_code == code
    assert "Traceback" not in answer.text


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        pytest.param("/wall?" + "x" * 5_000, {}, 414, id="address"),
        pytest.param("/wall", {"x-much": "x" * 40_000}, 431, id="headers"),
    ],
)
def test_what_is_too_long_is_refused(served: Serving, path: str, headers: dict[str, str], code: int) -> None:
    """Nobody's page needs it."""
    assert served.client.get(path, headers=headers).status_code == code


@pytest.mark.hostile
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"GET /wall HTTP/1.0\r\n\r\n", id="no host"),
        pytest.param(GET % b"/wall" + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n", id="socket"),
        pytest.param(GET % b"/_dash-ws-callback" + b"Upgrade: websocket\r\n\r\n", id="Dash's socket"),
        pytest.param(GET % b"/wall" + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", id="two lengths"),
        pytest.param(b"NONSENSE\r\n\r\n", id="nonsense"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00", id="TLS"),
    ],
)
def test_raw_nonsense_neither_crashes_nor_upgrades(served: Serving, raw: bytes) -> None:
    """The next visitor is served as if nothing had been."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        answer = line.recv(4096)

    assert not answer.startswith((b"HTTP/1.1 5", b"HTTP/1.1 101"))
    assert served.client.get("/healthz").status_code == 200


def test_what_breaks_inside_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    """A traceback is for us, never for the screen."""
    told: list[Message] = []

    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        secret = "the store is at /var/street.db"
        raise RuntimeError(secret)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        told.append(message)

    guard = Guard(broken, hosts=[], callbacks={}, not_found=lambda: "")
    scope = {"type": "http", "method": "GET", "path": "/wall", "raw_path": b"/wall", "query_string": b""}
    asyncio.run(guard({**scope, "headers": [(b"host", b"localhost")]}, receive, send))

    assert told[0]["status"] == 500
    assert told[1]["body"] == b"internal error\n"
    assert "the store is at" in caplog.text


def test_a_socket_handshake_is_closed() -> None:
    """Nothing here speaks over sockets, so nothing can be smuggled through one."""
    told: list[Message] = []

    async def never(_scope: Scope, _receive: Receive, _send: Send) -> None:
        pytest.fail("let through")

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        told.append(message)

    guard = Guard(never, hosts=[], callbacks={}, not_found=lambda: "")
    asyncio.run(guard({"type": "websocket", "path": "/_dash-ws-callback"}, receive, send))

    assert told[0]["type"] == "websocket.close"


CARD = {"inputs": [{"id": "queue", "property": "selected"}], "state": []}
ASKED = (
    b'{"output":"card.children","outputs":{"id":"card","property":"children"},'
    b'"inputs":[{"id":"queue","property":"selected","value":1}],"changedPropIds":["queue.selected"]}'
)


def asked(guard: Guard, chunks: list[bytes | None]) -> int:
    """Send a callback's body in *chunks*, None for a line that falls silent; return the status."""
    told: list[Message] = []
    waiting = list(chunks)

    async def receive() -> Message:
        chunk = waiting.pop(0) if waiting else b""
        if chunk is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        told.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"origin", b"http://localhost")]
    scope = {"type": "http", "method": "POST", "path": CALLBACK, "raw_path": CALLBACK.encode(), "query_string": b""}
    asyncio.run(guard({**scope, "headers": headers}, receive, send))
    return int(told[0]["status"])


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Allow one callback, and collect the bodies that reach Dash."""
    monkeypatch.setitem(CALLBACK_RULES, "card.children", Access.OPEN)
    return []


@pytest.fixture
def guard(reached: list[bytes]) -> Guard:
    """A guard before something that notes what reaches it."""

    async def inner(_scope: Scope, receive: Receive, send: Send) -> None:
        reached.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    return Guard(inner, hosts=[], callbacks={"card.children": CARD}, not_found=lambda: "")


def test_a_callback_that_is_registered_reaches_dash_whole(guard: Guard, reached: list[bytes]) -> None:
    """What was read to be checked is handed on."""
    assert asked(guard, [ASKED[:20], ASKED[20:]]) == 200
    assert reached == [ASKED]


def test_a_callback_without_a_rule_does_not(
    guard: Guard, reached: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""
    monkeypatch.delitem(CALLBACK_RULES, "card.children")

    assert asked(guard, [ASKED]) == 403
    assert reached == []


@pytest.mark.hostile
def test_a_body_that_falls_silent_is_given_up(
    guard: Guard, reached: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half-sent requests would otherwise pile up."""
    monkeypatch.setattr("dashboard.guard.BODY_S", 0.05)

    assert asked(guard, [b"{", None, b"}"]) == 408
    assert reached == []


@pytest.mark.hostile
def test_a_body_that_never_ends_is_refused(guard: Guard, reached: list[bytes]) -> None:
    """Whatever length it declares, or none."""
    assert asked(guard, [b"x" * 30_000] * 10) == 413
    assert reached == []
