"""The policy: the table as it was decided, asked from every side."""

import itertools
from dataclasses import replace

import pytest

from street.people import Grant, Person, Role
from street.policy import TABLE, Action, Reach, Thing, areas_of, may

SUBDISTRICT, OTHER = "370202007", "370202008"
COMMUNITY, CELL = "370202007007", "370202007007003"

# What was decided, said a second time and in another form: E everywhere, A own area, D own area and on duty, O own.
# A cell that is not here is refused.
DECIDED = """
use_own_account   operator:O officer:O squad_leader:O grid_worker:O department:O leader:O admin:O auditor:O
see_live          wall:A operator:A officer:A squad_leader:A grid_worker:A department:A leader:A
see_incident      wall:A operator:A officer:A squad_leader:A grid_worker:A department:A leader:A
see_still         operator:A officer:A squad_leader:A grid_worker:A department:A leader:A
reveal            operator:D officer:D squad_leader:A
export_incidents  squad_leader:A leader:A
change_matters    admin:E
see_indicators    wall:A operator:A squad_leader:A leader:A
see_areas         wall:A operator:A officer:A squad_leader:A grid_worker:A leader:A
review_camera     operator:A squad_leader:A
act_on_alarm      operator:A squad_leader:A
shelve_alarm      operator:A squad_leader:A
see_people        admin:E leader:A squad_leader:A operator:A
change_people     admin:E
see_roster        admin:A leader:A operator:A officer:A grid_worker:A squad_leader:A
change_roster     admin:E squad_leader:A
see_assets        operator:A officer:A squad_leader:A grid_worker:A leader:A admin:A
keep_assets       admin:E
keep_devices      admin:E squad_leader:A
see_audit         auditor:E
export_audit      auditor:E
see_system        admin:E operator:E leader:E
keep_system       admin:E
edit_rules        admin:E operator:E
report_incident   operator:A officer:A squad_leader:A grid_worker:A department:A leader:A
import_incidents  operator:A squad_leader:A
file_incident     operator:A squad_leader:A
dispatch_incident operator:A squad_leader:A leader:A
handle_incident   officer:A squad_leader:A grid_worker:A department:A
verify_incident   operator:A grid_worker:A squad_leader:A
supervise_incident squad_leader:A leader:A
reopen_incident   leader:A
"""
CELLS = {
    (Action(line.split()[0]), Role(cell.split(":")[0])): cell.split(":")[1]
    for line in DECIDED.strip().splitlines()
    for cell in line.split()[1:]
}


def a_person(role: Role, area_id: str = COMMUNITY, **changes: bool) -> Person:
    """Return somebody who is one thing in one area."""
    return replace(Person(person_id="p-1", login="wang", name="王芳", grants=(Grant(role, area_id),)), **changes)


def test_the_table_is_what_was_decided() -> None:
    """Cell by cell, nothing more: a new right is a decision, not a side effect."""
    letters = {Reach.EVERYWHERE: "E", Reach.AREA: "A", Reach.OWN: "O"}
    written = {
        (action, role): "D" if right.on_duty else letters[right.reach]
        for action, rights in TABLE.items()
        for role, right in rights.items()
    }

    assert written == CELLS
    assert set(TABLE) == set(Action)


@pytest.mark.parametrize(("action", "role"), list(itertools.product(Action, Role)), ids=str)
@pytest.mark.parametrize("on_duty", [False, True], ids=["off duty", "on duty"])
def test_each_right_reaches_exactly_so_far(action: Action, role: Role, on_duty: bool) -> None:
    """Own area, what lies inside, what lies around, next door, one's own, another's."""
    letter = "E" if action is Action.OPEN else CELLS.get((action, role), "-")
    person = a_person(role, is_on_duty=on_duty)
    things = {
        "inside": Thing(CELL), "area": Thing(COMMUNITY), "around": Thing(SUBDISTRICT), "next door": Thing(OTHER),
        "nowhere": Thing(), "own": Thing(OTHER, "p-1"), "another's": Thing(OTHER, "p-2"),
    }  # fmt: skip

    allowed = {name for name, thing in things.items() if may(person, action, thing)}

    in_area = {"inside", "area"}
    reach = {"E": set(things), "A": in_area, "D": in_area if on_duty else set(), "O": {"own"}, "-": set()}
    assert allowed == reach[letter]
    assert may(person, action) == bool(allowed)


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_nobody_may_only_what_is_open(action: Action) -> None:
    """Neither without a session nor with an account that ended, whatever it was."""
    everything = replace(
        a_person(Role.ADMIN), grants=tuple(Grant(role, "370202") for role in Role), is_active=False, is_on_duty=True
    )

    assert may(None, action, Thing(COMMUNITY)) == (action is Action.OPEN)
    assert may(everything, action, Thing(COMMUNITY, "p-1")) == (action is Action.OPEN)
    assert may(replace(everything, grants=(), is_active=True), action, Thing(COMMUNITY)) == (action is Action.OPEN)


def test_own_is_nobodys_when_nobody_asks() -> None:
    """The empty id is what things of nobody have: it must not match."""
    person = replace(a_person(Role.OFFICER), person_id="")

    assert not may(person, Action.USE_OWN_ACCOUNT, Thing(COMMUNITY, ""))


def test_grants_add_up_each_in_its_area() -> None:
    """A leader in one place and officer in another exports only where she leads."""
    person = replace(a_person(Role.OFFICER), grants=(Grant(Role.LEADER, OTHER), Grant(Role.OFFICER, COMMUNITY)))

    assert may(person, Action.EXPORT_INCIDENTS, Thing(OTHER))
    assert not may(person, Action.EXPORT_INCIDENTS, Thing(COMMUNITY))
    assert may(person, Action.SEE_INCIDENT, Thing(COMMUNITY))


@pytest.mark.parametrize(("action", "role"), list(itertools.product(Action, Role)), ids=str)
def test_areas_say_the_same_as_asking_about_each_thing(action: Action, role: Role) -> None:
    """What a stream carries and what a route answers come from one table."""
    for on_duty in (False, True):
        person = a_person(role, is_on_duty=on_duty)
        areas = areas_of(person, action)
        for thing in (Thing(CELL), Thing(COMMUNITY), Thing(SUBDISTRICT), Thing(OTHER)):
            by_area = areas is None or any(thing.area_id.startswith(area) for area in areas)
            assert by_area == may(person, action, thing) or action is Action.OPEN


@pytest.mark.parametrize("person", [None, a_person(Role.ADMIN, is_active=False)], ids=["nobody", "who left"])
def test_who_may_nothing_has_no_areas(person: Person | None) -> None:
    """None would mean everywhere."""
    assert areas_of(person, Action.CHANGE_PEOPLE) == frozenset()


def test_nobody_handles_people_and_reads_the_audit_at_once() -> None:
    """等保 parts who keeps accounts from who watches them, and both from what the street sees."""
    watch = {role for (action, role) in CELLS if action in {Action.SEE_AUDIT, Action.EXPORT_AUDIT}}
    keep = {role for (action, role) in CELLS if action is Action.CHANGE_PEOPLE}
    see = {role for (action, role) in CELLS if action in {Action.REVEAL, Action.SEE_STILL, Action.SEE_LIVE}}

    assert not watch & keep
    assert not (watch | keep) & see
