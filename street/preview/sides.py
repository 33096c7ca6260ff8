"""Sides: where numbers lie against a limit, many at once."""

from typing import Any, Final, TypeAlias

import numpy as np

from street.scenarios.conditions import Limit

Numbers: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
Whole: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"
Flags: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"
GOOD, BETWEEN, BROKEN, UNKNOWN = range(4)
SIDES: Final = 4


def side(numbers: Numbers, limit: Limit) -> Whole:
    """Return on which side of *limit* each number is; NaN is not known."""
    is_above = limit.raise_above is not None
    is_broken = numbers >= limit.raise_above if is_above else numbers <= limit.raise_below  # type: ignore[operator]  # one of the two is set
    is_good = numbers <= limit.clear_at if is_above else numbers >= limit.clear_at
    found = np.where(is_broken, BROKEN, np.where(is_good, GOOD, BETWEEN))
    return np.where(np.isnan(numbers), UNKNOWN, found)
