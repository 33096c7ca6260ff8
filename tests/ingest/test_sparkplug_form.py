"""Sparkplug's payload by its field numbers: bytes that others wrote are read."""

from ingest.sparkplug_form import Payload


def test_bytes_of_the_specification_are_read() -> None:
    """Written by hand: timestamp 1, a metric with alias 10 and a float, seq 2."""
    octets = bytes.fromhex("08011207100a650000803f1802")

    payload = Payload.FromString(octets)

    assert (payload.timestamp, payload.seq) == (1, 2)
    assert [(it.alias, it.float_value) for it in payload.metrics] == [(10, 1.0)]
    assert payload.SerializeToString() == octets


def test_fields_that_are_not_read_do_no_harm() -> None:
    """Data sets and templates are skipped."""
    octets = bytes.fromhex("120b0a01618a01050801120161")

    assert Payload.FromString(octets).metrics[0].name == "a"
