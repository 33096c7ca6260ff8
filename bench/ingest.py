"""Durable ingest: how many messages a second, and at what processor cost, with nothing lost and nothing doubled.

    python bench/ingest.py [--messages 60000] [--runs 3] [--seed 0] [--only replay|broker] [--sync timed|always]

Two cells, each in processes of its own, median of the runs:

replay   a raw socket server plays prebuilt QoS 1 packets to the real ingest (paho, decode, rules, one transaction a
         batch with latest and rollups, acknowledgement), and in the same run to paho alone with an empty handler,
         which acknowledges by itself, and with manual acknowledgement in batches: the yardsticks
broker   the embedded broker and a publisher share the machine with the real `python -m ingest`

Prints one JSON line a cell.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import paho.mqtt.client as paho  # noqa: E402 - the yardstick

from bench.ingest_process import Rig, stored_numbers  # noqa: E402 - run by path: the checkout is put on it first
from bench.mqtt_socket import Publisher, asset_ids, reading_packets  # noqa: E402 - run by path: the checkout is put on it first
from ingest.client import Link, LinkSettings  # noqa: E402 - run by path: the checkout is put on it first
from ingest.intake import Intake  # noqa: E402 - run by path: the checkout is put on it first
from ingest.service import Parts, _calm_garbage_collection, decoder_of  # noqa: E402 - run by path: the checkout is put on it first
from street import clock  # noqa: E402 - run by path: the checkout is put on it first
from street.assets import Asset  # noqa: E402 - run by path: the checkout is put on it first
from street.config import load  # noqa: E402 - run by path: the checkout is put on it first
from street.store import open_store  # noqa: E402 - run by path: the checkout is put on it first

ASSETS = 2_000
FILTER = "street/#"
BATCH = 2_000


def main() -> None:
    """Run the cells and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0, help="first number of the messages")
    parser.add_argument("--only", choices=("replay", "broker"))
    parser.add_argument("--sync", choices=("timed", "always"), default="timed", help="the broker's own durability")
    parser.add_argument("--consume", nargs=2, metavar=("HOW", "PORT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.consume:
        how, port = given.consume
        sys.stdout.write(json.dumps(CONSUMERS[how](int(port), given.messages)) + "\n")
        return
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}
    for name, cell in (("replay", replay_cell), ("broker", broker_cell)):
        if given.only in (None, name):
            sys.stdout.write(json.dumps({"bench": f"ingest.{name}", **cell(given), "machine": machine}) + "\n")
            sys.stdout.flush()


# ---------------------------------------------------------------------------------------------------- replay


def replay_cell(given: argparse.Namespace) -> dict[str, Any]:
    """Measure ingest and the yardsticks, interleaved."""
    found: dict[str, list[dict[str, Any]]] = {how: [] for how in CONSUMERS}
    for _ in range(given.runs):
        for how in CONSUMERS:
            found[how].append(_replay_once(how, given))
    rates = {how: statistics.median(run["per_s"] for run in runs) for how, runs in found.items()}
    ingest = found["ingest"]
    return {
        "messages": given.messages,
        "runs": given.runs,
        "msg_per_s": round(rates["ingest"]),
        "msg_per_core_s": round(1e6 / statistics.median(run["cpu_us"] for run in ingest)),
        "cpu_us": {how: statistics.median(run["cpu_us"] for run in runs) for how, runs in found.items()},
        "paho_empty_per_s": round(rates["paho_auto"]),
        "paho_manual_per_s": round(rates["paho_manual"]),
        "of_paho_empty": round(rates["ingest"] / rates["paho_auto"], 2),
        "of_paho_manual": round(rates["ingest"] / rates["paho_manual"], 2),
        "lost": max(run["lost"] for run in ingest),
        "duplicates": max(run["duplicates"] for run in ingest),
        "rss_mb": max(run["rss_mb"] for run in ingest),
    }


def _replay_once(how: str, given: argparse.Namespace) -> dict[str, Any]:
    start_ms = clock.now_us() // 1000 - given.messages
    server = subprocess.Popen(
        [
            sys.executable, str(ROOT / "bench/replay_server.py"), "--messages", str(given.messages),
            "--assets", str(ASSETS), "--start-ms", str(start_ms),
        ],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    port = server.stdout.readline().strip()
    try:
        consumer = subprocess.run(
            [sys.executable, __file__, "--messages", str(given.messages), "--consume", how, port],
            stdout=subprocess.PIPE, text=True, timeout=120, check=True,
        )  # fmt: skip
        played = json.loads(server.communicate(timeout=30)[0])
    finally:
        server.kill()
        server.wait()
    return {**json.loads(consumer.stdout), "per_s": given.messages / played["wall_s"]}


def _consume_ingest(port: int, messages: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(
            f"store:\n  url: sqlite:///street.db\ningest:\n  batch_rows: {BATCH}\n"
            f"places:\n  directory: {ROOT / 'street/geo'}\n",
            encoding="utf-8",
        )
        config = load(path, {})
        store = open_store(config.store.url, now_us=clock.now_us)
        store.register_assets(
            [
                Asset(asset_id=it, kind="weather", name=it, community_id=it[-1], interval_s=60)
                for it in asset_ids(ASSETS)
            ]
        )
        parts = Parts(config, store)
        link = Link(LinkSettings(host="127.0.0.1", port=port, filters=(FILTER,)))
        intake = Intake(link, decoder_of(config), parts.filing, config.ingest)
        _calm_garbage_collection()
        began_s = time.process_time()
        while intake.counts.stored + intake.counts.duplicates < messages:
            intake.step(0.2)
        used_s = time.process_time() - began_s
        link.close()
        rows = stored_numbers(config.store_path)
        parts.close()
        return {
            "cpu_us": round(used_s / messages * 1e6, 2),
            "lost": messages - len(set(rows)),
            "duplicates": len(rows) - len(set(rows)),
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }


def _consume_paho(port: int, messages: int, *, manual: bool) -> dict[str, Any]:
    client = paho.Client(
        paho.CallbackAPIVersion.VERSION2, client_id="yardstick", clean_session=False, manual_ack=manual
    )
    client.on_connect = lambda it, *_: it.subscribe(FILTER, 1)
    held: list[tuple[int, int]] = []
    count = 0

    def on_message(_client: Any, _userdata: Any, message: paho.MQTTMessage) -> None:  # noqa: ANN401 - paho's signature
        nonlocal count
        count += 1
        if manual:
            held.append((message.mid, message.qos))

    client.on_message = on_message
    client.connect("127.0.0.1", port)
    began_s = time.process_time()
    while count < messages:
        client.loop(0.2)
        if len(held) >= BATCH or count == messages:
            for mid, qos in held:
                client.ack(mid, qos)
            held.clear()
    used_s = time.process_time() - began_s
    client.disconnect()
    return {"cpu_us": round(used_s / messages * 1e6, 2)}


CONSUMERS = {
    "ingest": _consume_ingest,
    "paho_auto": lambda port, messages: _consume_paho(port, messages, manual=False),
    "paho_manual": lambda port, messages: _consume_paho(port, messages, manual=True),
}


# ---------------------------------------------------------------------------------------------------- broker


def broker_cell(given: argparse.Namespace) -> dict[str, Any]:
    """Measure the whole way: publisher, embedded broker and ingest on one machine."""
    runs = [_broker_once(given, run) for run in range(given.runs)]
    return {
        "messages": given.messages,
        "runs": given.runs,
        "sync": given.sync,
        "msg_per_s": round(statistics.median(run["per_s"] for run in runs)),
        "published_per_s": round(statistics.median(run["published_per_s"] for run in runs)),
        "ingest_cpu_us": statistics.median(run["cpu_us"] for run in runs),
        "lost": max(run["lost"] for run in runs),
        "duplicates": max(run["duplicates"] for run in runs),
    }


def _broker_once(given: argparse.Namespace, run: int) -> dict[str, Any]:
    first = given.seed + run * given.messages
    with Rig(assets=ASSETS, sync=given.sync) as rig:
        built = reading_packets(given.messages, ASSETS, clock.now_us() // 1000 - first - given.messages, first)
        ingest = rig.start_ingest()
        publisher = Publisher("127.0.0.1", rig.port, "devices", rig.password("devices"), client_id="bench")
        before = ingest.cpu_times()
        began_s = time.monotonic()
        publisher.publish(built)
        published_s = time.monotonic() - began_s
        rows = rig.wait_for_rows(given.messages, within_s=60)
        wall_s = time.monotonic() - began_s
        after = ingest.cpu_times()
        publisher.close()
    used_s = after.user + after.system - before.user - before.system
    return {
        "per_s": given.messages / wall_s,
        "published_per_s": given.messages / published_s,
        "cpu_us": round(used_s / given.messages * 1e6, 2),
        "lost": given.messages - len(set(rows)),
        "duplicates": len(rows) - len(set(rows)),
    }


if __name__ == "__main__":
    main()
