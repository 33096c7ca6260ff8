"""CloudEvents: what is required is asked for before anything is believed, and nothing missing is made up."""

import json
from typing import Any

import pytest

from ingest.dialects.cloudevents import Dialect
from ingest.messages import Decoded, Kind, Message
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import RECEIVED_US, facts, hear, instant, values

EVENT = {"specversion": "1.0", "id": "1", "source": "/gw/1", "type": "cn.x.sensor.reading"}


def _event(**changes: Any) -> Decoded:
    return hear(Dialect(), "x/ce", {**EVENT, **changes})


def _binary(payload: bytes, content_type: str, **attributes: str) -> Decoded:
    properties = tuple({**EVENT, **attributes}.items())
    return Dialect().decode(
        Message("x/ce", payload, False, RECEIVED_US, content_type=content_type, properties=properties)
    )


def test_what_was_measured_becomes_readings() -> None:
    """Under source and subject; the time is the event's, or nobody's."""
    decoded = _event(subject="lamp-7", time="2026-11-24T10:15:20.5+08:00", data={"power_w": 60.5})

    assert (decoded.kind, decoded.device_id) == (Kind.TELEMETRY, "/gw/1|lamp-7")
    assert decoded.time_us == instant("2026-11-24T02:15:20.5Z")
    assert facts(decoded) == {("power", 60.5, "W", None)}
    assert _event(data={"power_w": 60.5}).time_us is None


@pytest.mark.parametrize("kind", ["cn.x.incident.detected", "cn.x.case-closed", "alarm_raised.v1"])
def test_what_happened_is_an_event(kind: str) -> None:
    """Though its data may hold numbers."""
    decoded = _event(type=kind, subject="s", data={"matter": "09006", "confidence": 0.9})

    assert (decoded.kind, decoded.device_id, decoded.readings) == (Kind.EVENT, "/gw/1/s", [])
    assert decoded.extra["matter"] == "09006"


def test_bytes_are_counted_and_not_shown() -> None:
    """A picture in base64."""
    decoded = _event(datacontenttype="image/jpeg", data_base64="AAECAw==")

    assert (decoded.extra["data_bytes"], decoded.extra["data_content_type"]) == (4, "image/jpeg")


def test_the_binary_mode_has_its_attributes_in_the_properties() -> None:
    """MQTT 5; the payload is the data."""
    decoded = _binary(b'{"temperature":5}', "application/json", subject="t1")

    assert (decoded.device_id, values(decoded)) == ("/gw/1|t1", {"temperature": 5})
    assert _binary(b"\xff\xd8\xff", "image/jpeg").extra["data_bytes"] == 3


def test_other_properties_do_not_make_it_binary() -> None:
    """A broker's bridge adds its own."""
    message = Message("x/ce", json.dumps({**EVENT, "data": {"t": 5}}).encode(), False, RECEIVED_US,
                      content_type="application/json", properties=(("bridge", "b"),))  # fmt: skip

    assert values(Dialect().decode(message)) == {"temperature": 5}


@pytest.mark.parametrize("missing", sorted(EVENT))
def test_nothing_required_is_made_up(missing: str) -> None:
    """The library would invent an id and a time."""
    with pytest.raises(RefusedError) as refused:
        hear(Dialect(), "x/ce", {name: value for name, value in EVENT.items() if name != missing})

    assert (refused.value.code, refused.value.field) == ("schema-missing", missing)


@pytest.mark.parametrize(
    "changes",
    [{"specversion": "0.3"}, {"id": ""}, {"id": 5}, {"id": None}, {"source": "a\u202eb"}, {"type": "x" * 300},
     {"data_base64": "?"}, {"data_base64": "AA==", "data": {}}, {"subject": 5}],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    """With a reason."""
    with pytest.raises(RefusedError):
        _event(**changes)


@pytest.mark.parametrize("payload", [[EVENT], 5, "x"])
def test_a_batch_is_refused(payload: object) -> None:
    """It is not defined for MQTT; nor is anything but an object."""
    with pytest.raises(RefusedError):
        hear(Dialect(), "x/ce", payload)
