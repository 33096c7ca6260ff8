"""A running ingest takes over a new configuration, and a wrong one leaves it as it was."""

import io
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.ingest_process import ROOT, Rig
from bench.mqtt_socket import Publisher, packet
from ingest import reload, service
from ingest.intake import Intake
from ingest.watch import Watch
from street.config import Config, load
from street.config.sections import BrokerConfig, IngestConfig, RetentionConfig, WallConfig
from street.errors import ConfigError
from street.readings import Flag
from street.scenarios import Scenarios, load_scenarios
from tests.ingest.fake_broker import until
from tests.ingest.small_street import SmallStreet, telemetry


@pytest.fixture
def rig() -> Iterator[Rig]:
    """Return a street with broker and ingest, whose one route is our own."""
    with Rig(assets=3) as it:
        it.config_file.write_text(it.config_file.read_text() + "ingest:\n  routes:\n    native: [street/#]\n")
        it.broker.terminate()
        it.broker.wait(10)
        it.start_broker()
        it.start_ingest()
        yield it


def rewrite(rig: Rig, before: str, after: str) -> None:
    """Change the configuration file."""
    text = rig.config_file.read_text()
    assert before in text
    rig.config_file.write_text(text.replace(before, after))


def ask(rig: Rig) -> subprocess.CompletedProcess[str]:
    """Run `python -m ingest reload`."""
    return subprocess.run(
        [sys.executable, "-m", "ingest", "--config", str(rig.config_file), "reload"],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def speak(rig: Rig, *packets: bytes) -> None:
    """Publish *packets* as the devices."""
    publisher = Publisher("127.0.0.1", rig.port, "devices", rig.password("devices"), client_id="devices")
    publisher.publish(list(packets), within_s=10)
    publisher.close()


def until_logged(rig: Rig, words: str) -> str:
    """Wait until ingest's log has a line with *words*; return it."""
    until(lambda: words in rig.log("ingest.log"), lambda: time.sleep(0.02), within_s=10)
    return next(line for line in rig.log("ingest.log").splitlines() if words in line)


@pytest.mark.broker
def test_a_new_route_is_heard_without_a_restart(rig: Rig) -> None:
    """Also by the embedded broker, which lets nobody speak where no route leads; what was heard stays heard."""
    speak(rig, packet("street/bench-0000/telemetry", b'{"wind_speed":1}', 1))
    rig.wait_for_rows(1, within_s=10)
    rewrite(rig, "native: [street/#]", "native: [street/#, plaza/#]\n  unknown_devices: reject")
    rewrite(rig, "ack_wait_s: 2", "ack_wait_s: 4")

    asked = ask(rig)

    line = until_logged(rig, "configuration taken over")
    assert asked.returncode == 0
    assert asked.stderr == ""
    assert asked.stdout.splitlines()[0] == f"broker: process {rig.broker.pid} reads its permissions anew"
    assert line.endswith("taken over: ingest.routes, ingest.unknown_devices; not before a restart: broker.ack_wait_s")
    speak(rig, packet("plaza/bench-0001/telemetry", b'{"wind_speed":2}', 1))
    speak(rig, packet("street/bench-0002/telemetry", b'{"wind_speed":3}', 1))
    speak(rig, packet("street/stranger/telemetry", b'{"wind_speed":4}', 1))
    assert len(rig.wait_for_rows(3, within_s=10)) == 3
    assert rig.log("ingest.log").count("broker up") == 1
    assert "newcomer" not in rig.log("ingest.log")


@pytest.mark.broker
def test_a_wrong_configuration_leaves_the_old_one_running(rig: Rig) -> None:
    """One line says why; the command does not even ask."""
    process = reload.writer_of(rig.config.store_path or Path())
    rewrite(rig, "native: [street/#]", "morse: [street/#]")

    asked = ask(rig)
    assert process is not None
    os.kill(process, signal.SIGHUP)

    line = until_logged(rig, "configuration refused, the old one goes on: ")
    assert asked.returncode == 78
    assert asked.stdout == ""
    assert asked.stderr.count("\n") == 1
    assert "ingest.routes: no dialect named 'morse'" in asked.stderr
    assert line.endswith(asked.stderr.strip())
    speak(rig, packet("street/bench-0000/telemetry", b'{"wind_speed":1}', 1))
    assert len(rig.wait_for_rows(1, within_s=10)) == 1
    rewrite(rig, "morse: [street/#]", "native: [street/#]\n  batch_rows: soon")
    os.kill(process, signal.SIGHUP)
    assert "ingest.batch_rows: expected a whole number" in until_logged(rig, "batch_rows")


def test_where_nobody_runs_it_is_said(tmp_path: Path) -> None:
    """A stale number of a process is not enough to send anybody a signal."""
    config = a_config(tmp_path)
    (tmp_path / "street.db.writer").write_text(str(os.getpid()))
    out = io.StringIO()

    code = reload.ask(config, tmp_path / "config.yaml", out)

    assert code == reload.EXIT_NOBODY
    assert out.getvalue() == f"broker: does not run\ningest: none runs on {config.store.url}\n"


def test_a_store_on_a_server_does_not_know_the_process(tmp_path: Path) -> None:
    """What to do instead is said."""
    config = replace(a_config(tmp_path, "  embedded: false\n"), store=replace_url("postgresql+psycopg://street@db/x"))
    out = io.StringIO()

    assert reload.ask(config, tmp_path / "config.yaml", out) == 0
    assert "`kill -HUP` it" in out.getvalue()


def test_the_writer_is_known_by_its_lock(tmp_path: Path) -> None:
    """While it lives, and no longer."""
    config = a_config(tmp_path)
    path = config.store_path
    assert path is not None
    before = reload.writer_of(path)

    with service.only_writer(config):
        during = reload.writer_of(path)

    assert (before, during, reload.writer_of(path)) == (None, os.getpid(), None)


def test_a_hangup_is_noted_and_answered_once(street: SmallStreet, caplog: pytest.LogCaptureFixture) -> None:
    """The file is read between two turns, not inside a signal."""
    intake, watch = a_running(street)
    path = Path(street.config.shown)
    caplog.set_level(logging.INFO)
    before = signal.getsignal(signal.SIGHUP)
    hangup = reload.Hangup(path)
    counts = []
    try:
        for text in (path.read_text(), "ingest: 7\n"):
            path.write_text(text, encoding="utf-8")
            for number in (signal.SIGHUP, None, None):
                if number is not None:
                    os.kill(os.getpid(), number)
                hangup(street.parts, intake, watch)
                counts.append((caplog.text.count("taken over: "), caplog.text.count("the old one goes on: ")))
    finally:
        signal.signal(signal.SIGHUP, before)

    assert counts == [(1, 0), (1, 0), (1, 0), (1, 1), (1, 1), (1, 1)]


def test_it_is_said_what_holds_now_and_what_must_wait() -> None:
    """By key."""
    old = Config()
    new = Config(
        ingest=IngestConfig(batch_rows=10, hang_s=60),
        retention=RetentionConfig(readings_days=7),
        broker=BrokerConfig(port=1999),
        wall=WallConfig(lang="en"),
    )

    moved = reload.changed(old, new)

    assert sorted(moved) == [
        "broker.port", "ingest.batch_rows", "ingest.hang_s", "retention.readings_days", "wall.lang",
    ]  # fmt: skip
    assert reload.summary(moved) == (
        "ingest.batch_rows, retention.readings_days; not before a restart: broker.port, ingest.hang_s; "
        "the dashboard reads when it starts: wall.lang"
    )
    assert reload.summary([]) == "nothing that can change now"


def test_a_new_configuration_is_taken_over_between_two_batches(
    street: SmallStreet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Routes, newcomers, retention, limits of scenarios; what is held is filed by the new parts."""
    known = load_scenarios()
    gauge = known["water_level"]
    quantity = replace(gauge.quantities["water_level"], high=5.0)
    lower = replace(gauge, quantities={**gauge.quantities, "water_level": quantity})
    monkeypatch.setattr(reload, "load_scenarios", lambda: Scenarios({**known, "water_level": lower}))
    intake, watch = a_running(street)
    new = replace(
        street.config,
        ingest=replace(street.config.ingest, routes=(("street/#", "native"), ("plaza/#", "native")), batch_rows=7),
        retention=replace(street.config.retention, dead_letter_rows=100, purge_interval_s=60),
    )
    street.say("street/WL-01/telemetry", telemetry(water_level=7))
    until(lambda: intake.held, lambda: (street.broker.serve(), intake.link.turn(0.01, rows=10, max_bytes=1 << 20)))

    with caplog.at_level(logging.INFO):
        reload.take_over(new, street.parts, intake, watch)
    mid = street.say("plaza/WL-01/telemetry", telemetry(water_level=3))
    until(lambda: mid in street.broker.acks, lambda: (street.broker.serve(), intake.step(0.005)))

    flags = street.rows("SELECT value, flags FROM readings ORDER BY value")
    assert [(value, bool(flag & Flag.IMPLAUSIBLE)) for value, flag in flags] == [(3.0, False), (7.0, True)]
    assert "plaza/#" in street.broker.filters
    said = "ingest.routes, ingest.batch_rows, retention.dead_letter_rows, retention.purge_interval_s, scenarios"
    assert f"configuration taken over: {said}" in caplog.text
    watch.rest()


@pytest.mark.parametrize("wrong", ["routes", "scenarios"])
def test_a_wrong_configuration_changes_nothing(
    street: SmallStreet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, wrong: str
) -> None:
    """Nothing of it, not even what is right in it; and one line says why."""
    ingest = replace(street.config.ingest, unknown_devices="reject")
    if wrong == "routes":
        ingest = replace(ingest, routes=(("street/#", "morse"),))
    else:
        monkeypatch.setattr(reload, "load_scenarios", _refuse_scenarios)
    intake, watch = a_running(street)
    before = street.parts.config

    reload.take_over(replace(street.config, ingest=ingest), street.parts, intake, watch)

    assert street.parts.config is before
    assert street.parts.register.meet("native", "stranger") is not None
    assert caplog.text.count("configuration refused, the old one goes on: ") == 1


def test_what_needs_a_restart_stays_and_is_said_again_next_time(
    street: SmallStreet, caplog: pytest.LogCaptureFixture
) -> None:
    """It has not been forgotten: it still waits."""
    intake, watch = a_running(street)
    new = replace(
        street.config,
        broker=replace(street.config.broker, port=1),
        ingest=replace(street.config.ingest, hang_s=99),
    )

    with caplog.at_level(logging.INFO):
        reload.take_over(new, street.parts, intake, watch)
        reload.take_over(new, street.parts, intake, watch)

    said = "taken over: nothing that can change now; not before a restart: broker.port, ingest.hang_s"
    assert caplog.text.count(said) == 2


def a_running(street: SmallStreet) -> tuple[Intake, Watch]:
    """Return the intake of *street* and a watch over it."""
    watch = Watch(street.intake.beat, lambda: 0, street.intake.counts, purge_interval_s=3600, hang_s=30)
    return street.intake, watch


def _refuse_scenarios() -> Scenarios:
    msg = "noise.yaml:3: interval_s: expected a number"
    raise ConfigError(msg)


def a_config(folder: Path, more: str = "") -> Config:
    """Return a configuration that keeps everything in *folder*."""
    path = folder / "config.yaml"
    path.write_text(
        f"store:\n  url: sqlite:///street.db\nbroker:\n  directory: broker\n  secrets_file: secrets.json\n{more}",
        encoding="utf-8",
    )
    return load(path, {})


def replace_url(url: str) -> object:
    """Return a store section with another address."""
    return replace(Config().store, url=url)
