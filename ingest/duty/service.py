"""One turn a second, until somebody says stop. What it knows stands in the store: it may be killed at any instant.

turn: was the clock set? ─▶ who moved ─▶ what is due goes up ─▶ twice returned ─▶ late ─▶ ends by itself ─▶ route
"""

import contextlib
import faulthandler
import logging
import os
import ssl
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import orjson

from ingest.duty.courier import Courier, Means
from ingest.duty.patrols import KEPT_US, Patrols, file_sightings
from ingest.duty.plan import plan_of
from ingest.duty.robots import Secrets
from street import clock
from street.clock import DAY_US, SECOND_US
from street.config import Config
from street.config.channels import Channel
from street.config.sections import DispatchConfig
from street.errors import StoreError, StreetError
from street.escalation import Ladder
from street.keys import load_keys
from street.people import Grant, Person, Role
from street.places import load_places
from street.store import Store, open_store
from street.store.escalations import Due
from street.supervisor import tell_supervisor

log = logging.getLogger(__name__)

TURN_S: Final = 1.0
SELDOM_S: Final = 5.0
CHUNK: Final = 500
SUBDISTRICT_DIGITS: Final = 9
SEVERITIES: Final = (1, 2, 3, 4)
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


class Duty:
    """The duties of one store.

    Attributes:
        counts: what was done since the start, by name.
    """

    def __init__(self, config: Config, store: Store, now_us: Callable[[], int], steady_us: Callable[[], int]) -> None:
        self._config = config
        self._store = store
        self._patrols = Patrols(store)
        self._now_us, self._steady_us = now_us, steady_us
        self._people, self._dispatch, self._notices = store.people(), store.dispatch(), store.notices()
        self._escalations, self._duties, self._deliveries = store.escalations(), store.duties(), store.deliveries()
        self._ladder = ladder_of(config.dispatch)
        self._subdistrict_id = next(iter(sorted(load_places(config.places.directory).communities)), "")[
            :SUBDISTRICT_DIGITS
        ]
        self._plan = plan_of(config.notices, now_us)
        self._boot = boot_number()
        self._seldom_s = 0.0
        self._stuck: set[Due] = set()  # said once
        self.counts: Counter[str] = Counter()

    def turn(self) -> None:
        """Do everything that is due.

        Raises:
            StoreError: the store cannot be used; what was done stays done.
        """
        now_us = self._now_us()
        moved_us = self._duties.follow_clock(now_us, self._steady_us(), self._boot)
        if moved_us:
            log.warning("the clock was set by_s=%d: what is planned moves along", moved_us // SECOND_US)
        while self._escalations.arm(self._ladder, self._subdistrict_id, now_us):
            continue
        for due in self._escalations.due(now_us):
            self.counts["escalated"] += self._go_up(due, now_us)
        self.counts["handed_over"] += self._duties.hand_over(self._coordinator_id, self._subdistrict_id, now_us)
        self.counts["told"] += self._duties.tell_shelvings(self._subdistrict_id, now_us)
        self.counts["visits"] += self._patrols.turn(self._dispatch.positions(), now_us)
        self.counts["routed"] += self._deliveries.route(self._plan)
        if clock.monotonic_s() >= self._seldom_s:
            self._seldom_s = clock.monotonic_s() + SELDOM_S
            self._do_seldom(now_us)
        self._dispatch.beat(now_us, orjson.dumps(dict(self.counts)).decode())

    def _go_up(self, due: Due, now_us: int) -> bool:
        """Take one step; one that cannot be taken holds up no other."""
        try:
            return self._escalations.go_up(due, self._ladder, self._subdistrict_id, now_us)
        except StoreError:
            raise
        except StreetError:
            if due not in self._stuck:
                log.exception("not escalated incident=%s", due.incident_id)
            self._stuck.add(due)
            return False

    def _do_seldom(self, now_us: int) -> None:
        self.counts["late"] += self._duties.tell_late(self._subdistrict_id, now_us)
        self.counts["forgotten"] += self._dispatch.forget_positions(now_us)
        with contextlib.closing(self._store.reader()) as reader:
            self._patrols.learn(reader.places())
            assets = {asset.asset_id: asset for asset in reader.assets()}
        self.counts["filed"] += file_sightings(self._store, assets, now_us)
        self.counts["forgotten"] += self._store.visits().forget(now_us - KEPT_US)
        self.counts["forgotten"] += self._store.sightings().forget(now_us, KEPT_US)
        self.counts["forgotten"] += self._notices.forget(now_us - self._config.notices.keep_days * DAY_US, CHUNK)

    def _coordinator_id(self) -> str:
        """Return who takes what was returned twice, "" where there is nobody."""
        wanted = self._config.dispatch.coordinator
        if wanted:
            person = self._people.find(wanted)
            return person.person_id if person and person.is_active else ""
        leaders = [it for it in self._people.all() if self._leads(it)]
        leaders.sort(key=lambda it: (not it.is_on_duty, it.login))
        return leaders[0].person_id if leaders else ""

    def _leads(self, person: Person) -> bool:
        return person.is_active and Grant(Role.LEADER, self._subdistrict_id) in person.grants


def ladder_of(config: DispatchConfig) -> Ladder:
    """Return the ladder that the configuration describes."""
    rungs = config.escalate_urgent, config.escalate_important, config.escalate_general, config.escalate_hint
    said = {severity: it.split() for severity, it in zip(SEVERITIES, rungs, strict=True)}
    return Ladder(
        levels={severity: (int(it[0]), int(it[1]), int(it[2])) for severity, it in said.items() if it},
        no_progress_min=dict(zip(SEVERITIES, map(int, config.no_progress_min.split()), strict=True)),
        claim_min=config.claim_min,
    )


def couriers_of(config: Config, store: Store, now_us: Callable[[], int], environ: Mapping[str, str]) -> list[Courier]:
    """Return a courier for each channel.

    Raises:
        ConfigError: a channel's key is not in the environment.
    """
    notices = config.notices
    means = Means(store.deliveries(), now_us, ssl.create_default_context(), notices.lang)
    return [Courier(channel, secrets_of(config, channel, environ), means) for channel in notices.channels]


def secrets_of(config: Config, channel: Channel, environ: Mapping[str, str]) -> Secrets:
    """Return what the environment holds for *channel*.

    Raises:
        ConfigError: it holds nothing where the configuration says so.
    """
    said = []
    for name in (channel.key_env, channel.secret_env):
        if name and not environ.get(name):
            config.fail(
                "notices.channels", f"expected {channel.name}'s secret in the environment variable {name}, got nothing"
            )
        said.append(environ[name] if name else "")
    return Secrets(*said)


def boot_number() -> int:
    """Return a number that another start of the machine does not have; 0 where nobody knows."""
    try:
        return zlib.crc32(_BOOT.read_bytes())
    except OSError:
        return 0


def steady_us() -> int:
    """Return microseconds since the machine started, also those it slept; no setting of the clock moves them."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000


def serve(config: Config, should_stop: Callable[[], bool]) -> None:
    """Do duty until *should_stop* says so.

    Raises:
        ConfigError: the configuration cannot be used.
        StoreError: the store cannot be opened.
    """
    if not _wait_for_store(config, should_stop):
        return
    keys = load_keys(config.people.keys_file)
    store = open_store(config.store.url, clock.now_us, audit_key=keys.audit, session_limits=config.people)
    duty = Duty(config, store, clock.now_us, steady_us)
    couriers = couriers_of(config, store, clock.now_us, os.environ)
    for courier in couriers:
        courier.start()
    log.info("duty up channels=%d", len(couriers))
    tell_supervisor("READY=1")
    _loop(config, duty, should_stop)
    for courier in couriers:
        courier.stop()
    store.close()
    log.info("duty down %s", " ".join(f"{name}={n}" for name, n in sorted(duty.counts.items())))


def _wait_for_store(config: Config, should_stop: Callable[[], bool]) -> bool:
    """Wait until ingest has made the store; return whether there is one."""
    path = config.store_path
    nap = threading.Event()
    while path is not None and not path.is_file():
        if should_stop():
            return False
        nap.wait(TURN_S / 4)
    return True


def _loop(config: Config, duty: Duty, should_stop: Callable[[], bool]) -> None:
    nap, was_blind = threading.Event(), False
    while not should_stop():
        faulthandler.dump_traceback_later(config.ingest.hang_s, exit=True)
        try:
            duty.turn()
            if was_blind:
                log.info("the store can be used again")
            was_blind = False
        except StoreError as error:
            if not was_blind:
                log.warning("duty waits for the store reason=%r", str(error))
            was_blind = True
        tell_supervisor("WATCHDOG=1")
        ends_s = clock.monotonic_s() + TURN_S
        while not should_stop() and clock.monotonic_s() < ends_s:
            nap.wait(0.1)
    tell_supervisor("STOPPING=1")
    faulthandler.cancel_dump_traceback_later()
