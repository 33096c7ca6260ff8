"""deploy/nginx.conf on Debian's nginx: what reaches the dashboard, what never does, and who waits for whom."""

import contextlib
import json
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from bench.front import DISTRICT, NAME, NGINX, Front
from street import passwords
from street.assets import Asset
from street.clock import now_us
from street.config import load
from street.keys import load_keys
from street.people import Actor, Grant, Person, Role
from street.readings import Reading
from street.store import open_store

pytestmark = [pytest.mark.faults, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]


class Echo(BaseHTTPRequestHandler):
    """Stands where the dashboard stands, and answers with what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []  # noqa: RUF012 - one server, one list

    def do_GET(self) -> None:
        """Answer with path and headers."""
        Echo.asked.append(self.path)
        body = json.dumps({"path": self.path, "headers": self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Take the body, and answer as ever."""
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.do_GET()

    def log_message(self, *_given: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def echo() -> Iterator[Front]:
    """Return nginx before a server that tells what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with Front(behind=server.server_port) as it:
        yield it
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def street() -> Iterator[Front]:
    """Return nginx before the real dashboard, whose store knows one asset."""
    front = Front()
    with front:
        store = open_store(load(front.folder / "config.yaml", {}).store.url, now_us)
        store.register_assets([Asset(asset_id="WX-01", kind="weather_station", name="roof", interval_s=60.0)])
        store.close()
        yield front


@pytest.fixture
def client(echo: Front) -> Iterator[httpx.Client]:
    """Return a client of the echo."""
    with echo.client() as it:
        yield it


def said_to(front: Front, request: bytes, *, within_s: float = 8.0) -> bytes:
    """Send bare bytes; return everything that comes until the line is closed, or b"" and more where it stays open."""
    with front.line() as line:
        line.settimeout(within_s)
        with contextlib.suppress(OSError):  # closed while we spoke: what was answered is still to be read
            line.sendall(request)
        got = b""
        while True:
            try:
                piece = line.recv(65_536)
            except TimeoutError:
                return got + b" (still open)"
            except OSError:
                return got
            if not piece:
                return got
            got += piece


def request(*headers: str, path: str = "/seen", body: str = "") -> bytes:
    """Return a request in HTTP/1.1 with these headers."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {NAME}", *headers, "", body]
    return "\r\n".join(lines).encode("latin-1")


# ------------------------------------------------------------------------------------------------ names and TLS


def test_browsers_get_http_2(echo: Front) -> None:
    """More than six screens of one browser need it."""
    with echo.line("h2") as line:
        assert line.selected_alpn_protocol() == "h2"
        assert line.version() == "TLSv1.3"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize(("version", "is_taken"), [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True)])
def test_old_tls_is_refused(echo: Front, version: ssl.TLSVersion, is_taken: bool) -> None:
    """Asked by a client that would itself take anything."""
    context = ssl.create_default_context(cafile=str(echo.folder / "ca.pem"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version

    assert shakes_hands(echo.port, context, NAME) == is_taken


def test_another_name_gets_no_handshake(echo: Front) -> None:
    """As after DNS rebinding; and nobody learns by the address alone what is served here."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    assert shakes_hands(echo.port, context, NAME)
    assert not shakes_hands(echo.port, context, "evil.example")


def test_without_tls_there_is_only_the_way_to_tls(echo: Front) -> None:
    """For our own name; for another there is nothing at all."""
    address = f"http://127.0.0.1:{echo.plain_port}/wall?x=1"

    answer = httpx.get(address, headers={"host": NAME})

    assert (answer.status_code, answer.headers["location"]) == (301, f"https://{NAME}/wall?x=1")
    with pytest.raises(httpx.TransportError):
        httpx.get(address, headers={"host": "evil.example"})


def test_every_answer_asks_for_tls_and_tells_no_version(client: httpx.Client) -> None:
    """Also nginx's own."""
    answers = [client.get("/seen"), client.get(f"/{'x' * 9000}")]

    assert [it.status_code for it in answers] == [200, 414]
    assert {it.headers["server"] for it in answers} == {"nginx"}
    assert {it.headers["strict-transport-security"] for it in answers} == {"max-age=31536000"}


# ------------------------------------------------------------------------------------------------ what is handed on


def test_the_client_s_address_is_the_one_nginx_saw(client: httpx.Client) -> None:
    """Whatever a client says about itself: TRUST B84."""
    lies = {
        "x-forwarded-for": ", ".join(["10.0.0.1"] * 500),
        "x-forwarded-proto": "http",
        "x-real-ip": "10.0.0.1",
        "forwarded": "for=10.0.0.1",
    }

    headers = {name.lower(): value for name, value in client.get("/seen", headers=lies).json()["headers"]}

    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"
    assert "10.0.0.1" not in " ".join(headers.values())


def test_the_dashboard_hears_the_name_that_was_asked(client: httpx.Client, echo: Front) -> None:
    """It compares Origin with it: under another name every button would be refused."""
    headers = {name.lower(): value for name, value in client.get("/seen").json()["headers"]}

    assert headers["host"] == f"{NAME}:{echo.port}"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(request("Content-Length: 5", "Transfer-Encoding: chunked", body="0\r\n\r\n"), 400, id="two sizes"),
        pytest.param(request("Content-Length: 5", "Content-Length: 6", body="abcdef"), 400, id="two lengths"),
        pytest.param(request("Content-Length: -1"), 400, id="negative length"),
        pytest.param(request("Content-Length: 10000000000"), 413, id="10 GB announced"),
        pytest.param(request("Content-Length: 200000"), 413, id="200 kB announced"),
        pytest.param(request("Transfer-Encoding: gzip, chunked", body="0\r\n\r\n"), 501, id="unknown encoding"),
        pytest.param(request("Transfer-Encoding: chunked", body="zz\r\n\r\n"), 400, id="no chunk"),
        pytest.param(request("X-A: a\x00b"), 400, id="NUL in a header"),
        pytest.param(request("Host: evil.example"), 400, id="two hosts"),
        pytest.param(b"GET /seen HTTP/1.1\r\n\r\n", 400, id="no host"),
        pytest.param(request(path="/" + "x" * 9_000), 414, id="9 kB of address"),
        pytest.param(request(f"X-A: {'x' * 65_536}"), 400, id="64 kB in a header"),
        pytest.param(request(*[f"X-{number}: {'y' * 20}" for number in range(2_000)]), 400, id="2,000 headers"),
        pytest.param(request(f"Cookie: {'; '.join(f'a{it}={it:060}' for it in range(500))}"), 400, id="500 cookies"),
    ],
)  # fmt: skip
def test_a_malformed_request_ends_at_nginx(echo: Front, sent: bytes, status: int) -> None:
    """One answer, the line closed, and nothing of it reaches the dashboard: TRUST B75 to B77."""
    before = len(Echo.asked)

    answer = said_to(echo, sent)

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert answer.count(b"HTTP/1.1 ") == 1
    assert not answer.endswith(b"(still open)")
    assert len(Echo.asked) == before


def test_ten_megabytes_of_address_are_not_read(echo: Front) -> None:
    """They are refused long before they have all arrived."""
    assert said_to(echo, request(path="/" + "x" * 10_000_000)).startswith(b"HTTP/1.1 414 ")


def test_a_folded_second_request_is_none(echo: Front) -> None:
    """What an obsolete line fold or a bare line feed hides is not seen as another request."""
    sent = (
        b"GET /first HTTP/1.1\nHost: "
        + NAME.encode()
        + b"\nX-A: b\r\n GET /smuggled HTTP/1.1\r\nConnection: close\r\n\r\n"
    )
    before = len(Echo.asked)

    said_to(echo, sent)

    assert "/smuggled" not in Echo.asked[before:]


@pytest.mark.slow
def test_half_a_request_is_held_for_five_seconds(echo: Front) -> None:
    """Half of its head, or half of its body: TRUST 0.16. All at once, so that it takes only once five seconds."""
    halves = [
        b"",
        b"GET / HTTP/1.1\r\nHost: sky",
        request("Content-Length: 100", body="half"),
        request("Transfer-Encoding: chunked", body="4\r\nha"),
    ]
    lines = [echo.line() for _ in halves]
    for line, half in zip(lines, halves, strict=True):
        line.sendall(half)
    began_s = time.monotonic()

    with selectors.DefaultSelector() as waiting:
        for line in lines:
            waiting.register(line, selectors.EVENT_READ)
        while waiting.get_map() and time.monotonic() < began_s + 10:
            for key, _ in waiting.select(timeout=1):
                if has_ended(key.fileobj):
                    waiting.unregister(key.fileobj)
        left = len(waiting.get_map())
    took_s = time.monotonic() - began_s

    for line in lines:
        line.close()
    assert left == 0
    assert 4 < took_s < 7


def has_ended(line: object) -> bool:
    """Read what is there; return whether the other side has closed."""
    assert isinstance(line, ssl.SSLSocket)
    try:
        return not line.recv(4096)
    except OSError:
        return True


# ------------------------------------------------------------------------------------------------ the real dashboard


def test_a_stranger_is_led_to_the_sign_in_page(street: Front) -> None:
    """Through nginx, under the deployed name, with the cookies that only HTTPS carries."""
    with street.client() as client:
        led = client.get("/wall", headers={"accept": "text/html"})
        page = client.get("/login")

    assert (led.status_code, led.headers["location"]) == (303, "/login?next=/wall")
    assert page.status_code == 200
    assert page.headers.get_list("strict-transport-security") == ["max-age=31536000"]


def test_signing_in_works_through_the_proxy(street: Front) -> None:
    """The cookie is bound to this very name, over TLS, and the audit holds the address that nginx saw."""
    config = load(street.folder / "config.yaml", {})
    store = open_store(config.store.url, now_us, audit_key=load_keys(config.people.keys_file).audit)
    li = Person(person_id="", login="li", name="Li", grants=(Grant(Role.OPERATOR, DISTRICT),))
    store.people().add(li, password_hash=passwords.hashed("long-enough-7-words"), by=Actor.system("test"))
    headers = {"origin": f"https://{NAME}:{street.port}", "x-forwarded-for": "10.1.1.1"}

    with street.client(local_address="127.0.0.3") as client:
        answer = client.post("/login", data={"login": "li", "password": "long-enough-7-words"}, headers=headers)
        [cookie] = [it for it in answer.headers.get_list("set-cookie") if it.startswith("__Host-sid=")]
        wall = client.get("/wall", headers={"accept": "text/html", "cookie": cookie.split("; ")[0]})
    begun = store.audit().find(action="session.begin", address="127.0.0.3")
    store.close()

    assert answer.status_code == 303
    assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert wall.status_code == 200
    assert len(begun) == 1


def test_a_button_works_through_the_proxy(street: Front) -> None:
    """Origin, Host and the forwarded address agree: signing out is a POST with all checks."""
    with street.client() as client:
        headers = {"cookie": street.cookie(), "origin": f"https://{NAME}:{street.port}", "accept": "text/html"}
        page = client.get("/account", headers=headers)
        csrf = page.cookies.get("__Host-csrf") or page.text.split('name="csrf" value="')[1].split('"')[0]
        left = client.post("/logout", data={"csrf": csrf}, headers=headers)
        again = client.get("/account", headers=headers)

    assert page.status_code == 200
    assert left.status_code == 303
    assert again.headers["location"].startswith("/login")


def test_the_live_feed_is_not_held_back(street: Front) -> None:
    """A change is through within two seconds of its commit, though it is far smaller than any buffer."""
    config = load(street.folder / "config.yaml", {})
    store = open_store(config.store.url, now_us)
    writer = store.writer()
    with street.client() as client, client.stream("GET", "/stream", headers={"cookie": street.cookie()}) as feed:
        pieces = feed.iter_text()
        first = next(pieces)
        began_s = time.monotonic()
        batch = writer.begin(now_us())
        batch.add_readings([Reading("WX-01", "temperature", now_us(), now_us(), 17.625, 0)])
        batch.commit()
        heard = first
        while "17.625" not in heard:
            heard = next(pieces)
        took_s = time.monotonic() - began_s
    writer.close()
    store.close()

    assert feed.headers["content-type"].startswith("text/event-stream")
    assert took_s < 2


def test_who_asks_too_often_is_told_to_wait(street: Front) -> None:
    """One address has a thousand turns at once, before the dashboard counts for itself; others do not notice."""
    one = f"GET /healthz HTTP/1.1\r\nHost: {NAME}\r\n"

    answers = b"".join(in_parallel(street, f"{one}\r\n".encode() * 699 + f"{one}Connection: close\r\n\r\n".encode()))

    by_nginx = answers.count(b"<center>nginx</center>")
    assert 2_100 - by_nginx >= 1_000
    assert by_nginx > 200
    assert answers.count(b"Retry-After: 1\r\n") >= by_nginx
    with street.client(local_address="127.0.0.2") as other:
        assert other.get("/healthz").status_code == 200


def in_parallel(front: Front, sent: bytes, times: int = 3) -> list[bytes]:
    """Return what came for the same bytes on several lines at once."""
    got = [b""] * times

    def speak(number: int) -> None:
        got[number] = said_to(front, sent)

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def shakes_hands(port: int, context: ssl.SSLContext, name: str) -> bool:
    """Return whether nginx speaks TLS with this client under *name*."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as bare:
        try:
            context.wrap_socket(bare, server_hostname=name).close()
        except OSError:
            return False
    return True
