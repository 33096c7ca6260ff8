"""A whole day with scripted faults ends with exactly the alarms that the script deserves, and no other."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text

from ingest.simulator.day import Day, Scene
from ingest.simulator.roster import read_roster
from street.alarms import Alarm, AlarmState
from street.clock import MINUTE_US, as_us
from street.config import load
from street.readings import Flag
from street.store import Reader, open_store

ROOT = Path(__file__).resolve().parents[3]
MIDNIGHT_US = as_us(datetime.fromisoformat("2026-11-24T00:00:00+08:00"))
BEHIND_GW_04 = ("BIN-13", "BIN-14", "MH-15", "MH-16", "TREE-10")
LC_01 = tuple(f"SL-{number}" for number in range(101, 116))
LC_02 = tuple(f"SL-{number}" for number in range(201, 216))
CAST = {
    "GW-01", "GW-02", "GW-03", "GW-04", *BEHIND_GW_04, *LC_01, *LC_02, "NOI-01", "NOI-02", "NOI-03", "NOI-04", "SMK-05",
    "ELD-03", "FLN-03", "AIR-01", "MH-17", "CAM-11", "BIN-03", "WX-01", "TREE-09", "WTR-01",
}  # fmt: skip

SCRIPT = (
    Scene("01:10", "lamps-dark", LC_01[:12], 120),  # 12 of 15: four fifths, as 8 of 10
    Scene("02:00", "lamps-dark", ("SL-203",), 90),
    Scene("03:30", "smoke", ("SMK-05",), 5),
    Scene("04:40", "silent", ("NOI-01",), 20),
    Scene("05:15", "elder-calls", ("ELD-03",), 5),
    Scene("06:20", "microphone-stuck", ("NOI-03",), 120),
    Scene("07:05", "noise-burst", ("NOI-02",), 2),
    Scene("08:10", "lane-blocked", ("FLN-03",), 20),
    Scene("09:00", "gateway-silent", ("GW-04", *BEHIND_GW_04), 240),
    Scene("10:00", "thermometer-broken", ("AIR-01",), 60),
    Scene("11:00", "manhole-open", ("MH-17",), 15),
    Scene("13:20", "circuit-out", LC_02, 40),
    Scene("14:20", "camera-offline", ("CAM-11",), 8),
    Scene("15:00", "bin-overflowing", ("BIN-03",), 25),
    Scene("16:00", "broker-away", (), 20),
    Scene("17:00", "gale", ("WX-01",), 10),
    Scene("18:00", "clock-wrong", ("NOI-04",), 40),
    Scene("19:00", "ingest-away", (), 120),
    Scene("21:30", "tree-leaning", ("TREE-09",), 40),
    Scene("22:10", "flood", ("WTR-01",), 30),
    Scene("23:00", "silent", ("SL-210",), 90),
)


class Expected(NamedTuple):
    """An alarm of the golden list; times of day, each with the minutes it may take beyond."""

    rule_id: str
    asset_id: str
    raised: str
    within: float
    cleared: str | None  # None: it stands at midnight
    over: float = 0.0


# Written from the script, the scenarios' delays and the intervals; never from a run.
GOLDEN = (
    Expected("circuit-out", "LC-01", "01:20", 1, "03:10", 2),  # the lamps' 600 s; then their 60 s
    Expected("lamp-dark-at-night", "SL-203", "02:10", 1, "03:30", 2),  # its siblings have spoken by 02:06
    Expected("smoke", "SMK-05", "03:30", 0, "03:35", 2),
    Expected("silent", "NOI-01", "04:40", 1.6, "05:00", 0.5),  # three times 30 s after its last word
    Expected("elder-calls", "ELD-03", "05:15", 0, "05:20", 2),
    Expected("noise-very-loud", "NOI-02", "07:05", 1, "07:07", 2),
    Expected("fire-lane-blocked", "FLN-03", "08:13", 0.5, "08:30", 1),
    Expected("gateway-silent", "GW-04", "09:00", 3.5, "13:00", 0.5),
    Expected("manhole-open", "MH-17", "11:00", 0, "11:15", 1),
    Expected("circuit-out", "LC-02", "13:21", 1, "14:00", 2),  # the lamps' 60 s; then their 60 s
    Expected("camera-offline", "CAM-11", "14:21", 0.5, "14:28", 0.5),
    Expected("bin-overflowing", "BIN-03", "15:01", 0.5, "15:25", 1),
    Expected("broker-silent", "broker", "16:01", 0.5, "16:20", 0.5),
    Expected("wind-strong", "WX-01", "17:01", 0.5, "17:20", 2),
    Expected("tree-leaning", "TREE-09", "21:30", 1, "22:10", 2),
    Expected("road-flooded", "WTR-01", "22:10", 0.5, "22:36", 1.5),  # below 0.10 m after 24.6 min, and 120 s
    Expected("road-flooded-deep", "WTR-01", "22:10", 1.5, "22:25", 1.5),  # below 0.30 m after 13.1 min
    Expected("silent", "SL-210", "23:10", 6, None),  # three times 300 s after its last word
)


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Play the day, and give a reader of the store it leaves."""
    folder = tmp_path_factory.mktemp("day")
    path = folder / "config.yaml"
    path.write_text(f"store:\n  url: sqlite:///street.db\nplaces:\n  directory: {ROOT}/street/geo\n", encoding="utf-8")
    config = load(path, {})
    assets = [asset for asset in read_roster(ROOT / "street/geo/demo_assets.csv") if asset.asset_id in CAST]
    with closing(open_store(config.store.url, now_us=lambda: MIDNIGHT_US)) as store:
        store.register_assets(assets)
    Day(config, assets, SCRIPT, midnight_us=MIDNIGHT_US).play()
    with closing(open_store(config.store.url, now_us=lambda: MIDNIGHT_US)) as store, closing(store.reader()) as reader:
        yield reader


def minute(clock: str) -> float:
    """Return a time of day in minutes."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def since_midnight(at_us: int | None) -> float:
    """Return an instant in minutes of the day."""
    return ((at_us or 0) - MIDNIGHT_US) / MINUTE_US


def told(reader: Reader) -> list[Alarm]:
    """Return every alarm that ever called somebody, in order."""
    ever = reader.rows(text("SELECT DISTINCT alarm_id FROM alarm_transitions WHERE state = 'active'"))
    return reader.alarms([alarm_id for (alarm_id,) in ever])


@pytest.mark.slow
def test_the_day_ends_with_exactly_the_expected_alarms(evening: Reader) -> None:
    """Each rule at each asset, as often as the script says; no other alarm."""
    assert sorted((it.rule_id, it.asset_id) for it in told(evening)) == sorted(it[:2] for it in GOLDEN)


@pytest.mark.slow
@pytest.mark.parametrize("expected", GOLDEN, ids=lambda it: f"{it.rule_id} {it.asset_id}")
def test_each_alarm_comes_and_goes_when_it_should(evening: Reader, expected: Expected) -> None:
    """To the minute."""
    [alarm] = [it for it in told(evening) if (it.rule_id, it.asset_id) == expected[:2]]

    late = since_midnight(alarm.raised_us) - minute(expected.raised)

    assert -0.01 <= late <= expected.within + 0.01
    if expected.cleared is None:
        assert alarm.state is AlarmState.ACTIVE
    else:
        over = since_midnight(alarm.cleared_us) - minute(expected.cleared)
        assert alarm.state is AlarmState.CLEARED
        assert -0.01 <= over <= expected.over + 0.01


@pytest.mark.slow
def test_the_victims_are_listed_under_their_cause(evening: Reader) -> None:
    """Twelve lamps, five sensors behind the gateway, fifteen lamps; none of them ever called anybody."""
    roots = {it.asset_id: it for it in told(evening) if it.rule_id in {"circuit-out", "gateway-silent"}}

    victims = {root_id: {it.asset_id for it in evening.victims(root)} for root_id, root in roots.items()}

    assert victims == {"LC-01": set(LC_01[:12]), "GW-04": set(BEHIND_GW_04), "LC-02": set(LC_02)}
    assert evening.suppressed_alarms() == []


@pytest.mark.slow
def test_the_keepers_worklist_says_which_sensors_lied(evening: Reader) -> None:
    """The stuck microphone was repaired at 08:20 and has left it; the others stay for a day, a clock for an hour."""
    found = {(it.asset_id, it.quantity, it.fault) for it in evening.faults()}
    flagged = "SELECT DISTINCT s.asset_id FROM readings r JOIN series s USING (series_id) WHERE r.flags & :flag"
    stuck, wrong = (evening.rows(text(flagged), {"flag": int(flag)}) for flag in (Flag.STUCK, Flag.CLOCK_SKEW))

    assert found == {("AIR-01", "temperature", "implausible")}
    assert (stuck, wrong) == ([("NOI-03",)], [("NOI-04",)])


@pytest.mark.slow
def test_nothing_of_the_day_is_refused(evening: Reader) -> None:
    """Scripted faults are faults of the street, not of its messages."""
    assert evening.dead_letter_groups() == []
