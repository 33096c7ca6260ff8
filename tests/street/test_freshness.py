"""How old a value is, whether a device is there, and what a total leaves out."""

from dataclasses import replace

import pytest

from street.assets import Asset
from street.clock import HOUR_US, MINUTE_US, SECOND_US
from street.freshness import (
    DeviceState,
    Freshness,
    Signs,
    Standing,
    age_from_us,
    freshness,
    has_age,
    interval_s,
    standing,
    sweep,
    total,
)
from street.readings import Flag
from street.scenarios import load_scenarios

NOON_US = 1_795_492_800 * SECOND_US
LAMP = load_scenarios()["streetlight"]
SMOKE = load_scenarios()["smoke_detector"]


@pytest.mark.parametrize(
    ("age_s", "expected"),
    [
        pytest.param(0, Freshness.FRESH, id="just now"),
        pytest.param(90, Freshness.FRESH, id="at one and a half intervals"),
        pytest.param(91, Freshness.LATE, id="a second later"),
        pytest.param(180, Freshness.LATE, id="at three"),
        pytest.param(181, Freshness.STALE, id="beyond three"),
        pytest.param(600, Freshness.STALE, id="at ten"),
        pytest.param(601, Freshness.LOST, id="beyond ten"),
        pytest.param(-300, Freshness.FRESH, id="of a clock that runs ahead"),
    ],
)
def test_age_is_told_in_intervals(age_s: int, expected: Freshness) -> None:
    """A sensor of 60 s; the steps are the issue's."""
    assert freshness(age_s * SECOND_US, 60) is expected


@pytest.mark.parametrize(
    ("at_us", "received_us", "flags", "expected"),
    [
        pytest.param(NOON_US, NOON_US + 5, 0, NOON_US, id="the source's instant counts"),
        pytest.param(NOON_US + MINUTE_US, NOON_US, 0, NOON_US, id="no value is younger than its arrival"),
        pytest.param(NOON_US - HOUR_US, NOON_US, Flag.CLOCK_SKEW, NOON_US, id="a wrong clock is not believed"),
        pytest.param(NOON_US - HOUR_US, NOON_US, Flag.RETAINED | Flag.LATE, NOON_US - HOUR_US, id="a kept one is old"),
        pytest.param(NOON_US, NOON_US, Flag.ASSUMED_TIME, NOON_US, id="a live one without time is of now"),
    ],
)
def test_age_counts_from_when_it_was_true(at_us: int, received_us: int, flags: int, expected: int) -> None:
    """A broker that sends its stored copies again makes nothing fresh."""
    assert age_from_us(at_us, received_us, int(flags)) == expected


def test_a_stored_copy_without_time_has_no_age() -> None:
    """Its stamp says only when the broker gave it; a live one without time is of now."""
    assert not has_age(int(Flag.RETAINED | Flag.ASSUMED_TIME))
    assert has_age(int(Flag.ASSUMED_TIME))
    assert has_age(int(Flag.RETAINED))


def test_the_register_knows_better_than_the_scenario() -> None:
    """And what its scenario expects once a day stays so, unless the register names that very quantity."""
    lamp = Asset(asset_id="L", kind="streetlight", name="L")
    detector = Asset(asset_id="S", kind="smoke_detector", name="S", interval_s=600)
    battery = SMOKE.quantities["battery"]

    assert interval_s(lamp, LAMP) == 300
    assert interval_s(replace(lamp, interval_s=900), LAMP, LAMP.quantities["power"]) == 900
    assert interval_s(detector, SMOKE, SMOKE.quantities["smoke"]) == 600
    assert interval_s(detector, SMOKE, battery) == 86_400
    assert interval_s(replace(detector, intervals={"battery": 3600}), SMOKE, battery) == 3600
    assert interval_s(Asset(asset_id="X", kind="unknown", name="X"), None) is None


def test_a_sweep_finds_what_is_not_fresh() -> None:
    """Only that: most of the street is."""
    pulses = [("fresh", NOON_US - 10 * SECOND_US, 60.0), ("late", NOON_US - 100 * SECOND_US, 60.0),
              ("slow", NOON_US - 100 * SECOND_US, 300.0), ("lost", NOON_US - HOUR_US, 60.0)]  # fmt: skip

    assert sweep(pulses, NOON_US) == [("late", Freshness.LATE), ("lost", Freshness.LOST)]


def signs(said: tuple[bool, int] | None = None, is_clock_wrong: bool = False, **ages_s: float) -> Signs:
    """A device with a quantity of 60 s for each keyword, heard so many seconds before noon."""
    channels = {name: (NOON_US - int(age_s * SECOND_US), 60.0) for name, age_s in ages_s.items()}
    return Signs(said=said, channels=channels, values={}, is_clock_wrong=is_clock_wrong)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(signs(a=5, b=5), Standing(DeviceState.ONLINE), id="all is heard"),
        pytest.param(signs(), Standing(DeviceState.UNKNOWN, ("never-heard",)), id="nothing was ever heard"),
        pytest.param(
            signs(a=5, b=5, c=5, d=600), Standing(DeviceState.DEGRADED, ("channel-silent",)), id="one of four is dead"
        ),
        pytest.param(signs(a=200, b=900), Standing(DeviceState.OFFLINE, ("silent",)), id="nothing is heard any more"),
        pytest.param(
            signs((False, NOON_US), a=5), Standing(DeviceState.OFFLINE, ("said-offline",)), id="its last will says so"
        ),
        pytest.param(
            signs((False, NOON_US - HOUR_US), a=5), Standing(DeviceState.ONLINE), id="it speaks after its last will"
        ),
        pytest.param(
            signs((True, NOON_US), a=900), Standing(DeviceState.OFFLINE, ("silent",)), id="a word is no reading"
        ),
        pytest.param(
            signs(a=5, is_clock_wrong=True), Standing(DeviceState.DEGRADED, ("clock-wrong",)), id="a wrong clock"
        ),
    ],
)
def test_a_device_is_there_or_not(given: Signs, expected: Standing) -> None:
    """From its will, its silence, its channels and its clock."""
    assert standing(given, NOON_US) == expected


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"battery": 15.0}, ("battery-low",)), ({"battery_low": 1.0}, ("battery-low",)), ({"battery": 16.0}, ()),
        ({"rssi": -121.0}, ("signal-weak",)), ({"link_quality": 30.0}, ("signal-weak",)), ({"snr": -3.0}, ()),
    ],
)  # fmt: skip
def test_a_device_that_is_about_to_go_is_degraded(values: dict[str, float], reason: tuple[str, ...]) -> None:
    """Before it is silent somebody can still change a battery."""
    assert standing(replace(signs(a=5), values=values), NOON_US).reasons == reason


def test_a_device_without_expectation_is_unknown() -> None:
    """Nobody can say whether it is late."""
    given = Signs(channels={"a": (NOON_US, None)}, values={})

    assert standing(given, NOON_US) == Standing(DeviceState.UNKNOWN, ("no-interval",))


def test_a_battery_heard_yesterday_keeps_nobody_online() -> None:
    """What is expected once a day says nothing about the last hour."""
    given = Signs(channels={"smoke": (NOON_US - HOUR_US, 60.0), "battery": (NOON_US - HOUR_US, 86_400.0)}, values={})

    assert standing(given, NOON_US).state is DeviceState.OFFLINE


def test_a_total_leaves_out_what_is_stale_or_doubtful_and_says_so() -> None:
    """60 and 80 are true now; 500 was true yesterday, 9,831 never."""
    values = [(60.0, NOON_US, 0, 60.0), (80.0, NOON_US, 0, None), (500.0, NOON_US - HOUR_US, 0, 60.0),
              (9831.0, NOON_US, int(Flag.IMPLAUSIBLE), 60.0), (None, NOON_US, int(Flag.MISSING), 60.0)]  # fmt: skip

    assert total(values, NOON_US) == (140.0, 70.0, 2, 1, 2)


def test_a_total_of_nothing_is_not_zero() -> None:
    """An empty street and a silent one look different."""
    assert total([(5.0, NOON_US - HOUR_US, 0, 60.0)], NOON_US) == (None, None, 0, 1, 0)
