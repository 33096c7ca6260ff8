"""The one door out: where it goes, and where it never does."""

import ipaddress
import socket
import ssl
import threading
from pathlib import Path

import pytest

from ingest.duty import wire
from ingest.duty.wire import SendError, connected, is_allowed, post
from tests.ingest.duty.receivers import receiving, trusting

JSON = {"content-type": "application/json"}
ANY = ssl.create_default_context()


def test_what_is_sent_arrives_over_tls(tmp_path: Path) -> None:
    """Byte for byte, under a certificate that is believed."""
    with receiving(tmp_path) as receiver:
        answer = post(f"{receiver.url}/a?key=1", b'{"x":1}', JSON, trusting(tmp_path))

    assert answer.status == 200
    assert (receiver.got[0].path, receiver.got[0].query, receiver.got[0].raw) == ("/a", {"key": ["1"]}, b'{"x":1}')


def test_an_unknown_certificate_is_not_believed(tmp_path: Path) -> None:
    """Nothing has left when it is refused."""
    with receiving(tmp_path) as receiver, pytest.raises(SendError, match=r"no trusted connection.*certificate"):
        post(f"{receiver.url}/", b"{}", JSON, ANY)

    assert receiver.got == []


def test_a_redirect_is_not_followed() -> None:
    """Not even to a neighbour: it is an answer like any other."""
    with receiving() as inner, receiving() as outer:
        outer.answers, outer.location = (lambda _number: (302, b"")), f"{inner.url}/inside"

        answer = post(f"{outer.url}/", b"{}", JSON, ANY)

    assert answer.status == 302
    assert inner.got == []


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable must not decide who reads what we send."""
    with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        post(f"{receiver.url}/", b"{}", JSON, ANY)

    assert (len(receiver.got), proxy.got) == (1, [])


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", str(ipaddress.IPv4Address(0)), "224.0.0.1", "240.0.0.1", "::", "fe80::1", "ff02::1",
     "::ffff:169.254.169.254",
     "127.0.0.1", "::1", "::ffff:127.0.0.1", "127.8.8.8"],
)  # fmt: skip
def test_where_nobody_s_gateway_is_we_do_not_go(address: str) -> None:
    """A name of the configuration that suddenly leads to this machine, or to the cloud's own data."""
    assert not is_allowed(address, "robot.example.org")


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.1.9", "203.0.113.1", "2001:4860:4860::8888"])
def test_a_gateway_may_stand_in_the_house(address: str) -> None:
    """SMS gateways of a district are in its own network."""
    assert is_allowed(address, "sms.example.org")


def test_a_name_that_leads_to_this_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is connected to, and trying again would bring the same."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)

    with receiving() as receiver, pytest.raises(SendError, match="no place to send to") as failed:
        connected("robot.example.org", int(receiver.url.rpartition(":")[2]))

    assert failed.value.is_final


def test_a_closed_port_is_told_in_words() -> None:
    """It has surely not arrived."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with pytest.raises(SendError, match="cannot be reached: Connection refused") as failed:
        post(f"http://127.0.0.1:{port}/", b"{}", JSON, ANY)

    assert not failed.value.is_unsure


def test_an_answer_that_does_not_come_is_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have arrived: the next try says so."""
    monkeypatch.setattr(wire, "TIMEOUT_S", 0.2)
    with receiving() as receiver:
        receiver.hold = threading.Event()
        with pytest.raises(SendError, match="timed out") as failed:
            post(f"{receiver.url}/", b"{}", JSON, ANY)

    assert failed.value.is_unsure


def test_an_answer_that_trickles_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte at a time would hold a courier for ever."""
    monkeypatch.setattr(wire, "MOST_S", 0.5)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_trickle, args=(server, stop), daemon=True).start()
        with pytest.raises(SendError) as failed:
            post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", JSON, ANY)
        stop.set()

    assert failed.value.is_unsure


def test_a_reason_never_holds_the_address() -> None:
    """Its path and query hold the key."""
    with pytest.raises(SendError) as failed:
        post("http://127.0.0.1:1/hook/SECRET?key=SECRET", b"{}", JSON, ANY)

    assert "SECRET" not in failed.value.reason


def _trickle(server: socket.socket, stop: threading.Event) -> None:
    line, _ = server.accept()
    with line:
        line.recv(65_536)
        line.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while not stop.wait(0.05):
            try:
                line.sendall(b"x")
            except OSError:
                return
