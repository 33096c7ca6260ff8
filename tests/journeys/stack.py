"""The whole product in processes of its own: broker, ingest, dashboard, on free ports with a store of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import BrowserContext

from street.clock import iso, now_us
from street.config import Config, load
from street.errors import StoreError
from street.keys import load_keys
from street.people import Actor, Grant, Person, Role
from street.store import Store, open_store

ROOT = Path(__file__).parents[2]
DEADLINE_S = 30.0
SUBDISTRICT = "370202007"
TESTER = Actor.system("journeys")
PARTS = {"broker": ["ingest"], "ingest": ["ingest"], "dashboard": ["dashboard"]}
CONFIG = """
store: {{url: "sqlite:///{folder}/street.db"}}
broker: {{directory: "{folder}/broker", secrets_file: "{folder}/secrets.json"}}
dashboard: {{title: 江苏路街道智慧街区指挥中心}}
people: {{keys_file: "{folder}/keys.json"}}
places: {{directory: "{root}/street/geo"}}
register: {{load_at_start: true, assets_file: "{assets}", is_demo: true}}
"""


def until(is_so: Callable[[], object], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Wait for a condition, with a deadline."""
    ends = time.monotonic() + deadline_s
    while not is_so():
        assert time.monotonic() < ends, f"never so: {what}"
        threading.Event().wait(0.05)


def now_text() -> str:
    """Return now as a device stamps it."""
    return iso(now_us())


class Signed(NamedTuple):
    """Somebody with a session, as if she had signed in."""

    person: Person
    token: str
    csrf: str

    @property
    def cookies(self) -> dict[str, str]:
        """What her browser sends."""
        return {"sid": self.token, "_csrf_token": self.csrf}


def store_of(config: Config) -> Store:
    """Open a store as the dashboard does."""
    key = load_keys(config.people.keys_file).audit
    return open_store(config.store.url, now_us, audit_key=key, session_limits=config.people)


def signed_in(config: Config, role: Role = Role.WALL, area_id: str = SUBDISTRICT) -> Signed:
    """Make somebody of this role and begin a session for her in the store."""
    with closing(store_of(config)) as store:
        login = f"{role}-{len(store.people().all())}"
        person = Person(person_id="", login=login, name=login, grants=(Grant(role, area_id),))
        person = store.people().add(person, password_hash=None, by=TESTER)
        kind = "screen" if role is Role.WALL else "person"
        token, session = store.sessions().begin(
            person.person_id, kind=kind, address="127.0.0.1", name="journey", by=TESTER
        )
    return Signed(person, token, session.csrf)


class Stack:
    """A running street, driven over MQTT as devices and sources would."""

    def __init__(self, folder: Path, assets: Path = ROOT / "street/geo/demo_assets.csv") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.config = folder / "config.yaml"
        self.config.write_text(CONFIG.format(folder=folder, root=ROOT, assets=assets), encoding="utf-8")
        self.ports = {"PORT": free_port(), "MQTT_PORT": free_port()}
        self.url = f"http://127.0.0.1:{self.ports['PORT']}/wall"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._viewer: Signed | None = None
        self._client: mqtt.Client | None = None

    def open(self) -> None:
        """Start everything; return when a reading could travel from a device to a screen."""
        self._run("ingest", "secrets").wait(DEADLINE_S)
        for name in PARTS:
            self.start(name)
        until(self.is_live, f"the street is live\n{self.logs()}")
        self._connect()

    def start(self, name: str) -> None:
        """Start one part; the broker answers when this returns."""
        command = ["broker"] if name == "broker" else []
        self._processes[name] = self._run(*PARTS[name], *command)
        if name == "broker":
            until(lambda: answers(self.ports["MQTT_PORT"]), "the broker listens")

    def kill(self, name: str) -> None:
        """End one part as a power cut would."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(DEADLINE_S)

    def close(self) -> None:
        """End everything."""
        if self._client:
            self._client.disconnect()
            self._client.loop_stop()
        for name in reversed(list(self._processes)):
            self.kill(name)

    def is_live(self) -> bool:
        """Return whether the dashboard has heard of an ingest that is connected to the broker."""
        beat = self.snapshot().get("h")
        return bool(beat and beat[1] == 1)

    @property
    def settings(self) -> Config:
        """The configuration as the parts read it."""
        return load(self.config, {name: str(port) for name, port in self.ports.items()})

    @property
    def address(self) -> str:
        """Where the dashboard is."""
        return f"http://127.0.0.1:{self.ports['PORT']}"

    def store(self) -> Store:
        """Open the store as the dashboard does."""
        return store_of(self.settings)

    def sign_in(self, role: Role = Role.WALL, area_id: str = SUBDISTRICT) -> Signed:
        """Sign in somebody new of this role."""
        return signed_in(self.settings, role, area_id)

    def enter(self, context: BrowserContext, role: Role = Role.WALL, area_id: str = SUBDISTRICT) -> Signed:
        """Sign a browser in as somebody new of this role."""
        who = self.sign_in(role, area_id)
        context.add_cookies([{"name": name, "value": it, "url": self.address} for name, it in who.cookies.items()])
        return who

    def snapshot(self) -> dict[str, Any]:
        """Return what a new screen would be told; empty while there is no server, or no store to sign in to."""
        path = self.settings.store_path
        if path is None or not path.is_file():
            return {}
        try:
            self._viewer = self._viewer or self.sign_in()
            answer = httpx.get(f"{self.address}/api/snapshot", timeout=5, cookies=self._viewer.cookies)
        except (httpx.HTTPError, StoreError):
            return {}
        return answer.json() if answer.is_success else {}

    def telemetry(self, asset_id: str, **values: object) -> None:
        """Publish readings of one asset, stamped now."""
        self.publish({f"street/{asset_id}/telemetry": {"ts": now_text(), **values}})

    def report(self, incidents: Iterable[dict[str, Any]], source: str = "hotline") -> None:
        """Publish incidents and wait until a new screen would be told of all of them."""
        reports = [an_incident(number, **fields) for number, fields in enumerate(incidents)]
        for one in reports:
            self.publish({f"street/incidents/{source}": one})
        wanted = {f"{source}/{one['id']}" for one in reports}
        until(lambda: wanted <= self.snapshot().get("i", {}).keys(), "all incidents are known")

    def publish(self, messages: dict[str, object]) -> None:
        """Publish JSON and wait for the broker's word."""
        assert self._client
        until(self._client.is_connected, "our own client is back at the broker", 20)
        for topic, body in messages.items():
            self._client.publish(topic, json.dumps(body, ensure_ascii=False), qos=1).wait_for_publish(10)

    def logs(self) -> str:
        """Return the end of what the parts said."""
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-600:]}" for log in self.folder.glob("*.log"))

    def _run(self, module: str, *words: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{module}-{'-'.join(words) or 'serve'}.log").open("ab")
        command = [sys.executable, "-m", module, "--config", str(self.config), *words]
        environment = {**os.environ, **{name: str(port) for name, port in self.ports.items()}}
        with log:
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)

    def _connect(self) -> None:
        secrets = json.loads((self.folder / "secrets.json").read_text())
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="journey", protocol=mqtt.MQTTv311)
        client.username_pw_set("simulator", secrets["simulator"])
        client.connect("127.0.0.1", self.ports["MQTT_PORT"])
        client.loop_start()
        until(client.is_connected, "the publisher is connected")
        self._client = client


def an_incident(number: int, **fields: object) -> dict[str, Any]:
    """Return what a source reports; inside the subdistrict, a little away from the one before."""
    made: dict[str, Any] = {
        "id": f"n{number}", "ts": now_text(), "matter": "20101", "severity": 3, "title": "占道经营",
        "description": None, "address": f"大学路{number}号",
        "lon": 120.3225 + (number % 7) * 0.0011, "lat": 36.0625 + (number % 11) * 0.0009,
    }  # fmt: skip
    return made | fields


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Return whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
