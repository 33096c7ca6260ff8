"""What a batch adds to minutes, hours and areas: folded in memory, merged by one UPSERT a table.

A part is `[n, low, high, total, last_us, last]`. Parts add up in any order, so a late reading corrects its old hour.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Protocol, TypeAlias

from street.errors import StoreError

MINUTES_PER_BLOCK = 3  # a day's chart of 500 points has steps of three minutes: each is then one block
MINUTES_PER_HOUR = 60

Part: TypeAlias = "list[float]"
Row: TypeAlias = "tuple[int | float | str, ...]"


class Place(Protocol):
    """What a series is, and where."""

    quantity: str
    community_id: str


def count(parts: dict[tuple[int, int], Part], key: tuple[int, int], value: float, at_us: int) -> None:
    """Count one more value into the part of *key*, in place."""
    part = parts.get(key)
    if part is None:
        parts[key] = [1, value, value, value, at_us, value]
        return
    part[0] += 1
    if value < part[1]:  # noqa: PLR1730 - a call of min or max costs more than the rest
        part[1] = value
    if value > part[2]:  # noqa: PLR1730 - a call of min or max costs more than the rest
        part[2] = value
    part[3] += value
    if at_us >= part[4]:
        part[4] = at_us
        part[5] = value


def minute_rows(minutes: dict[tuple[int, int], Part]) -> list[Row]:
    """Return rows of `rollup_minute` from parts keyed (series, minute).

    Raises:
        StoreError: a value was not a finite number; in a sum it would spoil its bucket for ever.
    """
    rows: list[Row] = []
    for (series_id, minute), part in minutes.items():
        if not isfinite(part[3]):
            msg = f"series {series_id}: a value is not a finite number"
            raise StoreError(msg)
        rows.append((minute // MINUTES_PER_BLOCK, series_id, minute, *part))
    rows.sort()
    return rows


def fold_hours(minutes: dict[tuple[int, int], Part]) -> dict[tuple[int, int], Part]:
    """Return parts keyed (hour, series) from parts keyed (series, minute)."""
    hours: dict[tuple[int, int], Part] = {}
    for (series_id, minute), part in minutes.items():
        key = (minute // MINUTES_PER_HOUR, series_id)
        if key in hours:
            _merge(hours[key], part)
        else:
            hours[key] = part.copy()
    return hours


def hour_rows(hours: dict[tuple[int, int], Part]) -> list[Row]:
    """Return rows of `rollup_hour`, in the order in which they lie."""
    return sorted((*key, *part) for key, part in hours.items())


def area_rows(hours: dict[tuple[int, int], Part], places: Mapping[int, Place]) -> list[Row]:
    """Return rows of `rollup_area_hour`; *places* says the quantity and community of each series."""
    areas: dict[tuple[str, int, str], Part] = {}
    for (hour, series_id), part in hours.items():
        place = places[series_id]
        key = (place.quantity, hour, place.community_id)
        if key in areas:
            _merge(areas[key], part)
        else:
            areas[key] = part.copy()
    return sorted((*key, *part[:4]) for key, part in areas.items())


def _merge(part: Part, other: Part) -> None:
    part[0] += other[0]
    if other[1] < part[1]:  # noqa: PLR1730 - a call of min or max costs more than the rest
        part[1] = other[1]
    if other[2] > part[2]:  # noqa: PLR1730 - a call of min or max costs more than the rest
        part[2] = other[2]
    part[3] += other[3]
    if other[4] >= part[4]:
        part[4] = other[4]
        part[5] = other[5]
