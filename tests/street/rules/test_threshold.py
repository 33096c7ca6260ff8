"""One limit at one asset: every way an alarm can begin, hold and end."""

from typing import NamedTuple

import pytest

from street.assets import Asset
from street.clock import SECOND_US
from street.rules.candidate import candidate
from street.rules.moves import Clear, Move, Pend, Raise
from street.rules.threshold import Watch
from street.scenarios import Level, Rule
from street.scenarios.conditions import Limit, Source
from street.scenarios.schedule import Schedule

# 2026-11-24 12:00:00 in Shanghai
NOON_US = 1_795_492_800 * SECOND_US
GAUGE = Asset(
    asset_id="WTR-01", kind="water_level", name="太平路低点积水计", lon=120.32264, lat=36.06124,
    community_id="370202007008", grid_cell_id="370202007008006", road="太平路",
)  # fmt: skip


def a_rule(**changes: object) -> Rule:
    """A limit of 10, over at 8, of severity 3 and without delays."""
    told = {"clear_at": 8.0, "raise_above": 10.0, "severity": 3, "hours": ()} | changes
    hours = told.pop("hours")
    limit = {key: told.pop(key) for key in ("clear_at", "raise_above", "raise_below") if key in told}
    when = Limit(source=Source(quantity="water_level"), **limit)  # type: ignore[arg-type]  # the table is untyped
    return Rule(
        rule_id="r", kind="water_level", matter="01004", title="道路积水", title_en="Road flooded",
        levels=(Level(when=when, **told),),  # type: ignore[arg-type]  # the table of cases is untyped
        schedule=Schedule(hours=(hours,) if hours else ()),  # type: ignore[arg-type]  # the table of cases is untyped
    )  # fmt: skip


def told(moves: list[Move]) -> list[str]:
    """Say in short what moved, with seconds since noon."""

    def second(at_us: int) -> str:
        return f"{(at_us - NOON_US) / SECOND_US:g}"

    words = []
    for move in moves:
        if isinstance(move, Raise):
            words.append(f"raise@{second(move.alarm.raised_us)}")
        elif isinstance(move, Clear):
            words.append(f"clear@{second(move.at_us)}")
        else:
            assert isinstance(move, Pend)
            words.append("pend off" if move.since_us is None else f"pend@{second(move.since_us)}")
    return words


class Tick(NamedTuple):
    """The clock says so many seconds past noon."""

    second: float


BELOW = {"raise_above": None, "raise_below": 10.0, "clear_at": 12.0}
ON = {"on_delay_s": 60.0}
OFF = {"off_delay_s": 60.0}
DAY = {"hours": (9 * 60, 12 * 60 + 1)}
NIGHT = {"hours": (22 * 60, 6 * 60)}
BOTH = ON | OFF
CASES = [
    ("under the limit nothing moves", {}, [(0, 9.99)], []),
    ("the limit itself is a breach", {}, [(0, 10)], ["raise@0"]),
    ("over the limit is a breach", {}, [(0, 11)], ["raise@0"]),
    ("a standing breach is raised once", {}, [(0, 11), (1, 12), (2, 10)], ["raise@0"]),
    ("between the limits the alarm holds", {}, [(0, 11), (1, 9)], ["raise@0"]),
    ("just above clear_at it holds", {}, [(0, 11), (1, 8.01)], ["raise@0"]),
    ("clear_at itself ends it", {}, [(0, 11), (1, 8)], ["raise@0", "clear@1"]),
    ("between the limits nothing begins", {}, [(0, 9), (1, 9.5)], []),
    ("it can come again", {}, [(0, 11), (1, 7), (2, 11)], ["raise@0", "clear@1", "raise@2"]),
    ("chatter inside the band is one alarm", {}, [(0, 10), (1, 9), (2, 10), (3, 9)], ["raise@0"]),
    ("below: over the limit nothing moves", BELOW, [(0, 10.01)], []),
    ("below: the limit itself is a breach", BELOW, [(0, 10)], ["raise@0"]),
    ("below: the band holds", BELOW, [(0, 9), (1, 11.9)], ["raise@0"]),
    ("below: clear_at ends it", BELOW, [(0, 9), (1, 12)], ["raise@0", "clear@1"]),
    ("on-delay: the first breach only waits", ON, [(0, 11)], ["pend@0"]),
    ("on-delay: a reading too early", ON, [(0, 11), (59.9, 11)], ["pend@0"]),
    ("on-delay: a reading in time raises", ON, [(0, 11), (60, 11)], ["pend@0", "pend off", "raise@60"]),
    ("on-delay: a later reading dates it back", ON, [(0, 11), (95, 11)], ["pend@0", "pend off", "raise@60"]),
    ("on-delay: a good reading calls it off", ON, [(0, 11), (30, 5)], ["pend@0", "pend off"]),
    ("on-delay: the band calls it off too", ON, [(0, 11), (30, 9)], ["pend@0", "pend off"]),
    ("on-delay: it starts anew", ON, [(0, 11), (30, 5), (40, 11), (99, 11)], ["pend@0", "pend off", "pend@40"]),
    ("on-delay: the clock is too early", ON, [(0, 11), Tick(59.9)], ["pend@0"]),
    ("on-delay: the clock raises", ON, [(0, 11), Tick(60)], ["pend@0", "pend off", "raise@60"]),
    ("on-delay: a slow clock dates it right", ON, [(0, 11), Tick(300)], ["pend@0", "pend off", "raise@60"]),
    ("on-delay: the clock after a good reading", ON, [(0, 11), (30, 5), Tick(70)], ["pend@0", "pend off"]),
    (
        "on-delay: the clock raises once",
        ON,
        [(0, 11), Tick(60), Tick(61), (62, 11)],
        ["pend@0", "pend off", "raise@60"],
    ),
    ("off-delay: a good reading only waits", OFF, [(0, 11), (10, 7)], ["raise@0", "pend@10"]),
    ("off-delay: a breach calls it off", OFF, [(0, 11), (10, 7), (20, 11)], ["raise@0", "pend@10", "pend off"]),
    ("off-delay: the band calls it off", OFF, [(0, 11), (10, 7), (20, 9)], ["raise@0", "pend@10", "pend off"]),
    ("off-delay: a reading clears", OFF, [(0, 11), (10, 7), (80, 6)], ["raise@0", "pend@10", "pend off", "clear@70"]),
    ("off-delay: the clock clears", OFF, [(0, 11), (10, 7), Tick(70)], ["raise@0", "pend@10", "pend off", "clear@70"]),
    (
        "both delays, a whole life",
        BOTH,
        [(0, 11), Tick(60), (100, 7), Tick(160), (200, 11)],
        ["pend@0", "pend off", "raise@60", "pend@100", "pend off", "clear@160", "pend@200"],
    ),
    (
        "a good reading from before the raise, but late, clears no earlier than the raise",
        ON,
        [(0, 11), Tick(60), (30, 5)],
        ["pend@0", "pend off", "raise@60", "clear@60"],
    ),
    ("hours: inside them it raises", DAY, [(0, 11)], ["raise@0"]),
    ("hours: outside them nothing is a breach", NIGHT, [(0, 11)], []),
    ("hours: their end ends the alarm", DAY, [(0, 11), (61, 11)], ["raise@0", "clear@61"]),
    ("hours: their end calls a delay off", DAY | ON, [(30, 11), (61, 11)], ["pend@30", "pend off"]),
]


@pytest.mark.parametrize(("changes", "story", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_an_alarm_moves_as_the_table_says(
    changes: dict[str, object], story: list[tuple[float, float] | Tick], expected: list[str]
) -> None:
    """Hysteresis, delays and hours decide; each row is one way it can go."""
    watch = Watch(a_rule(**changes), "WTR-01", GAUGE)

    moves: list[Move] = []
    for step in story:
        at_us = NOON_US + int(step[0] * SECOND_US)
        moves += watch.tick(at_us) if isinstance(step, Tick) else watch.observe(at_us, step[1])

    assert told(moves) == expected


def test_a_grave_alarm_carries_its_candidate_incident() -> None:
    """Severity 1 and 2 need a person, so the incident opens with the alarm and both name each other."""
    [move] = Watch(a_rule(severity=2), "WTR-01", GAUGE).observe(NOON_US, 11.5)

    assert isinstance(move, Raise)
    assert move.incident is not None
    assert move.alarm.incident_id == move.incident.incident_id == f"sensing/r:WTR-01:{NOON_US}"
    assert move.incident.alarm_id == move.alarm.alarm_id == f"r:WTR-01:{NOON_US}"


def test_a_candidate_incident_says_what_and_where() -> None:
    """A person on the wall needs the title, the matter, the place and the value that crossed the limit."""
    rule = a_rule(severity=1)
    [move] = Watch(rule, "WTR-01", GAUGE).observe(NOON_US, 11.5)

    assert isinstance(move, Raise)
    incident = candidate(move.alarm, rule, GAUGE, NOON_US)

    assert (incident.title, incident.title_en, incident.matter) == ("道路积水", "Road flooded", "01004")
    assert (incident.lon, incident.lat, incident.grid_cell_id) == (120.32264, 36.06124, "370202007008006")
    assert incident.address == "太平路低点积水计"
    assert incident.description == "WTR-01 water_level 11.5 (≥ 10)"


@pytest.mark.parametrize("severity", [3, 4])
def test_a_mild_alarm_opens_no_incident(severity: int) -> None:
    """Else every full bin would be a case for an officer."""
    [move] = Watch(a_rule(severity=severity), "WTR-01", GAUGE).observe(NOON_US, 11)

    assert isinstance(move, Raise)
    assert (move.incident, move.alarm.incident_id) == (None, None)


def test_the_clear_of_a_grave_alarm_names_its_incident() -> None:
    """The store marks that incident as recovered in the same transaction."""
    watch = Watch(a_rule(severity=1), "WTR-01", GAUGE)
    [raised] = watch.observe(NOON_US, 11)
    [cleared] = watch.observe(NOON_US + SECOND_US, 3)

    assert isinstance(raised, Raise)
    assert cleared == Clear(raised.alarm.alarm_id, NOON_US + SECOND_US, 3, raised.alarm.incident_id)


def test_a_delay_taken_up_without_its_asset_waits() -> None:
    """An incident without a place helps nobody: the asset's next reading brings it."""
    watch = Watch(a_rule(), "WTR-01")
    watch.take_up(None, {"r": NOON_US})

    assert watch.tick(NOON_US + SECOND_US) == []


def test_a_pend_says_where_it_belongs() -> None:
    """The store keeps delays by asset and rule, so that they survive a restart."""
    [move] = Watch(a_rule(on_delay_s=5.0), "WTR-01", GAUGE).observe(NOON_US, 11)

    assert move == Pend("WTR-01", "r", NOON_US)
