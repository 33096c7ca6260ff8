"""Visits to key areas: kept while they go on, counted as patrols when they were long enough."""

import pytest

from street.clock import DAY_US, MINUTE_US, SECOND_US
from street.errors import StoreError
from street.key_areas import Stay
from street.store import Store, Visit
from tests.street.store.makers import NOON_US, add_person, rows


def a_visit(
    person_id: str, place_id: str = "K-1", minutes: float = 0, *, left: bool = False, from_min: int = 0
) -> Visit:
    """Return a visit that has lasted so long."""
    entered_us = NOON_US + from_min * MINUTE_US
    seen_us = entered_us + int(minutes * MINUTE_US)
    return Visit(place_id, person_id, Stay(entered_us, seen_us, seen_us if left else None))


def test_a_visit_is_one_row_from_entering_to_leaving(store: Store) -> None:
    """Each position moves its end; who left is in it no more."""
    who, book = add_person(store).person_id, store.visits()

    for visit in (a_visit(who), a_visit(who, minutes=1), a_visit(who, minutes=2)):
        book.keep([visit])
        assert book.going_on() == [visit]
    book.keep([a_visit(who, minutes=3, left=True)])

    assert book.going_on() == []
    assert rows(store, "SELECT entered_us, seen_us, left_us FROM area_visits") == [
        (NOON_US, NOON_US + 3 * MINUTE_US, NOON_US + 3 * MINUTE_US)
    ]


def test_one_person_is_in_several_areas_at_once(store: Store) -> None:
    """The church stands on the corridor; and one area holds several people."""
    one, two, book = add_person(store).person_id, add_person(store, "li").person_id, store.visits()

    book.keep([a_visit(one), a_visit(one, "K-2"), a_visit(two)])

    assert sorted((it.place_id, it.person_id) for it in book.going_on()) == sorted(
        [("K-1", one), ("K-2", one), ("K-1", two)]
    )


def test_who_only_drove_through_has_not_patrolled(store: Store) -> None:
    """A minute makes a patrol; the last one counts, also one that goes on, also one of last week."""
    who, book = add_person(store).person_id, store.visits()
    book.keep([
        a_visit(who, "K-1", 5), a_visit(who, "K-1", 0.9, from_min=60), a_visit(who, "K-2", 0.9), a_visit(who, "K-3", 1),
    ])  # fmt: skip

    assert book.last_patrols() == {"K-1": NOON_US + 5 * MINUTE_US, "K-3": NOON_US + MINUTE_US}


def test_an_empty_store_knows_no_patrol(store: Store) -> None:
    """And has nothing to forget."""
    book = store.visits()

    assert (book.going_on(), book.last_patrols(), book.forget(NOON_US)) == ([], {}, 0)


def test_old_visits_are_forgotten(store: Store) -> None:
    """Where people were is kept no longer than it counts; what goes on stays."""
    who, book = add_person(store).person_id, store.visits()
    book.keep([a_visit(who, "K-1", 1), a_visit(who, "K-2", 2), a_visit(who, "K-3")])
    book.keep([a_visit(who, "K-1", 1, left=True), a_visit(who, "K-2", 2, left=True)])

    forgotten = [
        book.forget(at_us) for at_us in (NOON_US + MINUTE_US, NOON_US + MINUTE_US + SECOND_US, NOON_US + DAY_US)
    ]

    assert forgotten == [0, 1, 1]
    assert [it.place_id for it in book.going_on()] == ["K-3"]


def test_the_visit_of_who_is_no_more_ends_in_silence(store: Store) -> None:
    """Her account is gone with all that told of her: the end of her visit must not stop everybody else's."""
    who, book = add_person(store).person_id, store.visits()

    book.keep([a_visit("p-gone", minutes=3, left=True), a_visit(who)])

    assert book.going_on() == [a_visit(who)]


def test_all_of_them_are_kept_or_none(store: Store) -> None:
    """One that refers to nobody fails, and takes the others along to the next turn."""
    who, book = add_person(store).person_id, store.visits()

    with pytest.raises(StoreError):
        book.keep([a_visit(who), a_visit("p-gone")])

    assert book.going_on() == []
