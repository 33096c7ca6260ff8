"""The throttle of sign-in attempts, kept in the store so that all processes count together.

Failures fill three buckets that leak: of the account from this address (fast to close), of the address (an office
shares one), and of the account from addresses it never signed in from. The fuller, the longer the wait, never for
ever. Who signed in from an address before is not kept waiting there by what others try elsewhere.
"""

import hashlib
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, select

from street.clock import DAY_US, MINUTE_US, SECOND_US
from street.store import schema
from street.store.office import Office
from street.store.person_rows import login_of
from street.store.statements import upsert

KNOWN_US: Final = 30 * DAY_US  # how long an address stays one that the account signs in from
FORGOTTEN_US: Final = DAY_US


class Bucket(NamedTuple):
    """How one kind of bucket closes."""

    scope: str
    free: int  # failures that cost nothing
    first_s: float  # the wait after the next, doubled by each one more
    longest_s: float
    leak_us: int  # in which one failure is forgotten


PAIR: Final = Bucket("pair", 3, 2, 900, 15 * MINUTE_US)
ADDRESS: Final = Bucket("address", 20, 1, 60, 10 * SECOND_US)
ACCOUNT: Final = Bucket("account", 10, 1, 10, MINUTE_US)


class _State(NamedTuple):
    level: float = 0.0
    at_us: int = 0
    free_us: int = 0
    succeeded_us: int = 0


class Attempts:
    """The attempts at one store."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def wait_s(self, account: str, address: str, now_us: int) -> float:
        """Return how long this address must wait before it may try *account* [s]; 0: it may try now, once.

        A 0 counts the attempt as failed at once, so that attempts made side by side do not all get through;
        `note` takes it back when it succeeds.
        """
        names = _names(account, address)
        with self._office.reading("read attempts") as connection:
            wait_s = _wait_s(_states(connection, names), now_us)
        if wait_s > 0:
            return wait_s
        with self._office.writing("count an attempt") as connection:
            states = _states(connection, names)
            wait_s = _wait_s(states, now_us)
            if wait_s == 0:
                _write(connection, names, [_failed(*each, now_us) for each in zip(_BUCKETS, states, strict=True)])
        return wait_s

    def note(self, account: str, address: str, ok: bool, now_us: int) -> None:
        """Note how the attempt ended that `wait_s` let through."""
        if not ok:
            return
        names = _names(account, address)
        with self._office.writing("note an attempt") as connection:
            _, of_address, of_account = _states(connection, names)
            pair = _State(0.0, now_us, 0, now_us)
            _write(connection, names, [pair, _taken_back(of_address), _taken_back(of_account)])
            table = schema.attempts.c
            is_old = (table.at_us < now_us - FORGOTTEN_US) & (table.succeeded_us < now_us - KNOWN_US)
            connection.execute(delete(schema.attempts).where(is_old))


_BUCKETS: Final = (PAIR, ADDRESS, ACCOUNT)


def _names(account: str, address: str) -> tuple[str, str, str]:
    login = login_of(account)
    return _digest(f"{login}\n{address}"), _digest(address), _digest(login)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _states(connection: Connection, names: tuple[str, str, str]) -> list[_State]:
    table = schema.attempts
    statement = select(table).where(table.c.name.in_(names))
    found = {
        (row.scope, row.name): _State(row.level, row.at_us, row.free_us, row.succeeded_us)
        for row in connection.execute(statement)
    }
    return [found.get((bucket.scope, name), _State()) for bucket, name in zip(_BUCKETS, names, strict=True)]


def _wait_s(states: list[_State], now_us: int) -> float:
    is_known = states[0].succeeded_us > now_us - KNOWN_US
    # Never longer than the bucket's longest: the clock may have been set back.
    waits = [
        min(bucket.longest_s, (state.free_us - now_us) / SECOND_US)
        for bucket, state in zip(_BUCKETS, states, strict=True)
        if not (is_known and bucket is ACCOUNT)
    ]
    return max(0.0, *waits)


def _failed(bucket: Bucket, state: _State, now_us: int) -> _State:
    leaked = max(0, now_us - state.at_us) / bucket.leak_us
    level = max(0.0, state.level - leaked) + 1
    over = level - bucket.free
    wait_s = min(bucket.longest_s, bucket.first_s * 2.0 ** min(over - 1, 60)) if over > 0 else 0.0
    return _State(level, now_us, now_us + int(wait_s * SECOND_US) if wait_s else 0, state.succeeded_us)


def _taken_back(state: _State) -> _State:
    return state._replace(level=max(0.0, state.level - 1), free_us=0)


def _write(connection: Connection, names: tuple[str, str, str], states: list[_State]) -> None:
    table = schema.attempts
    statement = upsert(connection.dialect, table)
    new = {name: statement.excluded[name] for name in _State._fields}
    rows = [
        {"scope": bucket.scope, "name": name, **state._asdict()}
        for bucket, name, state in zip(_BUCKETS, names, states, strict=True)
    ]
    connection.execute(statement.on_conflict_do_update(index_elements=["scope", "name"], set_=new), rows)
