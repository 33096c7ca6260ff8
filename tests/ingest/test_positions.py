"""Positions from outside."""

import pytest

from ingest.positions import is_outside, position
from ingest.refusals import RefusedError


def test_a_position_keeps_its_accuracy() -> None:
    """Metres, where the source tells them."""
    assert position(36.06, 120.32, "gps", 80).value == {"lat": 36.06, "lon": 120.32, "accuracy_m": 80}
    assert position(36, 120, None, "80").value == {"lat": 36, "lon": 120}


@pytest.mark.parametrize(
    ("lat", "lon", "reason"),
    [
        (120.3, 36.06, "lat"),
        (36, 180.5, "lon"),
        ("36", 120, "two numbers"),
        (True, 120, "two numbers"),
        (36, None, "two"),
    ],
)
def test_a_point_that_is_nowhere_is_refused(lat: object, lon: object, reason: str) -> None:
    """Swapped latitude and longitude, usually."""
    with pytest.raises(RefusedError, match=reason):
        position(lat, lon, None)


@pytest.mark.parametrize(("lat", "code"), [("36", "type"), (True, "type"), (None, "type"), (91, "geo-range")])
def test_what_is_no_number_differs_from_what_is_off_the_globe(lat: object, code: str) -> None:
    """A string or true is never taken for a number, nor called a place."""
    with pytest.raises(RefusedError) as refused:
        position(lat, 120.32, None)
    assert refused.value.code == code


def test_the_district_knows_its_own() -> None:
    """0, 0 is a receiver without a fix."""
    assert not is_outside(36.066, 120.326)
    assert is_outside(0, 0)
    assert is_outside(36.066, 121)
