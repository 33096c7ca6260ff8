"""Replays: how the dashboard has ingest try dead letters again; the store is where the two meet.

    desk ── ask ──▶ row ──▶ ingest: next, letters, went, … ──▶ done_us ──▶ desk

Only ingest decodes, so only ingest can try again. A request is a row that says which letters; ingest works it off a
few at a time and notes how far it came, so that one that is stopped goes on where it was. The letters that came after
somebody asked are not meant.
"""

from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from street.errors import NotAllowedError
from street.people import Actor
from street.store import audit_chain, schema
from street.store.dead_letters import StoredLetter, forget_letters, letters_between
from street.store.office import Office


class Replay(NamedTuple):
    """One request. `done_us` is None while ingest has not worked it off."""

    replay_no: int
    group_id: int
    login: str
    asked_us: int
    letters: int
    upto_id: int
    last_id: int
    stored: int
    refused: int
    failed: int
    done_us: int | None


class Tried(NamedTuple):
    """What came of some letters, and which of them was the last."""

    last_id: int
    stored: int
    refused: int
    failed: int


_COLUMNS: Final = tuple(schema.replays.c[name] for name in Replay._fields)


class Replays:
    """The replays of one store. Every method raises StoreError."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def ask(self, group_id: int, *, by: Actor) -> int:
        """Ask for all letters that a group holds now; return how many.

        Raises:
            NotAllowedError: "nothing" where it holds none, "already" while an earlier request waits.
        """
        letters, replays = schema.dead_letters.c, schema.replays
        with self._office.writing("ask for a replay") as connection:
            code = _code(connection, group_id)
            waits = select(replays.c.replay_no).where(replays.c.group_id == group_id, replays.c.done_us.is_(None))
            if connection.execute(waits.limit(1)).first() is not None:
                raise NotAllowedError(code="already")
            kept = select(func.count(), func.max(letters.letter_id)).where(letters.group_id == group_id)
            many, newest_id = connection.execute(kept).one()
            if not many or code is None:
                raise NotAllowedError(code="nothing")
            row = {
                "group_id": group_id, "login": by.login, "asked_us": self._office.now_us(), "letters": many,
                "upto_id": newest_id, "last_id": 0, "stored": 0, "refused": 0, "failed": 0, "done_us": None,
            }  # fmt: skip
            connection.execute(replays.insert(), row)
            self._record(connection, "letters.replay", f"letters/{code}/{group_id}", many, by)
        return int(many)

    def forget(self, group_id: int, *, by: Actor) -> int:
        """Remove the letters that a group holds now; their counts stay. Return how many went.

        Raises:
            NotAllowedError: "nothing" where it holds none, "already" while they are being tried again.
        """
        letters, replays = schema.dead_letters, schema.replays.c
        with self._office.writing("forget dead letters") as connection:
            code = _code(connection, group_id)
            waits = select(replays.replay_no).where(replays.group_id == group_id, replays.done_us.is_(None))
            if connection.execute(waits.limit(1)).first() is not None:
                raise NotAllowedError(code="already")
            gone = connection.execute(delete(letters).where(letters.c.group_id == group_id)).rowcount
            if not gone or code is None:
                raise NotAllowedError(code="nothing")
            self._record(connection, "letters.forget", f"letters/{code}/{group_id}", gone, by)
        return gone

    def newest(self, group_id: int) -> Replay | None:
        """Return the group's last request, or None."""
        replays = schema.replays.c
        statement = select(*_COLUMNS).where(replays.group_id == group_id).order_by(replays.replay_no.desc()).limit(1)
        with self._office.reading("read replays") as connection:
            row = connection.execute(statement).first()
        return None if row is None else Replay(*row)

    # -- ingest's side ---------------------------------------------------------------------------------------------

    def next(self) -> Replay | None:
        """Return the oldest request that waits, or None; cheap."""
        replays = schema.replays.c
        statement = select(*_COLUMNS).where(replays.done_us.is_(None)).order_by(replays.replay_no).limit(1)
        with self._office.reading("read replays") as connection:
            row = connection.execute(statement).first()
        return None if row is None else Replay(*row)

    def letters(self, replay: Replay, limit: int) -> list[StoredLetter]:
        """Return what of *replay* was not tried yet, oldest first."""
        with self._office.reading("read dead letters") as connection:
            return letters_between(connection, replay.group_id, replay.last_id, replay.upto_id, limit)

    def went(self, replay: Replay, tried: Tried, stored_ids: list[int]) -> None:
        """Note what came of some letters; those that were stored whole leave the shelf."""
        replays = schema.replays
        added = {name: replays.c[name] + getattr(tried, name) for name in ("stored", "refused", "failed")}
        statement = update(replays).where(replays.c.replay_no == replay.replay_no)
        with self._office.writing("note a replay") as connection:
            forget_letters(connection, stored_ids)
            connection.execute(statement.values(last_id=tried.last_id, **added))

    def done(self, replay: Replay) -> None:
        """Note that nothing of *replay* is left to try."""
        replays = schema.replays
        statement = update(replays).where(replays.c.replay_no == replay.replay_no)
        with self._office.writing("end a replay") as connection:
            connection.execute(statement.values(done_us=self._office.now_us()))

    def _record(self, connection: Connection, action: str, thing: str, many: int, by: Actor) -> None:
        entry = self._office.done(action, thing, by, after=f'{{"letters":{many}}}')
        audit_chain.append(connection, self._office.audit_key, entry)


def _code(connection: Connection, group_id: int) -> str | None:
    groups = schema.dead_letter_groups.c
    return connection.execute(select(groups.code).where(groups.group_id == group_id)).scalar()
