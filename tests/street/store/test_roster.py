"""The roster: shifts that never overlap, changed by the day."""

import pytest

from street.clock import DAY_US, HOUR_US
from street.errors import FieldError
from street.people import Grant, Role, Shift
from street.store import Store
from tests.street.store.makers import KEEPER, NOON_US, add_person, deeds


def a_shift(person_id: str, hour: int = 0, hours: int = 8) -> Shift:
    """Return a shift that begins *hour* hours after noon."""
    starts_us = NOON_US + hour * HOUR_US
    return Shift(person_id=person_id, starts_us=starts_us, ends_us=starts_us + hours * HOUR_US)


def test_shifts_that_touch_a_time_are_found(store: Store) -> None:
    """Also those that began before; not those that end as it begins."""
    wang = add_person(store).person_id
    shifts = [a_shift(wang, hour) for hour in (0, 8, 16)]
    store.roster().put(shifts, by=KEEPER)

    found = store.roster().shifts(NOON_US + 8 * HOUR_US, NOON_US + 17 * HOUR_US)

    assert found == shifts[1:]


def test_shifts_of_an_area_are_those_of_its_people(store: Store) -> None:
    """Whose grant lies in it or inside it."""
    near = add_person(store, "near", grants=(Grant(Role.OFFICER, "370202007007"),)).person_id
    inside = add_person(store, "inside", grants=(Grant(Role.GRID_WORKER, "370202007007003"),)).person_id
    far = add_person(store, "far", grants=(Grant(Role.OFFICER, "370202007001"),)).person_id
    store.roster().put([a_shift(each) for each in (near, inside, far)], by=KEEPER)

    found = store.roster().shifts(NOON_US, NOON_US + 1, "370202007007")

    assert {shift.person_id for shift in found} == {near, inside}


def test_a_day_is_replaced_and_its_neighbours_stay(store: Store) -> None:
    """Also a night shift that began the day before."""
    wang = add_person(store).person_id
    before, old, after = a_shift(wang, -4), a_shift(wang, 5), a_shift(wang, 24)
    store.roster().put([before, old, after], by=KEEPER)

    store.roster().replace(wang, NOON_US, NOON_US + DAY_US, [a_shift(wang, 10, 12)], by=KEEPER)

    assert store.roster().shifts(0, NOON_US * 2) == [before, a_shift(wang, 10, 12), after]


@pytest.mark.parametrize(
    ("hour", "hours", "code"),
    [
        pytest.param(7, 8, "overlaps", id="begins inside"),
        pytest.param(-1, 2, "overlaps", id="ends inside"),
        pytest.param(-1, 30, "overlaps", id="around it"),
        pytest.param(20, 0, "length", id="no time"),
        pytest.param(20, -1, "length", id="ends before it begins"),
        pytest.param(20, 37, "length", id="longer than anybody works"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(store: Store, hour: int, hours: int, code: str) -> None:
    """And whatever came with it."""
    wang, li = add_person(store).person_id, add_person(store, "li.na").person_id
    store.roster().put([a_shift(wang)], by=KEEPER)

    with pytest.raises(FieldError, match=code):
        store.roster().put([a_shift(li), a_shift(wang, hour, hours)], by=KEEPER)

    assert store.roster().shifts(0, NOON_US * 2) == [a_shift(wang)]


def test_of_two_equal_shifts_both_are_refused(store: Store) -> None:
    """A list that names a shift twice is told, not half taken."""
    wang = add_person(store).person_id

    with pytest.raises(FieldError, match="overlaps"):
        store.roster().put([a_shift(wang), a_shift(wang, 0, 4)], by=KEEPER)

    assert store.roster().shifts(0, NOON_US * 2) == []


def test_shifts_may_follow_each_other(store: Store) -> None:
    """And two people may work at the same time."""
    wang, li = add_person(store).person_id, add_person(store, "li.na").person_id

    store.roster().put([a_shift(wang), a_shift(wang, 8), a_shift(li)], by=KEEPER)

    assert len(store.roster().shifts(0, NOON_US * 2)) == 3


def test_putting_a_shift_again_changes_its_end(store: Store) -> None:
    """Two who plan at once agree in the end."""
    wang = add_person(store).person_id
    store.roster().put([a_shift(wang)], by=KEEPER)

    store.roster().put([a_shift(wang, 0, 4)], by=KEEPER)

    assert store.roster().shifts(0, NOON_US * 2) == [a_shift(wang, 0, 4)]


def test_a_shift_is_dropped_once(store: Store) -> None:
    """The second is told there was none; each change has its entry."""
    wang = add_person(store).person_id
    store.roster().put([a_shift(wang)], by=KEEPER)

    dropped = [store.roster().drop(a_shift(wang), by=KEEPER) for _ in range(2)]

    assert dropped == [True, False]
    assert [entry.action for entry in deeds(store, "roster.")] == ["roster.put", "roster.drop"]
    assert deeds(store, "roster.drop")[0].before == "2026-09-21T14:00:00Z/2026-09-21T22:00:00Z"
