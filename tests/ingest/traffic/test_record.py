"""What goes by at a running broker is recorded to the byte, and nobody is disturbed by it."""

import io
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.ingest_process import Rig
from bench.mqtt_socket import Publisher, packet
from ingest.traffic import record as module
from ingest.traffic.record import EXIT_BROKER, EXIT_FILE, Plan, record
from ingest.traffic.recording import Recording, RecordingFile
from street.config import Config, load
from street.errors import ConfigError

PAYLOADS = [b"", b"\xff\xfe\x00", '{"名":1}'.encode(), bytes(range(256)) * 400, b'{"ts":1795514399123}']


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """Return a running broker."""
    with Rig(assets=1) as it:
        yield it


def speak(rig: Rig, packets: list[bytes]) -> None:
    """Publish *packets* as the devices, and wait until the broker has confirmed them."""
    publisher = Publisher("127.0.0.1", rig.port, "devices", rig.password("devices"), client_id="devices")
    publisher.publish(packets, within_s=10)
    publisher.close()


def then_stop(rig: Rig, packets: list[bytes], path: Path, *, turns: int = 8) -> Callable[[], bool]:
    """Return a should_stop that speaks once the recorder listens, and stops some turns later."""
    left = itertools.count(turns, -1)

    def should_stop() -> bool:
        if not path.exists():
            return False
        number = next(left)
        if number == turns:
            speak(rig, packets)
        return number <= 0

    return should_stop


@pytest.mark.broker
def test_all_that_goes_by_is_recorded_to_the_byte(rig: Rig, tmp_path: Path) -> None:
    """Topics, payloads and retain flags, in order; also topics in Chinese and stills."""
    packets = [packet(f"street/灯-{number}/status", it, number + 1) for number, it in enumerate(PAYLOADS)]
    path, progress = tmp_path / "t.jsonl.gz", io.StringIO()

    code = record(rig.config, Plan(path=path), then_stop(rig, packets, path), progress)

    found = list(Recording(path))
    assert code == 0
    assert [(it.topic, it.payload, it.retain, it.qos) for it in found] == [
        (f"street/灯-{number}/status", it, False, 1) for number, it in enumerate(PAYLOADS)
    ]
    assert [it.received_us for it in found] == sorted({it.received_us for it in found})
    assert f"{path}: 5 messages, " in progress.getvalue().splitlines()[-1]


@pytest.mark.broker
def test_only_what_a_filter_takes_is_recorded(rig: Rig, tmp_path: Path) -> None:
    """Once, also where two filters take it."""
    packets = [packet(f"street/{name}/status", b"online", number) for number, name in enumerate("abc", start=1)]
    path = tmp_path / "t.jsonl.gz"
    plan = Plan(path=path, filters=["street/a/+", "street/a/status", "street/c/#", "street/c/#"])

    record(rig.config, plan, then_stop(rig, packets, path), io.StringIO())

    assert sorted(it.topic for it in Recording(path)) == ["street/a/status", "street/c/status"]
    assert plan.filters == ["street/a/+", "street/c/#"]


@pytest.mark.broker
def test_ingest_hears_everything_beside_it(rig: Rig, tmp_path: Path) -> None:
    """Its session is not taken away, and the broker keeps nothing for a recorder that is gone."""
    rig.start_ingest()
    packets = [packet("street/bench-0000/telemetry", b'{"wind_speed":%d}' % number, number) for number in range(1, 51)]
    path = tmp_path / "t.jsonl.gz"

    record(rig.config, Plan(path=path), then_stop(rig, packets, path), io.StringIO())

    assert len(rig.wait_for_rows(50, within_s=10)) == 50
    assert rig.log("ingest.log").count("broker up") == 1
    assert len(list(Recording(path))) == 50


@pytest.mark.broker
def test_it_stops_when_it_was_told_to(rig: Rig, tmp_path: Path) -> None:
    """After some minutes, or some megabytes."""
    path = tmp_path / "t.jsonl.gz"
    noise = b"".join(number.to_bytes(4, "big") * 16 for number in range(4_000))

    first = record(rig.config, Plan(path=tmp_path / "short.gz", minutes=0.005), lambda: False, io.StringIO())
    speaks = then_stop(rig, [packet("street/a/status", noise, 1)] * 3, path, turns=10_000)
    second = record(rig.config, Plan(path=path, max_mb=0.01), speaks, io.StringIO())

    assert (first, second) == (0, 0)
    assert next(iter(Recording(path))).payload == noise


def test_without_a_broker_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves no file."""
    monkeypatch.setattr(module, "WAITS_S", 0.3)
    config, progress = a_config(tmp_path), io.StringIO()

    code = record(config, Plan(path=tmp_path / "t.gz"), lambda: False, progress)

    assert code == EXIT_BROKER
    assert progress.getvalue() == "no broker at 127.0.0.1:1 that lets ingest listen\n"
    assert not (tmp_path / "t.gz").exists()


@pytest.mark.broker
def test_a_file_that_exists_is_refused(rig: Rig, tmp_path: Path) -> None:
    """Before anything is recorded."""
    (tmp_path / "t.gz").touch()

    with pytest.raises(ConfigError, match=r"t\.gz: expected a new file that can be written: File exists"):
        record(rig.config, Plan(path=tmp_path / "t.gz"), lambda: False, io.StringIO())


@pytest.mark.broker
def test_a_disk_that_is_full_ends_it_with_a_word(rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written until then can be read."""

    def flush(_file: RecordingFile) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RecordingFile, "flush", flush)
    progress = io.StringIO()

    code = record(rig.config, Plan(path=tmp_path / "t.gz"), lambda: False, progress)

    assert code == EXIT_FILE
    assert "t.gz: cannot be written any more: No space left on device" in progress.getvalue()


def test_what_is_no_filter_is_refused(tmp_path: Path) -> None:
    """The broker would cut the line without a word."""
    with pytest.raises(ConfigError, match="--topic: 'a/#/b' is not a topic filter"):
        Plan(path=tmp_path / "t.gz", filters=["a/#/b"])


def a_config(folder: Path) -> Config:
    """Return a configuration whose broker is not there."""
    path = folder / "config.yaml"
    path.write_text(
        "store:\n  url: sqlite:///street.db\nbroker:\n  port: 1\n  secrets_file: secrets.json\n", encoding="utf-8"
    )
    return load(path, {})
