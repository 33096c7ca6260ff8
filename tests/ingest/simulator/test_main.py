"""The command line."""

import json
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import street
from ingest.simulator.__main__ import EXIT_BROKER, main
from street import clock
from street.config import EXIT_CONFIG
from street.store import open_store
from tests.ingest.fake_broker import FakeBroker

GEO = Path(street.__file__).parent / "geo"


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Put back what the command takes over."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A configuration whose register is the demo's."""
    path = tmp_path / "config.yaml"
    path.write_text(f"register: {{assets_file: {GEO / 'demo_assets.csv'}}}\n", encoding="utf-8")
    return str(path)


def test_a_dry_run_writes_json_lines_that_are_the_same_each_time(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given seed and start; nothing is published and nothing waits."""
    arguments = ["--config", config, "--dry", "--minutes", "1", "--start", "2026-11-24T12:00:00+08:00", "--seed", "3"]
    codes = [main(arguments), main(arguments)]
    lines = capsys.readouterr().out.splitlines()

    assert codes == [0, 0]
    assert lines[: len(lines) // 2] == lines[len(lines) // 2 :]
    assert {"topic", "retain"} < set(json.loads(lines[0]))
    assert len({json.loads(line)["topic"] for line in lines}) > 226


def test_a_dry_run_never_passes_the_present(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A start in the future has nothing to tell yet."""
    assert main(["--config", config, "--dry", "--start", "2099-01-01T00:00:00Z"]) == 0
    assert capsys.readouterr().out == ""


def test_a_dry_replay_tells_what_it_met(config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Messages on stdout, facts on stderr."""
    path = tmp_path / "noise.csv"
    path.write_text("time_local,device,laeq\n2020-01-01 00:00:00,Ballymun,60.5\n2020-01-01 01:00:00,Ballymun,\n")
    code = main(["--config", config, "replay", "--dry", "--zone", "Europe/Dublin", str(path)])
    out, err = capsys.readouterr()

    assert code == 0
    assert json.loads(out)["topic"] == "street/Ballymun/telemetry"
    assert json.loads(out)["payload"]["noise_laeq"] == 60.5
    assert err.endswith("blanks 1, empty rows 1, rows 2\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--hours", "5"], "--hours: needs --speed above 1"),
        (["replay", "none.csv"], "none.csv:1: cannot be read as CSV"),
    ],
)
def test_a_slip_costs_one_line(
    config: str, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 78: a supervisor should not start us again."""
    assert main(["--config", config, *arguments]) == EXIT_CONFIG
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--speed", "0"], ["--speed", "fast"], ["--minutes", "-1"], ["--start", "2026-11-24T12:00"], ["--what"]],
)
def test_what_cannot_be_meant_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is read or sent."""
    with pytest.raises(SystemExit):
        main(arguments)

    assert "error" in capsys.readouterr().err


@pytest.fixture
def broker() -> Iterator[FakeBroker]:
    """A broker that confirms everything, served by a thread of its own."""
    it, is_over = FakeBroker(), threading.Event()

    def serve() -> None:
        while not is_over.wait(0.001):
            it.serve()

    thread = threading.Thread(target=serve)
    thread.start()
    yield it
    is_over.set()
    thread.join()
    it.close()


def joined(tmp_path: Path, port: int, *, embedded: str = "false") -> str:
    """A configuration that leads to the broker at *port* and to a store of its own."""
    path = tmp_path / "config.yaml"
    path.write_text(
        f"broker: {{embedded: {embedded}, port: {port}}}\nstore: {{url: sqlite:///{tmp_path / 'street.db'}}}\n"
        f"register: {{assets_file: {GEO / 'demo_assets.csv'}}}\n",
        encoding="utf-8",
    )
    return str(path)


def test_a_street_is_published_and_confirmed(
    tmp_path: Path, broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    """Six minutes of past, then a second of present: all of it acknowledged, none of it stamped ahead."""
    code = main(["--config", joined(tmp_path, broker.port), "--speed", "10000", "--hours", "0.1", "--minutes", "0.02"])
    told = re.search(r"sent (\d+), acknowledged (\d+)", capsys.readouterr().err)

    assert code == 0
    assert told is not None
    assert told[1] == told[2] == str(len(broker.published))
    assert len(broker.published) > 400
    assert {topic for topic, _, retain in broker.published if retain} >= {"street/WX-01/status"}


def test_a_recording_is_registered_published_and_confirmed(
    tmp_path: Path, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its devices are assets before their first message is out."""
    monkeypatch.setattr("ingest.simulator.__main__.NOTICE_S", 0.01)
    path = tmp_path / "noise.csv"
    path.write_text("time,device,laeq\n2020-01-01T00:00Z,Bally mun,60\n2020-01-01T01:00Z,Bally mun,61\n")
    code = main(["--config", joined(tmp_path, broker.port), "replay", str(path)])
    store = open_store(f"sqlite:///{tmp_path / 'street.db'}", now_us=lambda: 0)
    reader = store.reader()
    assets = [(asset.asset_id, asset.name, asset.kind) for asset in reader.assets()]
    reader.close()
    store.close()

    assert code == 0
    assert assets == [("Bally-mun", "Bally mun", "noise_meter")]
    assert [topic for topic, _, _ in broker.published] == ["street/Bally-mun/telemetry"] * 2
    assert "sent 2, acknowledged 2\nrows 2\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("embedded", "advice"),
    [("true", "start it (make demo) or set MQTT_PORT"), ("false", "start it, or correct broker.host and broker.port")],
)
@pytest.mark.parametrize("command", ["street", "replay"])
def test_without_a_broker_one_line_says_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    embedded: str,
    advice: str,
) -> None:
    """After its time is up, with an exit code of its own; nothing was registered."""
    monkeypatch.setattr("ingest.simulator.__main__.STREET_WAITS_S", 0.2)
    monkeypatch.setattr("ingest.simulator.__main__.REPLAY_WAITS_S", 0.2)
    port = free_port()
    path = joined(tmp_path, port, embedded=embedded)
    recording = tmp_path / "noise.csv"
    recording.write_text("time,device,laeq\n2020-01-01T00:00Z,Bally mun,60\n")

    code = main(["--config", path, *(["replay", str(recording)] if command == "replay" else [])])

    assert code == EXIT_BROKER == 69
    assert capsys.readouterr().err == f"no broker at 127.0.0.1:{port}: {advice}\n"
    assert not (tmp_path / "street.db").exists()


@pytest.mark.parametrize(
    ("embedded", "advice"),
    [
        ("true", r"it knows other passwords than .*secrets\.json: start ours \(make demo\) or set MQTT_PORT"),
        ("false", "check broker.username and the password in SKY_EYE_MQTT_PASSWORD"),
    ],
)
def test_a_refused_login_is_told_at_once(
    tmp_path: Path, broker: FakeBroker, capsys: pytest.CaptureFixture[str], embedded: str, advice: str
) -> None:
    """Waiting would not help: somebody else's broker has the port."""
    broker.refusal = 5

    code = main(["--config", joined(tmp_path, broker.port, embedded=embedded)])

    assert code == EXIT_BROKER
    said = rf"the broker at 127\.0\.0\.1:{broker.port} refuses (simulator|ingest) \(Not authorized\): {advice}\n"
    assert re.fullmatch(said, capsys.readouterr().err)


def test_a_signal_ends_the_street(tmp_path: Path, broker: FakeBroker, capsys: pytest.CaptureFixture[str]) -> None:
    """At once, with everything that went out confirmed."""
    pause = threading.Event()

    def kill_when_it_speaks() -> None:
        until_s = clock.monotonic_s() + 20
        while not broker.published and clock.monotonic_s() < until_s:
            pause.wait(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=kill_when_it_speaks)
    thread.start()
    code = main(["--config", joined(tmp_path, broker.port)])
    thread.join()

    assert code == 0
    assert re.search(r"sent (\d+), acknowledged \1\n", capsys.readouterr().err)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
