"""How old what we know is, and whether a device is still there.

    fresh ── 1.5 × ──▶ late ── 3 × ──▶ stale ── 10 × the expected interval ──▶ lost

Age counts from the source's own instant, so that what a broker kept is as old as it was when it was true. A clock that
runs ahead makes nothing younger than its arrival, and one that is known to be wrong is not believed at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple, TypeVar

from street.assets import Asset
from street.clock import SECOND_US
from street.readings import NOT_COUNTED, Flag
from street.scenarios import Quantity, Scenario

AGE_UNKNOWN: Final = int(Flag.RETAINED | Flag.ASSUMED_TIME)  # with both: a stored copy that does not say how old it is
CLOCK_SKEW: Final = int(Flag.CLOCK_SKEW)
BATTERY_LOW_PCT: Final = 15.0
WEAK: Final[Mapping[str, float]] = {"link_quality": 30.0, "rssi": -120.0, "snr": -15.0}  # at or below: about to go


class Freshness(IntEnum):
    """How old a value is against its expected interval; a greater one is older."""

    FRESH = 0
    LATE = 1
    STALE = 2
    LOST = 3


class Factors(NamedTuple):
    """Multiples of the expected interval beyond which a value is late, stale, lost."""

    late: float = 1.5
    stale: float = 3.0
    lost: float = 10.0


FACTORS: Final = Factors()


def age_from_us(at_us: int, received_us: int, flags: int) -> int:
    """Return from when on the age of a reading counts [µs UTC]; what `has_age` says of it goes before."""
    return received_us if flags & CLOCK_SKEW else min(at_us, received_us)


def has_age(flags: int) -> bool:
    """Return whether a reading tells how old it is: a stored copy without time says only when the broker gave it."""
    return flags & AGE_UNKNOWN != AGE_UNKNOWN


def interval_s(asset: Asset, scenario: Scenario | None, quantity: Quantity | None = None) -> float | None:
    """Return how often *quantity* (None: anything) of *asset* should be heard [s], None where nobody knows.

    The register's word stands before its scenario's, its word for a quantity before that for the asset; a quantity that
    the scenario expects more rarely stays rare.
    """
    own = asset.interval_s or (scenario.interval_s if scenario else None)
    if quantity is None:
        return own
    if quantity.name in asset.intervals:
        return asset.intervals[quantity.name]
    return own if own is None or quantity.interval_s is None else max(own, quantity.interval_s)


def freshness(age_us: float, every_s: float, factors: Factors = FACTORS) -> Freshness:
    """Return how fresh a value of this age is that should come *every_s* seconds."""
    multiple = age_us / (every_s * SECOND_US)
    if multiple <= factors.late:
        return Freshness.FRESH
    if multiple <= factors.stale:
        return Freshness.LATE
    return Freshness.STALE if multiple <= factors.lost else Freshness.LOST


Key = TypeVar("Key")


def sweep(
    pulses: Iterable[tuple[Key, int, float]], now_us: int, factors: Factors = FACTORS
) -> list[tuple[Key, Freshness]]:
    """Return what is not fresh any more, and how old it is.

    Args:
        pulses: (key, heard [µs UTC], expected interval [s]) of every value; thousands: most are fresh.
        now_us: the present.
        factors: where late, stale and lost begin.
    """
    late = factors.late * SECOND_US
    return [
        (key, freshness(now_us - at_us, every_s, factors))
        for key, at_us, every_s in pulses
        if now_us - at_us > late * every_s
    ]


class DeviceState(StrEnum):
    """Whether a device is there."""

    ONLINE = "online"
    DEGRADED = "degraded"  # it speaks, and something about it is wrong
    OFFLINE = "offline"
    UNKNOWN = "unknown"  # it was never heard, or nobody knows how often it should be


class Standing(NamedTuple):
    """A device's state and, in a closed list of words, why."""

    state: DeviceState
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of one device.

    `said` is its last word, or its broker's, on whether it is there, with when that was [µs UTC]. `channels` are its
    quantities with (heard [µs UTC], expected interval [s]); `values` their live values that can be true.
    """

    said: tuple[bool, int] | None = None
    channels: Mapping[str, tuple[int, float | None]]
    values: Mapping[str, float]
    is_clock_wrong: bool = False


def standing(signs: Signs, now_us: int, factors: Factors = FACTORS) -> Standing:
    """Return whether the device is online, degraded, offline or unknown, and why.

    One that still speaks after it was called offline is there: who keeps that word does not keep it well.
    """
    heard = max((at_us for at_us, _ in signs.channels.values()), default=None)
    if signs.said is not None and not signs.said[0] and (heard is None or heard <= signs.said[1]):
        return Standing(DeviceState.OFFLINE, ("said-offline",))
    if heard is None:
        return Standing(DeviceState.UNKNOWN, ("never-heard",))
    ages = {
        name: freshness(now_us - at_us, every_s, factors)
        for name, (at_us, every_s) in signs.channels.items()
        if every_s is not None
    }
    if not ages:
        return Standing(DeviceState.UNKNOWN, ("no-interval",))
    often_s = min(every_s for _, every_s in signs.channels.values() if every_s is not None)
    if freshness(now_us - heard, often_s, factors) >= Freshness.STALE:
        return Standing(DeviceState.OFFLINE, ("silent",))
    reasons = tuple(_ailments(signs, ages))
    return Standing(DeviceState.DEGRADED if reasons else DeviceState.ONLINE, reasons)


def _ailments(signs: Signs, ages: Mapping[str, Freshness]) -> Iterable[str]:
    if max(ages.values()) >= Freshness.STALE:
        yield "channel-silent"
    if signs.is_clock_wrong:
        yield "clock-wrong"
    if signs.values.get("battery", 100.0) <= BATTERY_LOW_PCT or signs.values.get("battery_low"):
        yield "battery-low"
    if any(signs.values.get(name, limit + 1) <= limit for name, limit in WEAK.items()):
        yield "signal-weak"


class Total(NamedTuple):
    """A sum or mean of live values, and what was left out of it; None where nothing is left."""

    total: float | None
    mean: float | None
    counted: int
    stale: int  # left out: too old to be true now
    doubtful: int  # left out: implausible, stuck, jumping, missing, simulated


def total(
    values: Iterable[tuple[float | None, int, int, float | None]], now_us: int, factors: Factors = FACTORS
) -> Total:
    """Add up live values, without those that are stale or cannot be true.

    Args:
        values: (value, heard [µs UTC], flags, expected interval [s]); one without expectation is never stale.
        now_us: the present.
        factors: where stale begins.
    """
    counted: list[float] = []
    stale = doubtful = 0
    for value, at_us, flags, every_s in values:
        if value is None or flags & int(NOT_COUNTED):
            doubtful += 1
        elif every_s is not None and freshness(now_us - at_us, every_s, factors) >= Freshness.STALE:
            stale += 1
        else:
            counted.append(value)
    summed = sum(counted) if counted else None
    return Total(summed, None if summed is None else summed / len(counted), len(counted), stale, doubtful)
