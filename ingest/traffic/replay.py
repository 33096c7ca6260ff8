"""`python -m ingest replay FILE`: a recording goes to the broker again, with its timing.

Each message goes out with QoS 1, so that none is lost on the way, and with its retain flag: what the broker kept when
the recording began, it keeps again.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from ingest.simulator.play import Player
from ingest.simulator.speech import Posting
from ingest.topics import matches
from ingest.traffic.recording import Recorded, Recording
from ingest.traffic.shift import shifted
from street import clock
from street.config import Config
from street.errors import ConfigError

TELL_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which part of a recording is played, and how.

    Attributes:
        speed: times as fast as it was; 0 is at once.
        from_us: only what was received from then on [µs UTC].
        to_us: only what was received before then [µs UTC].
        is_shifted: whether times inside the payloads move along.
    """

    speed: float = 1.0
    from_us: float = -math.inf
    to_us: float = math.inf
    is_shifted: bool = False


class Playback:
    """A recording that was looked through once, ready to be played.

    Attributes:
        count: how many messages there are to play.
        unwelcome: how many are left out because the embedded broker lets nobody publish there.

    Raises:
        ConfigError: the file is no recording, or holds no message of that part.
    """

    def __init__(self, path: Path, part: Part, filters: list[str] | None, progress: TextIO) -> None:
        self._recording, self._part, self._progress = Recording(path), part, progress
        self._filters = filters
        self._welcome: dict[str, bool] = {}
        self.count = self.unwelcome = 0
        self._first_us, self._last_us = 0, 0
        for message in self._messages():
            self._first_us = self._first_us if self.count else message.received_us
            self._last_us = message.received_us
            self.count += 1
        if not self.count:
            msg = f"{path}: holds no message to be played"
            raise ConfigError(msg)

    @classmethod
    def of(cls, config: Config, options: argparse.Namespace) -> "Playback":
        """Return the playback that the command line asks for."""
        speed = 1.0 if options.speed is None else options.speed
        if not 0 <= speed < math.inf:
            msg = "--speed: expected 0 (at once) or more"
            raise ConfigError(msg)
        part = Part(
            speed=speed,
            from_us=-math.inf if options.begin is None else options.begin,
            to_us=math.inf if options.end is None else options.end,
            is_shifted=options.shift,
        )
        filters = [it for it, _ in config.ingest.routes] if config.broker.embedded else None
        return cls(options.file, part, filters, sys.stderr)

    def play(self, player: Player, now_us: int) -> None:
        """Send everything, the first message now, and say now and then how far it is."""
        self._progress.write(self._introduction())
        speed, first_us, last_us = self._part.speed, self._first_us, self._last_us

        def due_us(at_us: int) -> int:
            return now_us + int((at_us - first_us) / speed) if speed else now_us + at_us - last_us

        player.play(self._postings(player, due_us), due_us if speed else lambda _at_us: 0)

    def _postings(self, player: Player, due_us: Callable[[int], int]) -> Iterator[Posting]:
        tell_s = clock.monotonic_s() + TELL_S
        for number, (received_us, topic, payload, retain, _qos) in enumerate(self._messages()):
            if clock.monotonic_s() >= tell_s:
                tell_s = clock.monotonic_s() + TELL_S
                self._progress.write(f"{number}/{self.count} messages, {number / self.count:.0%}, sent {player.sent}\n")
            if self._part.is_shifted:
                payload = shifted(payload, received_us, due_us(received_us) - received_us)  # noqa: PLW2901 - moved
            yield Posting(received_us, topic, payload, retain)

    def _messages(self) -> Iterator[Recorded]:
        self.unwelcome = 0
        for message in self._recording:
            if not self._part.from_us <= message.received_us < self._part.to_us:
                continue
            if not self._is_welcome(message.topic):
                self.unwelcome += 1
                continue
            yield message

    def _is_welcome(self, topic: str) -> bool:
        if self._filters is None:
            return True
        if topic not in self._welcome:
            self._welcome[topic] = any(matches(item, topic) for item in self._filters)
        return self._welcome[topic]

    def _introduction(self) -> str:
        lines = [
            f"{self._recording.path}: {self.count} messages, "
            f"{clock.iso(self._first_us)} … {clock.iso(self._last_us)}, "
            + (f"{self._part.speed:g} times as fast" if self._part.speed else "at once")
            + (", times inside move along" if self._part.is_shifted else "")
        ]
        if self.unwelcome:
            lines.append(
                f"{self.unwelcome} left out: the embedded broker takes only what a route (ingest.routes) takes"
            )
        if self._recording.is_cut:
            lines.append("the file was cut off: played up to there")
        return "".join(f"{line}\n" for line in lines)
