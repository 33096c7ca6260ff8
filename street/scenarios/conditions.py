"""Conditions: what has to be true of an asset's quantities, told from a number and a limit.

    source    which number: a quantity's value, or how it changes, stands still, breaks, is silent, is unusual
    limit     raise_above (or raise_below) makes it true, clear_at false again; between the two nothing changes
    all any not   join them

A condition has three answers: true, false, and unknown (None) while a number is not known: nothing follows from that.
It keeps no state. Whether the limit or `clear_at` is asked depends on what stands already (*standing*), and a `not`
turns that around with the answer, so that hysteresis holds in every join.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Measure(StrEnum):
    """Which number is made of a quantity."""

    VALUE = "value"  # the last one
    CHANGE = "change"  # against the oldest of the last over_s, in the quantity's unit
    SPREAD = "spread"  # highest less lowest of the last over_s, once that much is known
    BREACHES = "breaches"  # how often it began to break breach_above (or breach_below) in the last over_s
    SILENCE = "silence"  # seconds since it was last heard
    UNUSUAL = "unusual"  # distance from the middle of the usual range of this hour of the week, in halves of that range


OVER = frozenset({Measure.CHANGE, Measure.SPREAD, Measure.BREACHES})  # those that look back over_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One number of an asset: *measure* of *quantity*, less the quantity `less` where that is named.

    `least` is half of the narrowest range that counts as usual, in the quantity's unit.
    """

    quantity: str
    less: str = ""
    measure: Measure = Measure.VALUE
    over_s: float = 0.0
    least: float = 0.0
    breach_above: float | None = None
    breach_below: float | None = None

    def __hash__(self) -> int:
        return hash(self.quantity)  # the hot path: hashing every field costs more than comparing one or two

    def __str__(self) -> str:
        name = f"{self.quantity} less {self.less}" if self.less else self.quantity
        if self.measure is Measure.VALUE:
            return name
        return f"{self.measure} of {name}" + (f" over {self.over_s:g} s" if self.over_s else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A number and where it breaks; exactly one of `raise_above` and `raise_below` is set."""

    source: Source
    clear_at: float
    raise_above: float | None = None
    raise_below: float | None = None

    def is_breach(self, number: float) -> bool:
        """Return whether *number* reaches the limit."""
        if self.raise_above is not None:
            return number >= self.raise_above
        return self.raise_below is not None and number <= self.raise_below

    def is_over(self, number: float) -> bool:
        """Return whether *number* is back on the good side of `clear_at`."""
        return number <= self.clear_at if self.raise_above is not None else number >= self.clear_at

    def truth(self, numbers: Mapping[Source, float | None], *, standing: bool) -> bool | None:
        """Return whether it is true; None where its number is not known."""
        number = numbers[self.source]
        if number is None:
            return None
        return not self.is_over(number) if standing else self.is_breach(number)

    @property
    def words(self) -> str:
        """The limit alone, as a person reads it."""
        return f"≥ {self.raise_above:g}" if self.raise_above is not None else f"≤ {self.raise_below:g}"

    def __str__(self) -> str:
        return f"{self.source} {self.words}"


@dataclass(frozen=True, slots=True)
class All:
    """True while all its parts are."""

    parts: tuple["Condition", ...]

    def truth(self, numbers: Mapping[Source, float | None], *, standing: bool) -> bool | None:
        """Return whether all are true: false as soon as one is false, else unknown where one is unknown."""
        said = [part.truth(numbers, standing=standing) for part in self.parts]
        return False if False in said else None if None in said else True

    def __str__(self) -> str:
        return f"({' and '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Either:
    """True while any of its parts is."""

    parts: tuple["Condition", ...]

    def truth(self, numbers: Mapping[Source, float | None], *, standing: bool) -> bool | None:
        """Return whether one is true: true as soon as one is, else unknown where one is unknown."""
        said = [part.truth(numbers, standing=standing) for part in self.parts]
        return True if True in said else None if None in said else False

    def __str__(self) -> str:
        return f"({' or '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Not:
    """True while its part is false."""

    part: "Condition"

    def truth(self, numbers: Mapping[Source, float | None], *, standing: bool) -> bool | None:
        """Return the opposite; what speaks against it is asked as strictly as what spoke for it."""
        said = self.part.truth(numbers, standing=not standing)
        return None if said is None else not said

    def __str__(self) -> str:
        return f"not {self.part}"


Condition: TypeAlias = Limit | All | Either | Not


def limits_of(condition: Condition) -> Iterator[Limit]:
    """Yield every limit of *condition*, in its order."""
    match condition:
        case Limit():
            yield condition
        case Not(part):
            yield from limits_of(part)
        case All(parts) | Either(parts):
            for part in parts:
                yield from limits_of(part)


def has_not(condition: Condition) -> bool:
    """Return whether anything in *condition* is turned around."""
    match condition:
        case Limit():
            return False
        case Not():
            return True
        case All(parts) | Either(parts):
            return any(map(has_not, parts))


def sources_of(conditions: Sequence[Condition]) -> tuple[Source, ...]:
    """Return each number that *conditions* ask for once, in their order."""
    return tuple(dict.fromkeys(limit.source for condition in conditions for limit in limits_of(condition)))
