"""Where officers are while they are on duty, and who could be sent."""

import pytest

from street.clock import HOUR_US, MINUTE_US, SECOND_US
from street.dispatching import Position
from street.incidents import Act, Order
from street.people import Actor, Grant, Person, Role, Shift
from street.store import Store, Writer
from tests.street.store.makers import KEEPER, NOON_US, Now, add_person, an_incident, rows

CELL, SUBDISTRICT = "370202007007003", "370202007"


def an_officer(store: Store, login: str = "wang", *, on_duty: bool = True, **changes: object) -> Person:
    """Add an officer, on duty for an hour around noon."""
    who = add_person(store, login, **changes)
    if on_duty:
        shift = Shift(person_id=who.person_id, starts_us=NOON_US - HOUR_US, ends_us=NOON_US + HOUR_US)
        store.roster().put([shift], by=KEEPER)
    return who


def test_the_newest_position_is_kept(store: Store) -> None:
    """One that comes late, from a tablet that was offline, does not take its place."""
    who = an_officer(store)
    dispatch = store.dispatch()

    kept = [
        dispatch.put_position(who.person_id, Position(120.0 + minute, 36.0, NOON_US - minute * MINUTE_US, 5.0), NOON_US)
        for minute in (2, 1, 3)
    ]

    assert kept == [True, True, False]
    assert dispatch.positions() == {who.person_id: Position(121.0, 36.0, NOON_US - MINUTE_US, 5.0)}


def test_off_duty_nobody_is_followed(store: Store, now: Now) -> None:
    """Nothing is kept of her then, and what there was goes when the shift ends."""
    on, off = an_officer(store), an_officer(store, "li", on_duty=False)
    dispatch, here = store.dispatch(), Position(120.0, 36.0, NOON_US)

    assert [dispatch.put_position(it.person_id, here, NOON_US) for it in (on, off)] == [True, False]
    assert dispatch.forget_positions(NOON_US + HOUR_US - 1) == 0
    assert dispatch.forget_positions(NOON_US + HOUR_US) == 1
    assert dispatch.positions() == {}


@pytest.mark.parametrize(
    "position",
    [
        pytest.param(Position(181.0, 36.0, NOON_US), id="no longitude"),
        pytest.param(Position(120.0, -91.0, NOON_US), id="no latitude"),
        pytest.param(Position(float("nan"), 36.0, NOON_US), id="NaN"),
        pytest.param(Position(120.0, 36.0, NOON_US, -1.0), id="accuracy below zero"),
        pytest.param(Position(120.0, 36.0, NOON_US, float("inf")), id="accuracy without end"),
        pytest.param(Position(120.0, 36.0, NOON_US + 121 * SECOND_US), id="from the future"),
        pytest.param(Position(120.0, 36.0, -1), id="before time began"),
    ],
)
def test_what_cannot_be_true_is_not_kept(store: Store, position: Position) -> None:
    """One from next year would be the newest for a year."""
    who = an_officer(store)

    assert not store.dispatch().put_position(who.person_id, position, NOON_US)
    assert store.dispatch().positions() == {}


def test_candidates_are_the_officers_of_the_place_and_the_departments(store: Store) -> None:
    """With what they have to do, and where they are."""
    here = an_officer(store, "here", grants=(Grant(Role.OFFICER, "370202007007"),))
    an_officer(store, "elsewhere", grants=(Grant(Role.OFFICER, "370202007008"),))
    an_officer(store, "gone", is_active=False)
    add_person(store, "clerk", Role.DEPARTMENT, unit="Parks")
    add_person(store, "operator", Role.OPERATOR)
    store.dispatch().put_position(here.person_id, Position(120.0, 36.0, NOON_US), NOON_US)

    found = store.dispatch().candidates(CELL, NOON_US, owner="Works")

    assert [it.name if it.department_id else it.person_id for it in found] == [here.person_id, "Parks", "Works"]
    assert (found[0].position, found[0].is_on_duty) == (Position(120.0, 36.0, NOON_US), True)


def test_a_place_of_which_little_is_known_may_be_anybodys(store: Store) -> None:
    """A call names no street: officers of every community of the subdistrict come into question."""
    an_officer(store, "one", grants=(Grant(Role.OFFICER, "370202007007"),))
    an_officer(store, "two", grants=(Grant(Role.OFFICER, "370202007008"),))

    assert len(store.dispatch().candidates(SUBDISTRICT, NOON_US)) == 2


def test_the_load_counts_what_is_open_and_what_is_late(store: Store, writer: Writer) -> None:
    """Closed ones do not count; an extension's limit does."""
    who = an_officer(store)
    batch = writer.begin(NOON_US)
    for number in range(3):
        batch.report_incident(an_incident(f"rules/{number}", grid_cell_id=CELL))
    batch.commit()
    acts = store.acts()
    for number in range(2):
        for act in (Act.FILE, Act.DISPATCH):
            order = Order(
                action_id=f"{act}-{number}", incident_id=f"rules/{number}", act=act, at_us=NOON_US,
                officer_id=who.person_id,
            )  # fmt: skip
            acts.act(order, by=Actor.system("tests"), now_us=NOON_US)
    until_us = NOON_US + 10 * 24 * HOUR_US
    extended = Order(
        action_id="x", incident_id="rules/0", act=Act.EXTEND, at_us=NOON_US, reason="rain", until_us=until_us
    )
    acts.act(extended, by=Actor.system("tests"), now_us=NOON_US)

    [before], [after] = (store.dispatch().candidates(CELL, at_us) for at_us in (NOON_US, until_us + 1))

    assert (before.open_count, before.late_count) == (2, 0)
    assert (after.open_count, after.late_count) == (2, rows(
        store, f"SELECT count(*) FROM incidents WHERE handler_id != '' AND due_us < {until_us + 1}"
    )[0][0])  # fmt: skip
    assert after.late_count >= 1


def test_duty_says_that_it_lives(store: Store) -> None:
    """Beside ingest's own sign of life, which it leaves alone."""
    assert store.dispatch().heartbeat() is None

    for second in (0, 1):
        store.dispatch().beat(NOON_US + second, '{"escalated":1}')

    assert store.dispatch().heartbeat() == NOON_US + 1
    assert rows(store, "SELECT part FROM heartbeats") == [("duty",)]
