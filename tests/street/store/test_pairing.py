"""Pairing: the code names a device, its token gets the session, once."""

from dataclasses import replace

import pytest

from street.errors import NotAllowedError
from street.people import Actor, Grant, Role
from street.store import Store
from street.store.pairing import ALPHABET, MOST_OFFERS_OF_ADDRESS
from tests.street.store.makers import KEEPER, NOON_US, Now, add_person, deeds, rows


def test_a_screen_becomes_a_person_that_only_looks(store: Store, now: Now) -> None:
    """With the role wall in the area that was said, under a name people know it by."""
    offer = store.pairing().offer("screen", "指挥大厅左屏", "10.0.0.7", now())
    store.pairing().approve(offer.code, area_id="370202007", by=KEEPER)

    token = store.pairing().collect(offer.token)

    found = store.sessions().find(token or "", now())
    assert found is not None
    session, person = found
    assert (session.kind, session.name, session.address) == ("screen", "指挥大厅左屏", "10.0.0.7")
    assert (person.name, person.grants) == ("指挥大厅左屏", (Grant(Role.WALL, "370202007"),))
    assert store.people().password_hash(person.person_id) is None


def test_a_tablet_is_who_approved_it(store: Store, now: Now) -> None:
    """Or whom she chose."""
    wang, li = add_person(store), add_person(store, "li.na")
    owners = []
    for person_id in ("", li.person_id):
        offer = store.pairing().offer("tablet", "", "10.0.0.8", now())
        by = Actor(wang.person_id, wang.login)
        store.pairing().approve(offer.code, area_id="370202007", by=by, person_id=person_id)
        found = store.sessions().find(store.pairing().collect(offer.token) or "", now())
        owners.append(found[1].login if found else None)

    assert owners == ["wang", "li.na"]


def test_a_session_is_collected_once(store: Store, now: Now) -> None:
    """And only by who holds the token, not by who saw the code."""
    offer = store.pairing().offer("screen", "", "10.0.0.7", now())
    early = store.pairing().collect(offer.token)
    store.pairing().approve(offer.code, area_id="370202007", by=KEEPER)

    with_code = store.pairing().collect(offer.code)
    collected = [store.pairing().collect(offer.token) for _ in range(2)]

    assert (early, with_code) == (None, None)
    assert collected[0] is not None
    assert collected[1] is None


def test_a_code_is_easy_to_read_aloud_and_is_found_however_typed(store: Store, now: Now) -> None:
    """Eight signs of which none looks like another."""
    offer = store.pairing().offer("screen", "左屏", "10.0.0.7", now())

    typed = f" {offer.code[:4].lower()}-{offer.code[4:].lower()} "
    found = store.pairing().waiting(typed)

    assert len(offer.code) == 8
    assert set(offer.code) <= set(ALPHABET)
    assert not set("01OIL") & set(ALPHABET)
    assert found == offer._replace(token="")


def test_an_offer_lasts_ten_minutes(store: Store, now: Now) -> None:
    """Then neither a look, an approval nor a collection finds it."""
    late, approved = (store.pairing().offer("screen", "", "10.0.0.7", now()) for _ in range(2))
    store.pairing().approve(approved.code, area_id="370202007", by=KEEPER)

    now.pass_by(minutes=10)

    assert store.pairing().waiting(late.code) is None
    with pytest.raises(NotAllowedError, match="unknown"):
        store.pairing().approve(late.code, area_id="370202007", by=KEEPER)
    assert store.pairing().collect(approved.token) is None


@pytest.mark.parametrize("code", ["", "ABCDEFGH", "\ud800", "' OR 1=1", "A" * 10_000])
def test_a_made_up_code_approves_nothing(store: Store, now: Now, code: str) -> None:
    """And adds no screen."""
    store.pairing().offer("screen", "", "10.0.0.7", now())

    with pytest.raises(NotAllowedError, match="unknown"):
        store.pairing().approve(code, area_id="370202007", by=KEEPER)

    assert store.people().all() == []


def test_an_offer_is_approved_once(store: Store, now: Now) -> None:
    """Two who press at once make one screen."""
    offer = store.pairing().offer("screen", "", "10.0.0.7", now())
    store.pairing().approve(offer.code, area_id="370202007", by=KEEPER)

    with pytest.raises(NotAllowedError, match="unknown"):
        store.pairing().approve(offer.code, area_id="370202007001", by=KEEPER)

    assert len(store.people().all()) == 1


def test_who_left_gets_no_tablet(store: Store, now: Now) -> None:
    """Neither at the approval nor when she leaves between it and the collection."""
    wang = add_person(store)
    first, second = (store.pairing().offer("tablet", "", "10.0.0.8", now()) for _ in range(2))
    store.pairing().approve(first.code, area_id="", by=KEEPER, person_id=wang.person_id)
    store.people().change(replace(wang, is_active=False), by=KEEPER)

    with pytest.raises(NotAllowedError, match="person"):
        store.pairing().approve(second.code, area_id="", by=KEEPER, person_id=wang.person_id)

    assert store.pairing().collect(first.token) is None
    assert store.sessions().open() == []


def test_one_address_cannot_fill_the_list(store: Store, now: Now) -> None:
    """Anybody may ask for a code: others still get theirs, and time frees the places."""
    for _ in range(MOST_OFFERS_OF_ADDRESS):
        store.pairing().offer("screen", "", "10.0.0.66", now())

    with pytest.raises(NotAllowedError, match="too-many"):
        store.pairing().offer("screen", "", "10.0.0.66", now())
    other = store.pairing().offer("screen", "", "10.0.0.7", now())
    now.pass_by(minutes=10)
    again = store.pairing().offer("screen", "", "10.0.0.66", now())

    assert other.code != again.code
    assert rows(store, "SELECT count(*) FROM offers") == [(1,)]


@pytest.mark.parametrize(("kind", "name"), [("phone", ""), ("screen", "x" * 65), ("screen", "a\nb"), ("screen", "\0")])
def test_an_offer_that_cannot_be_is_refused(store: Store, kind: str, name: str) -> None:
    """It comes from nobody who signed in."""
    with pytest.raises(NotAllowedError):
        store.pairing().offer(kind, name, "10.0.0.7", NOON_US)

    assert rows(store, "SELECT count(*) FROM offers") == [(0,)]


def test_pairing_is_audited_by_who_approved(store: Store, now: Now) -> None:
    """The new person, the approval and the session."""
    offer = store.pairing().offer("screen", "", "10.0.0.7", now())
    store.pairing().approve(offer.code, area_id="370202007", by=Actor("p-1", "zhao", "10.0.0.2"))
    store.pairing().collect(offer.token)

    assert [(entry.action, entry.by.login) for entry in deeds(store)] == [
        ("person.add", "zhao"),
        ("pairing.approve", "zhao"),
        ("session.begin", f"screen-{offer.code.lower()}"),
    ]
