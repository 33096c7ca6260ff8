"""Has it been like this before? A book of the situations met so far.

A situation is a point; how new one is, is its distance to the nearest in the book. Points that are farther than usual
are written in, over the oldest when the book is full: it holds what differs, not what repeats, and so needs few.
"""

from math import dist
from typing import Final

LARGEST: Final = 200  # points kept
_FEWEST: Final = 20  # written in whatever their distance
_MEMORY: Final = 0.005  # share of the usual distance that each new one replaces


class Book:
    """The situations of one kind."""

    __slots__ = ("count", "oldest", "points", "usual")

    def __init__(self) -> None:
        self.points: list[tuple[float, ...]] = []
        self.oldest = 0
        self.usual = 0.0
        self.count = 0

    def novelty(self, point: tuple[float, ...]) -> float:
        """Return how far *point* is from all in the book, 0 for the very first; learn it."""
        points = self.points
        if not points:
            points.append(point)
            return 0.0
        distance = min([dist(point, other) for other in points])
        if distance > self.usual or len(points) < _FEWEST:
            if len(points) < LARGEST:
                points.append(point)
            else:
                points[self.oldest] = point
                self.oldest = (self.oldest + 1) % LARGEST
        self.count += 1
        self.usual += max(1 / self.count, _MEMORY) * (distance - self.usual)
        return distance
