"""`kill -9` of ingest at random times under load: no acknowledged reading may be lost, none stored twice.

    python bench/kills.py [--kills 20] [--rate 3000] [--seed 7]

The embedded broker, a publisher and the real `python -m ingest`. The same is done to the negative control, an ingest
that acknowledges before it stores (`bench/eager_ingest.py`): it must lose some, or this would prove nothing.
Prints one JSON line for each.
"""

import argparse
import json
import os
import platform
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.ingest_process import Rig, kill  # noqa: E402 - only now can it be found
from bench.mqtt_socket import Publisher, reading_packets  # noqa: E402 - run by path: the checkout is put on it first
from street import clock  # noqa: E402 - run by path: the checkout is put on it first

ASSETS = 200
EAGER = [str(ROOT / "bench/eager_ingest.py")]


def kill_under_load(kills: int, rate: float, seed: int, *, script: list[str] | None = None) -> dict[str, Any]:
    """Return what was published, stored, lost and doubled over *kills* kills.

    Args:
        kills: how many.
        rate: readings a second.
        seed: decides when each kill comes: 0.2 to 0.9 s after ingest is up.
        script: what is run in place of `python -m ingest`.
    """
    dice = random.Random(seed)
    pauses = [dice.uniform(0.2, 0.9) for _ in range(kills)]
    messages = int(rate * (sum(pauses) + 0.6 * kills + 1))
    with Rig(assets=ASSETS) as rig:
        ingest = rig.start_ingest(script=script)
        built = reading_packets(messages, ASSETS, clock.now_us() // 1000 - messages)
        publisher = Publisher("127.0.0.1", rig.port, "devices", rig.password("devices"), client_id="bench")
        load = threading.Thread(target=publisher.publish, args=(built,), kwargs={"rate": rate, "within_s": 300})
        load.start()
        for pause in pauses:
            time.sleep(pause)
            kill(ingest)
            ingest = rig.start_ingest(script=script)
        load.join()
        rows = rig.wait_for_rows(messages, within_s=6 if script else 30)
        publisher.close()
    return {
        "kills": kills,
        "published": messages,
        "confirmed": publisher.confirmed,
        "stored": len(rows),
        "lost": messages - len(set(rows)),
        "duplicates": len(rows) - len(set(rows)),
    }


def main() -> None:
    """Kill ingest, then the negative control, and print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rate", type=float, default=3_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}
    for name, kills, script in (("ingest", given.kills, None), ("auto-ack control", max(given.kills // 4, 2), EAGER)):
        figures = kill_under_load(kills, given.rate, given.seed, script=script)
        line = {"bench": "kills", "of": name, "seed": given.seed, "rate": given.rate, **figures, "machine": machine}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
