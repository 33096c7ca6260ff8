"""What systemd is told."""

import socket
from pathlib import Path

import pytest

from street.supervisor import tell_supervisor


def test_the_supervisor_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Systemd's own protocol."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        tell_supervisor("READY=1")

        assert line.recv(64) == b"READY=1"


def test_an_abstract_address_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    """Systemd writes its first byte, a NUL, as @."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind("")  # the kernel gives an abstract name
        name = bytes(line.getsockname())
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name[1:].decode())

        tell_supervisor("WATCHDOG=1")

        assert line.recv(64) == b"WATCHDOG=1"


def test_a_supervisor_that_is_gone_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the missing variable nor a socket that is gone stops us, and the next one is told again."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    tell_supervisor("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    tell_supervisor("READY=1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        tell_supervisor("WATCHDOG=1")

        assert line.recv(64) == b"WATCHDOG=1"
