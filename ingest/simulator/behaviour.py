"""What each kind of asset measures on an ordinary day.

One function a kind, all alike: asset, instant and nature in, quantities out. Faults are the story's (`story`).
"""

import math
from collections.abc import Callable
from typing import Final

from ingest.simulator.dice import between, fraction, wobble
from ingest.simulator.nature import DAY_S, Nature, local_hour, sun_elevation_deg
from street.assets import Asset

Values = dict[str, float | int | bool]
Behaviour = Callable[[Asset, float, Nature], Values]

_METERED_FROM_S: Final = 1_767_225_600.0  # 2026-01-01: where the energy counters began
_BUSY: Final = {"PPL-01": 2600, "PPL-02": 1500, "PPL-03": 4200, "PPL-04": 3000, "PPL-05": 1800, "PPL-06": 2200}


def measure(asset: Asset, at_s: float, nature: Nature) -> Values:
    """Return what *asset* measures at *at_s*; nothing for a kind that has no behaviour."""
    behaviour = BEHAVIOUR.get(asset.kind)
    return behaviour(asset, at_s, nature) if behaviour else {}


def is_lit(asset: Asset, at_s: float, nature: Nature) -> bool:
    """Return whether the lamp burns: each switches at its own dusk, a few minutes apart."""
    return sun_elevation_deg(at_s) < between(-3.5, -1.5, nature.seed, asset.circuit_id or asset.asset_id, "dusk")


def _street_lamp(asset: Asset, at_s: float, nature: Nature) -> Values:
    lit = is_lit(asset, at_s, nature)
    hour = local_hour(at_s)
    brightness = (60 if hour >= 23 or hour < 5 else 100) if lit else 0
    voltage = 223 + 3 * wobble(at_s, 1800, nature.seed, asset.circuit_id, "grid") + _jitter(asset, at_s, "v", 0.4)
    power = 92 * brightness / 100 * (voltage / 223) ** 2 + _jitter(asset, at_s, "w", 0.6) if lit else 0.4
    days = (at_s - _METERED_FROM_S) / DAY_S
    return {
        "power": round(max(0.0, power), 1), "voltage": round(voltage, 1), "current": round(power / voltage / 0.97, 3),
        "energy": round(180 * fraction(nature.seed, asset.asset_id, "meter") + 0.96 * max(0.0, days), 2),
        "brightness": brightness, "switch_on": lit, "lamp_fault": False,
    }  # fmt: skip


def _waste_bin(asset: Asset, at_s: float, nature: Nature) -> Values:
    # emptied at about half past five; what people throw in follows the day
    since_h = (local_hour(at_s) - 5.5 - between(-0.4, 0.4, asset.asset_id, "round")) % 24
    size = between(38, 74, nature.seed, asset.asset_id, "busy", int((at_s + 2.5 * 3600) // DAY_S))
    filled = size * (1 - math.exp(-since_h / 9)) / (1 - math.exp(-24 / 9))
    return {
        "fill_level": round(3 + filled),
        "temperature": round(nature.temperature_c(at_s) + _jitter(asset, at_s, "t", 0.5), 1),
        **_cell_voltage(asset, at_s),
    }


def _manhole(asset: Asset, at_s: float, nature: Nature) -> Values:
    tilt = 0.8 + between(0, 1.2, asset.asset_id, "set") + _jitter(asset, at_s, "tilt", 0.15)
    depth = 0.18 + 0.12 * fraction(asset.asset_id, "pipe") + 0.05 * nature.rain_mm(at_s)
    return {"cover_open": False, "tilt": round(tilt, 1), "water_level": round(depth, 2), **_cell_voltage(asset, at_s)}


def _noise_meter(asset: Asset, at_s: float, nature: Nature) -> Values:
    place = between(-4.5, 2.5, asset.asset_id, "place")
    street = 43 + place + 13 * nature.traffic(at_s) + 5 * nature.bustle(at_s) + 0.35 * nature.wind_ms(at_s)
    laeq = street + 2.2 * wobble(at_s, 90, nature.seed, asset.asset_id, "cars") + _jitter(asset, at_s, "db", 0.8)
    peak = laeq + 5 + 5 * fraction(nature.seed, asset.asset_id, int(at_s), "peak")
    return {"noise_laeq": round(laeq, 1), "noise_lamax": round(peak, 1)}


def _air_station(asset: Asset, at_s: float, nature: Nature) -> Values:
    place = between(0.85, 1.2, asset.asset_id, "place")
    pm25 = max(2.0, nature.haze_ugm3(at_s) * place + _jitter(asset, at_s, "pm", 1.5))
    traffic = nature.traffic(at_s)
    return {
        "pm25": round(pm25), "pm10": round(pm25 * 1.55 + 8 + _jitter(asset, at_s, "pm10", 2)),
        "no2": round(14 + 38 * traffic * place + _jitter(asset, at_s, "no2", 1)),
        "o3": round(38 + 90 * nature.sunshine(at_s) - 12 * traffic),
        "so2": round(6 + 5 * place + _jitter(asset, at_s, "so2", 0.6)),
        "co": round(420 + 380 * traffic * place + 4 * pm25, -1),
        "temperature": round(nature.temperature_c(at_s) + _jitter(asset, at_s, "t", 0.3), 1),
        "humidity": round(nature.humidity_pct(at_s) + _jitter(asset, at_s, "rh", 0.8)),
    }  # fmt: skip


def _people_counter(asset: Asset, at_s: float, nature: Nature) -> Values:
    wet = 1 / (1 + 0.4 * nature.rain_mm(at_s))
    about = _BUSY.get(asset.asset_id, 1200) * nature.bustle(at_s) * wet
    return {"people_count": max(0, round(about * (1 + 0.12 * wobble(at_s, 240, nature.seed, asset.asset_id, "ebb"))))}


def _water_gauge(asset: Asset, at_s: float, nature: Nature) -> Values:
    puddle = 0.006 * nature.rain_mm(at_s) + _jitter(asset, at_s, "ripple", 0.002)
    return {"water_level": round(max(0.0, 0.004 + puddle), 3)}


def _weather_station(asset: Asset, at_s: float, nature: Nature) -> Values:
    shore = 1.25 if asset.asset_id.endswith("02") else 1.0
    temperature, humidity = nature.temperature_c(at_s), nature.humidity_pct(at_s)
    return {
        "temperature": round(temperature + _jitter(asset, at_s, "t", 0.15), 1),
        "humidity": round(humidity + _jitter(asset, at_s, "rh", 0.5)),
        "pressure": round(nature.pressure_hpa(at_s) + _jitter(asset, at_s, "p", 0.1), 1),
        "wind_speed": round(max(0.0, nature.wind_ms(at_s) * shore + _jitter(asset, at_s, "gust", 0.35)), 1),
        "wind_direction": round(nature.wind_direction_deg(at_s)) % 360,
        "rain": round(nature.rain_mm(at_s), 1),
        "dew_point": round(temperature - (100 - humidity) / 5, 1),
        "visibility": round(max(800.0, 24_000 - 160 * nature.haze_ugm3(at_s)), -2),
        "illuminance": round(80_000 * nature.sunshine(at_s)),
    }


def _tree(asset: Asset, at_s: float, nature: Nature) -> Values:
    grown = between(0.8, 4.5, asset.asset_id, "grown")
    sway = 0.006 * nature.wind_ms(at_s) ** 2 + _jitter(asset, at_s, "sway", 0.1)
    return {"tilt": round(max(0.0, grown + sway), 1), **_cell_voltage(asset, at_s)}


def _smoke_detector(asset: Asset, at_s: float, nature: Nature) -> Values:
    indoors = 18 + 0.25 * nature.temperature_c(at_s)
    return {"smoke": False, "tamper": False, "temperature": round(indoors, 1), **_battery(asset, at_s, nature)}


def _elder_button(asset: Asset, at_s: float, nature: Nature) -> Values:
    return {"button_pressed": False, **_battery(asset, at_s, nature)}


def _fire_lane(asset: Asset, at_s: float, nature: Nature) -> Values:
    width = between(380, 560, asset.asset_id, "lane") + 3 * _jitter(asset, at_s, "cm", 1)
    charge = 60 + 30 * nature.sunshine(at_s) ** 0.5  # a small panel on a wall
    return {"lane_blocked": False, "distance": round(width), "battery": round(charge)}


def _parking_bay(asset: Asset, at_s: float, nature: Nature) -> Values:
    stay_s = between(1500, 4200, asset.asset_id, "stay")
    wanted = 0.45 + 0.45 * min(1.0, nature.bustle(at_s))
    taken = fraction(nature.seed, asset.asset_id, int(at_s // stay_s), "car") < wanted
    return {"parking_occupied": taken, **_cell_voltage(asset, at_s)}


def _kerb_camera(asset: Asset, at_s: float, nature: Nature) -> Values:
    passing = 1100 * nature.traffic(at_s) * between(0.6, 1.1, asset.asset_id, "lanes")
    ebb = 1 + 0.15 * wobble(at_s, 300, nature.seed, asset.asset_id, "flow")
    return {"vehicle_count": max(0, round(passing * ebb)), "object_count": 0, "online": True}


def _camera(asset: Asset, at_s: float, nature: Nature) -> Values:
    seen = 14 * nature.bustle(at_s) * between(0.5, 1.5, asset.asset_id, "view")
    warm = 24 + nature.temperature_c(at_s) + _jitter(asset, at_s, "t", 0.4)
    return {
        "online": True, "object_count": max(0, round(seen + _jitter(asset, at_s, "seen", 1.5))),
        "lane_blocked": False, "device_temperature": round(warm, 1),
    }  # fmt: skip


def _gateway(asset: Asset, at_s: float, nature: Nature) -> Values:
    warm = 38 + 0.6 * nature.temperature_c(at_s) + _jitter(asset, at_s, "t", 0.5)
    return {"online": True, "cpu_temperature": round(warm, 1), "battery": 100}


def _jitter(asset: Asset, at_s: float, what: str, size: float) -> float:
    """Return a sensor's own restlessness, in [-size, size)."""
    return size * (2 * fraction(asset.asset_id, what, int(at_s)) - 1)


def _cell_voltage(asset: Asset, at_s: float) -> Values:
    """Return the voltage of a lithium cell that lasts for years."""
    age = (at_s / (4 * 365 * DAY_S) + fraction(asset.asset_id, "cell")) % 1
    return {"battery_voltage": round(3.62 - 0.28 * age, 2)}


def _battery(asset: Asset, at_s: float, nature: Nature) -> Values:
    age = (at_s / (2 * 365 * DAY_S) + fraction(asset.asset_id, "cell")) % 1
    link = 118 + 60 * fraction(asset.asset_id, "walls") + 8 * wobble(at_s, 7200, nature.seed, asset.asset_id, "air")
    volts = round(3.0 - 0.15 * age, 3)
    return {"battery": round(100 - 60 * age), "battery_voltage": volts, "link_quality": round(link)}


BEHAVIOUR: Final[dict[str, Behaviour]] = {
    "streetlight": _street_lamp, "waste_bin": _waste_bin, "manhole": _manhole, "noise_meter": _noise_meter,
    "air_station": _air_station, "people_counter": _people_counter, "water_level": _water_gauge,
    "weather_station": _weather_station, "tree_tilt": _tree, "smoke_detector": _smoke_detector,
    "elder_button": _elder_button, "fire_lane_sensor": _fire_lane, "parking_bay": _parking_bay,
    "curb_camera": _kerb_camera, "camera": _camera, "gateway": _gateway,
}  # fmt: skip
