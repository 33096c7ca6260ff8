"""What MQTT 5 brings beside the payload, on a real broker that speaks it."""

from collections.abc import Iterator

import pytest
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest.decode import Decoder
from tests.broker.mosquitto import Mqtt5Rig
from tests.broker.test_session import ASSETS, a_link, connect, turn
from tests.ingest.fake_broker import until

pytestmark = pytest.mark.broker
ATTRIBUTES = [("specversion", "1.0"), ("id", "e-1"), ("source", "/gw/1"), ("type", "com.example.reading")]


@pytest.fixture
def rig() -> Iterator[Mqtt5Rig]:
    """Return a street whose broker speaks MQTT 5."""
    with Mqtt5Rig(assets=ASSETS) as it:
        yield it


def publish(rig: Mqtt5Rig, pairs: list[tuple[str, str]], payload: bytes) -> None:
    """Publish one message with user properties, and wait until the broker has confirmed it."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="devices", protocol=paho.MQTTv5)
    client.username_pw_set("devices", rig.password("devices"))
    client.connect("127.0.0.1", rig.port)
    client.loop_start()
    beside = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho's own
    beside.ContentType = "application/json"
    beside.UserProperty = pairs
    client.publish("street/gw-1/ce", payload, qos=1, properties=beside).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def test_a_cloud_event_in_binary_mode_is_read(rig: Mqtt5Rig) -> None:
    """Its attributes are user properties, its payload is the data; it waited while nobody listened."""
    link = a_link(rig)
    connect(link)
    link.close()
    publish(rig, ATTRIBUTES, b'{"temperature": 21.5}')
    again = a_link(rig)
    connect(again)

    until(lambda: again.held, lambda: turn(again))

    dialect, decoded = Decoder([("street/#", "cloudevents")]).decode(again.held[0])
    assert (dialect, decoded.device_id, decoded.extra["id"]) == ("cloudevents", "/gw/1", "e-1")
    assert [(one.quantity, one.value) for one in decoded.readings] == [("temperature", 21.5)]
    again.close()


def test_a_hundred_user_properties_cost_nothing(rig: Mqtt5Rig) -> None:
    """Only the bytes decide; what is beside them is read as far as it is asked for."""
    link = a_link(rig)
    connect(link)

    publish(rig, [(f"p{number}", "x" * 100) for number in range(100)], b"{}")

    until(lambda: link.held, lambda: turn(link))
    assert (len(link.held[0].properties), link.held[0].content_type) == (100, "application/json")
    link.close()
