"""What makers call things."""

import pytest

from ingest.field_names import identify, identify_sentence, identify_unit, numbered, snake


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


@pytest.mark.parametrize(
    ("name", "quantity"),
    [("TempC_SHT", "temperature"), ("Hum_SHT", "humidity"), ("BatV", "battery_voltage"), ("ILL_lx", "illuminance")],
)
def test_a_well_known_makers_names_are_ours(name: str, quantity: str) -> None:
    """Half the LoRaWAN sensors on a street are of one maker."""
    assert identify(name)[0] == quantity


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("Air Temperature, north", "temperature"),
        ("Air Temperature", "temperature"),
        ("街角噪声 LAeq", "noise_laeq"),
        ("outdoor humidity of pole 3", "humidity"),
        ("t", "temperature"),
        ("a t b", None),
        ("江苏路", None),
        ("", None),
    ],
)
def test_a_title_may_name_a_quantity(text: str, quantity: str | None) -> None:
    """As a whole, or by one of its words; a single letter among others says nothing."""
    assert identify_sentence(text) == quantity


@pytest.mark.parametrize(
    ("unit", "quantity"), [("°C", "temperature"), ("dB(A)", "noise_laeq"), ("%", None), (None, None)]
)
def test_a_unit_alone_says_what_is_nearly_always_meant(unit: str | None, quantity: str | None) -> None:
    """A percentage could be anything."""
    assert identify_unit(unit) == quantity


def test_a_flood_of_names_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered about names is bounded, and long ones are not remembered at all."""
    monkeypatch.setattr("ingest.field_names._REMEMBERED", 10)

    names = [f"name_{n}" for n in range(50)] + ["x" * 1000]

    assert [identify(name)[0] for name in names] == names
