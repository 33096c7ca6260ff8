"""A buffered socket for paho, which asks for one byte at a time and answers each message by itself."""

import contextlib
import errno
import logging
import socket
import ssl
from typing import Final

log = logging.getLogger(__name__)

RECEIVE_BYTES: Final = 262_144
GONE: Final = frozenset({errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.ESHUTDOWN})


class Wire:
    """A socket that receives in large pieces and sends once a turn.

    paho asks for one byte, then one byte, then the rest of a packet, and sends each PUBACK by itself: four system
    calls a message on a bare socket. It behaves as an SSL socket does, with `pending()` for what is already here.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._piece = b""
        self._at = 0
        self._unsent = bytearray()
        self.is_drained = False
        self.linger_s = 0.0

    def recv(self, size: int) -> bytes:
        """Return up to *size* bytes, b"" at the end; raises BlockingIOError when nothing is here yet."""
        at = self._at
        piece = self._piece[at : at + size]
        if piece:
            self._at = at + len(piece)
            return piece
        self._fill()
        self._at = min(size, len(self._piece))
        return self._piece[:size]

    def _fill(self) -> None:
        self._piece, self._at = b"", 0  # first: if nothing is here, what was read must not be read again
        try:
            self._piece = self._sock.recv(RECEIVE_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
            self.is_drained = True
            raise BlockingIOError from error

    def pending(self) -> int:
        """Return how many bytes are here, unread."""
        return len(self._piece) - self._at

    def send(self, octets: bytes | bytearray) -> int:
        """Take *octets* to be sent by the next `flush`."""
        self._unsent += octets
        return len(octets)

    def flush(self) -> bool:
        """Send what was taken; return whether all of it went. A broken line is left for `recv` to report."""
        while self._unsent:
            try:
                sent = self._sock.send(self._unsent)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return False
            except OSError as error:
                if error.errno not in GONE:
                    log.warning("broker send failed: %s", error)
                self._unsent.clear()
                return True
            del self._unsent[:sent]
        return True

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._sock.fileno()

    def setblocking(self, flag: bool) -> None:
        """Set the socket's blocking mode."""
        self._sock.setblocking(flag)

    def close(self) -> None:
        """Send what can still be sent, and close.

        With `linger_s` set, wait so long for the other side to close first: a broker that sees us come back before it
        has read our last acknowledgements throws them away with the old connection.
        """
        self.flush()
        if self.linger_s > 0:
            self._linger()
        self._sock.close()

    def _linger(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)
            self._sock.settimeout(self.linger_s)
            while self._sock.recv(RECEIVE_BYTES):
                pass
