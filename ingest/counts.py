"""What ingest counts, and how it is handed to the store with each heartbeat: the dashboard serves it as metrics.

Labels are few: dialects, kinds and refusal codes. Never a device, never a topic.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import orjson

BATCH_BOUNDS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
LAG_BOUNDS_S: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0)


class Refusable(Protocol):
    """A decoded message, as far as counting goes."""

    @property
    def message(self) -> "HasTopic":
        """The message itself."""

    @property
    def dialect(self) -> str:
        """Who decoded it."""

    @property
    def decoded(self) -> "HasCode":
        """What it says."""


class HasTopic(Protocol):
    """Something with a topic."""

    @property
    def topic(self) -> str:
        """The topic as received."""


class HasCode(Protocol):
    """Something that is of a kind, and may have been refused."""

    @property
    def kind(self) -> str:
        """What it turned out to be."""

    code: str | None


class Histogram:
    """How often something took how long; `counts` has one place more than `bounds`, for what is beyond them."""

    def __init__(self, bounds_s: tuple[float, ...]) -> None:
        self.bounds = bounds_s
        self.counts = [0] * (len(bounds_s) + 1)
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.sum += seconds

    def as_fields(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"bounds": self.bounds, "counts": self.counts, "sum": self.sum}


@dataclass(slots=True)
class Counts:
    """What has happened since the start: `received` = messages, `stored` and `duplicates` = readings."""

    received: int = 0
    stored: int = 0
    duplicates: int = 0
    acknowledged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    by_dialect: Counter[tuple[str, str]] = field(default_factory=Counter)  # messages by dialect and kind
    rejects: Counter[tuple[str, str]] = field(default_factory=Counter)  # messages by dialect and code
    batch_s: Histogram = field(default_factory=lambda: Histogram(BATCH_BOUNDS_S))
    lag_s: Histogram = field(default_factory=lambda: Histogram(LAG_BOUNDS_S))

    def note(self, items: Iterable[Refusable]) -> None:
        """Count decoded messages."""
        by_dialect = self.by_dialect
        for item in items:
            self.received += 1
            decoded = item.decoded
            by_dialect[item.dialect, decoded.kind] += 1
            if decoded.code is not None:
                self.refuse(decoded.code, item.message.topic)
                self.rejects[item.dialect, decoded.code] += 1

    def refuse(self, code: str, topic: str) -> None:
        """Count one refusal, and keep the latest topic of each code as an example."""
        self.refused[code] += 1
        self.examples[code] = topic

    def time_batch(self, batch_s: float, lag_s: float) -> None:
        """Count one stored batch: how long it took, and how long ago its oldest message had come."""
        self.batch_s.observe(batch_s)
        self.lag_s.observe(max(lag_s, 0.0))  # the clock may have been set back in between

    def as_json(self, *, held: int) -> str:
        """Return everything for the store; *held* messages wait to be stored."""
        fields = {
            "messages": [[dialect, str(kind), count] for (dialect, kind), count in self.by_dialect.items()],
            "rejects": [[dialect, code, count] for (dialect, code), count in self.rejects.items()],
            "stored": self.stored,
            "duplicates": self.duplicates,
            "acknowledged": self.acknowledged,
            "held": held,
            "batch_s": self.batch_s.as_fields(),
            "lag_s": self.lag_s.as_fields(),
        }
        return orjson.dumps(fields).decode()
