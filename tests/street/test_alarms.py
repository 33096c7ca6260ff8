"""Alarms: which are a person's business at once, and where each stands; the whole table is tested on a store."""

from dataclasses import replace

import pytest

from street.alarms import ALARM_MOVES, Alarm, AlarmAct, AlarmState, Life, life, may_act, opens_incident
from street.shelving import Shelving, ShelvingKind

ALARM = Alarm(
    alarm_id="a", asset_id="n-1", rule_id="loud", quantity="noise_laeq", severity=2, state=AlarmState.ACTIVE,
    value=91.0, raised_us=0,
)  # fmt: skip
SHELVED = Shelving(asset_id="n-1", from_us=0, until_us=10, reason="works")
OUT = replace(SHELVED, kind=ShelvingKind.OUT_OF_SERVICE, until_us=None)


@pytest.mark.parametrize(("severity", "opens"), [(1, True), (2, True), (3, False), (4, False)])
def test_only_the_two_severest_open_an_incident_by_themselves(severity: int, opens: bool) -> None:
    """The rest would bury an operator."""
    assert opens_incident(severity) is opens


@pytest.mark.parametrize(
    ("state", "announced", "acknowledged", "expected"),
    [
        (AlarmState.ACTIVE, 1, 0, Life.UNACKNOWLEDGED),
        (AlarmState.ACTIVE, 1, 1, Life.ACKNOWLEDGED),
        (AlarmState.ACTIVE, 2, 1, Life.UNACKNOWLEDGED),
        (AlarmState.ACTIVE, 0, 0, Life.UNACKNOWLEDGED),
        (AlarmState.CLEARED, 1, 0, Life.RETURNED_UNACKNOWLEDGED),
        (AlarmState.CLEARED, 1, 1, Life.NORMAL),
        (AlarmState.CLEARED, 0, 0, Life.NORMAL),
        (AlarmState.SUPPRESSED, 0, 0, Life.SUPPRESSED),
        (AlarmState.SUPPRESSED, 1, 1, Life.SUPPRESSED),
    ],
)
def test_life_follows_from_what_rules_and_people_wrote(
    state: AlarmState, announced: int, acknowledged: int, expected: Life
) -> None:
    """No column says it, so no two writers can disagree."""
    alarm = replace(ALARM, state=state, announced=announced, acknowledged=acknowledged)

    assert life(alarm, (), 5, None) is expected


@pytest.mark.parametrize("state", list(AlarmState), ids=str)
def test_what_is_put_away_is_in_its_drawer_whatever_the_street_does(state: AlarmState) -> None:
    """Until its time is over; out of service before shelved."""
    alarm = replace(ALARM, state=state)

    assert life(alarm, [SHELVED], 5, None) is Life.SHELVED
    assert life(alarm, [SHELVED, OUT], 5, None) is Life.OUT_OF_SERVICE
    assert life(alarm, [SHELVED], 10, None) not in {Life.SHELVED, Life.OUT_OF_SERVICE}


def test_only_time_and_people_open_drawers() -> None:
    """No reading brings an alarm out of a drawer, and nothing but a person puts one in."""
    drawers = {Life.SHELVED, Life.OUT_OF_SERVICE}
    out = {act for (stands, act), to in ALARM_MOVES.items() if stands in drawers and to - drawers}
    into = {act for (stands, act), to in ALARM_MOVES.items() if stands not in drawers and to & drawers}

    assert out == {AlarmAct.UNSHELVE, AlarmAct.PUT_BACK, AlarmAct.EXPIRE}
    assert into == {AlarmAct.SHELVE, AlarmAct.TAKE_OUT}
    assert not may_act(Life.NORMAL, AlarmAct.ACKNOWLEDGE)
