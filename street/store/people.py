"""People in the store: accounts with their grants. A change names the version it started from."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from street.errors import LoginTakenError, NotAllowedError, SupersededError
from street.people import Actor, Person, Role, Shift
from street.store import schema
from street.store.credentials import Credentials
from street.store.office import Office
from street.store.person_rows import check, described, login_of, read_people, read_person, row_of, write_grants
from street.store.roster import insert_shifts
from street.store.session_rows import end_sessions


class ImportRow(NamedTuple):
    """One person of a list, with how she first signs in; None: not by password."""

    person: Person
    password_hash: str | None = None


class People(Credentials):
    """The people of one store."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._office = office

    def all(self) -> list[Person]:
        """Return everybody, by login; those who left as well."""
        with self._office.reading("read people") as connection:
            return read_people(connection, self._office.now_us())

    def get(self, person_id: str) -> Person | None:
        """Return the person of this id."""
        with self._office.reading("read people") as connection:
            return read_person(connection, self._office.now_us(), person_id)

    def find(self, login: str) -> Person | None:
        """Return the person of this login, however it is typed."""
        with self._office.reading("read people") as connection:
            found = read_people(connection, self._office.now_us(), schema.people.c.login == login_of(login))
        return found[0] if found else None

    def add(self, person: Person, *, password_hash: str | None, by: Actor) -> Person:
        """Add *person*, giving an id where there is none; return her as stored.

        Raises:
            LoginTakenError: somebody has this login.
            FieldError: a field holds what it may not.
        """
        with self._office.writing("add a person") as connection:
            added = insert_person(connection, person, password_hash, self._office.now_us())
            entry = self._office.done("person.add", f"person/{added.person_id}", by, after=described(added))
            self._office.record(connection, entry)
        return added

    def add_many(self, rows: Iterable[ImportRow], by: Actor, shifts: Iterable[Shift] = ()) -> None:
        """Add all of *rows* and then *shifts*, or nothing; every person must carry an id where shifts name it.

        Raises:
            LoginTakenError, FieldError: as `add`.
        """
        now_us = self._office.now_us()
        with self._office.writing("import people") as connection:
            entries = []
            for row in rows:
                added = insert_person(connection, row.person, row.password_hash, now_us)
                entries.append(
                    self._office.done("person.import", f"person/{added.person_id}", by, after=described(added))
                )
            duty = list(shifts)
            insert_shifts(connection, duty)
            if duty:
                entries.append(self._office.done("roster.import", "roster", by, reason=f"{len(duty)} shifts"))
            self._office.record(connection, *entries)

    def change(self, person: Person, *, by: Actor) -> Person:
        """Store *person* as edited from her `version`; return her as stored. Login and grants may change too.

        Sessions end when what she may do, or whether she may sign in, changes.

        Raises:
            SupersededError: she was changed meanwhile, or is not there.
            NotAllowedError: the last active admin would go ("last-admin"), or *by* changes own grants ("own-role").
            LoginTakenError, FieldError: as `add`.
        """
        wanted = replace(person, login=login_of(person.login))
        check(wanted)
        now_us = self._office.now_us()
        with self._office.writing("change a person") as connection:
            before = read_person(connection, now_us, person.person_id)
            if before is None or before.version != person.version:
                msg = f"{person.person_id} was changed meanwhile"
                raise SupersededError(msg)
            _check_change(connection, before, wanted, by)
            after = _update(connection, before, wanted, now_us)
            entry = self._office.done(
                "person.change",
                f"person/{person.person_id}",
                by,
                before=described(before),
                after=described(after, before),
            )
            self._office.record(connection, entry)
            if (set(before.grants), before.is_active) != (set(after.grants), after.is_active):
                end_sessions(connection, self._office, person.person_id, by=by, reason="rights-changed")
        return after

    def person_of_subject(self, issuer: str, subject: str) -> Person | None:
        """Return whom an OIDC provider means by *subject*."""
        subjects = schema.subjects.c
        whom = select(subjects.person_id).where(subjects.issuer == issuer, subjects.subject == subject)
        with self._office.reading("read people") as connection:
            found = read_people(connection, self._office.now_us(), schema.people.c.person_id.in_(whom))
        return found[0] if found else None

    def link_subject(self, person_id: str, issuer: str, subject: str, *, by: Actor) -> None:
        """Remember that *issuer* means this person by *subject*; one subject is one person, one person one subject.

        Raises:
            LoginTakenError: the subject means somebody already, or the person is known by another one.
        """
        row = {"issuer": issuer, "subject": subject, "person_id": person_id}
        with self._office.writing("link a subject") as connection:
            subjects = schema.subjects.c
            is_either = (subjects.subject == subject) | (subjects.person_id == person_id)
            taken = select(subjects.person_id).where(subjects.issuer == issuer, is_either)
            if connection.execute(taken).first() is not None:
                msg = f"{subject} of {issuer}"
                raise LoginTakenError(msg)
            connection.execute(schema.subjects.insert(), row)
            entry = self._office.done("subject.link", f"person/{person_id}", by, reason=issuer)
            self._office.record(connection, entry)


def insert_person(connection: Connection, person: Person, password_hash: str | None, now_us: int) -> Person:
    """Add a person in the caller's transaction; raises as `People.add`."""
    added = replace(person, person_id=person.person_id or secrets.token_hex(8), login=login_of(person.login), version=1)
    check(added)
    row = row_of(added) | {
        "person_id": added.person_id,
        "is_demo": int(added.is_demo),
        "password_hash": password_hash,
        "password_us": None if password_hash is None else now_us,
        "second_factor": None,
        "last_step": 0,
        "left_us": None if added.is_active else now_us,
        "version": 1,
    }
    people = schema.people
    if connection.execute(select(people.c.login).where(people.c.login == added.login)).first() is not None:
        raise LoginTakenError(added.login)
    connection.execute(people.insert(), row)
    write_grants(connection, added)
    return replace(added, has_totp=False, is_on_duty=False)


def _update(connection: Connection, before: Person, wanted: Person, now_us: int) -> Person:
    row = row_of(wanted) | {"version": before.version + 1}
    if wanted.is_active != before.is_active:
        row["left_us"] = None if wanted.is_active else now_us
    people = schema.people
    try:
        with connection.begin_nested():
            connection.execute(people.update().where(people.c.person_id == before.person_id).values(row))
    except IntegrityError as error:
        raise LoginTakenError(wanted.login) from error
    write_grants(connection, replace(wanted, person_id=before.person_id))
    after = read_person(connection, now_us, before.person_id)
    assert after is not None  # updated a moment ago, under the write lock
    return after


def _check_change(connection: Connection, before: Person, after: Person, by: Actor) -> None:
    is_other = (set(before.grants), before.is_active) != (set(after.grants), after.is_active)
    if is_other and by.person_id == before.person_id:
        raise NotAllowedError(code="own-role")
    was_admin = before.is_active and Role.ADMIN in before.roles
    if was_admin and not (after.is_active and Role.ADMIN in after.roles):
        people, grants = schema.people, schema.grants
        others = (
            select(func.count(people.c.person_id.distinct()))
            .join_from(people, grants, people.c.person_id == grants.c.person_id)
            .where(
                people.c.is_active == 1,
                people.c.person_id != before.person_id,
                grants.c.role == Role.ADMIN.value,
            )
        )
        if connection.execute(others).scalar_one() == 0:
            raise NotAllowedError(code="last-admin")
