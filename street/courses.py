"""The course of one series, in a handful of numbers: has it stood still, leapt, repeated itself, fallen behind?

Each question is answered reading by reading; nothing here grows.
"""

import math
from dataclasses import dataclass, field
from typing import Final

from street.clock import MINUTE_US, SECOND_US
from street.readings import Flag
from street.scenarios import Quantity
from street.scenarios.quantity import Stillness

STILL_READINGS: Final = 20  # fewer prove nothing, however far apart
BLIPS: Final = 20  # one reading in so many may stick out of a stillness: a single one does not prove a living sensor
CONFIRMED: Final = 3  # readings at a new level until it is one
BEHIND_US: Final = 120 * SECOND_US
BEHIND_SPREAD_US: Final = 30 * SECOND_US  # a steady lag is a clock's; one that shrinks is a backlog's
BEHIND_FOR_US: Final = 10 * MINUTE_US
NEVER: Final = -(2**62)  # before any instant

# plain integers: `&` with an enum costs a microsecond
IMPLAUSIBLE: Final = int(Flag.IMPLAUSIBLE)
STUCK: Final = int(Flag.STUCK)
JUMPING: Final = int(Flag.JUMPING)
REPEATED: Final = int(Flag.REPEATED)
CLOCK_SKEW: Final = int(Flag.CLOCK_SKEW)


class Still:
    """How long a course has stayed within one spread, but for `blips`."""

    __slots__ = ("_over_us", "_spread", "blips", "count", "high", "is_out", "low", "since_us")

    def __init__(self, limit: Stillness) -> None:
        self._spread, self._over_us = limit.spread + 1e-9, int(limit.over_s * SECOND_US)
        self.since_us, self.low, self.high = NEVER, math.inf, -math.inf
        self.count = self.blips = 0
        self.is_out = False  # the last one stuck out

    def take(self, at_us: int, value: float) -> bool:
        """Take one reading in and return whether it is stuck."""
        self.count += 1
        if self.low <= value <= self.high:
            self.is_out = False
            return self.count >= STILL_READINGS and at_us - self.since_us >= self._over_us
        low, high = min(self.low, value), max(self.high, value)
        if high - low <= self._spread:
            self.low, self.high, self.is_out = low, high, False
            self.since_us = at_us if self.since_us == NEVER else self.since_us
            return self.is_long(at_us)
        self._stick_out(at_us, value)
        return False

    def is_long(self, at_us: int) -> bool:
        """Return whether that is longer than any true value stays there."""
        return self.count >= STILL_READINGS and at_us - self.since_us >= self._over_us

    def resume(self, since_us: int, value: float) -> None:
        """Take up a stillness that was seen before a restart."""
        self.since_us, self.low, self.high, self.count = since_us, value, value, STILL_READINGS

    def _stick_out(self, at_us: int, value: float) -> None:
        self.blips += 1
        if self.is_out or self.blips * BLIPS > self.count:
            self.since_us, self.low, self.high, self.count, self.blips = at_us, value, value, 1, 0
            self.is_out = False
        else:
            self.is_out = True


@dataclass(slots=True)
class Course:
    """What is remembered of one series.

    `standing` holds when each of its faults was last seen [µs UTC]. `value` is the last that was believed, where it is
    needed at all; `ceiling` is the course that it may not exceed. `lag_us` is how far behind its stamps have been since
    `lagging_us`, 0 where they are not.
    """

    asset_id: str
    quantity: str
    kind: str
    form: Quantity
    every_s: float | None
    low: float
    high: float
    is_plain: bool  # nothing is followed but its range and its stamps
    is_believed: bool = True  # somebody asks for its last believed value
    at_us: int = NEVER
    heard_us: int = NEVER
    is_repeated: bool = False
    lag_us: int = 0
    lagging_us: int = 0
    value: float | None = None
    ceiling: "Course | None" = None
    apart: list[float] = field(default_factory=list)
    stills: list[Still] = field(default_factory=list)
    standing: dict[str, int] = field(default_factory=dict)

    def follow(self, at_us: int, value: float, flags: int) -> int:
        """Take one reading in and return the flags that the course gives it."""
        found = 0
        if self.ceiling is not None and self.ceiling.value is not None and value > self.ceiling.value:
            found = IMPLAUSIBLE
        for still in self.stills:
            if still.take(at_us, value):
                found |= STUCK
        if self.is_believed and not (flags | found) & IMPLAUSIBLE:
            found |= self._leap(value)
        return found

    def stamped(self, at_us: int, received_us: int) -> int:
        """Return what the stamps give: that the one before was repeated, that the clock is steadily behind."""
        found = REPEATED if self.is_repeated else 0
        self.is_repeated = False
        lag_us = received_us - at_us
        if lag_us <= BEHIND_US:
            self.lag_us = 0
        elif not self.lag_us or abs(lag_us - self.lag_us) > BEHIND_SPREAD_US:
            self.lag_us, self.lagging_us = lag_us, received_us
        elif received_us - self.lagging_us >= BEHIND_FOR_US:
            found |= CLOCK_SKEW
        return found

    def stuck_since(self, at_us: int) -> int | None:
        """Return since when it has hardly moved [µs UTC], None while it moves."""
        return min((still.since_us for still in self.stills if still.is_long(at_us)), default=None)

    def resume_still(self, since_us: int, value: float) -> None:
        """Take up a stillness that was seen before a restart."""
        for still in self.stills:
            still.resume(since_us, value)

    def _leap(self, value: float) -> int:
        """Return the flag of a value that is too far from the last believed one."""
        if self.value is None or abs(value - self.value) < self.form.jump:
            self.value = value
            self.apart.clear()
            return 0
        if self.apart and abs(value - self.apart[-1]) >= self.form.jump:
            self.apart.clear()
        self.apart.append(value)
        if len(self.apart) < CONFIRMED:
            return JUMPING
        self.value = value
        self.apart.clear()
        return 0
