"""Receivers of notices, as real servers on this machine: HTTP, HTTPS with an authority of its own, and mail."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts import certificate

WECOM_OK = (200, {"errcode": 0, "errmsg": "ok"})
FEISHU_OK = (200, {"code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success"})
Answers = Callable[[int], tuple[int, Any]]


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any
    raw: bytes


@dataclass
class Receiver:
    """A web server that notes what it is sent. `answers` gives (status, body) by the number of the request."""

    answers: Answers = lambda _number: WECOM_OK
    got: list[Got] = field(default_factory=list)
    hold: threading.Event | None = None  # set: answers wait for it
    url: str = ""
    location: str = ""


@contextmanager
def receiving(folder: Path | None = None) -> Iterator[Receiver]:
    """Run a receiver, with TLS where *folder* is one for its certificate."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(receiver))
    server.daemon_threads = True
    if folder is not None:
        certificate.ensure(folder / "server.pem", folder / "server.key", ["127.0.0.1", "localhost"])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.url = f"{'https' if folder else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        if receiver.hold is not None:
            receiver.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", "0")))
            parts = urlsplit(self.path)
            number = len(receiver.got)
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append(Got(parts.path, parse_qs(parts.query), headers, json.loads(raw), raw))
            if receiver.hold is not None:
                receiver.hold.wait(30)
            status, body = receiver.answers(number)
            told = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", receiver.location)
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            with contextlib.suppress(OSError):  # who asked may be gone
                self.wfile.write(told)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    return Handler


@dataclass
class Mailbox:
    """A mail server that keeps what it is sent. `answer` is what it says to a mail, and to each recipient."""

    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answer: str = "250 OK"
    answer_to_recipient: str = "250 OK"
    logins: list[bytes] = field(default_factory=list)
    url: str = ""

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take or refuse one recipient."""
        if self.answer_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Take or refuse one mail."""
        if self.answer.startswith("250") and isinstance(envelope.content, bytes):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append((list(envelope.rcpt_tos), mail))
        return self.answer


@contextmanager
def mailing(folder: Path | None = None) -> Iterator[Mailbox]:
    """Run a mail server on this machine, inside TLS where *folder* is one for its certificate."""
    box = Mailbox()
    context = None
    if folder is not None:
        certificate.ensure(folder / "server.pem", folder / "server.key", ["127.0.0.1", "localhost"])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, ssl_context=context)  # it cannot choose one itself
    controller.start()
    box.url = f"{'smtps' if folder else 'smtp'}://127.0.0.1:{port}"
    try:
        yield box
    finally:
        controller.stop()


def trusting(folder: Path) -> ssl.SSLContext:
    """Return what believes the authority in *folder*, and nobody else."""
    return ssl.create_default_context(cafile=str(folder / "ca.pem"))
