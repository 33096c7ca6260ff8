"""Notices in the store: with their act or not at all, once, to whom they are for."""

import pytest

from street.clock import HOUR_US
from street.notices import Notice, to_department, to_level, to_person, to_role
from street.people import Grant, Person, Role, Shift
from street.store import Store
from street.store.notices import put
from tests.street.store.makers import KEEPER, NOON_US, Now, add_person, rows

CELL, SUBDISTRICT, DISTRICT = "370202007007003", "370202007", "370202"


def a_notice(notice_id: str = "n-1", *to: str, **changes: object) -> Notice:
    """Return a notice to somebody."""
    given = {"notice_id": notice_id, "kind": "closed", "at_us": NOON_US, "to": to, "fields": {"no": "1"}}
    return Notice(**{**given, **changes})  # type: ignore[arg-type]  # a row of a test


def readers(store: Store, *to: str) -> set[str]:
    """Return the logins of who a notice to these reaches."""
    store.notices().put(a_notice("n-x", *to))
    by_id = {it.person_id: it.login for it in store.people().all()}
    return {by_id[person_id] for person_id, _ in store.notices().readers("n-x")}


def put_on_duty(store: Store, person: Person) -> None:
    """Put somebody on the roster around noon."""
    shift = Shift(person_id=person.person_id, starts_us=NOON_US - HOUR_US, ends_us=NOON_US + HOUR_US)
    store.roster().put([shift], by=KEEPER)


def test_a_notice_comes_back_as_it_was(store: Store) -> None:
    """With its fields and whether it is a drill."""
    who = add_person(store)
    notice = a_notice("n-1", to_person(who.person_id), severity=1, incident_id="rules/a-1", is_drill=True)

    store.notices().put(notice)

    [listed] = store.notices().of(who.person_id)
    assert (listed.notice, listed.read_us) == (Notice(**{**_fields(notice), "to": ()}), None)


def test_the_same_id_is_never_kept_twice(store: Store) -> None:
    """An act that is tried again tells nobody again."""
    who = add_person(store)

    for _ in range(3):
        store.notices().put(a_notice("n-1", to_person(who.person_id)))

    assert store.notices().unread(who.person_id) == 1
    assert rows(store, "SELECT count(*) FROM changes") == [(1,)]


def test_a_notice_is_gone_with_the_act_that_failed(store: Store) -> None:
    """In the same transaction: nobody hears of what was not done."""
    who = add_person(store)

    def act() -> None:
        with store._office.writing("act") as connection:
            put(connection, a_notice("n-1", to_person(who.person_id)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()

    assert store.notices().unread(who.person_id) == 0
    assert rows(store, "SELECT count(*) FROM notices") == [(0,)]


def test_streams_hear_whom_it_is_for(store: Store) -> None:
    """And nothing of what it says."""
    who = add_person(store)

    store.notices().put(a_notice("n-1", to_person(who.person_id)))

    assert rows(store, "SELECT body FROM changes ORDER BY seq DESC LIMIT 1") == [(f'{{"n":["{who.person_id}"]}}',)]


def test_everybody_is_told_once_however_often_named(store: Store) -> None:
    """As a person, by department and by role."""
    who = add_person(store, "zhou", Role.DEPARTMENT, unit="Parks")
    to = to_person(who.person_id), to_department("Parks"), to_role(Role.DEPARTMENT, CELL)

    assert readers(store, *to) == {"zhou"}
    assert rows(store, "SELECT count(*) FROM notice_readers") == [(1,)]


def test_a_role_is_told_where_its_area_holds_the_place(store: Store) -> None:
    """Not in the next community, and not who only has the name."""
    for login, area_id in (("cell", CELL), ("all", SUBDISTRICT), ("next", "370202007008")):
        add_person(store, login, Role.SQUAD_LEADER, grants=(Grant(Role.SQUAD_LEADER, area_id),))
    add_person(store, "other", Role.OFFICER)

    assert readers(store, to_role(Role.SQUAD_LEADER, CELL)) == {"cell", "all"}


def test_a_level_is_told_in_exactly_its_area(store: Store) -> None:
    """The district's leader is not the subdistrict's."""
    for login, area_id in (("street", SUBDISTRICT), ("district", DISTRICT)):
        add_person(store, login, Role.LEADER, grants=(Grant(Role.LEADER, area_id),))

    assert readers(store, to_level(Role.LEADER, SUBDISTRICT)) == {"street"}


def test_of_a_role_those_on_duty_are_told(store: Store) -> None:
    """The others sleep; where nobody is on duty, all of them are told."""
    on, off = (add_person(store, login, Role.SQUAD_LEADER) for login in ("on", "off"))
    assert readers(store, to_role(Role.SQUAD_LEADER, CELL)) == {"on", "off"}
    put_on_duty(store, on)

    store.notices().put(a_notice("n-2", to_role(Role.SQUAD_LEADER, CELL)))

    assert [person_id for person_id, _ in store.notices().readers("n-2")] == [on.person_id]
    assert off.person_id


def test_who_left_is_told_nothing(store: Store) -> None:
    """Not even by name."""
    gone = add_person(store, "gone", is_active=False)

    assert readers(store, to_person(gone.person_id), to_role(Role.OFFICER, CELL), to_person("no-such")) == set()


def test_reading_is_one_s_own(store: Store, now: Now) -> None:
    """Up to a number, once: the first time counts."""
    hers, his = (add_person(store, login) for login in ("hers", "his"))
    for number in (1, 2, 3):
        store.notices().put(a_notice(f"n-{number}", to_person(hers.person_id), to_person(his.person_id)))
    second = store.notices().of(hers.person_id)[1].notice_no

    moved = [store.notices().read(hers.person_id, second, now.us + again) for again in (0, 5)]

    assert moved == [2, 0]
    assert [it.read_us for it in store.notices().of(hers.person_id)] == [None, now.us, now.us]
    assert (store.notices().unread(hers.person_id), store.notices().unread(his.person_id)) == (1, 3)


def test_old_notices_are_forgotten_in_pieces(store: Store) -> None:
    """With their readers and deliveries."""
    who = add_person(store)
    for number in range(5):
        store.notices().put(a_notice(f"n-{number}", to_person(who.person_id), at_us=NOON_US + number))

    gone = [store.notices().forget(NOON_US + 4, 3) for _ in range(3)]

    assert gone == [3, 1, 0]
    assert [it.notice.notice_id for it in store.notices().of(who.person_id)] == ["n-4"]


def _fields(notice: Notice) -> dict[str, object]:
    return {name: getattr(notice, name) for name in Notice.__slots__}
