"""The parts fit together, one writer at a time, and stopping finishes what was begun."""

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import service
from ingest.client import Link, LinkSettings
from street import clock
from street.assets import Asset
from street.config import Config, load
from street.errors import ConfigError, StoreError
from street.metrics import metrics_text
from street.people import Actor
from street.readings import DeadLetter, Flag, Reading
from street.store import open_store
from tests.ingest.fake_broker import FakeBroker
from tests.ingest.small_street import SmallStreet, telemetry

ROOT = Path(__file__).resolve().parents[2]
HEAD = "id,kind,name,lon,lat,community_code,grid_id,street,gateway,interval_s,dialect,circuit\n"


def a_config(folder: Path, port: int = 1883, more: str = "") -> Config:
    """Return a configuration whose register holds one gauge."""
    (folder / "assets.csv").write_text(HEAD + "WL-01,water_level,n,,,,,,,,,\n,bad,row,,,,,,,,,\n", encoding="utf-8")
    path = folder / "config.yaml"
    path.write_text(
        f"store:\n  url: sqlite:///street.db\nbroker:\n  port: {port}\n  secrets_file: secrets.json\n"
        f"register:\n  assets_file: assets.csv\n{more}places:\n  directory: {ROOT / 'street/geo'}\n",
        encoding="utf-8",
    )
    return load(path, {})


@pytest.fixture
def broker() -> Iterator[FakeBroker]:
    """Return a broker that does what we say."""
    it = FakeBroker()
    yield it
    it.close()


def test_serving_stores_what_comes_and_finishes_when_told(tmp_path: Path, broker: FakeBroker) -> None:
    """SIGTERM under load: what is held is stored and acknowledged, then goodbye."""
    links: list[Link] = []

    def make_link(settings: LinkSettings) -> Link:
        links.append(Link(settings))
        return links[0]

    turns = 0

    def should_stop() -> bool:
        nonlocal turns
        broker.serve()
        if links[0].is_up and not turns:
            for mid in range(1, 51):
                broker.publish("street/WL-01/telemetry", str(telemetry(water_level=1)).replace("'", '"').encode(), mid)
            turns = 1
            return False
        turns += turns > 0
        return turns == 3

    config = a_config(tmp_path, broker.port)

    service.serve(config, should_stop, make_link=make_link)

    broker.serve()
    reader = open_store(config.store.url, now_us=clock.now_us).reader()
    assert len(reader.latest()) == 1
    assert broker.acks == list(range(1, 51))
    assert broker.goodbyes == 1
    beat = reader.heartbeat()
    assert beat is not None
    assert not beat[1]
    reader.close()


def test_the_register_is_loaded_at_the_start_without_its_bad_rows(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each bad row is named."""
    config = a_config(tmp_path)
    store = open_store(config.store.url, now_us=clock.now_us)

    with caplog.at_level(logging.WARNING):
        service.load_register(store, config.register.assets_file, is_demo=True)

    reader = store.reader()
    assert reader.assets() == [Asset(asset_id="WL-01", kind="water_level", name="n", device_id="WL-01", is_demo=True)]
    assert "line 3: id: expected 1 to 200 characters" in caplog.text
    reader.close()
    store.close()


def test_a_start_never_undoes_what_a_person_has_changed(tmp_path: Path) -> None:
    """The list is where a register begins; a device that came in unknown gets its kind from it."""
    config = a_config(tmp_path)
    store = open_store(config.store.url, now_us=clock.now_us)
    edited = Asset(asset_id="WL-01", kind="water_level", name="edited")

    found = []
    for asset in (edited, Asset(asset_id="WL-01", kind="unknown", name="WL-01")):
        store.register_assets([asset])
        service.load_register(store, config.register.assets_file, is_demo=True)
        reader = store.reader()
        found += reader.assets()
        reader.close()
    store.close()

    assert [(asset.kind, asset.name) for asset in found] == [("water_level", "edited"), ("water_level", "n")]


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    """It would number series as the first does."""
    config = a_config(tmp_path)

    said = rf"has a writer already \(process {os.getpid()}\)"
    with service.only_writer(config), pytest.raises(StoreError, match=said), service.only_writer(config):
        pass


def test_the_writers_place_is_free_again_afterwards(tmp_path: Path) -> None:
    """Also after a kill: the lock is the kernel's."""
    config = a_config(tmp_path)
    with service.only_writer(config):
        pass

    with service.only_writer(config):
        assert (tmp_path / "street.db.writer").read_text() == str(os.getpid())


def test_a_server_has_its_own_lock(tmp_path: Path) -> None:
    """PostgreSQL: nothing to lock here."""
    path = tmp_path / "config.yaml"
    path.write_text("store:\n  url: postgresql+psycopg://street@db/street\n", encoding="utf-8")

    with service.only_writer(load(path, {})):
        assert list(tmp_path.iterdir()) == [path]


def test_a_dialect_we_do_not_speak_is_named_with_its_line(tmp_path: Path) -> None:
    """In the configuration's own form."""
    config = a_config(tmp_path, more="ingest:\n  routes:\n    morse: [tele/#]\n")

    with pytest.raises(ConfigError, match=r"config\.yaml:9: ingest\.routes: no dialect named 'morse'"):
        service.decoder_of(config)


def test_assets_registered_by_others_are_taken_over(street: SmallStreet) -> None:
    """`python -m street assets import` while we run."""
    street.parts.store.register_assets([Asset(asset_id="WL-02", kind="water_level", name="n")])
    assert street.parts.register.find("native", "WL-02") is None

    street.parts.refresh()

    assert street.parts.register.find("native", "WL-02") is not None


def test_the_register_is_read_anew_only_when_somebody_registered(
    street: SmallStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question is asked every second, and five thousand newcomers would make the whole answer slow."""
    readings: list[int] = []
    monkeypatch.setattr(street.parts.register, "refresh", lambda assets: readings.append(len(assets)))
    newcomer = Asset(asset_id="new", kind="unknown", name="n")
    registered = Asset(asset_id="WL-02", kind="water_level", name="n")

    street.parts.store.register_assets([newcomer], replaces=False)
    street.parts.refresh()
    street.parts.store.register_assets([registered])
    street.parts.refresh()
    street.parts.refresh()

    assert readings == [len(street.parts.reader.assets())]


def test_a_signal_is_noted() -> None:
    """And nothing else: the loop finishes its turn."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    stop = service.StopSignal()
    assert not stop()

    os.kill(os.getpid(), signal.SIGTERM)

    assert stop()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_register_is_read_anew_while_it_serves(
    tmp_path: Path, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every second; here at once."""
    monkeypatch.setattr(service, "REFRESH_S", 0.0)
    config = a_config(tmp_path, broker.port)
    seen: list[int] = []
    real = service.Parts.refresh

    def refresh(parts: service.Parts) -> None:
        real(parts)
        seen.append(len(parts.register.by_id))

    monkeypatch.setattr(service.Parts, "refresh", refresh)

    service.serve(config, lambda: broker.serve() or len(seen) >= 2)  # type: ignore[func-returns-value] # both, in turn

    assert seen[-1] == 1


def test_what_the_desk_wants_replayed_is_worked_off_while_it_serves(tmp_path: Path, broker: FakeBroker) -> None:
    """The two programs meet in the store alone; ingest need not be stopped for it."""
    config = a_config(tmp_path, broker.port)
    store = open_store(config.store.url, now_us=clock.now_us, audit_key=b"k" * 32)
    writer = store.writer()
    batch = writer.begin(clock.now_us())
    payload = b'{"water_level": 0.07}'
    batch.add_dead_letter(
        DeadLetter(clock.now_us(), "native", "street/WL-01/telemetry", payload, "device-unknown", "w")
    )
    batch.commit()
    writer.close()
    store.replays().ask(1, by=Actor.system("desk"))

    service.serve(config, lambda: broker.serve() or store.replays().next() is None)  # type: ignore[func-returns-value] # both, in turn

    told = store.replays().newest(1)
    store.close()
    assert told is not None
    assert (told.stored, told.refused, told.failed) == (1, 0, 0)


def test_the_rules_begin_where_the_store_ends(street: SmallStreet) -> None:
    """What the broker sends again after a restart is older than what is stored: it raises nothing."""
    now_us = clock.now_us()
    parts = street.parts
    batch = parts.writer.begin(now_us)
    batch.add_readings(
        [
            Reading("SD-01", "smoke", now_us, now_us, 0.0),
            Reading("TTN-01", "water_level", now_us + 9, now_us, 0.0, int(Flag.CLOCK_SKEW)),
            Reading("WL-01", "water_level", now_us, now_us, 0.0, int(Flag.RETAINED)),
        ]
    )
    batch.commit()

    rules = parts.make_judge()

    known = parts.register.by_id
    assert rules.observe(known["SD-01"], Reading("SD-01", "smoke", now_us - 1, now_us + 5, 1.0)) == []
    assert rules.observe(known["TTN-01"], Reading("TTN-01", "water_level", now_us - 1, now_us + 5, 9.0)) == []
    assert rules.observe(known["TTN-01"], Reading("TTN-01", "water_level", now_us + 1, now_us + 5, 9.0)) != []
    assert rules.observe(known["WL-01"], Reading("WL-01", "water_level", now_us - 1, now_us + 5, 9.0)) != []


def test_figures_come_with_the_heartbeat(tmp_path: Path, broker: FakeBroker) -> None:
    """What the dashboard will serve as metrics, from the store alone."""
    config = a_config(tmp_path, broker.port)
    links: list[Link] = []

    def make_link(settings: LinkSettings) -> Link:
        links.append(Link(settings))
        return links[0]

    spoken: list[int] = []

    def should_stop() -> bool:
        broker.serve()
        if links[0].is_up and not spoken:
            spoken.append(1)
            broker.publish("street/WL-01/telemetry", b'{"water_level":1}', 1)
            broker.publish("street/WL-01/telemetry", b"no json", 2)
        return len(broker.acks) == 2

    service.serve(config, should_stop, make_link=make_link)

    reader = open_store(config.store.url, now_us=clock.now_us).reader()
    figures = reader.figures(clock.now_us())
    assert sorted(figures.counts["messages"]) == [["native", "reject", 1], ["native", "telemetry", 1]]
    assert figures.counts["rejects"] == [["native", "not-json", 1]]
    assert (figures.counts["stored"], figures.counts["acknowledged"], figures.counts["held"]) == (1, 2, 0)
    assert sum(figures.counts["batch_s"]["counts"]) >= 1
    assert b'street_mqtt_messages_total{dialect="native",kind="telemetry"} 1.0' in metrics_text(figures)
    reader.close()
