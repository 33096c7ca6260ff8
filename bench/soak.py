"""Half an hour of the demo: memory, open files and threads of every part, and whether any of them grows.

    python -m bench.soak --minutes 30

A demo of its own, on free ports, in a folder that goes away, with the wall open in Chromium: its JavaScript heap is
taken after a garbage collection, beside the number of DOM nodes and listeners. Growth is the Theil-Sen slope (the
median of all slopes between two samples) of the second half, so that warming up and a single sample count for
nothing. Says each minute how it stands, then prints one JSON line; fails where ingest passes 100 MB, the dashboard
300 MB, or the page's heap grows by more than 2 MB/h.
"""

import argparse
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import psutil
from playwright.sync_api import CDPSession, sync_playwright

from tests.journeys.conftest import ARGUMENTS, CHROMIUM, SOFTWARE_GL

ROOT = Path(__file__).resolve().parents[1]
MB = 1024 * 1024
CONFIG = f"""
store: {{url: sqlite:///street.db}}
broker: {{directory: broker, secrets_file: secrets.json}}
places: {{directory: {ROOT}/street/geo}}
register: {{assets_file: {ROOT}/street/geo/demo_assets.csv}}
"""
MOST_MB = {"ingest": 100.0, "dashboard": 300.0}
MOST_HEAP_GROWTH = 2.0  # MB/h; a browser's own bookkeeping moves by less


class Sample(NamedTuple):
    """One look at one part: a process (resident memory, files, threads) or the page (heap, nodes, listeners)."""

    at_s: float
    mb: float
    files: int
    threads: int


def main() -> int:
    """Run the demo, look at it, print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description="Does anything grow?")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two looks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        demo, parts, url = start(Path(folder) / "state")
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *SOFTWARE_GL])
                page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
                page.goto(f"{url}/wall")
                page.wait_for_selector("#w11[data-map]", timeout=90_000)
                devtools = page.context.new_cdp_session(page)
                samples = watch(parts, devtools, minutes=options.minutes, every_s=options.every)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(30)
    figures = {name: summary(taken) for name, taken in samples.items()}
    figures["page"] = {
        name.replace("rss", "heap").replace("files", "nodes").replace("threads", "listeners"): value
        for name, value in figures["page"].items()
    }
    machine = f"{platform.machine()} {os.cpu_count()} cores, Python {platform.python_version()}"
    sys.stdout.write(json.dumps({"cell": "soak", "minutes": options.minutes, "machine": machine, **figures}) + "\n")
    too_big = any(figures[name]["rss_mb"] > most for name, most in MOST_MB.items())
    return int(too_big or figures["page"]["growth_mb_per_h"] > MOST_HEAP_GROWTH)


def start(state: Path) -> tuple[subprocess.Popen[str], dict[str, psutil.Process], str]:
    """Start a demo that keeps its things in *state*; return it, its parts and its address once it is live."""
    state.mkdir()
    (state / "config.yaml").write_text(CONFIG, encoding="utf-8")
    ports = {"PORT": str(free_port()), "MQTT_PORT": str(free_port())}
    environ = dict(os.environ, CONFIG=str(state / "config.yaml"), **ports)
    demo = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "demo.py")], env=environ, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert demo.stdout is not None
    for line in demo.stdout:
        if "Ctrl-C" in line:
            break
    else:
        raise SystemExit(demo.wait())
    words = {
        "broker": "nats-server",
        "ingest": "ingest --config",
        "dashboard": "dashboard --config",
        "street": "ingest.simulator --config",
    }
    running = {process: " ".join(process.cmdline()) for process in psutil.Process(demo.pid).children(recursive=True)}
    parts = {name: next(it for it, said in running.items() if word in said) for name, word in words.items()}
    return demo, parts, f"http://127.0.0.1:{ports['PORT']}"


def watch(
    parts: dict[str, psutil.Process], devtools: CDPSession, *, minutes: float, every_s: float
) -> dict[str, list[Sample]]:
    """Look at every part each *every_s* seconds, at the page each minute; a part that ends raises psutil's error."""
    samples: dict[str, list[Sample]] = {name: [] for name in [*parts, "page"]}
    devtools.send("Performance.enable")
    began = time.monotonic()
    said = -1
    while (at_s := time.monotonic() - began) < minutes * 60:
        for name, process in parts.items():
            with process.oneshot():
                rss_mb = process.memory_info().rss / MB
                samples[name].append(Sample(at_s, rss_mb, process.num_fds(), process.num_threads()))
        if int(at_s // 60) > said:
            said = int(at_s // 60)
            samples["page"].append(look_at_page(devtools, at_s))
            standing = ", ".join(f"{name} {taken[-1].mb:.1f}" for name, taken in samples.items())
            sys.stderr.write(f"{said:3d} of {minutes:.0f} min: {standing} MB\n")
        time.sleep(every_s)
    return samples


def look_at_page(devtools: CDPSession, at_s: float) -> Sample:
    """Return the page's live heap, its DOM nodes and its listeners, after a garbage collection."""
    devtools.send("HeapProfiler.collectGarbage")
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return Sample(at_s, metrics["JSHeapUsedSize"] / MB, int(metrics["Nodes"]), int(metrics["JSEventListeners"]))


def summary(samples: list[Sample]) -> dict[str, float]:
    """Return what is worth knowing of one part: memory at the end [MB], its growth [MB/h], most files and threads."""
    late = samples[len(samples) // 2 :]
    slopes = [(b.mb - a.mb) / (b.at_s - a.at_s) * 3600 for a, b in combinations(late[:: len(late) // 200 + 1], 2)]
    return {
        "rss_mb": round(samples[-1].mb, 1),
        "growth_mb_per_h": round(statistics.median(slopes), 2) if slopes else 0.0,
        "files": max(sample.files for sample in samples),
        "threads": max(sample.threads for sample in samples),
    }


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
