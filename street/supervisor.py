"""What a supervisor is told: systemd's own protocol, one datagram a word. Without a supervisor nothing happens."""

import contextlib
import os
import socket


def tell_supervisor(state: str) -> None:
    """Tell systemd *state* (`READY=1`, `WATCHDOG=1`), where systemd has started us and wants to know."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(state.encode(), address.replace("@", "\0", 1) if address.startswith("@") else address)
