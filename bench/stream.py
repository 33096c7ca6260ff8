"""Fifty screens on the live feed: what they cost the server, how late and how heavy a change is.

    python bench/stream.py --screens 50 --changes 10 --seconds 20 --behind 1000

A real dashboard in its own process follows a real store that this process writes: each change is one committed
reading of the weather station, a number that the clients recognise. Latency is from just before the commit to the
bytes in a client, so it holds the disk too. Prints one JSON line.
"""

import argparse
import asyncio
import json
import os
import platform
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil

from street.assets import Asset
from street.clock import now_us
from street.config import Config, load
from street.readings import Reading
from tests.journeys.stack import signed_in, store_of

ROOT = Path(__file__).resolve().parents[1]
FIGURE = re.compile(rb'"temperature":\[(\d+)')
START_S = 20.0


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Street:
    """The store that the benchmark writes."""

    def __init__(self, config: Config, assets: int) -> None:
        self.config = config
        self.store = store_of(config)
        station = Asset(asset_id="WX-01", kind="weather_station", name="WX-01", lon=120.32, lat=36.07, interval_s=60.0)
        others = [
            Asset(asset_id=f"NM-{number:03d}", kind="noise_meter", name=f"NM-{number:03d}", interval_s=60.0)
            for number in range(assets - 1)
        ]
        self.store.register_assets([station, *others])
        self.writer = self.store.writer()
        self.linked_us = now_us()

    def commit(self, readings: list[Reading]) -> None:
        """Commit readings, and the heartbeat with them."""
        at_us = now_us()
        batch = self.writer.begin(at_us)
        batch.add_readings(readings)
        batch.beat(at_us, True, self.linked_us)
        batch.commit()


def wait_until_served(port: int) -> float:
    """Return after how long the server answered [s]."""
    began = time.monotonic()
    while time.monotonic() - began < START_S:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=1):
                return time.monotonic() - began
        except OSError:
            time.sleep(0.02)
    msg = f"no answer within {START_S} s"
    raise SystemExit(msg)


async def watch(
    port: int, token: str, seen: dict[int, list[float]], received: list[int], *, is_counting: asyncio.Event
) -> None:
    """Be one screen: note when each number arrives, and every byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = f"GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sid={token}\r\nAccept: text/event-stream\r\n\r\n"
        writer.write(head.encode())
        while chunk := await reader.read(65536):
            arrived = time.perf_counter()
            if is_counting.is_set():
                received.append(len(chunk))
                for number in FIGURE.findall(chunk):
                    seen.setdefault(int(number), []).append(arrived)
    finally:
        writer.close()


async def change(street: Street, sent: dict[int, float], given: argparse.Namespace, began: float) -> None:
    """Commit the changes that are watched for, and what goes on behind them in batches as ingest would make them."""
    number, behind = 0, 0
    while (elapsed := time.perf_counter() - began) < given.seconds:
        at_us = now_us()
        readings = []
        while behind < given.behind * elapsed:
            behind += 1
            asset_id = f"NM-{behind % (given.assets - 1):03d}"
            readings.append(Reading(asset_id, "noise_laeq", at_us + behind % 1000, at_us, 50.0 + behind % 30))
        if number < given.changes * elapsed:
            number += 1
            sent[number] = time.perf_counter()
            readings.append(Reading("WX-01", "temperature", at_us, at_us, float(number)))
        if readings:
            await asyncio.to_thread(street.commit, readings)
        await asyncio.sleep(0.002)


async def measure(street: Street, port: int, server: psutil.Process, given: argparse.Namespace) -> dict[str, Any]:
    """Let the screens watch, each signed in as a wall of its own, while the street changes."""
    tokens = [signed_in(street.config).token for _ in range(given.screens)]
    seen: dict[int, list[float]] = {}
    received: list[int] = []
    sent: dict[int, float] = {}
    is_counting = asyncio.Event()
    screens = [asyncio.create_task(watch(port, token, seen, received, is_counting=is_counting)) for token in tokens]
    await asyncio.sleep(2)  # snapshots are over, the screens are at rest
    is_counting.set()
    used, began = sum(server.cpu_times()[:2]), time.perf_counter()
    await change(street, sent, given, began)
    await asyncio.sleep(0.3)
    elapsed = time.perf_counter() - began
    used = sum(server.cpu_times()[:2]) - used
    is_counting.clear()
    for screen in screens:
        screen.cancel()
    await asyncio.gather(*screens, return_exceptions=True)
    changes = len(sent)
    late = sorted((at - sent[number]) * 1000 for number, ats in seen.items() for at in ats)
    return {
        "frames": len(late),
        "expected": changes * given.screens,
        "p50_ms": round(late[len(late) // 2], 2),
        "p95_ms": round(late[int(len(late) * 0.95)], 2),
        "max_ms": round(late[-1], 2),
        "server_cpu_pct": round(100 * used / elapsed, 2),
        "bytes_per_s_per_screen": round(sum(received) / elapsed / given.screens),
    }


def main() -> None:
    """Run once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--screens", type=int, default=50)
    parser.add_argument("--changes", type=float, default=10.0, help="a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--behind", type=float, default=0.0, help="other readings a second")
    parser.add_argument("--assets", type=int, default=226)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        config = Path(folder) / "config.yaml"
        told = f"store: {{url: sqlite:///street.db}}\nplaces: {{directory: {ROOT / 'street/geo'}}}\n"
        config.write_text(told, encoding="utf-8")
        street = Street(load(config, {}), given.assets)
        street.commit([])
        command = [sys.executable, "-m", "dashboard", "--config", str(config)]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PORT": str(port)})
        try:
            cold_s = wait_until_served(port)
            server = psutil.Process(process.pid)
            figures = asyncio.run(measure(street, port, server, given))
            figures |= {"cold_start_s": round(cold_s, 2), "server_rss_mb": round(server.memory_info().rss / 1e6)}
        finally:
            process.terminate()
            process.wait(10)
        machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
        sys.stdout.write(json.dumps(vars(given) | figures | {"machine": machine}) + "\n")


if __name__ == "__main__":
    main()
