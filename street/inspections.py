"""Inspections: which assets are due to be looked at by a person: dangerous trees, manholes, fire lanes."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from street import clock
from street.assets import Asset

WITHIN_DAYS = 30


class DueState(StrEnum):
    """How urgent an inspection is."""

    OVERDUE = "overdue"  # its day has passed
    DUE = "due"  # its day is today or soon


class Inspection(NamedTuple):
    """An inspection that is to be made. `days` are left until its day; below 0 they have passed."""

    asset: Asset
    due: date
    days: int
    state: DueState


class DueCounts(NamedTuple):
    """How many of one kind."""

    overdue: int
    due: int


def today(now_us: int) -> date:
    """Return the local day at *now_us*."""
    return clock.as_datetime(now_us).astimezone(clock.STREET_ZONE).date()


def until(day: date, within_days: int = WITHIN_DAYS) -> date:
    """Return the last day that counts as soon, seen from *day*."""
    return day + timedelta(days=within_days)


def due_list(assets: Iterable[Asset], day: date, within_days: int = WITHIN_DAYS) -> list[Inspection]:
    """Return what is overdue or due soon, longest overdue first; assets that nobody inspects are not in it.

    Args:
        assets: any, in any order.
        day: today.
        within_days: how far ahead soon is; what is due that day is in, the day after is not.
    """
    found = [
        Inspection(asset, asset.inspection_due, left, DueState.OVERDUE if left < 0 else DueState.DUE)
        for asset in assets
        if asset.inspection_due and (left := (asset.inspection_due - day).days) <= within_days
    ]
    return sorted(found, key=lambda it: (it.due, it.asset.asset_id))


def by_kind(inspections: Iterable[Inspection]) -> dict[str, DueCounts]:
    """Return how many are overdue and due of each kind, most overdue first."""
    counts: dict[str, DueCounts] = {}
    for inspection in inspections:
        overdue, due = counts.get(inspection.asset.kind, DueCounts(0, 0))
        is_overdue = inspection.state is DueState.OVERDUE
        counts[inspection.asset.kind] = DueCounts(overdue + is_overdue, due + (not is_overdue))
    return dict(sorted(counts.items(), key=lambda it: (-it[1].overdue, -it[1].due, it[0])))


def next_due(asset: Asset, inspected: date) -> date | None:
    """Return when *asset* is due again after an inspection on *inspected*, None where it has no cycle."""
    return None if asset.inspection_days is None else inspected + timedelta(days=asset.inspection_days)
