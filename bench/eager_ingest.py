"""The negative control of the kill tests: an ingest that acknowledges what it has not stored yet.

This is what paho does by default behind a queue: the acknowledgement leaves when the callback returns, the row comes
later. It is run in place of `python -m ingest` and must lose readings when it is killed; a test that it passes
proves nothing.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ingest.client import Link
from ingest.messages import Message
from ingest.service import StopSignal, serve
from street import clock, logs
from street.config import load

BUFFER_S = 0.5


class EagerLink(Link):
    """Acknowledges at once, and hands over twice a second."""

    _handed_s = 0.0

    def take(self) -> list[Message]:
        """Acknowledge everything held; give it out only when the buffer's time is over."""
        fresh = [message for message in self.held if message.mid > 0]
        super().acknowledge(fresh)
        self.held = [message._replace(mid=0, qos=0) for message in self.held]
        if clock.monotonic_s() - self._handed_s < BUFFER_S:
            return []
        self._handed_s = clock.monotonic_s()
        return super().take()


def main() -> None:
    """Serve like ingest, with the eager link."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True)
    logs.set_up()
    serve(load(parser.parse_args().config), StopSignal(), make_link=EagerLink)


if __name__ == "__main__":
    main()
