"""`python -m ingest detect`: lines `timestamp,value` in, one score a line out, in lock step.

Every line is answered before the next is read: 0 is usual, 1 as odd as can be. A header, a gap, a line that says
nothing is answered 0.0 and teaches nothing. Timestamps are ISO 8601 (without a zone: UTC) or seconds, milliseconds or
microseconds since 1970; one that cannot be read counts as the next after the last. With `--explain` a line is
`score,expected_low,expected_high,why`.
"""

import math
from datetime import UTC, datetime
from typing import BinaryIO, Final, TextIO

from street.anomalies import Detector, Score
from street.clock import SECOND_US, as_us

LONGEST_LINE: Final = 4096  # bytes; a longer line says nothing
_LATEST_S: Final = 1e11  # as seconds, the year 5138: what is greater was milliseconds, or microseconds
_NOTHING: Final = Score(0.0, math.nan, math.nan, "")


class _Clock:
    """Instants of lines, also where a line has none that can be read."""

    def __init__(self) -> None:
        self.last_us = 0
        self.step_us = 0

    def read(self, text: str) -> int:
        at_us = instant(text)
        if at_us is None:
            at_us = self.last_us + self.step_us
        elif self.last_us and at_us > self.last_us:
            self.step_us = at_us - self.last_us
        self.last_us = at_us
        return at_us


def run(lines: BinaryIO, out: TextIO, *, is_explained: bool = False) -> None:
    """Answer each of *lines* on *out*, at once."""
    detector, clock = Detector(), _Clock()
    while line := lines.readline(LONGEST_LINE):
        is_whole = len(line) < LONGEST_LINE or line.endswith(b"\n")
        rest = line
        while not rest.endswith(b"\n") and (rest := lines.readline(LONGEST_LINE)):
            pass
        score = _answer(detector, clock, line.decode("utf-8", "replace")) if is_whole else _NOTHING
        out.write(written(score, is_explained=is_explained))
        out.flush()


def written(score: Score, *, is_explained: bool) -> str:
    """Return one line of answer."""
    if not is_explained:
        return f"{score.score:.9f}\n"
    return f"{score.score:.9f},{score.expected_low:.6g},{score.expected_high:.6g},{score.why}\n"


def instant(text: str) -> int | None:
    """Return what a timestamp means [µs UTC], None where it means nothing."""
    try:
        number = float(text)
    except ValueError:
        return _iso(text)
    if not math.isfinite(number) or number < 0:
        return None
    for scale in (SECOND_US, 1000, 1):
        if number * scale < _LATEST_S * SECOND_US:
            return int(number * scale)
    return None


def _iso(text: str) -> int | None:
    try:
        at = datetime.fromisoformat(text)
        return as_us(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _answer(detector: Detector, clock: _Clock, line: str) -> Score:
    fields = [field.strip().strip("\"'") for field in line.split(",", 2)[:2]]
    if len(fields) < 2:
        return _NOTHING
    try:
        value = float(fields[1])
    except ValueError:
        return _NOTHING
    return detector.step(clock.read(fields[0]), value)
