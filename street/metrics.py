"""Metrics for Prometheus: plain values in, its text format out.

Labels are dialects, kinds, refusal codes, states, severities and stages: a few dozen series in all, however large the
street. Counters begin at 0 when ingest starts, which Prometheus knows how to read.
"""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from street.clock import SECOND_US
from street.store import Figures

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
SILENT_S: Final = 10.0  # ingest beats each second: one that is silent for longer has no broker either
_COUNTERS: Final = (
    ("stored", "street_readings_stored", "Readings stored since ingest started."),
    ("duplicates", "street_readings_duplicate", "Readings that were stored already."),
    ("acknowledged", "street_mqtt_acknowledged", "Messages acknowledged to the broker, after their commit."),
)
_HISTOGRAMS: Final = (
    ("batch_s", "street_ingest_batch_seconds", "How long storing one batch took."),
    ("lag_s", "street_ingest_lag_seconds", "How long the oldest message of a batch had waited when it was stored."),
)


def metrics_text(values: Figures) -> bytes:
    """Return *values* in Prometheus' text format; serve it as `CONTENT_TYPE`."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(values))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, values: Figures) -> None:
        self._values = values

    def collect(self) -> Iterator[Metric]:
        values = self._values
        yield from _of_ingest(values)
        if values.newest_us is not None:
            age_s = max(values.at_us - values.newest_us, 0) / SECOND_US
            yield _gauge("street_newest_reading_age_seconds", "Age of the newest live reading.", age_s)
        yield _gauge("street_store_size_bytes", "Size of the store.", values.store_bytes)
        yield _gauges("street_devices", "Assets by what their device says of itself.", "state", values.devices)
        yield _gauges("street_alarms_active", "Active alarms by severity, 1 is worst.", "priority", values.alarms)
        yield _gauges("street_cases_open", "Open incidents by stage.", "stage", values.incidents)


def _of_ingest(values: Figures) -> Iterator[Metric]:
    """Yield what comes with ingest's heartbeat; nothing before the first."""
    if values.beat is None:
        yield _gauge("street_mqtt_connected", "Whether ingest is heard and hears its broker.", 0)
        return
    beat_us, link, _since_us = values.beat
    age_s = max(values.at_us - beat_us, 0) / SECOND_US
    yield _gauge(
        "street_mqtt_connected", "Whether ingest is heard and hears its broker.", int(link and age_s < SILENT_S)
    )
    yield _gauge("street_ingest_heartbeat_age_seconds", "Age of ingest's last sign of life.", age_s)
    counts = values.counts
    yield _gauge("street_mqtt_held_messages", "Messages that came and are not stored yet.", _number(counts.get("held")))
    yield _pairs("street_mqtt_messages", "Messages by dialect and kind.", ("dialect", "kind"), counts.get("messages"))
    yield _pairs("street_decode_rejects", "Messages refused.", ("dialect", "reason"), counts.get("rejects"))
    for key, name, said in _COUNTERS:
        yield CounterMetricFamily(name, said, value=_number(counts.get(key)))
    for key, name, said in _HISTOGRAMS:
        if isinstance(found := counts.get(key), Mapping):
            yield _histogram(name, said, found)


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value=value)


def _gauges(name: str, said: str, label: str, values: Mapping[Any, int]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family


def _pairs(name: str, said: str, labels: tuple[str, str], rows: object) -> Metric:
    family = CounterMetricFamily(name, said, labels=labels)
    for first, second, count in rows if isinstance(rows, list) else ():
        family.add_metric([str(first), str(second)], _number(count))
    return family


def _histogram(name: str, said: str, found: Mapping[str, Any]) -> Metric:
    bounds = [*(str(float(bound)) for bound in found["bounds"]), "+Inf"]
    buckets = list(zip(bounds, accumulate(found["counts"]), strict=True))
    return HistogramMetricFamily(name, said, buckets=buckets, sum_value=float(found["sum"]))


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0
