"""A broker that does exactly what a test says; tests/broker shows that real ones answer alike.

It lives in the test's own thread: call `serve` (or `meet`, `until`) between the turns of what is tested.
"""

import socket
from collections.abc import Callable

from ingest.client.session import Session
from street import clock


class FakeBroker:
    """Listens on a free port, and notes what it is told.

    Attributes:
        acks: packet ids that were acknowledged, in order.
        filters: what was subscribed to, in order.
        unsubscribed: the first topic of each packet that takes subscriptions back.
        connects: the bodies of all CONNECT packets.
        published: (topic, payload, retain) of what clients published.
        pings: how often somebody pinged; `answers_pings` False leaves them alone.
        goodbyes: how many DISCONNECT packets came.
    """

    def __init__(self) -> None:
        self.acks: list[int] = []
        self.filters: list[str] = []
        self.unsubscribed: list[str] = []
        self.connects: list[bytes] = []
        self.published: list[tuple[str, bytes, bool]] = []
        self.pings = self.goodbyes = 0
        self.session_present = False
        self.refusal = 0
        self.suback = 1
        self.answers_pings = True
        self.answers_connect = True
        self._line: socket.socket | None = None
        self._unread = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = int(self._listener.getsockname()[1])

    def serve(self) -> None:
        """Take whatever has come and answer it."""
        try:
            line, _ = self._listener.accept()
        except BlockingIOError:
            pass
        else:
            self.drop()
            line.setblocking(False)
            self._line = line
        if self._line is not None:
            self._hear()

    def publish(self, topic: str | bytes, payload: bytes, mid: int = 0, *, retain: bool = False) -> None:
        """Send one message, QoS 1 where *mid* is given."""
        assert self._line is not None
        name = topic.encode() if isinstance(topic, str) else topic
        body = len(name).to_bytes(2, "big") + name + (mid.to_bytes(2, "big") if mid else b"") + payload
        self.send(bytes([0x30 | (2 if mid else 0) | retain]) + _length(len(body)) + body)

    def send(self, octets: bytes) -> None:
        """Send bytes as they are."""
        assert self._line is not None
        self._line.setblocking(True)
        self._line.sendall(octets)
        self._line.setblocking(False)

    def drop(self) -> None:
        """Cut the connection."""
        if self._line is not None:
            self._line.close()
            self._line = None
        self._unread = b""

    def close(self) -> None:
        """Stop listening."""
        self.drop()
        self._listener.close()

    def _hear(self) -> None:
        assert self._line is not None
        try:
            octets = self._line.recv(1 << 20)
        except BlockingIOError:
            return
        except ConnectionResetError:
            octets = b""
        if not octets:
            self.drop()
            return
        self._unread += octets
        while (whole := _packet_size(self._unread)) is not None:
            head, size = whole
            kind, body = self._unread[0], self._unread[head : head + size]
            self._unread = self._unread[head + size :]
            self._answer(kind, body)

    def _answer(self, kind: int, body: bytes) -> None:
        if kind == 0x10:
            self.connects.append(body)
            if self.answers_connect:
                self.send(bytes([0x20, 2, self.session_present, self.refusal]))
        elif kind == 0x82:
            self._subscribe(body)
        elif kind == 0x40:
            self.acks.append(int.from_bytes(body, "big"))
        elif kind & 0xF0 == 0x30:
            self._take(kind, body)
        elif kind == 0xA2:
            size = int.from_bytes(body[2:4], "big")
            self.unsubscribed.append(body[4 : 4 + size].decode())
            self.send(b"\xb0\x02" + body[:2])
        elif kind == 0xC0:
            self._ping()
        else:
            self.goodbyes += kind == 0xE0

    def _take(self, kind: int, body: bytes) -> None:
        size = int.from_bytes(body[:2], "big")
        mid = body[2 + size : 4 + size] if kind & 6 else b""
        self.published.append((body[2 : 2 + size].decode(), body[2 + size + len(mid) :], bool(kind & 1)))
        if mid:
            self.send(b"\x40\x02" + mid)

    def _subscribe(self, body: bytes) -> None:
        at, count = 2, 0
        while at < len(body):
            size = int.from_bytes(body[at : at + 2], "big")
            self.filters.append(body[at + 2 : at + 2 + size].decode())
            at += 3 + size
            count += 1
        self.send(bytes([0x90, 2 + count]) + body[:2] + bytes([self.suback] * count))

    def _ping(self) -> None:
        self.pings += 1
        if self.answers_pings:
            self.send(b"\xd0\x00")


def until(condition: Callable[[], object], act: Callable[[], object], *, within_s: float = 5.0) -> None:
    """Repeat *act* until *condition* holds; fail when it does not within *within_s* seconds."""
    deadline_s = clock.monotonic_s() + within_s
    while not condition():
        assert clock.monotonic_s() < deadline_s, "it did not happen in time"
        act()


def meet(session: Session, broker: FakeBroker, turn: Callable[[], object]) -> None:
    """Let *session* connect to *broker*; *turn* serves the session once."""

    def both() -> None:
        turn()
        broker.serve()

    until(lambda: session.is_up, both)


def _length(size: int) -> bytes:
    octets = bytearray()
    while True:
        size, digit = divmod(size, 128)
        octets.append(digit | (0x80 if size else 0))
        if not size:
            return bytes(octets)


def _packet_size(octets: bytes) -> tuple[int, int] | None:
    """Return (bytes of the fixed header, bytes behind it) where a whole packet is here."""
    size = shift = 0
    for at, octet in enumerate(octets[1:5], start=1):
        size |= (octet & 127) << shift
        shift += 7
        if not octet & 128:
            return (at + 1, size) if len(octets) > at + size else None
    return None
