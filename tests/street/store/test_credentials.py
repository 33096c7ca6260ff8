"""Passwords and second factors as the store keeps them."""

import threading

import pytest

from street.errors import NotAllowedError
from street.people import Actor
from street.store import Store
from tests.street.store.makers import KEEPER, Now, add_person, deeds, rows


def test_a_new_password_ends_the_other_sessions(store: Store, now: Now) -> None:
    """Who changed it stays signed in where she did; a thief elsewhere does not."""
    person = add_person(store)
    here, session = store.sessions().begin(person.person_id, kind="person", address="10.0.0.1", name="", by=KEEPER)
    there, _ = store.sessions().begin(person.person_id, kind="tablet", address="10.0.0.2", name="", by=KEEPER)

    herself = Actor(person.person_id, person.login, session_id=session.session_id)
    store.people().set_password(person.person_id, "hash-2", must_change=False, by=herself)

    assert store.sessions().find(here, now()) is not None
    assert store.sessions().find(there, now()) is None
    assert store.sessions().why_ended(there, now()) == "password-changed"


def test_a_reset_ends_all_sessions_and_asks_for_another(store: Store, now: Now) -> None:
    """Whatever session the keeper has is none of hers."""
    person = add_person(store)
    token, session = store.sessions().begin(person.person_id, kind="person", address="10.0.0.1", name="", by=KEEPER)

    keeper = Actor("p-9", "keeper", session_id=session.session_id)
    store.people().set_password(person.person_id, "hash-2", must_change=True, by=keeper)

    found = store.people().get(person.person_id)
    assert found is not None
    assert found.must_change_password
    assert store.sessions().find(token, now()) is None


def test_the_last_five_passwords_are_remembered(store: Store, now: Now) -> None:
    """Newest first; the sixth is forgotten for good."""
    person = add_person(store)
    for number in range(2, 8):
        now.pass_by(days=1)
        store.people().set_password(person.person_id, f"hash-{number}", must_change=False, by=KEEPER)

    assert store.people().recent_hashes(person.person_id) == [f"hash-{number}" for number in (7, 6, 5, 4, 3)]
    assert store.people().password_hash(person.person_id) == "hash-7"
    assert store.people().password_set_us(person.person_id) == now.us
    assert rows(store, "SELECT count(*) FROM old_passwords") == [(4,)]


def test_two_changes_in_one_instant_are_two(store: Store) -> None:
    """The clock may stand still or step back."""
    person = add_person(store)

    for number in (2, 3):
        store.people().set_password(person.person_id, f"hash-{number}", must_change=False, by=KEEPER)

    assert store.people().password_hash(person.person_id) == "hash-3"


def test_nobody_has_neither_password_nor_factor(store: Store) -> None:
    """Asking tells nothing; setting is refused."""
    people = store.people()

    assert (people.password_hash("x"), people.password_set_us("x"), people.second_factor("x")) == (None, None, None)
    with pytest.raises(NotAllowedError):
        people.set_password("x", "hash", must_change=False, by=KEEPER)
    with pytest.raises(NotAllowedError):
        people.set_second_factor("x", b"sealed", by=KEEPER)
    assert deeds(store) == []


def test_a_second_factor_is_kept_and_taken_away(store: Store) -> None:
    """Bytes as they were given, and the audit knows both."""
    person = add_person(store)
    people = store.people()

    people.set_second_factor(person.person_id, b"\x00sealed\xff", by=KEEPER)
    kept, had = people.second_factor(person.person_id), people.get(person.person_id)
    people.set_second_factor(person.person_id, None, by=KEEPER)

    assert kept == b"\x00sealed\xff"
    assert had is not None
    assert had.has_totp
    assert people.second_factor(person.person_id) is None
    assert [entry.action for entry in deeds(store, "second_factor")] == ["second_factor.set", "second_factor.clear"]


def test_each_step_is_used_once(store: Store) -> None:
    """Nor one before it: a code that was seen over a shoulder is worth nothing."""
    person = add_person(store)
    use = store.people().use_code

    assert [use(person.person_id, step) for step in (100, 100, 99, 101)] == [True, False, False, True]


def test_of_two_that_use_a_step_at_once_one_does(store: Store) -> None:
    """Two browsers, one code, the same moment."""
    person = add_person(store)
    done: list[bool] = []

    both = [
        threading.Thread(target=lambda: done.append(store.people().use_code(person.person_id, 7))) for _ in range(8)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(done) == [False] * 7 + [True]


def test_secrets_are_not_in_the_audit(store: Store) -> None:
    """Neither hashes nor sealed factors."""
    person = add_person(store)

    store.people().set_password(person.person_id, "hash-2", must_change=False, by=KEEPER)
    store.people().set_second_factor(person.person_id, b"sealed", by=KEEPER)

    said = str(rows(store, "SELECT * FROM audit"))
    assert not [it for it in ("hash-1", "hash-2", "sealed") if it in said]
