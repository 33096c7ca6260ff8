"""What comes from the broker: one QoS 1 session, and the messages that are not acknowledged yet.

Reading stops when enough is held. That is our back-pressure: a broker sends no more than its window of
unacknowledged messages.
"""

import logging
import select
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final

import paho.mqtt.client as paho

from ingest.client.session import Session
from ingest.client.settings import LinkSettings
from ingest.client.wire import Wire
from ingest.messages import Message
from street import clock
from street.logs import quoted

log = logging.getLogger(__name__)

PIECE: Final = 200  # topics in one packet


class Link(Session):
    """Listens; in a persistent session, unless it is said to be clean.

    Attributes:
        held: what came, in order of arrival; the owner takes it with `take`.
        held_bytes: payload bytes in `held`.
        heard_us: when the line last stood, as far as is known; a gap is told from there.
    """

    def __init__(
        self, settings: LinkSettings, *, clean_session: bool = False, now_us: Callable[[], int] = clock.now_us
    ) -> None:
        super().__init__(settings, clean_session=clean_session, now_us=now_us)
        self.held: list[Message] = []
        self.held_bytes = 0
        self.heard_us: int | None = None
        self._last_us = 0
        self._learnt: set[str] = set()
        self._subscribed: set[str] = set()  # of those, in this connection
        self._client.on_message = self._on_message

    def turn(self, wait_s: float, *, rows: int, max_bytes: int) -> None:
        """Wait up to *wait_s* for something to happen, then read until the socket is drained or enough is held.

        Args:
            wait_s: [s], 0 only looks.
            rows: stop reading when so many messages are held.
            max_bytes: stop reading when so many payload bytes are held.
        """
        held, read_packet = self.held, self._client.loop_read

        def read(wire: Wire) -> None:
            wire.is_drained = False
            while not wire.is_drained and len(held) < rows and self.held_bytes < max_bytes:
                if read_packet() != paho.MQTT_ERR_SUCCESS:
                    return

        self._serve(wait_s, read)

    def breathe(self, wait_s: float) -> None:
        """Wait without reading, and send what is due: used when enough is held."""
        self._write()
        select.select([], [], [], wait_s)

    def take(self) -> list[Message]:
        """Return what is held, and hold nothing."""
        taken, self.held, self.held_bytes = self.held, [], 0
        return taken

    def acknowledge(self, messages: Iterable[Message]) -> int:
        """Acknowledge *messages*, in order, which are safe now; return how many acknowledgements will be sent.

        Those of an older connection are left alone: the broker may have given their packet id to another message
        since, and sends them again anyway.
        """
        if not self._client.is_connected():
            return 0
        ack, generation, count = self._client.ack, self.generation, 0
        for message in messages:
            if message.qos and message.generation == generation:
                ack(message.mid, message.qos)
                count += 1
        self._write()
        return count

    def listen(self, topics: Collection[str]) -> None:
        """Listen, beside the settings' filters, to *topics* and to no others: now, and after every new connection.

        At QoS 0: the embedded broker reserves a share of 65,535 for each subscription that must be acknowledged, and
        refuses those beyond; who announces topics announces thousands. What they say while the line is down is lost,
        but for what is retained. A route of their own has them at QoS 1, in the lasting session.
        """
        gone, self._learnt = self._learnt.difference(topics), set(topics)
        fresh = self._learnt - self._subscribed
        if self._client.is_connected():
            for piece in _pieces(gone):
                self._client.unsubscribe(piece)
            self._subscribe(fresh)
            self._write()

    def say(self, topic: str, payload: bytes) -> bool:
        """Send one message at QoS 0, if the line stands; return whether it does."""
        if not self.is_up:
            return False
        self._client.publish(topic, payload, qos=0)
        self._write()
        return True

    def _subscribe(self, topics: Collection[str]) -> None:
        for piece in _pieces(topics):
            self._ask_for(piece, 0)
        self._subscribed = set(self._learnt)

    def _connected(self, *, session_present: bool) -> None:
        self._subscribe(self._learnt)
        if not session_present and self.heard_us is not None:
            since, until = clock.iso(self.heard_us), clock.iso(self._now_us())
            log.warning("broker forgot our session: readings may be missing from=%s to=%s", since, until)

    def _mark(self, *, up: bool) -> None:
        if self.is_up and not up:
            self.heard_us = self._now_us()
        super()._mark(up=up)

    def _on_message(self, _client: Any, _userdata: Any, message: paho.MQTTMessage) -> None:  # noqa: ANN401 - paho's signature
        """Hold one message. Total: whatever the bytes are, nothing is raised into paho's parser."""
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = message._topic.decode("utf-8", "backslashreplace")  # paho offers no other way
            log.debug("topic is not UTF-8: %s", quoted(topic))
        # each message has an instant of its own: two readings without a time of theirs must not look like one
        received_us = self._now_us()
        if received_us <= self._last_us:
            received_us = self._last_us + 1
        self._last_us = received_us
        payload = bytes(message.payload)
        self.held_bytes += len(payload)
        taken = Message(topic, payload, message.retain, received_us, self.generation, message.mid, message.qos)
        self.held.append(_with_properties(taken, message) if self.settings.is_mqtt5 else taken)


def _with_properties(taken: Message, message: paho.MQTTMessage) -> Message:
    """Return *taken* with what MQTT 5 says beside the payload."""
    told = message.properties
    pairs = tuple((name, value) for name, value in getattr(told, "UserProperty", ()))
    return taken._replace(content_type=getattr(told, "ContentType", ""), properties=pairs)


def _pieces(topics: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(topics)
    for first in range(0, len(ordered), PIECE):
        yield ordered[first : first + PIECE]
