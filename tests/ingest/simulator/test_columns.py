"""The form of a recorded file."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.simulator.columns import Column, Form, column_of, form_of
from street.clock import STREET_ZONE
from street.errors import ConfigError


def form(tmp_path: Path, header: str, *, about: object = None, zone: str | None = None) -> Form:
    """The form of a file with this header, and this entry in its index."""
    if about is not None:
        (tmp_path / "index.json").write_text(json.dumps({"streams/x.csv.gz": about}), encoding="utf-8")
    return form_of(tmp_path / "x.csv.gz", header.split(","), zone)


def test_the_index_says_all(tmp_path: Path) -> None:
    """Names, units, zone and interval; columns it does not name are left out."""
    about = {
        "time_column": "when", "tz": "Europe/Dublin", "device_column": "who", "interval_s": 3600,
        "metrics": {"laeq": ["noise_laeq", "dB(A)"], "wdsp": ["wind_speed", "kn"], "gone": ["rain", "mm"]},
    }  # fmt: skip
    got = form(tmp_path, "when,who,laeq,wdsp,mood", about=about)

    assert (got.time_column, got.device_column, got.zone) == ("when", "who", ZoneInfo("Europe/Dublin"))
    assert (got.interval_s, got.is_long, got.is_zone_assumed) == (3600, False, False)
    assert {name: column.quantity for name, column in got.columns.items()} == {
        "laeq": "noise_laeq",
        "wdsp": "wind_speed",
    }


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("time_local,device,PM2.5,PM10,CO,TEMP,wd", ["pm25", "pm10", "co", "temperature"]),
        ("time_local,device,laeq", ["noise_laeq"]),
        ("time,device,count", ["people_count"]),
        ("time_local,device,capacity,occupancy", ["capacity", "occupied"]),
        ("time_local,device,traffic_volume,temp,rain_1h,holiday", ["vehicle_count", "temperature", "rain"]),
        ("minute,device,power,voltage", ["power", "voltage"]),
        ("time_local,device,name,lat,lon,fill_level,fill_threshold,status", ["fill_level", "fill_threshold"]),
    ],
)
def test_without_an_index_the_header_tells(tmp_path: Path, header: str, expected: list[str]) -> None:
    """Texts and places are no measurements."""
    assert [column.quantity for column in form(tmp_path, header).columns.values()] == expected


@pytest.mark.parametrize(
    ("header", "zone", "expected", "is_assumed"),
    [
        ("time,count", None, ZoneInfo("UTC"), False),
        ("time_local,count", None, STREET_ZONE, True),
        ("time_local,count", "Europe/Dublin", ZoneInfo("Europe/Dublin"), False),
        ("minute,power", None, None, False),
    ],
)
def test_a_zone_is_known_given_or_assumed(
    tmp_path: Path, header: str, zone: str | None, expected: ZoneInfo | None, is_assumed: bool
) -> None:
    """An assumption is told to who replays."""
    got = form(tmp_path, header, zone=zone)

    assert (got.zone, got.is_zone_assumed) == (expected, is_assumed)


def test_a_long_form_is_recognised(tmp_path: Path) -> None:
    """One value a row, its quantity and unit beside it."""
    assert form(tmp_path, "time,device,metric,value,unit").is_long
    assert form(
        tmp_path, "time,device,metric,value,unit", about={"time_column": "time", "tz": "UTC", "long": True}
    ).is_long


@pytest.mark.parametrize(
    ("quantity", "unit", "value", "expected"),
    [
        ("temperature", "K", 280.75, 7.6),
        ("wind_speed", "kn", 10, 5.14),
        ("co", "µg/m³", 1400, None),
        ("people_count", "1/h", 64, None),
        ("wind_direction", "°", 260, None),
        ("pressure", "hPa", 996.6, None),
        ("water_level", "cm", 42, 0.42),
    ],
)
def test_units_become_ours(quantity: str, unit: str, value: float, expected: float | None) -> None:
    """None: the number is right as it is. 10 knots are 18,520 m an hour; 280.75 K are 7.60 °C."""
    convert = column_of(quantity, unit).convert

    assert (convert(value) if convert else None) == expected


def test_what_we_do_not_know_keeps_its_unit() -> None:
    """Sunshine hours are stored under their own name."""
    assert column_of("sunshine", "h") == Column("sunshine", "h")


@pytest.mark.parametrize(
    ("header", "about", "zone", "complaint"),
    [
        ("a,b", None, None, "no column of time"),
        ("time,b", {"time_column": "when"}, None, "no column of time"),
        ("time_local,b", None, "Mars/Olympus", "unknown time zone 'Mars/Olympus'"),
        ("time_local,b", None, "../etc/passwd", "unknown time zone"),
        ("time,b", ["not", "a", "mapping"], None, "not an index of recordings"),
    ],
)
def test_a_form_that_cannot_be_is_told(
    tmp_path: Path, header: str, about: object, zone: str | None, complaint: str
) -> None:
    """With the file's name."""
    with pytest.raises(ConfigError, match=complaint):
        form(tmp_path, header, about=about, zone=zone)
