"""The metrics are what Prometheus reads, and never name a device."""

from typing import Any

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from ingest.counts import Counts
from street.clock import SECOND_US
from street.metrics import CONTENT_TYPE, metrics_text
from street.store import Figures

NOON_US = 1_789_999_200_000_000
LABELS = {"dialect", "kind", "reason", "state", "priority", "stage", "le"}


def samples(values: Figures) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return what Prometheus reads, by name and labels."""
    text = metrics_text(values).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def some(**changes: Any) -> Figures:
    """Return the figures of a street where something happened."""
    counts = Counts(stored=11, duplicates=2, acknowledged=9)
    counts.by_dialect["native", "telemetry"] = 5
    counts.by_dialect["tasmota", "reject"] = 1
    counts.rejects["tasmota", "not-json"] = 1
    counts.time_batch(0.02, 0.2)
    counts.time_batch(9.0, 0.2)
    figures = Figures(
        at_us=NOON_US,
        beat=(NOON_US - SECOND_US, True, 0),
        counts=orjson.loads(counts.as_json(held=3)),
        newest_us=NOON_US - 4 * SECOND_US,
        devices={"online": 2, "offline": 1, "unknown": 7},
        alarms={1: 1, 3: 4},
        incidents={"reported": 2},
        store_bytes=4096,
    )
    return figures._replace(**changes)


def test_every_figure_is_served_under_its_name() -> None:
    """The names and units that SHARING suggests; seconds, bytes, totals."""
    found = samples(some())

    assert found["street_mqtt_messages_total", (("dialect", "native"), ("kind", "telemetry"))] == 5
    assert found["street_decode_rejects_total", (("dialect", "tasmota"), ("reason", "not-json"))] == 1
    assert found["street_devices", (("state", "offline"),)] == 1
    assert found["street_alarms_active", (("priority", "3"),)] == 4
    assert found["street_cases_open", (("stage", "reported"),)] == 2
    plain = {name: value for (name, labels), value in found.items() if not labels}
    assert plain == {
        "street_mqtt_connected": 1,
        "street_ingest_heartbeat_age_seconds": 1,
        "street_mqtt_held_messages": 3,
        "street_readings_stored_total": 11,
        "street_readings_duplicate_total": 2,
        "street_mqtt_acknowledged_total": 9,
        "street_newest_reading_age_seconds": 4,
        "street_store_size_bytes": 4096,
        "street_ingest_batch_seconds_count": 2,
        "street_ingest_batch_seconds_sum": 9.02,
        "street_ingest_lag_seconds_count": 2,
        "street_ingest_lag_seconds_sum": 0.4,
    }


def test_a_histogram_adds_up() -> None:
    """Each bucket holds those below it; the last one all."""
    found = samples(some())

    buckets = [value for (name, _), value in found.items() if name == "street_ingest_batch_seconds_bucket"]
    assert buckets == sorted(buckets)
    assert found["street_ingest_batch_seconds_bucket", (("le", "0.025"),)] == 1
    assert found["street_ingest_batch_seconds_bucket", (("le", "5.0"),)] == 1
    assert found["street_ingest_batch_seconds_bucket", (("le", "+Inf"),)] == 2


def test_labels_are_few() -> None:
    """However large the street: no device, no topic."""
    assert {name for _, labels in samples(some()) for name, _ in labels} <= LABELS


@pytest.mark.parametrize(
    ("beat", "expected"),
    [
        pytest.param((NOON_US - SECOND_US, True, 0), 1, id="heard a second ago"),
        pytest.param((NOON_US - SECOND_US, False, 0), 0, id="its broker is gone"),
        pytest.param((NOON_US - 60 * SECOND_US, True, 0), 0, id="itself gone for a minute"),
        pytest.param(None, 0, id="never there"),
    ],
)
def test_connected_means_heard_and_hearing(beat: tuple[int, bool, int] | None, expected: int) -> None:
    """An ingest that was killed has left a heartbeat which says that all was well."""
    assert samples(some(beat=beat))["street_mqtt_connected", ()] == expected


@pytest.mark.parametrize("counts", [{}, {"messages": 7, "held": "x", "batch_s": None}], ids=["none", "odd"])
def test_counts_of_another_program_cost_themselves_only(counts: dict[str, Any]) -> None:
    """An older ingest beside a newer dashboard."""
    found = samples(some(counts=counts))

    assert found["street_mqtt_held_messages", ()] == 0
    assert found["street_store_size_bytes", ()] == 4096


def test_the_form_is_named() -> None:
    """Prometheus asks for it."""
    assert CONTENT_TYPE.startswith("text/plain")
