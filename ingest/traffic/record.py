"""`python -m ingest record FILE`: what comes by at a running broker, into a file.

It listens with QoS 1, so that each message keeps the QoS that it was sent with and none is dropped where we are slow;
in a clean session, so that the broker keeps nothing for us once we are gone; under a client id of its own, so that
ingest's session is left alone; and as the user that ingest is, who alone may listen to everything.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

from ingest.client import Link, settings_of
from ingest.topics import covers, is_filter
from ingest.traffic.recording import Recorded, RecordingFile
from street import clock
from street.config import Config
from street.errors import ConfigError

EXIT_BROKER: Final = 69  # sysexits.h EX_UNAVAILABLE
EXIT_FILE: Final = 74  # sysexits.h EX_IOERR
WAITS_S: Final = 10.0
TURN_S: Final = 0.2
ROWS: Final = 5_000
BYTES: Final = 4 << 20
FLUSH_S: Final = 1.0  # what a kill of ours costs at most
TELL_S: Final = 5.0
MEBI: Final = 1 << 20


@dataclass(slots=True, kw_only=True)
class Plan:
    """What to record, and when to stop.

    Attributes:
        filters: topic filters; what one of them takes is recorded once.
        minutes: stop after so long; None waits for a signal.
        max_mb: stop when the file is about so large [MiB]; None does not look.
    """

    path: Path
    filters: list[str] = field(default_factory=lambda: ["#"])
    minutes: float | None = None
    max_mb: float | None = None

    def __post_init__(self) -> None:
        for item in self.filters:
            if not is_filter(item):
                msg = f"--topic: {item!r} is not a topic filter"
                raise ConfigError(msg)
        # a broker may send a message once for each filter that takes it
        self.filters = [
            item
            for at, item in enumerate(self.filters)
            if not any(covers(other, item) and (other != item or it < at) for it, other in enumerate(self.filters))
        ]


def record(config: Config, plan: Plan, should_stop: Callable[[], bool], progress: TextIO) -> int:
    """Record until the plan, or *should_stop*, says so, with a word on *progress* now and then; return the exit code.

    Raises:
        ConfigError: the file exists or cannot be made.
    """
    user = config.broker.username
    settings = settings_of(config, user=user, client_id=f"sky-eye-record-{os.getpid()}", filters=plan.filters)
    link = Link(settings, clean_session=True)
    until_s = clock.monotonic_s() + WAITS_S
    while not link.is_up and not should_stop():
        if clock.monotonic_s() > until_s:
            progress.write(f"no broker at {settings.host}:{settings.port} that lets {user or 'nobody'} listen\n")
            return EXIT_BROKER
        link.turn(TURN_S, rows=ROWS, max_bytes=BYTES)
    try:
        file = RecordingFile(plan.path)
    except OSError as error:
        link.close()
        msg = f"{plan.path}: expected a new file that can be written: {error.strerror}"
        raise ConfigError(msg) from error
    with file:
        work = _Work(link, file, plan, progress)
        try:
            work.run(should_stop)
        except OSError as error:
            progress.write(f"{plan.path}: cannot be written any more: {error.strerror}\n")
            return EXIT_FILE
        finally:
            link.close()
            work.tell()
    return 0


class _Work:
    def __init__(self, link: Link, file: RecordingFile, plan: Plan, progress: TextIO) -> None:
        self._link, self._file, self._plan, self._progress = link, file, plan, progress
        self._begun_s = clock.monotonic_s()
        self._count = self._size = 0

    def run(self, should_stop: Callable[[], bool]) -> None:
        flush_s = tell_s = self._begun_s
        while not (should_stop() or self._is_full()):
            self._link.turn(TURN_S, rows=ROWS, max_bytes=BYTES)
            messages = self._link.take()
            self._file.add(Recorded(it.received_us, it.topic, it.payload, it.retain, it.qos) for it in messages)
            self._link.acknowledge(messages)
            self._count += len(messages)
            now_s = clock.monotonic_s()
            if now_s >= flush_s:
                flush_s = now_s + FLUSH_S
                self._size = self._file.flush()
            if now_s >= tell_s:
                tell_s = now_s + TELL_S
                self.tell()
        self._size = self._file.flush()

    def tell(self) -> None:
        """Say how far it is."""
        passed_s = clock.monotonic_s() - self._begun_s
        gaps = self._link.generation - 1
        lost = f", connected again {gaps} times: what came in between is missing" if gaps > 0 else ""
        self._progress.write(
            f"{self._plan.path}: {self._count} messages, {self._size / MEBI:.1f} MiB, {passed_s:.0f} s{lost}\n"
        )
        self._progress.flush()

    def _is_full(self) -> bool:
        minutes, most_mb = self._plan.minutes, self._plan.max_mb
        is_over = minutes is not None and clock.monotonic_s() >= self._begun_s + 60 * minutes
        return is_over or (most_mb is not None and self._size >= most_mb * MEBI)
