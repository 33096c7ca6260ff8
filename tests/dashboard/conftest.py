"""A real dashboard over a real store: the server in a thread, the store written by the real writer."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from dashboard.__main__ import Server, listening, server_of
from dashboard.app import App, create_app
from dashboard.live import Hub
from street.assets import Asset
from street.clock import now_us
from street.config import Config
from street.config.sections import StoreConfig
from street.incidents import Incident
from street.readings import Reading
from street.store import Store, Writer, open_store

DEADLINE_S = 20.0  # a shared machine may be slow; nothing here waits for it
STATION = Asset(
    asset_id="WX-01", kind="weather_station", name="roof station", lon=120.32, lat=36.07, interval_s=60.0, is_demo=True
)
METER = Asset(
    asset_id="NM-01", kind="noise_meter", name="school gate", lon=120.325, lat=36.066, community_id="370202007001"
)


def until(is_so: Callable[[], object], what: str = "") -> None:
    """Wait for a condition, with a deadline."""
    ends = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < ends, f"never so: {what}"
        threading.Event().wait(0.005)


def an_incident(incident_id: str = "native/1", **changes: object) -> Incident:
    """Return an incident of severity 2 at the noise meter."""
    at_us = now_us()
    told: dict[str, Any] = {"source": "native", "matter": "", "severity": 2, "title": "too loud", "reported_us": at_us}
    return Incident(incident_id=incident_id, moved_us=at_us, asset_id="NM-01", **(told | changes))


class Heard(Hub):
    """A hub without a loop that notes what it is told."""

    def __init__(self) -> None:
        super().__init__(build="b", now_us=now_us)
        self.published: list[dict[str, Any]] = []
        self.replaced: list[dict[str, Any]] = []

    def publish(self, body: dict[str, Any]) -> None:
        """Note what moved."""
        self.published.append(body)

    def replace(self, state: dict[str, Any]) -> None:
        """Note a whole picture."""
        self.replaced.append(state)


@dataclass
class Written:
    """A store with two assets, and its writer."""

    config: Config
    store: Store
    writer: Writer

    def read(self, value: float, quantity: str = "temperature", *, asset_id: str = "WX-01", flags: int = 0) -> int:
        """Commit one reading of now; return its instant [µs]."""
        at_us = now_us()
        batch = self.writer.begin(at_us)
        batch.add_readings([Reading(asset_id, quantity, at_us, at_us, value, flags)])
        batch.commit()
        return at_us

    def report(self, incident: Incident) -> None:
        """Commit one incident."""
        batch = self.writer.begin(now_us())
        batch.report_incident(incident)
        batch.commit()

    def beat(self, *, link: bool = True, since_us: int = 1_795_480_000_000_000) -> int:
        """Commit one heartbeat of now; return its instant [µs]."""
        at_us = now_us()
        batch = self.writer.begin(at_us)
        batch.beat(at_us, link, since_us)
        batch.commit()
        return at_us

    def close(self) -> None:
        """Let go of the file."""
        self.writer.close()
        self.store.close()


def written_at(path: Path) -> Written:
    """Return a new store at *path* with two assets."""
    url = f"sqlite:///{path}"
    store = open_store(url, now_us=now_us)
    store.register_assets([STATION, METER])
    return Written(Config(store=StoreConfig(url=url)), store, store.writer())


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Written]:
    """A store with a weather station and a noise meter."""
    written = written_at(tmp_path / "street.db")
    yield written
    written.close()


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A configuration whose store does not exist."""
    return Config(store=StoreConfig(url=f"sqlite:///{tmp_path_factory.mktemp('empty') / 'missing.db'}"))


@dataclass
class Serving:
    """One dashboard that runs in a thread."""

    app: App
    server: Server
    thread: threading.Thread
    port: int
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=DEADLINE_S)

    def stop(self) -> None:
        """Stop as a signal would, and wait."""
        self.client.close()
        self.server.should_exit = True
        self.thread.join(DEADLINE_S)
        assert not self.thread.is_alive()


def started(config: Config) -> Serving:
    """Start a dashboard."""
    app = create_app(config, now_us=now_us)
    listener = listening("127.0.0.1", 0)
    server = server_of(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    serving = Serving(app, server, thread, listener.getsockname()[1])
    until(lambda: server.started, "the server is up")
    return serving


@pytest.fixture
def serve() -> Iterator[Callable[[Config], Serving]]:
    """Start dashboards; all are stopped at the end."""
    running: list[Serving] = []

    def start(config: Config) -> Serving:
        running.append(started(config))
        return running[-1]

    yield start
    for serving in running:
        serving.stop()


@pytest.fixture(scope="session")
def served(config: Config) -> Iterator[Serving]:
    """One dashboard that has no store, for tests that only read."""
    serving = started(config)
    yield serving
    serving.stop()


class Screen:
    """One screen on the live feed: takes events one after the other."""

    def __init__(self, serving: Serving, last_id: str = "", headers: dict[str, str] | None = None) -> None:
        self._opened = serving.client.stream("GET", "/stream", params={"last": last_id}, headers=headers or {})
        self.response = self._opened.__enter__()
        self._lines = self.response.iter_lines()
        self.last_id = last_id

    def next(self) -> dict[str, Any]:
        """Return the next event as {event, id, data}; raises StopIteration when the stream has ended."""
        event: dict[str, Any] = {"event": "message"}
        while line := next(self._lines):
            name, _, value = line.partition(":")
            event[name] = value
        self.last_id = event.get("id", self.last_id)
        return event | {"data": orjson.loads(event["data"])}

    def until(self, wanted: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Return the first event that is wanted."""
        while True:
            event = self.next()
            if wanted(event):
                return event

    def close(self) -> None:
        """Go away."""
        self._opened.__exit__(None, None, None)
