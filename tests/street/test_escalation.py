"""When a wait goes up: worked by hand, a table of stages."""

import pytest

from street.clock import MINUTE_US
from street.escalation import Ladder, Moves, Step, Wait, Why, first_step, step_after, wait_of
from street.incidents import Stage
from tests.street.store.makers import NOON_US, an_incident

LADDER = Ladder(levels={1: (2, 5, 10), 3: (30, 120, 480)}, no_progress_min={1: 5, 2: 15, 3: 120, 4: 480}, claim_min=20)
MOVES = Moves(move_no=4, act_no=6, act_us=NOON_US + MINUTE_US)


@pytest.mark.parametrize(
    ("stage", "wait"),
    [
        (Stage.REPORTED, Wait(4, Why.UNANSWERED, NOON_US)),
        (Stage.FILED, Wait(4, Why.NO_PROGRESS, NOON_US)),
        (Stage.DISPATCHED, Wait(4, Why.UNANSWERED, NOON_US)),
        (Stage.ACCEPTED, Wait(6, Why.NO_PROGRESS, NOON_US + MINUTE_US)),
        (Stage.EN_ROUTE, Wait(6, Why.NO_PROGRESS, NOON_US + MINUTE_US)),
        (Stage.ON_SCENE, Wait(6, Why.NO_PROGRESS, NOON_US + MINUTE_US)),
        *((stage, None) for stage in (Stage.CHECKING, Stage.SUSPENDED, Stage.CLOSED, Stage.DISMISSED, Stage.MERGED)),
    ],
)
def test_what_each_stage_waits_for(stage: Stage, wait: Wait | None) -> None:
    """Every stage is in this table."""
    assert wait_of(an_incident(stage=stage, handler_id="p-1"), MOVES) == wait


def test_a_department_without_a_person_has_to_claim() -> None:
    """Once somebody of it is named, that one has to answer."""
    offered = an_incident(stage=Stage.DISPATCHED, department_id="Parks")
    given = an_incident(stage=Stage.DISPATCHED, department_id="Parks", handler_id="p-1")

    assert [wait.why for it in (offered, given) if (wait := wait_of(it, MOVES))] == [Why.UNCLAIMED, Why.UNANSWERED]


@pytest.mark.parametrize(
    ("severity", "is_urgent", "escalation", "why", "minutes"),
    [
        pytest.param(1, False, 0, Why.UNANSWERED, {1: 2, 2: 5, 3: 10}, id="gravest"),
        pytest.param(3, False, 0, Why.UNANSWERED, {1: 30, 2: 120, 3: 480}, id="third"),
        pytest.param(3, True, 0, Why.UNANSWERED, {1: 2, 2: 5, 3: 10}, id="urgent by hand"),
        pytest.param(2, False, 0, Why.UNANSWERED, {}, id="no ladder"),
        pytest.param(1, False, 0, Why.UNCLAIMED, {1: 20, 2: 23, 3: 28}, id="unclaimed"),
        pytest.param(1, False, 1, Why.NO_PROGRESS, {2: 5, 3: 10}, id="goes on from the squad"),
        pytest.param(1, False, 3, Why.NO_PROGRESS, {3: 5}, id="told again at the top"),
    ],
)
def test_the_steps_of_a_wait(
    severity: int, is_urgent: bool, escalation: int, why: Why, minutes: dict[int, int]
) -> None:
    """Minutes since the wait began, by the level that is reached."""
    incident = an_incident(severity=severity, is_urgent=is_urgent, escalation=escalation)
    steps: list[Step] = []

    step = first_step(incident, Wait(4, why, NOON_US), LADDER)
    while step is not None:
        steps.append(step)
        step = step_after(incident, step, LADDER)

    assert {it.level: (it.due_us - NOON_US) // MINUTE_US for it in steps} == minutes
    assert len(steps) == len(minutes)
