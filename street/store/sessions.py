"""Sessions: being signed in, kept here so that it can be taken away within seconds.

Of a token only its digest is kept. A session ends by signing out, by its end, by lying idle, by being ended from
elsewhere, and by its person's rights, password or account changing.
"""

import secrets
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import Connection, select

from street.clock import DAY_US, HOUR_US, MINUTE_US
from street.people import Actor, Person
from street.store import schema
from street.store.marks import count_mark, read_mark
from street.store.office import PEOPLE_VERSION, Office
from street.store.person_rows import read_person
from street.store.session_rows import Session, digest, end_session, end_sessions, session_of

KINDS: Final = ("person", "screen", "tablet")
LONGEST_NAME: Final = 100


class SessionLimits(Protocol):
    """How long sessions last; `street.config` has one."""

    @property
    def idle_min(self) -> int:
        """Without a request."""

    @property
    def absolute_h(self) -> int:
        """At most, of a person or a tablet."""

    @property
    def screen_days(self) -> int:
        """At most, of a screen; it is never idle."""

    @property
    def sessions_each(self) -> int:
        """How many one person may have at once; a screen has one."""


class StandardLimits(NamedTuple):
    """The limits where nobody configured any."""

    idle_min: int = 15
    absolute_h: int = 12
    screen_days: int = 365
    sessions_each: int = 3


STANDARD_LIMITS: Final = StandardLimits()


class Sessions:
    """The sessions of one store."""

    def __init__(self, office: Office, limits: SessionLimits) -> None:
        self._office = office
        self._limits = limits

    def begin(
        self, person_id: str, *, kind: str, address: str, name: str, by: Actor, lasts_us: int | None = None
    ) -> tuple[str, Session]:
        """Begin a session; the person's oldest ones end when there are too many.

        Args:
            person_id: whose.
            kind: person, screen or tablet.
            address: from where.
            name: of the browser or device, to be recognised in a list.
            by: who begins it.
            lasts_us: at most [µs]; None: as the limits say for the kind.

        Returns:
            The token, which is nowhere else, and the session.
        """
        with self._office.writing("begin a session") as connection:
            return begin_session(
                connection,
                self._office,
                self._limits,
                Beginning(person_id, kind, address, name, lasts_us),
                by,
            )

    def find(self, token: str, now_us: int) -> tuple[Session, Person] | None:
        """Return the open session of *token* and its person; None: there is none, or it ended, for whatever reason."""
        sessions = schema.sessions
        with self._office.reading("read sessions") as connection:
            row = connection.execute(select(sessions).where(sessions.c.token_hash == digest(token))).first()
            if row is None or not session_of(row).holds(now_us):
                return None
            person = read_person(connection, now_us, row.person_id)
        return (session_of(row), person) if person is not None and person.is_active else None

    def why_ended(self, token: str, now_us: int) -> str:
        """Return why the session of *token* ended: a reason, "idle", "over", or "" where none ended."""
        sessions = schema.sessions
        with self._office.reading("read sessions") as connection:
            row = connection.execute(select(sessions).where(sessions.c.token_hash == digest(token))).first()
        if row is None or session_of(row).holds(now_us):
            return ""
        if row.ended_us is not None:
            return str(row.ended_why)
        return "over" if now_us >= row.ends_us else "idle"

    def touch(self, session_id: str, now_us: int) -> None:
        """Note that the session is in use; call it once a minute at most."""
        sessions = schema.sessions
        with self._office.writing("note a session") as connection:
            seen = sessions.update().where(sessions.c.session_id == session_id, sessions.c.seen_us < now_us)
            connection.execute(seen.values(seen_us=now_us))

    def end(self, session_id: str, *, by: Actor, reason: str) -> bool:
        """End one session; False when it was ended before."""
        with self._office.writing("end a session") as connection:
            return end_session(connection, self._office, session_id, by=by, reason=reason)

    def end_all(self, person_id: str, *, by: Actor, reason: str, but: str = "") -> int:
        """End all sessions of a person but one; return how many."""
        with self._office.writing("end sessions") as connection:
            return end_sessions(connection, self._office, person_id, by=by, reason=reason, but=but)

    def open(self, person_id: str | None = None) -> list[Session]:
        """Return the open sessions of one person, or of everybody; the newest first."""
        sessions = schema.sessions
        statement = select(sessions).where(sessions.c.ended_us.is_(None)).order_by(sessions.c.begun_us.desc())
        if person_id is not None:
            statement = statement.where(sessions.c.person_id == person_id)
        with self._office.reading("read sessions") as connection:
            found = [session_of(row) for row in connection.execute(statement)]
        now_us = self._office.now_us()
        return [session for session in found if session.holds(now_us)]

    def version(self) -> int:
        """Return a number that moves whenever a session begins or ends, or a person, grant or shift changes.

        Time alone does not move it: a shift begins, a session ends or lies idle without a sign.
        """
        with self._office.reading("read sessions") as connection:
            return read_mark(connection, PEOPLE_VERSION, 0)


class Beginning(NamedTuple):
    """What a new session is to be."""

    person_id: str
    kind: str
    address: str
    name: str
    lasts_us: int | None = None


def begin_session(
    connection: Connection, office: Office, limits: SessionLimits, wanted: Beginning, by: Actor
) -> tuple[str, Session]:
    """Begin a session in the caller's transaction; return its token and itself."""
    now_us = office.now_us()
    is_screen = wanted.kind == "screen"
    lasts_us = limits.screen_days * DAY_US if is_screen else limits.absolute_h * HOUR_US
    token = secrets.token_urlsafe(32)
    session = Session(
        session_id=secrets.token_hex(8),
        person_id=wanted.person_id,
        kind=wanted.kind,
        name="".join(letter if letter.isprintable() else " " for letter in wanted.name)[:LONGEST_NAME],
        address=wanted.address,
        begun_us=now_us,
        seen_us=now_us,
        ends_us=now_us + (lasts_us if wanted.lasts_us is None else wanted.lasts_us),
        idle_us=0 if is_screen else limits.idle_min * MINUTE_US,
        csrf=secrets.token_urlsafe(24),
    )
    _end_oldest(connection, office, session, 1 if is_screen else limits.sessions_each)
    row: dict[str, Any] = {name: getattr(session, name) for name in Session.__dataclass_fields__}
    connection.execute(schema.sessions.insert(), row | {"token_hash": digest(token)})
    actor = by._replace(session_id=by.session_id or session.session_id)
    office.record(connection, office.done("session.begin", f"session/{session.session_id}", actor, reason=wanted.kind))
    return token, session


def _end_oldest(connection: Connection, office: Office, session: Session, most: int) -> None:
    """Make room for *session*: those that lie idle or are over count for nothing, the oldest of the rest go."""
    sessions = schema.sessions
    own = select(sessions).where(sessions.c.person_id == session.person_id, sessions.c.ended_us.is_(None))
    found = [session_of(row) for row in connection.execute(own.order_by(sessions.c.begun_us, sessions.c.session_id))]
    held = [each for each in found if each.holds(session.begun_us)]
    for each in held[: max(0, len(held) - most + 1)]:
        end_session(connection, office, each.session_id, by=Actor.system("sessions"), reason="too-many")
    count_mark(connection, PEOPLE_VERSION)
