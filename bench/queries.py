"""How long the questions of the screens take, from a store of a million or ten million readings into frames.

    python -m bench.queries                      # 1 M readings
    python -m bench.queries --readings 10000000  # 10 M
    python -m bench.queries --folder /data/bench # keep the store there and use it again

2,000 assets in 20 communities over 30 days, jittered; the last day of the first 20 assets is one reading a minute, so
that the questions about them are as heavy at 1 M as at 10 M. Beside each other: readers alone, and readers while
another process writes 5,000 readings a second through the real writer. Prints medians, seed and machine.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pysqlite3 import dbapi2 as sqlite

from street.assets import Asset
from street.clock import DAY_US, HOUR_US, MINUTE_US
from street.readings import Reading
from street.store import Reader, Store, open_store
from street.store.frames import area_hours_frame, latest_frame, points_frame, readings_frame
from street.store.rollups import MINUTES_PER_BLOCK

ASSETS, COMMUNITIES, DENSE = 2_000, 20, 20
DAYS = 30
START_US = 1_760_000_400_000_000  # a whole hour
END_US = START_US + DAYS * DAY_US
QUANTITY = "noise_laeq"
MINUTES = DAYS * 24 * 60
CHUNK_MINUTES = 60  # generated at once: whole hours, so that every rollup is whole
GOALS_MS = {
    "latest of 2,000 assets": 5,
    "one asset-hour": 2,
    "24 h x 20 assets, 500 points": 25,
    "area x hour, 30 days": 30,
}


def main() -> None:
    """Generate if needed, ask, print."""
    options = _options()
    if options.write_to:
        _write(options.write_to, options.rate, options.seconds)
        return
    with tempfile.TemporaryDirectory(prefix="street-bench-") as scratch:
        folder = Path(options.folder or scratch)
        path = folder / f"street-{options.readings}-{options.seed}.db"
        began = time.perf_counter()
        is_new = not path.exists()
        store = open_store(f"sqlite:///{path}", lambda: END_US)
        if is_new:
            generate(store, path, options.readings, options.seed)
        versions = f"SQLite {sqlite.sqlite_version}, Python {platform.python_version()}"
        size = path.stat().st_size / options.readings
        _say(f"machine   {platform.node()}, {os.cpu_count()} cores, {versions}, load {os.getloadavg()[0]:.1f}")
        _say(
            f"seed      {options.seed}; {options.readings:,} readings, ready after {time.perf_counter() - began:.1f} s"
        )
        _say(f"disk      {size:.1f} bytes a reading, rollups by minute, hour and area included")
        _compare(store, path, options)


def generate(store: Store, path: Path, readings: int, seed: int) -> None:
    """Fill an empty store in the order in which its tables lie: about 10 µs a reading, rollups included."""
    names = [f"asset-{number:04}" for number in range(ASSETS)]
    store.register_assets(
        [Asset(asset_id=name, kind="noise", name=name, community_id=f"c{number % COMMUNITIES:02}", interval_s=60.0)
         for number, name in enumerate(names)]
    )  # fmt: skip
    dice = np.random.default_rng(seed)
    connection = sqlite.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO series VALUES (?,?,?,?)",
        [(number + 1, name, QUANTITY, "dB(A)") for number, name in enumerate(names)],
    )
    share = (readings - DENSE * 24 * 60) / (ASSETS * MINUTES)
    latest = np.zeros((ASSETS, 2))
    for minute in range(0, MINUTES, CHUNK_MINUTES):
        rows = _hour_of_readings(dice, minute, share)
        _insert_hour(connection, rows)
        latest[rows[:, 1].astype(int) - 1] = rows[:, (2, 3)]
    live = [(number + 1, int(at), int(at), value, 0) for number, (at, value) in enumerate(latest.tolist()) if at]
    connection.executemany("INSERT INTO latest VALUES (?,?,?,?,?)", live)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _hour_of_readings(dice: np.random.Generator, minute: int, share: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return columns minute, series, at [µs], value: at most one a minute and series, sorted as `readings` lie."""
    speaks = dice.random((CHUNK_MINUTES, ASSETS)) < share
    if minute >= MINUTES - 24 * 60:
        speaks[:, :DENSE] = True
    when, who = np.nonzero(speaks)
    minutes = START_US // MINUTE_US + minute + when
    at = minutes * MINUTE_US + dice.integers(0, MINUTE_US, len(when))
    value = np.round(dice.normal(58, 6, len(when)), 1)
    return np.column_stack((minutes, who + 1, at, value)).astype(np.float64)


def _insert_hour(connection: Any, rows: np.ndarray[Any, np.dtype[np.float64]]) -> None:  # noqa: ANN401 - the driver's
    minute, series, at = (rows[:, column].astype(np.int64) for column in (0, 1, 2))
    value = rows[:, 3]
    ready = list(zip(minute.tolist(), series.tolist(), at.tolist(), value.tolist(), strict=True))
    connection.executemany("INSERT INTO readings VALUES (?1,?2,?3,?3,?4,0)", ready)
    order = np.lexsort((minute, series, minute // MINUTES_PER_BLOCK))
    blocks = [(ready[row][0] // MINUTES_PER_BLOCK, *ready[row]) for row in order]
    connection.executemany("INSERT INTO rollup_minute VALUES (?1,?3,?2,1,?5,?5,?5,?4,?5)", blocks)
    hour = int(minute[0]) // 60
    connection.execute(
        "INSERT INTO rollup_hour SELECT ?1, r.series_id, count(*), min(r.value), max(r.value), sum(r.value), 0, 0"
        " FROM readings r WHERE r.minute BETWEEN ?1*60 AND ?1*60+59 GROUP BY r.series_id",
        (hour,),
    )
    last = {
        number: (when, what) for number, when, what in zip(series.tolist(), at.tolist(), value.tolist(), strict=True)
    }
    connection.executemany(
        "UPDATE rollup_hour SET last_us=?3, last=?4 WHERE hour=?1 AND series_id=?2",
        [(hour, number, *what) for number, what in last.items()],
    )
    connection.execute(
        "INSERT INTO rollup_area_hour"
        " SELECT s.quantity, h.hour, a.community_id, sum(h.n), min(h.low), max(h.high), sum(h.total)"
        " FROM rollup_hour h JOIN series s USING (series_id) JOIN assets a USING (asset_id)"
        " WHERE h.hour=?1 GROUP BY 1, 2, 3",
        (hour,),
    )


def questions(reader: Reader) -> dict[str, Callable[[], Any]]:
    """Return what the screens ask, each giving a frame."""
    twenty = [f"asset-{number:04}" for number in range(DENSE)]
    return {
        "latest of 2,000 assets": lambda: latest_frame(reader),
        "one asset-hour": lambda: readings_frame(reader, "asset-0007", END_US - HOUR_US, END_US),
        "24 h x 20 assets, 500 points": lambda: points_frame(reader, twenty, QUANTITY, END_US - DAY_US, END_US),
        "area x hour, 30 days": lambda: area_hours_frame(reader, QUANTITY, START_US, END_US),
    }


def _compare(store: Store, path: Path, options: argparse.Namespace) -> None:
    reader = store.reader()
    asked = questions(reader)
    alone = _measure(asked, options.rounds)
    command = [
        sys.executable,
        "-m",
        "bench.queries",
        "--write-to",
        str(path),
        "--rate",
        str(options.rate),
        "--seconds",
        "120",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()  # it writes
        beside = _measure(asked, options.rounds)
        writer.terminate()
    reader.close()
    header = f"{'question':30} {'rows':>7} {'p50 ms':>8} {'p95 ms':>8} {'goal':>5}"
    _say(f"{header}      p50 while {options.rate:,}/s are written")
    for name in asked:
        middle, worst, rows = alone[name]
        busy = beside[name][0]
        verdict = "ok" if middle <= GOALS_MS[name] else "OVER"
        row = f"{name:30} {rows:7,} {middle:8.2f} {worst:8.2f} {GOALS_MS[name]:5}"
        _say(f"{row} {verdict:4} {busy:8.2f} ({busy / middle:.2f} x)")


def _measure(asked: dict[str, Callable[[], Any]], rounds: int) -> dict[str, tuple[float, float, int]]:
    """Return p50, p95 [ms] and rows; questions take turns, so that a busy moment hits all of them."""
    took: dict[str, list[float]] = {name: [] for name in asked}
    rows: dict[str, int] = {}
    for turn in range(rounds + 3):
        for name, ask in asked.items():
            began = time.perf_counter()
            rows[name] = len(ask())
            if turn >= 3:  # warm
                took[name].append((time.perf_counter() - began) * 1000)
    return {
        name: (statistics.median(each), sorted(each)[int(0.95 * (len(each) - 1))], rows[name])
        for name, each in took.items()
    }


def _write(path: str, rate: int, seconds: float) -> None:
    """Write *rate* readings a second through the real writer, ten batches a second, until stopped."""
    writer = open_store(f"sqlite:///{path}", lambda: END_US).writer()
    dice = np.random.default_rng(7)
    began, batches = time.perf_counter(), 0
    base_us = END_US + int(time.time()) * 1000  # after what an earlier run wrote
    while time.perf_counter() - began < seconds:
        at_us = base_us + batches * 100_000
        batch = writer.begin(at_us)
        values = dice.normal(58, 6, rate // 10).round(1).tolist()
        who = dice.integers(DENSE, ASSETS, rate // 10).tolist()
        batch.add_readings(
            [
                Reading(f"asset-{number:04}", QUANTITY, at_us + place, at_us, value)
                for place, (number, value) in enumerate(zip(who, values, strict=True))
            ]
        )
        batch.commit()
        batches += 1
        if batches == 10:
            _say("writing")
        time.sleep(max(0.0, began + batches / 10 - time.perf_counter()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readings", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--rate", type=int, default=5_000, help="readings a second of the writer beside")
    parser.add_argument("--folder", help="where the generated store is kept; default: a scratch folder")
    parser.add_argument("--write-to", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=60, help=argparse.SUPPRESS)
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
