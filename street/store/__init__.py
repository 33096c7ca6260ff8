"""The store: the one door to memory, where both processes meet.

    Writer (ingest) ── one transaction a batch ──▶ database ──▶ Reader (dashboard, as many as it likes)
                    ── one byte to the bell ─────────────────▶ Bell

SQLite is the default engine, PostgreSQL the second. pandas is imported by `street.store.frames` only.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from street.assets import Asset
from street.indicators import Indicator, Period, indicators
from street.places import Place
from street.store import assets as asset_rows
from street.store import dead_letters, marks, support
from street.store.act_rows import Done, Filters, InQueue
from street.store.acts import MOST_OTHERS, Acts, Outcome
from street.store.alarm_desk import AlarmDesk
from street.store.attempts import Attempts
from street.store.audit import Audit, StoredEntry, Verdict
from street.store.audit_chain import Entry, Head
from street.store.batch import Batch, Written
from street.store.changes import Change
from street.store.dead_letters import LetterGroup, Shelf, StoredLetter
from street.store.deliveries import Deliveries
from street.store.dispatch import Dispatch
from street.store.duties import Duties
from street.store.engine import database_path, open_engine, parse_url, told_as_store_error
from street.store.escalations import Escalations
from street.store.figures import Figures
from street.store.forgetting import Forgetting
from street.store.incident_facts import incident_facts
from street.store.lobby import MOST_NEWCOMERS, Arrival, Lobby, NewcomerState, WaitingMessage
from street.store.matters import MatterBook, OwnDay, calendar_of
from street.store.migrate import HEAD, bring_up_to_date, revision
from street.store.newcomers import Newcomer, Newcomers
from street.store.notices import Notices
from street.store.office import Office
from street.store.pairing import Offer, Pairing
from street.store.people import ImportRow, People
from street.store.reader import REGISTER_VERSION, Latest, Reader
from street.store.registry import Registry, Taken
from street.store.replays import Replay, Replays
from street.store.retention import Limits
from street.store.reveals import Reveals
from street.store.roster import Roster
from street.store.session_rows import Session
from street.store.sessions import STANDARD_LIMITS, SessionLimits, Sessions
from street.store.sightings import Sightings
from street.store.signal import Bell, Ringer, signal_path
from street.store.statements import build
from street.store.visits import Visit, Visits
from street.store.writer import Writer
from street.worktime import Calendar

__all__ = (
    "MOST_OTHERS", "Acts", "AlarmDesk", "Arrival", "Attempts", "Audit", "Batch", "Bell", "Change", "Deliveries",
    "Dispatch", "Done", "Duties", "Entry", "Escalations", "Figures", "Filters", "Head", "ImportRow", "InQueue",
    "Latest", "LetterGroup", "Limits", "MatterBook", "Newcomer", "NewcomerState", "Newcomers", "Notices", "Offer",
    "Outcome", "OwnDay", "Pairing", "People", "Reader", "Registry", "Replay", "Replays", "Roster", "Session",
    "SessionLimits", "Sessions", "Store", "StoredEntry", "StoredLetter", "Taken", "Verdict", "Visit", "WaitingMessage",
    "Writer", "Written", "open_store", "registered_assets", "site_calendar",
)  # fmt: skip

Found = TypeVar("Found")
DEAD_LETTER_ROWS = 20_000
DEAD_LETTER_BYTES = 64 * 1024 * 1024


def open_store(
    url: str, now_us: Callable[[], int], *, audit_key: bytes = b"", session_limits: SessionLimits = STANDARD_LIMITS
) -> "Store":
    """Open a store, creating it or bringing it up to date first.

    Args:
        url: `sqlite:////absolute/path/street.db` or `postgresql://…`.
        now_us: the clock, for changes that carry no time of their own.
        audit_key: of `street.keys`; without it nothing that is audited can be changed.
        session_limits: how long sessions last; `config.people`.

    Raises:
        StoreError: it cannot be opened, is of a newer program, or SQLite is too old to be trusted.
    """
    return Store(url, now_us, audit_key, session_limits)


def registered_assets(url: str) -> list[Asset] | None:
    """Return the assets in a store that stays as it is; None where there is none, or it is of another program.

    Raises:
        StoreError: it cannot be read.
    """
    return _untouched(url, asset_rows.all_assets)


def site_calendar(url: str) -> Calendar | None:
    """Return when the site works, from a store that stays as it is; None and errors as `registered_assets`."""
    return _untouched(url, calendar_of)


def _untouched(url: str, read: Callable[[Connection], Found]) -> Found | None:
    where = parse_url(url)
    path = database_path(where)
    if path is not None and not path.exists():
        return None
    engine = open_engine(where, writes=False)
    try:
        with told_as_store_error("cannot read the store"), engine.connect() as connection:
            return read(connection) if revision(connection) == HEAD else None
    finally:
        engine.dispose()


class Store:
    """One database, opened by one process. Writers and readers made here have connections of their own."""

    def __init__(
        self,
        url: str,
        now_us: Callable[[], int],
        audit_key: bytes = b"",
        session_limits: SessionLimits = STANDARD_LIMITS,
    ) -> None:
        self._now_us = now_us
        self._url = parse_url(url)
        self._read_engine = open_engine(self._url, writes=False)
        self._write_engine = open_engine(self._url, writes=True)
        bring_up_to_date(self._read_engine, self._write_engine)
        self._asked_engine = open_engine(self._url, writes=False, keeps=True)
        self._office = Office(self._asked_engine, self._write_engine, now_us, audit_key)
        self._session_limits = session_limits

    @property
    def signal_path(self) -> Path | None:
        """Where the bell hangs; None on a server, which has none: poll `Reader.has_changed`."""
        path = database_path(self._url)
        return None if path is None else signal_path(path)

    def writer(
        self,
        *,
        dead_letter_rows: int = DEAD_LETTER_ROWS,
        dead_letter_bytes: int = DEAD_LETTER_BYTES,
        most_newcomers: int = MOST_NEWCOMERS,
    ) -> Writer:
        """Return the writer; have one at a time."""
        shelf = Shelf(dead_letter_rows, dead_letter_bytes)
        return Writer(self._read_engine, self._write_engine, shelf, self._ringer(), Lobby(most_newcomers))

    def reader(self) -> Reader:
        """Return a reader with a connection of its own."""
        return Reader(self._read_engine)

    def bell(self) -> Bell | None:
        """Return the bell, bound; None where there is none to hang."""
        return None if self.signal_path is None else Bell(self.signal_path)

    def people(self) -> People:
        """Return the people: accounts, grants, what they sign in with. Like the seven below, safe in any thread."""
        return People(self._office)

    def roster(self) -> Roster:
        """Return who is on duty when."""
        return Roster(self._office)

    def acts(self) -> Acts:
        """Return what is done to incidents."""
        return Acts(self._office, self._ring)

    def sightings(self) -> Sightings:
        """Return what cameras saw, and what people say of it."""
        return Sightings(self._office, self._ring)

    def visits(self) -> Visits:
        """Return which officers were in which key areas."""
        return Visits(self._office)

    def alarm_desk(self) -> AlarmDesk:
        """Return what people do to alarms."""
        return AlarmDesk(self._office, self._ring)

    def matters(self) -> MatterBook:
        """Return what clocks go by: matters with their limits, and the working calendar."""
        return MatterBook(self._office)

    def notices(self) -> Notices:
        """Return what people are told."""
        return Notices(self._office, self._ring)

    def deliveries(self) -> Deliveries:
        """Return what of it goes out of the house."""
        return Deliveries(self._office)

    def dispatch(self) -> Dispatch:
        """Return who could be sent, and from where."""
        return Dispatch(self._office)

    def escalations(self) -> Escalations:
        """Return what goes up when nobody answers."""
        return Escalations(self._office, self._ring)

    def duties(self) -> Duties:
        """Return what else time alone brings."""
        return Duties(self._office, self._ring)

    def indicators(self, period: Period, areas: frozenset[str] | None, *, elsewhere: str) -> list[Indicator]:
        """Return how well *period* went in *areas*, None: in all; what lies nowhere in particular lies *elsewhere*."""
        with self._office.reading("count indicators") as connection:
            return indicators(incident_facts(connection, period, areas, elsewhere), period)

    def sessions(self) -> Sessions:
        """Return who is signed in."""
        return Sessions(self._office, self._session_limits)

    def pairing(self) -> Pairing:
        """Return the devices that wait to be approved."""
        return Pairing(self._office, self._session_limits)

    def attempts(self) -> Attempts:
        """Return the throttle of attempts to sign in."""
        return Attempts(self._office)

    def reveals(self) -> Reveals:
        """Return who may look at what unmasked."""
        return Reveals(self._office)

    def replays(self) -> Replays:
        """Return which dead letters are to be tried again."""
        return Replays(self._office)

    def forgetting(self) -> Forgetting:
        """Return the purge of what is known of people."""
        return Forgetting(self._office)

    def support_dump(self) -> Iterator[dict[str, Any]]:
        """Yield what the store holds, without anything about anybody."""
        with told_as_store_error("cannot dump the store"), self._read_engine.connect() as connection:
            yield from support.dumped(connection)

    def audit(self, key: bytes = b"") -> Audit:
        """Return the audit, under *key* or the one the store was opened with."""
        return Audit(self._office, key or self._office.audit_key)

    def register_assets(self, assets: list[Asset], *, replaces: bool = True) -> None:
        """Add assets and tell readers (change key "as").

        Args:
            assets: what to add; none does nothing.
            replaces: whether an asset of the same id is replaced, and `Reader.register_version` moves; ingest's
                newcomers never replace what a person has registered a moment ago.
        """
        if assets:
            self._register(assets, (), replaces=replaces)

    def register(self, assets: Sequence[Asset], places: Sequence[Place]) -> None:
        """Register a whole list, or nothing of it; what has an id that is there already is replaced."""
        if assets or places:
            self._register(assets, places, replaces=True)

    def newcomers(self) -> Newcomers:
        """Return the unknown devices that wait; safe in any thread."""
        return Newcomers(self._office, self._tell_register, self._ring)

    def registry(self) -> Registry:
        """Return the register as people keep it; safe in any thread."""
        return Registry(self._office, self._tell_register, self._ring)

    def _register(self, assets: Sequence[Asset], places: Sequence[Place], *, replaces: bool) -> None:
        with told_as_store_error("cannot register assets"), self._write_engine.begin() as connection:
            if assets:
                asset_rows.register(connection, list(assets), replaces=replaces)
            if places:
                asset_rows.register_places(connection, list(places))
            self._tell_register(connection, is_moved=replaces)
        self._ring()

    def _tell_register(self, connection: Connection, *, is_moved: bool = True) -> None:
        """Tell readers of the register, in the caller's transaction."""
        if is_moved:
            marks.count_mark(connection, REGISTER_VERSION)
        connection.exec_driver_sql(build(connection.dialect).add_change, (self._now_us(), '{"as":1}'))

    def _ring(self) -> None:
        ringer = self._ringer()
        if ringer is not None:
            ringer.ring()
            ringer.close()

    def forget_dead_letters(self, letter_ids: Iterable[int]) -> int:
        """Remove letters that were sent again or are of no use; return how many there were."""
        with told_as_store_error("cannot remove dead letters"), self._write_engine.begin() as connection:
            return dead_letters.forget_letters(connection, letter_ids)

    def close(self) -> None:
        """Let go of the database; readers and writers are closed by who made them."""
        self._read_engine.dispose()
        self._asked_engine.dispose()
        self._write_engine.dispose()

    def _ringer(self) -> Ringer | None:
        return None if self.signal_path is None else Ringer(self.signal_path)
