"""The processes of `make demo`: started together, stopped together, and none left behind."""

import ctypes
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from honcho.manager import Manager
from honcho.printer import Message
from honcho.process import Popen, Process

PR_SET_PDEATHSIG = 1
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


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


def ending(code: int) -> str:
    """Return how a process with this return code ended, in words."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
