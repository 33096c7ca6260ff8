"""The snapshot: one thread that owns the reader, keeps the picture and tells the hub what moved.

    signal of the writer, or every 250 ms a look at the store's version
        ──▶ changes since our sequence ──▶ Picture.move ──▶ hub.publish
        ──▶ a gap, or new assets        ──▶ Picture      ──▶ hub.replace

Where the store is missing or cannot be read, the pages are served all the same: the heartbeat says that nothing is
known, and the thread tries again.
"""

import logging
import select
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Final

from dashboard.live import Hub
from dashboard.picture import Picture
from street.config import Config
from street.errors import StoreError
from street.store import Bell, Reader, Store, open_store

LOG = logging.getLogger(__name__)
POLL_S: Final = 0.25
BREATH_S: Final = 0.004  # between two looks at a busy store: what comes meanwhile is read together
NO_BELL_POLL_S: Final = 0.05
RETRY_S: Final = 1.0


class Watch:
    """Waits for the writer's bell and looks whether the store's file is still the one that was opened."""

    def __init__(self, path: Path | None, bell: Bell | None) -> None:
        """Watch the file at *path* (None: a server's database) with the *bell* that could be hung."""
        self._path = path
        self._inode = path.stat().st_ino if path else 0
        self._bell = bell
        self._poll = select.poll()
        if bell is not None:
            self._poll.register(bell.fileno(), select.POLLIN)

    def wait(self, timeout_s: float) -> bool:
        """Return True when the bell was rung, False after *timeout_s*; without a bell every wait is a short one."""
        if self._bell is None:
            self._poll.poll(NO_BELL_POLL_S * 1000)
            return False
        self._poll.poll(timeout_s * 1000)
        return self._bell.hush()

    def check(self) -> None:
        """Raise StoreError when another file has taken the store's place: ours will never change again."""
        if self._path is None:
            return
        try:
            inode = self._path.stat().st_ino
        except OSError:
            inode = 0
        if inode != self._inode:
            msg = f"the store at {self._path} was removed or replaced"
            raise StoreError(msg)


Opening = Callable[[], AbstractContextManager[tuple[Reader, Watch]]]


class Follower:
    """Follows the store for as long as the process lives."""

    def __init__(
        self,
        opened: Callable[[], AbstractContextManager[tuple[Reader, Watch]]],
        hub: Hub,
        incidents_moved: Callable[[], None],
    ) -> None:
        """Follow what *opened* opens.

        Args:
            opened: opens the store anew; raises StoreError where it can't.
            hub: is told what moved.
            incidents_moved: called whenever today's counts may have changed.
        """
        self._opened = opened
        self._hub = hub
        self._incidents_moved = incidents_moved
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self._is_blind = False

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait until the reader is closed."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def is_alive(self) -> bool:
        """Return whether the picture is being kept, or at least tried for."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._opened() as (reader, watch):
                    self._follow(reader, watch)
            except StoreError as error:
                self._say_blind(error)
            except Exception:  # this thread must outlive whatever a damaged store raises
                LOG.exception("picture lost")
                self._hub.publish({"h": None})
            self._stopping.wait(RETRY_S)

    def _follow(self, reader: Reader, watch: Watch) -> None:
        picture = self._look(reader)
        while not self._stopping.is_set():
            if watch.wait(POLL_S) or reader.has_changed():
                picture = self._step(reader, picture)
                self._stopping.wait(BREATH_S)
            else:
                watch.check()

    def _step(self, reader: Reader, picture: Picture) -> Picture:
        """Move the picture on, or read it anew where that can't be done."""
        changes = reader.changes_since(picture.sequence)
        moved = None if changes is None else picture.move(changes)
        if moved is None:
            return self._look(reader)
        if noticed := moved.pop("n", None):
            self._hub.tell(frozenset(noticed))
        if moved:
            self._hub.publish(moved)
            if "i" in moved:
                self._incidents_moved()
        return picture

    def _look(self, reader: Reader) -> Picture:
        picture = Picture(reader)
        self._hub.replace(picture.whole())
        self._incidents_moved()
        if self._is_blind:
            LOG.info("store readable again sequence=%d", picture.sequence)
            self._is_blind = False
        return picture

    def _say_blind(self, error: StoreError) -> None:
        self._hub.publish({"h": None})
        if not self._is_blind:
            LOG.warning("store unreadable reason=%r", str(error))
            self._is_blind = True


def existing_store(config: Config, now_us: Callable[[], int], *, audit_key: bytes = b"") -> Store:
    """Open a store that exists; making one is ingest's business.

    Args:
        config: says where.
        now_us: the clock.
        audit_key: what audit rows are signed with, for who writes any.

    Raises:
        StoreError: there is none yet, or it can't be read.
    """
    path = config.store_path
    if path is not None and not path.is_file():
        msg = f"there is no store at {path} yet: ingest makes it when it starts"
        raise StoreError(msg)
    return open_store(config.store.url, now_us=now_us, audit_key=audit_key, session_limits=config.people)


@contextmanager
def opened_store(config: Config, now_us: Callable[[], int]) -> Iterator[tuple[Reader, Watch]]:
    """Open the store for following: a reader, and what wakes it; raises StoreError where it can't be read."""
    with closing(existing_store(config, now_us)) as store, closing(store.reader()) as reader:
        bell = _hung_bell(store)
        try:
            yield reader, Watch(config.store_path, bell)
        finally:
            if bell is not None:
                bell.close()


def _hung_bell(store: Store) -> Bell | None:
    try:
        return store.bell()
    except OSError as error:
        LOG.warning("no bell, looking every %d ms reason=%r", NO_BELL_POLL_S * 1000, error.strerror)
        return None
