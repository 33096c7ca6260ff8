"""What quantities accept, and how other units become ours."""

import math

import pytest

from ingest.quantities import canonical, number, reading, scalar, truth
from ingest.refusals import RefusedError


@pytest.mark.parametrize("value", [7, 7.5, -(2**63), 2**63 - 1])
def test_a_number_stays_itself(value: float) -> None:
    """Integers stay exact."""
    assert number(value, "x") == value
    assert type(number(value, "x")) is type(value)


def test_minus_zero_becomes_zero() -> None:
    """On a screen −0 looks like a mistake."""
    assert math.copysign(1, number(-0.0, "x")) == 1


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (True, "type"),
        ("5", "type"),
        (None, "type"),
        ([5], "type"),
        (2**63, "range"),
        (-(2**63) - 1, "range"),
        (1e19, "range"),
    ],
)
def test_what_is_no_number_is_refused(value: object, code: str) -> None:
    """True is an integer in Python; text is never turned into a number."""
    with pytest.raises(RefusedError) as caught:
        number(value, "x")

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), (0, False), (1.0, True), ("ON", True), ("off", False), ("true", True)]
)
def test_truth_has_several_spellings(value: object, expected: bool) -> None:
    """The decode contract names them."""
    assert truth(value, "x") is expected


@pytest.mark.parametrize(
    ("value", "code"), [(2, "type"), (0.5, "type"), ("open?", "enum"), ([], "type"), (None, "type")]
)
def test_anything_else_is_no_truth(value: object, code: str) -> None:
    """Half true does not exist."""
    with pytest.raises(RefusedError) as caught:
        truth(value, "x")

    assert caught.value.code == code


def test_a_value_of_an_unknown_quantity_is_a_number_or_a_truth() -> None:
    """Words are not stored as values."""
    assert scalar(False, "x") is False
    assert scalar(3, "x") == 3
    with pytest.raises(RefusedError, match="type"):
        scalar("three", "x")


@pytest.mark.parametrize(
    ("value", "unit", "ours", "expected"),
    [
        (2935, "mV", "V", (2.935, "V")),
        (50, "°F", "°C", (10, "°C")),
        (101.5, "kPa", "hPa", (1015, "hPa")),
        (760, "mmHg", "hPa", (1013.25, "hPa")),
        (36, "km/h", "m/s", (10, "m/s")),
        (5, "ug/m3", "µg/m³", (5, "µg/m³")),
        (5, None, "°C", (5, "°C")),
        (5, "furlong", "m", (5, "furlong")),
        (5, "x", None, (5, "x")),
    ],
)
def test_a_foreign_unit_becomes_ours_where_a_way_leads_there(
    value: float, unit: str | None, ours: str | None, expected: tuple[float, str | None]
) -> None:
    """Worked by hand; a unit nobody knows stays beside its value."""
    got, kept = canonical(value, unit, ours)

    assert (got, kept) == (pytest.approx(expected[0], abs=0.005), expected[1])


def test_null_is_a_gap_and_never_zero() -> None:
    """The unit is still known."""
    gap = reading("humidity", None, "humidity")

    assert (gap.value, gap.unit, gap.quality) == (None, "%", "missing")


def test_open_and_closed_are_words_of_the_quantity() -> None:
    """A contact is closed when its door is."""
    assert reading("cover_open", "open", "lid").value is True
    assert reading("contact_closed", "closed", "door").value is True
