"""What rules were told, read back: live readings alone, of the asked series and time."""

from dataclasses import replace

import pytest

from street.clock import DAY_US, HOUR_US, MINUTE_US
from street.config.sections import RetentionConfig
from street.readings import NOT_LIVE, Flag, Reading
from street.store import Reader, Writer
from street.store.past import named_series, past_hours, past_readings, purged_to_us, recent_readings
from street.store.series import NEVER
from tests.street.store.makers import NOON_US, a_reading

HOUR = NOON_US // HOUR_US


def put(writer: Writer, *readings: Reading) -> None:
    """Store readings in the order in which they came."""
    batch = writer.begin(NOON_US)
    batch.add_readings(readings)
    batch.commit()


def test_only_live_readings_of_the_asked_hours_come_back(writer: Writer, reader: Reader) -> None:
    """Neighbouring hours, other series and what rules ignore are left out."""
    wanted = [a_reading(NOON_US + minute * MINUTE_US, float(minute)) for minute in (0, 30, 59)]
    put(
        writer, *wanted, a_reading(NOON_US - 1, 1.0), a_reading(NOON_US + HOUR_US, 2.0),
        a_reading(NOON_US + 1, 3.0, asset_id="n-2"), a_reading(NOON_US + 2, None, flags=int(Flag.MISSING)),
        *(a_reading(NOON_US + 10 + place, 9.0, flags=int(flag)) for place, flag in enumerate(Flag) if flag & NOT_LIVE),
        a_reading(NOON_US + 90, 4.0, flags=int(Flag.CLOCK_SKEW)),
    )  # fmt: skip
    [(series_id, *_)] = named_series(reader, ["n-1"], ["noise_laeq"])

    found = past_readings(reader, {HOUR: [series_id]})

    assert sorted(row[3] for row in found) == [0, 4, 30, 59]
    assert {row[0] for row in found} == {series_id}
    assert sorted(row[3] for row in past_readings(reader, {HOUR: [series_id]}, 31)) == [0, 4, 30]
    assert past_readings(reader, {}) == []


def test_recent_readings_come_in_the_order_of_their_arrival(writer: Writer, reader: Reader) -> None:
    """As rules heard them."""
    late = a_reading(NOON_US, 1.0, received_us=NOON_US + 5 * MINUTE_US)
    put(writer, a_reading(NOON_US + MINUTE_US, 2.0), late, a_reading(NOON_US + 10 * MINUTE_US, 3.0))
    [(series_id, *_)] = named_series(reader, ["n-1"], ["noise_laeq"])

    values = [row[3] for row in recent_readings(reader, [series_id], NOON_US, NOON_US + 10 * MINUTE_US)]

    assert values == [2.0, 1.0]


def test_hours_are_told_with_their_extremes(writer: Writer, reader: Reader) -> None:
    """By which a preview knows what it need not read."""
    put(writer, *(a_reading(NOON_US + it * HOUR_US // 4, 50.0 + it) for it in range(8)))
    [(series_id, *_)] = named_series(reader, ["n-1"], ["noise_laeq"])

    found = past_hours(reader, [series_id], NOON_US, NOON_US + 2 * HOUR_US)

    assert sorted(found) == [(series_id, HOUR, 4, 50.0, 53.0), (series_id, HOUR + 1, 4, 54.0, 57.0)]


@pytest.mark.parametrize("days", [1, 7])
def test_a_store_knows_from_when_on_it_has_readings(writer: Writer, reader: Reader, days: int) -> None:
    """Before that there are sums alone."""
    put(writer, *(a_reading(NOON_US - it * DAY_US) for it in range(9, -1, -1)))
    before_us = purged_to_us(reader)

    while writer.purge(NOON_US, replace(RetentionConfig(), readings_days=days)):
        pass

    assert before_us == NEVER
    assert NOON_US - (days + 1) * DAY_US <= purged_to_us(reader) <= NOON_US - (days - 1) * DAY_US
