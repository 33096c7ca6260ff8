"""SenML: base fields carry on, small times are relative, shares are percent, one pack may be of several devices."""

from typing import Any

import cbor2
import pytest

from ingest.dialects.senml import Dialect
from ingest.messages import Decoded
from ingest.refusals import RefusedError
from tests.ingest.dialects.telling import RECEIVED_US, facts, hear, instant, values

BN, BT = "urn:dev:mac:0024befffe804ff1:", 1795486500.0


def _pack(*records: dict[Any, Any]) -> Decoded:
    return hear(Dialect(), "senml/x", list(records))


def test_base_fields_carry_on() -> None:
    """Name, time, unit, value: until the next one says otherwise."""
    decoded = _pack(
        {"bn": BN, "bt": BT, "bu": "%RH", "n": "humidity", "v": 69.5},
        {"n": "temperature", "u": "Cel", "v": 6.7, "t": 5},
    )

    assert decoded.device_id == BN[:-1]
    assert facts(decoded) == {("humidity", 69.5, "%", None), ("temperature", 6.7, "°C", None)}
    assert [one.time_us for one in decoded.readings] == [
        instant("2026-11-24T02:15:00Z"),
        instant("2026-11-24T02:15:05Z"),
    ]


@pytest.mark.parametrize(("t", "expected_us"), [(-10, RECEIVED_US - 10_000_000), (BT, int(BT * 1e6)), (0, None)])
def test_a_small_time_is_relative(t: float, expected_us: int | None) -> None:
    """Below 2^28 s; none at all is now."""
    assert _pack({"n": "d:temperature", "u": "Cel", "v": 5, "t": t}).readings[0].time_us == expected_us


@pytest.mark.parametrize(
    ("record", "fact"),
    [
        ({"n": "d:battery", "u": "/", "v": 0.8}, ("battery", 80.0, "%", None)),
        ({"n": "d:battery", "u": "%EL", "v": 80}, ("battery", 80, "%", None)),
        ({"n": "d:energy", "u": "J", "v": 7_200_000}, ("energy", 2.0, "kWh", None)),
        ({"n": "d:pressure", "u": "Pa", "v": 101_300}, ("pressure", 1013.0, "hPa", None)),
        ({"n": "d:speed", "u": "m/s", "v": 10}, ("speed", 36.0, "km/h", None)),
        ({"n": "d:laeq", "u": "dB", "v": 63}, ("noise_laeq", 63, "dB(A)", None)),
        ({"n": "d:tilt", "u": "rad", "v": 0}, ("tilt", 0.0, "°", None)),
        ({"n": "d:temperature", "u": "K", "v": 280.15}, ("temperature", 7.0, "°C", None)),
        ({"n": "d:open", "vb": True}, ("cover_open", True, None, None)),
        ({"n": "d:label", "vs": "路口"}, ("label", "路口", None, None)),
        ({"n": "d:power", "u": "W", "bs": 1000, "s": 50}, ("power_sum", 1050, None, None)),
        ({"n": "d:voltage", "u": "V", "bv": 230, "v": -1}, ("voltage", 229, "V", None)),
    ],
)  # fmt: skip
def test_units_become_ours(record: dict[str, Any], fact: tuple[object, ...]) -> None:
    """A share of 1, joules, pascals, kelvin; a sum may stand without a value."""
    assert facts(_pack(record)) == {fact}


@pytest.mark.parametrize("names", [{"n": "urn:dev:ow:10e2073a01080063"}, {"bn": "urn:dev:ow:10e2073a01080063"}])
def test_a_name_that_is_only_an_address_is_told_by_its_unit(names: dict[str, str]) -> None:
    """The first example of RFC 8428."""
    decoded = _pack({**names, "u": "Cel", "v": 23.1})

    assert (decoded.device_id, values(decoded)) == ("urn:dev:ow:10e2073a01080063", {"temperature": 23.1})


def test_a_pack_of_several_devices_is_several() -> None:
    """A gateway sends for all of its own."""
    decoded = _pack(
        {"bn": "d:1/", "n": "temperature", "u": "Cel", "v": 5}, {"bn": "d:2/", "n": "temperature", "v": 6, "u": "Cel"}
    )

    assert [(it.device_id, values(it)) for it in (decoded, *decoded.others)] == [
        ("d:1", {"temperature": 5}), ("d:2", {"temperature": 6})
    ]  # fmt: skip


def test_latitude_and_longitude_are_one_position() -> None:
    """Where both are told."""
    both = _pack({"bn": "d:", "n": "lat", "u": "lat", "v": 36.06}, {"n": "lon", "u": "lon", "v": 120.3})

    assert values(both) == {"position": {"lat": 36.06, "lon": 120.3}}
    assert _pack({"bn": "d:", "n": "lat", "u": "lat", "v": 36.06}).readings == []


def test_cbor_has_numbers_for_labels() -> None:
    """And bytes are kept as text."""
    pack = cbor2.dumps([{-2: "d:", 0: "temperature", 1: "Cel", 2: 5.5}, {0: "tag", 8: b"\x01\x02"}])

    assert values(hear(Dialect(), "senml/x", pack)) == {"temperature": 5.5, "tag": "0102"}


def test_an_unknown_label_is_ignored_unless_it_must_be_understood() -> None:
    """A trailing underscore says so."""
    assert values(_pack({"n": "d:temperature", "u": "Cel", "v": 5, "extra": 1})) == {"temperature": 5}
    with pytest.raises(RefusedError, match="must-understand"):
        _pack({"n": "d:temperature", "v": 5, "extra_": 1})


@pytest.mark.parametrize("bver", [5, 10])
def test_an_older_version_is_read(bver: int) -> None:
    """The current one is 10."""
    assert values(_pack({"bver": bver, "n": "d:temperature", "u": "Cel", "v": 5})) == {"temperature": 5}


def test_a_bad_time_costs_its_record() -> None:
    """The others are kept."""
    decoded = _pack(
        {"bn": "d:", "n": "temperature", "u": "Cel", "v": 5, "t": 1e15}, {"n": "humidity", "u": "%RH", "v": 50}
    )

    assert (values(decoded), decoded.extra["dropped"][0]["code"]) == ({"humidity": 50}, "ts-format")


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"{}", b"[]", b"[5]", b'[{"v":5}]', b'[{"n":"d:t","v":"5"}]', b'[{"n":"d:t","vb":1}]', b'[{"n":5,"v":5}]',
        b'[{"n":"d:t","v":1,"bver":11}]', b"\x81", b"\x81\xa1\x02\xf9\x7e\x00", b"\xa0", b"\x9a\xff\xff\xff\xff",
        b"\x81" * 5000, b'[{"n":"d:t","vs":"a\xe2\x80\xaeb"}]', b"\xff\xfe",
    ],
)  # fmt: skip
def test_what_is_no_pack_is_refused(payload: bytes) -> None:
    """Not a number, cut off, nested without end, an array of four thousand million."""
    with pytest.raises(RefusedError):
        hear(Dialect(), "senml/x", payload)
