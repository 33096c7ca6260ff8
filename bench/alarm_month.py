"""A simulated month through the real judge and store: its alarm load beside ISA-18.2's figures for one operator.

    python -m bench.alarm_month [--days 30] [--seed 7]

The control is the same month told without flapping, causes and shelves: each raise calls.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ingest.register import read_assets
from ingest.simulator.month import Month
from street.alarm_load import Load, Span, load
from street.alarms import Alarm
from street.assets import Asset
from street.rules.causes import CausedMove
from street.rules.judge import Judge, Memory
from street.rules.moves import Raise
from street.rules.shelves import ToldMove
from street.scenarios import Scenarios, load_scenarios
from street.store import open_store

BEGIN_US = 1_793_462_400_000_000  # 2026-11-01 00:00 in Qingdao, a Sunday

ASSETS = Path("street/geo/demo_assets.csv")


class Raised(NamedTuple):
    """A raise as if it had called."""

    at_us: int
    asset_id: str
    rule_id: str
    severity: int


class Bare(Judge):
    """The judge, which also notes each raise before anything is made of it."""

    def __init__(self, scenarios: Scenarios, assets: Mapping[str, Asset], memory: Memory) -> None:
        super().__init__(scenarios, assets, memory)
        self.raised: list[Alarm] = []

    def _told(self, moves: Iterable[CausedMove], at_us: int) -> Iterator[ToldMove]:
        listed = list(moves)
        self.raised += [move.alarm for move in listed if isinstance(move, Raise)]
        return super()._told(listed, at_us)


def played(days: int, seed: int) -> tuple[Load, Load, dict[str, float]]:
    """Play a month; return its load, the control's, and what it took."""
    assets, _ = read_assets(ASSETS)
    month = Month(assets, load_scenarios(), begin_us=BEGIN_US, days=days, seed=seed)
    judges: list[Bare] = []

    def make_judge(scenarios: Scenarios, assets: Mapping[str, Asset], memory: Memory) -> Judge:
        judges.append(Bare(scenarios, assets, memory))
        return judges[0]

    began, worked = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/street.db", month.now_us, audit_key=b"a key of thirty-two bytes, so so")
        writer, reader = store.writer(), store.reader()
        month.play(store, writer, make_judge)
        calls, spans, unauthorised = reader.alarm_history(BEGIN_US, month.now_us() + 1)
        reader.close()
        writer.close()
        store.close()
    took = {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - worked,
        "readings": month.readings,
    }
    own = load(calls, [Span(*it) for it in spans], BEGIN_US, month.now_us(), unauthorised=unauthorised)
    raises = sorted(Raised(it.raised_us, it.asset_id, it.rule_id, it.severity) for it in judges[0].raised)
    return own, load(raises, [], BEGIN_US, month.now_us()), took


def main() -> int:
    """Print the table; return 1 where a figure is above its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    own, control, took = played(asked.days, asked.seed)
    out = sys.stdout
    out.write(f"days {asked.days} seed {asked.seed} {took}\ncalls {own.calls} (control {control.calls})\n")
    for figure, other in zip(own.figures, control.figures, strict=True):
        out.write(
            f"{figure.name:18} {figure.value:9.4f}  target {figure.target:7.2f}  limit {figure.limit:7.2f}"
            f"  {figure.verdict:9}  control {other.value:9.4f}\n"
        )
    out.write(f"top {own.top[:3]}\nfloods {[round((end - begin) / 60e6, 1) for begin, end in own.floods]} min\n")
    return int(any(figure.verdict == "too-much" for figure in own.figures))


if __name__ == "__main__":
    raise SystemExit(main())
