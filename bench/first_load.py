"""The wall's first load: bytes over the wire and time to a live map, in a browser that has never seen it.

    python -m bench.first_load --times 3

Real broker, ingest and dashboard; real Chromium without a graphics card, each time with an empty cache. The map is
live when base map and assets are drawn and the feed says that data is alive. Prints one JSON line.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.journeys.conftest import ARGUMENTS, CHROMIUM, SOFTWARE_GL
from tests.journeys.stack import Stack


def load(browser: Browser, stack: Stack) -> dict[str, Any]:
    """Load the wall once in a new profile that is signed in."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    stack.enter(context)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    received: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    devtools.send("Network.enable")
    began = time.monotonic()
    page.goto(stack.url, wait_until="commit")
    page.wait_for_selector('#w1[data-state="fresh"]', timeout=90_000)
    text_s = time.monotonic() - began
    page.wait_for_selector("#w11[data-map]", timeout=90_000)
    map_s = time.monotonic() - began
    page.wait_for_timeout(500)
    by_page = sum(received)
    # what the map's worker fetches is seen by no page's session: its files are asked for again, as it asks for them
    by_worker = page.evaluate(
        """async () => { const style = await (await fetch("/geo/style.json")).json(); let bytes = 0;
          for (const { data } of Object.values(style.sources)) {
            const answer = await fetch(data.replace("/assets/geo/", "/geo/"), { cache: "reload" });
            await answer.arrayBuffer();
            bytes += performance.getEntriesByName(answer.url).at(-1).encodedBodySize + 300; }
          return bytes; }"""
    )
    context.close()
    return {"text_s": text_s, "map_s": map_s, "bytes": by_page + by_worker}


def main() -> None:
    """Run and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "street")
        try:
            stack.open()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *SOFTWARE_GL])
                runs = [load(browser, stack) for _ in range(given.times)]
        finally:
            stack.close()
    median = {name: round(statistics.median(run[name] for run in runs), 2) for name in runs[0]}
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 2)}
    sys.stdout.write(json.dumps({"times": given.times, **median, "machine": machine}) + "\n")


if __name__ == "__main__":
    main()
