"""Thinning: of the readings that were read, those that may move anything."""

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from street.clock import HOUR_US
from street.preview.sides import SIDES, Flags, Numbers, Whole, side
from street.readings import Reading
from street.rules.gauges import Usual
from street.scenarios import Rule
from street.scenarios.conditions import Limit, Measure, limits_of

Row: TypeAlias = "tuple[int, int, int, float]"  # series id, at [µs], received [µs], value
SIMPLE: Final = frozenset({Measure.VALUE, Measure.UNUSUAL})  # told by the last value alone


class Series(NamedTuple):
    """One stored quantity of one asset."""

    series_id: int
    asset_id: str
    quantity: str


def thinned(rows: Sequence[Row], series: Sequence[Series], rule: Rule, usual: Usual) -> list[Reading]:
    """Return *rows* as readings in the order in which they came, without those that move nothing.

    Where a rule is told by last values alone, a reading on the same side of every limit as the one before it moves
    nothing that the clock would not move. Elsewhere all are returned.
    """
    if not rows:
        return []
    by_id = {it.series_id: it for it in series}
    table = np.fromiter(chain.from_iterable(rows), dtype=np.float64, count=4 * len(rows)).reshape(-1, 4)
    order = np.lexsort((table[:, 1], table[:, 2], table[:, 0]))
    table = table[order]
    ids = table[:, 0].astype(np.int64)
    at, received = table[:, 1].astype(np.int64), table[:, 2].astype(np.int64)
    keep = np.ones(len(table), dtype=bool)
    is_simple = all(source.measure in SIMPLE and not source.less for source in rule.sources) and not rule.is_momentary
    if is_simple:
        for begin, end in _runs(ids):
            one = by_id[int(ids[begin])]
            clamped = np.minimum(at[begin:end], received[begin:end])
            keep[begin:end] = _moving(clamped, table[begin:end, 3], rule, one, usual)
    at, received, values, ids = at[keep], received[keep], table[keep, 3], ids[keep]
    came = np.lexsort((ids, at, received))
    told = zip(ids[came].tolist(), at[came].tolist(), received[came].tolist(), values[came].tolist(), strict=True)
    return [
        Reading(by_id[series_id].asset_id, by_id[series_id].quantity, at_us, received_us, value)
        for series_id, at_us, received_us, value in told
    ]


def _moving(at: Whole, values: Numbers, rule: Rule, series: Series, usual: Usual) -> Flags:
    """Return which readings of one series, in the order in which they came, may move anything."""
    fresh = np.ones(len(at), dtype=bool)
    fresh[1:] = at[1:] > np.maximum.accumulate(at)[:-1]
    at, values = at[fresh], values[fresh]
    code = _schedule_code(at, rule).astype(np.int64)
    for limit in (limit for level in rule.levels for limit in limits_of(level.when)):
        if limit.source.quantity == series.quantity:
            numbers = values if limit.source.measure is Measure.VALUE else _unusual(at, values, limit, series, usual)
            code = code * SIDES + side(numbers, limit)
    moves = np.ones(len(code), dtype=bool)
    moves[1:] = code[1:] != code[:-1]
    fresh[np.flatnonzero(fresh)] = moves
    return fresh


def _unusual(at: Whole, values: Numbers, limit: Limit, series: Series, usual: Usual) -> Numbers:
    """Return the distance of each value from its usual range, as the gauge tells it; NaN where that is not known."""
    hours = usual.get((series.asset_id, series.quantity))
    numbers = np.full(len(values), np.nan)
    at_hours = at // HOUR_US
    for hour in np.unique(at_hours):
        known = hours.usual(int(hour)) if hours else None
        if known is not None:
            middle, half = sum(known) / 2, max((known[1] - known[0]) / 2, limit.source.least)
            here = at_hours == hour
            numbers[here] = (values[here] - middle) / half
    return numbers


def _schedule_code(at: Whole, rule: Rule) -> Whole:
    """Return 1 where the schedule holds, else 0."""
    if not len(at):
        return np.zeros(0, dtype=np.int64)
    first, last = int(at[0]), int(at[-1])
    edges = [first, *rule.schedule.changes(first, last)]
    holds = np.array([rule.schedule.holds(edge) for edge in edges], dtype=np.int64)
    return holds[np.searchsorted(np.array(edges), at, side="right") - 1]


def _runs(ids: Whole) -> list[tuple[int, int]]:
    """Return (begin, end) of each run of equal ids."""
    edges = [0, *(np.flatnonzero(np.diff(ids)) + 1).tolist(), len(ids)]
    return list(pairwise(edges))
