"""Which readings cannot be believed, since when, and that a true change is none; on made and recorded streams."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.simulator.recording import Row, read
from ingest.simulator.replay import assets_of
from street.assets import Asset
from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US, iso
from street.freshness import sweep
from street.quality import Fault, Quality, standing_faults, stillness_s
from street.readings import NOT_COUNTED, NOT_LIVE, Flag
from street.rules.silence import Silence
from street.scenarios import Scenarios, load_scenarios

NOON_US = 1_795_492_800 * SECOND_US
STREAMS = Path("/work/shared/data/streams")  # recorded by others, and no part of the project
SCENARIOS = load_scenarios()
METER = Asset(asset_id="N", kind="noise_meter", name="N")
PARK = Asset(asset_id="P", kind="parking_bay", name="P")
STATION = Asset(asset_id="A", kind="air_station", name="A")


def judged(quality: Quality, asset: Asset, quantity: str, *readings: tuple[int, float]) -> list[int]:
    """Return the flags of readings (seconds past noon, value) that arrive at once."""
    instants = [(NOON_US + second * SECOND_US, value) for second, value in readings]
    return [quality.judge(asset, quantity, at_us, at_us, value, 0) for at_us, value in instants]


def begun(faults: Iterable[Fault]) -> list[tuple[str, str]]:
    """Return (quantity, fault) of those that began."""
    return [(it.quantity, it.fault) for it in faults if it.since_us is not None]


# ------------------------------------------------------------------------------------------------- made streams


def test_a_value_outside_its_range_is_implausible() -> None:
    """327.67 °C is a register that was never written."""
    quality = Quality(SCENARIOS)

    assert judged(quality, STATION, "temperature", (0, 21.0), (60, 327.67)) == [0, Flag.IMPLAUSIBLE]
    assert quality.take() == [Fault("A", "temperature", "implausible", NOON_US + 60 * SECOND_US)]


def test_the_register_may_know_another_range() -> None:
    """A gauge in a shaft reads from −8 m on; the register says so."""
    gauge = Asset(asset_id="G", kind="water_level", name="G", ranges={"water_level": (-8.0, 0.0)})

    assert judged(Quality(SCENARIOS), gauge, "water_level", (0, -7.0), (60, 0.5)) == [0, Flag.IMPLAUSIBLE]


def test_the_register_can_watch_what_no_scenario_knows() -> None:
    """A maker's own quantity, with a range and an interval of its own; its other quantities stay unwatched."""
    odd = Asset(asset_id="O", kind="oddity", name="O", ranges={"flow": (0.0, 5.0)}, intervals={"flow": 60.0})
    quality = Quality(SCENARIOS)

    assert judged(quality, odd, "flow", (0, 2.0), (60, 9.0)) == [0, Flag.IMPLAUSIBLE]
    assert judged(quality, odd, "mood", (0, 1e9)) == [0]


def test_a_corrected_interval_and_range_count_at_once() -> None:
    """Somebody edits the register while we run."""
    quality = Quality(SCENARIOS)
    judged(quality, STATION, "pm25", (0, 35.0))

    quality.learn({"A": Asset(asset_id="A", kind="air_station", name="A", interval_s=3600, ranges={"pm25": (0, 30)})})
    quality.sweep(NOON_US + HOUR_US)

    assert quality.take() == []
    assert judged(quality, STATION, "pm25", (3600, 35.0)) == [Flag.IMPLAUSIBLE]


def test_no_car_park_holds_more_than_its_capacity() -> None:
    """Whichever of the two is heard first; until both are, nobody can say."""
    quality = Quality(SCENARIOS)

    assert judged(quality, PARK, "occupied", (0, 600)) == [0]
    assert judged(quality, PARK, "capacity", (0, 450)) == [0]
    assert judged(quality, PARK, "occupied", (300, 451), (600, 450)) == [Flag.IMPLAUSIBLE, 0]


def test_a_microphone_that_says_the_same_for_half_an_hour_is_stuck() -> None:
    """Out of alarms and averages, and on the worklist since it began."""
    quality = Quality(SCENARIOS)

    found = judged(quality, METER, "noise_laeq", *((second, 41.7) for second in range(0, 2400, 30)))

    assert found == [0] * 60 + [Flag.STUCK] * 20
    assert Flag.STUCK & NOT_LIVE
    assert Flag.STUCK & NOT_COUNTED
    assert quality.take() == [Fault("N", "noise_laeq", "stuck", NOON_US)]


def test_a_repaired_one_leaves_the_worklist_at_once() -> None:
    """The street is heard again."""
    quality = Quality(SCENARIOS)
    judged(quality, METER, "noise_laeq", *((second, 41.7) for second in range(0, 2400, 30)))

    judged(quality, METER, "noise_laeq", (2400, 61.0), (2430, 58.0), (2460, 63.0))

    assert quality.take()[-1] == Fault("N", "noise_laeq", "stuck", None)


def test_a_quiet_night_is_no_fault() -> None:
    """Half a decibel up and down is what a living microphone says."""
    values = [(second, 38.0 + 0.5 * (second // 30 % 2)) for second in range(0, 36_000, 30)]

    assert not any(judged(Quality(SCENARIOS), METER, "noise_laeq", *values))


def test_a_street_that_falls_quiet_for_good_is_no_fault() -> None:
    """As in a lockdown: the level shifts, day and night go on."""
    hours = [58.0 + (4 if 7 <= hour % 24 < 20 else -4) - (6 if hour > 240 else 0) for hour in range(480)]

    assert not any(judged(Quality(SCENARIOS), METER, "noise_laeq", *((it * 3600, v) for it, v in enumerate(hours))))


def test_what_jumps_is_flagged_and_heals() -> None:
    """20, 45, 20: nobody's air does that."""
    quality = Quality(SCENARIOS)

    found = judged(quality, STATION, "temperature", (0, 20.0), (60, 45.0), (120, 20.2))

    assert found == [0, Flag.JUMPING, 0]
    assert begun(quality.take()) == [("temperature", "jumping")]


def test_a_repeated_message_is_told_with_the_next() -> None:
    """The store keeps the first of equals; the one after says that there were more."""
    quality = Quality(SCENARIOS)

    assert judged(quality, PARK, "capacity", (0, 450), (0, 450), (300, 450), (600, 450)) == [0, 0, Flag.REPEATED, 0]


def test_a_fault_stays_on_the_worklist_for_a_day() -> None:
    """A single wrong value an hour ago is what a keeper wants to see."""
    quality = Quality(SCENARIOS)
    judged(quality, STATION, "rain", (0, 9831.3), (3600, 0.0), (86_000, 0.0))
    first = quality.take()

    judged(quality, STATION, "rain", (86_401, 0.0))

    assert begun(first) == [("rain", "implausible")]
    assert quality.take() == [Fault("A", "rain", "implausible", None)]


def test_a_wrong_clock_is_the_assets_own_fault() -> None:
    """Once, however many quantities it measures; gone an hour after it was put right."""
    quality = Quality(SCENARIOS)
    skew = int(Flag.CLOCK_SKEW)
    for quantity, value in (("pm25", 35.0), ("humidity", 60.0)):
        quality.judge(STATION, quantity, NOON_US + 3 * MINUTE_US, NOON_US, value, skew)
    first = quality.take()

    for hour in (0.5, 1.5):
        at_us = NOON_US + int(hour * HOUR_US)
        quality.judge(STATION, "pm25", at_us, at_us, 35.0, 0)

    assert first == [Fault("A", "", "clock", NOON_US)]
    assert quality.take() == [Fault("A", "", "clock", None)]


def test_a_clock_that_is_behind_is_found_as_well() -> None:
    """Its values look late for ever; nothing else would tell why."""
    quality = Quality(SCENARIOS)

    for minute in range(15):
        at_us = NOON_US + minute * MINUTE_US
        quality.judge(STATION, "pm25", at_us - HOUR_US, at_us, 35.0, int(Flag.LATE))

    assert begun(quality.take()) == [("", "clock")]


@pytest.mark.parametrize("flag", [Flag.RETAINED, Flag.HISTORY, Flag.SIMULATED])
def test_old_news_tells_nothing_of_the_sensor_now(flag: Flag) -> None:
    """A stored copy that comes again at each reconnection is no repetition, and no life."""
    quality = Quality(SCENARIOS)
    for _ in range(3):
        assert quality.judge(METER, "noise_laeq", NOON_US, NOON_US, 60.0, int(flag)) == flag

    assert judged(quality, METER, "noise_laeq", (30, 60.0)) == [0]


def test_a_second_channel_is_judged_like_the_first() -> None:
    """Its series has a name of its own, and the same kind of sensor."""
    assert judged(Quality(SCENARIOS), STATION, "temperature.2", (0, 327.67)) == [Flag.IMPLAUSIBLE]


def test_names_that_nobody_described_cost_nothing() -> None:
    """A device that makes up names must not fill the memory."""
    quality = Quality(SCENARIOS)

    for number in range(1000):
        judged(quality, STATION, f"made_up_{number}", (0, 1.0))

    assert quality._courses == {}


def test_a_quantity_that_is_not_heard_while_its_asset_is() -> None:
    """One of its channels is dead: after three intervals, since when it was last heard."""
    quality = Quality(SCENARIOS)
    judged(quality, STATION, "pm25", (0, 35.0))
    judged(quality, STATION, "pm10", *((second, 60.0) for second in range(0, 300, 60)))

    quality.sweep(NOON_US + 180 * SECOND_US)
    assert quality.take() == []
    quality.sweep(NOON_US + 240 * SECOND_US)
    assert quality.take() == [Fault("A", "pm25", "silent", NOON_US)]

    judged(quality, STATION, "pm25", (300, 36.0))
    quality.sweep(NOON_US + 301 * SECOND_US)
    assert quality.take() == [Fault("A", "pm25", "silent", None)]


def test_a_silent_asset_has_no_silent_quantities() -> None:
    """And nobody is silent while we did not listen."""
    quality = Quality(SCENARIOS)
    judged(quality, STATION, "pm25", (0, 35.0))

    quality.sweep(NOON_US + HOUR_US, silent={"A"})
    quality.sweep(NOON_US + HOUR_US, listening_since_us=NOON_US + HOUR_US - MINUTE_US)

    assert quality.take() == []


def test_faults_survive_a_restart() -> None:
    """None is told twice, and one that is over ends."""
    before = Quality(SCENARIOS)
    judged(before, METER, "noise_laeq", *((second, 41.7) for second in range(0, 2400, 30)))
    [stuck] = before.take()
    states = {(stuck.asset_id, stuck.state_id): NOON_US, ("N", "noise-by-day"): 1}

    after = Quality(SCENARIOS, standing_faults(states), NOON_US + 2400 * SECOND_US)
    after.recall(METER, "noise_laeq", NOON_US + 2370 * SECOND_US, 41.7, ())

    assert judged(after, METER, "noise_laeq", (2400, 41.7)) == [Flag.STUCK]
    assert after.take() == []
    judged(after, METER, "noise_laeq", (2430, 60.0), (2460, 55.0))
    assert after.take() == [Fault("N", "noise_laeq", "stuck", None)]


def test_a_long_stillness_is_recalled_from_the_stores_hours() -> None:
    """Else a restart a day would hide a dead microphone for ever."""
    quality = Quality(SCENARIOS)
    hours = [(NOON_US + hour * HOUR_US, 24.0, 25.0) for hour in range(80)]

    quality.recall(METER, "noise_laeq", NOON_US + 79 * HOUR_US, 24.4, hours)

    assert stillness_s(SCENARIOS, "noise_meter", "noise_laeq") == 72 * 3600
    assert judged(quality, METER, "noise_laeq", (80 * 3600, 26.0)) == [Flag.STUCK]


def test_an_asset_that_became_another_kind_takes_its_faults_along() -> None:
    """Nobody else would ever end them; a corrected interval counts at once."""
    quality = Quality(SCENARIOS)
    judged(quality, STATION, "temperature", (0, 327.0))
    quality.take()

    quality.learn({"A": Asset(asset_id="A", kind="noise_meter", name="A")})

    assert quality.take() == [Fault("A", "temperature", "implausible", None)]


# --------------------------------------------------------------------------------------------- recorded streams


class Judged(NamedTuple):
    """A recorded stream, its assets by device, the flags of every value, and the faults that began."""

    rows: list[Row]
    assets: dict[str, Asset]
    flags: Counter[tuple[str, Flag]]  # (quantity, flag)
    values: list[tuple[str, str, int, float, int]]  # device, quantity, at, value, flags; those with flags
    faults: list[Fault]


@cache
def recorded(name: str, scenarios: Scenarios = SCENARIOS) -> Judged:
    """Return the stream as the product judges it, each reading at its own instant."""
    path = STREAMS / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip(f"the recorded streams are no part of the project, and {path} is not there")
    recording = read(path)
    assets = dict(zip(recording.devices, assets_of(recording, scenarios, []), strict=True))
    rows = sorted(recording.rows, key=lambda row: row.at_us)
    quality, found = Quality(scenarios), Judged(rows, assets, Counter(), [], [])
    for row in rows:
        for quantity, value in row.values.items():
            if value is None:
                continue
            flags = quality.judge(assets[row.device], quantity, row.at_us, row.at_us, value, 0)
            if flags:
                found.values.append((row.device, quantity, row.at_us, value, flags))
                found.flags.update((quantity, flag) for flag in Flag(flags))
        found.faults.extend(it for it in quality.take() if it.since_us is not None)
    return found


def silences_h(stream: Judged) -> dict[str, list[int]]:
    """Return, by device, the whole hours between the readings around each silence."""
    heard: dict[str, int] = {}
    silence = Silence(SCENARIOS, {it.asset_id: it for it in stream.assets.values()}, heard, {})
    silence.listen(stream.rows[0].at_us, 1)
    silence.listening_since_us = 1
    found: dict[str, list[int]] = {}
    for row in stream.rows:
        asset_id = stream.assets[row.device].asset_id
        began_us = heard.get(asset_id, row.at_us)
        list(silence.tick(row.at_us - 1))
        heard[asset_id] = row.at_us
        if any(it == asset_id and since_us is None for it, since_us in silence.tick(row.at_us)):
            found.setdefault(row.device, []).append(round((row.at_us - began_us) / HOUR_US))
    return found


def test_the_microphone_that_failed_for_six_days_is_found() -> None:
    """Ballymun4, 18.8 to 22.5 dB from 2019-11-20 01:00; since then, and no longer than it lasted."""
    stream = recorded("dublin_noise_hourly")

    since = [iso(it.since_us or 0) for it in stream.faults if (it.asset_id, it.fault) == ("Ballymun4", "stuck")]
    stuck = [at_us for device, _, at_us, _, flags in stream.values if device == "Ballymun4" and flags & Flag.STUCK]

    assert set(since) == {"2019-11-20T01:00:00Z"}
    assert (iso(stuck[0]), iso(stuck[-1])) == ("2019-11-20T20:00:00Z", "2019-11-26T14:00:00Z")


def test_the_lockdown_is_not_called_a_fault() -> None:
    """From the end of March 2020 every monitor is 1.8 to 6.6 dB lower by day: that is the street, not the sensor."""
    stream = recorded("dublin_noise_hourly")
    march_us = min(row.at_us for row in stream.rows) + 150 * DAY_US

    assert [value for value in stream.values if value[2] > march_us] == []


def test_no_other_monitor_is_called_stuck() -> None:
    """But one that SOURCES.md does not name: ChanceryPark11 fell to 30.9–34.6 dB for 77 hours in October."""
    stream = recorded("dublin_noise_hourly")

    assert {it.asset_id for it in stream.faults if it.fault == "stuck"} == {"Ballymun4", "ChanceryPark11"}


def test_the_glitches_of_the_car_parks_are_found() -> None:
    """373 rows above capacity, 12 negative, and every instant that came more than once before another."""
    stream = recorded("birmingham_parking_30min")
    repeats: set[tuple[str, int]] = set()
    seen: Counter[tuple[str, int]] = Counter((row.device, row.at_us) for row in stream.rows)
    last = {row.device: row.at_us for row in stream.rows}
    repeats.update(key for key, count in seen.items() if count > 1 and last[key[0]] != key[1])

    low = [value for _, quantity, _, value, flags in stream.values if quantity == "occupied" and value < 0]

    assert stream.flags["occupied", Flag.IMPLAUSIBLE] == 373 + 12
    assert len(low) == 12
    assert sum(count - 1 for count in seen.values()) == 216
    assert stream.flags["occupied", Flag.REPEATED] == len(repeats)


def test_the_glitches_of_the_motorway_are_found() -> None:
    """9,831.3 mm of rain in an hour, and every one of the times that came once for each weather."""
    stream = recorded("i94_traffic_hourly")
    seen = Counter(row.at_us for row in stream.rows)

    assert [(iso(it[2]), it[3]) for it in stream.values if it[4] & Flag.IMPLAUSIBLE] == [
        ("2016-07-11T22:00:00Z", 9831.3)
    ]
    assert sum(count - 1 for count in seen.values()) == 1625
    assert stream.flags["vehicle_count", Flag.REPEATED] == sum(count > 1 for count in seen.values())


def test_the_silences_of_a_people_counter_are_found() -> None:
    """Birrarung Marr: 625, 49, 121, 217 and 625 hours; nobody else for more than 25."""
    found = silences_h(recorded("melbourne_people_hourly"))

    assert {device for device, hours in found.items() if max(hours) > 25} == {"Birrarung Marr"}
    assert [hours for hours in found["Birrarung Marr"] if hours > 25] == [625, 49, 121, 217, 625]


def test_the_gaps_of_the_motorway_are_found() -> None:
    """Those of more than three hours: up to ten."""
    [gaps] = silences_h(recorded("i94_traffic_hourly")).values()

    assert (min(gaps), max(gaps)) == (4, 10)


def test_the_nights_of_the_car_parks_are_silence() -> None:
    """Nothing was heard: so it is told, until somebody registers another interval."""
    found = silences_h(recorded("birmingham_parking_30min"))

    assert min(max(hours) for hours in found.values()) >= 15


def test_the_blanks_of_the_air_stations_are_silent_quantities() -> None:
    """21 to 217 blanks a column, in runs: the station speaks, the column does not."""
    stream = recorded("beijing_air_hourly")
    quality = Quality(SCENARIOS)
    for row in stream.rows:
        for quantity, value in row.values.items():
            if value is not None:
                quality.judge(stream.assets[row.device], quantity, row.at_us, row.at_us, value, 0)
        quality.sweep(row.at_us)

    found = {(it.asset_id, it.quantity) for it in quality.take() if it.fault == "silent"}

    assert {quantity for _, quantity in found} >= {"pm25", "pm10", "so2", "no2", "co", "o3"}
    assert {asset_id for asset_id, _ in found} == {it.asset_id for it in stream.assets.values()}


def test_the_missing_minutes_of_a_lighting_line_are_late() -> None:
    """59 of them, 38 on the day with index 2 and 21 on day 0: half a minute after each, the line is late."""
    stream = recorded("street_light_line_1min")
    heard = {row.at_us // MINUTE_US for row in stream.rows if row.values["power"] is not None}
    last_us, late = 0, Counter[int]()

    for minute in range(8640):
        last_us = minute * MINUTE_US if minute in heard else last_us
        if sweep([("line", last_us, 60.0)], minute * MINUTE_US + 31 * SECOND_US):
            late[minute // 1440] += 1

    assert late == {0: 21, 2: 38}


@pytest.mark.parametrize(
    "name", ["beijing_air_hourly", "dublin_weather_hourly", "melbourne_people_hourly", "calder_water_rain_15min",
             "street_light_line_1min", "wyndham_bins"]
)  # fmt: skip
def test_a_good_stream_has_no_faults(name: str) -> None:
    """Haze of 713 µg/m³, 11,273 people in an hour, a river that rises after dry weeks: all of it is true."""
    assert recorded(name).faults == []
