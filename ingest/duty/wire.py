"""The wire: the one door out of the house. It goes only where the configuration says.

A name is resolved once and that address is connected to; an answer that leads elsewhere is an error, not a way; the
environment's proxies are not asked; nothing takes longer than a few seconds. This machine is reached only where the
configuration names it so, and addresses that no server of anybody's has are never connected to.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from street.config.channels import LOOPBACK

TIMEOUT_S: Final = 3.0  # for connecting, and for each read
MOST_S: Final = 10.0  # for the whole, however slowly the answer trickles
MOST_BYTES: Final = 64 * 1024


class SendError(Exception):
    """A message that was not taken.

    Attributes:
        reason: a short sentence for a person; never a key, never an address with one.
        is_final: whether trying again would bring the same.
        is_unsure: whether it may have arrived all the same.
    """

    def __init__(self, reason: str, *, is_final: bool = False, is_unsure: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final
        self.is_unsure = is_unsure


class Answer(NamedTuple):
    """What a server said."""

    status: int
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str], trust: ssl.SSLContext) -> Answer:
    """Send *body* to *url* and return the answer, whatever it is.

    Args:
        url: `https://…`, or `http://` on this machine; its query and path may hold a key, so it is never told.
        body: as it goes.
        headers: beside the length.
        trust: whose certificates are believed.

    Raises:
        SendError: there was no whole answer.
    """
    parts = urlsplit(url)
    host, is_safe = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_safe else 80)
    line = connected(host, port)
    try:
        if is_safe:
            line = trust.wrap_socket(line, server_hostname=host)
    except (OSError, ValueError) as error:
        line.close()
        msg = f"no trusted connection to {host}: {_why(error)}"
        raise SendError(msg) from error
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    with contextlib.closing(line):
        return _exchange(line, host, target or "/", body, headers)


def connected(host: str, port: int) -> socket.socket:
    """Return a connection to *host*, resolved once.

    Raises:
        SendError: its name is unknown, its address is none we may reach, or nobody answers there.
    """
    error: OSError | None = None
    for address in _resolved(host, port):
        if not is_allowed(address, host):
            msg = f"{host} resolves to {address}, which is no place to send to"
            raise SendError(msg, is_final=True)
        try:
            return socket.create_connection((address, port), TIMEOUT_S)
        except OSError as failed:
            error = failed
    msg = f"{host} cannot be reached: {_why(error)}"
    raise SendError(msg) from error


def is_allowed(address: str, host: str) -> bool:
    """Return whether *address* may be connected to for *host*."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    ip = mapped or ip
    if ip.is_loopback:
        return host in LOOPBACK
    return not (ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved)


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        msg = f"the name {host} is not known: {_why(error)}"
        raise SendError(msg) from error
    return list(dict.fromkeys(str(it[4][0]) for it in found))


def _exchange(line: socket.socket, host: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection(host)
    connection.sock = line
    is_cut = threading.Event()
    hanging = threading.Timer(MOST_S, _cut, [line, is_cut])
    hanging.daemon = True
    hanging.start()
    try:
        connection.request("POST", target, body, {**headers, "connection": "close"})
        with contextlib.closing(connection.getresponse()) as answer:
            said = Answer(answer.status, answer.read(MOST_BYTES))
        if is_cut.is_set():  # what was read may be half of it
            raise TimeoutError
        return said
    except (OSError, http.client.HTTPException) as error:
        msg = f"{host} gave no answer: {_why(error)}"
        raise SendError(msg, is_unsure=True) from error
    finally:
        hanging.cancel()


def _cut(line: socket.socket, is_cut: threading.Event) -> None:
    is_cut.set()
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _why(error: Exception | None) -> str:
    """Return what an error says in a few words; an address of ours is not among them."""
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    text = error.strerror if isinstance(error, OSError) else ""
    return text or type(error).__name__
