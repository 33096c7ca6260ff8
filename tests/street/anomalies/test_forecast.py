"""The best forecast of late speaks."""

import math
import random

import pytest

from street.anomalies.forecast import Forecasts

HALF_HOUR_S = 1800


def _taught(values: list[float]) -> Forecasts:
    forecasts = Forecasts()
    for n, value in enumerate(values):
        error = abs(value - forecasts.next(n * HALF_HOUR_S).value) if n else 0.0
        forecasts.learn(n * HALF_HOUR_S, value, error)
    return forecasts


def test_without_rhythm_no_profile_speaks() -> None:
    """A walk is best forecast by where it is."""
    dice, walk = random.Random(3), [0.0]
    for _ in range(2000):
        walk.append(walk[-1] + dice.gauss(0, 1))

    told = _taught(walk).next(len(walk) * HALF_HOUR_S)

    assert not told.is_rhythm
    assert told.value == pytest.approx(walk[-1], abs=1.0)


def test_a_rhythm_that_is_proven_is_followed() -> None:
    """Twenty days of noon and midnight: the twenty-first day's noon is expected before it comes."""
    values = [100.0 if n % 48 == 24 else 10.0 + 5 * math.sin(n) for n in range(20 * 48 + 24)]

    told = _taught(values).next(len(values) * HALF_HOUR_S)

    assert told.is_rhythm
    assert told.value == pytest.approx(100.0, abs=8.0)


def test_a_lasting_shift_moves_what_is_expected() -> None:
    """The rhythm keeps its form on the new level within two days."""
    values = [50.0 + 20 * math.sin(2 * math.pi * n / 48) for n in range(20 * 48)]
    shifted = [value + 100 for value in values[: 2 * 48]]

    told = _taught(values + shifted).next(22 * 48 * HALF_HOUR_S)

    assert told.value == pytest.approx(150.0, abs=6.0)


def test_the_usual_error_is_that_of_the_stream() -> None:
    """Noise of deviation 1 is off by about one, whichever forecast speaks."""
    dice = random.Random(4)

    told = _taught([dice.gauss(0, 1) for _ in range(3000)]).next(3000 * HALF_HOUR_S)

    assert told.usual_error == pytest.approx(0.85, abs=0.25)
