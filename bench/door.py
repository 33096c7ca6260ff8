"""The door: what the guard and the policy cost one request, and what fifty sign-ins a second cost the others.

    python -m bench.door --requests 3000

Guard and policy are measured where they stand: a real store, a real session, an application behind that answers
nothing; the same application without the guard is taken off. Then a real server in its own process: one reader asks
for the wall while strangers post wrong passwords, fifty a second. Prints one JSON line.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bench.stream import free_port, wait_until_served
from dashboard import rates
from dashboard.access import CALLBACK_RULES
from dashboard.guard import Guard
from dashboard.office import Office
from street.clock import now_us
from street.config import Config, load
from street.people import Role
from street.policy import Action
from tests.journeys.stack import ROOT, Signed, signed_in, store_of

CARD = {"inputs": [{"id": "queue", "property": "selected"}], "state": []}
ASKED = (
    b'{"output":"card.children","outputs":{"id":"card","property":"children"},'
    b'"inputs":[{"id":"queue","property":"selected","value":1}],"changedPropIds":["queue.selected"]}'
)


async def nothing(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer with nothing."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def scope_of(method: str, path: str, who: Signed) -> Scope:
    """Return what the server makes of a request of a browser."""
    headers = {
        "host": "127.0.0.1", "user-agent": "Mozilla/5.0", "accept": "*/*", "accept-encoding": "gzip, deflate, br",
        "cookie": f"sid={who.token}; _csrf_token={who.csrf}", "sec-fetch-site": "same-origin",
    }  # fmt: skip
    if method == "POST":
        headers |= {"content-type": "application/json", "x-csrftoken": who.csrf, "origin": "http://127.0.0.1"}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    told = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b""}
    return {**told, "scheme": "http", "client": ("127.0.0.1", 5), "headers": pairs}


async def took(app: ASGIApp, scope: Scope, body: bytes, times: int) -> list[float]:
    """Return how long *app* took for each of *times* requests [ms]."""
    statuses = set()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        statuses.add(message.get("status", 200))

    found = []
    for _ in range(times):
        began = time.perf_counter()
        await app(dict(scope), receive, send)
        found.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0)
    if statuses != {200}:
        msg = f"answers were {sorted(statuses)}"
        raise SystemExit(msg)
    return sorted(found)


async def guarded(config: Config, times: int) -> dict[str, Any]:
    """Measure guard and policy for a reader, and for a callback."""
    who = signed_in(config, Role.OPERATOR)
    office = Office(config, now_us)
    office.pages[""] = SimpleNamespace(callback_map={"card.children": CARD})  # type: ignore[assignment]  # its map is all
    guard = Guard(nothing, office)
    guard._rates.wait_s = lambda *_: 0.0  # type: ignore[method-assign]  # a benchmark asks too often
    CALLBACK_RULES[""]["card.children"] = Action.SEE_LIVE  # type: ignore[index]  # our own callback, in this process
    figures = {}
    for name, (method, path, body) in {
        "read": ("GET", "/api/snapshot", b""), "callback": ("POST", "/_dash-update-component", ASKED),
    }.items():  # fmt: skip
        scope = scope_of(method, path, who)
        bare = await took(nothing, scope, body, times)
        found = await took(guard, scope, body, times)
        figures[f"{name}_p50_ms"] = round(statistics.median(found) - statistics.median(bare), 3)
        figures[f"{name}_p95_ms"] = round(found[int(times * 0.95)], 3)
    office.close()
    return figures


async def flooded(port: int, who: Signed, seconds: float, sign_ins: float) -> tuple[list[float], dict[int, int]]:
    """Return how long a reader waited for each snapshot [ms], and what the strangers were answered."""
    url = f"http://127.0.0.1:{port}"
    answered: dict[int, int] = {}
    waiting: set[asyncio.Task[None]] = set()
    async with (
        httpx.AsyncClient(base_url=url, cookies=who.cookies, timeout=30) as reader,
        httpx.AsyncClient(base_url=url, timeout=30, limits=httpx.Limits(max_connections=200)) as stranger,
    ):

        async def sign_in(number: int) -> None:
            answer = await stranger.post("/login", data={"login": f"nobody{number % 7}", "password": "wrong"})
            answered[answer.status_code] = answered.get(answer.status_code, 0) + 1

        found, began, sent = [], time.perf_counter(), 0
        while (elapsed := time.perf_counter() - began) < seconds:
            while sent < elapsed * sign_ins:
                task = asyncio.create_task(sign_in(sent))
                waiting.add(task)
                task.add_done_callback(waiting.discard)
                sent += 1
            asked = time.perf_counter()
            (await reader.get("/api/snapshot")).raise_for_status()
            found.append((time.perf_counter() - asked) * 1000)
            await asyncio.sleep(0.05)
        await asyncio.gather(*waiting)
    return sorted(found), answered


def serving(config: Path, seconds: float) -> dict[str, Any]:
    """Measure a reader of a real server, undisturbed and during fifty sign-ins a second."""
    port = free_port()
    command = [sys.executable, "-m", "dashboard", "--config", str(config)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PORT": str(port)}, stderr=subprocess.DEVNULL)
    try:
        wait_until_served(port)
        who = signed_in(load(config, {}), Role.OPERATOR)
        quiet, _ = asyncio.run(flooded(port, who, seconds, 0))
        loud, answered = asyncio.run(flooded(port, who, seconds, 50))
    finally:
        process.terminate()
        process.wait(10)
    return {
        "reader_quiet_p95_ms": round(quiet[int(len(quiet) * 0.95)], 1),
        "reader_flood_p50_ms": round(statistics.median(loud), 1),
        "reader_flood_p95_ms": round(loud[int(len(loud) * 0.95)], 1),
        "sign_ins": {str(status): count for status, count in sorted(answered.items())},
    }


def main() -> None:
    """Run once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each half with the real server")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        told = f"store: {{url: sqlite:///street.db}}\nplaces: {{directory: {ROOT / 'street/geo'}}}\n"
        path.write_text(told, encoding="utf-8")
        config = load(path, {})
        store_of(config).close()
        figures = asyncio.run(guarded(config, given.requests)) | serving(path, given.seconds)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 2)}
    rate = {"sign_in_burst": rates.SIGN_IN.most, "sign_in_per_s": rates.SIGN_IN.per_s}
    sys.stdout.write(json.dumps({"cell": "door", **vars(given), **figures, **rate, "machine": machine}) + "\n")


if __name__ == "__main__":
    main()
