"""How good a detector's scores are: early finds rewarded, false alarms and misses charged; 0 = silent, 100 = perfect.

Own implementation of the published rules of the Numenta Anomaly Benchmark, standard profile: in each window only the
first detection counts, the more the earlier it comes; each detection outside costs up to 0.11, less just after a
window; each missed window costs 1; what falls into probation counts neither way. One threshold, the best, serves all
streams.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

FALSE_COST: Final = 0.11
MISS_COST: Final = 1.0


class Judged(NamedTuple):
    """The best threshold's outcome over all streams."""

    score: float
    threshold: float
    found: int
    missed: int
    false: int


def worth(position: float) -> float:
    """Return what a detection is worth: −1 is a window's left edge, 0 its right one, above 0 behind it."""
    return -1.0 if position > 3 else 2 / (1 + math.exp(5 * position)) - 1


def judge(streams: Sequence[tuple[Sequence[float], Sequence[tuple[int, int]], int]]) -> Judged:
    """Return the outcome at the best threshold.

    Args:
        streams: of each stream its scores, its windows (first and last row, ascending) and its rows of probation.
    """
    steps: list[tuple[float, float, int, int]] = []
    windows = 0
    for scores, spans, probation in streams:
        windows += len(spans)
        for span in spans:
            steps += _inside(scores, span, probation)
        steps += _outside(scores, spans, probation)
    steps.sort(key=lambda step: -step[0])
    return _best(steps, windows)


def _best(steps: list[tuple[float, float, int, int]], windows: int) -> Judged:
    raw, found, false = -MISS_COST * windows, 0, 0
    best = Judged(raw, math.inf, 0, windows, 0)
    for n, (at, gain, is_found, is_false) in enumerate(steps):
        raw, found, false = raw + gain, found + is_found, false + is_false
        is_last = n + 1 == len(steps) or steps[n + 1][0] < at
        if is_last and raw > best.score:
            best = Judged(raw, at, found, windows - found, false)
    share = (best.score + MISS_COST * windows) / ((1 + MISS_COST) * windows) if windows else 0.0
    return best._replace(score=100 * share)


def _inside(scores: Sequence[float], span: tuple[int, int], probation: int) -> list[tuple[float, float, int, int]]:
    """Return what lowering the threshold gains in one window: a step wherever an earlier row is reached."""
    begin, end = span
    width, most = end - begin + 1, worth(-1.0)
    steps: list[tuple[float, float, int, int]] = []
    above = 0.0
    for row in range(max(begin, probation), end + 1):
        if scores[row] > above:
            above = scores[row]
            steps.append((above, worth(-(end - row + 1) / width) / most, 0, 0))
    steps.reverse()  # greatest score, latest row first
    before = -MISS_COST
    told = []
    for n, (at, value, _, _) in enumerate(steps):
        told.append((at, value - before, int(n == 0), 0))
        before = value
    return told


def _outside(
    scores: Sequence[float], spans: Sequence[tuple[int, int]], probation: int
) -> list[tuple[float, float, int, int]]:
    steps, ahead, last = [], list(spans), None
    for row, score in enumerate(scores):
        if ahead and row > ahead[0][1]:
            last = ahead.pop(0)
        if row < probation or (ahead and row >= ahead[0][0]):
            continue
        cost = -1.0 if last is None else worth((row - last[1]) / max(last[1] - last[0], 1))
        if score > 0:
            steps.append((score, FALSE_COST * cost, 0, 1))
    return steps
