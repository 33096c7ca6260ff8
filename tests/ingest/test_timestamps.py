"""Times as sources write them: exact where they are RFC 3339, refused where they only look like it."""

import random

import pytest

from ingest.refusals import RefusedError
from ingest.timestamps import epoch_ms_us, is_leap_second, lenient_time, rfc3339_us, settle, source_time
from street.clock import DAY_US, MINUTE_US, SECOND_US, as_datetime

NOON_US = 1_795_492_800_000_000  # 2026-11-24T04:00:00Z, noon in Shanghai


@pytest.mark.parametrize(
    ("text", "at_us"),
    [
        ("2026-11-24T04:00:00Z", NOON_US),
        ("2026-11-24t12:00:00.5+08:00", NOON_US + 500_000),
        ("2026-11-23T23:00:00.000001-05:00", NOON_US + 1),
        ("2026-11-24T04:00:00.1234569z", NOON_US + 123_456),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.9Z", -100_000),
        ("2016-12-31T23:59:60Z", 1_483_228_799_999_000),
    ],
)
def test_a_time_is_the_instant_it_names(text: str, at_us: int) -> None:
    """Worked by hand; asked twice, since the second answer comes from memory."""
    assert rfc3339_us(text) == at_us
    assert rfc3339_us(text) == at_us


def test_remembered_parts_give_what_reading_gives() -> None:
    """Seconds and tails are remembered apart: every pair of them must still be right."""
    dice = random.Random(7)
    zones = ["Z", "+08:00", "-03:30", "z"]
    for _ in range(2000):
        at_us = NOON_US + dice.randrange(-40 * DAY_US, 40 * DAY_US, 250_000)
        zone = dice.choice(zones)
        minutes = {"+08:00": 480, "-03:30": -210}.get(zone, 0)
        local = as_datetime(at_us + minutes * MINUTE_US)
        text = local.strftime("%Y-%m-%dT%H:%M:%S.%f") + zone

        assert source_time(text) == at_us


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-11-24T12:00:00", "ts-naive"),
        ("2026-11-24T12:00:00.5", "ts-naive"),
        ("2026-11-24", "ts-format"),
        ("2026-11-24T12:00:00Z\n", "ts-format"),
        ("2026-11-24T12:00:00+24:00", "ts-format"),
        ("2026-11-24T12:30:60Z", "ts-format"),
        ("2026-13-01T00:00:00Z", "ts-format"),
    ],
)
def test_what_only_looks_like_a_time_is_refused(text: str, code: str) -> None:
    """Each of them passes Python's own `fromisoformat`, or nearly."""
    with pytest.raises(RefusedError) as caught:
        rfc3339_us(text)

    assert caught.value.code == code


@pytest.mark.parametrize("value", [1_795_492_800, 1_795_492_800_000_000, 0, -1])
def test_an_epoch_in_another_unit_is_refused_not_guessed(value: int) -> None:
    """Seconds and microseconds of today are absurd as milliseconds."""
    with pytest.raises(RefusedError, match="epoch unit"):
        epoch_ms_us(value)


@pytest.mark.parametrize("value", [True, 1_795_492_800_000.0, [], {}])
def test_only_texts_and_integers_are_times(value: object) -> None:
    """True is an integer in Python, and no time."""
    with pytest.raises(RefusedError, match="ts-format"):
        source_time(value)


@pytest.mark.parametrize(
    ("ahead_us", "kept", "facts"),
    [
        (120 * SECOND_US, True, set()),
        (121 * SECOND_US, True, {"clock_skew"}),
        (5 * MINUTE_US, True, {"clock_skew"}),
        (5 * MINUTE_US + 1, False, {"clock_skew", "time_suspect", "time_code"}),
        (-30 * DAY_US, True, set()),
        (-30 * DAY_US - 1, True, {"time_suspect", "historical"}),
    ],
)
def test_a_time_too_far_ahead_is_not_used_and_an_old_one_is_history(ahead_us: int, kept: bool, facts: set[str]) -> None:
    """The bounds are exact."""
    extra: dict[str, object] = {}

    at_us = settle(NOON_US + ahead_us, NOON_US, extra)

    assert at_us == (NOON_US + ahead_us if kept else None)
    assert set(extra) == facts


def test_a_device_without_a_clock_is_still_heard() -> None:
    """Nothing, rubbish and 1970 give arrival time; only the latter two are suspect."""
    nothing: dict[str, object] = {}
    rubbish: dict[str, object] = {}
    never_set: dict[str, object] = {}

    assert lenient_time(None, NOON_US, nothing) is None
    assert lenient_time("yesterday", NOON_US, rubbish) is None
    assert lenient_time("1970-01-01T00:00:12Z", NOON_US, never_set) is None

    assert nothing == {}
    assert rubbish == {"time_suspect": True, "time_code": "ts-format"}
    assert never_set == {"time_suspect": True, "time_code": "ts-old"}


def test_a_leap_second_is_said() -> None:
    """It is stored one millisecond before it ends, so somebody must say so."""
    extra: dict[str, object] = {}

    lenient_time("2016-12-31T23:59:60Z", 1_483_228_800_000_000, extra)

    assert extra == {"leap_second": True}
    assert is_leap_second("2016-12-31T23:59:60Z")
    assert not is_leap_second("2016-12-31T23:60:59Z")
