"""What comes late by its stamp: buffered, or live by a clock that is wrong; neither may hide a fire."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from ingest.clocks import Lateness
from ingest.decode import Message
from street import clock
from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from street.readings import Flag
from tests.ingest.small_street import SmallStreet

SMOKE, LEVEL = {"smoke": True}, {"battery": 5}  # limits of severity 1 and 4


def message(asset_id: str, received_us: int, behind_us: int, *, retain: bool = False, **values: Any) -> Message:
    """Return one telemetry message that is so late by its stamp."""
    body = json.dumps({"ts": (received_us - behind_us) // 1000, **values}).encode()
    return Message(f"street/{asset_id}/telemetry", body, retain, received_us)


def take(street: SmallStreet, *messages: Message) -> None:
    """File messages that came together."""
    street.parts.filing.file(street.items(*messages), messages[-1].received_us)


def alarms(street: SmallStreet) -> list[tuple[str, str]]:
    """Return what was raised, in that order."""
    return street.rows("SELECT quantity, state FROM alarms ORDER BY raised_us, quantity")


def flags(street: SmallStreet) -> list[int]:
    """Return the flags of all readings, in order of arrival."""
    return [flag for (flag,) in street.rows("SELECT flags FROM readings ORDER BY received_us")]


def faults(street: SmallStreet) -> list[str]:
    """Return the faults that stand."""
    return [fault for (fault,) in street.rows("SELECT rule_id FROM rule_states WHERE rule_id LIKE 'fault:%'")]


def minutes(*behind: tuple[float, float]) -> Iterable[tuple[int, int]]:
    """Return (arrival, behind) [µs] of (minute of arrival, minutes behind)."""
    now_us = clock.now_us() - DAY_US
    return [(now_us + int(when * MINUTE_US), int(late * MINUTE_US)) for when, late in behind]


@pytest.mark.parametrize("behind_us", [11 * MINUTE_US, 7 * HOUR_US, 400 * DAY_US])
def test_a_fire_is_heard_though_the_detector_has_lost_its_clock(street: SmallStreet, behind_us: int) -> None:
    """The first word after a flat battery is stamped with the day it was made."""
    now_us = clock.now_us()

    take(street, message("SD-01", now_us, behind_us, **SMOKE))

    assert alarms(street) == [("smoke", "active")]
    assert street.rows("SELECT raised_us FROM alarms") == [(now_us,)]


def test_what_is_late_once_calls_nobody_for_less(street: SmallStreet) -> None:
    """A low battery of an hour ago can wait for the next word."""
    take(street, message("SD-01", clock.now_us(), HOUR_US, **LEVEL))

    assert (alarms(street), flags(street)) == ([], [Flag.LATE])


def test_what_is_late_once_ends_no_alarm(street: SmallStreet) -> None:
    """It may be older than the fire."""
    now_us = clock.now_us()
    take(street, message("SD-01", now_us, 0, **SMOKE))

    take(street, message("SD-01", now_us + SECOND_US, HOUR_US, smoke=False))

    assert alarms(street) == [("smoke", "active")]


def test_a_fire_that_the_source_itself_calls_kept_is_over(street: SmallStreet) -> None:
    """The broker's stored copy says nothing of now."""
    take(street, message("SD-01", clock.now_us(), HOUR_US, retain=True, **SMOKE))

    assert alarms(street) == []


def test_a_buffer_that_is_sent_at_once_is_history(street: SmallStreet) -> None:
    """Two hours of a gateway that was away: nobody is sent out for what is long over."""
    now_us = clock.now_us()
    kept = [message("SD-01", now_us + number, (120 - 10 * number) * MINUTE_US, **SMOKE) for number in range(11)]

    take(street, *kept)

    assert (alarms(street), set(flags(street))) == ([], {Flag.LATE})


def test_a_buffer_that_comes_one_by_one_is_history_from_its_second_on(street: SmallStreet) -> None:
    """The first of them could be a wrong clock's, and is grave: it calls, once."""
    now_us = clock.now_us()

    for number in range(11):
        take(street, message("SD-01", now_us + number, (120 - 10 * number) * MINUTE_US, **SMOKE))

    assert alarms(street) == [("smoke", "active")]
    assert faults(street) == []


def test_a_clock_that_stays_wrong_is_judged_by_arrival(street: SmallStreet) -> None:
    """Everything that its device says counts, and the clock is the keeper's to set."""
    for received_us, behind_us in minutes((0, 60), (10, 60), (20, 60.1)):
        take(street, message("SD-01", received_us, behind_us, **LEVEL))

    assert flags(street) == [Flag.LATE, Flag.CLOCK_SKEW, Flag.CLOCK_SKEW]
    assert alarms(street) == [("battery", "active")]
    assert faults(street) == ["fault:clock:"]


def test_a_clock_that_was_set_back_hides_no_value(street: SmallStreet) -> None:
    """Its stamps lie before what is known already: the arrival stands in, so that the live value moves."""
    times = list(minutes((0, 0), (1, 500_000), (3, 500_000), (5, 500_000)))

    for number, (received_us, behind_us) in enumerate(times):
        take(street, message("WL-01", received_us, behind_us, water_level=number / 100))

    assert street.rows("SELECT value, at_us FROM latest") == [(0.03, times[3][0])]


def test_recorded_traffic_that_is_played_again_is_known(street: SmallStreet) -> None:
    """Nothing new is stored of it, at its own pace neither, and nobody is called."""
    day = list(minutes(*((number, 0) for number in range(6))))
    for received_us, _ in day:
        take(street, message("SD-01", received_us, 0, smoke=False, battery=80))
    before = street.rows("SELECT count(*) FROM readings")

    for received_us, _ in day:
        take(street, message("SD-01", received_us + HOUR_US, HOUR_US, smoke=True, battery=5))

    assert street.rows("SELECT count(*) FROM readings") == before
    assert alarms(street) == []


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        pytest.param([(0, 60), (0.2, 60)], Lateness.DOUBTFUL, id="seconds prove nothing"),
        pytest.param([(0, 60), (1, 60.4)], Lateness.WRONG, id="a minute of the same lag"),
        pytest.param([(0, 60), (1, 59)], Lateness.BUFFERED, id="it catches up"),
        pytest.param([(0, 60), (1, 59), (3, 59)], Lateness.WRONG, id="it does not any more"),
        pytest.param([(0, 60), (1, 90)], Lateness.DOUBTFUL, id="later than before: set back, or another queue"),
    ],
)
def test_a_course_of_lags_tells_which(
    street: SmallStreet, story: list[tuple[float, float]], expected: Lateness
) -> None:
    """Who catches up was buffered, who stays behind is wrong."""
    clocks = street.parts.filing._clocks

    found = [clocks.judge("A", received - behind, received, ()) for received, behind in minutes(*story)]

    assert found[-1] == expected
