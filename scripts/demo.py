"""`make demo`: broker, ingest, dashboard and a simulated street under one supervisor, until Ctrl-C.

Everything is checked before anything is started, and whatever ends it (Ctrl-C, a signal to us or to make, a part
that dies, even `kill -9`), no process and no port is left. It runs on the checkout's config.yaml, or on $CONFIG, as it
is, so every other command works beside it; its logs lie in `log/` beside the store.
"""

import ctypes
import fcntl
import multiprocessing
import os
import shlex
import signal
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from honcho.manager import Manager
from honcho.printer import Message
from honcho.process import Popen, Process

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from street.config import Config, load  # noqa: E402 - only now can the checkout's packages be found
from street.errors import ConfigError  # noqa: E402 - as above

OWN_CONFIG = ROOT / "config.yaml"
PARTS = {
    "broker": "-m ingest --config {config} broker",
    "ingest": "-m ingest --config {config}",
    "dashboard": "-m dashboard --config {config}",
    "street": "-m ingest.simulator --config {config} --speed 1200 --hours {missed_h:.4f}{continued}",
}
MOST_MISSED_H = 2.0
FRESH_AFTER_H = 1.0  # away for less, the wall still has what was reported; nobody can close it yet, so it would pile up
ANSWER_WITHIN_S = 30
PR_SET_PDEATHSIG = 1
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


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
    except (DemoError, ConfigError) as error:
        say(str(error), sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    with lock:
        return run(config, config_file)


def run(config: Config, config_file: Path) -> int:
    """Run all parts until one ends or we are told to stop; return the exit code."""
    logs = folder_of(config) / "log"
    street = Street(LogFiles(logs), on_started=partial(announce, config, config_file))
    missed_h = missed_hours(config)
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


# ------------------------------------------------------------------------------------------------ while it runs


class Street(Manager):  # type: ignore[misc] # honcho ships no types
    """honcho's manager, which can also be stopped while it is still starting, and kills what will not go.

    `trouble` says why it ended, None when somebody asked for it.
    """

    def __init__(self, printer: "LogFiles", *, on_started: "Callable[[Street], None]") -> None:
        super().__init__(printer)
        self._logs = printer.folder
        self._process_ctor = Part
        self._on_started = on_started
        self._is_stopping = False
        self.trouble: str | None = None

    def _start(self) -> None:
        super()._start()
        for task in (watch_make, partial(self._on_started, self)):
            threading.Thread(target=task, daemon=True).start()

    def terminate(self) -> None:
        """Ask every part to stop, or remember to ask once all have a process id."""
        self._is_stopping = True
        if self._all_started():
            super().terminate()

    def _any_stopped(self) -> bool:
        # from the first True on, honcho counts the seconds to SIGKILL
        if not self._is_stopping:
            for name, process in self._processes.items():
                if process.get("returncode") is not None:
                    self.fail(f"{name} ended by itself ({ending(process['returncode'])})", name)
        return self._is_stopping

    def fail(self, why: str, name: str) -> None:
        """Stop everything, because of part *name*."""
        if not self._is_stopping:
            self.trouble = f"{why}, so all was stopped; its log: {self._logs / name}.log"
            self.terminate()


class Part(Process):  # type: ignore[misc] # honcho ships no types
    """One process, which dies with its supervisor, even with a supervisor killed by SIGKILL."""

    def run(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - honcho's
        """Run in honcho's child process: start ours, and hand its lines over."""
        die_with_parent(signal.SIGKILL)
        self._child_ctor = partial(Popen, preexec_fn=partial(die_with_parent, signal.SIGTERM))  # one thread here
        super().run(*args, **kwargs)


class LogFiles:
    """Takes honcho's lines and puts each into its part's own file."""

    def __init__(self, folder: Path) -> None:
        self.width = 0  # honcho sets it
        self.folder = folder
        self._files: dict[str, TextIO] = {}

    def write(self, message: Message) -> None:
        """Append one line; a file begins anew with each demo."""
        if message.name not in self._files:
            self._files[message.name] = (self.folder / f"{message.name}.log").open("w", encoding="utf-8", buffering=1)
        line = message.data.decode("utf-8", "replace") if isinstance(message.data, bytes) else message.data
        self._files[message.name].write(line if line.endswith("\n") else f"{line}\n")


def die_with_parent(number: int) -> None:
    """Have the kernel send us signal *number* when our parent ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def watch_make() -> None:
    """Stop when our parent is gone, or has been told to stop and waits for us.

    make passes on SIGTERM but not SIGINT or SIGHUP that were sent to it alone; it then waits for its children with
    that signal blocked, which the kernel shows.
    """
    parent = os.getppid()
    before = blocked_signals(parent)
    while os.getppid() == parent and not blocked_signals(parent) & ~before:
        time.sleep(0.25)
    os.kill(os.getpid(), signal.SIGTERM)


def blocked_signals(process_id: int) -> int:
    """Return which of the signals that mean stop *process_id* holds back, as a mask; 0 where nobody knows."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    mask = next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigBlk:")), 0)
    return mask & sum(1 << (number - 1) for number in STOPPING)


def announce(config: Config, config_file: Path, street: Street) -> None:
    """Say where everything is, as soon as the dashboard answers."""
    address = f"http://{config.dashboard.host}:{config.dashboard.port}"
    began = time.monotonic()
    while not answers(f"{address}/healthz"):
        if time.monotonic() - began > ANSWER_WITHIN_S:
            return street.fail(f"the dashboard did not answer within {ANSWER_WITHIN_S} s", "dashboard")
        time.sleep(0.1)
    broker = config.broker
    password = f"as devices, password in {shown(broker.secrets_file)}" if broker.embedded else "not ours"
    return say(
        f"live after {time.monotonic() - began:.1f} s\n"
        f"\n"
        f"    wall     {address}/wall\n"
        f"    MQTT     {broker.host}:{broker.port} {password}\n"
        f"    logs     {shown(folder_of(config) / 'log')}\n"
        f"    replay   make replay FILE=recording.csv{moved(config_file)}\n"
        f"\n"
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


def answers(url: str) -> bool:
    """Return whether *url* is answered with success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def ending(code: int) -> str:
    """Return how a process with this return code ended, in words."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def say(text: str, stream: TextIO | None = None) -> None:
    """Write one line now."""
    stream = stream or sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
