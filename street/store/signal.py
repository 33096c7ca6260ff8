"""A doorbell between processes: one byte to a unix socket beside the database after each commit.

It only says *look now*. A ring that is lost (nobody bound, a full queue, a crash) costs one poll of `data_version`,
so errors are nobody's business here.
"""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

_LONGEST_NAME = 100  # a unix socket's name ends at 107 bytes


def signal_path(database: Path) -> Path:
    """Return where the bell of this database hangs."""
    return database.with_name(database.name + ".signal")


class Ringer:
    """Rings the bell of one database; never blocks, never raises."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def ring(self) -> None:
        """Wake whoever is bound, if anybody is."""
        with contextlib.suppress(OSError), _short(self._path) as name:
            self._socket.sendto(b"1", name)

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


class Bell:
    """The one listener of a database's bell: give `fileno()` to a selector or an event loop."""

    def __init__(self, path: Path) -> None:
        """Bind, taking over from a listener that died; a living one hears nothing any more.

        Raises:
            OSError: the folder cannot be written: poll instead.
        """
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            path.unlink(missing_ok=True)
            with _short(path) as name:
                self._socket.bind(name)
        except OSError:
            self._socket.close()
            raise
        self._inode = path.stat().st_ino

    def fileno(self) -> int:
        """Return what becomes readable when the bell was rung."""
        return self._socket.fileno()

    def hush(self) -> bool:
        """Take all rings that wait and return whether there was one."""
        rung = False
        with contextlib.suppress(BlockingIOError):
            while self._socket.recv(16):
                rung = True
        return rung

    def close(self) -> None:
        """Unbind, and leave the name to whoever took it over meanwhile."""
        self._socket.close()
        with contextlib.suppress(OSError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """Give a name for *path* that a unix socket can carry, however deep its folder lies (Linux)."""
    if len(os.fsencode(path)) <= _LONGEST_NAME:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
