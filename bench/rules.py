"""Rules: what they cost a reading, and how long a preview of 30 days takes.

    python -m bench.rules [--assets 2000] [--readings 200000] [--meters 50] [--days 30] [--only live|preview]

live      2,000 assets of ten kinds with twenty rules each (limits with hysteresis and delays, levels, counts, rates of
          change, joins, schedules, neighbours), a clock that ticks each second of 1,000 readings; one core
preview   a store with 50 noise meters that spoke each minute for 30 days, asked for shipped and for edited rules;
          `same` says whether a whole replay of the last day finds the same alarms

Processor time (`cpu_us`, `cpu_s`) tells of a machine that is shared; prints one JSON line a cell.
"""

import argparse
import json
import math
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

from dashboard.rule_preview import Wish, as_told, tried, wanted_rule
from ingest.service import _calm_garbage_collection
from street.assets import Asset
from street.clock import DAY_US, MINUTE_US, SECOND_US
from street.preview import replay
from street.readings import Reading
from street.rules import Rules
from street.scenarios import Rule, Scenarios, load_scenarios
from street.store import Reader, Store, open_store
from street.store.past import named_series, recent_readings

NOON_US: Final = 1_795_492_800 * SECOND_US
KINDS: Final = 10
QUANTITIES: Final = ("level", "tilt", "power", "count")
WHY: Final = {key: {"zh": "某", "en": "some"} for key in ("cause", "consequence", "response")}
# of each kind, twenty; levels are such that about one reading in fifty breaks some limit
FORMS: Final[tuple[dict[str, Any], ...]] = (
    *({"quantity": name, "raise_above": 3.0, "clear_at": 2.5} for name in QUANTITIES),
    *({"quantity": name, "raise_below": -3.0, "clear_at": -2.5, "on_delay_s": 60} for name in QUANTITIES),
    *({"quantity": name, "raise_above": 2.6, "clear_at": 2, "hours": ["22:00", "06:00"]} for name in QUANTITIES),
    {
        "quantity": "level", "raise_above": 2.8, "clear_at": 2,
        "levels": [{"raise_above": 3.5, "clear_at": 3, "severity": 2}],
    },
    {"quantity": "tilt", "raise_above": 2.8, "clear_at": 2, "on_delay_s": 60, "off_delay_s": 300, "days": "workdays"},
    {"quantity": "level", "measure": "change", "over_s": 600, "raise_above": 5, "clear_at": 1},
    {"quantity": "tilt", "measure": "breaches", "over_s": 600, "breach_above": 2.5, "raise_above": 3, "clear_at": 0},
    {"quantity": "power", "measure": "silence", "raise_above": 900},
    {"quantity": "count", "measure": "spread", "over_s": 1800, "raise_below": 0.1, "clear_at": 1},
    {
        "when": {
            "all": [
                {"quantity": "level", "raise_above": 2.5, "clear_at": 2},
                {"not": {"quantity": "tilt", "raise_above": 1, "clear_at": 0}},
            ]
        }
    },
    {
        "quantity": "power", "raise_below": -2.5, "clear_at": -1,
        "across": {"group": "neighbours", "within_m": 100, "of": 5, "at_least": 3},
    },
)  # fmt: skip
EDITED: Final = {
    "limit-at-the-median": "quantity: noise_laeq\nraise_above: 52\nclear_at: 51\non_delay_s: 300\n",
    "change": "quantity: noise_laeq\nmeasure: change\nover_s: 600\nraise_above: 22\nclear_at: 8\n",
    "breaches": "quantity: noise_laeq\nmeasure: breaches\nover_s: 1800\nbreach_above: 75\n"
    "raise_above: 2\nclear_at: 0\n",
}
SHIPPED: Final = ("noise-by-day", "noise-by-night", "noise-very-loud", "noise-unusual", "noise-around")


def main() -> None:
    """Run the cells and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=2_000)
    parser.add_argument("--readings", type=int, default=200_000)
    parser.add_argument("--meters", type=int, default=50)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("live", "preview"))
    given = parser.parse_args()
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}
    for name, cell in (("live", live_cell), ("preview", preview_cell)):
        if given.only in (None, name):
            for told in cell(given):
                sys.stdout.write(json.dumps({"bench": f"rules.{name}", **told, "machine": machine}) + "\n")
                sys.stdout.flush()


# ------------------------------------------------------------------------------------------------------------ live


def live_cell(given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Measure what a reading costs, with all that moves and the clock's ticks."""
    scenarios = many_rules()
    assets = {it.asset_id: it for it in the_assets(given.assets)}
    readings = the_readings(list(assets.values()), given.readings, given.seed)
    rules = Rules(scenarios, assets=assets)
    warm, moves, next_tick_us = given.assets * len(QUANTITIES), 0, 0
    for reading in readings[:warm]:  # every asset is heard once: what stands is laid out
        rules.observe(assets[reading.asset_id], reading)
    _calm_garbage_collection()
    begun_s, cpu_s = time.perf_counter(), time.process_time()
    for reading in readings[warm:]:
        moves += len(rules.observe(assets[reading.asset_id], reading))
        if reading.received_us >= next_tick_us:
            next_tick_us = reading.received_us + SECOND_US
            moves += len(rules.tick(reading.received_us))
    count = len(readings) - warm
    yield {
        "assets": given.assets, "rules": sum(len(it.rules) for it in scenarios.values()), "readings": count,
        "us_a_reading": round((time.perf_counter() - begun_s) * 1e6 / count, 2),
        "cpu_us_a_reading": round((time.process_time() - cpu_s) * 1e6 / count, 2), "moves": moves,
    }  # fmt: skip


def many_rules() -> Scenarios:
    """Return ten kinds with twenty rules each."""
    with tempfile.TemporaryDirectory() as folder:
        for kind in range(KINDS):
            rules = {
                f"rule-{kind}-{place}": {"severity": 3, "title": {"zh": "某", "en": "Some"}, "why": WHY, **form}
                for place, form in enumerate(FORMS)
            }
            form = {
                "kind": f"kind_{kind}", "name": {"zh": "物", "en": "Thing"}, "icon": "thing", "interval_s": 60,
                "quantities": {name: {"plausible": [-100, 100]} for name in QUANTITIES}, "rules": rules,
            }  # fmt: skip
            (Path(folder) / f"{kind}.yaml").write_text(json.dumps(form), encoding="utf-8")
        return load_scenarios(Path(folder))


def the_assets(count: int) -> Iterator[Asset]:
    """Yield assets 20 m from each other, of ten kinds in turn."""
    for number in range(count):
        lon, lat = 120.3 + number % 50 * 2e-4, 36.0 + number // 50 * 2e-4
        yield Asset(
            asset_id=f"A-{number:04}", kind=f"kind_{number % KINDS}", name=f"asset {number}", lon=lon, lat=lat,
            community_id=f"3702020070{number % 12:02}",
        )  # fmt: skip


def the_readings(assets: list[Asset], count: int, seed: int) -> list[Reading]:
    """Return readings of all in turn, 1,000 a second, each quantity once before any comes again."""
    dice = random.Random(seed)
    series = [(asset.asset_id, quantity) for quantity in QUANTITIES for asset in assets]
    return [
        Reading(*series[number % len(series)], at_us, at_us, dice.gauss(0, 1.2))
        for number in range(count + len(series))
        for at_us in (NOON_US + number * 1_000,)
    ]


# --------------------------------------------------------------------------------------------------------- preview


def preview_cell(given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Measure previews of shipped and edited rules over one store."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        store = stack.enter_context(closing(open_store(f"sqlite:///{folder}/street.db", now_us=lambda: NOON_US)))
        assets = fill(store, given)
        reader = stack.enter_context(closing(store.reader()))
        head = "severity: 4\ntitle: {zh: 某, en: Some}\n"
        wishes = [Wish("noise_meter", name, given.days, None) for name in SHIPPED]
        wishes += [Wish("noise_meter", name, given.days, text + head) for name, text in EDITED.items()]
        for wish in wishes:
            yield previewed(reader, wish, assets)


def previewed(reader: Reader, wish: Wish, assets: dict[str, Asset]) -> dict[str, Any]:
    """Return what one preview took, and found."""
    rule = wanted_rule(load_scenarios()["noise_meter"], wish)
    assert rule is not None
    begun_s, cpu_s = time.perf_counter(), time.process_time()
    told = tried(reader, rule, NOON_US - wish.days * DAY_US, NOON_US)
    answer = as_told(wish, told)
    wall_s, cpu_s = time.perf_counter() - begun_s, time.process_time() - cpu_s
    return {
        "rule": wish.rule_id, "s": round(wall_s, 2), "cpu_s": round(cpu_s, 2), "from": answer["from"],
        "whole": answer["is_whole"], "readings": answer["readings"], "read": told.plan.rows,
        "alarms": answer["alarms"], "assets": answer["assets"], "longest_s": answer["longest_s"],
        "same": same(reader, rule, assets),
    }  # fmt: skip


def same(reader: Reader, rule: Rule, assets: dict[str, Asset]) -> bool | None:
    """Return whether the preview of the last day finds what a whole replay of its readings does; None where unsaid."""
    if any(source.measure == "unusual" or source.over_s for source in rule.sources):
        return None  # tests/dashboard/test_rule_preview.py compares these
    from_us = NOON_US - DAY_US
    series = {it[0]: it[1:] for it in named_series(reader, list(assets), sorted(rule.quantities))}
    rows = recent_readings(reader, list(series), from_us, NOON_US)
    readings = [Reading(*series[series_id], at_us, came_us, value) for series_id, at_us, came_us, value in rows]
    return replay(rule, assets, readings, from_us, NOON_US).told == tried(reader, rule, from_us, NOON_US).outcome.told


def fill(store: Store, given: argparse.Namespace) -> dict[str, Asset]:
    """Store the meters' minutes, day by day: a daily wave, chance, and now and then something loud."""
    assets = {
        f"NOI-{number:03}": Asset(
            asset_id=f"NOI-{number:03}", kind="noise_meter", name="meter", lon=120.3, lat=36.0,
            community_id="370202007003",
        )
        for number in range(given.meters)
    }  # fmt: skip
    store.register_assets(list(assets.values()))
    dice = random.Random(given.seed)
    with closing(store.writer()) as writer:
        for hour in range(given.days * 24, 0, -1):
            batch = writer.begin(NOON_US)
            batch.add_readings(
                Reading(name, "noise_laeq", at_us, at_us + 300_000, level(dice, at_us, number))
                for minute in range(60)
                for number, name in enumerate(assets)
                for at_us in (NOON_US - hour * 60 * MINUTE_US + minute * MINUTE_US + number * 100_000,)
            )
            batch.commit()
    return assets


def level(dice: random.Random, at_us: int, number: int) -> float:
    """Return a believable sound level [dB(A)]."""
    local_h = at_us / (60 * MINUTE_US) + 8
    loud = 18 if dice.random() < 0.002 else 0
    return round(52 + 10 * math.sin((local_h - 8) / 24 * 2 * math.pi) + number % 7 - 3 + dice.gauss(0, 2.5) + loud, 1)


if __name__ == "__main__":
    main()
