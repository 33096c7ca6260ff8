"""Reveals: one person may look at one thing unmasked for some minutes, having said why.

A reveal and its entry in the audit are one transaction: nothing is shown that is not written down.
"""

import secrets
from typing import Final, Literal, NamedTuple

from sqlalchemy import Connection, func, select

from street.clock import HOUR_US
from street.errors import NotAllowedError
from street.masking import masked
from street.people import Actor
from street.store import audit_chain, schema
from street.store.office import Office

Kind = Literal["still", "incident"]
MOST_AN_HOUR: Final = 60  # of one person: who needs more is browsing
SHORTEST_REASON: Final = 4
LONGEST_REASON: Final = 500


class Reveal(NamedTuple):
    """What may be looked at by whom, from `begun_us` until before `ends_us`."""

    reveal_id: str
    person_id: str
    kind: str
    thing_id: str
    still_us: int  # which picture of the asset; 0 for an incident
    reason: str
    begun_us: int
    ends_us: int


_COLUMNS: Final = tuple(schema.reveals.c[name] for name in Reveal._fields)


class Reveals:
    """The reveals of one store. Every method raises StoreError."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def begin(self, kind: Kind, thing_id: str, *, still_us: int, reason: str, lasts_us: int, by: Actor) -> Reveal:
        """Let *by* look at one thing for a while.

        Args:
            kind: still or incident.
            thing_id: the asset whose picture it is, or the incident.
            still_us: which picture; 0 for an incident.
            reason: why; stored without what it tells of somebody.
            lasts_us: for how long [µs].
            by: who asks; has an account.

        Raises:
            NotAllowedError: "reason" where it says too little, "too-many" after `MOST_AN_HOUR`.
        """
        kept = masked(" ".join(reason.split()))[:LONGEST_REASON]
        if len(kept) < SHORTEST_REASON:
            raise NotAllowedError(code="reason")
        now_us = self._office.now_us()
        reveal = Reveal(secrets.token_hex(16), by.person_id, kind, thing_id, still_us, kept, now_us, now_us + lasts_us)
        with self._office.writing("begin a reveal") as connection:
            if _begun_since(connection, by.person_id, now_us - HOUR_US) >= MOST_AN_HOUR:
                raise NotAllowedError(code="too-many")
            connection.execute(schema.reveals.insert(), reveal._asdict())
            after = f'{{"still_us":{still_us},"ends_us":{reveal.ends_us}}}'
            entry = self._office.done("reveal", f"{kind}/{thing_id}", by, after=after, reason=kept)
            audit_chain.append(connection, self._office.audit_key, entry)
        return reveal

    def live(self, kind: Kind, thing_id: str, *, person_id: str) -> Reveal | None:
        """Return the person's reveal of this thing that holds now, the newest one, or None.

        Before its beginning it does not hold either: a clock that was set back must not keep a picture open.
        """
        now_us = self._office.now_us()
        reveals = schema.reveals.c
        statement = (
            select(*_COLUMNS)
            .where(reveals.person_id == person_id, reveals.kind == kind, reveals.thing_id == thing_id)
            .where(reveals.begun_us <= now_us, reveals.ends_us > now_us)
            .order_by(reveals.begun_us.desc())
            .limit(1)
        )
        with self._office.reading("read reveals") as connection:
            row = connection.execute(statement).first()
        return None if row is None else Reveal(*row)


def _begun_since(connection: Connection, person_id: str, since_us: int) -> int:
    reveals = schema.reveals.c
    statement = select(func.count()).where(reveals.person_id == person_id, reveals.begun_us > since_us)
    return int(connection.execute(statement).scalar_one())
