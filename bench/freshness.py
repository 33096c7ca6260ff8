"""How long it takes to see, of 20,000 quantities, which are late, stale or lost.

    python -m bench.freshness                 # 20,000 quantities, one in a hundred of them old
    python -m bench.freshness --old 1.0       # the worst: all of them

Beside it what ingest really does: `Quality.sweep` over as many courses every ten seconds, and `Judge.tick` over a fifth
as many assets every second; and the worst moments, when every quantity falls silent at once and when all are back.
Prints one JSON line with medians and the goal.
"""

import argparse
import json
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable

from street.assets import Asset
from street.clock import DAY_US, SECOND_US
from street.freshness import sweep
from street.rules.judge import Judge, LiveValue, Memory
from street.scenarios import load_scenarios

NOW_US = 1_795_492_800 * SECOND_US
QUANTITIES = ("power", "voltage", "current", "energy", "brightness")
GOAL_MS = 20.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quantities", type=int, default=20_000)
    parser.add_argument("--old", type=float, default=0.01, help="which share of them is not fresh")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    dice = random.Random(given.seed)
    ages_s = [dice.uniform(451, 4000) if dice.random() < given.old else dice.uniform(0, 450)
              for _ in range(given.quantities)]  # fmt: skip
    pulses = [(number, NOW_US - int(age_s * SECOND_US), 300.0) for number, age_s in enumerate(ages_s)]
    judge = _judge(ages_s)
    found = {
        "sweep_ms": _median_ms(lambda: sweep(pulses, NOW_US), given.rounds),
        "quality_sweep_ms": _median_ms(lambda: judge.quality.sweep(NOW_US), given.rounds),
        "all_turn_silent_ms": _median_ms(lambda: _hush(judge), given.rounds, before=lambda: _calm(judge)),
        "all_return_ms": _median_ms(lambda: _calm(judge), given.rounds, before=lambda: _hush(judge)),
        "judge_tick_ms": _median_ms(lambda: list(judge.tick(NOW_US, listening_since_us=1)), given.rounds),
    }
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}
    told = {"bench": "freshness", "quantities": given.quantities, "old": given.old, **found, "goal_ms": GOAL_MS}
    sys.stdout.write(json.dumps({**told, "seed": given.seed, "machine": machine}) + "\n")


def _judge(ages_s: list[float]) -> Judge:
    """Return a judge that has heard every quantity of a fifth as many lamps."""
    live, assets = [], {}
    for number, age_s in enumerate(ages_s):
        asset_id = f"L-{number // len(QUANTITIES)}"
        assets[asset_id] = Asset(asset_id=asset_id, kind="streetlight", name=asset_id, interval_s=300.0)
        at_us = NOW_US - int(age_s * SECOND_US)
        live.append(LiveValue(asset_id, QUANTITIES[number % len(QUANTITIES)], at_us, at_us, 1.0, 0))
    memory = Memory(live=live, listening_since_us=1, listened_us=NOW_US, now_us=NOW_US)
    return Judge(load_scenarios(), assets, memory)


def _calm(judge: Judge) -> None:
    """Have every quantity heard again: nobody can miss what nobody listened for."""
    judge.quality.sweep(NOW_US, listening_since_us=NOW_US)
    judge.quality.take()


def _hush(judge: Judge) -> None:
    """Have every quantity fall silent."""
    judge.quality.sweep(NOW_US + DAY_US)
    judge.quality.take()


def _median_ms(act: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None) -> float:
    took = []
    for _ in range(rounds):
        before()
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(took), 2)


if __name__ == "__main__":
    main()
