"""The whole street, as somebody would see it who decodes it and applies the rules."""

import itertools
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import street
from ingest.simulator.roster import read_roster
from ingest.simulator.speech import Posting
from ingest.simulator.timeline import BABBLER, Span, Timeline
from street.clock import SECOND_US
from tests.ingest.simulator.witness import Witness

ROSTER = read_roster(Path(street.__file__).parent / "geo" / "demo_assets.csv")
LIVE_S = 1_795_492_800.0


@cache
def told(minutes: float, *, past_h: float = 0, seed: int = 7, again: int = 0) -> list[Posting]:
    """All messages until so many minutes after the live start."""
    timeline = Timeline(ROSTER, seed, Span(begin_s=LIVE_S - 3600 * past_h, live_s=LIVE_S))
    end_us = int((LIVE_S + 60 * minutes) * SECOND_US)
    return list(itertools.takewhile(lambda one: one.at_us <= end_us, timeline))


@pytest.fixture(scope="module")
def witness() -> Witness:
    """Who has watched the first twenty minutes."""
    watching = Witness(ROSTER, LIVE_S)
    for posting in told(20):
        watching.hear(posting)
    return watching


def test_two_minutes_show_every_level(witness: Witness) -> None:
    """A visitor does not wait: one of each level is raised or reported, and all four come from a device too."""
    early = [note for note in witness.notes if note.second <= 120]

    assert {note.severity for note in early if note.what == "raise"} == {1, 2, 3, 4}
    assert {note.what for note in early} == {"raise", "report"}


def test_the_wall_changes_every_half_minute_at_first(witness: Witness) -> None:
    """Never more than 30 s without a new alarm or report in the first two minutes."""
    seconds = [0.0, *(note.second for note in witness.notes if note.second <= 125)]

    assert max(later - earlier for earlier, later in itertools.pairwise(seconds)) <= 30


def test_the_wall_keeps_changing(witness: Witness) -> None:
    """After the opening it is a change about every twenty seconds, and never a silence of three minutes."""
    seconds = [note.second for note in witness.notes if note.second > 120]
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(seconds))

    assert gaps[len(gaps) // 2] <= 30
    assert gaps[-1] <= 180


def test_the_wall_holds_a_readable_number_of_incidents(witness: Witness) -> None:
    """Eight to twenty-five open ones: enough to see, few enough to read."""
    opened = [note for note in witness.notes if note.what == "report" or (note.what == "raise" and note.severity <= 2)]

    assert 8 <= len([note for note in opened if note.second <= 130]) <= 16
    assert len(opened) <= 25


def test_alarms_also_end(witness: Witness) -> None:
    """Smoke, the blocked lane and the deep flood are over within twenty minutes."""
    ended = {note.subject.split(":")[0] for note in witness.notes if note.what == "clear"}

    assert {"smoke", "fire-lane-blocked", "road-flooded-deep", "elder-calls", "camera-offline"} <= ended


def test_ingest_understands_everybody_but_the_babbler(witness: Witness) -> None:
    """What is refused is what is meant to be refused; nobody is a stranger."""
    assert {topic for topic, _ in witness.refused} == {f"street/{BABBLER}/telemetry"}
    assert len({code for _, code in witness.refused}) >= 2
    assert witness.unknown == []


def test_no_reading_is_implausible_late_or_early(witness: Witness) -> None:
    """Flags would keep it out of alarms."""
    assert Counter(reading.flags for reading in witness.readings).keys() == {0}


def test_every_asset_speaks_in_the_first_five_seconds() -> None:
    """Else the map would fill over an hour."""
    watching = Witness(ROSTER, LIVE_S)
    for posting in told(5 / 60):
        watching.hear(posting)

    assert {reading.asset_id for reading in watching.readings} == {asset.asset_id for asset in ROSTER}


def test_assets_keep_their_interval() -> None:
    """Each to within 5 %; WTR-03 has no part in the first hour's story and speaks every 120 s."""
    at_us = [one.at_us for one in told(20) if one.topic == "street/WTR-03/telemetry"]
    gaps_s = [(later - earlier) / SECOND_US for earlier, later in itertools.pairwise(at_us[1:])]

    assert 10 <= len(at_us) <= 12
    assert all(113.9 <= gap <= 126.1 for gap in gaps_s)


def test_the_same_seed_and_start_say_the_same_bytes() -> None:
    """Pictures included; another seed says others."""
    assert told(2) == told(2, again=1)
    assert told(1) != told(1, seed=8)


@pytest.mark.parametrize(("minutes", "past_h"), [(20, 0), (0, 2)])
def test_messages_come_in_order_of_time(minutes: float, past_h: float) -> None:
    """Who plays them waits for each in turn."""
    postings = told(minutes, past_h=past_h) if past_h else told(minutes)

    assert postings == sorted(postings, key=lambda one: one.at_us)


def test_the_past_is_filled_in_without_a_gap() -> None:
    """With two hours of past, every half hour of it has its share, and no picture is drawn for it."""
    past = [one for one in told(0, past_h=2) if one.at_us < (LIVE_S - 600) * SECOND_US]
    halves = Counter(int((one.at_us / SECOND_US - LIVE_S + 7200) // 1800) for one in past if "telemetry" in one.topic)

    assert set(halves) == {0, 1, 2, 3}
    assert min(halves.values()) > 0.5 * max(halves.values())
    assert not any(one.topic.endswith("/snapshot") for one in past)


def test_each_camera_sends_a_picture_every_few_minutes() -> None:
    """Nineteen of them, none more often than every five minutes; a dead one sends none."""
    stills = [one for one in told(20) if one.topic.endswith("/snapshot")]
    count = Counter(one.topic for one in stills)

    assert len(count) == 19
    assert max(count.values()) <= 6
    assert all(len(one.payload) <= 40 * 1024 for one in stills)


def test_presence_is_said_once_and_when_it_changes() -> None:
    """CAM-11 goes offline and comes back in the opening."""
    words = [one.payload for one in told(20) if one.topic == "street/CAM-11/status"]

    assert words[:3] == [b"online", b"offline", b"online"]
    assert all(one.retain for one in told(20) if one.topic.endswith(("/status", "/availability")))
