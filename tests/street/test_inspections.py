"""Who must be looked at by a person, and when."""

from datetime import date, timedelta

import pytest

from street.assets import Asset
from street.clock import EPOCH, as_us
from street.inspections import DueCounts, DueState, by_kind, due_list, next_due, today

TODAY = date(2026, 11, 24)


def an_asset(asset_id: str, in_days: int | None, kind: str = "manhole", cycle: int | None = None) -> Asset:
    """Return an asset that is due in so many days."""
    due = None if in_days is None else TODAY + timedelta(days=in_days)
    return Asset(asset_id=asset_id, kind=kind, name=asset_id, inspection_due=due, inspection_days=cycle)


@pytest.mark.parametrize(
    ("in_days", "state"),
    [
        pytest.param(-1, DueState.OVERDUE, id="yesterday"),
        pytest.param(0, DueState.DUE, id="today is not too late"),
        pytest.param(30, DueState.DUE, id="the last day of soon"),
        pytest.param(31, None, id="later"),
        pytest.param(None, None, id="never"),
    ],
)
def test_an_inspection_is_due_from_its_month_on(in_days: int | None, state: DueState | None) -> None:
    """And overdue from the day after."""
    found = due_list([an_asset("a", in_days)], TODAY)

    assert [(it.state, it.days) for it in found] == ([] if state is None else [(state, in_days)])


def test_the_longest_overdue_comes_first() -> None:
    """Then by id, so that two lists of one day agree."""
    assets = [an_asset("b", 3), an_asset("c", -9), an_asset("a", 3), an_asset("d", -1)]

    assert [it.asset.asset_id for it in due_list(assets, TODAY)] == ["c", "d", "a", "b"]


def test_kinds_are_counted_the_worst_first() -> None:
    """Trees before manholes where more of them are overdue."""
    assets = [an_asset("m", 1), an_asset("m2", -1), an_asset("t", -1, "tree"), an_asset("t2", -2, "tree")]

    assert by_kind(due_list(assets, TODAY)) == {"tree": DueCounts(2, 0), "manhole": DueCounts(1, 1)}


def test_a_cycle_begins_with_the_inspection_that_was_made() -> None:
    """Not with the day it was planned for."""
    assert next_due(an_asset("a", -40, cycle=90), TODAY) == TODAY + timedelta(days=90)
    assert next_due(an_asset("a", -40), TODAY) is None


def test_a_day_begins_in_the_street_and_not_in_greenwich() -> None:
    """16:00 UTC is midnight in Qingdao."""
    noon_us = as_us(EPOCH.replace(year=2026, month=11, day=24, hour=16))

    assert today(noon_us) == date(2026, 11, 25)
    assert today(noon_us - 1) == date(2026, 11, 24)
