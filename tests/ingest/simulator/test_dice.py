"""Chance that can be asked again."""

from itertools import pairwise

from ingest.simulator.dice import between, choice, fraction, wobble


def test_the_same_question_gets_the_same_answer() -> None:
    """Else a back-filled yesterday would not meet today; the number is pinned so that seeds keep their street."""
    assert fraction(7, "BIN-01", 3) == fraction(7, "BIN-01", 3)
    assert round(fraction(7, "BIN-01", 3), 6) == 0.076713


def test_different_questions_get_different_answers() -> None:
    """Neighbours must not breathe in step; ("ab", "c") is not ("a", "bc")."""
    asked = {fraction(seed, name) for seed in range(10) for name in "abcdefghij"}

    assert len(asked) == 100
    assert fraction("ab", "c") != fraction("a", "bc")


def test_answers_are_spread_evenly() -> None:
    """Ten thousand answers: each tenth of the range gets about a thousand."""
    tenths = [0] * 10
    for number in range(10_000):
        tenths[int(fraction("spread", number) * 10)] += 1

    assert all(900 < count < 1100 for count in tenths)


def test_a_range_and_a_choice_stay_inside() -> None:
    """The ends belong to nobody else."""
    assert all(-3 <= between(-3, 5, number) < 5 for number in range(1000))
    assert {choice(("a", "b", "c"), number) for number in range(100)} == {"a", "b", "c"}


def test_a_wobble_is_smooth_and_bounded() -> None:
    """A temperature does not jump: within a hundredth of its period it moves by a few hundredths at most."""
    curve = [wobble(step, 100, "t") for step in range(2000)]

    assert all(-1 <= value <= 1 for value in curve)
    assert max(abs(b - a) for a, b in pairwise(curve)) < 0.04
    assert max(curve) - min(curve) > 0.8
