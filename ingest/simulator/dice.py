"""Chance that can be asked again: the same question always gets the same answer.

A stream of random numbers would depend on who asked before; here chance is a function of names and times, so that a
story filled in from yesterday meets itself today.
"""

import math
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeVar

T = TypeVar("T")
_SCALE: Final = 2.0**64


def fraction(*question: object) -> float:
    """Return a number in [0, 1), the same for the same *question*."""
    text = "\x1f".join(map(str, question))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) / _SCALE


def between(low: float, high: float, *question: object) -> float:
    """Return a number in [low, high)."""
    return low + (high - low) * fraction(*question)


def choice(options: Sequence[T], *question: object) -> T:
    """Return one of *options*."""
    return options[int(fraction(*question) * len(options))]


def wobble(at_s: float, period_s: float, *question: object) -> float:
    """Return a smooth curve in [-1, 1] that takes a new course about every *period_s* seconds."""
    cell = math.floor(at_s / period_s)
    share = at_s / period_s - cell
    ease = share * share * (3 - 2 * share)
    here, there = fraction(*question, cell), fraction(*question, cell + 1)
    return 2 * (here + (there - here) * ease) - 1
