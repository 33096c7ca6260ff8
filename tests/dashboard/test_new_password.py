"""Choosing a new password."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.new_password import set_password
from dashboard.office import Office
from street import passwords
from street.clock import now_us
from street.people import Actor, Person
from tests.dashboard.accounts import HASH, NEW_PASSWORD, PASSWORD
from tests.dashboard.conftest import TESTER, configured, opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with one person in its store."""
    config = configured(tmp_path)
    store = opened(config)
    store.people().add(Person(person_id="", login="liwei", name="李伟"), password_hash=HASH, by=TESTER)
    made = Office(config, now_us)
    yield made
    made.close()
    store.close()


@pytest.mark.parametrize(
    ("new", "again", "fault"),
    [
        ("Lampe.Fluss.93", "Lampe.Fluss.94", "differs"),
        ("", "", "too-short"),
        ("short", "short", "too-short"),
        (PASSWORD, PASSWORD, "used"),
        ("x" * 300, "x" * 300, "too-long"),
        ("Lampe\x00Fluss.93", "Lampe\x00Fluss.93", "characters"),
        ("My-liwei-2026!", "My-liwei-2026!", "has-login"),
    ],
)
def test_a_bad_one_is_refused_and_the_old_one_stays(office: Office, new: str, again: str, fault: str) -> None:
    """The codes say all that is wrong."""
    person = office.people.find("liwei")
    assert person is not None

    faults = set_password(office, person, {"new": new, "again": again}, TESTER)

    assert fault in faults
    assert passwords.verify(office.people.password_hash(person.person_id), PASSWORD)


def test_a_good_one_is_set_and_the_one_before_cannot_come_back(office: Office) -> None:
    """The last five are remembered as hashes."""
    person = office.people.find("liwei")
    assert person is not None
    by = Actor(person.person_id, person.login)

    assert set_password(office, person, {"new": NEW_PASSWORD, "again": NEW_PASSWORD}, by) == []
    assert set_password(office, person, {"new": PASSWORD, "again": PASSWORD}, by) == ["used"]

    assert passwords.verify(office.people.password_hash(person.person_id), NEW_PASSWORD)
