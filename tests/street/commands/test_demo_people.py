"""The demo's accounts: one for each role, each where it makes sense, on duty whenever the demo runs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import street
from street import passwords
from street.clock import DAY_US
from street.commands.demo_people import DAYS, demo_password, demo_people, end_demo_people, make_demo_people
from street.errors import LoginTakenError, NotAllowedError
from street.people import Role
from street.places import load_places
from street.policy import Action, Thing, may
from street.store import Store, open_store
from tests.street.store.makers import KEEPER, KEY, NOON_US, Now, add_person, deeds


@pytest.fixture
def now() -> Now:
    """Give the store's clock."""
    return Now()


@pytest.fixture
def store(tmp_path: Path, now: Now) -> Iterator[Store]:
    """Give an empty store in a file: these promises are about people, not engines."""
    opened = open_store(f"sqlite:///{tmp_path}/street.db", now, audit_key=KEY)
    yield opened
    opened.close()


def test_each_role_has_one_account_with_its_own_name(store: Store) -> None:
    """The sign-in page lists them; nobody else is added."""
    added = make_demo_people(store, NOON_US)

    people = store.people().all()
    assert added == len(people) == len(Role)
    assert {person.login for person in people} == {role.value for role in Role}
    assert all(person.roles == {Role(person.login)} for person in people)
    assert all(person.is_demo and person.is_active and not person.must_change_password for person in people)
    assert len({person.name for person in people}) == len(people)


def test_each_signs_in_with_the_password_that_is_shown(store: Store) -> None:
    """Stored as any other."""
    make_demo_people(store, NOON_US)

    for role in (Role.OFFICER, Role.SQUAD_LEADER, Role.WALL):
        person = store.people().find(role.value)
        assert person is not None
        assert passwords.verify(store.people().password_hash(person.person_id), demo_password(role))


def test_their_areas_are_of_the_map() -> None:
    """The officer has a community, the grid worker a cell of it, the others the subdistrict."""
    places = load_places(Path(street.__file__).parent / "geo")
    areas = {role: person.grants[0].area_id for role, (person, _) in demo_people().items()}

    assert areas.pop(Role.OFFICER) in places.communities
    assert areas.pop(Role.GRID_WORKER) in places.grid_cells
    assert set(areas.values()) == {"370202007"}


def test_who_works_shifts_is_on_duty_at_any_hour(store: Store, now: Now) -> None:
    """For a month: the demo may run at night, and for days."""
    make_demo_people(store, now())

    for hours in (0, 7, 13, 24 * (DAYS - 2)):
        now.us = NOON_US + hours * 3_600_000_000
        on_duty = {person.login for person in store.people().all() if person.is_on_duty}
        assert on_duty == {"operator", "officer", "squad_leader", "grid_worker"}
        officer = store.people().find("officer")
        assert may(officer, Action.REVEAL, Thing("370202007007003"))


def test_doing_it_again_adds_nobody_and_renews_the_roster(store: Store, now: Now) -> None:
    """`make demo` does it at each start; on one day it leaves no second trace."""
    make_demo_people(store, now())
    before = len(deeds(store))

    again = make_demo_people(store, now())
    same_day = len(deeds(store))
    now.us += 40 * DAY_US
    make_demo_people(store, now())

    assert (again, same_day) == (0, before)
    officer = store.people().find("officer")
    assert officer is not None
    assert officer.is_on_duty


def test_somebody_real_keeps_her_login(store: Store) -> None:
    """An operator called operator is not made into an example."""
    add_person(store, "operator")

    with pytest.raises(LoginTakenError):
        make_demo_people(store, NOON_US)

    real = store.people().find("operator")
    assert real is not None
    assert not real.is_demo


def test_the_demo_ends_and_begins_again(store: Store, now: Now) -> None:
    """Ended accounts let nobody in; a demo that begins again has them back."""
    make_demo_people(store, NOON_US)
    add_person(store, "real", Role.ADMIN)
    officer = store.people().find("officer")
    assert officer is not None
    token, _ = store.sessions().begin(officer.person_id, kind="person", address="", name="", by=KEEPER)

    ended = end_demo_people(store)

    assert ended == len(Role)
    assert store.sessions().find(token, now()) is None
    assert make_demo_people(store, NOON_US) == 0
    assert store.people().find("officer") == replace(officer, version=3, is_on_duty=True)


def test_the_demos_admin_stays_while_there_is_no_other(store: Store) -> None:
    """Else nobody could let anybody in."""
    make_demo_people(store, NOON_US)

    with pytest.raises(NotAllowedError, match="last-admin"):
        end_demo_people(store)
