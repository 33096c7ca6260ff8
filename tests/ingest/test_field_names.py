"""What makers call things."""

import pytest

from ingest.field_names import identify, numbered, snake


@pytest.mark.parametrize(
    ("name", "parent", "expected"),
    [
        ("temperature", "", ("temperature", None)),
        ("relativeHumidity", "air", ("humidity", None)),
        ("battery_v", "", ("battery_voltage", "V")),
        ("BatV", "", ("battery_voltage", "V")),
        ("power_w", "", ("power", "W")),
        ("temperature_f", "", ("temperature", "°F")),
        ("voltage", "battery", ("battery_voltage", None)),
        ("speed", "wind", ("wind_speed", None)),
        ("temperature", "soil", ("soil_temperature", None)),
        ("temperature", "payload", ("temperature", None)),
        ("snr_db", "", ("snr", None)),
        ("pm2.5", "", ("pm25", None)),
        ("Fault Code", "", ("Fault Code", None)),
        ("c", "", ("c", None)),
        ("switch_on_count", "", ("switch_on_count", None)),
        ("co_2", "", ("co2", None)),
        ("pm_10", "", ("pm10", None)),
        ("max", "humidity", ("humidity_max", "%")),
        ("min", "battery_mv", ("battery_voltage_min", "mV")),
        ("max", "window", ("max", None)),
    ],
)
def test_a_makers_name_leads_to_our_quantity(name: str, parent: str, expected: tuple[str, str | None]) -> None:
    """A name that nobody knows is kept as it is."""
    assert identify(name, parent) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("temperature_1", ("temperature", None, "1")),
        ("relative_humidity_12", ("humidity", None, "12")),
        ("battery_mv_2", ("battery_voltage", "mV", "2")),
        ("analog_in_3", ("analog_in_3", None, None)),
        ("temperature", ("temperature", None, None)),
        ("temperature_1234", ("temperature_1234", None, None)),
        ("temperature_１", ("temperature_１", None, None)),
    ],
)
def test_a_number_at_the_end_is_a_channel(name: str, expected: tuple[str, str | None, str | None]) -> None:
    """Cayenne LPP names its values so."""
    assert numbered(name) == expected


def test_names_are_compared_in_snake_case() -> None:
    """Makers write as they like."""
    assert [snake(name) for name in ("relativeHumidity", "PM 2.5", "fill-level")] == [
        "relative_humidity",
        "pm_2_5",
        "fill_level",
    ]
