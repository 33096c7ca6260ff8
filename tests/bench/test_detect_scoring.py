"""The scoring, by numbers worked by hand from the published rules."""

import pytest

from bench.detect_scoring import judge, worth

ROWS = 100
WINDOW = (50, 59)


def _at(*rows: int) -> list[float]:
    return [1.0 if row in rows else 0.0 for row in range(ROWS)]


def test_silence_is_nothing_and_the_first_rows_of_all_windows_are_perfect() -> None:
    """The two ends of the scale."""
    assert judge([(_at(), [WINDOW], 15)]).score == 0.0
    assert judge([(_at(50), [WINDOW], 15), (_at(), [], 15)]).score == pytest.approx(100.0)


def test_a_late_find_is_worth_less() -> None:
    """The middle of the window: 2/(1+e^-2.5) - 1 = 0.848 of 0.987; with the miss that is saved, 93 of 100."""
    assert judge([(_at(55), [WINDOW], 15)]).score == pytest.approx(92.99, abs=0.02)


def test_only_the_first_find_in_a_window_counts() -> None:
    """An incident that is told again costs nothing and brings nothing."""
    assert judge([(_at(50, 53, 58), [WINDOW], 15)]).score == pytest.approx(100.0)


def test_a_false_alarm_costs_eleven_hundredths() -> None:
    """Before any window in full: 0.11 of the 2 that lie between silence and perfection."""
    assert judge([(_at(30, 50), [WINDOW], 15)]).score == pytest.approx(100 - 5.5, abs=0.01)


def test_a_false_alarm_just_behind_a_window_costs_less() -> None:
    """One row behind it, 1/9 of its width: 2/(1+e^0.556) - 1 = -0.271."""
    assert judge([(_at(50, 60), [WINDOW], 15)]).score == pytest.approx(100 - 5.5 * 0.271, abs=0.01)


def test_probation_counts_neither_way() -> None:
    """There a detector may still learn."""
    assert judge([(_at(3, 4, 5, 50), [WINDOW], 15)]).score == pytest.approx(100.0)


def test_one_threshold_serves_all_streams_and_is_the_best_one() -> None:
    """At 0.4 both windows are found for one false alarm; at 0.9 one is missed."""
    loud = [0.9 if row == 50 else 0.0 for row in range(ROWS)]
    quiet = [0.4 if row in {20, 50} else 0.0 for row in range(ROWS)]

    judged = judge([(loud, [WINDOW], 15), (quiet, [WINDOW], 15)])

    assert (judged.threshold, judged.found, judged.missed, judged.false) == (0.4, 2, 0, 1)
    assert judged.score == pytest.approx(100 - 5.5 / 2, abs=0.01)


def test_worth_falls_from_one_edge_to_the_other_and_below() -> None:
    """+0.987 at the left edge, 0 at the right one, -1 far behind."""
    assert [worth(-1.0), worth(0.0), worth(5.0)] == pytest.approx([0.9866, 0.0, -1.0], abs=0.0001)
