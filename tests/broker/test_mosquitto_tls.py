"""mosquitto as it is deployed: who gets in, who is heard, and whom ingest believes to be its broker."""

import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench.mqtt_socket import framed, text
from ingest.client import Link
from scripts import certificate
from street import clock
from tests.broker.mosquitto import PASSWORDS, TlsRig
from tests.broker.test_session import a_link, connect, turn
from tests.ingest.fake_broker import until

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def rig() -> Iterator[TlsRig]:
    """Return a street whose broker is mosquitto with TLS; its tests only look."""
    with TlsRig(assets=20) as it:
        yield it


class Device:
    """Somebody who connects as devices do.

    Attributes:
        refusal: what the broker said to the connection; None while it has not spoken, "Success" when it took us.
        heard: topics that came.
    """

    def __init__(self, rig: TlsRig, user: str = "bench-0001", password: str = PASSWORDS["bench-0001"]) -> None:
        self.refusal: str | None = None
        self.heard: list[str] = []
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="x", protocol=mqtt.MQTTv311)
        self._client.tls_set(ca_certs=str(rig.ca_file))
        if user:
            self._client.username_pw_set(user, password)
        self._client.on_connect = self._hear_answer
        self._client.on_message = lambda _client, _data, message: self.heard.append(message.topic)
        self._client.connect("127.0.0.1", rig.port)
        until(lambda: self.refusal is not None, lambda: self._client.loop(0.05))

    def _hear_answer(self, _client: object, _data: object, _flags: object, reason: object, _props: object) -> None:
        self.refusal = str(reason)

    def say(self, *topics: str) -> None:
        """Publish to each, and wait until the broker has confirmed the last."""
        said = [self._client.publish(topic, b'{"temperature": 20}', qos=1) for topic in topics]
        until(lambda: all(it.is_published() for it in said), lambda: self._client.loop(0.05))

    def listen(self, topic: str) -> None:
        """Ask for a topic."""
        self._client.subscribe(topic, qos=1)

    def close(self) -> None:
        """Leave, and let go of the line: paho would only do so in its next turn."""
        self._client.disconnect()
        self._client._sock_close()


@pytest.mark.parametrize(
    ("user", "password"),
    [
        pytest.param("", "", id="nobody"),
        pytest.param("bench-0001", "guessed", id="wrong password"),
        pytest.param("bench-0001", "for-ingest", id="another's password"),
        pytest.param("bench-9999", "for-device-1", id="unknown name"),
    ],
)
def test_only_a_name_with_its_password_gets_in(rig: TlsRig, user: str, password: str) -> None:
    """The network is not what lets anybody in."""
    stranger = Device(rig, user, password)
    known = Device(rig)

    assert stranger.refusal == "Not authorized"
    assert known.refusal == "Success"
    stranger.close()
    known.close()


def test_without_tls_nobody_is_answered(rig: TlsRig) -> None:
    """A right name and password in the clear are already too much."""
    body = text("MQTT") + bytes([4, 0xC2, 0, 60]) + text("x") + text("bench-0001") + text("for-device-1")

    with socket.create_connection(("127.0.0.1", rig.port), timeout=5) as line:
        line.sendall(framed(0x10, body))
        answer = _rest(line)

    assert not answer.startswith(b"\x20")  # no CONNACK; perhaps the end of the line, perhaps a TLS alert


@pytest.mark.parametrize(
    ("version", "is_taken"),
    [
        pytest.param(ssl.TLSVersion.TLSv1, False, id="1.0"),
        pytest.param(ssl.TLSVersion.TLSv1_1, False, id="1.1"),
        pytest.param(ssl.TLSVersion.TLSv1_2, True, id="1.2"),
        pytest.param(ssl.TLSVersion.TLSv1_3, True, id="1.3"),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_is_refused(rig: TlsRig, version: ssl.TLSVersion, is_taken: bool) -> None:
    """Asked by a client that would itself take anything."""
    context = ssl.create_default_context(cafile=str(rig.ca_file))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version

    assert _shakes_hands(context, rig.port) == is_taken


def test_a_device_is_heard_under_its_own_name_only(rig: TlsRig) -> None:
    """Judged by what ingest hears: the broker confirms what it throws away."""
    link = a_link(rig, ca_file=rig.ca_file)
    connect(link)
    device = Device(rig)

    device.say(
        "street/bench-0002/telemetry",
        "street/incidents/hotline",
        "zigbee2mqtt/bench-0001",
        "street/bench-0001x/telemetry",
        "street/bench-0001/telemetry",
    )
    until(lambda: link.held, lambda: turn(link))
    _listen_on(link, 0.3)

    assert [message.topic for message in link.held] == ["street/bench-0001/telemetry"]
    device.close()
    link.close()


def test_a_device_hears_nobody(rig: TlsRig) -> None:
    """What others measure, and where people are, is not for who steals one sensor."""
    spy, listener = Device(rig), Device(rig, "ingest", "for-ingest")
    spy.listen("#")
    listener.listen("street/#")
    other = Device(rig, "zigbee2mqtt", "for-z2m")
    talker = Device(rig, "devices", "for-devices")

    talker.say("street/bench-0003/telemetry")
    other.say("zigbee2mqtt/lamp")
    until(lambda: listener.heard, lambda: [it._client.loop(0.02) for it in (listener, spy)])

    assert listener.heard == ["street/bench-0003/telemetry"]
    assert spy.heard == []
    for it in (spy, listener, other, talker):
        it.close()


def test_a_reading_travels_from_a_device_to_the_store(rig: TlsRig) -> None:
    """The whole of ingest over TLS, with the authority pinned; a reading under another's name is not in the store."""
    rig.start_ingest()
    device = Device(rig)

    device.say("street/bench-0002/telemetry", "street/bench-0001/telemetry")
    rows = rig.wait_for_rows(1, within_s=15)

    assert len({series_id for series_id, _ in rows}) == 1  # not its rows: without a time, what is sent again counts
    device.close()


def test_ingest_tells_a_stranger_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture, rig: TlsRig) -> None:
    """A broker with a certificate of its own making gets no name and no password, and the log says once why."""
    certificate.ensure(tmp_path / "server.pem", tmp_path / "server.key", ["127.0.0.1"])
    with Stranger(tmp_path) as stranger:
        link = _link_to(stranger.port, rig.ca_file)
        until(lambda: stranger.refused >= 2, lambda: turn(link))

    said = [record for record in caplog.records if "certificate" in record.getMessage()]
    assert not link.is_up
    assert stranger.heard == b""
    assert [record.levelno for record in said] == [logging.ERROR]
    link.close()


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, rig: TlsRig) -> None:
    """Of the right authority, but somebody else's: what a stolen key of another machine is worth."""
    for name in ("ca.pem", "ca.key"):
        (tmp_path / name).write_bytes(rig.ca_file.with_name(name).read_bytes())
    certificate.ensure(tmp_path / "server.pem", tmp_path / "server.key", ["10.9.8.7"])
    with Stranger(tmp_path) as stranger:
        link = _link_to(stranger.port, rig.ca_file)
        until(lambda: stranger.refused >= 1, lambda: turn(link))

    assert stranger.heard == b""
    link.close()


class Stranger:
    """A TLS server that notes what is said to it after the handshake.

    Attributes:
        refused: how many handshakes failed.
        heard: bytes from those that did not.
    """

    def __init__(self, folder: Path) -> None:
        self.refused = 0
        self.heard = b""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "server.pem", folder / "server.key")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                bare, _ = self._listener.accept()
            except OSError:
                return
            bare.settimeout(2)
            try:
                with self._context.wrap_socket(bare, server_side=True) as line:
                    self.heard += line.recv(1000)
            except OSError:
                self.refused += 1


def _link_to(port: int, ca_file: Path) -> Link:
    class Elsewhere:
        """Stands in for a rig: only the port matters here."""

        def __init__(self) -> None:
            self.port = port

        def password(self, user: str) -> str:
            """Return what must not be told."""
            return "for-ingest"

    return a_link(Elsewhere(), ca_file=ca_file)  # type: ignore[arg-type] # all that a link asks of a rig


def _listen_on(link: Link, seconds: float) -> None:
    until_s = clock.monotonic_s() + seconds
    until(lambda: clock.monotonic_s() > until_s, lambda: turn(link))


def _shakes_hands(context: ssl.SSLContext, port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as bare:
        try:
            context.wrap_socket(bare, server_hostname="127.0.0.1").close()
        except ssl.SSLError:
            return False
    return True


def _rest(line: socket.socket) -> bytes:
    try:
        return line.recv(100)
    except ConnectionResetError:
        return b""
