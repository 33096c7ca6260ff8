"""How many messages a second each dialect decodes on one core, from bytes to readings.

    python -m bench.decode [--seconds 1] [--rounds 3] [--seed 0]

Typical messages of each dialect, over 500 devices, through the `Decoder` with the default routes; the best of the
rounds. Prints one JSON line a dialect and a table. Native must reach 100,000 a second, every other one 30,000.
"""

import argparse
import json
import os
import platform
import random
import sys
import time
from itertools import cycle, islice

from bench.spoken import BEFORE, DEVICES, MAKERS
from ingest.decode import Decoder, Kind, Message, default_routes
from street import clock

NATIVE_AT_LEAST = 100_000
AT_LEAST = 30_000


def main() -> None:
    """Measure every dialect and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="one dialect")
    given = parser.parse_args()
    dice = random.Random(given.seed)
    rates = {
        name: max(rate(name, dice, given.seconds) for _ in range(given.rounds))
        for name in MAKERS
        if given.only in {None, name}
    }
    for name, found in rates.items():
        say(
            json.dumps(
                {"bench": "decode", "dialect": name, "messages_per_s": round(found), "us": round(1e6 / found, 2)}
            )
        )
    say(f"\n{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, seed {given.seed}")
    say("| dialect | messages/s | at least | |\n|---|---|---|---|")
    for name, found in sorted(rates.items(), key=lambda it: -it[1]):
        least = NATIVE_AT_LEAST if name == "native" else AT_LEAST
        say(f"| {name} | {found:,.0f} | {least:,} | {'ok' if found >= least else 'too slow'} |")


def rate(name: str, dice: random.Random, seconds: float) -> float:
    """Return how many messages of *name* a new decoder decodes in a second."""
    decoder = Decoder(default_routes())
    now_us = clock.now_us()
    for topic, payload in BEFORE.get(name, list)():
        decoder.decode(Message(topic, payload, True, now_us))
    messages = [Message(*MAKERS[name](n), False, now_us + n) for n in range(4 * DEVICES)]
    if name != "sparkplug_b":  # a sequence is one
        dice.shuffle(messages)
    kinds = {decoder.decode(message)[1].kind for message in messages}
    if kinds & {Kind.REJECT, Kind.LOG}:
        sys.exit(f"{name}: what is measured must be read, got {kinds}")
    endless, decode, done = cycle(messages), decoder.decode, 0
    began = time.process_time()  # not the wall's: others may want the core as well
    while time.process_time() - began < seconds:
        for message in islice(endless, 2_000):
            decode(message)
        done += 2_000
    return done / (time.process_time() - began)


def say(text: str) -> None:
    """Write one line now."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
