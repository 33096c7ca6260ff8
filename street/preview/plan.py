"""Plan: which hours of which series have to be read, told from the lowest and highest of each.

An hour is settled where every number of an asset stays on one side of every limit; beyond its first reading it moves
nothing, and after another one of the same side not even that. Where all limits are of one quantity, an hour in which
none is broken moves nothing at all while nothing stands. What cannot be settled is read.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from street.clock import HOUR_US
from street.preview.sides import BROKEN, GOOD, Flags, Numbers, Whole, side
from street.preview.thinning import Row, Series
from street.rules.gauges import Usual
from street.rules.recall import reach_us
from street.scenarios import Rule
from street.scenarios.conditions import Limit, Measure, Source, has_not, limits_of

HourRow: TypeAlias = "tuple[int, int, int, float, float]"  # series id, hour since 1970, count, low, high
TAIL_MIN: Final = 11  # a live reading is at most ten minutes late
MIXED, OUT, ABSENT = 10, 11, 12  # what an hour can be besides a side


class Course(NamedTuple):
    """One series by hours: how many readings, the lowest and the highest; NaN where there is none."""

    counts: Whole
    lows: Numbers
    highs: Numbers


@dataclass(slots=True, kw_only=True)
class Plan:
    """What to read: `wanted` are series by hour since 1970, `rows` is how many readings that is at most.

    `tails` are hours of which the first `TAIL_MIN` minutes are read: what comes late from the hour before meets them.
    `from_us` is later than was asked where more would have been read than is allowed; `all_rows` is what a whole replay
    from there would read.
    """

    from_us: int
    to_us: int
    wanted: dict[int, list[int]]
    tails: dict[int, list[int]]
    rows: int
    all_rows: int


class Planner:
    """Lays out what to read for one rule.

    Args:
        rule: which.
        series: what is stored of what it reads.
        hours: of these series, from `first_hour` on.
        usual: what is usual of them.
        from_us: from when [µs].
        to_us: until when [µs], not included.
    """

    def __init__(
        self, rule: Rule, series: Sequence[Series], hours: Iterable[HourRow], usual: Usual, from_us: int, to_us: int
    ) -> None:
        self._rule = rule
        self._usual = usual
        self._from_us, self._to_us = from_us, to_us
        self._back = math.ceil(reach_us(rule) / HOUR_US)
        self.first = first_hour(rule, from_us)
        self._size = (to_us - 1) // HOUR_US - self.first + 1
        self._names = {it.series_id: it for it in series}
        self._courses = {it.series_id: self._blank() for it in series}
        for series_id, hour, count, low, high in hours:
            place = hour - self.first
            if 0 <= place < self._size:
                course = self._courses[series_id]
                course.counts[place], course.lows[place], course.highs[place] = count, low, high
        self._by_asset: dict[str, dict[str, int]] = {}
        for it in series:
            self._by_asset.setdefault(it.asset_id, {})[it.quantity] = it.series_id
        self._out, self._edges = self._schedule()
        self._limits = [limit for level in rule.levels for limit in limits_of(level.when)]
        self._is_lone = (
            len(rule.quantities) == 1
            and rule.across is None
            and all(it.source.measure is not Measure.SILENCE for it in self._limits)
            and not any(has_not(level.when) for level in rule.levels)
        )

    def plan(self, most_rows: int) -> Plan:
        """Return what to read, the newest hours first where it would be more than *most_rows*."""
        needed = {asset_id: self._needed(parts, self._back) for asset_id, parts in self._by_asset.items()}
        counts = {asset_id: self._counts(parts) for asset_id, parts in self._by_asset.items()}
        begin = self._back
        if needed:
            by_hour = sum(np.where(needed[it], counts[it], 0) for it in needed)
            newest_first = np.cumsum(by_hour[::-1])  # type: ignore[index]  # a sum of arrays
            fits = int(np.searchsorted(newest_first, most_rows, side="right"))
            begin = max(begin, self._size - fits)
        from_us = self._from_us
        if begin > self._back:
            begin = min(begin + self._back, self._size - 1)
            from_us = (self.first + begin) * HOUR_US
            needed = {asset_id: self._needed(parts, begin) for asset_id, parts in self._by_asset.items()}
        return self._laid_out(needed, counts, from_us, begin)

    def unread(self, plan: Plan, rows: Iterable[Row]) -> dict[int, list[int]]:
        """Return what has to be read as well: what follows on an hour that had no live reading, as far as the next."""
        live = {(series_id, at_us // HOUR_US) for series_id, at_us, _, _ in rows}
        more: dict[int, list[int]] = {}
        for hour, series_ids in plan.wanted.items():
            for series_id in series_ids:
                counts = self._courses[series_id].counts
                if (series_id, hour) in live or not counts[hour - self.first]:
                    continue
                for following in (hour + 1 + np.flatnonzero(counts[hour - self.first + 1 :])).tolist():
                    if series_id in plan.wanted.get(following, ()):
                        break
                    more.setdefault(following, []).append(series_id)
        return more

    # -- parts ----------------------------------------------------------------------------------------------------

    def _blank(self) -> Course:
        nothing = np.full(self._size, np.nan)
        return Course(np.zeros(self._size, dtype=np.int64), nothing, nothing.copy())

    def _counts(self, parts: Mapping[str, int]) -> Whole:
        total: Whole = np.sum([self._courses[it].counts for it in parts.values()], axis=0)
        return total

    def _schedule(self) -> tuple[Flags, Flags]:
        """Return in which hours the rule does not hold, and in which it begins or ceases to."""
        schedule, first = self._rule.schedule, self.first
        out = np.array([not schedule.holds((first + place) * HOUR_US) for place in range(self._size)], dtype=bool)
        edges = np.zeros(self._size, dtype=bool)
        for at_us in schedule.changes(first * HOUR_US, (first + self._size) * HOUR_US):
            if at_us % HOUR_US:
                edges[at_us // HOUR_US - first] = True
        return out & ~edges, edges

    def _needed(self, parts: Mapping[str, int], begin: int) -> Flags:
        """Return which hours of one asset have to be read, if all begins at place *begin*."""
        needed = self._unless_calm(parts, begin) if self._is_lone else self._where_it_changes(parts, begin)
        if self._back:
            for place in np.flatnonzero(needed):
                needed[max(int(place) - self._back, begin - self._back) : place] = True
        needed[: begin - self._back] = False
        return needed

    def _where_it_changes(self, parts: Mapping[str, int], begin: int) -> Flags:
        """Return the hours that cannot be settled, or are settled otherwise than the one before."""
        present = self._counts(parts) > 0
        needed = _changes(np.where(present, 0, ABSENT), begin)
        for limit in self._limits:
            own = np.sum([self._courses[parts[it]].counts for it in _read(limit.source) if it in parts], axis=0) > 0
            needed |= _changes(np.where(own, self._classes(limit, parts), ABSENT), begin)
        return needed & present

    def _unless_calm(self, parts: Mapping[str, int], begin: int) -> Flags:
        """Return the hours in which a limit may be broken, and those after until all is over for sure.

        Only for limits of one quantity without `not`: while none of them is broken nothing begins, and every reading
        makes their numbers anew.
        """
        present = self._counts(parts) > 0
        loud, good = np.zeros(self._size, dtype=bool), np.ones(self._size, dtype=bool)
        for limit in self._limits:
            low, high = (side(it, limit) for it in self._bounds(limit.source, parts))
            loud |= (high if limit.raise_above is not None else low) == BROKEN
            good &= (low == GOOD) & (high == GOOD)
        loud, good = loud & ~self._out, (good & ~self._edges) | self._out
        needed = np.zeros(self._size, dtype=bool)
        rest_h = math.ceil(max(level.off_delay_s for level in self._rule.levels) / 3600) + 1
        is_calm, over = True, -1  # over: since which place all is good
        for place in (begin + np.flatnonzero(present[begin:])).tolist():
            if loud[place]:
                is_calm, over = False, -1
            elif not is_calm and not good[place]:
                over = -1
            is_calm = is_calm or (over >= 0 and place - over > rest_h)
            if not is_calm and (loud[place] or over < 0):
                needed[place] = True
            if not is_calm and not loud[place] and good[place] and over < 0:
                over = place
        return needed

    def _classes(self, limit: Limit, parts: Mapping[str, int]) -> Whole:
        lows, highs = self._bounds(limit.source, parts)
        low, high = side(lows, limit), side(highs, limit)
        classes = np.where((low == high) & ~np.isnan(lows), low, MIXED)
        return np.where(self._out, OUT, np.where(self._edges, MIXED, classes))

    def _bounds(self, source: Source, parts: Mapping[str, int]) -> tuple[Numbers, Numbers]:
        """Return between which numbers *source* stays in each hour; what is not bounded is infinite."""
        course = self._courses.get(parts.get(source.quantity, -1))
        if course is None:
            nothing = np.full(self._size, np.nan)
            return nothing, nothing
        lows, highs = course.lows, course.highs
        back = math.ceil(source.over_s / 3600)
        if source.measure is Measure.VALUE and not source.less:
            return lows, highs
        if source.measure is Measure.UNUSUAL:
            return self._usual_bounds(source, course, self._names[parts[source.quantity]])
        if source.measure is Measure.CHANGE:
            return lows - _over(highs, back, np.fmax), highs - _over(lows, back, np.fmin)
        if source.measure is Measure.BREACHES:
            highest, lowest = _over(highs, back, np.fmax), _over(lows, back, np.fmin)
            above, below = source.breach_above, source.breach_below
            could = highest >= above if above is not None else lowest <= (below or 0.0)
            return np.zeros(self._size), np.where(could, np.inf, 0.0)
        return np.full(self._size, -np.inf), np.full(self._size, np.inf)

    def _usual_bounds(self, source: Source, course: Course, series: Series) -> tuple[Numbers, Numbers]:
        hours = self._usual.get((series.asset_id, series.quantity))
        lows, highs = np.full(self._size, np.nan), np.full(self._size, np.nan)
        for place in np.flatnonzero(course.counts):
            known = hours.usual(self.first + int(place)) if hours else None
            if known is not None:
                middle, half = sum(known) / 2, max((known[1] - known[0]) / 2, source.least)
                lows[place], highs[place] = (course.lows[place] - middle) / half, (course.highs[place] - middle) / half
        return lows, highs

    def _laid_out(self, needed: dict[str, Flags], counts: dict[str, Whole], from_us: int, begin: int) -> Plan:
        wanted: dict[int, list[int]] = {}
        tails: dict[int, list[int]] = {}
        rows = all_rows = 0
        for asset_id, parts in self._by_asset.items():
            rows += int(counts[asset_id][needed[asset_id]].sum())
            all_rows += int(counts[asset_id][begin:].sum())
            for place in np.flatnonzero(needed[asset_id]).tolist():
                wanted.setdefault(self.first + place, []).extend(parts.values())
                if place + 1 < self._size and not needed[asset_id][place + 1]:
                    tails.setdefault(self.first + place + 1, []).extend(parts.values())
        return Plan(
            from_us=from_us,
            to_us=self._to_us,
            wanted=dict(sorted(wanted.items())),
            tails=dict(sorted(tails.items())),
            rows=rows,
            all_rows=all_rows,
        )


def first_hour(rule: Rule, from_us: int) -> int:
    """Return the first hour since 1970 that matters to a replay of *rule* from *from_us*."""
    return from_us // HOUR_US - math.ceil(reach_us(rule) / HOUR_US)


def _read(source: Source) -> tuple[str, ...]:
    return (source.quantity, source.less) if source.less else (source.quantity,)


def _changes(classes: Whole, begin: int) -> Flags:
    """Return which hours from *begin* on are mixed, or of another class than the last one before that has readings."""
    found = np.zeros(len(classes), dtype=bool)
    present = np.flatnonzero(classes != ABSENT)
    present = present[present >= begin]
    if not len(present):
        return found
    here = classes[present]
    differs = np.ones(len(here), dtype=bool)
    differs[1:] = here[1:] != here[:-1]
    found[present] = differs | (here == MIXED)
    return found


def _over(numbers: Numbers, back: int, pick: np.ufunc) -> Numbers:
    """Return the picked of each hour and *back* before it."""
    found = numbers.copy()
    for step in range(1, back + 1):
        found[step:] = pick(found[step:], numbers[:-step])
    return found
