"""The office: what routes and callbacks need beside the request: configuration, clock, store, sessions, refusals.

How a part joins the server: its module exports

    def routes(office: Office) -> list[Route]

and stands in `dashboard.app.PARTS`; every route, and every callback, has its rule in `dashboard.access`. An endpoint
that asks the store is a plain `def`: Starlette runs it in a thread, and `asking.person()` is right there too. Only
what hashes passwords is `async` and awaits `office.hashed(...)`, so that a flood of sign-ins waits for itself alone.
A second Dash app joins with `office.pages[prefix] = dash_app`.

The store is opened when it is first needed, and never made here: where there is none, or it cannot be read, what
needs it raises StoreError, and the guard answers 503 for whoever does not catch it.
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from starlette.exceptions import HTTPException

from dashboard.refusals import Refusals
from dashboard.session_book import SessionBook
from dashboard.snapshot import existing_store
from dashboard.vitals import Factors, Pulse
from street.config import Config
from street.keys import Keys, load_keys
from street.places import Places, load_places
from street.policy import Thing
from street.store import Attempts, Audit, Pairing, People, Reader, Replays, Roster, Sessions, Store
from street.store.reveals import Reveals

if TYPE_CHECKING:
    from dash import Dash

Given = ParamSpec("Given")
Result = TypeVar("Result")
HASHERS: Final = 2
MOST_WAITING: Final = 32  # sign-ins that may wait for their turn; the next one is told to come back
SUBDISTRICT_DIGITS: Final = 9


class Office:
    """One server's means.

    Attributes:
        config: as loaded.
        now_us: the clock.
        pages: the Dash apps by the prefix of their addresses: "" the light one, "/desk" the desk.
        book: who is signed in, as the guard knows it.
        refusals: on their way to the audit.
        pulse: how the system is.
    """

    def __init__(self, config: Config, now_us: Callable[[], int]) -> None:
        self.config = config
        self.now_us = now_us
        self.pages: dict[str, Dash] = {}
        self._store: Store | None = None
        self._keys: Keys | None = None
        self._places: Places | None = None
        self._opening = threading.Lock()
        self.book = SessionBook(lambda: self.sessions, now_us)
        self.refusals = Refusals(lambda: self.audit, now_us)
        wall = config.wall
        factors = Factors(wall.late_factor, wall.stale_factor, wall.lost_factor)
        self.pulse = Pulse(self.reader, now_us, factors, config.dashboard.operator_positions)
        self._hashers = ThreadPoolExecutor(HASHERS, thread_name_prefix="hash")
        self._waiting = 0

    # -- the store: each access may raise StoreError; call from threads, the first one opens a file ----------------

    @property
    def store(self) -> Store:
        """The store, opened when first needed; raises StoreError where it can't be."""
        with self._opening:
            if self._store is None:
                self._store = existing_store(self.config, self.now_us, audit_key=self._loaded_keys().audit)
            return self._store

    @property
    def people(self) -> People:
        """Accounts and grants."""
        return self.store.people()

    @property
    def roster(self) -> Roster:
        """Who is on duty when."""
        return self.store.roster()

    @property
    def sessions(self) -> Sessions:
        """Who is signed in. After a change here the guard looks again before the next request is answered."""
        return self.store.sessions()

    @property
    def pairing(self) -> Pairing:
        """Screens and tablets that wait to be let in."""
        return self.store.pairing()

    @property
    def attempts(self) -> Attempts:
        """Who tried to sign in, and how long they must wait now."""
        return self.store.attempts()

    @property
    def audit(self) -> Audit:
        """Who did what."""
        return self.store.audit()

    @property
    def reveals(self) -> Reveals:
        """Who may look at what unmasked, and until when."""
        return self.store.reveals()

    @property
    def replays(self) -> Replays:
        """Which dead letters ingest is asked to try again."""
        return self.store.replays()

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """Open a reader of readings, alarms and incidents for one answer."""
        with closing(self.store.reader()) as reader:
            yield reader

    @property
    def keys(self) -> Keys:
        """What audit rows are signed and second factors are sealed with; made once, mode 0600."""
        with self._opening:
            return self._loaded_keys()

    def _loaded_keys(self) -> Keys:
        if self._keys is None:
            self._keys = load_keys(self.config.people.keys_file)
        return self._keys

    # -- places ---------------------------------------------------------------------------------------------------

    @property
    def places(self) -> Places:
        """Communities and grid cells; raises ConfigError where they are not drawn."""
        if self._places is None:
            self._places = load_places(self.config.places.directory)
        return self._places

    @property
    def subdistrict_id(self) -> str:
        """The subdistrict that all communities lie in: where things lie that lie nowhere in particular."""
        return next(iter(sorted(self.places.communities)), "")[:SUBDISTRICT_DIGITS]

    def thing(self, area_id: str = "", person_id: str = "") -> Thing:
        """Return what `policy.may` asks about; an empty area is the subdistrict's."""
        return Thing(area_id or self.subdistrict_id, person_id)

    # -- passwords ------------------------------------------------------------------------------------------------

    async def hashed(self, function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """Run what hashes a password, two at a time and apart from every other thread.

        Raises:
            HTTPException: 429 when too many wait already.
        """
        if self._waiting >= MOST_WAITING:
            raise HTTPException(429, "too many sign in at once", {"retry-after": "5"})
        self._waiting += 1
        try:
            context = contextvars.copy_context()
            running = asyncio.get_running_loop().run_in_executor
            return await running(self._hashers, lambda: context.run(function, *args, **kwargs))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Write what refusals wait; let go of the store and the threads."""
        self.refusals.stop()
        self.book.close()
        self._hashers.shutdown(wait=False, cancel_futures=True)
        with self._opening:
            if self._store is not None:
                self._store.close()
                self._store = None
