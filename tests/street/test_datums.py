"""Positions of four datums become WGS84 once."""

import pytest

from street.datums import Datum, to_wgs84
from street.places import distance_m


@pytest.mark.parametrize(
    ("datum", "lon", "lat"),
    [
        pytest.param(Datum.WGS84, 120.324, 36.065, id="WGS84"),
        pytest.param(Datum.CGCS2000, 120.324, 36.065, id="CGCS2000"),
        pytest.param(Datum.GCJ02, 120.329059, 36.065184, id="GCJ-02"),
        pytest.param(Datum.BD09, 120.335559, 36.071165, id="BD-09"),
    ],
)
def test_the_pinned_point_comes_back_within_ten_centimetres(datum: Datum, lon: float, lat: float) -> None:
    """DOMAIN 2.9: the same corner of Jiangsu Road as three maps show it; the pins have six decimals, 11 cm."""
    assert distance_m(*to_wgs84(lon, lat, datum), 120.324, 36.065) < 0.12


@pytest.mark.parametrize(
    ("datum", "shift_m"), [pytest.param(Datum.GCJ02, 455.7, id="GCJ-02"), pytest.param(Datum.BD09, 1244.9, id="BD-09")]
)
def test_a_datum_taken_for_another_is_off_by_what_the_table_says(datum: Datum, shift_m: float) -> None:
    """Otherwise nothing would be converted at all."""
    pinned = {Datum.GCJ02: (120.329059, 36.065184), Datum.BD09: (120.335559, 36.071165)}[datum]

    assert distance_m(*to_wgs84(*pinned, datum), *pinned) == pytest.approx(shift_m, rel=0.002)  # sphere for ellipsoid


def test_a_position_has_seven_decimals() -> None:
    """A centimetre; a spreadsheet keeps them all."""
    assert to_wgs84(120.12345678901, 36.98765432109, Datum.WGS84) == (120.1234568, 36.9876543)
