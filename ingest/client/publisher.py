"""What goes to the broker: QoS 1 messages, kept until they are confirmed, sent again after a lost connection."""

from typing import Any, Final

from ingest.client.session import Session
from ingest.client.settings import LinkSettings
from ingest.client.wire import Wire
from street import clock

WINDOW: Final = 1_000
LONGEST_WAIT_S: Final = 5.0


class Publisher(Session):
    """Speaks. Call `publish` or `wait` often: nothing moves in between.

    Attributes:
        sent: how many messages were taken.
        acknowledged: how many the broker has confirmed.
        refusal: why the broker did not take our name or password, "" while it has not said so.
    """

    def __init__(self, settings: LinkSettings, *, window: int = WINDOW) -> None:
        super().__init__(settings, clean_session=True, window=window)
        self.sent = 0
        self.acknowledged = 0
        self.refusal = ""
        self._window = window
        self._client.on_publish = self._on_publish

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send one message; wait up to 5 s where too many are unconfirmed. Without a connection it is kept."""
        until_s = clock.monotonic_s() + LONGEST_WAIT_S
        while self.sent - self.acknowledged >= self._window and clock.monotonic_s() < until_s:
            self._serve(0.05, self._read)
        self._client.publish(topic, payload, qos=1, retain=retain)
        self.sent += 1
        if self.sent % 64 == 0:
            self._serve(0.0, self._read)

    def wait(self, seconds: float) -> None:
        """Serve the connection for *seconds*."""
        until_s = clock.monotonic_s() + seconds
        while True:
            self._write()
            self._serve(max(until_s - clock.monotonic_s(), 0.0), self._read)
            if clock.monotonic_s() >= until_s:
                return

    def _read(self, wire: Wire) -> None:
        wire.is_drained = False
        while not wire.is_drained and not self._client.loop_read():
            pass

    def _refused(self, reason: str) -> None:
        self.refusal = reason
        if self.generation:  # before the first connection, whoever waits for it tells
            super()._refused(reason)

    def _on_publish(self, _client: Any, _userdata: Any, _mid: int, _reason: Any, _props: Any) -> None:  # noqa: ANN401 - paho's signature
        self.acknowledged += 1
