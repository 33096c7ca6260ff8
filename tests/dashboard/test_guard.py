"""The guard: whatever is asked, the answer is a plain refusal or a page, never a traceback."""

import asyncio
import http.client
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from dashboard import rates
from dashboard.access import CALLBACK_RULES
from dashboard.bodies import KINDS
from dashboard.guard import Guard
from dashboard.office import Office
from street.clock import now_us
from street.config import Config
from street.config.sections import DashboardConfig
from street.people import Role
from street.policy import Action
from tests.dashboard.conftest import TESTER, Screen, Serving, Signed, Written, until

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
    "x-request-id",
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
    line.putheader("Cookie", f"sid={served.who.token}")
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
    """What is not named for a method is not there for it."""
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


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param({"content": b'{"output":"x.y"}', "headers": {"content-type": "text/plain"}}, 415, id="type"),
        pytest.param({"json": {}, "headers": {"origin": "http://evil.example"}}, 403, id="origin"),
        pytest.param({"json": {}, "headers": {"origin": "null"}}, 403, id="no origin to name"),
        pytest.param({"json": {}, "headers": {"sec-fetch-site": "cross-site"}}, 403, id="another site"),
        pytest.param({"json": {}, "params": {"cancelJob": "1"}}, 400, id="a background job"),
        pytest.param({"json": {"output": "x" * KINDS["json"].most_bytes}}, 413, id="too large"),
        pytest.param({"json": {"output": "__class__.x"}}, 404, id="no callback"),
        pytest.param({"json": {"output": ["a"]}}, 404, id="an output that is no text"),
        pytest.param({"json": {}, "headers": {"origin": "http://["}}, 403, id="an origin that is none"),
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
    answer = served.client.post(CALLBACK, **{**sent, "headers": sent.get("headers", {}) | served.who.csrf})

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


@pytest.fixture
def signed(street: Written) -> Signed:
    """A squad leader with a session."""
    return street.sign_in(Role.SQUAD_LEADER)


@pytest.fixture
def office(street: Written) -> Iterator[Office]:
    """An office with a real store and one callback."""
    office = Office(street.config, now_us)
    office.pages[""] = SimpleNamespace(callback_map={"card.children": CARD})
    yield office
    office.close()


def answered(guard: Guard, scope: Scope, chunks: list[bytes | None] | None = None) -> tuple[int, dict[str, str], bytes]:
    """Send one request to *guard*, its body in *chunks*, None for a line that falls silent; return the answer."""
    told: list[Message] = []
    waiting = list(chunks or [b""])

    async def receive() -> Message:
        chunk = waiting.pop(0) if waiting else b""
        if chunk is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        told.append(message)

    plain = {"type": "http", "method": "GET", "raw_path": b"/", "query_string": b"", "client": ("192.0.2.7", 5)}
    asyncio.run(
        guard({**plain, **scope, "headers": [(b"host", b"localhost"), *scope.get("headers", [])]}, receive, send)
    )
    headers = {name.decode(): value.decode() for name, value in told[0]["headers"]}
    return int(told[0]["status"]), headers, b"".join(message["body"] for message in told[1:])


def test_what_breaks_inside_is_logged_and_not_shown(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """A traceback is for us, never for the screen: there stands only what finds it in the log."""

    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        secret = "the store is at /var/street.db"
        raise RuntimeError(secret)

    status, headers, body = answered(Guard(broken, office), {"path": "/healthz"})

    assert status == 500
    assert body == b'{"error":"internal error %s"}' % headers["x-request-id"].encode()
    assert f"request={headers['x-request-id']}" in caplog.text
    assert "the store is at" in caplog.text


def test_a_socket_handshake_is_closed(office: Office) -> None:
    """Nothing here speaks over sockets, so nothing can be smuggled through one."""
    told: list[Message] = []

    async def never(_scope: Scope, _receive: Receive, _send: Send) -> None:
        pytest.fail("let through")

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        told.append(message)

    asyncio.run(Guard(never, office)({"type": "websocket", "path": "/_dash-ws-callback"}, receive, send))

    assert told[0]["type"] == "websocket.close"


@pytest.mark.parametrize("own", [b"no such incident", b""])
def test_a_404_from_inside_looks_like_the_guards_own(office: Office, signed: Signed, own: bytes) -> None:
    """Else the words of an answer would tell what is hidden from what is not there."""

    async def inner(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": [(b"x-tell", b"it exists")]})
        await send({"type": "http.response.body", "body": own})

    guard, cookie = Guard(inner, office), (b"cookie", f"sid={signed.token}".encode())
    inside = answered(guard, {"path": "/wall", "headers": [cookie]})
    unknown = answered(guard, {"path": "/nothing", "headers": [cookie]})
    inside[1].pop("x-request-id"), unknown[1].pop("x-request-id")

    assert inside[0] == 404
    assert inside == unknown


CARD = {"inputs": [{"id": "queue", "property": "selected"}], "state": []}
ASKED = (
    b'{"output":"card.children","outputs":{"id":"card","property":"children"},'
    b'"inputs":[{"id":"queue","property":"selected","value":1}],"changedPropIds":["queue.selected"]}'
)


def asked(guard: Guard, who: Signed, chunks: list[bytes | None], **headers: str) -> int:
    """Send a callback's body in *chunks* as *who*; return the status."""
    told = {"cookie": f"sid={who.token}", "content-type": "application/json", "origin": "http://localhost"}
    told |= {"x-csrftoken": who.session.csrf} | {name.replace("_", "-"): value for name, value in headers.items()}
    pairs = [(name.encode(), value.encode()) for name, value in told.items()]
    return answered(guard, {"method": "POST", "path": CALLBACK, "headers": pairs}, chunks)[0]


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Allow one callback, and collect the bodies that reach Dash."""
    monkeypatch.setitem(CALLBACK_RULES[""], "card.children", Action.SEE_LIVE)
    return []


@pytest.fixture
def guard(reached: list[bytes], office: Office) -> Guard:
    """A guard before something that notes what reaches it."""

    async def inner(_scope: Scope, receive: Receive, send: Send) -> None:
        reached.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    return Guard(inner, office)


def test_a_callback_that_is_registered_reaches_dash_whole(guard: Guard, reached: list[bytes], signed: Signed) -> None:
    """What was read to be checked is handed on."""
    assert asked(guard, signed, [ASKED[:20], ASKED[20:]]) == 200
    assert reached == [ASKED]


def test_a_callback_without_a_rule_does_not(
    guard: Guard, reached: list[bytes], signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""
    monkeypatch.delitem(CALLBACK_RULES[""], "card.children")

    assert asked(guard, signed, [ASKED]) == 404
    assert reached == []


def test_a_callback_of_an_action_one_may_not_do_does_not_either(
    guard: Guard, reached: list[bytes], signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every callback has its own action; the door that all share opens none of them."""
    monkeypatch.setitem(CALLBACK_RULES[""], "card.children", Action.SEE_AUDIT)

    assert asked(guard, signed, [ASKED]) == 404
    assert reached == []


@pytest.mark.hostile
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"x_csrftoken": ""}, id="none"),
        pytest.param({"x_csrftoken": "x" * 32}, id="another"),
        pytest.param({"x_csrftoken": "\u00e9"}, id="not ASCII"),
        pytest.param({"origin": "http://evil.example"}, id="another origin"),
        pytest.param({"origin": "http://localhost.evil.example"}, id="an origin that begins well"),
        pytest.param({"sec_fetch_site": "same-site"}, id="another site of ours"),
    ],
)
def test_a_post_that_another_page_made_is_refused(
    guard: Guard, reached: list[bytes], signed: Signed, headers: dict[str, str]
) -> None:
    """A browser sends our cookie along; only our own pages know the session's text, and come from here."""
    assert asked(guard, signed, [ASKED], **headers) == 403
    assert reached == []


@pytest.mark.hostile
def test_a_body_that_falls_silent_is_given_up(
    guard: Guard, reached: list[bytes], signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half-sent requests would otherwise pile up."""
    monkeypatch.setitem(KINDS, "json", KINDS["json"]._replace(most_s=0.05))

    assert asked(guard, signed, [b"{", None, b"}"]) == 408
    assert reached == []


@pytest.mark.hostile
def test_a_body_that_never_ends_is_refused(guard: Guard, reached: list[bytes], signed: Signed) -> None:
    """Whatever length it declares, or none."""
    assert asked(guard, signed, [b"x" * 30_000] * 10) == 413
    assert asked(guard, signed, [b"{}"], content_length="10000000000") == 413
    assert asked(guard, signed, [b"{}"], content_length="-1") == 413
    assert reached == []


# ------------------------------------------------------------------------------------------------------ who asks


@pytest.mark.parametrize("path", ["/wall", "/nothing", "/desk/audit", "/_dash-layout", "/_reload-hash", "/login/x"])
def test_a_stranger_cannot_tell_what_exists(served: Serving, path: str) -> None:
    """Pages lead to the sign-in page and back, everything else says that one must sign in, whatever it is."""
    page = served.stranger.get(path, headers={"accept": "text/html"})
    plain = [served.stranger.request(method, path) for method in ("GET", "POST", "DELETE")]

    assert (page.status_code, page.headers["location"]) == (303, f"/login?next={path}")
    assert {(answer.status_code, answer.text) for answer in plain} == {(401, '{"error":"sign in first"}')}


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_one_may_not_see_looks_like_what_is_not_there(
    serve: Callable[[Config], Serving], street: Written, accept: str
) -> None:
    """In its words, its headers and its status."""
    client = serve(street.config).browser(street.sign_in(Role.ADMIN))
    client.headers["accept"] = accept
    hidden, unknown = client.get("/wall"), client.get("/wal")
    names = {"x-request-id", "date"}

    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text == unknown.text
    assert {k: v for k, v in hidden.headers.items() if k not in names} == {
        k: v for k, v in unknown.headers.items() if k not in names
    }


def test_a_session_that_ends_is_out_at_the_next_look(serve: Callable[[Config], Serving], street: Written) -> None:
    """Also when another process ended it: the guard looks at the store's version once a second."""
    who = street.sign_in()
    client = serve(street.config).browser(who)
    before = client.get("/wall").status_code
    street.store.sessions().end(who.session.session_id, by=TESTER, reason="stolen")
    began = time.monotonic()
    until(lambda: client.get("/wall").status_code == 401, "she is out")

    assert before == 200
    assert time.monotonic() - began < 2


def test_refusals_are_audited_and_joined(serve: Callable[[Config], Serving], street: Written) -> None:
    """Who tried what, from where; a hundred times is one entry with a count, not a hundred."""
    who = street.sign_in(Role.ADMIN)
    serving = serve(street.config)
    client = serving.browser(who)
    for _ in range(20):
        client.get("/api/snapshot")
    serving.app.office.refusals.stop()
    found = [found.entry for found in street.store.audit().find(outcome="refused")]

    assert [(entry.action, entry.object, entry.reason, entry.by.login) for entry in found] == [
        ("see_live", "/api/snapshot", "not-allowed", who.person.login)
    ] * 2
    assert sum(entry.count for entry in found) == 20
    assert {entry.by.address for entry in found} == {"127.0.0.1"}


# ------------------------------------------------------------------------------------------------------ how often


@pytest.mark.hostile
def test_who_asks_too_often_is_told_to_wait_and_nobody_else(
    serve: Callable[[Config], Serving], street: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One broken script must not take the wall away."""
    monkeypatch.setattr(rates, "EVERYTHING", rates.Rate(60, 0.1))  # so that a slow machine asks too often as well
    serving = serve(street.config)
    one, other = serving.browser(street.sign_in()), serving.browser(street.sign_in())
    answers = [one.get("/healthz") for _ in range(int(rates.EVERYTHING.most) + 10)]
    refused = [answer for answer in answers if answer.status_code == 429]

    assert refused
    assert int(refused[0].headers["retry-after"]) >= 1
    assert other.get("/wall").status_code == 200


@pytest.mark.hostile
def test_sign_ins_are_throttled_by_address_before_anything_is_hashed(served: Serving) -> None:
    """Fifty a second cost the others nothing."""
    codes = [served.stranger.post("/login").status_code for _ in range(int(rates.SIGN_IN.most) + 20)]

    assert set(codes) == {415, 429}
    assert served.client.get("/wall").status_code == 200


# ------------------------------------------------------------------------------------------------------ https


@pytest.mark.parametrize(("https", "name"), [("none", "sid"), ("proxy", "__Host-sid")])
def test_behind_https_only_the_secure_cookie_counts(street: Written, signed: Signed, https: str, name: str) -> None:
    """And browsers are told to come by HTTPS only; a cookie that HTTP could have set is not looked at."""
    config = replace(street.config, dashboard=DashboardConfig(https=https, names="street.example"))
    office = Office(config, now_us)

    async def inner(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"in"})

    guard = Guard(inner, office)
    found = {
        each: answered(guard, {"path": "/wall", "headers": [(b"cookie", f"{each}={signed.token}".encode())]})
        for each in ("sid", "__Host-sid")
    }
    office.close()

    assert [each for each, (status, _, _) in found.items() if status == 200] == [name]
    assert ("strict-transport-security" in found[name][1]) is (https == "proxy")


def test_a_page_gives_its_session_the_csrf_text_again(served: Serving) -> None:
    """A browser that lost that cookie could send nothing any more."""
    lost = served.stranger.get("/wall", headers={"accept": "text/html", "cookie": f"sid={served.who.token}"})
    kept = served.client.get("/wall", headers={"accept": "text/html"})

    assert lost.headers["set-cookie"].startswith(f"_csrf_token={served.who.session.csrf};")
    assert "httponly" not in lost.headers["set-cookie"].lower()
    assert "set-cookie" not in kept.headers
