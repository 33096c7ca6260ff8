"""`make bench`: every benchmark, one after another, on an otherwise idle machine.

    python -m bench                     all but the soak
    python -m bench stream              one
    python -m bench soak --minutes 30   one, with its own arguments

Each prints its figures with seed and machine as JSON lines and can be run alone: `python -m bench.stream --help`.
"""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What runs when nothing is named; the soak takes half an hour and is named.
CELLS: dict[str, list[list[str]]] = {
    "decode": [[]],
    "detect": [[]],
    "ingest": [[], ["--only", "broker", "--sync", "always"]],
    "kills": [[]],
    "acts": [[]],
    "outage": [[]],
    "stream": [["--screens", "50", "--changes", "10", "--seconds", "20", "--behind", "1000"]],
    "freshness": [[], ["--old", "1.0"]],
    "queries": [["--readings", "1000000"], ["--readings", "10000000"]],
    "pixel": [["--probes", "300", "--behind", "1000"]],
    "first_load": [["--times", "3"]],
    "door": [[]],
    "slow_clients": [[]],
    "backup": [["--gb", "1"]],
}


def main(arguments: list[str]) -> int:
    """Run what *arguments* name, or all; return how many failed."""
    if arguments:
        return run(arguments[0], arguments[1:])
    say(f"machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    say(f"load before: {os.getloadavg()[0]:.2f} (above 0.5 the figures are not worth keeping)")
    return sum(run(name, options) != 0 for name, variants in CELLS.items() for options in variants)


def run(name: str, options: list[str]) -> int:
    """Run one benchmark in a process of its own; return its exit code."""
    say(f"\n{name} {' '.join(options)}".rstrip() + " …")
    began = time.monotonic()
    code = subprocess.run([sys.executable, "-m", f"bench.{name}", *options], cwd=ROOT, check=False).returncode
    say(f"{name}: {'done' if code == 0 else f'failed with exit code {code}'} in {time.monotonic() - began:.0f} s")
    return code


def say(text: str) -> None:
    """Write one line now."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
