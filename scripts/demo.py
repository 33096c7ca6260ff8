"""`make demo`: broker, ingest, duty, dashboard and a simulated street under one supervisor, until Ctrl-C.

Everything is checked before anything is started, and whatever ends it (Ctrl-C, a signal to us or to make, a part
that dies, even `kill -9`), no process and no port is left. It runs on the checkout's config.yaml, or on $CONFIG, as it
is, so every other command works beside it; its logs lie in `log/` beside the store.
"""

import fcntl
import multiprocessing
import os
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from functools import partial
from pathlib import Path
from typing import TextIO

import certificate
from demo_processes import LogFiles, Street

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from street.config import Config, load  # noqa: E402 - only now can the checkout's packages be found
from street.errors import ConfigError  # noqa: E402 - as above

OWN_CONFIG = ROOT / "config.yaml"
PARTS = {
    "broker": "-m ingest --config {config} broker",
    "ingest": "-m ingest --config {config}",
    "duty": "-m ingest --config {config} duty",
    "dashboard": "-m dashboard --config {config}",
    "street": "-m ingest.simulator --config {config} --speed 1200 --hours {missed_h:.4f}{continued}",
}
MOST_MISSED_H = 2.0
FRESH_AFTER_H = 1.0  # away for less, the wall still has what was reported; nobody can close it yet, so it would pile up
ANSWER_WITHIN_S = 30


class DemoError(Exception):
    """One line that says what to do."""


def main() -> int:
    """Start the street and stay until it ends; return the exit code."""
    multiprocessing.set_start_method("fork")  # honcho's processes hold what cannot be pickled
    try:
        config_file = Path(os.environ.get("CONFIG") or OWN_CONFIG).absolute()
        config = load(config_file)
        lock = take_folder(folder_of(config))
        check_ports(config)
        make_certificate(config)
        missed_h = missed_hours(config)  # before anything writes to the store
        make_accounts(config, config_file)
        make_areas(config, config_file)
    except (DemoError, ConfigError) as error:
        say(str(error), sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    with lock:
        return run(config, config_file, missed_h)


def run(config: Config, config_file: Path, missed_h: float) -> int:
    """Run all parts until one ends or we are told to stop; return the exit code."""
    logs = folder_of(config) / "log"
    street = Street(LogFiles(logs), on_started=partial(announce, config, config_file))
    past = {"missed_h": missed_h, "continued": " --continued" if missed_h < FRESH_AFTER_H else ""}
    parts = {name: it for name, it in PARTS.items() if name != "broker" or config.broker.embedded}
    for name, arguments in parts.items():
        command = arguments.format(config=shlex.quote(str(config_file)), **past)
        street.add_process(name, f"exec {shlex.quote(sys.executable)} {command}", cwd=str(ROOT))
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    signal.signal(signal.SIGQUIT, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    say(f"starting {', '.join(parts)} …")
    street.loop()
    if street.trouble:
        say(street.trouble, sys.stderr)
        return 1
    say("stopped; nothing runs on")
    return 0


# ------------------------------------------------------------------------------------------------ before the start


def folder_of(config: Config) -> Path:
    """Return where logs and lock lie: beside the store; in the checkout where the store is a server's."""
    return config.store_path.parent if config.store_path else ROOT / "var"


def take_folder(folder: Path) -> TextIO:
    """Lock *folder* for us alone; two streets in one store would mix.

    Raises:
        DemoError: another demo runs there.
    """
    (folder / "log").mkdir(parents=True, exist_ok=True)
    lock = (folder / "demo.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        msg = f"a demo runs already in {folder} (process {lock.read().strip()}): stop it first"
        raise DemoError(msg) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def missed_hours(config: Config) -> float:
    """Return how much of the street's past is to be played first [h].

    What happened since the last demo, at most two hours: so that assets which report once an hour are on the wall.
    """
    path = config.store_path
    written = [it.stat().st_mtime for it in path.parent.glob(f"{path.name}*")] if path else []
    return min(MOST_MISSED_H, max((time.time() - max(written, default=0.0)) / 3600, 0.001))


def check_ports(config: Config) -> None:
    """Raise DemoError when somebody listens where we want to."""
    wanted = [(config.dashboard.host, config.dashboard.port, "PORT")]
    if config.broker.embedded:
        wanted.append((config.broker.host, config.broker.port, "MQTT_PORT"))
    for host, port, name in wanted:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                msg = f"port {port} cannot be used ({error.strerror}): make demo {name}={port + 1}"
                raise DemoError(msg) from error


def make_certificate(config: Config) -> None:
    """Make the certificate that HTTPS needs, where it is missing or ends soon.

    Raises:
        DemoError: it could not be made.
    """
    own = config.dashboard
    try:
        if own.https == "own":
            names = [*certificate.own_names(), *own.names.split()]
            certificate.ensure(own.certificate_file, own.key_file, names)
    except (OSError, ValueError) as error:
        msg = f"no certificate for HTTPS: {error}"
        raise DemoError(msg) from error


def make_accounts(config: Config, config_file: Path) -> None:
    """Make the demo's accounts, one for each role, where they are missing; the sign-in page offers them.

    Raises:
        DemoError: they could not be made.
    """
    if config.people.demo_accounts:
        have_done(config_file, "accounts", "people", "demo")


def make_areas(config: Config, config_file: Path) -> None:
    """Register the demo's key areas where the demo's assets are.

    Raises:
        DemoError: they could not be registered.
    """
    if config.register.load_at_start and config.register.is_demo:
        have_done(config_file, "key areas", "assets", "import", str(ROOT / "street/geo/demo_areas.csv"))


def have_done(config_file: Path, what: str, *command: str) -> None:
    """Run one of `python -m street`'s commands; raises DemoError where it fails."""
    line = [sys.executable, "-m", "street", "--config", str(config_file), *command]
    made = subprocess.run(line, cwd=ROOT, check=False, capture_output=True, text=True)
    if made.returncode:
        msg = f"no demo {what}: {made.stderr.strip() or made.stdout.strip()}"
        raise DemoError(msg)


# ------------------------------------------------------------------------------------------------ once it runs


def announce(config: Config, config_file: Path, street: Street) -> None:
    """Say where everything is, as soon as the dashboard answers."""
    own, tls = config.dashboard, None
    if own.https == "own":
        tls = ssl.create_default_context(cafile=str(own.certificate_file.with_name("ca.pem")))
    address = f"{'https' if tls else 'http'}://{own.host}:{own.port}"
    began = time.monotonic()
    while not answers(f"{address}/healthz", tls):
        if time.monotonic() - began > ANSWER_WITHIN_S:
            return street.fail(f"the dashboard did not answer within {ANSWER_WITHIN_S} s", "dashboard")
        time.sleep(0.1)
    broker = config.broker
    password = f"as devices, password in {shown(broker.secrets_file)}" if broker.embedded else "not ours"
    return say(
        f"live after {time.monotonic() - began:.1f} s\n"
        f"\n"
        f"    sign in  {address}/login{' (demo accounts, one click each)' if config.people.demo_accounts else ''}\n"
        f"    wall     {address}/wall\n"
        f"    MQTT     {broker.host}:{broker.port} {password}\n"
        f"    logs     {shown(folder_of(config) / 'log')}\n"
        f"    replay   make replay FILE=recording.csv{moved(config_file)}\n"
        f"\n"
        f"{certificate.trust(own.certificate_file.with_name('ca.pem')) if tls else ''}"
        f"Ctrl-C stops all of it."
    )


def moved(config_file: Path) -> str:
    """Return what another command has to be told so that it finds this demo: "" where nothing was moved."""
    said = {"MQTT_PORT": os.environ.get("MQTT_PORT", "")}
    if config_file != OWN_CONFIG:
        said["CONFIG"] = str(config_file)
    return "".join(f" {name}={shlex.quote(value)}" for name, value in said.items() if value)


def shown(path: Path) -> str:
    """Return *path* as short as it can be said to somebody in the checkout."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def answers(url: str, tls: ssl.SSLContext | None) -> bool:
    """Return whether *url* is answered with success, under a certificate that *tls* trusts."""
    try:
        with urllib.request.urlopen(url, timeout=2, context=tls) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def say(text: str, stream: TextIO | None = None) -> None:
    """Write one line now."""
    stream = stream or sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
