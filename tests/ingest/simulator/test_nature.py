"""Sun, weather and rhythm: checked against the almanac and common sense."""

from datetime import UTC, datetime

import pytest

from ingest.simulator.nature import DAY_S, Nature, is_weekend, local_hour, sun_elevation_deg


def at(text: str) -> float:
    """Seconds of a local time in Qingdao."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC).timestamp()


@pytest.mark.parametrize(
    ("sunrise", "sunset"),
    [
        pytest.param("2026-06-21T04:42", "2026-06-21T19:21", id="longest day"),
        pytest.param("2026-12-21T07:06", "2026-12-21T16:45", id="shortest day"),
        pytest.param("2026-03-20T06:02", "2026-03-20T18:09", id="equinox"),
    ],
)
def test_lamps_know_when_it_is_dark(sunrise: str, sunset: str) -> None:
    """Qingdao's almanac: at these times its upper edge touches the horizon, its centre 0.83° below; to 1.5°."""
    assert abs(sun_elevation_deg(at(sunrise)) + 0.83) < 1.5
    assert abs(sun_elevation_deg(at(sunset)) + 0.83) < 1.5
    assert sun_elevation_deg(at(sunrise) + 3600) > 5
    assert sun_elevation_deg(at(sunset) + 3600) < -5


def test_the_clock_is_the_street_s() -> None:
    """Noon UTC is eight in the evening; Saturday begins at 16:00 UTC on Friday."""
    assert local_hour(at("2026-11-24T20:00")) == 20
    assert is_weekend(at("2026-11-28T00:30"))
    assert not is_weekend(at("2026-11-27T23:30"))
    assert not is_weekend(at("2026-11-30T00:30"))


def test_people_keep_hours() -> None:
    """Rush hour is busier than four in the morning, whatever the seed."""
    for seed in range(5):
        nature = Nature(seed)
        assert nature.bustle(at("2026-11-24T18:00")) > 8 * nature.bustle(at("2026-11-24T04:00"))
        assert nature.traffic(at("2026-11-24T08:00")) > 4 * nature.traffic(at("2026-11-24T03:00"))


def test_a_year_of_weather_is_believable() -> None:
    """Qingdao: frost but no Siberia, heat but no desert; mostly dry; wind below a gale (that is the story's)."""
    nature = Nature(7)
    hours = [at("2026-01-01T00:00") + 3600 * hour for hour in range(0, 8760, 3)]
    temperature = [nature.temperature_c(hour) for hour in hours]
    rain = [nature.rain_mm(hour) for hour in hours]

    assert -12 < min(temperature) < 0
    assert 25 < max(temperature) < 38
    assert 0.01 < sum(amount > 0 for amount in rain) / len(rain) < 0.25
    assert all(0 < nature.wind_ms(hour) < 13 for hour in hours)
    assert all(18 <= nature.humidity_pct(hour) <= 99 for hour in hours)
    assert all(990 < nature.pressure_hpa(hour) < 1045 for hour in hours)
    assert all(4 <= nature.haze_ugm3(hour) < 115 for hour in hours)
    assert all(0 <= nature.sunshine(hour) <= 1 for hour in hours)


def test_another_seed_is_another_street() -> None:
    """Two demos side by side should not look alike; the same seed should."""
    moment = at("2026-11-24T12:00")

    assert Nature(1).temperature_c(moment) == Nature(1).temperature_c(moment)
    assert Nature(1).temperature_c(moment) != Nature(2).temperature_c(moment + DAY_S)
