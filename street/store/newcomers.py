"""Newcomers: devices that nobody has registered wait with their last messages, until a person says what they are.

    waiting ── settle ──▶ settled ── ingest has replayed what waited ──▶ gone: it is a registered asset now
       ▲└───── ignore ──▶ ignored
       └────── recall ───────┘

What may wait, and how much of it, the writer decides: `street.store.lobby`. What a person decides, and its entry in the
audit, are one transaction.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Select, delete, func, select, update

from street.assets import Asset
from street.errors import FieldError, SupersededError
from street.people import Actor
from street.store import assets as asset_rows
from street.store import audit_chain, schema
from street.store.lobby import NewcomerState, WaitingMessage
from street.store.office import Office

MORE_SINCE = 4  # times as many messages: worth another look
LONGEST_TOLD = 80  # of a device's name, in the audit


class Newcomer(NamedTuple):
    """A device that waits. `guesses` is what ingest makes of it, None until it has looked."""

    newcomer_id: int
    dialect: str
    device_id: str
    state: NewcomerState
    asset_id: str  # whose it is once settled
    messages: int  # ever
    kept: int
    first_us: int
    last_us: int
    guesses: dict[str, Any] | None
    guessed: int = 0  # how many messages there were when ingest looked


class Newcomers:
    """Who waits, and what a person decides about them. Every call has a connection of its own: any thread may call.

    Every method raises StoreError when the store cannot be read or written; nothing was changed then.
    """

    def __init__(self, office: Office, tell_register: Callable[[Connection], None], ring: Callable[[], None]) -> None:
        self._office = office
        self._tell_register = tell_register
        self._ring = ring

    def all(self, state: NewcomerState | None = None, limit: int = 500) -> list[Newcomer]:
        """Return the newcomers in a state (None: any), those heard last first."""
        statement = _newcomers().order_by(schema.newcomers.c.last_us.desc(), schema.newcomers.c.newcomer_id)
        if state is not None:
            statement = statement.where(schema.newcomers.c.state == state.value)
        with self._office.reading("read newcomers") as connection:
            return [_newcomer(row) for row in connection.execute(statement.limit(limit))]

    def get(self, newcomer_id: int) -> Newcomer | None:
        """Return one newcomer, None where it is gone."""
        statement = _newcomers().where(schema.newcomers.c.newcomer_id == newcomer_id)
        with self._office.reading("read newcomers") as connection:
            row = connection.execute(statement).first()
            return None if row is None else _newcomer(row)

    def messages(self, newcomer_id: int) -> list[WaitingMessage]:
        """Return what a newcomer has said and is kept, oldest first."""
        table = schema.newcomer_messages.c
        statement = select(table.received_us, table.topic, table.payload, table.retain)
        statement = statement.where(table.newcomer_id == newcomer_id).order_by(table.message_id)
        with self._office.reading("read newcomers") as connection:
            return [
                WaitingMessage(at_us, bytes(topic).decode("utf-8", "surrogatepass"), bytes(payload), bool(retain))
                for at_us, topic, payload, retain in connection.execute(statement)
            ]

    def unguessed(self, limit: int) -> list[Newcomer]:
        """Return waiting newcomers that nobody has looked at yet, or that have said much since: heard most first."""
        table = schema.newcomers.c
        is_due = table.messages > MORE_SINCE * table.guessed
        statement = _newcomers().where(table.state == NewcomerState.WAITING.value, is_due)
        statement = statement.order_by(table.messages.desc(), table.newcomer_id).limit(limit)
        with self._office.reading("read newcomers") as connection:
            return [_newcomer(row) for row in connection.execute(statement)]

    def note_guesses(self, guesses: dict[int, dict[str, Any]]) -> None:
        """Remember what ingest makes of newcomers."""
        with self._writing() as connection:
            for newcomer_id, guess in guesses.items():
                said = orjson.dumps(guess).decode()
                _move(connection, newcomer_id, guesses=said, guessed=schema.newcomers.c.messages)

    def accept(self, newcomer_id: int, asset: Asset, *, by: Actor) -> Asset:
        """Register *asset* as what the newcomer speaks for; return it with the newcomer's dialect and device id.

        Raises:
            SupersededError: somebody settled it before, or it is gone.
            FieldError: the id is that of a registered asset: map onto that one.
        """
        with self._writing() as connection:
            newcomer = _still(connection, newcomer_id)
            if asset_rows.one_asset(connection, asset.asset_id) is not None:
                raise FieldError(field="asset_id", code="taken")
            return self._settle(connection, newcomer, asset, "newcomer.accept", by)

    def map_onto(self, newcomer_id: int, asset_id: str, *, by: Actor) -> Asset:
        """Let the newcomer speak for a registered asset from now on, instead of the device it had; return the asset.

        Raises:
            SupersededError: somebody settled it before, or it is gone.
            FieldError: no asset has this id.
        """
        with self._writing() as connection:
            newcomer = _still(connection, newcomer_id)
            asset = asset_rows.one_asset(connection, asset_id)
            if asset is None:
                raise FieldError(field="asset_id", code="unknown")
            return self._settle(connection, newcomer, asset, "newcomer.map", by)

    def ignore(self, newcomer_id: int, *, by: Actor) -> None:
        """Take nothing more from the newcomer; what waits stays, so that `recall` loses nothing.

        Raises:
            SupersededError: somebody settled it before, or it is gone.
        """
        self._decide(newcomer_id, NewcomerState.IGNORED, "newcomer.ignore", by)

    def recall(self, newcomer_id: int, *, by: Actor) -> None:
        """Let an ignored newcomer wait again.

        Raises:
            SupersededError: somebody settled it before, or it is gone.
        """
        self._decide(newcomer_id, NewcomerState.WAITING, "newcomer.recall", by)

    def forget(self, newcomer_ids: Iterable[int]) -> None:
        """Remove newcomers whose messages were replayed."""
        kept, table = schema.newcomer_messages, schema.newcomers
        with self._writing() as connection:
            for newcomer_id in newcomer_ids:
                connection.execute(delete(kept).where(kept.c.newcomer_id == newcomer_id))
                connection.execute(delete(table).where(table.c.newcomer_id == newcomer_id))

    def _settle(self, connection: Connection, newcomer: Newcomer, asset: Asset, action: str, by: Actor) -> Asset:
        owned = replace(asset, dialect=newcomer.dialect, device_id=newcomer.device_id)
        asset_rows.register(connection, [owned], replaces=True)
        _move(connection, newcomer.newcomer_id, state=NewcomerState.SETTLED.value, asset_id=owned.asset_id)
        self._tell_register(connection)
        self._record(connection, newcomer, action, by, owned.asset_id)
        return owned

    def _decide(self, newcomer_id: int, state: NewcomerState, action: str, by: Actor) -> None:
        with self._writing() as connection:
            newcomer = _still(connection, newcomer_id)
            _move(connection, newcomer_id, state=state.value)
            self._tell_register(connection)
            self._record(connection, newcomer, action, by)

    def _record(self, connection: Connection, newcomer: Newcomer, action: str, by: Actor, asset_id: str = "") -> None:
        told = {"dialect": newcomer.dialect, "device_id": newcomer.device_id[:LONGEST_TOLD], "asset_id": asset_id}
        after = orjson.dumps({name: text for name, text in told.items() if text}).decode()
        thing = f"newcomer/{newcomer.newcomer_id}"
        entry = self._office.done(action, thing, by, before=newcomer.state.value, after=after)
        audit_chain.append(connection, self._office.audit_key, entry)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._office.writing("change newcomers") as connection:
            yield connection
        self._ring()


def _newcomers() -> Select[Any]:
    kept = schema.newcomer_messages.c
    many = select(func.count()).where(kept.newcomer_id == schema.newcomers.c.newcomer_id).scalar_subquery()
    return select(schema.newcomers, many.label("kept"))


def _newcomer(row: Any) -> Newcomer:  # noqa: ANN401 - a row of SQLAlchemy
    said = dict(row._mapping)
    guesses = orjson.loads(said["guesses"]) if said["guesses"] else None
    return Newcomer(**said | {"state": NewcomerState(said["state"]), "guesses": guesses})


def _still(connection: Connection, newcomer_id: int) -> Newcomer:
    row = connection.execute(_newcomers().where(schema.newcomers.c.newcomer_id == newcomer_id)).first()
    if row is None or row.state == NewcomerState.SETTLED:
        msg = f"newcomer {newcomer_id} is gone or settled"
        raise SupersededError(msg)
    return _newcomer(row)


def _move(connection: Connection, newcomer_id: int, **columns: Any) -> None:  # noqa: ANN401 - values of columns
    table = schema.newcomers
    connection.execute(update(table).where(table.c.newcomer_id == newcomer_id).values(**columns))
