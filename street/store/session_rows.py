"""Sessions as rows: what a session is, and how one ends inside somebody else's transaction."""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from street.people import Actor
from street.store import schema
from street.store.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A time of being signed in, on one browser or device."""

    session_id: str
    person_id: str
    kind: str  # person, screen or tablet
    name: str
    address: str
    begun_us: int
    seen_us: int
    ends_us: int
    idle_us: int  # ends when not seen for so long; 0: never for that
    csrf: str
    ended_us: int | None = None
    ended_why: str = ""

    def holds(self, now_us: int) -> bool:
        """Return whether the session is open at *now_us*."""
        is_idle = 0 < self.idle_us < now_us - self.seen_us
        return self.ended_us is None and now_us < self.ends_us and not is_idle


def digest(token: str) -> str:
    """Return what is kept of a token: whoever reads the database cannot sign in with it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def session_of(row: Row[Any]) -> Session:
    """Return a row of `sessions` as a session."""
    return Session(**{name: row._mapping[name] for name in Session.__dataclass_fields__})


def end_sessions(
    connection: Connection, office: Office, person_id: str, *, by: Actor, reason: str, but: str = ""
) -> int:
    """End all sessions of a person but one, in the caller's transaction; return how many."""
    sessions = schema.sessions.c
    open_ones = select(sessions.session_id).where(
        sessions.person_id == person_id, sessions.ended_us.is_(None), sessions.session_id != but
    )
    ended = list(connection.execute(open_ones).scalars())
    for session_id in ended:
        end_session(connection, office, session_id, by=by, reason=reason)
    return len(ended)


def end_session(connection: Connection, office: Office, session_id: str, *, by: Actor, reason: str) -> bool:
    """End one session in the caller's transaction; False when it was ended before."""
    sessions = schema.sessions
    ending = sessions.update().where(sessions.c.session_id == session_id, sessions.c.ended_us.is_(None))
    if connection.execute(ending.values(ended_us=office.now_us(), ended_why=reason)).rowcount == 0:
        return False
    office.record(connection, office.done("session.end", f"session/{session_id}", by, reason=reason))
    return True
