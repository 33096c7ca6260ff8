"""Our own messages. What makes one illegal is in tests/hostile/corpus.jsonl, case by case."""

import json

import pytest

from ingest.dialects.native import MAX_QUANTITIES, Dialect
from ingest.messages import Decoded, DecodedReading, Kind, Message
from ingest.refusals import RefusedError

RECEIVED_US = 1_795_486_530_250_000


def _decoded(payload: bytes, form: str = "telemetry", *, retain: bool = False) -> Decoded:
    return Dialect().decode(Message(f"street/LC-01/{form}", payload, retain, RECEIVED_US))


def test_telemetry_is_a_time_and_values() -> None:
    """Our units are known by the quantity's name; an unknown quantity is kept without one."""
    decoded = _decoded(
        b'{"ts":"2026-11-24T10:15:29+08:00","seq":9,"power":61.5,"switch_on":true,"crows":3,"current":null}'
    )

    assert (decoded.kind, decoded.device_id, decoded.time_us) == (Kind.TELEMETRY, "LC-01", 1_795_486_529_000_000)
    assert decoded.readings == [
        DecodedReading("power", 61.5, "W", "power"),
        DecodedReading("switch_on", True, None, "switch_on"),
        DecodedReading("crows", 3, None, "crows"),
        DecodedReading("current", None, "A", "current", quality="missing"),
    ]
    assert decoded.extra == {}


def test_without_ts_the_arrival_counts() -> None:
    """A device without a clock leaves it out."""
    assert _decoded(b'{"power":61}').time_us is None


def test_a_bad_value_costs_itself_and_a_bad_seq_the_message() -> None:
    """A value stands alone; a message whose number is wrong is not what was sent."""
    decoded = _decoded(b'{"power":61,"current":"0.3"}')

    assert [one.quantity for one in decoded.readings] == ["power"]
    assert decoded.extra["dropped"] == [
        {"field": "current", "code": "type", "reason": "non-numeric value for numeric metric"}
    ]
    with pytest.raises(RefusedError, match="seq"):
        _decoded(b'{"power":61,"seq":"9"}')


@pytest.mark.parametrize("payload", [b"{}", b'{"ts":1795486529000}', b'{"seq":1}'])
def test_a_message_without_values_is_a_sign_of_life(payload: bytes) -> None:
    """The device lives."""
    assert _decoded(payload).kind is Kind.LOG


def test_the_shape_check_is_exact_with_texts_and_escapes() -> None:
    """Colons in texts, escaped keys and many fields take the slower road, not the wrong one."""
    noted = _decoded(b'{"power":61,"note":"a:b{[","other":"c"}')
    escaped = _decoded(rb'{"p\u006fwer":61}')
    many = _decoded(json.dumps({f"q{n}": n for n in range(MAX_QUANTITIES)}).encode())

    assert [one.quantity for one in noted.readings] == ["power"]
    assert escaped.readings[0].quantity == "power"
    assert len(many.readings) == MAX_QUANTITIES


def test_what_is_known_about_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of invented quantities fills no memory."""
    monkeypatch.setattr("ingest.dialects.native._CACHED", 5)
    monkeypatch.setattr("ingest.dialects.native._known", known := {})

    for n in range(20):
        assert _decoded(f'{{"q{n}":1}}'.encode()).readings[0].quantity == f"q{n}"

    assert len(known) <= 5


def test_a_status_is_online_or_offline_or_gone() -> None:
    """An empty message takes the retained one away."""
    assert _decoded(b"online", "status", retain=True).readings == [DecodedReading("online", True, None)]
    assert _decoded(b"offline", "status").readings == [DecodedReading("online", False, None)]
    assert _decoded(b"", "status").kind is Kind.REMOVAL


def test_a_still_is_kept_as_bytes() -> None:
    """It is looked at where it is stored, not here."""
    decoded = _decoded(b"\xff\xd8\xff\xe0rest", "snapshot", retain=True)

    assert (decoded.kind, decoded.snapshot) == (Kind.EVENT, b"\xff\xd8\xff\xe0rest")
    assert decoded.extra == {"event": "snapshot", "bytes": 8, "content_type": "image/jpeg", "retained": True}


def test_incidents_are_no_asset() -> None:
    """The name is reserved: an asset called `incidents` cannot report telemetry."""
    with pytest.raises(RefusedError):
        Dialect().decode(Message("street/incidents/telemetry", b'{"power":1}', False, RECEIVED_US))
