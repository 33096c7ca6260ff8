"""A street of 5,000 assets with 100 updates a second on the wall: from publish to pixel, and what a drag moves.

    python -m bench.big_street                     # 5,000 assets, 100 updates/s, 80 probes

Every asset has a position, speaks once, and then takes its turn among the updates; one in fifty of them is an alarm
that comes or goes, so that their canvas has to draw. Probes as in `bench.pixel`. Then the map is dragged 250 px in
twenty moves while the updates go on. Broker, ingest, dashboard and Chromium are the real ones. Prints one JSON line.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.pixel import WATCH_TEXT, figures, probe, text_delays, wall
from bench.pixel_publisher import connected
from street.clock import iso, now_us
from tests.journeys.conftest import ARGUMENTS, CHROMIUM, SOFTWARE_GL
from tests.journeys.stack import ROOT, Stack, an_incident

GOAL_MS = 250.0
DRAG_PX = 250
ALARMING = 50  # one update in so many
WEST, SOUTH, EAST, NORTH = 120.312, 36.058, 120.334, 36.074  # the demo's subdistrict, roughly
# Where the map is: the projection of a fixed point, as the incidents' markers are placed.
PLACE = "() => document.querySelector('#w11 [data-incident]')?.getBoundingClientRect().x ?? null"
LONG_TASKS = """() => { window.longest = []; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.longest.push(entry.duration); }).observe({ type: "longtask" }); }"""


def register(path: Path, count: int, dice: random.Random) -> None:
    """Write the demo's assets and lamps beside them, until there are *count*."""
    demo = (ROOT / "street/geo/demo_assets.csv").read_text(encoding="utf-8").splitlines()
    head = demo[0].split(",")
    rows = [*demo]
    for number in range(count - len(demo) + 1):
        row = dict.fromkeys(head, "")
        lon, lat = dice.uniform(WEST, EAST), dice.uniform(SOUTH, NORTH)
        row |= {"id": f"BL-{number:04}", "kind": "streetlight", "name": f"BL-{number:04}"}
        row |= {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}
        rows.append(",".join(row[name] for name in head))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def updates(folder: Path, port: int, count: int, per_s: float, seed: int) -> None:
    """Publish as every lamp in turn, for ever; called in a process of its own."""
    client, dice = connected(folder, port, "big"), random.Random(seed)
    for number in range(count):
        client.publish(f"street/BL-{number:04}/telemetry", json.dumps({"ts": iso(now_us()), "power": 50}), qos=1)
        time.sleep(0.0005)
    began, sent = time.monotonic(), 0
    while True:
        due = int((time.monotonic() - began) * per_s)
        for number in range(sent, due):
            values = {"power": round(dice.uniform(40, 65), 1)}
            topic = f"street/BL-{number % count:04}/telemetry"
            if number % ALARMING == 0:  # a level 4 alarm, on and off
                topic, values = f"street/SMK-{dice.randrange(1, 5):02}/telemetry", {"battery": dice.choice((5, 90))}
            client.publish(topic, json.dumps({"ts": iso(now_us()), **values}), qos=1)
        sent = due
        time.sleep(0.005)


def dragged_px(page: Page) -> float:
    """Drag the map and return how far it moved [px]."""
    box = page.locator("#w11").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = page.evaluate(PLACE)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + DRAG_PX, y, steps=20)
    page.mouse.up()
    page.wait_for_timeout(1500)
    after = page.evaluate(PLACE)
    return float("nan") if before is None or after is None else round(after - before, 1)


def measure(stack: Stack, given: argparse.Namespace) -> dict[str, object]:
    """Open the wall, publish, probe, drag."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *SOFTWARE_GL])
        stack.telemetry("WX-01", temperature=-5.0)
        stack.report([an_incident(1, lon=120.3235, lat=36.0665, severity=3)])
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        stack.enter(page.context)
        began = time.monotonic()
        wall(page, stack)
        opened_s = round(time.monotonic() - began, 2)
        page.evaluate(WATCH_TEXT, '#w3 [data-figure="temperature"] .value')
        page.evaluate(LONG_TASKS)
        where = [str(stack.folder), str(stack.ports["MQTT_PORT"]), str(given.assets - 300), str(given.per_s), "7"]
        behind = subprocess.Popen([sys.executable, "-m", "bench.big_street", "updates", *where], cwd=ROOT)
        try:
            page.wait_for_timeout(12_000)  # until each has spoken once
            told = figures("wall-5000", text_delays(page, probe(stack, given, "numbers", given.probes)), given)
            moved = dragged_px(page)
        finally:
            behind.kill()
            behind.wait(10)
        longest = sorted(page.evaluate("() => window.longest"))
    return {
        "bench": "big_street", "assets": given.assets, "updates_per_s": given.per_s, "wall_open_s": opened_s, **told,
        "dragged_px": moved, "asked_px": DRAG_PX, "long_tasks": len(longest), "longest_ms": longest[-1:],
        "goal_ms": GOAL_MS,
    }  # fmt: skip


def main() -> None:
    """Run once and print the figures."""
    if sys.argv[1:2] == ["updates"]:
        folder, port, count, per_s, seed = sys.argv[2:]
        updates(Path(folder), int(port), int(count), float(per_s), int(seed))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=5_000)
    parser.add_argument("--per-s", type=float, default=100.0)
    parser.add_argument("--probes", type=int, default=80)
    parser.add_argument("--every-ms", type=float, default=150.0)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    given.behind = given.per_s
    with tempfile.TemporaryDirectory() as folder:
        assets = Path(folder) / "assets.csv"
        register(assets, given.assets, random.Random(given.seed))
        stack = Stack(Path(folder) / "street", assets)
        try:
            stack.open()
            sys.stdout.write(json.dumps(measure(stack, given)) + "\n")
        finally:
            stack.close()


if __name__ == "__main__":
    main()
