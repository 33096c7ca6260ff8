"""The command line: each command does its one thing, and each mistake costs one line and its exit code."""

import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.__main__ import main
from street import clock
from street.readings import DeadLetter
from street.store import open_store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Put the logging set-up of the test run back after a command made its own."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level
    logging.captureWarnings(capture=False)


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    """Return a configuration that keeps everything in *tmp_path*."""
    path = tmp_path / "config.yaml"
    path.write_text(
        f"store:\n  url: sqlite:///street.db\nbroker:\n  port: {free_port()}\n  directory: broker\n"
        "  secrets_file: secrets.json\nregister:\n  load_at_start: false\n"
        f"places:\n  directory: {ROOT / 'street/geo'}\n",
        encoding="utf-8",
    )
    return path


def free_port() -> int:
    """Return a port that was free a moment ago: nobody answers there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run `python -m ingest` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ingest", *arguments],
        cwd=ROOT, input=text, capture_output=True, text=True, timeout=30, check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip


@pytest.mark.parametrize("command", [[], ["broker"], ["decode"], ["dead-letters", "list"]])
def test_a_wrong_configuration_costs_one_line_and_exit_78(tmp_path: Path, command: list[str]) -> None:
    """Whatever was to be done with it; no traceback."""
    path = tmp_path / "config.yaml"
    path.write_text("ingest:\n  batch_rows: soon\n", encoding="utf-8")

    ended = run("--config", str(path), *command)

    assert ended.returncode == 78
    assert ended.stderr == f"{path}:2: ingest.batch_rows: expected a whole number from 1 to 10000, got 'soon'\n"
    assert ended.stdout == ""


def test_decode_reads_lines_and_writes_lines(config_file: Path) -> None:
    """Chinese stays Chinese, whatever the locale; bytes that are no text cost their own line."""
    lines = [
        {"id": 1, "topic": "street/WL-01/telemetry", "payload": {"water_level": 0.1}},
        {"id": 2, "topic": "street/街道/nothing", "payload": {}},
    ]

    ended = run("--config", str(config_file), "decode", text="\n".join(json.dumps(line) for line in lines))

    got = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 0
    assert [(line["id"], line["kind"]) for line in got] == [(1, "telemetry"), (2, "reject")]


def test_secrets_are_made_and_never_printed(config_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only where they are."""
    code = main(["--config", str(config_file), "secrets"])

    out = capsys.readouterr().out
    kept = json.loads((config_file.parent / "secrets.json").read_text(encoding="utf-8"))
    assert code == 0
    assert str(config_file.parent / "secrets.json") in out
    assert not any(word in out for word in kept.values())


def test_dead_letters_are_listed_and_replayed(config_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The way an operator does it."""
    store = open_store(f"sqlite:///{config_file.parent}/street.db", now_us=clock.now_us)
    writer = store.writer()
    batch = writer.begin(1)
    for topic in ("street/WL-01/telemetry", "street/WL-01/nothing"):
        batch.add_dead_letter(DeadLetter(clock.now_us(), "native", topic, b'{"water_level": 1}', "device-unknown", "r"))
    batch.commit()
    writer.close()
    store.close()

    codes = [
        main(["--config", str(config_file), "dead-letters", "list"]),
        main(["--config", str(config_file), "dead-letters", "replay", "--code", "device-unknown"]),
    ]

    out = capsys.readouterr().out.splitlines()
    assert codes == [0, 0]
    assert out[1].split()[0] == "device-unknown"
    assert out[-1] == "stored 1, still refused 1, not stored 0"


def test_a_store_that_cannot_be_used_costs_one_line_and_exit_75(config_file: Path) -> None:
    """A supervisor may try again; here somebody put another file in its place."""
    (config_file.parent / "street.db").write_bytes(b"this is no database, " * 100)

    ended = run("--config", str(config_file), "dead-letters", "list")

    assert ended.returncode == 75
    assert ended.stderr.startswith("store: ")
    assert ended.stderr.count("\n") == 1


def test_decode_and_serve_take_their_turn_in_one_process(
    config_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same commands without a process of their own."""
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"id": 1, "topic": "street/A/status", "payload_b64": "b25saW5l"}\n'))

    assert main(["--config", str(config_file), "--verbose", "decode"]) == 0

    assert json.loads(capsys.readouterr().out)["kind"] == "availability"


def test_a_street_is_served_until_it_is_stopped(config_file: Path) -> None:
    """A process of its own, without a broker yet: SIGTERM, exit 0."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", "--config", str(config_file)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = ""
    while "ingest up" not in said:
        said = process.stderr.readline()
        assert said, "it ended before it was up"

    process.terminate()

    rest = process.communicate(timeout=10)[1]
    assert process.returncode == 0
    assert "ingest down received=0" in rest


def test_another_broker_is_not_ours_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`broker.embedded: false`."""
    path = tmp_path / "config.yaml"
    path.write_text("broker:\n  embedded: false\n", encoding="utf-8")

    assert main(["--config", str(path), "broker"]) == 78
    assert "config.yaml:2: broker.embedded: expected true" in capsys.readouterr().err


def test_check_explains_the_configuration(config_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `check` says is tried in its own tests; here that it can be asked for."""
    assert main(["--config", str(config_file), "check"]) == 0

    assert capsys.readouterr().out.startswith(f"{config_file}: can be used\n")


def test_what_is_wrong_is_said_before_anybody_is_asked(config_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`reload` with a dialect that nobody speaks."""
    config_file.write_text(config_file.read_text() + "ingest:\n  routes:\n    morse: [a/#]\n")

    ends = [main(["--config", str(config_file), command]) for command in ("check", "reload")]

    assert ends == [78, 78]
    assert capsys.readouterr().err.count("no dialect named 'morse'") == 2


def test_reload_without_an_ingest_says_so(config_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 69."""
    assert main(["--config", str(config_file), "reload"]) == 69
    assert "ingest: none runs on sqlite:///" in capsys.readouterr().out


def test_replay_plays_what_the_file_is(config_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A CSV as the simulator does, here as lines; recorded traffic needs a broker."""
    roster = f"register:\n  assets_file: {ROOT / 'street/geo/demo_assets.csv'}\n"
    config_file.write_text(config_file.read_text().replace("register:\n", roster), encoding="utf-8")
    table, traffic = config_file.parent / "people.csv", config_file.parent / "t.jsonl"
    table.write_text("time,people_count\n2026-11-24T10:00:00Z,4\n2026-11-24T10:01:00Z,5\n", encoding="utf-8")
    traffic.write_text('{"received_at":"2026-11-24T10:00:00Z","topic":"street/a/status","payload_b64":""}\n')

    played = main(["--config", str(config_file), "replay", "--dry", str(table)])
    lines = capsys.readouterr().out.splitlines()
    refused = [
        main(["--config", str(config_file), "replay", *said, str(traffic)])
        for said in (["--from", "2027-01-01T00:00:00Z"], ["--speed", "-1"])
    ]

    assert played == 0
    assert [json.loads(line)["payload"]["people_count"] for line in lines] == [4, 5]
    assert refused == [78, 78]
    said = capsys.readouterr().err
    assert "holds no message to be played" in said
    assert "--speed: expected 0 (at once) or more" in said


@pytest.mark.parametrize(
    "said",
    [["record", "t.gz", "--minutes", "0"], ["record", "t.gz", "--max-mb", "x"], ["replay", "t", "--from", "10:00"],
     ["replay", "t", "--to", "2026-11-24T10:00:00"]],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_the_command_line(said: list[str]) -> None:
    """Exit 2, as every command does; an instant needs its zone."""
    with pytest.raises(SystemExit) as ended:
        main(said)

    assert ended.value.code == 2


def test_record_without_a_broker_ends(
    config_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 69, and no file."""
    monkeypatch.setattr("ingest.traffic.record.WAITS_S", 0.3)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    code = main(["--config", str(config_file), "record", str(config_file.parent / "t.gz"), "--topic", "street/#"])

    for number, handler in before.items():
        signal.signal(number, handler)
    assert code == 69
    assert "no broker at" in capsys.readouterr().err
    assert not (config_file.parent / "t.gz").exists()
