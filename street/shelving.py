"""Shelvings: for how long which alarms call nobody, who said so, and why.

    shelved          an operator's own: at most a shift, from now on
    maintenance      planned: one time, or the same hours of some weekdays
    out_of_service   until somebody puts it back

A shelving covers what all of its scope names; "" names anything. It ends by itself and takes nothing away: alarms under
it are raised, stored and listed, and those that still stand when it ends call then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from street.assets import Asset
from street.clock import DAY_US, HOUR_US, MINUTE_US, STREET_ZONE, as_datetime, as_us
from street.errors import FieldError
from street.people import is_area, lies_in

SHIFT_US: Final = 12 * HOUR_US  # ISA-18.2: a shelving does not outlast the shift that knows of it
LONGEST_US: Final = 31 * DAY_US
LONGEST_WEEKLY_US: Final = 366 * DAY_US
BEFOREHAND_US: Final = 366 * DAY_US  # so far ahead maintenance is planned
CLOCK_SLACK_US: Final = 5 * MINUTE_US  # "from now on" by another machine's clock
SHORTEST_REASON: Final = 2
LONGEST_REASON: Final = 500
DAY_MIN: Final = 24 * 60
SCOPE: Final = ("asset_id", "rule_id", "asset_kind", "area_id")


class ShelvingKind(StrEnum):
    """Why alarms call nobody."""

    SHELVED = "shelved"
    MAINTENANCE = "maintenance"
    OUT_OF_SERVICE = "out_of_service"


class Weekly(NamedTuple):
    """The same hours of some weekdays, local time; hours that end before they begin reach into the next day."""

    days: tuple[int, ...]  # 1 (Monday) … 7
    begin_min: int  # of the local day
    end_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelving:
    """One shelving. `until_us` is None while nobody has put back what is out of service; `by` is a login."""

    shelving_id: str = ""
    kind: ShelvingKind = ShelvingKind.SHELVED
    asset_id: str = ""
    rule_id: str = ""
    asset_kind: str = ""
    area_id: str = ""
    from_us: int
    until_us: int | None
    weekly: Weekly | None = None
    reason: str
    by: str = ""
    alarm_id: str = ""  # the alarm that it was made from
    ended_us: int | None = None  # when somebody ended it before its time


def covers(shelving: Shelving, asset: Asset | None, asset_id: str, rule_id: str) -> bool:
    """Return whether *shelving* is about this rule at this asset; *asset* is None where nobody has registered it."""
    kind, areas = ("", ()) if asset is None else (asset.kind, (asset.grid_cell_id, asset.community_id))
    return (
        shelving.asset_id in {"", asset_id}
        and shelving.rule_id in {"", rule_id}
        and shelving.asset_kind in {"", kind}
        and (not shelving.area_id or any(lies_in(area, shelving.area_id) for area in areas))
    )


def window(shelving: Shelving, at_us: int) -> tuple[int, int | None] | None:
    """Return from when to before when the shelving holds around *at_us*; None where it does not hold then."""
    ends = [end for end in (shelving.until_us, shelving.ended_us) if end is not None]
    begin, end = shelving.from_us, min(ends, default=None)
    if at_us < begin or (end is not None and at_us >= end):
        return None
    if shelving.weekly is None:
        return begin, end
    for from_us, to_us in _hours_around(shelving.weekly, at_us):
        if from_us <= at_us < to_us:
            return max(begin, from_us), to_us if end is None else min(end, to_us)
    return None


def holds(shelving: Shelving, asset: Asset, rule_id: str, at_us: int) -> bool:
    """Return whether *shelving* keeps this rule's alarms at *asset* from calling anybody at *at_us*."""
    return covers(shelving, asset, asset.asset_id, rule_id) and window(shelving, at_us) is not None


def is_over(shelving: Shelving, at_us: int) -> bool:
    """Return whether it will never hold again."""
    return any(end is not None and at_us >= end for end in (shelving.until_us, shelving.ended_us))


def holding(
    shelvings: Iterable[Shelving], asset: Asset | None, asset_id: str, rule_id: str, at_us: int
) -> Shelving | None:
    """Return the shelving that keeps this alarm quiet at *at_us*, the one that holds longest; None where none does."""
    found = [
        (span[1] or _FOREVER, it)
        for it in shelvings
        if covers(it, asset, asset_id, rule_id) and (span := window(it, at_us)) is not None
    ]
    return max(found, key=lambda pair: (pair[1].kind is ShelvingKind.OUT_OF_SERVICE, pair[0]))[1] if found else None


def check(shelving: Shelving, now_us: int) -> None:
    """Refuse what may not be shelved so.

    Raises:
        FieldError: "reason" (missing, long), "scope" (missing, area), "until" (early, long, missing), "from" (early,
            late), "weekly" (form, kind).
    """
    _check_text(shelving)
    begin, end, kind = shelving.from_us, shelving.until_us, shelving.kind
    if not now_us - CLOCK_SLACK_US <= begin <= now_us + BEFOREHAND_US:
        raise FieldError(field="from", code="early" if begin < now_us else "late")
    if kind is ShelvingKind.OUT_OF_SERVICE:
        if end is not None or not (shelving.asset_id or shelving.rule_id):
            raise FieldError(field="scope" if end is None else "until", code="wide" if end is None else "open")
        return
    if end is None:
        raise FieldError(field="until", code="missing")
    if end <= max(begin, now_us):
        raise FieldError(field="until", code="early")
    longest = {ShelvingKind.SHELVED: SHIFT_US}.get(kind, LONGEST_US if shelving.weekly is None else LONGEST_WEEKLY_US)
    if end - (min(begin, now_us) if kind is ShelvingKind.SHELVED else begin) > longest + CLOCK_SLACK_US:
        raise FieldError(field="until", code="long")


_FOREVER: Final = 2**62


def _check_text(shelving: Shelving) -> None:
    reason, weekly = shelving.reason.strip(), shelving.weekly
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise FieldError(field="reason", code="missing" if len(reason) < SHORTEST_REASON else "long")
    if not any(getattr(shelving, name) for name in SCOPE):
        raise FieldError(field="scope", code="missing")
    if shelving.area_id and not is_area(shelving.area_id):
        raise FieldError(field="scope", code="area")
    if weekly is None:
        return
    if shelving.kind is not ShelvingKind.MAINTENANCE:
        raise FieldError(field="weekly", code="kind")
    are_days = bool(weekly.days) and set(weekly.days) <= set(range(1, 8))
    if not are_days or weekly.begin_min == weekly.end_min or not {*weekly[1:]} <= set(range(DAY_MIN + 1)):
        raise FieldError(field="weekly", code="form")


def _hours_around(weekly: Weekly, at_us: int) -> Iterable[tuple[int, int]]:
    """Yield the hours that began on the local day of *at_us*, and those of the day before that reach into it."""
    today = as_datetime(at_us).astimezone(STREET_ZONE).date()
    for day in (today, today - timedelta(days=1)):
        if day.isoweekday() in weekly.days:
            midnight_us = as_us(datetime(day.year, day.month, day.day, tzinfo=STREET_ZONE))
            end_min = weekly.end_min + (DAY_MIN if weekly.end_min < weekly.begin_min else 0)
            yield midnight_us + weekly.begin_min * MINUTE_US, midnight_us + end_min * MINUTE_US
