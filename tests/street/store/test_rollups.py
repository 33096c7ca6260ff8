"""Folding a batch into buckets, worked by hand."""

import pytest

from street.errors import StoreError
from street.store.rollups import area_rows, count, fold_hours, hour_rows, minute_rows
from street.store.series import Series

PLACES = {number: Series(number, f"n-{number}", "noise", "c") for number in (1, 2)}


def test_values_fold_into_minutes_hours_and_areas() -> None:
    """Two series of one area over two hours; the last value is the one with the newest time, not the last to come."""
    minutes: dict[tuple[int, int], list[float]] = {}
    for series_id, minute, value, at_us in ((1, 60, 5.0, 30), (1, 60, 9.0, 10), (1, 61, 1.0, 70), (2, 120, 7.0, 5)):
        count(minutes, (series_id, minute), value, at_us)
    hours = fold_hours(minutes)

    assert minute_rows(minutes) == [
        (20, 1, 60, 2, 5.0, 9.0, 14.0, 30, 5.0),
        (20, 1, 61, 1, 1.0, 1.0, 1.0, 70, 1.0),
        (40, 2, 120, 1, 7.0, 7.0, 7.0, 5, 7.0),
    ]
    assert hour_rows(hours) == [(1, 1, 3, 1.0, 9.0, 15.0, 70, 1.0), (2, 2, 1, 7.0, 7.0, 7.0, 5, 7.0)]
    assert area_rows(hours, PLACES) == [
        ("noise", 1, "c", 3, 1.0, 9.0, 15.0),
        ("noise", 2, "c", 1, 7.0, 7.0, 7.0),
    ]


def test_series_of_one_area_add_up() -> None:
    """An area's hour counts readings, not assets."""
    hours = {(1, 1): [1, 4.0, 4.0, 4.0, 9, 4.0], (1, 2): [2, 1.0, 8.0, 9.0, 20, 1.0]}

    assert area_rows(hours, PLACES) == [("noise", 1, "c", 3, 1.0, 8.0, 13.0)]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_never_enters_a_sum(value: float) -> None:
    """It would spoil its bucket for ever."""
    minutes = {(1, 60): [1, value, value, value, 0, value]}

    with pytest.raises(StoreError):
        minute_rows(minutes)
