"""What people sign in with: the hash of a password, the sealed second factor, the steps that were used."""

from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select

from street.errors import NotAllowedError
from street.people import Actor
from street.store import schema
from street.store.office import Office
from street.store.session_rows import end_sessions

KEPT_PASSWORDS: Final = 5  # 等保: not one of the last five again


class Credentials:
    """The part of `People` that holds secrets; nothing here is ever shown."""

    def __init__(self, office: Office) -> None:
        self._desk = office

    def password_hash(self, person_id: str) -> str | None:
        """Return the hash of the password; None where there is no such person or no password."""
        found = self._one(person_id)
        return None if found is None else found.password_hash

    def password_set_us(self, person_id: str) -> int | None:
        """Return when the password was set."""
        found = self._one(person_id)
        return None if found is None else found.password_us

    def recent_hashes(self, person_id: str) -> list[str]:
        """Return the hashes of the present and the last passwords, newest first: none should come again."""
        old = schema.old_passwords.c
        statement = select(old.password_hash).where(old.person_id == person_id).order_by(old.password_us.desc())
        with self._desk.reading("read credentials") as connection:
            before = list(connection.execute(statement.limit(KEPT_PASSWORDS - 1)).scalars())
        present = self.password_hash(person_id)
        return [*([present] if present else []), *before]

    def set_password(
        self, person_id: str, password_hash: str, *, must_change: bool, by: Actor, keep_session: str = ""
    ) -> None:
        """Set the password and end the person's sessions but the one it was changed from.

        Args:
            person_id: whose.
            password_hash: of the new one.
            must_change: whether the person must choose another when signing in.
            by: who sets it; a person who changes her own keeps the session `by` names.
            keep_session: another session to keep.

        Raises:
            NotAllowedError: nobody has this id ("unknown").
        """
        people = schema.people
        now_us = self._desk.now_us()
        values = {"password_hash": password_hash, "password_us": now_us, "must_change_password": int(must_change)}
        with self._desk.writing("set a password") as connection:
            _keep_old(connection, person_id)
            changed = people.update().where(people.c.person_id == person_id)
            if connection.execute(changed.values(**values, version=people.c.version + 1)).rowcount == 0:
                raise NotAllowedError(code="unknown")
            entry = self._desk.done("password.set", f"person/{person_id}", by, reason="reset" if must_change else "")
            self._desk.record(connection, entry)
            kept = keep_session or (by.session_id if by.person_id == person_id else "")
            end_sessions(connection, self._desk, person_id, by=by, reason="password-changed", but=kept)

    def second_factor(self, person_id: str) -> bytes | None:
        """Return the sealed second factor."""
        found = self._one(person_id)
        return None if found is None or found.second_factor is None else bytes(found.second_factor)

    def set_second_factor(self, person_id: str, sealed: bytes | None, *, by: Actor) -> None:
        """Set the sealed second factor, or take it away.

        Raises:
            NotAllowedError: nobody has this id ("unknown").
        """
        people = schema.people
        with self._desk.writing("set a second factor") as connection:
            changed = people.update().where(people.c.person_id == person_id)
            values = {"second_factor": sealed, "last_step": 0, "version": people.c.version + 1}
            if connection.execute(changed.values(**values)).rowcount == 0:
                raise NotAllowedError(code="unknown")
            action = "second_factor.clear" if sealed is None else "second_factor.set"
            self._desk.record(connection, self._desk.done(action, f"person/{person_id}", by))

    def use_code(self, person_id: str, step: int) -> bool:
        """Use up the second factor's codes up to *step*; False when this one was used, here or elsewhere."""
        people = schema.people
        unused = people.update().where(people.c.person_id == person_id, people.c.last_step < step)
        with self._desk.writing("use a code") as connection:
            return connection.execute(unused.values(last_step=step)).rowcount == 1

    def _one(self, person_id: str) -> Row[Any, Any, Any] | None:
        people = schema.people.c
        statement = select(people.password_hash, people.password_us, people.second_factor)
        with self._desk.reading("read credentials") as connection:
            return connection.execute(statement.where(people.person_id == person_id)).first()


def _keep_old(connection: Connection, person_id: str) -> None:
    people, old = schema.people.c, schema.old_passwords
    statement = select(people.password_us, people.password_hash).where(people.person_id == person_id)
    present = connection.execute(statement).first()
    if present is None or present.password_hash is None:
        return
    is_same_instant = (old.c.person_id == person_id) & (old.c.password_us == present.password_us)
    connection.execute(delete(old).where(is_same_instant))
    connection.execute(old.insert(), {"person_id": person_id, **present._mapping})
    newest = (
        select(old.c.password_us)
        .where(old.c.person_id == person_id)
        .order_by(old.c.password_us.desc())
        .limit(KEPT_PASSWORDS - 1)
    )
    connection.execute(delete(old).where(old.c.person_id == person_id, old.c.password_us.not_in(newest)))
