"""Backup and restore of a store of a given size, while a writer goes on: how long, and what the writer feels of it.

    python -m bench.backup [--gb 1] [--folder DIR]

A writer in a process of its own commits 1,000 readings each 100 ms, from before the backup to after it. The store is
of readings alone: the smallest rows, so the most of them to examine in a gigabyte. Prints one JSON line.
"""

import argparse
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from street import clock
from street.config import Config, load
from street.keeping.backup import Wish, take
from street.keeping.restore import restore
from street.readings import Reading
from street.store import open_store

ROWS_A_STEP = 500_000
ROWS_A_BATCH = 1_000
PERIOD_S = 0.1
QUIET_S = 5.0
FILL = """
    WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
    INSERT INTO readings SELECT 20000000 + i / 60000, i % 1000, (20000000 + i / 60000) * 60000000 + i, i, i * 0.37, 0
    FROM n
"""


def main() -> None:
    """Fill, back up under load, restore; print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gb", type=float, default=1.0)
    parser.add_argument("--folder", type=Path, help="on the disk that is to be measured")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        (folder / "config.yaml").write_text("store:\n  url: sqlite:///street.db\n", encoding="utf-8")
        config = load(folder / "config.yaml", {})
        rows = fill(config, given.gb)
        found = measure(config, folder)
    machine = f"{platform.machine()} {os.cpu_count()} cpus"
    sys.stdout.write(json.dumps({"bench": "backup", "gb": given.gb, "rows": rows, **found, "machine": machine}) + "\n")


def fill(config: Config, gigabytes: float) -> int:
    """Put readings in until the file has its size; return how many."""
    store = open_store(config.store.url, clock.now_us)
    path, rows = config.store_path, 0
    assert path is not None
    with store._write_engine.connect() as connection:
        while path.stat().st_size < gigabytes * 1e9:
            with connection.begin():
                connection.exec_driver_sql(FILL, (rows, rows + ROWS_A_STEP))
            rows += ROWS_A_STEP
    store.close()
    return rows


def measure(config: Config, folder: Path) -> dict[str, Any]:
    """Return seconds of each step, and the writer's commits before and during the backup."""
    told: multiprocessing.Queue[list[tuple[float, float]]] = multiprocessing.Queue()
    stop = multiprocessing.Event()
    writer = multiprocessing.Process(target=write, args=(config.store.url, stop, told))
    writer.start()
    time.sleep(QUIET_S)
    began = time.monotonic()
    backup = take(config, Wish(folder=folder / "backups"), clock.now_us, lambda _line: None)
    ended = time.monotonic()
    stop.set()
    commits = told.get()
    writer.join()
    before = [took for at, took in commits if at < began]
    during = [took for at, took in commits if began <= at <= ended]
    done = restore(config, backup.path, "", clock.now_us, lambda _line: None)
    return {
        "backup_s": round(ended - began, 2),
        "restore_s": round(done.took_s, 2),
        "mb": round(sum(it.bytes for it in backup.manifest.files.values()) / 1e6),
        "commits_before_a_s": round(len(before) / QUIET_S, 1),
        "commits_during_a_s": round(len(during) / (ended - began), 1),
        "commit_ms_median": [round(1e3 * sorted(it)[len(it) // 2], 1) for it in (before, during)],
        "commit_ms_most": [round(1e3 * max(it), 1) for it in (before, during)],
    }


def write(url: str, stop: Event, told: "multiprocessing.Queue[list[tuple[float, float]]]") -> None:
    """Commit batches until told to stop, then tell when each began and how long it took."""
    store = open_store(url, clock.now_us)
    writer, commits, number = store.writer(), [], 0
    while not stop.is_set():
        at_us = clock.now_us()
        rows = [Reading(f"n-{it}", "noise_laeq", at_us + number + it, at_us, 60.0, 0) for it in range(ROWS_A_BATCH)]
        number += ROWS_A_BATCH
        began = time.monotonic()
        batch = writer.begin(at_us)
        batch.add_readings(rows)
        batch.commit()
        took = time.monotonic() - began
        commits.append((began, took))
        time.sleep(max(0.0, PERIOD_S - took))
    told.put(commits)
    writer.close()
    store.close()


if __name__ == "__main__":
    main()
