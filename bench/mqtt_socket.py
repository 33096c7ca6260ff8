"""A bare MQTT 3.1.1 publisher: prebuilt QoS 1 packets over one socket, a fraction of any client's cost.

What is measured beside it is the broker and the ingest, not the load. `seq` in every payload says what was lost.
"""

import contextlib
import select
import socket
import time

import orjson


def packet(topic: str, payload: bytes, mid: int) -> bytes:
    """Return one QoS 1 PUBLISH packet."""
    name = topic.encode()
    return framed(0x32, len(name).to_bytes(2, "big") + name + mid.to_bytes(2, "big") + payload)


def framed(kind: int, body: bytes) -> bytes:
    """Return *body* behind its fixed header."""
    length, octets = len(body), bytearray()
    while True:
        length, digit = divmod(length, 128)
        octets.append(digit | (0x80 if length else 0))
        if not length:
            return bytes([kind]) + bytes(octets) + body


def text(value: str) -> bytes:
    """Return a string as MQTT writes it."""
    octets = value.encode()
    return len(octets).to_bytes(2, "big") + octets


def asset_ids(assets: int) -> list[str]:
    """Return the ids of the benchmark's assets."""
    return [f"bench-{number:04d}" for number in range(assets)]


def reading_packets(messages: int, assets: int, start_ms: int, first: int = 0) -> list[bytes]:
    """Return *messages* packets of one reading each; every asset speaks in turn, 1 ms apart, `seq` from *first*."""
    topics = [f"street/{asset_id}/telemetry" for asset_id in asset_ids(assets)]
    return [
        packet(
            topics[number % assets],
            orjson.dumps({"ts": start_ms + number, "temperature": number * 7919 % 2000 / 100, "seq": number}),
            number % 65_535 + 1,
        )
        for number in range(first, first + messages)
    ]


class Publisher:
    """One connection that publishes prebuilt packets, with so many unconfirmed at most.

    Attributes:
        sent, confirmed: how many packets went out, and how many the broker has taken.
    """

    def __init__(self, host: str, port: int, user: str, password: str, *, client_id: str, window: int = 500) -> None:
        self.sent = self.confirmed = 0
        self._window = window
        self._unread = b""
        self._line = socket.create_connection((host, port), timeout=5)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        flags = 0xC2 if user else 0x02
        body = text("MQTT") + bytes([4, flags, 0, 60]) + text(client_id)
        self._line.sendall(framed(0x10, body + (text(user) + text(password) if user else b"")))
        answer = self._line.recv(4)
        if answer[3:] != b"\x00":
            self._line.close()
            msg = f"the broker refused the publisher: {answer!r}"
            raise ConnectionError(msg)
        self._line.setblocking(False)

    def publish(self, packets: list[bytes], *, rate: float | None = None, within_s: float = 60.0) -> None:
        """Send *packets* and wait until all are confirmed; *rate* [1/s] paces them."""
        began_s = time.monotonic()
        at, start = 0, self.confirmed
        while self.confirmed - start < len(packets):
            if time.monotonic() - began_s > within_s:
                msg = f"only {self.confirmed - start} of {len(packets)} were confirmed in {within_s} s"
                raise TimeoutError(msg)
            due = len(packets) if rate is None else min(len(packets), int((time.monotonic() - began_s) * rate) + 1)
            until = min(due, self.confirmed - start + self._window)
            if until > at:
                self._send(b"".join(packets[at:until]))
                self.sent += until - at
                at = until
            self._hear(0.002 if at < len(packets) else 0.05)

    def _send(self, octets: bytes) -> None:
        view = memoryview(octets)
        while view:
            try:
                view = view[self._line.send(view) :]
            except BlockingIOError:
                self._hear(0.0)
                select.select([self._line], [self._line], [], 1)

    def _hear(self, wait_s: float) -> None:
        if not select.select([self._line], [], [], wait_s)[0]:
            return
        octets = self._line.recv(65_536)
        if not octets:
            msg = "the broker closed the publisher's connection"
            raise ConnectionError(msg)
        octets = self._unread + octets
        whole = len(octets) // 4 * 4
        self.confirmed += octets[:whole:4].count(0x40)
        self._unread = octets[whole:]

    def close(self) -> None:
        """Say goodbye, where anybody is left to hear it."""
        self._line.setblocking(True)
        with contextlib.suppress(OSError):
            self._line.sendall(b"\xe0\x00")
        self._line.close()
