"""One session with the broker, driven by whoever calls `_serve`: connect, wait, read, write, ping, connect again."""

import logging
import select
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest.client.settings import LinkSettings
from ingest.client.wire import Wire
from street import clock

log = logging.getLogger(__name__)

MISC_INTERVAL_S: Final = 0.25
SESSION_S: Final = 7 * 86_400  # MQTT 5: how long the broker keeps what comes while we are away; before, it decided
WINDOW: Final = 20  # of our own QoS 1 messages that may be unconfirmed


class _Paho(paho.Client):
    """paho with a `Wire` for a socket."""

    def _create_socket(self) -> Any:  # noqa: ANN401 - paho's SocketLike is private to it
        sock = super()._create_socket()
        assert isinstance(sock, socket.socket)  # an SSL socket is one; only websockets are not
        # without it a PUBACK waits for the broker's delayed ACK: 10 ms instead of 1
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Wire(sock)

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        """Shake hands, or close the line: paho would leave that to the garbage collector, once for each attempt."""
        assert self._ssl_context is not None
        sock = self._ssl_context.wrap_socket(tcp_sock, server_hostname=self._host, do_handshake_on_connect=False)
        try:
            sock.settimeout(self._connect_timeout)
            sock.do_handshake()
        except OSError:
            sock.close()
            raise
        return sock


class Session:
    """What a listener and a speaker have in common.

    Attributes:
        generation: which connection this is, from 1; 0 before the first.
        is_up: connected, and subscribed where there is something to subscribe to.
        since_us: when `is_up` last changed.
    """

    def __init__(
        self,
        settings: LinkSettings,
        *,
        clean_session: bool,
        window: int = WINDOW,
        now_us: Callable[[], int] = clock.now_us,
    ) -> None:
        self.settings = settings
        self.generation = 0
        self.is_up = False
        self.since_us = now_us()
        self._now_us = now_us
        self._is_closing = False
        self._next_try_s = 0.0
        self._backoff_s = settings.reconnect_min_s
        self._next_misc_s = 0.0
        self._poll = select.poll()
        self._polled = -1
        self._unreached = ""
        self._subscription = 0  # packet id of the subscription to the settings' filters
        self._client = self._new_client(clean_session=clean_session, window=window)

    def _new_client(self, *, clean_session: bool, window: int) -> _Paho:
        settings = self.settings
        client = _Paho(
            CallbackAPIVersion.VERSION2,
            client_id=settings.client_id,
            clean_session=None if settings.is_mqtt5 else clean_session,
            protocol=paho.MQTTv5 if settings.is_mqtt5 else paho.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.max_inflight_messages_set(window)  # only before connect_async
        client.connect_timeout = settings.connect_timeout_s
        client.suppress_exceptions = False
        if settings.username:
            client.username_pw_set(settings.username, settings.password or None)
        if settings.ca_file is not None:
            client.tls_set(ca_certs=str(settings.ca_file))
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        # its presence makes paho queue packets for one `loop_write` instead of writing each by itself
        client.on_socket_register_write = _queue_for_the_turn
        if settings.is_mqtt5:
            lasting = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's own
            lasting.SessionExpiryInterval = 0 if clean_session else SESSION_S
            client.connect_async(
                settings.host, settings.port, settings.keepalive_s, clean_start=clean_session, properties=lasting
            )
        else:
            client.connect_async(settings.host, settings.port, keepalive=settings.keepalive_s)
        return client

    def _ask_for(self, filters: Iterable[str], qos: int) -> int:
        """Subscribe to *filters* in one packet; return its id."""
        if self.settings.is_mqtt5:
            return self._client.subscribe([(item, SubscribeOptions(qos=qos)) for item in filters])[1] or 0
        return self._client.subscribe([(item, qos) for item in filters])[1] or 0

    def route(self, filters: Sequence[str]) -> None:
        """Listen to *filters* instead of the settings': now, and after every new connection."""
        gone = [item for item in self.settings.filters if item not in filters]
        self.settings = replace(self.settings, filters=tuple(filters))
        if self._client.is_connected():
            if gone:
                self._client.unsubscribe(gone)
            self._subscription = self._ask_for(filters, 1)
            self._write()

    def close(self, wait_s: float = 2.0) -> None:
        """Send what is due within *wait_s* [s], say goodbye to the broker, and close."""
        self._is_closing = True
        until_s = clock.monotonic_s() + wait_s
        while (wire := self._wire()) is not None and not wire.flush() and clock.monotonic_s() < until_s:
            self._wait(wire, 0.05)
        if wire is not None and self.is_up:
            wire.linger_s = max(until_s - clock.monotonic_s(), 0.0)
        self._client.disconnect()
        self._client.loop_write()
        self._mark(up=False)

    # ---------------------------------------------------------------------------------------------- the loop

    def _serve(self, wait_s: float, read: Callable[[Wire], None]) -> None:
        """Wait up to *wait_s* [s] for something to happen, let *read* take it, and send what is due."""
        wire = self._wire()
        if wire is None:
            self._reconnect(wait_s)
            return
        if not wire.pending():
            self._wait(wire, wait_s)
        read(wire)
        self._write()

    def _write(self) -> None:
        client = self._client
        if client.want_write():
            client.loop_write()
        now_s = clock.monotonic_s()
        if now_s >= self._next_misc_s:
            self._next_misc_s = now_s + MISC_INTERVAL_S
            client.loop_misc()  # pings, and notices that a ping was not answered
            if client.want_write():
                client.loop_write()
        wire = self._wire()
        if wire is not None:
            wire.flush()

    def _wait(self, wire: Wire, wait_s: float) -> None:
        descriptor = wire.fileno()
        if descriptor != self._polled:
            self._poll = select.poll()
            self._polled = descriptor
        self._poll.register(descriptor, select.POLLIN if wire.flush() else select.POLLIN | select.POLLOUT)
        self._poll.poll(wait_s * 1000)

    def _wire(self) -> Wire | None:
        wire = self._client.socket()
        return wire if isinstance(wire, Wire) else None

    def _reconnect(self, wait_s: float) -> None:
        """Try to connect when it is time to; blocks for `connect_timeout_s` at most."""
        left_s = self._next_try_s - clock.monotonic_s()
        if left_s > 0 or self._is_closing:
            select.select([], [], [], min(wait_s, max(left_s, 0.0)))
            return
        self._next_try_s = clock.monotonic_s() + self._backoff_s
        self._backoff_s = min(self._backoff_s * 2, self.settings.reconnect_max_s)
        self._polled = -1
        try:
            self._client.reconnect()
        except (OSError, ValueError) as error:
            self._not_reached(error)
            return
        self._unreached = ""
        self._next_misc_s = 0.0
        self._write()

    def _not_reached(self, error: OSError | ValueError) -> None:
        """Say why, once for each reason: an ERROR where the broker is not believed, for that never heals by itself.

        Of a broker that was there before, it is already said that it was lost.
        """
        if str(error) == self._unreached:
            return
        self._unreached = str(error)
        # who only speaks has a person in front, who is told by the command itself
        level = logging.DEBUG if self.generation or not self.settings.filters else logging.WARNING
        level = logging.ERROR if isinstance(error, ssl.SSLError) else level
        log.log(level, "broker not reached host=%s port=%d: %s", self.settings.host, self.settings.port, error)

    # ----------------------------------------------------------------------------------------- paho's callbacks

    def _on_connect(self, _client: paho.Client, _userdata: Any, flags: Any, reason: ReasonCode, _props: Any) -> None:  # noqa: ANN401 - paho's signature
        if reason.is_failure:
            self._refused(str(reason))
            return
        self.generation += 1
        self._backoff_s = self.settings.reconnect_min_s
        self._connected(session_present=bool(flags.session_present))
        if self.settings.filters:
            self._subscription = self._ask_for(self.settings.filters, 1)
        else:
            self._mark(up=True)

    def _refused(self, reason: str) -> None:
        """Hear that the broker does not take our name or password."""
        log.error("broker refused us as %s: %s", self.settings.username or "nobody", reason)

    def _connected(self, *, session_present: bool) -> None:
        """Hear that a connection stands; *session_present* says whether the broker remembered the session."""

    def _on_subscribe(self, _client: Any, _userdata: Any, mid: int, codes: list[ReasonCode], _props: Any) -> None:  # noqa: ANN401 - paho's signature
        if mid != self._subscription:
            return
        refused = [item for item, code in zip(self.settings.filters, codes, strict=False) if code.is_failure]
        if refused:
            log.error("broker refused subscriptions: %s", ", ".join(refused))
        if len(refused) < len(codes):
            self._mark(up=True)

    def _on_disconnect(self, _client: Any, _userdata: Any, _flags: Any, reason: ReasonCode, _props: Any) -> None:  # noqa: ANN401 - paho's signature
        if self.is_up and not self._is_closing:
            log.warning("broker lost: %s", reason)
        self._next_try_s = clock.monotonic_s() + self._backoff_s
        self._mark(up=False)

    def _mark(self, *, up: bool) -> None:
        if up != self.is_up:
            self.is_up = up
            self.since_us = self._now_us()
            if up:
                log.info(
                    "broker up host=%s port=%d as %s", self.settings.host, self.settings.port, self.settings.username
                )


def _queue_for_the_turn(_client: Any, _userdata: Any, _sock: Any) -> None:  # noqa: ANN401 - paho's signature
    """Do nothing: `Session._write` writes once a turn."""
