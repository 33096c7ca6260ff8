"""Sparkplug B: what was born is known, a gap asks for a rebirth, a death counts only for the current birth."""

from typing import Any

import pytest

from ingest.dialects.sparkplug_b import Dialect
from ingest.messages import Decoded, Kind
from ingest.refusals import RefusedError
from ingest.sparkplug_form import Payload
from tests.ingest.dialects.telling import RECEIVED_US, hear, instant, values

NOW_MS = RECEIVED_US // 1000
FLOAT, INT32, BOOLEAN = 9, 3, 11


def _octets(*metrics: dict[str, Any], seq: int | None = None, ms: int = NOW_MS) -> bytes:
    payload = Payload(timestamp=ms, seq=seq)
    for metric in metrics:
        payload.metrics.add(**metric)
    return bytes(payload.SerializeToString())


def _say(dialect: Dialect, kind: str, *metrics: dict[str, Any], device: str = "", seq: int | None = None) -> Decoded:
    return hear(dialect, f"spBv1.0/g/{kind}/gw{device}", _octets(*metrics, seq=seq))


@pytest.fixture
def node() -> Dialect:
    """Return a dialect that has heard a node and its pump being born."""
    dialect = Dialect()
    _say(dialect, "NBIRTH", {"name": "bdSeq", "datatype": 4, "long_value": 3}, seq=0)
    level = {"name": "Level", "alias": 10, "datatype": FLOAT, "float_value": 1.2}
    fault = {"name": "Fault Code", "alias": 12, "datatype": INT32, "int_value": 0}
    _say(dialect, "DBIRTH", level, fault, device="/pump", seq=1)
    return dialect


def test_an_alias_means_what_the_birth_said(node: Dialect) -> None:
    """Name, unit and type; the shortest decimal that a 32-bit float means."""
    decoded = _say(node, "DDATA", {"alias": 10, "float_value": 6.7, "timestamp": NOW_MS - 500}, device="/pump", seq=2)

    assert (decoded.device_id, values(decoded)) == ("g/gw/pump", {"water_level": 6.7})
    assert (decoded.time_us, decoded.extra["time_source"]) == (RECEIVED_US - 500_000, "metric.timestamp")


@pytest.mark.parametrize(("sent", "meant"), [(4_294_967_291, -5), (7, 7), (2**31, -(2**31))])
def test_a_negative_integer_travels_as_two_complement(node: Dialect, sent: int, meant: int) -> None:
    """Read by the type of the birth, for the message tells none."""
    assert values(_say(node, "DDATA", {"alias": 12, "int_value": sent}, device="/pump", seq=2)) == {"Fault Code": meant}


def test_null_is_a_gap_and_history_is_told(node: Dialect) -> None:
    """Neither moves a live value."""
    null = _say(node, "DDATA", {"alias": 10, "is_null": True}, device="/pump", seq=2)
    old = _say(node, "DDATA", {"alias": 10, "float_value": 1, "is_historical": True}, device="/pump", seq=3)

    assert [(one.value, one.quality) for one in null.readings] == [(None, "null")]
    assert (old.readings[0].quality, old.extra["historical"]) == ("historical", True)


def test_metrics_of_several_instants_keep_their_own(node: Dialect) -> None:
    """The message's time is then its own."""
    ten = {"alias": 10, "float_value": 1, "timestamp": NOW_MS - 10_000}

    decoded = _say(node, "DDATA", ten, {"alias": 12, "int_value": 1}, device="/pump", seq=2)

    assert [one.time_us for one in decoded.readings] == [RECEIVED_US - 10_000_000, RECEIVED_US]
    assert decoded.time_us == RECEIVED_US


def test_a_gap_in_the_sequence_asks_for_a_rebirth(node: Dialect) -> None:
    """One sequence runs over the node and its devices; 255 is followed by 0."""
    fine = _say(node, "DDATA", {"alias": 10, "float_value": 1}, device="/pump", seq=2)
    gap = _say(node, "DDATA", {"alias": 10, "float_value": 1}, device="/pump", seq=9)
    topic, payload = gap.extra["command"]
    command = Payload.FromString(bytes.fromhex(payload))

    assert "seq_gap" not in fine.extra
    assert (gap.extra["seq_gap"], gap.kind) == (True, Kind.TELEMETRY)
    assert topic == "spBv1.0/g/NCMD/gw"
    assert [(it.name, it.boolean_value) for it in command.metrics] == [("Node Control/Rebirth", True)]


def test_the_sequence_starts_anew_after_255() -> None:
    """It is one byte."""
    dialect = Dialect()
    for _ in range(2):
        _say(dialect, "NBIRTH", {"name": "a", "alias": 1, "datatype": FLOAT, "float_value": 1}, seq=0)
    for seq in [*range(1, 256), 0, 1]:
        assert "seq_gap" not in _say(dialect, "NDATA", {"alias": 1, "float_value": 1}, seq=seq).extra


@pytest.mark.parametrize("metric", [{"alias": 99, "float_value": 1}, {"name": "Other", "float_value": 1}])
def test_what_was_never_born_is_refused_and_asks_for_a_rebirth(node: Dialect, metric: dict[str, Any]) -> None:
    """Nobody knows what it is."""
    decoded = _say(node, "DDATA", metric, device="/pump", seq=2)

    assert (decoded.kind, decoded.code, decoded.extra["command"][0]) == (
        Kind.REJECT,
        "device-unknown",
        "spBv1.0/g/NCMD/gw",
    )


def test_a_birth_forgets_what_was_born_before(node: Dialect) -> None:
    """Also the devices behind a node."""
    _say(node, "NBIRTH", {"name": "bdSeq", "datatype": 4, "long_value": 4}, seq=0)

    assert _say(node, "DDATA", {"alias": 10, "float_value": 1}, device="/pump", seq=1).kind is Kind.REJECT


def test_a_nodes_death_takes_its_devices_along(node: Dialect) -> None:
    """Without a time: the will was written when it connected."""
    died = _say(node, "NDEATH", {"name": "bdSeq", "long_value": 3})

    assert (died.kind, died.extra["also"], died.time_us) == (Kind.DEATH, ["g/gw/pump"], None)


def test_a_death_of_an_earlier_birth_is_ignored(node: Dialect) -> None:
    """It comes late, after the node is back."""
    assert _say(node, "NDEATH", {"name": "bdSeq", "long_value": 2}).kind is Kind.IGNORE
    assert _say(node, "DDATA", {"alias": 10, "float_value": 1}, device="/pump", seq=2).kind is Kind.TELEMETRY


def test_a_device_dies_alone(node: Dialect) -> None:
    """And must be born again."""
    assert _say(node, "DDEATH", device="/pump", seq=2).kind is Kind.DEATH
    assert _say(node, "DDATA", {"alias": 10, "float_value": 1}, device="/pump", seq=3).kind is Kind.REJECT


def test_commands_and_controls_are_no_readings() -> None:
    """A birth names them; somebody else sends them."""
    born = _say(
        Dialect(), "NBIRTH", {"name": "Node Control/Rebirth", "datatype": BOOLEAN, "boolean_value": False}, seq=0
    )

    assert (born.kind, born.readings) == (Kind.BIRTH, [])
    assert _say(Dialect(), "NCMD").kind is Kind.IGNORE


def test_a_wrong_clock_costs_only_the_time(node: Dialect) -> None:
    """Seconds where milliseconds belong."""
    octets = _octets({"alias": 10, "float_value": 1}, seq=2, ms=NOW_MS // 1000)

    decoded = hear(node, "spBv1.0/g/DDATA/gw/pump", octets)

    assert (decoded.time_us, decoded.extra["time_suspect"], values(decoded)) == (None, True, {"water_level": 1})


def test_what_is_no_value_is_left_out() -> None:
    """Data sets, templates, arrays; and infinity is a gap."""
    infinite = {"name": "b", "datatype": FLOAT, "float_value": float("inf")}
    born = _say(Dialect(), "NBIRTH", {"name": "a", "datatype": 16}, infinite, seq=0)

    assert values(born) == {"b": None}


def test_a_host_says_whether_it_is_there() -> None:
    """As JSON."""
    decoded = hear(Dialect(), "spBv1.0/STATE/scada", {"online": True, "timestamp": NOW_MS})

    assert (decoded.device_id, values(decoded), decoded.time_us) == ("host:scada", {"online": True}, RECEIVED_US)


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("g/DDATA/gw", b"\x08\x01"), ("g/NDATA/gw/x", b"\x08\x01"), ("g/WHAT/gw", b"\x08\x01"), ("g", b""),
        ("g/NDATA/gw", b""), ("g/NDATA/gw", b"\xff\xff\xff"), ("STATE/h", {"online": 1}), ("STATE/h", {}),
    ],
)  # fmt: skip
def test_what_is_none_of_its_forms_is_refused(topic: str, payload: object) -> None:
    """With a reason."""
    with pytest.raises(RefusedError):
        hear(Dialect(), f"spBv1.0/{topic}", payload)


def test_nodes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of them does not fill the memory."""
    monkeypatch.setattr("ingest.dialects.sparkplug_b._MOST_NODES", 5)
    dialect = Dialect()
    for n in range(20):
        hear(dialect, f"spBv1.0/g/NBIRTH/n{n}", _octets(seq=0))

    assert len(dialect._nodes) == 5


def test_the_time_of_a_birth_is_its_payloads() -> None:
    """Milliseconds since 1970."""
    assert _say(Dialect(), "NBIRTH", seq=0).time_us == instant("2026-11-24T02:15:30.250Z")
