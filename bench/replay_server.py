"""A raw-socket MQTT 3.1.1 server that plays prebuilt QoS 1 packets to one client, as fast as its acks allow.

    python bench/replay_server.py --messages 60000 --window 4000

It prints its port, serves one session, and prints one JSON line when the last message is acknowledged. It keeps no
more than `window` messages unacknowledged, as a broker does, and it costs a fraction of what any client does, so
that what is measured is the client.
"""

import argparse
import json
import select
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.mqtt_socket import reading_packets

EPOCH_MS = 1_760_000_000_000
CONNACK, SUBACK, PINGRESP = b"\x20\x02\x00\x00", 0x90, b"\xd0\x00"


class Session:
    """One client's session: answers it, and plays what the window allows."""

    def __init__(self, client: socket.socket, built: list[bytes], window: int) -> None:
        self.client = client
        self.built = built
        self.window = window
        self.sent = self.acked = 0
        self.is_subscribed = False
        self.began_s = self.ended_s = 0.0
        self._unread = b""
        self._unsent = b""

    def run(self) -> None:
        """Serve until all is acknowledged or the client is gone."""
        self.client.setblocking(False)
        while self.acked < len(self.built):
            self._play()
            writers = [self.client] if self._unsent else []
            readable, writable, _ = select.select([self.client], writers, [], 30)
            if not readable and not writable:
                return
            if writable:
                self._flush()
            if readable and not self._hear():
                return
        self.ended_s = time.monotonic()

    def _play(self) -> None:
        if not self.is_subscribed or self._unsent:
            return
        until = min(len(self.built), self.acked + self.window)
        if until > self.sent:
            self.began_s = self.began_s or time.monotonic()
            self._unsent = b"".join(self.built[self.sent : until])
            self.sent = until
            self._flush()

    def _flush(self) -> None:
        try:
            self._unsent = self._unsent[self.client.send(self._unsent) :]
        except BlockingIOError:
            return

    def _hear(self) -> bool:
        try:
            self._unread += self.client.recv(262_144)
        except ConnectionResetError:
            return False
        if not self._unread:
            return False
        octets, at = self._unread, 0
        while at + 2 <= len(octets) and at + 2 + octets[at + 1] <= len(octets):
            size = octets[at + 1]
            self._answer(octets[at], octets[at + 2 : at + 2 + size])
            at += 2 + size
        self._unread = octets[at:]
        return True

    def _answer(self, kind: int, body: bytes) -> None:
        if kind == 0x40:
            self.acked += 1
        elif kind == 0x10:
            self.client.sendall(CONNACK)
        elif kind == 0x82:
            count, at = 0, 2
            while at < len(body):
                at += 3 + int.from_bytes(body[at : at + 2], "big")
                count += 1
            self.client.sendall(bytes([SUBACK, 2 + count]) + body[:2] + b"\x01" * count)
            self.is_subscribed = True
        elif kind == 0xC0:
            self.client.sendall(PINGRESP)


def main() -> None:
    """Serve one session and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--assets", type=int, default=2_000)
    parser.add_argument("--window", type=int, default=4_000)
    parser.add_argument("--start-ms", type=int, default=EPOCH_MS)
    options = parser.parse_args()
    built = reading_packets(options.messages, options.assets, options.start_ms)
    server = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{server.getsockname()[1]}\n")
    sys.stdout.flush()
    server.settimeout(30)
    client, _ = server.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    session = Session(client, built, options.window)
    session.run()
    wall_s = session.ended_s - session.began_s
    report = {"sent": session.sent, "acked": session.acked, "wall_s": round(wall_s, 4)}
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
