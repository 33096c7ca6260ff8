"""How the parts of ingest are put together, and run until somebody says stop."""

import contextlib
import fcntl
import gc
import logging
import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from ingest.client import Link, LinkSettings, settings_of
from ingest.dead_letters import Replaying
from ingest.decode import Decoder
from ingest.filing import Filing
from ingest.intake import Intake
from ingest.newcomers import look, replay
from ingest.recalling import live_values, recent, usual
from ingest.register import UNKNOWN, Register, read_assets
from ingest.watch import Watch
from street import clock
from street.clock import HOUR_US
from street.config import Config
from street.errors import ConfigError, StoreError
from street.places import load_places
from street.rules.flapping import WINDOW_US
from street.rules.judge import Judge, Memory
from street.scenarios import Scenarios, load_scenarios
from street.store import Store, Writer, open_store
from street.supervisor import tell_supervisor

log = logging.getLogger(__name__)

REFRESH_S: Final = 1.0
COLLECT_S: Final = 60.0
USUAL_EVERY_US: Final = HOUR_US
WAIT_S: Final = 0.2  # at most so long until a signal is noticed


def decoder_of(config: Config) -> Decoder:
    """Return the decoder that the configuration's routes describe.

    Raises:
        ConfigError: a route names a dialect that we do not speak.
    """
    try:
        return Decoder(list(config.ingest.routes))
    except ConfigError as error:
        config.fail("ingest.routes", str(error).removeprefix("ingest.routes: "))


@contextlib.contextmanager
def only_writer(config: Config) -> Iterator[None]:
    """Hold the writer's place: two writers of one store would not know each other's series.

    Raises:
        StoreError: another process holds it.
    """
    path = config.store_path
    if path is None:
        yield
        return
    with path.with_name(f"{path.name}.writer").open("a+", encoding="utf-8") as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            place.seek(0)
            msg = f"{path} has a writer already (process {place.read().strip() or '?'}): stop it first"
            raise StoreError(msg) from error
        place.truncate(0)
        place.write(str(os.getpid()))
        place.flush()
        yield


def _newcomers(config: Config) -> int:
    return config.ingest.unknown_devices_max if config.ingest.unknown_devices == "accept" else 0


def _waits(config: Config) -> bool:
    return config.ingest.unknown_devices == "wait"


class Parts:
    """The parts that file messages, over one open store."""

    def __init__(self, config: Config, store: Store, *, now_us: Callable[[], int] = clock.now_us) -> None:
        self.config = config
        self._now_us = now_us
        self.store = store
        self.scenarios: Scenarios = load_scenarios()
        self._places = load_places(config.places.directory)
        self.writer: Writer = store.writer(
            dead_letter_rows=config.retention.dead_letter_rows, most_newcomers=config.ingest.unknown_devices_max
        )
        self._newcomers = store.newcomers()
        self._next_usual_us = 0
        self._is_settled = False  # some may have been settled while nobody was here
        self.reader = store.reader()
        add = partial(store.register_assets, replaces=False)
        self._register_version = self.reader.register_version()  # first: what comes in between is read twice
        self._shelvings_version = self.reader.shelvings_version()
        self.register = Register(self.reader.assets(), newcomers=_newcomers(config), add=add, waits=_waits(config))
        self.filing = self._make_filing()

    def _make_filing(self) -> Filing:
        return Filing(self.writer, self.register, self._places, self.make_judge)

    def take_over(self, config: Config, scenarios: Scenarios) -> None:
        """Go on with another configuration; with other scenarios, rules begin where the store ends, as at a start."""
        self.config = config
        self.register.welcome(_newcomers(config), waits=_waits(config))
        self.writer.keep_newcomers(config.ingest.unknown_devices_max)
        self.writer.keep_dead_letters(config.retention.dead_letter_rows)
        if scenarios != self.scenarios:
            self.scenarios = scenarios
            self.filing = self._make_filing()

    def make_judge(self) -> Judge:
        """Return the judge as the store knows it."""
        writer, reader, now_us = self.writer, self.reader, self._now_us()
        beat = reader.heartbeat()
        alarms = [*writer.active_alarms(), *writer.suppressed_alarms()]
        scenarios, by_id, live = self.scenarios, self.register.by_id, reader.latest()
        self._next_usual_us = now_us + USUAL_EVERY_US
        memory = Memory(
            alarms=alarms, states=writer.rule_states(), live=live_values(reader, scenarios, by_id, live, now_us),
            availability=reader.availability(), listening_since_us=writer.listening_since(), now_us=now_us,
            listened_us=0 if beat is None else beat[0] if beat[1] else beat[2],
            turns=reader.alarm_turns(now_us - WINDOW_US), shelvings=reader.shelvings(now_us),
            recent=recent(reader, scenarios, by_id, live, now_us), usual=usual(reader, scenarios, by_id, live, now_us),
        )  # fmt: skip
        return Judge(scenarios, by_id, memory)

    def refresh(self) -> None:
        """Take over what others have registered since, and what they have decided about newcomers."""
        version = self.reader.register_version()
        if version != self._register_version:
            self.register.refresh(self.reader.assets())
            self.filing.learn()
            self._register_version = version
            self._is_settled = False
            log.info("register read anew assets=%d", len(self.register.by_id))
        shelvings_version = self.reader.shelvings_version()
        if shelvings_version != self._shelvings_version:
            self.filing.shelve(self.reader.shelvings(self._now_us()))
            self._shelvings_version = shelvings_version
        if (now_us := self._now_us()) >= self._next_usual_us:
            self._next_usual_us = now_us + USUAL_EVERY_US
            live = self.reader.latest()
            self.filing.learn_usual(usual(self.reader, self.scenarios, self.register.by_id, live, now_us))
        if not self._is_settled:
            replay(self._newcomers, decoder_of(self.config), self.filing, clock.now_us())
            self.writer.recall_newcomers()
            self._is_settled = True
        if self.register.waits:
            look(self._newcomers, self.scenarios, self.register.by_id)

    def close(self) -> None:
        """Let go of the store."""
        self.reader.close()
        self.writer.close()
        self.store.close()


def load_register(store: Store, path: Path, *, is_demo: bool) -> None:
    """Load the asset list at *path*, as far as nobody has registered these assets before: a register begins with it.

    Rows that do not fit are logged and left out.

    Raises:
        ConfigError: the file as a whole cannot be used.
    """
    assets, faults = read_assets(path, is_demo=is_demo)
    for fault in faults[:20]:
        log.warning("asset row left out file=%s %s", path, fault)
    with contextlib.closing(store.reader()) as reader:
        registered = {asset.asset_id for asset in reader.assets() if asset.kind != UNKNOWN}
    store.register_assets([asset for asset in assets if asset.asset_id not in registered])
    log.info("register loaded file=%s assets=%d left_out=%d", path, len(assets), len(faults))


def serve(
    config: Config,
    should_stop: Callable[[], bool],
    *,
    between: Callable[[Parts, Intake, Watch], None] = lambda *_: None,
    make_link: Callable[[LinkSettings], Link] = Link,
) -> None:
    """Take messages in until *should_stop* says so; then finish what is held, acknowledge it, and say goodbye.

    Args:
        config: ours.
        should_stop: asked between two turns.
        between: called between two turns; may have the parts take over another configuration.
        make_link: makes the line to the broker.

    Raises:
        ConfigError: the configuration cannot be used.
        StoreError: the store cannot be opened, or has another writer.
    """
    decoder = decoder_of(config)
    line = config.broker
    filters = [item for item, _dialect in config.ingest.routes]
    settings = settings_of(config, user=line.username, client_id=line.client_id, filters=filters)
    with only_writer(config):
        store = open_store(config.store.url, now_us=clock.now_us)
        if config.register.load_at_start:
            load_register(store, config.register.assets_file, is_demo=config.register.is_demo)
        parts = Parts(config, store)
        link = make_link(settings)
        heard = parts.reader.heartbeat()
        link.heard_us = heard[0] if heard else None
        intake = Intake(link, decoder, parts.filing, config.ingest)
        watch = Watch(
            lambda: _beat(parts, intake),
            lambda: parts.writer.purge(clock.now_us(), parts.config.retention),
            intake.counts,
            purge_interval_s=config.retention.purge_interval_s,
            hang_s=config.ingest.hang_s,
        )
        log.info(
            "ingest up store=%s routes=%d assets=%d", config.store.url, len(settings.filters), len(parts.register.by_id)
        )
        _calm_garbage_collection()
        tell_supervisor("READY=1")
        replaying = Replaying(store.replays(), lambda: (intake.decoder, parts.filing))
        _loop(parts, intake, watch, replaying, should_stop, between)
        parts.close()


def _calm_garbage_collection() -> None:
    """Leave what is loaded alone, and look for cycles rarely: batches are many objects and no cycles (−30 % CPU)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _beat(parts: Parts, intake: Intake) -> None:
    parts.writer.tell(intake.counts.as_json(held=intake.held))
    intake.beat()


def _loop(
    parts: Parts,
    intake: Intake,
    watch: Watch,
    replaying: Replaying,
    should_stop: Callable[[], bool],
    between: Callable[[Parts, Intake, Watch], None],
) -> None:
    refresh_s = clock.monotonic_s() + REFRESH_S
    collect_s = clock.monotonic_s() + COLLECT_S
    while not should_stop():
        intake.step(min(watch.wait_s(), WAIT_S))
        watch.look()
        between(parts, intake, watch)
        if clock.monotonic_s() >= collect_s:
            collect_s = clock.monotonic_s() + COLLECT_S
            gc.collect()  # the thresholds are high: a quiet street would reach them after hours
        if clock.monotonic_s() >= refresh_s:
            refresh_s = clock.monotonic_s() + REFRESH_S
            with contextlib.suppress(StoreError):
                parts.refresh()
                if replaying.step():
                    refresh_s = 0.0  # more of it in the next turn
    tell_supervisor("STOPPING=1")
    watch.rest()
    intake.settle()
    intake.link.close()
    _beat(parts, intake)
    log.info(
        "ingest down received=%d stored=%d duplicates=%d acknowledged=%d refused=%d",
        intake.counts.received, intake.counts.stored, intake.counts.duplicates, intake.counts.acknowledged,
        intake.counts.refused.total(),
    )  # fmt: skip


class StopSignal:
    """Notes SIGTERM and SIGINT; the loop asks it between two turns."""

    def __init__(self) -> None:
        self.is_set = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: object) -> None:
        self.is_set = True

    def __call__(self) -> bool:
        """Return whether we were told to stop."""
        return self.is_set
