"""Each device's state, from live values, words of presence, the worklist and the register."""

from street.assets import Asset
from street.clock import HOUR_US, SECOND_US
from street.freshness import DeviceState
from street.readings import Flag
from street.scenarios import load_scenarios
from street.store import Latest
from street.store.faults import StandingFault
from street.store.standings import standings
from tests.street.store.makers import NOON_US

SCENARIOS = load_scenarios()
ASSETS = [Asset(asset_id=it, kind="air_station", name=it, interval_s=60) for it in ("a", "b", "c", "d", "e", "f")]


def live(asset_id: str, quantity: str, age_s: float, value: float = 1.0, flags: int = 0) -> Latest:
    """Return a live value of that age at noon."""
    at_us = NOON_US - int(age_s * SECOND_US)
    return Latest(1, asset_id, quantity, at_us, at_us, value, int(flags))


def test_each_device_stands_as_its_signs_say() -> None:
    """Six stations: well, a dead channel, silent, called offline, a wrong clock, never heard but for a stored copy."""
    rows = [
        live("a", "pm25", 10), live("a", "pm10", 10),
        live("b", "pm25", 10), live("b", "pm10", 3600),
        live("c", "pm25", 3600),
        live("d", "pm25", 30),
        live("e", "pm25", 10),
        live("f", "pm25", 0, flags=Flag.RETAINED | Flag.ASSUMED_TIME),
    ]  # fmt: skip
    availability = {"d": (False, NOON_US - 10 * SECOND_US), "a": (True, NOON_US - HOUR_US)}
    faults = [StandingFault("e", "", "clock", NOON_US)]

    found = standings(ASSETS, rows, availability, faults, SCENARIOS, now_us=NOON_US)

    assert {asset_id: (it.state, it.reasons) for asset_id, it in found.items()} == {
        "a": (DeviceState.ONLINE, ()),
        "b": (DeviceState.DEGRADED, ("channel-silent",)),
        "c": (DeviceState.OFFLINE, ("silent",)),
        "d": (DeviceState.OFFLINE, ("said-offline",)),
        "e": (DeviceState.DEGRADED, ("clock-wrong",)),
        "f": (DeviceState.UNKNOWN, ("never-heard",)),
    }


def test_a_battery_that_cannot_be_true_says_nothing() -> None:
    """An implausible 0 % is a broken gauge, not an empty battery."""
    rows = [live("a", "pm25", 10), live("a", "battery", 10, 0.0, Flag.IMPLAUSIBLE)]

    assert standings(ASSETS[:1], rows, {}, [], SCENARIOS, now_us=NOON_US)["a"].reasons == ()
