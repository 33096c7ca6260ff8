"""Quantities: what an asset measures, what of it can be true, and how strictly that is read."""

import math
import re
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from street.readings import UNITS
from street.scenarios.part import Part

NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


class Stillness(NamedTuple):
    """What no true value does: stay within `spread` (in the quantity's unit) for `over_s`."""

    spread: float
    over_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What an asset of this kind measures.

    A reading outside `low`…`high` (both included), or above the asset's own `at_most` quantity, is implausible; one of
    a series that shows a `stuck` stillness is stuck; one that is `jump` or more from the last is jumping. `interval_s`
    is set where it is heard less often than the asset. `is_telling` marks a quantity by which the kind of an unknown
    recording is recognised.
    """

    name: str
    unit: str | None
    low: float
    high: float
    is_telling: bool = False
    interval_s: float | None = None
    stuck: tuple[Stillness, ...] = ()
    jump: float = math.inf
    at_most: str = ""


def quantity_in(name: str, part: Part) -> Quantity:
    """Return the quantity that *part* describes.

    Raises:
        ConfigError: it breaks the form.
    """
    if not NAME.fullmatch(name):
        part.refuse("", f"a name like {NAME.pattern}", name)
    unit = part.take("unit", UNITS.get(name))
    if name in UNITS and unit != UNITS[name]:
        part.refuse("unit", f"{UNITS[name]!r}, the unit of {name}", unit)
    is_telling = part.switch("telling")
    limits, stuck = part.take("plausible"), part.take("stuck", [])
    if not _are_pairs([limits]) or not limits[0] < limits[1]:
        part.refuse("plausible", "[low, high] with low below high", limits)
    if not isinstance(stuck, list) or not _are_pairs(stuck) or not all(0 <= it[0] < it[1] for it in stuck):
        part.refuse("stuck", "[[spread, seconds], …] like [[0.2, 1800]]", stuck)
    quantity = Quantity(
        name=name, unit=unit, low=float(limits[0]), high=float(limits[1]), is_telling=is_telling,
        interval_s=part.number("interval_s", None, least=1), jump=part.number("jump", math.inf, least=0.001),
        at_most=part.text("at_most") if "at_most" in part.keys else "",
        stuck=tuple(Stillness(float(spread), float(over_s)) for spread, over_s in stuck),
    )  # fmt: skip
    part.close()
    return quantity


def _are_pairs(found: list[Any]) -> bool:
    """Return whether *found* holds nothing but pairs of numbers."""
    return all(isinstance(it, list) and len(it) == 2 and {type(it[0]), type(it[1])} <= {int, float} for it in found)
