"""Broken HTTP straight into the server's socket: refused or dropped, never answered twice, never a crash."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

from tests.hostile.accounts import Accounts
from tests.hostile.catalogue import Case, named, through, whole
from tests.journeys.stack import Stack

pytestmark = pytest.mark.hostile

CASES = through("raw")
PATIENCE_S = 7.0  # the server gives a body that trickles 5 s
AT_ONCE = 48
GONE = 0
STATUS = re.compile(rb"^HTTP/1\.1 (\d{3}) ", re.MULTILINE)


class Answer(NamedTuple):
    """What came back until the server hung up."""

    statuses: list[int]  # of every answer on the line; none where it hung up without a word
    text: str

    @property
    def headers(self) -> str:
        """The first answer's headers."""
        return self.text.partition("\r\n\r\n")[0]


def _ask(port: int, raw: bytes) -> Answer:
    heard = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line, suppress(ConnectionError):
        line.sendall(raw)
        try:
            _hear(line, heard)
        except TimeoutError:  # it waits for more than we send: say that there is no more
            line.shutdown(socket.SHUT_WR)
            _hear(line, heard)
    return Answer([int(code) for code in STATUS.findall(heard)], heard.decode("latin-1"))


def _hear(line: socket.socket, heard: bytearray) -> None:
    while chunk := line.recv(65_536):
        heard += chunk


def _raw(case: Case, known: dict[str, Any]) -> bytes:
    return str(whole(_filled(case["sent"], known), known)["bytes"]).encode("latin-1")


def _filled(sent: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    return {"bytes_parts": [[whole(text, known), times] for text, times in sent["bytes_parts"]]}


@pytest.fixture(scope="module")
def answers(street: Stack, accounts: Accounts) -> dict[str, Answer]:
    """The answer to every case; many are sent at once, since some are about silence."""
    port = street.ports["PORT"]
    known = {"HOST": f"127.0.0.1:{port}", "COOKIE": accounts["operator"].cookies}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [(case["id"], pool.submit(_ask, port, _raw(case, known))) for case in CASES]
        return {name: answer.result() for name, answer in asked}


@pytest.mark.parametrize("case", CASES, ids=named)
def test_broken_http_is_refused_or_dropped(case: Case, answers: dict[str, Answer]) -> None:
    """One of the listed answers, and where a second request hid inside, none for that."""
    answer, expected = answers[case["id"]], case["expected"]

    assert (answer.statuses or [GONE])[0] in expected["status"], answer.text[:300]
    assert len(answer.statuses) <= expected.get("answers", 1), answer.text[:1000]
    assert "Traceback" not in answer.text
    assert "uvicorn" not in answer.headers.lower()
    if "without" in expected:
        assert expected["without"] not in answer.text
    if "without_header" in expected:
        assert expected["without_header"] not in answer.headers.replace("%", "").partition("Location")[0]


def test_the_next_visitor_is_served_as_if_nothing_had_been(street: Stack, answers: dict[str, Answer]) -> None:
    """Alive, quick, and no traceback in the log."""
    with socket.create_connection(("127.0.0.1", street.ports["PORT"]), timeout=2) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        status = line.recv(100)

    assert answers
    assert status.startswith(b"HTTP/1.1 200 ")
    assert "Traceback" not in (street.folder / "dashboard-serve.log").read_text(errors="replace")
