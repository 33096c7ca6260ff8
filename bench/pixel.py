"""From a device's publish to painted text on the wall, beside the naive way to build it, in one run.

    python -m bench.pixel --probes 300 --behind 1000

A process of its own publishes probes (a temperature that counts up, stamped just before it is published) and another
one a thousand readings a second behind them. Broker, ingest and dashboard are the real ones, Chromium paints. A probe
is painted when the page has painted its number or a later one. Prints one JSON line for each screen:

    wall-1080p, wall-4k   the temperature in W3, after the frame in which it changed was committed
    assets-1080p          the asset's colour on the map's canvas, at the draw that shows it (alarm on, alarm off)
    naive                 `dcc.Interval` of 1 s over a frame that every message is concatenated to
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.journeys.conftest import ARGUMENTS, CHROMIUM, SOFTWARE_GL
from tests.journeys.stack import Stack, free_port, until

ROOT = Path(__file__).resolve().parents[1]
WATCH_TEXT = """(selector) => {
  const place = document.querySelector(selector), channel = new MessageChannel();
  let waiting = [];
  window.painted = [];
  const clock = () => performance.timeOrigin + performance.now();
  channel.port1.onmessage = () => { window.painted.push(...waiting.map((n) => [n, clock()])); waiting = []; };
  new MutationObserver(() => {
    const n = Math.round(parseFloat(place.textContent) * 10);
    if (Number.isFinite(n) && waiting.push(n) === 1) requestAnimationFrame(() => channel.port2.postMessage(0));
  }).observe(place, { childList: true, characterData: true, subtree: true });
}"""
# A canvas does not say what it shows: the last draw call of each frame is taken as the frame.
WATCH_CANVAS = """() => { window.drawn = []; const draw = WebGL2RenderingContext.prototype.drawElements;
  WebGL2RenderingContext.prototype.drawElements = function (...how) { draw.apply(this, how);
    if (!this.canvas.closest?.("[data-part=map-assets]")) return;
    const at = performance.timeOrigin + performance.now(), last = window.drawn.at(-1);
    if (last && at - last[1] < 5) last[1] = at; else window.drawn.push([at, at]); }; }"""


def publishing(role: str, stack: Stack, given: argparse.Namespace, count: int) -> "subprocess.Popen[str]":
    """Start a process that publishes; the probes' process writes [number, instant in ms] lines."""
    command = [sys.executable, "-m", "bench.pixel_publisher", role, str(stack.folder), str(stack.ports["MQTT_PORT"])]
    rate = str(given.behind if role == "behind" else given.every_ms)
    return subprocess.Popen([*command, str(count), rate, str(given.seed)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def probe(stack: Stack, given: argparse.Namespace, role: str, count: int) -> list[tuple[int, float]]:
    """Publish *count* probes; return their numbers and instants."""
    output, _ = publishing(role, stack, given, count).communicate(timeout=given.every_ms / 1000 * count * 3 + 60)
    return [(int(number), float(at)) for number, at in (line.split() for line in output.splitlines())]


def text_delays(page: Page, sent: list[tuple[int, float]]) -> list[float]:
    """Return for each probe how long until it, or a later one, was painted [ms]."""
    last = sent[-1][0]
    until(lambda: any(n >= last for n, _ in page.evaluate("() => window.painted")), "the last probe is painted", 60)
    painted = page.evaluate("() => window.painted")
    return [min(at for n, at in painted if n >= number) - began for number, began in sent]


def canvas_delays(page: Page, sent: list[tuple[int, float]]) -> list[float]:
    """Return for each probe how long until the first draw after it [ms]; nothing else changes the assets' looks."""
    page.wait_for_timeout(1000)
    drawn = page.evaluate("() => window.drawn.map(([, last]) => last)")
    delays = [[at - began for at in drawn if at > began] for _, began in sent]
    return [min(some) for some in delays if some]


def figures(screen: str, delays: list[float], given: argparse.Namespace) -> dict[str, Any]:
    """Return the quantiles of one screen."""
    ordered = sorted(delays)
    quantile = {f"p{share}_ms": round(ordered[len(ordered) * share // 100], 1) for share in (50, 95, 99)}
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 2)}
    told = {"screen": screen, "probes": len(ordered), **quantile, "max_ms": round(ordered[-1], 1)}
    return told | {"behind_per_s": given.behind, "seed": given.seed, "machine": machine}


def say(told: dict[str, Any]) -> None:
    """Write one JSON line now."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def wall(page: Page, stack: Stack) -> None:
    """Open the wall and wait until it is live."""
    page.goto(stack.url)
    page.wait_for_selector("#w11[data-map]", timeout=90_000)
    page.wait_for_selector('#w3 [data-figure="temperature"] .value', timeout=60_000)


def measure(stack: Stack, given: argparse.Namespace) -> None:
    """Measure every screen, one after another, with the same messages behind."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *SOFTWARE_GL])
        stack.telemetry("WX-01", temperature=-5.0)
        medians = {}
        for screen, size in {"wall-1080p": (1920, 1080), "assets-1080p": (1920, 1080), "wall-4k": (3840, 2160)}.items():
            page = browser.new_page(viewport={"width": size[0], "height": size[1]})
            stack.enter(page.context)
            if screen.startswith("assets"):
                page.add_init_script(f"({WATCH_CANVAS})()")
            wall(page, stack)
            medians[screen] = one_screen(page, stack, given, screen)
            page.close()
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        medians["naive"] = naive(page, stack, given)
        say({"naive_over_wall_p50": round(medians["naive"] / medians["wall-1080p"], 1)})


def one_screen(page: Page, stack: Stack, given: argparse.Namespace, screen: str) -> float:
    """Measure one screen of the wall; return its median."""
    is_canvas = screen.startswith("assets")
    count = given.probes if screen == "wall-1080p" else max(20, given.probes // 6)
    if not is_canvas:
        page.evaluate(WATCH_TEXT, '#w3 [data-figure="temperature"] .value')
    behind = publishing("behind", stack, given, 0)
    try:
        page.wait_for_timeout(3000)
        sent = probe(stack, given, "alarms" if is_canvas else "numbers", count)
        delays = canvas_delays(page, sent) if is_canvas else text_delays(page, sent)
    finally:
        behind.kill()
        behind.wait(10)
    told = figures(screen, delays, given)
    say(told)
    return float(told["p50_ms"])


def naive(page: Page, stack: Stack, given: argparse.Namespace) -> float:
    """Measure the naive page; return its median."""
    port = free_port()
    command = [sys.executable, "-m", "bench.naive_dash", str(stack.folder), str(stack.ports["MQTT_PORT"]), str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    behind = None
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                page.goto(f"http://127.0.0.1:{port}/")
                break
            except Exception:  # noqa: BLE001 - whatever the browser says while nobody listens yet
                page.wait_for_timeout(500)
        page.wait_for_selector("#value", timeout=60_000)
        page.evaluate(WATCH_TEXT, "#value")
        behind = publishing("behind", stack, given, 0)
        page.wait_for_timeout(3000)
        told = figures("naive", text_delays(page, probe(stack, given, "numbers", max(20, given.probes // 3))), given)
    finally:
        process.kill()
        process.wait(10)
        if behind is not None:
            behind.kill()
            behind.wait(10)
    say(told)
    return float(told["p50_ms"])


def main() -> None:
    """Run once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--probes", type=int, default=300)
    parser.add_argument("--behind", type=float, default=1000.0, help="other readings a second")
    parser.add_argument("--every-ms", type=float, default=90.0, help="between two probes, on average")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "street")
        try:
            stack.open()
            measure(stack, given)
        finally:
            stack.close()


if __name__ == "__main__":
    main()
