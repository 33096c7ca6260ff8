"""Forgetting: people who left, sessions and reveals that are over, and the audit's oldest entries.

ingest's purge     readings, rollups, dead letters, stills, changes   `street.store.retention`
dashboard's purge  what is here: it has the audit's key, and writes down whom it forgot
"""

from typing import Final, Protocol

from sqlalchemy import Connection, delete, select

from street.clock import DAY_US
from street.people import Actor
from street.store import schema
from street.store.audit import SHORTEST_DAYS, Audit
from street.store.office import Office
from street.store.retention import MOST_STEP_DAYS, is_clock_plausible, remove_rows

LEFT: Final = "left:"  # begins the login of somebody forgotten; no login that can be chosen has a colon
REVEALS_DAYS: Final = 1  # after its end a reveal serves nobody: who saw what stands in the audit
_BY: Final = Actor.system("retention")
_MARK: Final = "forget_us"


class PeopleLimits(Protocol):
    """How long each kind of row lasts; `street.config` has one."""

    @property
    def audit_days(self) -> int:
        """Entries of the audit, at least 180 days whatever is asked for."""

    @property
    def sessions_days(self) -> int:
        """Sessions and pairing offers, after their end."""

    @property
    def left_people_days(self) -> int:
        """Names and phone numbers of people who left; shifts that are over."""

    @property
    def chunk_rows(self) -> int:
        """The most rows of one kind that one transaction removes."""


class Forgetting:
    """The dashboard's purge of one store."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def purge(self, limits: PeopleLimits) -> int:
        """Forget one chunk of every kind; return how many rows went. Call again while it is more than 0.

        Raises:
            StoreError: nothing was removed of the kind at hand.
        """
        now_us, most = self._office.now_us(), limits.chunk_rows
        with self._office.writing("forget what is old") as connection:
            if not is_clock_plausible(connection, _MARK, now_us):
                return 0
            removed = _remove_over(connection, now_us, limits) + self._forget_left(connection, now_us, limits)
        # Were the clock ahead by the most that is believed, entries still live for as long as the law wants.
        days = max(limits.audit_days, SHORTEST_DAYS + MOST_STEP_DAYS)
        return removed + Audit(self._office, self._office.audit_key).purge(now_us, days, most=most)

    def _forget_left(self, connection: Connection, now_us: int, limits: PeopleLimits) -> int:
        people = schema.people.c
        before_us = now_us - limits.left_people_days * DAY_US
        statement = select(people.person_id).where(
            people.is_active == 0, people.left_us < before_us, ~people.login.startswith(LEFT)
        )
        left = list(connection.execute(statement.limit(limits.chunk_rows)).scalars())
        for person_id in left:
            _forget(connection, person_id)
            self._office.record(connection, self._office.done("person.forget", f"person/{person_id}", _BY))
        return len(left)


def _remove_over(connection: Connection, now_us: int, limits: PeopleLimits) -> int:
    sessions, offers, reveals, shifts = schema.sessions, schema.offers, schema.reveals, schema.shifts
    most = limits.chunk_rows
    sessions_us = now_us - limits.sessions_days * DAY_US
    are_over = (sessions.c.ended_us < sessions_us) | (sessions.c.ends_us < sessions_us)
    return (
        remove_rows(connection, sessions, are_over, most)
        + remove_rows(connection, offers, offers.c.ends_us < sessions_us, most)
        + remove_rows(connection, reveals, reveals.c.ends_us < now_us - REVEALS_DAYS * DAY_US, most)
        + remove_rows(connection, shifts, shifts.c.ends_us < now_us - limits.left_people_days * DAY_US, most)
    )


def _forget(connection: Connection, person_id: str) -> None:
    """Leave an id without anything that tells whose it was: the audit's entries still name it."""
    people = schema.people
    bare = {
        "login": f"{LEFT}{person_id}",
        **dict.fromkeys(("name", "name_en", "phone", "unit"), ""),
        **dict.fromkeys(("password_hash", "password_us", "second_factor")),
        "version": people.c.version + 1,
    }
    connection.execute(people.update().where(people.c.person_id == person_id).values(**bare))
    for table in (schema.grants, schema.subjects, schema.old_passwords, schema.shifts, schema.sessions, schema.reveals):
        connection.execute(delete(table).where(table.c.person_id == person_id))
