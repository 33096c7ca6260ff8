"""Acts on incidents: how long one takes, whether two people can ever hold one, and how long the queue takes.

    python -m bench.acts                                   # all three, as the issue has them
    python -m bench.acts --only claims --incidents 400     # a shorter contest
    python -m bench.acts --only claims --naive             # read, then write: the control, which must double some

Moves: the straight way of so many incidents, act by act, each a transaction of its own on the disk. Claims: eight
processes, each in an order of its own, accept every incident that was sent to a department; one of them is killed
every half second and begins anew. What each was told is a line in a file: two who were told yes for one incident are a
double claim, a yes that the store has forgotten is a lost one. Queue: a page of 50 of 10,000 open ones from a real
server. Prints one JSON line a part, with machine and seed.
"""

import argparse
import json
import multiprocessing
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx

from bench.stream import free_port, wait_until_served
from street.clock import now_us
from street.config import load
from street.errors import IllegalTransitionError, StoreError, SupersededError
from street.incidents import Act, Incident, Order
from street.people import Actor, Role
from street.store import Store, open_store, schema
from street.store.engine import open_engine, parse_url
from street.store.incidents import row_of
from tests.journeys.stack import ROOT, signed_in, store_of

KEY = b"a key of thirty-two bytes, so so"
DESK, CHECKER = Actor("desk", "desk"), Actor("checker", "checker")
SPAWN = multiprocessing.get_context("spawn")
WAY = (
    (Act.FILE, DESK), (Act.DISPATCH, DESK), (Act.ACCEPT, Actor("officer", "officer")),
    (Act.DEPART, Actor("officer", "officer")), (Act.ARRIVE, Actor("officer", "officer")),
    (Act.HANDLE, Actor("officer", "officer")), (Act.VERIFY, CHECKER), (Act.SCORE, CHECKER),
)  # fmt: skip


def an_incident(number: int, **changes: object) -> Incident:
    """Return an incident of a hotline."""
    at_us = now_us()
    made: dict[str, Any] = {
        "incident_id": f"hotline/{number}", "source": "hotline", "matter": "06010", "severity": 1 + number % 4,
        "title": "暴露垃圾", "description": "来电反映" * 8, "community_id": "370202007008", "reported_us": at_us,
        "grid_cell_id": "370202007008006", "moved_us": at_us,
    }  # fmt: skip
    return Incident(**(made | changes))


def reported(store: Store, count: int) -> None:
    """Report *count* incidents as ingest does."""
    writer = store.writer()
    for begin in range(0, count, 200):
        batch = writer.begin(now_us())
        for number in range(begin, min(begin + 200, count)):
            batch.report_incident(an_incident(number))
        batch.commit()
    writer.close()


def an_order(number: int, act: Act, action_id: str, **changes: object) -> Order:
    """Return an order that lacks nothing."""
    made: dict[str, Any] = {
        "action_id": action_id, "incident_id": f"hotline/{number}", "act": act, "at_us": now_us(), "reason": "why",
        "note": "what", "proof": ("a.jpg",), "score": 90, "officer_id": "officer",
    }  # fmt: skip
    return Order(**(made | changes))


def moves(url: str, count: int) -> dict[str, Any]:
    """Measure the straight way of *count* incidents [ms an act]."""
    store = open_store(url, now_us, audit_key=KEY)
    reported(store, count)
    acts, found = store.acts(), []
    reader = store.reader()  # as in the product, where others have the file open: the last to close it tidies it up
    for number in range(count):
        for act, by in WAY:
            order = an_order(number, act, f"{number}-{act}")
            began = time.perf_counter()
            acts.act(order, by=by, now_us=now_us())
            found.append((time.perf_counter() - began) * 1000)
    verdict = store.audit().verify()
    reader.close()
    store.close()
    found.sort()
    return {
        "acts": len(found), "p50_ms": round(statistics.median(found), 2), "goal_p50_ms": 20,
        "p95_ms": round(found[int(len(found) * 0.95)], 2), "audit_ok": verdict.ok,
    }  # fmt: skip


def claim_all(url: str, worker: int, count: int, said: Path, seed: int, *, is_naive: bool) -> None:
    """Accept every incident, in an order of one's own; note what the store said yes to."""
    store = open_store(url, now_us, audit_key=KEY)
    numbers = list(range(count))
    random.Random(seed * 1_000 + worker).shuffle(numbers)
    by = Actor(f"officer-{worker}", f"officer-{worker}")
    naive = Naive(url) if is_naive else None
    with said.open("a", encoding="utf-8") as log:
        for number in numbers:
            if naive.claim(number, by) if naive else claimed(store, number, by):
                log.write(f"{number}\n")
                log.flush()
    store.close()


def claimed(store: Store, number: int, by: Actor) -> bool:
    """Return whether *by* got it: also when she got it before she was killed."""
    order = an_order(number, Act.ACCEPT, f"{by.login}-{number}", seen_version=3)
    try:
        store.acts().act(order, by=by, now_us=now_us())
    except (SupersededError, IllegalTransitionError):
        return False
    except StoreError:
        return claimed(store, number, by)  # the lock was held for five seconds: the same tap again
    return True


class Naive:
    """The control: look whether it is free, then take it, as if nobody else could come between."""

    def __init__(self, url: str) -> None:
        self._reading = open_engine(parse_url(url), writes=False).connect()
        self._writing = open_engine(parse_url(url), writes=True)

    def claim(self, number: int, by: Actor) -> bool:
        """Return whether it looked free."""
        look = f"SELECT stage FROM incidents WHERE incident_id = 'hotline/{number}'"
        if self._reading.exec_driver_sql(look).scalar_one() != "dispatched":
            return False
        with self._writing.begin() as connection:
            take = f"UPDATE incidents SET stage = 'accepted', handler_id = '{by.person_id}'"
            connection.exec_driver_sql(f"{take} WHERE incident_id = 'hotline/{number}'")
        return True


def claims(folder: Path, given: argparse.Namespace, *, is_naive: bool) -> dict[str, Any]:
    """Let clients contend for every incident, and kill some; return what came of it."""
    url = f"sqlite:///{folder}/street.db"
    store = open_store(url, now_us, audit_key=KEY)
    reported(store, given.incidents)
    acts = store.acts()
    for number in range(given.incidents):
        for act in (Act.FILE, Act.DISPATCH):
            sent = {"officer_id": "", "department_id": "squad"} if act is Act.DISPATCH else {}
            acts.act(an_order(number, act, f"{number}-{act}", **sent), by=DESK, now_us=now_us())
    logs = [folder / f"said-{worker}" for worker in range(given.clients)]
    began = time.perf_counter()
    kills = contest(url, logs, given, is_naive=is_naive)
    figures = counted(store, logs, given.incidents)
    verdict = store.audit().verify()
    store.close()
    return figures | {
        "naive": is_naive, "incidents": given.incidents, "clients": given.clients, "kills": kills,
        "seconds": round(time.perf_counter() - began, 1), "audit_ok": verdict.ok,
    }  # fmt: skip


def contest(url: str, logs: list[Path], given: argparse.Namespace, *, is_naive: bool) -> int:
    """Run the clients to their end, killing one now and then; return how many were killed."""

    def begin(worker: int) -> BaseProcess:
        told = {"is_naive": is_naive}
        process = SPAWN.Process(
            target=claim_all, args=(url, worker, given.incidents, logs[worker], given.seed), kwargs=told
        )
        process.start()
        return process

    running = {worker: begin(worker) for worker in range(len(logs))}
    dice, kills, next_s = random.Random(given.seed), 0, time.perf_counter() + given.kill_every
    while any(process.is_alive() for process in running.values()):
        time.sleep(0.02)
        if time.perf_counter() < next_s or kills >= given.kills:
            continue
        next_s = time.perf_counter() + given.kill_every
        worker = dice.choice([name for name, process in running.items() if process.is_alive()] or [0])
        running[worker].kill()
        running[worker].join()
        running[worker] = begin(worker)
        kills += 1
    return kills


def counted(store: Store, logs: list[Path], count: int) -> dict[str, Any]:
    """Return how many were claimed twice, by what clients were told and by what the store holds."""
    told = [(int(line), f"officer-{worker}") for worker, log in enumerate(logs) for line in log.read_text().split()]
    yes = Counter(number for number, _ in set(told))
    reader = store.reader()
    with reader._asking() as connection:
        holders = dict(connection.exec_driver_sql("SELECT incident_id, handler_id FROM incidents").all())
        accepts = "SELECT count(*) FROM incident_actions WHERE action = 'accept' GROUP BY incident_id"
        doubled_rows = sum(row[0] > 1 for row in connection.exec_driver_sql(accepts))
    reader.close()
    return {
        "claimed": sum(bool(holder) for holder in holders.values()),
        "double_claims": sum(number > 1 for number in yes.values()),
        "doubled_rows": doubled_rows,
        "lost_claims": sum(holders[f"hotline/{number}"] != person for number, person in set(told)),
        "unclaimed": count - sum(bool(holder) for holder in holders.values()),
    }


def queue(folder: Path, count: int, times: int) -> dict[str, Any]:
    """Measure a page of the queue of *count* open incidents, asked of a real server [ms]."""
    path = folder / "config.yaml"
    told = f"store: {{url: 'sqlite:///{folder}/street.db'}}\nplaces: {{directory: {ROOT / 'street/geo'}}}\n"
    path.write_text(f"{told}people: {{keys_file: '{folder}/keys.json'}}\n", encoding="utf-8")
    config = load(path, {})
    store = store_of(config)
    rows = [row_of(an_incident(number, short_no=number % 999 + 1)) for number in range(count)]
    with store._write_engine.begin() as connection:  # at once: a short number is looked for among all that are open
        connection.execute(schema.incidents.insert(), rows)
    who = signed_in(config, Role.OPERATOR)
    port = free_port()
    command = [sys.executable, "-m", "dashboard", "--config", str(path)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PORT": str(port)}, stderr=subprocess.DEVNULL)
    try:
        wait_until_served(port)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", cookies=who.cookies, timeout=30) as client:
            found = []
            for number in range(times + 3):
                began = time.perf_counter()
                answer = client.get("/api/incidents?limit=50" if number % 2 else "/api/incidents?limit=50&severity=3")
                answer.raise_for_status()
                found.append((time.perf_counter() - began) * 1000)
            total = client.get("/api/incidents?limit=50").json()["total"]
    finally:
        process.terminate()
        process.wait(10)
    found = sorted(found[3:])
    return {
        "open": total, "p50_ms": round(statistics.median(found), 1), "p95_ms": round(found[int(times * 0.95)], 1),
        "worst_ms": round(found[-1], 1), "goal_ms": 200,
    }  # fmt: skip


def main() -> None:
    """Run what is asked for and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("moves", "claims", "queue"))
    parser.add_argument("--naive", action="store_true", help="the control of the claims alone")
    parser.add_argument("--incidents", type=int, default=2_000, help="that are contested")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--kill-every", type=float, default=0.5, help="seconds")
    parser.add_argument("--moved", type=int, default=60, help="incidents that go the straight way")
    parser.add_argument("--open", type=int, default=10_000, help="incidents in the queue")
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 2)}
    parts = {
        "moves": lambda folder: moves(f"sqlite:///{folder}/street.db", given.moved),
        "claims": lambda folder: claims(folder, given, is_naive=given.naive),
        "control": lambda folder: claims(folder, given, is_naive=True),
        "queue": lambda folder: queue(folder, given.open, 30),
    }
    for name, part in parts.items():
        if given.only not in {None, name}:
            continue
        with tempfile.TemporaryDirectory(prefix="street-bench-") as folder:
            figures = part(Path(folder))
        told = {"cell": f"acts {name}", **figures, "seed": given.seed, "machine": machine}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
