"""Sun, weather and the rhythm of people: what many assets feel at the same time.

Times are seconds since 1970 UTC; the street lies at 36.07° N 120.33° E, its clock is UTC+8 all year.
"""

import math
from dataclasses import dataclass
from typing import Final

from ingest.simulator.dice import wobble

LAT: Final = 36.067
LON: Final = 120.326
HOUR_S: Final = 3600.0
DAY_S: Final = 86_400.0
ZONE_S: Final = 8 * HOUR_S


def local_hour(at_s: float) -> float:
    """Return the hour on the street's clock [0, 24)."""
    return (at_s + ZONE_S) % DAY_S / HOUR_S


def day_of_year(at_s: float) -> float:
    """Return days since the last 1 January, good to a day or two: enough for seasons."""
    return (at_s + ZONE_S) / DAY_S % 365.2425


def is_weekend(at_s: float) -> bool:
    """Return whether it is Saturday or Sunday on the street's clock."""
    return (int((at_s + ZONE_S) // DAY_S) + 3) % 7 >= 5


def sun_elevation_deg(at_s: float) -> float:
    """Return how high the sun stands [°], below 0 under the horizon; good to about a degree."""
    declination = math.radians(-23.44 * math.cos(2 * math.pi * (day_of_year(at_s) + 10) / 365.25))
    turn = 2 * math.pi * (day_of_year(at_s) - 81) / 365.25
    ahead_min = 9.87 * math.sin(2 * turn) - 7.53 * math.cos(turn) - 1.5 * math.sin(turn)  # the equation of time
    hour_angle = math.radians(at_s % DAY_S / DAY_S * 360 + ahead_min / 4 + LON - 180)
    lat = math.radians(LAT)
    sine = math.sin(lat) * math.sin(declination) + math.cos(lat) * math.cos(declination) * math.cos(hour_angle)
    return math.degrees(math.asin(sine))


def _peak(hour: float, centre: float, width: float) -> float:
    away = min(abs(hour - centre), 24 - abs(hour - centre))
    return math.exp(-0.5 * (away / width) ** 2)


@dataclass(frozen=True, slots=True)
class Nature:
    """The weather and rhythm of one seed."""

    seed: int

    def bustle(self, at_s: float) -> float:
        """Return how many people are about, 0 to about 1: work days have two peaks, week-ends one long afternoon."""
        hour = local_hour(at_s)
        if is_weekend(at_s):
            return 0.03 + 0.9 * _peak(hour, 15.5, 3.6) + 0.25 * _peak(hour, 20, 1.5)
        return 0.03 + 0.6 * _peak(hour, 8, 1.2) + 0.45 * _peak(hour, 12.5, 2.2) + 0.75 * _peak(hour, 18, 1.8)

    def traffic(self, at_s: float) -> float:
        """Return how much traffic there is, 0 to about 1."""
        hour = local_hour(at_s)
        rush = 0.4 if is_weekend(at_s) else 0.75
        return 0.05 + rush * _peak(hour, 8, 1.3) + rush * _peak(hour, 18, 1.6) + 0.42 * _peak(hour, 13, 4.2)

    def temperature_c(self, at_s: float) -> float:
        """Return the air's temperature [°C]."""
        season = 13.2 + 12.6 * math.sin(2 * math.pi * (day_of_year(at_s) - 113) / 365.25)
        day = 3.2 * math.cos(2 * math.pi * (local_hour(at_s) - 14.5) / 24)
        return season + day + 3.5 * wobble(at_s, 3 * DAY_S, self.seed, "warmth")

    def wind_ms(self, at_s: float) -> float:
        """Return the wind's speed [m/s], about 1 to 9."""
        slow = 4.2 + 2.6 * wobble(at_s, 7 * HOUR_S, self.seed, "wind")
        return max(0.3, slow + 1.2 * wobble(at_s, 400, self.seed, "gust"))

    def wind_direction_deg(self, at_s: float) -> float:
        """Return where the wind comes from [°]."""
        slow = 200 + 150 * wobble(at_s, 9 * HOUR_S, self.seed, "vane")
        return (slow + 12 * wobble(at_s, 300, self.seed, "flag")) % 360

    def rain_mm(self, at_s: float) -> float:
        """Return the rain of the last hour [mm], mostly 0."""
        return max(0.0, wobble(at_s, 8 * HOUR_S, self.seed, "rain") - 0.62) * 22

    def humidity_pct(self, at_s: float) -> float:
        """Return the relative humidity [%]."""
        day = -9 * math.cos(2 * math.pi * (local_hour(at_s) - 14.5) / 24)
        wet = 66 + 14 * wobble(at_s, 20 * HOUR_S, self.seed, "humid") + day
        return min(99.0, max(18.0, wet + 4 * self.rain_mm(at_s)))

    def sunshine(self, at_s: float) -> float:
        """Return how much light falls, 0 by night to 1 under a sun at the zenith."""
        clear = 0.75 + 0.25 * wobble(at_s, 5 * HOUR_S, self.seed, "cloud")
        return max(0.0, math.sin(math.radians(sun_elevation_deg(at_s)))) * clear

    def pressure_hpa(self, at_s: float) -> float:
        """Return the pressure at sea level [hPa]."""
        season = 1016 + 8 * math.cos(2 * math.pi * (day_of_year(at_s) - 10) / 365.25)
        return season + 9 * wobble(at_s, 2.5 * DAY_S, self.seed, "pressure")

    def haze_ugm3(self, at_s: float) -> float:
        """Return the fine dust that lies over the whole street [µg/m³]."""
        slow = 42 + 26 * wobble(at_s, 1.5 * DAY_S, self.seed, "haze")
        return max(4.0, slow + 14 * self.traffic(at_s) - 2.2 * self.wind_ms(at_s) - 2 * self.rain_mm(at_s))
