"""A new configuration without a restart: SIGHUP, or `python -m ingest reload`.

    config.yaml, scenarios/*.yaml ──▶ read anew ──▶ sound: taken over between two batches
                                                └─▶ wrong: one line in the log, and the old one goes on

What holds a place or a connection (the store, the broker's address, the watchdog) stays as it was until a restart, and
is named. Nothing that was heard is lost: what is held is decoded and filed by the new parts.
"""

import fcntl
import logging
import os
import signal
from dataclasses import fields, replace
from pathlib import Path
from typing import Final, TextIO

from ingest import broker
from ingest.intake import Intake
from ingest.service import Parts, decoder_of
from ingest.watch import Watch
from street.config import Config, load
from street.config.sections import SECTIONS
from street.errors import ConfigError
from street.scenarios import load_scenarios

log = logging.getLogger(__name__)

LIVE: Final = ("ingest", "retention")
ELSEWHERE: Final = ("dashboard", "wall")  # the dashboard's: it reads them when it starts
FIXED: Final = frozenset({"ingest.hang_s"})
EXIT_NOBODY: Final = 69  # sysexits.h EX_UNAVAILABLE


class Hangup:
    """Notes SIGHUP; called between two turns, it reads the file, once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_set = False
        signal.signal(signal.SIGHUP, self._note)

    def _note(self, _number: int, _frame: object) -> None:
        self._is_set = True

    def __call__(self, parts: Parts, intake: Intake, watch: Watch) -> None:
        """Have the parts take over what the file says now, where somebody asked; a wrong file is only logged."""
        if not self._is_set:
            return
        self._is_set = False
        try:
            new = load(self._path)
        except ConfigError as error:
            _refuse(error)
        else:
            take_over(new, parts, intake, watch)


def take_over(new: Config, parts: Parts, intake: Intake, watch: Watch) -> None:
    """Go on with *new*, as far as that is possible without a restart, between two batches.

    Where its routes or the scenario files are wrong, everything stays as it was. What is held is decoded and filed by
    the new parts; what devices have told of themselves stays known.
    """
    old = parts.config
    try:
        decoder, scenarios = decoder_of(new), load_scenarios()
    except ConfigError as error:
        _refuse(error)
        return
    moved = changed(old, new) + (["scenarios"] if scenarios != parts.scenarios else [])
    kept = {name: getattr(old, name) for name in SECTIONS if name not in LIVE}
    effective = replace(new, **kept, ingest=replace(new.ingest, hang_s=old.ingest.hang_s))
    if new.ingest.routes != old.ingest.routes:
        intake.link.route([item for item, _ in new.ingest.routes])
    parts.take_over(effective, scenarios)
    intake.take_over(decoder, parts.filing, effective.ingest)
    watch.purge_every(effective.retention.purge_interval_s)
    log.info("configuration taken over: %s", summary(moved))


def changed(old: Config, new: Config) -> list[str]:
    """Return the keys that differ, as `section.key`."""
    return [
        f"{section}.{item.name}"
        for section, kind in SECTIONS.items()
        for item in fields(kind)
        if getattr(getattr(old, section), item.name) != getattr(getattr(new, section), item.name)
    ]


def summary(moved: list[str]) -> str:
    """Return in one line what of *moved* holds now, and what must wait for whom."""
    later = [key for key in moved if _section(key) in ELSEWHERE]
    fixed = [key for key in moved if key in FIXED or _section(key) not in (*LIVE, *ELSEWHERE, "scenarios")]
    live = [key for key in moved if key not in {*later, *fixed}]
    parts = [
        ", ".join(live) or "nothing that can change now",
        f"not before a restart: {', '.join(fixed)}" if fixed else "",
        f"the dashboard reads when it starts: {', '.join(later)}" if later else "",
    ]
    return "; ".join(part for part in parts if part)


def _section(key: str) -> str:
    return key.partition(".")[0]


def _refuse(error: ConfigError) -> None:
    log.error("configuration refused, the old one goes on: %s", error)


# ------------------------------------------------------------------------------------------- at the command line


def ask(config: Config, path: Path, out: TextIO) -> int:
    """Ask the running ingest, and the embedded broker, to read *path* anew; return the exit code.

    Args:
        config: what *path* holds, sound: a wrong one is never asked for.
        path: of the configuration.
        out: where it is said what was done.
    """
    if config.broker.embedded:  # first: a new route needs a broker that lets devices speak there
        told = broker.reload(config)
        out.write(f"broker: {'process ' + str(told) + ' reads its permissions anew' if told else 'does not run'}\n")
    if config.store_path is None:
        out.write("ingest: a store on a server does not know our process: `kill -HUP` it, or systemctl reload\n")
        return 0
    process = writer_of(config.store_path)
    if process is None:
        out.write(f"ingest: none runs on {config.store.url}\n")
        return EXIT_NOBODY
    os.kill(process, signal.SIGHUP)
    out.write(f"ingest: process {process} reads {path} anew; its log says what it took over\n")
    return 0


def writer_of(store: Path) -> int | None:
    """Return the process that is the writer of *store*, None where there is none: the lock tells, not the number."""
    try:
        with store.with_name(f"{store.name}.writer").open("r+", encoding="utf-8") as place:
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return int(place.read().strip())
    except (FileNotFoundError, ValueError):
        return None
    return None
