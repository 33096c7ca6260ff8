"""Novelty is the distance to the nearest situation met before."""

import math

from street.anomalies.contexts import LARGEST, Book


def test_the_first_is_not_new_and_the_same_again_is_not_either() -> None:
    """There is nothing to compare with, then there is no difference."""
    book = Book()

    assert [book.novelty((1.0, 2.0)), book.novelty((1.0, 2.0))] == [0.0, 0.0]


def test_novelty_is_the_distance_to_the_nearest() -> None:
    """Not to the mean: two usual situations make what lies between them new."""
    book = Book()
    book.novelty((0.0, 0.0))
    book.novelty((10.0, 0.0))

    assert book.novelty((4.0, 3.0)) == 5.0


def test_what_was_new_is_known_the_second_time() -> None:
    """A shifted level is learnt."""
    book = Book()
    for n in range(300):
        book.novelty((math.sin(n), math.cos(n)))

    assert book.novelty((9.0, 9.0)) > 10.0
    assert book.novelty((9.0, 9.0)) == 0.0


def test_repetition_does_not_fill_the_book_and_nothing_overfills_it() -> None:
    """What repeats adds nothing; what always differs drives out the oldest."""
    steady, restless = Book(), Book()
    for n in range(3000):
        steady.novelty((float(n % 2),))
        restless.novelty((1.01**n,))

    assert len(steady.points) <= 25
    assert len(restless.points) == LARGEST
