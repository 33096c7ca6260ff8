"""What the detector promises of any stream."""

import copy
import math
import random
import sys
from collections import deque
from collections.abc import Iterable

import pytest

from street.anomalies import Detector, Score

STEP_US = 300_000_000
DAY = 288


def _scores(values: Iterable[float | None], detector: Detector | None = None) -> list[Score]:
    detector = detector or Detector()
    return [detector.step(n * STEP_US, value) for n, value in enumerate(values)]


def _noise(rows: int, seed: int = 1) -> list[float]:
    dice = random.Random(seed)
    return [50 + dice.gauss(0, 2) for _ in range(rows)]


def _rhythm(rows: int, seed: int = 2) -> list[float]:
    dice = random.Random(seed)
    return [50 + 30 * math.sin(2 * math.pi * n / DAY) + dice.gauss(0, 1) for n in range(rows)]


def test_a_spike_is_told_at_once_and_explained() -> None:
    """The score is high on the very reading, with the range that was expected and the side it left it on."""
    values = _noise(1500)
    values[1200] = 90.0

    told = _scores(values)[1200]

    assert told.score > 0.9
    assert told.expected_low < 50 < told.expected_high < 90
    assert told.why in {"above_expected", "above_for_the_hour", "out_of_range", "odd_sequence", "odd_hour"}


def test_usual_noise_is_not_told() -> None:
    """At 0.9, two weeks of noise make no alarm."""
    scores = _scores(_noise(14 * DAY))

    assert max(one.score for one in scores) < 0.9


def test_the_right_value_at_the_wrong_time_is_told() -> None:
    """Noon's level at midnight lies within all that was seen, and is odd all the same."""
    values = _rhythm(20 * DAY)
    at = 18 * DAY + 216
    values[at : at + 12] = [80.0] * 12

    scores = [one.score for one in _scores(values)]

    assert max(scores[at : at + 12]) > 0.9
    assert max(scores[5 * DAY : at]) < 0.9


def test_a_stuck_sensor_is_told() -> None:
    """Two hours of the same value in what always moves."""
    values = _noise(2000)
    values[1500:1540] = [values[1500]] * 40

    scores = _scores(values)

    assert max(one.score for one in scores[1500:1540]) > 0.85


def test_a_level_shift_is_told_once_and_becomes_usual() -> None:
    """One incident is one alarm; on the new level the same noise is as quiet as before, and a spike is told again."""
    values = _noise(1500) + [value + 40 for value in _noise(2000, seed=3)]
    values[3300] += 60

    scores = [one.score for one in _scores(values)]

    assert sum(score > 0.9 for score in scores[1500:1530]) in {1, 2}
    assert max(scores[1530:3300]) < 0.9
    assert scores[3300] > 0.9


@pytest.mark.parametrize("gap", [None, math.nan, math.inf, -math.inf])
def test_a_gap_is_not_odd_and_teaches_nothing(gap: float | None) -> None:
    """With gaps between them, the readings get the scores that they get without."""
    values = _noise(600)
    detector = Detector()
    told = []
    for n, value in enumerate(values):
        told.append(detector.step(n * STEP_US, value))
        assert detector.step(n * STEP_US, gap).score == 0.0

    assert told == _scores(values)


@pytest.mark.parametrize("cut", [1, 31, 400, 1199])
def test_the_future_changes_no_score(cut: int) -> None:
    """A prefix scores as it does within the whole, whatever comes after."""
    values = _rhythm(1200)

    assert _scores(values)[:cut] == _scores([*values[:cut], 1e9, -5.0, 0.0])[:cut]


@pytest.mark.parametrize("constant", [0.0, 5.0, -1e308, 5e-324, 1e308])
def test_a_constant_stream_is_never_odd(constant: float) -> None:
    """Nor does it divide by its spread of nothing."""
    assert {one.score for one in _scores([constant] * 1000)} == {0.0}


def test_scores_stay_between_nothing_and_one_on_wild_values() -> None:
    """Values of every magnitude, in no order."""
    dice = random.Random(7)
    values = [dice.choice((-1, 1)) * 10 ** dice.uniform(-320, 308) for _ in range(1500)]

    assert all(0 <= one.score <= 1 for one in _scores(values))


def test_one_monstrous_glitch_does_not_blind() -> None:
    """After 1e300 and a while, an ordinary spike is told again."""
    values = _noise(2000)
    values[1000], values[1800] = 1e300, 100.0

    scores = _scores(values)

    assert scores[1000].score > 0.9
    assert scores[1800].score > 0.9


def test_the_same_readings_make_the_same_scores() -> None:
    """Nothing is left to chance or shared between streams, and a memory that is copied goes on alike."""
    values = _rhythm(1000)
    first = Detector()
    begun = _scores(values[:600], first)
    resumed = copy.deepcopy(first)

    told = begun + [resumed.step(n * STEP_US, value) for n, value in enumerate(values[600:], 600)]

    assert told == _scores(values)


def test_its_memory_is_bounded() -> None:
    """It does not grow from the third to the ninth thousand of ever wilder readings, and stays below 256 KB."""
    dice = random.Random(8)
    detector = Detector()
    sizes = []
    for n in range(9000):
        detector.step(n * STEP_US, 1.001**n * dice.paretovariate(1.1) * (1 + n % 7))
        if n in {3000, 8999}:
            sizes.append(_size(detector))

    assert sizes[1] < 1.05 * sizes[0]
    assert sizes[1] < 256 * 1024


def _size(thing: object) -> int:
    """Return what *thing* and all it holds takes [bytes]; what is held twice counts twice."""
    held: Iterable[object] = thing if isinstance(thing, list | tuple | deque) else ()
    names = [*getattr(thing, "__dict__", ()), *getattr(type(thing), "__slots__", ())]
    return sys.getsizeof(thing) + sum(map(_size, held)) + sum(_size(getattr(thing, name)) for name in names)
