"""What can go wrong on the street, and how each thing looks to the assets in it.

A plot changes what an asset measures while it lasts; `story` says where and when.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ingest.simulator.behaviour import Values

# (seconds since it began, seconds it lasts in all, what the asset would measure) -> what it measures instead
Change = Callable[[float, float, Values], Values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One thing that can go wrong.

    `step_s` is how often the assets in it speak beside their interval; 0: only when it begins and ends. `is_silent`
    keeps them from speaking at all, `is_offline` makes the broker say that they are gone.
    """

    name: str
    kind: str
    lasts_s: tuple[float, float]
    change: Change
    step_s: float = 0.0
    is_silent: bool = False
    is_offline: bool = False


def _always(**values: float | bool) -> Change:
    return lambda _since_s, _lasts_s, _values: dict(values)


def _nothing(_since_s: float, _lasts_s: float, _values: Values) -> Values:
    return {}


def _filling(since_s: float, lasts_s: float, values: Values) -> Values:
    start = float(values["fill_level"])
    return {"fill_level": round(min(104.0, start + (104 - start) * since_s / (0.4 * lasts_s)))}


def _overflowing(since_s: float, _lasts_s: float, _values: Values) -> Values:
    return {"fill_level": round(min(112.0, 101 + since_s / 240))}


def _tide(peak_m: float) -> Change:
    def change(since_s: float, lasts_s: float, values: Values) -> Values:
        rise = math.sin(math.pi * since_s / lasts_s) ** 0.6
        return {"water_level": round(float(values["water_level"]) + peak_m * rise, 3)}

    return change


def _surge(since_s: float, lasts_s: float, values: Values) -> Values:
    """Rise past the first limit within seconds and past the second half a minute later, then fall for long."""
    rise_s = 45.0
    if since_s < rise_s:
        level = 0.17 + 0.31 * (since_s / rise_s) ** 2
    else:
        level = 0.48 * max(0.0, 1 - (since_s - rise_s) / (0.95 * lasts_s - rise_s)) ** 0.8
    return {"water_level": round(float(values["water_level"]) + level, 3)}


def _leaning(since_s: float, _lasts_s: float, values: Values) -> Values:
    return {"tilt": round(max(float(values["tilt"]), 11.5 + 2.5 * (1 - math.exp(-since_s / 300))), 1)}


def _gusts(since_s: float, _lasts_s: float, values: Values) -> Values:
    return {"wind_speed": round(18.6 + 1.8 * math.sin(since_s / 37) + 0.1 * float(values["wind_speed"]), 1)}


def _loud(since_s: float, _lasts_s: float, _values: Values) -> Values:
    level = 88.4 + 2.1 * math.sin(since_s / 11)
    return {"noise_laeq": round(level, 1), "noise_lamax": round(level + 7.5, 1)}


def _smoky(_since_s: float, _lasts_s: float, values: Values) -> Values:
    return {"pm25": round(float(values["pm25"]) + 175), "pm10": round(float(values["pm10"]) + 210)}


def _crowded(since_s: float, lasts_s: float, values: Values) -> Values:
    extra = 6500 * math.sin(math.pi * min(1.0, 0.15 + 0.85 * since_s / lasts_s)) ** 0.5 + 2600
    return {"people_count": round(float(values["people_count"]) * 0.3 + extra)}


PLOTS: Final[dict[str, Plot]] = {
    plot.name: plot
    for plot in (
        Plot(
            name="circuit-out", kind="streetlight", lasts_s=(2100, 2700),
            # only what a controller can still say with the charge it has left
            change=_always(voltage=0.0, power=0.0, current=0.0, switch_on=False, brightness=0),
        ),
        Plot(name="lamp-fault", kind="streetlight", lasts_s=(1200, 2100), change=_always(lamp_fault=True, power=6.4)),
        Plot(name="bin-filling", kind="waste_bin", lasts_s=(1200, 2000), change=_filling, step_s=120),
        Plot(name="bin-overflowing", kind="waste_bin", lasts_s=(1500, 1800), change=_overflowing, step_s=300),
        Plot(name="tree-leaning", kind="tree_tilt", lasts_s=(2400, 3600), change=_leaning, step_s=300),
        Plot(name="gale", kind="weather_station", lasts_s=(500, 800), change=_gusts),
        Plot(name="lane-blocked", kind="fire_lane_sensor", lasts_s=(900, 1500),
             change=_always(lane_blocked=True, distance=112.0)),
        Plot(name="camera-sees-lane", kind="camera", lasts_s=(700, 1100), change=_always(lane_blocked=True)),
        Plot(name="flood", kind="water_level", lasts_s=(1500, 1800), change=_surge, step_s=15),
        Plot(name="tide", kind="water_level", lasts_s=(1800, 2400), change=_tide(0.24), step_s=60),
        Plot(name="manhole-open", kind="manhole", lasts_s=(700, 1200), change=_always(cover_open=True, tilt=11.0)),
        Plot(name="smoke", kind="smoke_detector", lasts_s=(240, 420), change=_always(smoke=True), step_s=60),
        Plot(name="elder-calls", kind="elder_button", lasts_s=(240, 420), change=_always(button_pressed=True)),
        Plot(name="microphone-stuck", kind="noise_meter", lasts_s=(1500, 2400),
             change=_always(noise_laeq=41.7, noise_lamax=41.7)),
        Plot(name="noise-burst", kind="noise_meter", lasts_s=(90, 170), change=_loud, step_s=15),
        Plot(name="camera-offline", kind="camera", lasts_s=(180, 480), change=_always(online=False), is_offline=True),
        Plot(name="gateway-silent", kind="gateway", lasts_s=(1500, 1800), change=_nothing, is_silent=True,
             is_offline=True),
        Plot(name="gateway-hot", kind="gateway", lasts_s=(240, 420), change=_always(cpu_temperature=88.5)),
        Plot(name="meter-silent", kind="noise_meter", lasts_s=(240, 480), change=_nothing, is_silent=True),
        Plot(name="kerb-blocked", kind="curb_camera", lasts_s=(480, 900), change=_always(object_count=2)),
        Plot(name="battery-low", kind="smoke_detector", lasts_s=(900, 1800),
             change=_always(battery=11, battery_voltage=2.61)),
        Plot(name="smoky-air", kind="air_station", lasts_s=(600, 900), change=_smoky),
        Plot(name="crowd", kind="people_counter", lasts_s=(400, 700), change=_crowded, step_s=30),
    )
}  # fmt: skip
