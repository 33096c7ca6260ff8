"""The book of sessions: what the guard knows about open sessions, never older than a second.

    cookie ──▶ known? and the store's version looked at ≤ 1 s ago? ──▶ answered at once, nothing is read
                  └─ no ──▶ the store (in a thread) ──▶ noted

`Sessions.version` moves with every change of a session, a person, a grant or a shift, whoever makes it; while it
stands still, what was read is true. Only that a shift begins or ends moves nothing: so nothing is kept for longer than
`LONGEST_S`. After a change of our own the version is looked at before anything else is answered.

Everything here runs on the event loop; only the store is asked in threads.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, TypeVar

from street.clock import SECOND_US, monotonic_s
from street.people import Person
from street.store import Session, Sessions

Result = TypeVar("Result")
LOOK_S: Final = 1.0
LONGEST_S: Final = 10.0
MOST_KNOWN: Final = 4_096
TOUCH_S: Final = 60.0  # how often at most a session in use is noted as such


@dataclass(slots=True)
class Known:
    """One open session and its person, as last read."""

    session: Session
    person: Person
    token: str = field(repr=False)
    read_s: float
    generation: int
    touched_s: float = float("-inf")


class SessionBook:
    """Finds sessions by their token."""

    def __init__(self, sessions: Callable[[], Sessions], now_us: Callable[[], int]) -> None:
        """Keep a book of what *sessions* opens; it may raise StoreError, and then so does every look-up."""
        self._sessions = sessions
        self._now_us = now_us
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._tokens: dict[str, str] = {}  # by session_id
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="sessions")
        self._version: int | None = None
        self._generation = 0
        self._looked_s = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self._forgets = 0  # how often something was changed here, and before which look
        self._looked_after = 0
        self._touching: set[asyncio.Future[None]] = set()

    async def find(self, token: str) -> Known | None:
        """Return the open session of *token*, None where there is none (any more).

        Raises:
            StoreError: the store cannot be asked.
        """
        if not self._has_just_looked():
            await self._look()
        known = self._known.get(token)
        if known is None or not self._is_true(known):
            known = await self._read(token, known)
        return known

    async def still(self, session_id: str) -> Known | None:
        """Return the session that was found before, as it is now; None when it has ended."""
        token = self._tokens.get(session_id)
        return None if token is None else await self.find(token)

    def has(self, token: str) -> bool:
        """Return whether *token* is known without asking the store."""
        return token in self._known

    def look_again(self) -> None:
        """Believe nothing until the store's version has been looked at: something was changed here."""
        self._forgets += 1
        self._looked_s = float("-inf")

    def note_use(self, known: Known) -> None:
        """Tell the store, now and then, that somebody uses this session; it does not end by idleness then."""
        gap_s = min(TOUCH_S, known.session.idle_us / SECOND_US / 4) or TOUCH_S
        if monotonic_s() - known.touched_s < gap_s:
            return
        known.touched_s = monotonic_s()
        touch, now_us = self._touch, self._now_us()
        task = asyncio.get_running_loop().run_in_executor(self._threads, touch, known.session.session_id, now_us)
        self._touching.add(task)
        task.add_done_callback(self._touched)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _touch(self, session_id: str, now_us: int) -> None:
        self._sessions().touch(session_id, now_us)

    def _touched(self, task: asyncio.Future[None]) -> None:
        self._touching.discard(task)
        if not task.cancelled():
            task.exception()  # a store that cannot be written: whoever changes something is told, a reader is not

    def _has_just_looked(self) -> bool:
        return monotonic_s() - self._looked_s < LOOK_S

    def _is_true(self, known: Known) -> bool:
        is_recent = known.generation == self._generation and monotonic_s() - known.read_s < LONGEST_S
        return is_recent and known.session.holds(self._now_us())

    async def _look(self) -> None:
        """Look at the version; all who wait for it share one look, but not one that began before a change."""
        while True:
            if self._looking is None:
                self._looking = asyncio.get_running_loop().create_task(self._look_once())
            await asyncio.shield(self._looking)
            if self._looked_after == self._forgets:
                return

    async def _look_once(self) -> None:
        forgets, began_s = self._forgets, monotonic_s()
        try:
            version = await self._in_thread(lambda: self._sessions().version())
            if version != self._version:
                self._version, self._generation = version, self._generation + 1
            self._looked_after = forgets
            if forgets == self._forgets:
                self._looked_s = began_s
        finally:
            self._looking = None

    async def _read(self, token: str, before: Known | None) -> Known | None:
        generation, read_s, now_us = self._generation, monotonic_s(), self._now_us()
        found = await self._in_thread(lambda: self._sessions().find(token, now_us))
        if found is None:
            gone = self._known.pop(token, None)
            if gone is not None:
                self._tokens.pop(gone.session.session_id, None)
            return None
        known = Known(*found, token, read_s, generation, before.touched_s if before else float("-inf"))
        self._known[token] = known
        self._known.move_to_end(token)
        self._tokens[known.session.session_id] = token
        if len(self._known) > MOST_KNOWN:
            _, oldest = self._known.popitem(last=False)
            self._tokens.pop(oldest.session.session_id, None)
        return known

    async def _in_thread(self, ask: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)
