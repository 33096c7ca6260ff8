"""Rarity against a statistic's own past: numbers worked by hand."""

import random

import pytest

from street.anomalies.tails import LONGEST, Tail


def _taught(values: list[float]) -> Tail:
    tail = Tail()
    for value in values:
        tail.rarity(value)
    return tail


def test_what_is_common_is_not_rare() -> None:
    """Below the tail's foot there is nothing to tell."""
    tail = _taught([float(n % 10) for n in range(400)])

    assert tail.rarity(5.0) == 0.0


def test_beyond_the_foot_rarity_grows_by_the_tails_own_exponent() -> None:
    """400 values, 20 in the tail, all of them 1: exponent 0.1, so twice the foot is log10(20) + 10·log10(2) = 4.31."""
    tail = _taught([0.5] * 379 + [1.0] * 20)

    assert tail.rarity(2.0) == pytest.approx(4.31, abs=0.01)


def test_the_same_excess_is_less_rare_where_bursts_are_usual() -> None:
    """A heavy tail is what keeps normal bursts from being alarms."""
    dice = random.Random(5)
    calm = _taught([dice.uniform(0.5, 1.0) for _ in range(2000)])
    wild = _taught([0.2 * dice.paretovariate(1.5) for _ in range(2000)])

    assert calm.rarity(4.0) > 2 * wild.rarity(4.0) > 0


def test_a_new_stream_knows_nothing_rare() -> None:
    """Thirty values are too few to say so."""
    tail = _taught([1.0] * 25)

    assert tail.rarity(1e9) == 0.0


def test_only_what_lies_above_nothing_can_be_rare() -> None:
    """A statistic of one side is negative most of the time."""
    tail = _taught([-1.0] * 500)

    assert tail.rarity(-0.5) == 0.0
    assert tail.rarity(3.0) > 1.0


def test_one_monstrous_value_does_not_blind() -> None:
    """A glitch of 1e300 is learnt as a bounded leap."""
    dice = random.Random(6)
    tail = _taught([dice.uniform(0.5, 1.0) for _ in range(2000)])
    tail.rarity(1e300)

    assert tail.rarity(50.0) > 3.0


def test_its_size_is_bounded() -> None:
    """However long the stream and however it grows."""
    tail = _taught([float(n) for n in range(5000)])

    assert len(tail.top) == LONGEST
