"""When a value was true, and what a person must know about that: pure rules, event time and arrival in, flags out.

source says nothing usable ─────────────▶ arrival time   ASSUMED_TIME
more than 5 min ahead of us ────────────▶ arrival time   CLOCK_SKEW
more than 120 s ahead ──────────────────▶ source time    CLOCK_SKEW
within 10 min behind ───────────────────▶ source time
more than 10 min behind ────────────────▶ source time    LATE
more than 30 days behind ───────────────▶ source time    LATE, HISTORY

What is late by a clock that is wrong is live all the same: `ingest.clocks` tells it from what was buffered.
"""

from typing import Final

from street.clock import DAY_US, MINUTE_US, SECOND_US
from street.readings import LATE_US, Flag

SKEW_US: Final = 120 * SECOND_US
AHEAD_US: Final = 5 * MINUTE_US
HISTORY_US: Final = 30 * DAY_US

# plain integers: an enum's `|` costs more than the whole stamp
ASSUMED_TIME: Final = int(Flag.ASSUMED_TIME)
CLOCK_SKEW: Final = int(Flag.CLOCK_SKEW)
LATE: Final = int(Flag.LATE)
OLD: Final = int(Flag.LATE | Flag.HISTORY)


def stamp(source_us: int | None, received_us: int) -> tuple[int, int]:
    """Return (at_us, flags): the instant to store a value under, and the flags that its time alone earns.

    Args:
        source_us: when the source says it was true [µs UTC], None where it says nothing usable.
        received_us: when it reached us [µs UTC].
    """
    if source_us is None:
        return received_us, ASSUMED_TIME
    behind_us = received_us - source_us
    if 0 <= behind_us <= LATE_US:
        return source_us, 0
    if behind_us > LATE_US:
        return source_us, OLD if behind_us > HISTORY_US else LATE
    if behind_us >= -SKEW_US:
        return source_us, 0
    return (source_us if behind_us >= -AHEAD_US else received_us), CLOCK_SKEW
