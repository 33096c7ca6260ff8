"""The broker is killed and comes back: how long until the first new reading is stored?

    python bench/outage.py [--seconds 10] [--runs 3]

The time counts from the moment the broker listens again; the publisher connects by itself at that moment. Prints one
JSON line.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.ingest_process import Rig, kill  # noqa: E402 - only now can it be found
from bench.mqtt_socket import Publisher, reading_packets  # noqa: E402 - run by path: the checkout is put on it first
from street import clock  # noqa: E402 - run by path: the checkout is put on it first

ASSETS = 10
BEFORE, AFTER = 200, 200


def outage(seconds: float) -> dict[str, Any]:
    """Return how long ingest took to store again after a broker that was away for *seconds*, and what was lost."""
    with Rig(assets=ASSETS) as rig:
        rig.start_ingest()
        start_ms = clock.now_us() // 1000 - BEFORE - AFTER
        _publish(rig, BEFORE, start_ms, 0)
        rig.wait_for_rows(BEFORE, within_s=10)
        kill(rig.broker)
        time.sleep(seconds)
        rig.start_broker()
        listens_s = time.monotonic()
        _publish(rig, AFTER, start_ms, BEFORE)
        rig.wait_for_rows(BEFORE + 1, within_s=20)
        stored_s = time.monotonic() - listens_s
        rows = rig.wait_for_rows(BEFORE + AFTER, within_s=20)
    return {
        "first_stored_s": round(stored_s, 2),
        "lost": BEFORE + AFTER - len(set(rows)),
        "duplicates": len(rows) - len(set(rows)),
    }


def _publish(rig: Rig, messages: int, start_ms: int, first: int) -> None:
    publisher = Publisher("127.0.0.1", rig.port, "devices", rig.password("devices"), client_id="bench")
    publisher.publish(reading_packets(messages, ASSETS, start_ms, first))
    publisher.close()


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    runs = [outage(given.seconds) for _ in range(given.runs)]
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}
    figures = {
        "bench": "outage",
        "away_s": given.seconds,
        "first_stored_s": [run["first_stored_s"] for run in runs],
        "median_s": statistics.median(run["first_stored_s"] for run in runs),
        "lost": max(run["lost"] for run in runs),
        "duplicates": max(run["duplicates"] for run in runs),
        "machine": machine,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
