"""Readings: one value of one quantity of one asset at one instant, and what a message may be refused for."""

from enum import IntFlag
from typing import Final, NamedTuple

from street.clock import MINUTE_US

LATE_US: Final = 10 * MINUTE_US  # what was true longer ago when it arrives, by its own stamp, is late


class Flag(IntFlag):
    """What a person must know beside a value. 0 means nothing to add."""

    ASSUMED_TIME = 1  # the source gave no usable time: the arrival time stands in
    CLOCK_SKEW = 2  # the source's clock is more than 120 s wrong: ahead of ours, or steadily behind
    LATE = 4  # more than 10 min old when it arrived: history, no alarm unless it may be a wrong clock's and is grave
    RETAINED = 8  # the broker's stored copy: a state, never an event or an alarm
    IMPLAUSIBLE = 16  # outside the plausible range: kept, shown as such, out of alarms and averages
    MISSING = 32  # the sensor says it has no value; `value` is None
    SIMULATED = 64  # the network server marked the uplink as simulated: never real
    HISTORY = 128  # older than 30 days: never moves the live value
    STUCK = 256  # has hardly moved for longer than its quantity can stand still
    JUMPING = 512  # further from the last one than its quantity can move in between
    REPEATED = 1024  # good itself; the source has sent the one before more than once under one stamp


# A reading with any of these never raises or clears an alarm.
NOT_LIVE: Final = (
    Flag.LATE | Flag.RETAINED | Flag.IMPLAUSIBLE | Flag.MISSING | Flag.SIMULATED | Flag.HISTORY
    | Flag.STUCK | Flag.JUMPING
)  # fmt: skip
# A reading with any of these does not enter counts, averages, minima and maxima.
NOT_COUNTED: Final = Flag.IMPLAUSIBLE | Flag.MISSING | Flag.SIMULATED | Flag.STUCK | Flag.JUMPING


class Reading(NamedTuple):
    """One value on its way to the store.

    `value` is a finite float (a boolean is 1.0 or 0.0), or None with `Flag.MISSING`.
    `at_us` is when it was true at the source, `received_us` when it reached us [µs UTC].
    """

    asset_id: str
    quantity: str
    at_us: int
    received_us: int
    value: float | None
    flags: int = 0


# Canonical quantities and their units. A quantity that is not here is kept with unit None.
UNITS: Final[dict[str, str | None]] = {
    "temperature": "°C", "device_temperature": "°C", "cpu_temperature": "°C", "dew_point": "°C",
    "soil_moisture": "%", "soil_temperature": "°C", "water_temperature": "°C",
    "humidity": "%", "pressure": "hPa", "illuminance": "lx",
    "noise_laeq": "dB(A)", "noise_lamax": "dB(A)", "noise_las": "dB(A)", "audio_level": "dBFS",
    "pm1": "µg/m³", "pm25": "µg/m³", "pm10": "µg/m³", "no2": "µg/m³", "so2": "µg/m³", "o3": "µg/m³",
    "co": "µg/m³", "co2": "ppm", "tvoc": "ppb",
    "wind_speed": "m/s", "wind_direction": "°", "rain": "mm", "snow": "mm", "visibility": "m",
    "battery": "%", "battery_voltage": "V", "link_quality": "lqi", "rssi": "dBm", "snr": "dB", "link_margin": "dB",
    "power": "W", "apparent_power": "VA", "reactive_power": "var", "energy": "kWh",
    "energy_returned": "kWh", "energy_today": "kWh", "energy_yesterday": "kWh", "energy_since_boot": "kWh",
    "supply_voltage": "V", "water_flow": "m³/s", "cover_position": "%",
    "voltage": "V", "current": "A", "power_factor": "1", "frequency": "Hz",
    "switch_on": None, "motion": None, "cover_open": None, "parking_occupied": None, "water_leak": None,
    "tamper": None, "online": None, "contact_closed": None, "battery_low": None, "smoke": None,
    "button_pressed": None, "lane_blocked": None, "occupancy": None,
    "brightness": "%", "water_level": "m", "distance": "cm", "fill_level": "%", "tilt": "°",
    "vehicle_count": "count", "object_count": "count", "people_count": "count", "speed": "km/h",
    "occupied": "spaces", "capacity": "spaces",
}  # fmt: skip

# The closed list of reasons a message, or one reading of it, can be refused for.
DEAD_LETTER_CODES: Final = frozenset(
    """topic-unknown topic-malformed topic-payload-mismatch device-unknown device-disabled too-large empty
    not-utf8 not-json bom depth dup-key not-object schema-missing schema-unknown type enum range precision
    length charset pii-forbidden ts-format ts-naive ts-future ts-old ts-precision seq-type seq-range
    geo-range geo-outside unit-unknown retained-command replay rate-limited store-rejected internal-error
    version-unsupported""".split()
)


class DeadLetter(NamedTuple):
    """A message that could not be taken, kept so that a person can see why and send it again."""

    received_us: int
    dialect: str
    topic: str  # as received; may hold anything
    payload: bytes  # whole, so that it can be replayed; the store bounds what it keeps
    code: str  # one of DEAD_LETTER_CODES
    reason: str  # a short English sentence
    field: str = ""  # the payload field at fault, where there is one
    retain: bool = False  # as received, so that it can be sent again as it was
