"""Refusals on their way to the audit: a queue and a thread, so that nobody who is refused holds anybody up.

The first of its kind is written at once; its like of the same minute are counted and written as one more entry when
the minute is over. What comes too thick and too varied is counted without its address: a crawler must not fill the
audit.
"""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Final, NamedTuple

from street.clock import SECOND_US
from street.errors import StoreError
from street.people import Actor
from street.store import Audit, Entry

LOG = logging.getLogger(__name__)
JOIN_US: Final = 60 * SECOND_US
TICK_S: Final = 1.0
MOST_WAITING: Final = 10_000
MOST_KINDS: Final = 200  # in one minute
MANY: Final = "*"  # stands for the objects of refusals that are too many to name


class Refusal(NamedTuple):
    """What was refused, to whom, why; two of the same are one kind."""

    person_id: str
    login: str
    address: str
    session_id: str
    action: str
    object: str
    reason: str


class Refusals:
    """Takes refusals from the event loop and writes them in a thread."""

    def __init__(self, audit: Callable[[], Audit], now_us: Callable[[], int]) -> None:
        """Write to what *audit* opens; while it raises StoreError, refusals are kept and counted."""
        self._audit = audit
        self._now_us = now_us
        self._waiting: queue.Queue[tuple[Refusal, int, str]] = queue.Queue(MOST_WAITING)
        self._counts: dict[Refusal, int] = {}  # of the present minute, beyond the one that was written
        self._unwritten: list[Entry] = []
        self._minute_ends_us = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="refusals", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._minute_ends_us = self._now_us() + JOIN_US
        self._thread.start()

    def stop(self) -> None:
        """Write what waits and stop."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def note(self, refusal: Refusal, request_id: str) -> None:
        """Take one refusal; never waits. What is too much for the queue is dropped and said in the log."""
        try:
            self._waiting.put_nowait((refusal, self._now_us(), request_id))
        except queue.Full:
            LOG.warning("refusal not audited action=%s reason=%s", refusal.action, refusal.reason)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._take(TICK_S)
            self._write()
        self._take(0)
        self._minute_ends_us = 0
        self._write()

    def _take(self, wait_s: float) -> None:
        """Move what waits into entries and counts."""
        try:
            self._count(*self._waiting.get(timeout=wait_s) if wait_s else self._waiting.get_nowait())
            while True:
                self._count(*self._waiting.get_nowait())
        except queue.Empty:
            return

    def _count(self, refusal: Refusal, at_us: int, request_id: str) -> None:
        if refusal not in self._counts and len(self._counts) >= MOST_KINDS:
            refusal = refusal._replace(object=MANY, person_id="", login="", session_id="", address="")
        if refusal in self._counts:
            self._counts[refusal] += 1
            return
        self._counts[refusal] = 0
        self._unwritten.append(entry_of(refusal, at_us, request_id))

    def _write(self) -> None:
        now_us = self._now_us()
        if now_us >= self._minute_ends_us:
            repeated = [(refusal, count) for refusal, count in self._counts.items() if count]
            self._unwritten += [entry_of(refusal, now_us, count=count) for refusal, count in repeated]
            self._counts.clear()
            self._minute_ends_us = now_us + JOIN_US
        if not self._unwritten:
            return
        try:
            self._audit().add(self._unwritten)
        except StoreError as error:
            LOG.warning("refusals not audited yet count=%d reason=%r", len(self._unwritten), str(error))
            del self._unwritten[:-MOST_WAITING]
        else:
            self._unwritten = []


def entry_of(refusal: Refusal, at_us: int, request_id: str = "", *, count: int = 1) -> Entry:
    """Return the audit's entry for *count* refusals of one kind."""
    by = Actor(refusal.person_id, refusal.login, refusal.address, refusal.session_id, request_id)
    return Entry(at_us, refusal.action, refusal.object, "refused", by, "", "", refusal.reason, count)
