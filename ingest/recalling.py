"""What the judge needs of the past when ingest starts: what series said last, what numbers look back to, and usual."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from street.assets import Asset
from street.clock import HOUR_US, SECOND_US
from street.quality import stillness_s
from street.readings import Reading
from street.rules.gauges import Usual
from street.rules.judge import LiveValue
from street.rules.recall import USUAL_HOURS, reaches, unusual, usual_hours
from street.scenarios import Scenarios
from street.store import Latest, Reader
from street.store.past import recent_readings


def recent(
    reader: Reader, scenarios: Scenarios, assets: Mapping[str, Asset], live: Iterable[Latest], now_us: int
) -> Iterator[Reading]:
    """Yield the readings from which numbers that look back, and joins, are made anew; oldest first for each reach."""
    reach_of = reaches(scenarios)
    by_reach: dict[int, dict[int, Latest]] = {}
    for it in live:
        asset = assets.get(it.asset_id)
        reach_us = reach_of.get((asset.kind, it.quantity)) if asset else None
        if reach_us == 0:
            yield Reading(*it[1:])
        elif reach_us is not None:
            by_reach.setdefault(reach_us, {})[it.series_id] = it
    for reach_us, series in by_reach.items():
        for series_id, at_us, received_us, value in recent_readings(
            reader, list(series), now_us - reach_us, now_us + 1
        ):
            it = series[series_id]
            yield Reading(it.asset_id, it.quantity, at_us, received_us, value)


def usual(
    reader: Reader, scenarios: Scenarios, assets: Mapping[str, Asset], live: Iterable[Latest], now_us: int
) -> Usual:
    """Return the usual hours of every series that somebody asks them of."""
    asked = unusual(scenarios)
    series = {
        it.series_id: (it.asset_id, it.quantity)
        for it in live
        if (asset := assets.get(it.asset_id)) is not None and (asset.kind, it.quantity) in asked
    }
    if not series:
        return {}
    hours = reader.hours({quantity for _, quantity in series.values()}, now_us - USUAL_HOURS * HOUR_US)
    return {name: usual_hours(hours.get(series_id, ()), now_us) for series_id, name in series.items()}


def live_values(
    reader: Reader, scenarios: Scenarios, assets: Mapping[str, Asset], live: Sequence[Latest], now_us: int
) -> Iterator[LiveValue]:
    """Yield what each series said last, with its last hours where a stillness is watched."""
    back_s: dict[str, float] = {}
    for it in live:
        if it.asset_id in assets:
            longest_s = stillness_s(scenarios, assets[it.asset_id].kind, it.quantity)
            back_s[it.quantity] = max(longest_s, back_s.get(it.quantity, 0.0))
    watched = [quantity for quantity, longest_s in back_s.items() if longest_s]
    hours = reader.hours(watched, now_us - int(max(back_s.values(), default=0.0) * SECOND_US))
    for it in live:
        yield LiveValue(*it[1:], hours=tuple(hours.get(it.series_id, ())))
