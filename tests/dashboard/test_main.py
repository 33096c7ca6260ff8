"""`python -m dashboard`: how it starts, and how it says why it does not."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import __main__ as program
from tests.dashboard.conftest import until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


def written(folder: Path, text: str) -> list[str]:
    """Return the arguments for a configuration of this text."""
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return ["--config", str(path)]


def test_a_wrong_configuration_is_one_line_and_78(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A supervisor must not start it again; a person must know which key."""
    code = program.main(written(tmp_path, "dashboard:\n  prot: 8050\n"))
    said = capsys.readouterr().err

    assert code == 78
    assert said.count("\n") == 1
    assert "config.yaml:2: dashboard.prot" in said


def test_a_port_in_use_is_one_line_that_says_what_to_do(
    tmp_path: Path, taken: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The most frequent reason for a demo that does not start."""
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.setattr(program, "MAP_LIBRARY", ROOT / "node_modules" / "maplibre-gl" / "dist")
    code = program.main(written(tmp_path, f"dashboard:\n  port: {taken}\n"))
    said = capsys.readouterr().err

    assert code == 1
    assert said.count("\n") == 1
    assert f"port {taken}" in said
    assert "PORT=" in said


def test_a_missing_map_library_says_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better than a wall without a map."""
    monkeypatch.setattr(program, "MAP_LIBRARY", tmp_path)
    code = program.main(written(tmp_path, ""))

    assert code == 1
    assert "make setup" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop_and_leaves_well(tmp_path: Path, number: signal.Signals) -> None:
    """Stopped by a supervisor or by Ctrl-C, it has not failed."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    arguments = [sys.executable, "-m", "dashboard", *written(tmp_path, "")]
    process = subprocess.Popen(arguments, cwd=ROOT, env={**os.environ, "PORT": str(port)}, stderr=subprocess.PIPE)
    try:
        until(lambda: _answers(port), "it answers")
        process.send_signal(number)
        code = process.wait(20)
    finally:
        process.kill()
        _, said = process.communicate()

    assert code == 0
    assert f"url=http://127.0.0.1:{port}/wall" in said.decode()
    assert "Traceback" not in said.decode()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            line.settimeout(5)
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return line.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
