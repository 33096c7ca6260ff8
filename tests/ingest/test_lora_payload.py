"""Bytes of LoRa devices: read as a profile says, kept as they came where nobody has said it."""

import base64
from typing import Any

import pytest

from ingest import lora_payload
from ingest.field_readings import FieldReadings
from ingest.lora_payload import Uplink
from ingest.profiles import CAYENNE, LAYOUT, Field, Profile


def _taken(
    monkeypatch: pytest.MonkeyPatch, octets: bytes | str, profile: Profile | None
) -> tuple[FieldReadings, dict[str, Any]]:
    monkeypatch.setattr(lora_payload, "profile_of", lambda *_: profile)
    coded = base64.b64encode(octets).decode() if isinstance(octets, bytes) else octets
    taken, extra = FieldReadings(), {}
    Uplink(coded, "d", "", 1).take("frm_payload", taken, extra)
    return taken, extra


LPP = Profile("p", CAYENNE)


@pytest.mark.parametrize(
    ("octets", "fact"),
    [
        ("03670110", ("temperature", 27.2, "°C", "3")),
        ("0367ffd3", ("temperature", -4.5, "°C", "3")),
        ("026865", ("humidity", 50.5, "%", "2")),
        ("0173276a", ("pressure", 1009.0, "hPa", "1")),
        ("016503e8", ("illuminance", 1000, "lx", "1")),
        ("016601", ("presence", True, None, "1")),
        ("0174014a", ("voltage", 3.3, "V", "1")),
        ("018200001f40", ("distance", 800.0, "cm", "1")),
        ("058e01", ("switch_on", True, None, "5")),
        ("000164", ("digital_output", 100, None, "0")),
    ],
)
def test_cayenne_types_become_quantities(
    monkeypatch: pytest.MonkeyPatch, octets: str, fact: tuple[object, ...]
) -> None:
    """Two's complement, tenths and halves; the channel is told."""
    taken, extra = _taken(monkeypatch, bytes.fromhex(octets), LPP)

    assert [(one.quantity, one.value, one.unit, one.channel) for one in taken.readings] == [fact]
    assert (taken.dropped, extra["profile"]) == ([], "p")


def test_a_cayenne_frame_holds_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """A position and three axes among them; zeros at the end are padding."""
    taken, _ = _taken(monkeypatch, bytes.fromhex("018806765ff2960a0003e8" + "067104d2fb2e0000" + "0000"), LPP)

    assert taken.readings[0].value == {"lat": 42.3519, "lon": -87.9094}
    assert [one.value for one in taken.readings[1:]] == [1.234, -1.234, 0]


@pytest.mark.parametrize(
    ("octets", "code"), [("03670110ff", "length"), ("01ff00", "schema-unknown"), ("0367", "length")]
)
def test_what_cayenne_does_not_know_ends_the_frame(monkeypatch: pytest.MonkeyPatch, octets: str, code: str) -> None:
    """Nobody knows how long it is; what stood before is kept."""
    taken, _ = _taken(monkeypatch, bytes.fromhex(octets), LPP)

    assert [(one.code, one.field) for one in taken.dropped] == [(code, "frm_payload")]


LAID_OUT = Profile(
    "p",
    LAYOUT,
    fields=(
        Field("water_level", 0, 2, is_signed=True, unit="mm", gap=-32768),
        Field("temperature", 2, 2, is_signed=True, is_little=True, scale=0.1),
        Field("battery_voltage", 4, 1, scale=10, plus=2000, unit="mV"),
        Field("tamper", 5, bit=0),
        Field("contact_closed", 5, bit=7, is_inverse=True),
        Field("humidity", -1),
    ),
)


def test_a_layout_tells_each_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offset, length, sign, order, scale, unit, bits, and from the end."""
    taken, _ = _taken(monkeypatch, bytes.fromhex("ff9cd3ff878146"), LAID_OUT)

    assert {one.quantity: one.value for one in taken.readings} == {
        "water_level": -0.1,
        "temperature": -4.5,
        "battery_voltage": 3.35,
        "tamper": True,
        "contact_closed": False,
        "humidity": 70,
    }


def test_the_integer_that_means_nothing_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no depth of 32 metres."""
    taken, _ = _taken(monkeypatch, bytes.fromhex("80000000000046"), LAID_OUT)

    assert (taken.readings[0].value, taken.readings[0].quality) == (None, "missing")


def test_a_short_payload_costs_the_fields_beyond_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there is read."""
    taken, _ = _taken(monkeypatch, bytes.fromhex("0064"), LAID_OUT)

    assert [one.quantity for one in taken.readings] == ["water_level", "humidity"]
    assert {one.code for one in taken.dropped} == {"length"}


def test_without_a_profile_bytes_stay_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is guessed, though it would be readable."""
    taken, extra = _taken(monkeypatch, bytes.fromhex("03670110"), None)

    assert (taken.readings, extra) == ([], {"frm_payload": "A2cBEA=="})


@pytest.mark.parametrize(("coded", "code"), [("?", "type"), ("A" * 400, "length")])
def test_what_is_no_payload_is_dropped(monkeypatch: pytest.MonkeyPatch, coded: str, code: str) -> None:
    """No base64; more than LoRaWAN carries."""
    taken, _ = _taken(monkeypatch, coded, LPP)

    assert [one.code for one in taken.dropped] == [code]


@pytest.mark.parametrize("coded", [None, 5, ""])
def test_no_payload_is_nothing(coded: object) -> None:
    """An uplink may carry none."""
    taken, extra = FieldReadings(), {}

    Uplink(coded, "d", None, None).take("data", taken, extra)

    assert (taken.readings, taken.dropped, extra) == ([], [], {})
