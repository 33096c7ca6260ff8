"""A site's own matters and days: all versions kept, all of a list or nothing."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from street.errors import StoreError
from street.matters import Limit, Matter, MatterKind
from street.store import OwnDay, Store, site_calendar
from street.store.matters import calendar_of
from street.worktime import STANDARD_WINDOWS, Unit, Window
from tests.street.store.makers import KEEPER, deeds

LAMP = "01037"
NEW_YEAR = date(2027, 1, 1)


def lamp(store: Store) -> Matter:
    """Return the matter of broken lamps as it is now."""
    found = store.matters().current().find(MatterKind.MATTER, LAMP)
    assert found is not None
    return found


def test_a_new_store_has_what_is_shipped(store: Store) -> None:
    """All of the standard, in its first version, and no days of its own."""
    matters = store.matters().current()

    assert len(matters) == 403
    assert {it.version for it in matters} == {1}
    assert store.matters().own_days() == []
    assert store.matters().calendar().windows == STANDARD_WINDOWS


def test_a_change_is_the_next_version_and_the_old_ones_stay(store: Store) -> None:
    """What an incident was judged by can be looked up later."""
    first = lamp(store)
    slower = replace(first, limits={"dispatched": Limit(7, Unit.WORK_DAYS)}, is_example=False)

    counts = [store.matters().put([it], by=KEEPER) for it in (slower, slower, replace(slower, close_when="修好"))]

    assert counts == [(1, 0), (0, 0), (1, 0)]
    assert lamp(store) == replace(slower, close_when="修好", version=3)
    kept = store.matters().history(MatterKind.MATTER, LAMP)
    assert kept == [first, replace(slower, version=2), replace(slower, close_when="修好", version=3)]
    assert len(store.matters().current()) == 403


def test_a_matter_of_the_sites_own_joins(store: Store) -> None:
    """A local minor; and a component of the same digits is another thing."""
    own = Matter(kind=MatterKind.MATTER, code="06999", name="扬絮（自定义）")

    store.matters().put([own], by=KEEPER)

    assert store.matters().current().find(None, "06999") == own
    assert store.matters().current().find(MatterKind.COMPONENT, "06999") is None
    assert store.matters().history(MatterKind.MATTER, "06999") == [own]
    assert store.matters().history(MatterKind.MATTER, "06998") == []


def test_an_own_day_holds_until_it_is_the_laws_again(store: Store) -> None:
    """The year it begins is known from then on."""
    off = OwnDay(NEW_YEAR, is_workday=False, name="元旦")

    counts = [store.matters().put(days={NEW_YEAR: off}, by=KEEPER) for _ in range(2)]
    settled = store.matters().calendar()
    store.matters().put(days={NEW_YEAR: None}, by=KEEPER)

    assert counts == [(0, 1), (0, 0)]
    assert (settled.is_workday(NEW_YEAR), settled.knows(2027)) == (False, True)
    assert store.matters().own_days() == []
    assert store.matters().calendar().is_workday(NEW_YEAR)


def test_windows_are_the_sites(store: Store) -> None:
    """Set whole; the audit has what they were."""
    wanted = (Window(480, 720), Window(840, 1080))

    store.matters().put_windows(wanted, by=KEEPER)

    assert store.matters().calendar().windows == wanted
    assert deeds(store, "calendar.windows")[-1].before == "08:30-12:00 13:30-17:30"
    assert deeds(store, "calendar.windows")[-1].after == "08:00-12:00 14:00-18:00"


def test_the_calendar_is_the_same_object_until_something_changes(store: Store) -> None:
    """Laying out a year costs milliseconds; acts ask for it every time."""
    with store._read_engine.connect() as connection:
        first, second = calendar_of(connection), calendar_of(connection)
    store.matters().put(days={NEW_YEAR: OwnDay(NEW_YEAR, is_workday=False)}, by=KEEPER)
    with store._read_engine.connect() as connection:
        third = calendar_of(connection)

    assert first is second
    assert third is not second


def test_the_calendar_is_read_from_a_store_that_stays_as_it_is(store: Store, url: str, tmp_path: Path) -> None:
    """For `check`, which makes nothing and brings nothing up to date."""
    store.matters().put(days={NEW_YEAR: OwnDay(NEW_YEAR, is_workday=False)}, by=KEEPER)

    found = site_calendar(url)

    assert found is not None
    assert found.knows(2027)
    assert site_calendar(f"sqlite:///{tmp_path}/nothing.db") is None
    assert not (tmp_path / "nothing.db").exists()


def test_nothing_of_a_list_is_kept_where_one_row_cannot_be(store: Store) -> None:
    """The second row breaks the key of the first: neither is there, nor the day, nor a line in the audit."""
    own = Matter(kind=MatterKind.MATTER, code="06999", name="扬絮（自定义）")
    before = len(deeds(store))

    with pytest.raises(StoreError):
        store.matters().put([own, own], {NEW_YEAR: OwnDay(NEW_YEAR, is_workday=False)}, by=KEEPER)

    assert len(store.matters().current()) == 403
    assert store.matters().own_days() == []
    assert len(deeds(store)) == before


def test_who_changed_what_stands_in_the_audit(store: Store) -> None:
    """Limits before and after, one entry each."""
    store.matters().put([replace(lamp(store), limits={"dispatched": Limit(2, Unit.WORK_DAYS)})], by=KEEPER)

    entry = deeds(store, "matter.change")[-1]

    assert (entry.object, entry.by.login) == ("matter/matter/01037", "keeper")
    assert '"dispatched":"3 work_days"' in entry.before
    assert '"dispatched":"2 work_days"' in entry.after
