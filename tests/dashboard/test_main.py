"""`python -m dashboard`: how it starts, and how it says why it does not."""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard import __main__ as program
from scripts import certificate
from street.config.sections import DashboardConfig
from tests.dashboard.conftest import until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


def written(folder: Path, text: str) -> list[str]:
    """Return the arguments for a configuration of this text on our own street."""
    path = folder / "config.yaml"
    path.write_text(f"{text}\nplaces: {{directory: {ROOT / 'street/geo'}}}\n", encoding="utf-8")
    return ["--config", str(path)]


def test_a_wrong_configuration_is_one_line_and_78(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A supervisor must not start it again; a person must know which key."""
    code = program.main(written(tmp_path, "dashboard:\n  prot: 8050\n"))
    said = capsys.readouterr().err

    assert code == 78
    assert said.count("\n") == 1
    assert "config.yaml:2: dashboard.prot" in said


def test_a_street_that_nobody_drew_is_one_line_and_78(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without its communities nobody could say who may see what."""
    path = tmp_path / "config.yaml"
    path.write_text("places: {directory: nowhere}\n", encoding="utf-8")
    code = program.main(["--config", str(path)])
    said = capsys.readouterr().err

    assert code == 78
    assert said.count("\n") == 1
    assert "communities.geojson" in said


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


def test_it_speaks_https_with_its_own_certificate(tmp_path: Path) -> None:
    """Service workers and cameras work over nothing less; who does not trust the authority is warned."""
    certificate.ensure(tmp_path / "d.pem", tmp_path / "d.key", ["127.0.0.1"])
    config = written(tmp_path, "dashboard: {https: own, certificate_file: d.pem, key_file: d.key}")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    arguments = [sys.executable, "-m", "dashboard", *config]
    process = subprocess.Popen(arguments, cwd=ROOT, env={**os.environ, "PORT": str(port)}, stderr=subprocess.PIPE)
    try:
        until(lambda: _answers(port, ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))), "it answers")
        stranger = _answers(port, ssl.create_default_context())
        plain = _answers(port)
    finally:
        process.terminate()
        _, said = process.communicate(timeout=20)

    assert not stranger
    assert not plain
    assert f"url=https://127.0.0.1:{port}/wall" in said.decode()


@pytest.mark.parametrize(
    ("certificate_text", "key_text", "named"),
    [
        pytest.param(None, None, "certificate_file", id="no certificate"),
        pytest.param("made", None, "key_file", id="no key"),
        pytest.param("nonsense", "made", "certificate_file", id="no PEM"),
        pytest.param("made", "another", "certificate_file", id="another's key"),
    ],
)
def test_a_certificate_that_cannot_be_used_is_one_line_and_78(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    certificate_text: str | None,
    key_text: str | None,
    named: str,
) -> None:
    """Never plain HTTP instead."""
    made, another = tmp_path / "made", tmp_path / "another"
    for folder in (made, another):
        certificate.ensure(folder / "d.pem", folder / "d.key", ["127.0.0.1"])
    texts = {
        None: {},
        "made": {name: (made / name).read_text() for name in ("d.pem", "d.key")},
        "another": {name: (another / name).read_text() for name in ("d.pem", "d.key")},
        "nonsense": {"d.pem": "nonsense"},
    }
    for name, which in (("d.pem", certificate_text), ("d.key", key_text)):
        if which:
            (tmp_path / name).write_text(texts[which][name])

    code = program.main(written(tmp_path, "dashboard: {https: own, certificate_file: d.pem, key_file: d.key}"))
    said = capsys.readouterr().err

    assert code == 78
    assert said.count("\n") == 1
    assert f"dashboard.{named}: expected" in said


@pytest.mark.parametrize(
    ("https", "proxy_address", "address", "scheme"),
    [
        pytest.param("proxy", "127.0.0.1", "198.51.100.7", "https", id="from our proxy"),
        pytest.param("proxy", "10.0.0.9", "127.0.0.1", "http", id="from somebody else"),
        pytest.param("none", "127.0.0.1", "127.0.0.1", "http", id="no proxy is configured"),
    ],
)
def test_only_the_proxy_is_heard_about_addresses(https: str, proxy_address: str, address: str, scheme: str) -> None:
    """Who could name an address of his own would dodge every limit by address: TRUST B84."""
    heard: list[dict[str, Any]] = []

    async def app(scope: dict[str, Any], _receive: object, _send: object) -> None:
        heard.append(scope)

    server = program.server_of(app, DashboardConfig(https=https, proxy_address=proxy_address))  # type: ignore[arg-type]  # an ASGI app, which is all that is asked
    server.config.load()
    headers = [(b"x-forwarded-for", b"127.0.0.1, 198.51.100.7"), (b"x-forwarded-proto", b"https")]
    scope = {"type": "http", "client": ("127.0.0.1", 5), "scheme": "http", "headers": headers}
    asyncio.run(server.config.loaded_app(scope, None, None))  # type: ignore[arg-type]  # nothing is read or sent

    assert (heard[0]["client"][0], heard[0]["scheme"]) == (address, scheme)


def test_the_supervisor_hears_that_it_lives(tmp_path: Path) -> None:
    """Ready once, then a heartbeat a second: systemd's watchdog acts on silence."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, socket.create_server(("127.0.0.1", 0)) as probe:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(30)
        environ = {"PORT": str(probe.getsockname()[1]), "NOTIFY_SOCKET": str(tmp_path / "notify")}
        probe.close()
        arguments = [sys.executable, "-m", "dashboard", *written(tmp_path, "")]
        process = subprocess.Popen(arguments, cwd=ROOT, env=os.environ | environ, stderr=subprocess.PIPE)
        try:
            heard = [line.recv(64) for _ in range(3)]
            process.terminate()
            while heard[-1] != b"STOPPING=1":
                heard.append(line.recv(64))
        finally:
            process.kill()
            process.communicate()

    assert b"READY=1" in heard[:2]
    assert heard.count(b"READY=1") == 1
    assert heard.count(b"WATCHDOG=1") >= 2


def _answers(port: int, tls: ssl.SSLContext | None = None) -> bool:
    try:
        with contextlib.ExitStack() as lines:
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=1))
            if tls:
                line = lines.enter_context(tls.wrap_socket(line, server_hostname="127.0.0.1"))
            line.settimeout(5)
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return line.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
