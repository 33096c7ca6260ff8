"""Pairing: a screen or tablet shows a code, a person who may approves it, and the device gets a session.

The code only names the offer to who approves it; the session goes to who holds the offer's token.
"""

import secrets
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, select

from street.clock import MINUTE_US
from street.errors import NotAllowedError
from street.people import Actor, Grant, Person, Role
from street.store import schema
from street.store.office import Office
from street.store.people import insert_person
from street.store.person_rows import described, is_plain, read_person
from street.store.session_rows import digest
from street.store.sessions import Beginning, SessionLimits, begin_session

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L
CODE_LENGTH: Final = 8
LASTS_US: Final = 10 * MINUTE_US
MOST_OFFERS: Final = 500
MOST_OFFERS_OF_ADDRESS: Final = 20
LONGEST_NAME: Final = 64


class Offer(NamedTuple):
    """A device that waits to be approved."""

    code: str
    token: str  # "" unless just made
    kind: str  # screen or tablet
    name: str
    address: str
    ends_us: int
    person_id: str = ""  # whose session it will be, once approved


class Pairing:
    """The pairing of one store."""

    def __init__(self, office: Office, limits: SessionLimits) -> None:
        self._office = office
        self._limits = limits

    def offer(self, kind: str, name: str, address: str, now_us: int) -> Offer:
        """Offer a device; return the offer with the token that only this call knows.

        Raises:
            NotAllowedError: no such kind ("kind"), no plain name ("name"), or too many wait already ("too-many").
        """
        if kind not in {"screen", "tablet"}:
            raise NotAllowedError(code="kind")
        if len(name) > LONGEST_NAME or not is_plain(name):
            raise NotAllowedError(code="name")
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        made = Offer(code, secrets.token_urlsafe(32), kind, name, address, now_us + LASTS_US)
        offers = schema.offers
        with self._office.writing("offer a device") as connection:
            connection.execute(delete(offers).where(offers.c.ends_us <= now_us))
            own = func.count().filter(offers.c.address == address)
            everybody, of_address = connection.execute(select(func.count(), own).select_from(offers)).one()
            if everybody >= MOST_OFFERS or of_address >= MOST_OFFERS_OF_ADDRESS:
                raise NotAllowedError(code="too-many")
            row = {name: value for name, value in made._asdict().items() if name in offers.c}
            connection.execute(offers.insert(), row | {"token_hash": digest(made.token), "person_id": None})
        return made

    def waiting(self, code: str) -> Offer | None:
        """Return the offer of *code*, however it is typed; None where none waits to be approved."""
        with self._office.reading("read offers") as connection:
            return _waiting(connection, code, self._office.now_us())

    def approve(self, code: str, *, area_id: str, by: Actor, person_id: str = "") -> Offer:
        """Approve the offer of *code*.

        Args:
            code: as shown by the device.
            area_id: where a screen will stand: it becomes a person with the role `wall` there.
            by: who approves.
            person_id: whose session a tablet gets; "" takes who approves.

        Raises:
            NotAllowedError: no such offer waits ("unknown"), or the tablet's person is none who may sign in ("person").
        """
        now_us = self._office.now_us()
        with self._office.writing("approve a device") as connection:
            offer = _waiting(connection, code, now_us)
            if offer is None:
                raise NotAllowedError(code="unknown")
            if offer.kind == "screen":
                owner = self._add_screen(connection, offer, area_id, by)
            else:
                owner = person_id or by.person_id
                person = read_person(connection, now_us, owner)
                if person is None or not person.is_active:
                    raise NotAllowedError(code="person")
            offers = schema.offers
            connection.execute(offers.update().where(offers.c.code == offer.code).values(person_id=owner))
            entry = self._office.done("pairing.approve", f"person/{owner}", by, reason=f"{offer.kind} {offer.address}")
            self._office.record(connection, entry)
        return offer._replace(person_id=owner)

    def collect(self, token: str) -> str | None:
        """Return the token of the session that was approved, once; None: not yet, no longer, or never."""
        now_us = self._office.now_us()
        with self._office.reading("read offers") as connection:
            if not _approved(connection, token, now_us):
                return None
        with self._office.writing("collect a session") as connection:
            offer = _approved(connection, token, now_us)
            if offer is None:
                return None
            connection.execute(delete(schema.offers).where(schema.offers.c.code == offer.code))
            person = read_person(connection, now_us, offer.person_id)
            if person is None or not person.is_active:
                return None
            wanted = Beginning(offer.person_id, offer.kind, offer.address, offer.name)
            by = Actor(person.person_id, person.login, offer.address)
            return begin_session(connection, self._office, self._limits, wanted, by)[0]

    def _add_screen(self, connection: Connection, offer: Offer, area_id: str, by: Actor) -> str:
        screen = Person(
            person_id="",
            login=f"screen-{offer.code}",
            name=offer.name.strip() or offer.code,
            grants=(Grant(Role.WALL, area_id),),
        )
        added = insert_person(connection, screen, None, self._office.now_us())
        entry = self._office.done("person.add", f"person/{added.person_id}", by, after=described(added))
        self._office.record(connection, entry)
        return added.person_id


def _waiting(connection: Connection, code: str, now_us: int) -> Offer | None:
    typed = code.upper().replace(" ", "").replace("-", "")
    offers = schema.offers.c
    statement = select(schema.offers).where(offers.code == typed, offers.ends_us > now_us, offers.person_id.is_(None))
    row = connection.execute(statement).first() if len(typed) == CODE_LENGTH else None
    return None if row is None else Offer(row.code, "", row.kind, row.name, row.address, row.ends_us)


def _approved(connection: Connection, token: str, now_us: int) -> Offer | None:
    offers = schema.offers.c
    statement = select(schema.offers).where(
        offers.token_hash == digest(token), offers.ends_us > now_us, offers.person_id.is_not(None)
    )
    row = connection.execute(statement).first()
    return None if row is None else Offer(row.code, "", row.kind, row.name, row.address, row.ends_us, row.person_id)
