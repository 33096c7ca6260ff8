"""When the messages go out: past ones quickly, present ones at their instant, future ones never."""

import base64
import logging
import sys
from collections.abc import Callable, Iterable
from typing import Final, Protocol, TextIO

import orjson

from ingest.simulator.speech import Posting
from ingest.simulator.timeline import Span
from street import clock
from street.clock import SECOND_US

log = logging.getLogger(__name__)

TELL_EVERY_S: Final = 60.0
WAIT_S: Final = 0.5  # so long at most until a signal is noticed


class Line(Protocol):
    """Where messages go."""

    @property
    def acknowledged(self) -> int:
        """How many the other side has confirmed."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send one message; waits where too many are unconfirmed."""

    def wait(self, seconds: float) -> None:
        """Serve the connection for so long."""

    def close(self) -> None:
        """Say goodbye."""


class JsonLines:
    """Messages as JSON lines `{"topic","payload"|"payload_b64","retain"}`."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self.acknowledged = 0

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Write one line."""
        fields: dict[str, object] = {"topic": topic}
        try:
            fields["payload"] = orjson.loads(payload)
        except orjson.JSONDecodeError:
            fields["payload_b64"] = base64.b64encode(payload).decode()
        fields["retain"] = retain
        self._out.write(orjson.dumps(fields).decode() + "\n")
        self.acknowledged += 1

    def wait(self, seconds: float) -> None:
        """Nothing to wait for."""

    def close(self) -> None:
        """Write out what is left."""
        self._out.flush()


class Pace:
    """The instant at which a message goes out.

    Past messages go out *speed* times as fast as they were, so that the story meets the present at `span.live_s`.
    """

    def __init__(self, now_us: int, *, speed: float = 1.0, hours: float = 0.0) -> None:
        begin_s = now_us / SECOND_US - hours * 3600
        self.start_us = now_us
        self.speed = speed
        ahead_s = hours * 3600 / (speed - 1) if hours else 0.0
        self.span = Span(begin_s=begin_s, live_s=now_us / SECOND_US + ahead_s)

    def due_us(self, at_us: int) -> int:
        """Return when the message of *at_us* goes out [µs UTC]: never before *at_us*."""
        if at_us >= self.span.live_s * SECOND_US:
            return at_us
        begin_us = int(self.span.begin_s * SECOND_US)
        return max(at_us, self.start_us + int((at_us - begin_us) / self.speed))


class Player:
    """Plays messages on a line.

    Attributes:
        sent: how many were given to the line.
    """

    def __init__(self, line: Line, *, now_us: Callable[[], int] = clock.now_us) -> None:
        self.sent = 0
        self.is_stopped = False
        self._line = line
        self._now_us = now_us
        self._told_us = now_us()
        self._told = 0

    def stop(self) -> None:
        """Finish as soon as the present message is out."""
        self.is_stopped = True

    def wait(self, seconds: float) -> None:
        """Serve the line for so long, or until a stop."""
        until_us = self._now_us() + int(seconds * SECOND_US)
        while not self.is_stopped and (left_us := until_us - self._now_us()) > 0:
            self._line.wait(min(WAIT_S, left_us / SECOND_US))

    def play(self, postings: Iterable[Posting], due_us: Callable[[int], int], until_us: int | None = None) -> None:
        """Send *postings* in order, each when it is due, until *until_us* or a stop."""
        for posting in postings:
            due = due_us(posting.at_us)
            if until_us is not None and due > until_us:
                return
            while not self.is_stopped and (wait_us := due - self._now_us()) > 0:
                self._line.wait(min(WAIT_S, wait_us / SECOND_US))
            if self.is_stopped:
                return
            self._line.publish(posting.topic, posting.payload, retain=posting.retain)
            self.sent += 1
            self._tell()

    def _tell(self) -> None:
        """Say once a minute how many went out and how many arrived."""
        now_us = self._now_us()
        passed_s = (now_us - self._told_us) / SECOND_US
        if passed_s >= TELL_EVERY_S:
            rate = (self.sent - self._told) / passed_s
            log.info("sent=%d acknowledged=%d rate=%.1f/s", self.sent, self._line.acknowledged, rate)
            self._told_us, self._told = now_us, self.sent
