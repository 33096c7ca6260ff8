"""What is counted, and how it is written down: few labels, plain numbers."""

from typing import NamedTuple

import orjson
import pytest

from ingest.counts import Counts, Histogram
from ingest.messages import Decoded, Kind, Message, rejected
from ingest.refusals import NOT_JSON, RefusedError


class One(NamedTuple):
    """A decoded message."""

    message: Message
    dialect: str
    decoded: Decoded


def a_message(topic: str = "street/a/telemetry") -> Message:
    """Return a message."""
    return Message(topic, b"", retain=False, received_us=0)


def test_messages_are_counted_by_dialect_and_kind() -> None:
    """And refusals by code, with the latest topic as an example."""
    counts = Counts()
    refused = rejected(RefusedError(NOT_JSON))

    counts.note([One(a_message(), "native", Decoded(Kind.TELEMETRY))] * 3)
    counts.note([One(a_message("street/b"), "tasmota", refused), One(a_message("street/c"), "tasmota", refused)])

    said = orjson.loads(counts.as_json(held=7))
    assert said["messages"] == [["native", "telemetry", 3], ["tasmota", "reject", 2]]
    assert said["rejects"] == [["tasmota", "not-json", 2]]
    assert said["held"] == 7
    assert (counts.received, counts.refused["not-json"], counts.examples["not-json"]) == (5, 2, "street/c")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(0.0, [1, 0, 0], id="nothing"),
        pytest.param(0.1, [1, 0, 0], id="a bound belongs to what is below it"),
        pytest.param(0.5, [0, 1, 0], id="between"),
        pytest.param(9.0, [0, 0, 1], id="beyond"),
    ],
)
def test_a_duration_is_counted_once(seconds: float, expected: list[int]) -> None:
    """As Prometheus wants it: less or equal."""
    histogram = Histogram((0.1, 1.0))

    histogram.observe(seconds)

    assert histogram.counts == expected
    assert histogram.sum == seconds


def test_a_clock_that_was_set_back_makes_no_negative_lag() -> None:
    """The sum would go backwards, which Prometheus takes for a restart."""
    counts = Counts()

    counts.time_batch(0.01, -5.0)

    assert counts.lag_s.sum == 0.0
    assert counts.lag_s.counts[0] == 1
