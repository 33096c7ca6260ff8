"""Shelves: what people put away calls nobody and opens nothing until that is over; then it does."""

from dataclasses import replace

import pytest

from street.alarms import Alarm, AlarmState, Back
from street.assets import Asset
from street.clock import HOUR_US, MINUTE_US, SECOND_US
from street.incidents import Incident
from street.rules.flapping import Again
from street.rules.moves import Clear, Raise, Regrade
from street.rules.shelves import Hold, LetGo, Shelves
from street.scenarios import load_scenarios
from street.shelving import Shelving, ShelvingKind

T0 = 1_795_492_800 * SECOND_US
SCENARIOS = load_scenarios()
DETECTOR = Asset(asset_id="S-1", kind="smoke_detector", name="S", community_id="370202007001")
RULE = next(rule for it in SCENARIOS.values() for rule in it.rules if rule.rule_id == "smoke")
SMOKE = Alarm(
    alarm_id="a", asset_id="S-1", rule_id="smoke", quantity=RULE.quantity, severity=1, state=AlarmState.ACTIVE,
    value=1.0, raised_us=T0 + MINUTE_US, incident_id="sensing/a",
)  # fmt: skip
INCIDENT = Incident(
    incident_id="sensing/a", source="sensing", matter="", severity=1, title="烟感", reported_us=T0, moved_us=T0
)  # fmt: skip
SHELVED = Shelving(asset_id="S-1", from_us=T0, until_us=T0 + HOUR_US, reason="dust of the works")


def a_street(*shelvings: Shelving, alarms: tuple[Alarm, ...] = ()) -> Shelves:
    """Return shelves of a street with one smoke detector."""
    return Shelves(SCENARIOS, {"S-1": DETECTOR}, alarms, shelvings)


def test_during_shelving_a_grave_alarm_opens_no_incident() -> None:
    """It is stored as held, and listed."""
    shelves = a_street(SHELVED)

    told = shelves.take(Raise(SMOKE, INCIDENT), T0 + MINUTE_US)

    assert told == Raise(replace(SMOKE, is_held=True, incident_id=None), None)
    assert list(shelves.tick(T0 + 2 * MINUTE_US)) == []


@pytest.mark.parametrize("restarts", [False, True], ids=["in one run", "over a restart"])
def test_what_still_stands_when_shelving_ends_calls_then(*, restarts: bool) -> None:
    """And opens its candidate incident then: once, within a tick."""
    shelves = a_street(SHELVED)
    shelves.take(Raise(SMOKE, INCIDENT), T0 + MINUTE_US)
    if restarts:
        shelves = a_street(SHELVED, alarms=(replace(SMOKE, is_held=True, incident_id=None),))

    before = list(shelves.tick(T0 + HOUR_US - 1))
    told = list(shelves.tick(T0 + HOUR_US))
    after = list(shelves.tick(T0 + HOUR_US + SECOND_US))

    assert (before, after) == ([], [])
    [let_go] = told
    assert isinstance(let_go, LetGo)
    assert (let_go.alarm_id, let_go.at_us) == ("a", T0 + HOUR_US)
    assert let_go.incident is not None
    assert (let_go.incident.severity, let_go.incident.alarm_id) == (1, "a")


def test_what_is_over_when_shelving_ends_calls_nobody() -> None:
    """The street is as it should be."""
    shelves = a_street(SHELVED)
    shelves.take(Raise(SMOKE, INCIDENT), T0 + MINUTE_US)
    shelves.take(Clear("a", T0 + 5 * MINUTE_US, 0.0, None), T0 + 5 * MINUTE_US)

    assert list(shelves.tick(T0 + HOUR_US)) == []


def test_a_standing_alarm_is_held_and_let_go() -> None:
    """Shelved while it stood, and taken back: it calls again, since it still stands."""
    shelves = a_street(alarms=(SMOKE,))

    shelves.shelve([SHELVED])
    held = list(shelves.tick(T0 + 2 * MINUTE_US))
    shelves.shelve([])
    told = list(shelves.tick(T0 + 3 * MINUTE_US))

    assert held == [Hold("a", T0 + 2 * MINUTE_US)]
    assert [type(move) for move in told] == [LetGo]


def test_one_of_two_shelvings_still_holds() -> None:
    """Overlapping windows end with the last."""
    longer = replace(
        SHELVED, asset_id="", area_id="370202007001", until_us=T0 + 2 * HOUR_US, kind=ShelvingKind.MAINTENANCE
    )
    shelves = a_street(SHELVED, longer)
    shelves.take(Raise(SMOKE, INCIDENT), T0 + MINUTE_US)

    assert list(shelves.tick(T0 + HOUR_US)) == []
    assert [type(move) for move in shelves.tick(T0 + 2 * HOUR_US)] == [LetGo]


def test_what_comes_back_or_becomes_graver_on_a_shelf_opens_nothing() -> None:
    """However grave it becomes."""
    shelves = a_street(SHELVED)

    back = Back("a", "S-1", "smoke", T0 + MINUTE_US, 1.0, 3)
    again = shelves.take(Again(back, INCIDENT), T0 + MINUTE_US)
    grade = shelves.take(Regrade("a", 1, T0 + 2 * MINUTE_US, 1.0, INCIDENT), T0 + 2 * MINUTE_US)
    [let_go] = list(shelves.tick(T0 + HOUR_US))

    assert again == Again(back._replace(is_held=True), None)
    assert grade == Regrade("a", 1, T0 + 2 * MINUTE_US, 1.0, None)
    assert isinstance(let_go, LetGo)
    assert let_go.incident is not None  # it has become grave meanwhile


def test_without_shelvings_nothing_is_changed() -> None:
    """The way of every day."""
    shelves = a_street()

    assert shelves.take(Raise(SMOKE, INCIDENT), T0) == Raise(SMOKE, INCIDENT)
    assert list(shelves.tick(T0)) == []


def test_what_is_suppressed_when_shelving_ends_opens_nothing() -> None:
    """The alarm of its cause speaks for it."""
    shelves = a_street(SHELVED, alarms=(replace(SMOKE, is_held=True, state=AlarmState.SUPPRESSED),))

    assert list(shelves.tick(T0 + HOUR_US)) == [LetGo("a", T0 + HOUR_US, None)]
