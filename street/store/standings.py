"""How each device stands: online, degraded, offline or unknown, from all that the store knows of it."""

from collections.abc import Iterable, Mapping

from street.assets import Asset
from street.freshness import Signs, Standing, age_from_us, has_age, interval_s, standing
from street.quality import CLOCK, form_of
from street.readings import NOT_COUNTED
from street.scenarios import Scenarios
from street.store.faults import StandingFault
from street.store.reader import Latest


def standings(
    assets: Iterable[Asset],
    live: Iterable[Latest],
    availability: Mapping[str, tuple[bool, int]],
    faults: Iterable[StandingFault],
    scenarios: Scenarios,
    *,
    now_us: int,
) -> dict[str, Standing]:
    """Return how each of *assets* stands at *now_us*.

    Args:
        assets: as registered.
        live: every live value, as `Reader.latest` gives it.
        availability: what devices say of themselves, as `Reader.availability` gives it.
        faults: the keeper's worklist, as `Reader.faults` gives it.
        scenarios: how often each quantity is expected.
        now_us: the present [µs UTC].
    """
    wrong_clocks = {it.asset_id for it in faults if it.fault == CLOCK}
    rows: dict[str, list[Latest]] = {}
    for row in live:
        rows.setdefault(row.asset_id, []).append(row)
    return {
        asset.asset_id: standing(
            Signs(
                said=availability.get(asset.asset_id),
                channels=_channels(asset, rows.get(asset.asset_id, ()), scenarios),
                values=_values(rows.get(asset.asset_id, ())),
                is_clock_wrong=asset.asset_id in wrong_clocks,
            ),
            now_us,
        )
        for asset in assets
    }


def _channels(asset: Asset, rows: Iterable[Latest], scenarios: Scenarios) -> dict[str, tuple[int, float | None]]:
    """Return, by quantity, from when its age counts and how often it is expected; what has no age was not heard."""
    scenario = scenarios.get(asset.kind)
    return {
        row.quantity: (
            age_from_us(row.at_us, row.received_us, row.flags),
            interval_s(asset, scenario, form_of(scenarios, asset.kind, row.quantity)),
        )
        for row in rows
        if has_age(row.flags)
    }


def _values(rows: Iterable[Latest]) -> dict[str, float]:
    return {row.quantity: row.value for row in rows if row.value is not None and not row.flags & int(NOT_COUNTED)}
