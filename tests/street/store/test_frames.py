"""Frames out of a real store: the rows one would count by hand."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from street.assets import Asset
from street.clock import DAY_US, HOUR_US, as_datetime
from street.incidents import Stage
from street.readings import Flag
from street.store import Reader, Store, Writer
from street.store.frames import (
    alarms_frame,
    area_hours_frame,
    incidents_frame,
    latest_frame,
    points_frame,
    readings_frame,
)
from tests.street.store.makers import NOON_US, a_reading, an_alarm, an_incident, minutes, put

NOISE = "noise_laeq"


def test_an_empty_store_gives_empty_frames_of_the_right_kind(reader: Reader) -> None:
    """`frames.build` checks each; nothing here raises."""
    whole = (NOON_US, NOON_US + HOUR_US)

    assert latest_frame(reader).empty
    assert readings_frame(reader, "n-1", *whole).empty
    assert points_frame(reader, ["n-1"], NOISE, *whole).empty
    assert points_frame(reader, [], NOISE, *whole).empty
    assert area_hours_frame(reader, NOISE, *whole).empty
    assert incidents_frame(reader, *whole).empty
    assert alarms_frame(reader, *whole).empty


def test_live_values_of_all_assets(reader: Reader, writer: Writer) -> None:
    """One row a series, by asset; what the sensor does not know is missing."""
    put(writer, a_reading(asset_id="n-2"), a_reading(), a_reading(NOON_US + 1, None, flags=Flag.MISSING))

    frame = latest_frame(reader)

    assert list(frame["asset_id"]) == ["n-1", "n-2"]
    assert list(frame["flags"]) == [32, 0]
    assert frame["value"].isna().tolist() == [True, False]
    assert frame["at"].iloc[1] == pd.Timestamp(as_datetime(NOON_US))
    assert frame["received_at"].iloc[1] - frame["at"].iloc[1] == pd.Timedelta(seconds=1)


def test_an_asset_hour_ends_before_the_next(reader: Reader, writer: Writer) -> None:
    """[from, to): two neighbouring hours share no reading."""
    put(
        writer,
        *(a_reading(NOON_US + minutes(number), float(number)) for number in (-1, 0, 59, 60)),
        a_reading(asset_id="x"),
    )
    put(writer, a_reading(NOON_US + 7, 1.0, quantity="battery"))

    frame = readings_frame(reader, "n-1", NOON_US, NOON_US + HOUR_US)

    assert list(zip(frame["quantity"], frame["value"], strict=True)) == [("battery", 1.0), (NOISE, 0.0), (NOISE, 59.0)]
    assert list(frame["unit"]) == ["%", "dB(A)", "dB(A)"]


def test_points_are_thinned_without_losing_peaks(reader: Reader, writer: Writer) -> None:
    """A day at 500 points has steps of three minutes; each keeps its lowest, highest and mean."""
    values = [(0, 50.0), (1, 90.0), (2, 70.0), (3, 10.0), (1439, 5.0)]
    put(writer, *(a_reading(NOON_US + minutes(minute), value) for minute, value in values), a_reading(asset_id="n-2"))

    frame = points_frame(reader, ["n-2", "n-1"], NOISE, NOON_US, NOON_US + DAY_US)

    assert list(frame["asset_id"]) == ["n-1", "n-1", "n-1", "n-2"]
    assert frame.loc[0, ["n", "low", "high", "mean"]].tolist() == [3, 50.0, 90.0, 70.0]
    steps = (frame["at"] - pd.Timestamp(as_datetime(NOON_US))) / pd.Timedelta(minutes=1)
    assert steps.tolist() == [0, 3, 1437, 0]


def test_a_long_time_is_read_from_hours(reader: Reader, writer: Writer) -> None:
    """Sixty days at 500 points: steps of three hours, from the hourly rollup; the peak of one minute is still there."""
    put(writer, *(a_reading(NOON_US + hour * HOUR_US + minutes(hour), 50.0 + hour) for hour in range(7)))

    frame = points_frame(reader, ["n-1"], NOISE, NOON_US, NOON_US + 60 * DAY_US)

    assert frame["n"].tolist() == [1, 3, 3]
    assert frame["high"].tolist() == [50.0, 53.0, 56.0]
    assert (frame["at"].diff().dropna() == pd.Timedelta(hours=3)).all()


@pytest.mark.parametrize(("span_us", "expected"), [(HOUR_US, 60), (2 * HOUR_US, 120), (DAY_US, 480)])
def test_a_full_chart_has_about_the_points_that_were_asked_for(
    reader: Reader, writer: Writer, span_us: int, expected: int
) -> None:
    """Never more than asked, never finer than a minute."""
    put(writer, *(a_reading(NOON_US + minutes(number)) for number in range(span_us // minutes(1))))

    assert len(points_frame(reader, ["n-1"], NOISE, NOON_US, NOON_US + span_us, points=500)) == expected


def test_area_hours_add_up_the_readings_of_an_area(reader: Reader, store: Store, writer: Writer) -> None:
    """Sixty readings of one asset weigh more than one of another: they are means of readings."""
    store.register_assets(
        [Asset(asset_id=f"n-{number}", kind="noise", name="n", community_id="c1") for number in (1, 2)]
    )
    put(writer, a_reading(asset_id="met-the-change"))
    put(writer, a_reading(value=40.0), a_reading(NOON_US + 1, 50.0), a_reading(value=90.0, asset_id="n-2"))

    frame = area_hours_frame(reader, NOISE, NOON_US, NOON_US + HOUR_US)

    assert frame["community_id"].tolist() == ["", "c1"]
    assert frame.loc[1, ["n", "low", "high", "mean"]].tolist() == [3, 40.0, 90.0, 60.0]
    assert frame["at"].iloc[1] == datetime.fromtimestamp(NOON_US / 1e6, tz=UTC)


def test_incidents_of_a_time_with_all_that_are_open(reader: Reader, store: Store, writer: Writer) -> None:
    """What the wall counts: today's, and older ones that nobody closed."""
    batch = writer.begin(NOON_US)
    batch.report_incident(an_incident("x/old", reported_us=NOON_US - 9 * DAY_US))
    batch.report_incident(an_incident("x/closed", reported_us=NOON_US - 8 * DAY_US, stage=Stage.CLOSED))
    batch.report_incident(an_incident("x/new", lon=120.3))
    batch.commit()

    today = incidents_frame(reader, NOON_US, NOON_US + 1)
    counted = incidents_frame(reader, NOON_US, NOON_US + 1, with_open=True)
    whole = incidents_frame(reader, 0, NOON_US + 1)

    assert today["incident_id"].tolist() == ["x/new"]
    assert counted["incident_id"].tolist() == ["x/old", "x/new"]
    assert whole["is_open"].tolist() == [True, False, True]
    assert whole["recovered_at"].isna().all()


def test_alarms_of_a_time(reader: Reader, writer: Writer) -> None:
    """Those that are active have no end yet."""
    batch = writer.begin(NOON_US)
    batch.raise_alarm(an_alarm())
    batch.raise_alarm(an_alarm("a-2", raised_us=NOON_US + 5))
    batch.clear_alarm("a-1", NOON_US + 3, 1.0)
    batch.commit()

    frame = alarms_frame(reader, NOON_US, NOON_US + 6)

    assert frame["state"].tolist() == ["cleared", "active"]
    assert frame["cleared_at"].isna().tolist() == [False, True]
    assert frame["incident_id"].isna().all()
