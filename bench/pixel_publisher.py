"""Publishes for `bench.pixel`, in a process of its own: probes, or the messages behind them.

python -m bench.pixel_publisher numbers|alarms|behind FOLDER PORT COUNT EVERY_MS|PER_S SEED
"""

import json
import random
import sys
import time
from pathlib import Path

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from street.clock import iso, now_us

# Where the probes' numbers begin [°C], a tenth is one number: no frost, no heat, so no alarm redraws the map.
COLD = 0.0
METERS = [f"NM-{number:02}" for number in range(1, 13)]


def connected(folder: Path, port: int, role: str) -> mqtt.Client:
    """Return a client that is connected."""
    secrets = json.loads((folder / "secrets.json").read_text(encoding="utf-8"))
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"pixel-{role}", protocol=mqtt.MQTTv311)
    client.username_pw_set("simulator", secrets["simulator"])
    client.connect("127.0.0.1", port)
    client.loop_start()
    while not client.is_connected():
        time.sleep(0.01)
    return client


def probes(client: mqtt.Client, role: str, count: int, every_ms: float, dice: random.Random) -> None:
    """Publish probes at random distances, so that none beats in time with a timer; write what was sent when."""
    for number in range(count):
        time.sleep(dice.uniform(0.3, 1.7) * every_ms / 1000)
        at_us = now_us()
        if role == "numbers":
            topic, values = "street/WX-01/telemetry", {"temperature": round(COLD + number / 10, 1)}
        else:  # a level 4 alarm, on and off: it opens no incident
            topic, values = "street/SMK-01/telemetry", {"battery": 5 if number % 2 == 0 else 90}
        client.publish(topic, json.dumps({"ts": iso(at_us), **values}), qos=1)
        sys.stdout.write(f"{round(COLD * 10) + number} {at_us / 1000}\n")
    time.sleep(0.5)


def behind(client: mqtt.Client, per_s: float, dice: random.Random) -> None:
    """Publish readings of noise meters for ever, at that rate, whatever the clock does in between."""
    began, sent = time.monotonic(), 0
    while True:
        due = int((time.monotonic() - began) * per_s)
        for _ in range(due - sent):
            level = round(dice.uniform(40, 65), 2)
            client.publish(
                f"street/{dice.choice(METERS)}/telemetry", json.dumps({"ts": iso(now_us()), "noise_las": level}), qos=1
            )
        sent = due
        time.sleep(0.01)


def main(arguments: list[str]) -> None:
    """Publish what the command line says."""
    role, folder, port, count, rate, seed = arguments
    client = connected(Path(folder), int(port), role)
    dice = random.Random(int(seed))
    if role == "behind":
        behind(client, float(rate), dice)
    probes(client, role, int(count), float(rate), dice)


if __name__ == "__main__":
    main(sys.argv[1:])
