"""A real dashboard over a real store: the server in a thread, the store written by the real writer."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import orjson
import pytest

from dashboard.__main__ import NO_PROXY, Server, listening, server_of
from dashboard.app import App, create_app
from dashboard.live import Hub
from street.assets import Asset
from street.clock import now_us
from street.config import Config
from street.config.sections import DashboardConfig, PeopleConfig, StoreConfig
from street.incidents import Incident
from street.keys import load_keys
from street.people import Actor, Grant, Person, Role
from street.readings import Reading
from street.store import Session, Store, Writer, open_store

DEADLINE_S = 20.0  # a shared machine may be slow; nothing here waits for it
STATION = Asset(
    asset_id="WX-01", kind="weather_station", name="roof station", lon=120.32, lat=36.07, interval_s=60.0, is_demo=True
)
METER = Asset(
    asset_id="NM-01", kind="noise_meter", name="school gate", lon=120.325, lat=36.066, community_id="370202007001"
)


TESTER = Actor.system("tests")
DISTRICT, SUBDISTRICT, COMMUNITY = "370202", "370202007", "370202007001"


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
    told |= {"asset_id": "NM-01"}
    return Incident(incident_id=incident_id, moved_us=at_us, **(told | changes))


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

    def sign_in(self, role: Role = Role.SQUAD_LEADER, area_id: str = DISTRICT, **changes: Any) -> "Signed":
        """Make a person of this role and sign her in."""
        return signed_in(self.store, role, area_id, **changes)

    def close(self) -> None:
        """Let go of the file."""
        self.writer.close()
        self.store.close()


class Signed(NamedTuple):
    """A person with a session."""

    token: str
    session: Session
    person: Person

    @property
    def cookies(self) -> dict[str, str]:
        """What her browser sends."""
        return {"sid": self.token, "_csrf_token": self.session.csrf}

    @property
    def csrf(self) -> dict[str, str]:
        """The header that her pages send with each POST."""
        return {"x-csrftoken": self.session.csrf}


def signed_in(store: Store, role: Role, area_id: str, **changes: Any) -> Signed:
    """Add a person of this role in this area and begin a session for her, as the sign-in page would."""
    number = len(store.people().all())
    told: dict[str, Any] = {"login": f"{role}-{number}", "name": str(role), "grants": (Grant(role, area_id),)}
    person = store.people().add(Person(person_id="", **(told | changes)), password_hash=None, by=TESTER)
    kind = "screen" if role is Role.WALL else "person"
    token, session = store.sessions().begin(person.person_id, kind=kind, address="127.0.0.1", name="test", by=TESTER)
    return Signed(token, session, person)


def configured(folder: Path, **people: Any) -> Config:
    """Return a configuration whose store and keys lie in *folder*."""
    own = PeopleConfig(keys_file=folder / "keys.json", sessions_each=50, **people)
    return Config(store=StoreConfig(url=f"sqlite:///{folder / 'street.db'}"), people=own)


def opened(config: Config) -> Store:
    """Open or make the store of *config* as the dashboard does."""
    key = load_keys(config.people.keys_file).audit
    return open_store(config.store.url, now_us=now_us, audit_key=key, session_limits=config.people)


def written_at(folder: Path, **people: Any) -> Written:
    """Return a new store in *folder* with two assets."""
    config = configured(folder, **people)
    store = opened(config)
    store.register_assets([STATION, METER])
    return Written(config, store, store.writer())


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Written]:
    """A store with a weather station and a noise meter."""
    written = written_at(tmp_path)
    yield written
    written.close()


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A configuration whose store is empty."""
    config = configured(tmp_path_factory.mktemp("empty"))
    opened(config).close()
    return config


@dataclass
class Serving:
    """One dashboard that runs in a thread.

    Attributes:
        client: signed in as *who*, who sees everything live; where there is no store, nobody.
        stranger: not signed in.
    """

    app: App
    server: Server
    thread: threading.Thread
    port: int
    who: Signed | None
    client: httpx.Client = field(init=False)
    stranger: httpx.Client = field(init=False)
    browsers: list[httpx.Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.browser(self.who)
        self.stranger = self.browser(None)

    def browser(self, who: Signed | None) -> httpx.Client:
        """Return a client that is signed in as *who*."""
        cookies = who.cookies if who else {}
        # the server closes a connection that idles for 5 s, perhaps just when it is used again
        limits = httpx.Limits(keepalive_expiry=1.0)
        address = f"http://127.0.0.1:{self.port}"
        browser = httpx.Client(base_url=address, timeout=DEADLINE_S, cookies=cookies, limits=limits)
        self.browsers.append(browser)
        return browser

    def stop(self) -> None:
        """Stop as a signal would, and wait."""
        for browser in self.browsers:
            browser.close()
        self.server.should_exit = True
        self.thread.join(DEADLINE_S)
        assert not self.thread.is_alive()


def started(config: Config, dashboard: DashboardConfig = NO_PROXY) -> Serving:
    """Start a dashboard; *dashboard* says whether a proxy stands in front."""
    app = create_app(config, now_us=now_us)
    listener = listening("127.0.0.1", 0)
    server = server_of(app, dashboard)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    who = None
    if config.store_path is not None and config.store_path.is_file():
        with closing(opened(config)) as store:
            who = signed_in(store, Role.SQUAD_LEADER, DISTRICT)
    serving = Serving(app, server, thread, listener.getsockname()[1], who)
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
    """One dashboard whose store is empty, for tests that only read."""
    serving = started(config)
    yield serving
    serving.stop()


class Screen:
    """One screen on the live feed: takes events one after the other."""

    def __init__(
        self,
        serving: Serving,
        last_id: str = "",
        headers: dict[str, str] | None = None,
        client: httpx.Client | None = None,
    ) -> None:
        browser = client or serving.client
        self._opened = browser.stream("GET", "/stream", params={"last": last_id}, headers=headers or {})
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
