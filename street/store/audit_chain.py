"""The audit's chain: each entry's hash covers the entry and the hash before it, under a key the database has not.

    h(n) = HMAC-SHA256(key, h(n-1) ‖ entry n)

Whoever changes, removes, swaps or invents an entry without the key breaks the chain there. Cutting off its end breaks
nothing inside; a head that was noted outside the database tells it.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, select

from street.errors import StoreError
from street.masking import masked
from street.people import Actor
from street.store import schema
from street.store.marks import read_mark, write_mark

START: Final = "0" * 64  # what comes before the first entry
COLUMNS: Final = tuple(name for name in schema.audit.columns.keys() if name != "hash")  # noqa: SIM118 - not a dict
LONGEST_TEXT: Final = 2_000
KEY_MARK: Final = "audit_key"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done, or refused."""

    at_us: int
    action: str
    object: str
    outcome: str  # done, refused, failed
    by: Actor
    before: str = ""  # short JSON without personal fields
    after: str = ""
    reason: str = ""
    count: int = 1  # how many alike within one minute


class Head(NamedTuple):
    """The newest entry, or the anchor where there is none."""

    entry_no: int
    hash: str


def append(connection: Connection, key: bytes, *entries: Entry) -> None:
    """Add *entries* in the caller's write transaction.

    Raises:
        StoreError: there is no key, or the store's audit was written with another one.
    """
    _check_key(connection, key)
    number, previous = head(connection)
    rows = []
    for entry in entries:
        number += 1
        row = _row(number, entry)
        previous = link(key, previous, tuple(row[name] for name in COLUMNS))
        rows.append({**row, "hash": previous})
    if rows:
        connection.execute(schema.audit.insert(), rows)


def link(key: bytes, previous: str, values: Sequence[Any]) -> str:
    """Return the hash of an entry, given the hash before it and its columns' values in the order of `COLUMNS`."""
    return hmac.digest(key, previous.encode() + orjson.dumps(values), hashlib.sha256).hex()


def head(connection: Connection) -> Head:
    """Return the chain's end."""
    audit, anchors = schema.audit.c, schema.audit_anchors.c
    newest = connection.execute(select(audit.entry_no, audit.hash).order_by(audit.entry_no.desc()).limit(1)).first()
    if newest is None:
        newest = connection.execute(
            select(anchors.entry_no, anchors.hash).order_by(anchors.entry_no.desc()).limit(1)
        ).first()
    return Head(0, START) if newest is None else Head(newest.entry_no, newest.hash)


def clean(text: str) -> str:
    """Return *text* as both engines can keep it: short, no NUL, no lone surrogates."""
    short = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
    return short.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _check_key(connection: Connection, key: bytes) -> None:
    if not key:
        msg = "cannot write the audit: this store was opened without the audit's key"
        raise StoreError(msg)
    # 48 bits of a digest: enough to notice the wrong file, useless for finding the key.
    print_of_key = int.from_bytes(hmac.digest(key, b"which key", hashlib.sha256)[:6], "big")
    known = read_mark(connection, KEY_MARK, 0)
    if known == 0:
        write_mark(connection, KEY_MARK, print_of_key)
    elif known != print_of_key:
        msg = "cannot write the audit: it was begun with another key: restore people.keys_file from its backup"
        raise StoreError(msg)


def _row(number: int, entry: Entry) -> dict[str, Any]:
    by = entry.by
    texts = {
        "action": entry.action,
        "object": masked(entry.object),  # an address may hold what somebody typed into it
        "outcome": entry.outcome,
        "person_id": by.person_id,
        "login": by.login,
        "address": by.address,
        "session_id": by.session_id,
        "request_id": by.request_id,
        "before": entry.before,
        "after": entry.after,
        "reason": masked(entry.reason),
    }
    cleaned = {name: clean(text) for name, text in texts.items()}
    return {"entry_no": number, "at_us": entry.at_us, **cleaned, "count": entry.count}
