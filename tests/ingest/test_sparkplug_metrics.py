"""One metric by its declared type."""

from typing import Any

import pytest

from ingest.refusals import RefusedError
from ingest.sparkplug_form import Payload
from ingest.sparkplug_metrics import reading_of, value_of, whole_of


def _metric(**fields: Any) -> Any:
    return Payload().metrics.add(**fields)


@pytest.mark.parametrize(
    ("datatype", "fields", "value"),
    [
        (1, {"int_value": 255}, -1),
        (2, {"int_value": 65_531}, -5),
        (3, {"int_value": 4_294_967_291}, -5),
        (4, {"long_value": 2**64 - 5}, -5),
        (7, {"int_value": 4_294_967_291}, 4_294_967_291),
        (8, {"long_value": 2**53 + 1}, 2**53 + 1),
        (9, {"float_value": 6.7}, 6.7),
        (10, {"double_value": 0.1}, 0.1),
        (11, {"boolean_value": True}, True),
        (11, {"int_value": 1}, True),
        (12, {"string_value": "泵"}, "泵"),
        (13, {"long_value": 5}, 5),
        (9, {"float_value": float("nan")}, None),
        (10, {"double_value": float("-inf")}, None),
    ],
)
def test_the_declared_type_says_what_the_bits_mean(datatype: int, fields: dict[str, Any], value: object) -> None:
    """Two's complement for signed ones, also where one byte is sent as four."""
    got = value_of(_metric(**fields), datatype)

    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize(
    ("datatype", "fields", "code"),
    [(16, {}, "type"), (8, {"long_value": 2**64 - 1}, "range"), (12, {"string_value": "a\u202eb"}, "charset")],
)
def test_what_can_be_no_reading_is_refused(datatype: int, fields: dict[str, Any], code: str) -> None:
    """A data set; more than a store holds; text that reorders."""
    with pytest.raises(RefusedError) as refused:
        value_of(_metric(**fields), datatype)

    assert refused.value.code == code


@pytest.mark.parametrize(("code", "quality"), [(0, "bad"), (192, None), (500, "stale")])
def test_quality_is_told(code: int, quality: str | None) -> None:
    """By a property of its own."""
    metric = _metric(float_value=1)
    metric.properties.keys.append("Quality")
    metric.properties.values.add(type=3, int_value=code)

    assert reading_of(metric, "Level", 1.0, None).quality == quality


@pytest.mark.parametrize(
    ("name", "quantity", "unit", "path"),
    [
        ("Level", "water_level", "m", "Level"),
        ("Node/CPU Temp", "cpu_temperature", "°C", "Node/CPU Temp"),
        ("Air/Temperature", "temperature", "°C", "Air/Temperature"),
        ("Fault Code", "Fault Code", None, "Fault Code"),
        ("Properties/OS", "Properties/OS", None, None),
    ],
)
def test_a_name_is_ours_or_its_own(name: str, quantity: str, unit: str | None, path: str | None) -> None:
    """The last level tells what it is."""
    one = reading_of(_metric(float_value=1), name, 1.0, 7)

    assert (one.quantity, one.unit, one.path, one.time_us) == (quantity, unit, path, 7)


def test_whole_numbers_come_in_two_widths() -> None:
    """`bdSeq` is long, or not."""
    assert (whole_of(_metric(long_value=3)), whole_of(_metric(int_value=4)), whole_of(_metric())) == (3, 4, 0)
