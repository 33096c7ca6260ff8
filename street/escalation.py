"""Escalation: what an open incident waits for, and how far up that goes when nobody answers.

    level 0 grid ─▶ 1 squad ─▶ 2 subdistrict ─▶ 3 district      two down (grid, squad), two up (subdistrict, district)

A wait begins with a move and ends with the next one. Its steps come after so many minutes, by severity: unanswered
since it was reported or dispatched, unclaimed since it was offered to a department, no progress since somebody took it.
Each step goes one level up from where the incident stands; what stands at the district is told there once more in each
new wait. Nothing here asks a clock or a store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from street.clock import MINUTE_US
from street.incidents import HIGHEST_ESCALATION, Incident, Stage

URGENT: Final = 1  # the severity whose minutes hold for whatever is marked urgent


class Why(StrEnum):
    """What nobody did; the kind of the notice that goes up."""

    UNANSWERED = "unanswered"
    UNCLAIMED = "unclaimed"
    NO_PROGRESS = "no_progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """After how many minutes a wait goes up.

    `levels` has for each severity the minutes until squad, subdistrict and district hear that nobody answered; a
    severity without them never goes up. `no_progress_min` is by severity too.
    """

    levels: Mapping[int, tuple[int, int, int]]
    no_progress_min: Mapping[int, int]
    claim_min: int

    def first_min(self, why: Why, severity: int) -> int:
        """Return after how many minutes the first step of a wait is due."""
        if why is Why.UNCLAIMED:
            return self.claim_min
        return self.no_progress_min[severity] if why is Why.NO_PROGRESS else self.levels[severity][0]


class Moves(NamedTuple):
    """The last things that people did to an incident: versions, and when the last of all counts as done."""

    move_no: int = 0  # the last that moved it, 0 while it is as reported
    act_no: int = 0  # the last of any kind
    act_us: int = 0


class Wait(NamedTuple):
    """What an incident waits for; `wait_no` is another one in each wait of the same incident."""

    wait_no: int
    why: Why
    since_us: int


class Step(NamedTuple):
    """A step that is to come."""

    wait_no: int
    why: Why
    level: int  # that it reaches
    due_us: int


def wait_of(incident: Incident, moves: Moves) -> Wait | None:
    """Return what *incident* waits for; None where it is done, set aside or with its verifier."""
    if incident.stage in _TAKEN:
        return Wait(moves.act_no, Why.NO_PROGRESS, max(moves.act_us, incident.moved_us))
    why = _WAITS.get(incident.stage)
    if why is None:
        return None
    is_offered = incident.stage is Stage.DISPATCHED and incident.department_id and not incident.handler_id
    return Wait(moves.move_no, Why.UNCLAIMED if is_offered else why, incident.moved_us)


def first_step(incident: Incident, wait: Wait, ladder: Ladder) -> Step | None:
    """Return the first step of a wait that has just begun; None where its severity never goes up."""
    severity = _severity(incident)
    if severity not in ladder.levels:
        return None
    level = min(incident.escalation + 1, HIGHEST_ESCALATION)
    due_us = wait.since_us + ladder.first_min(wait.why, severity) * MINUTE_US
    return Step(wait.wait_no, wait.why, level, due_us)


def step_after(incident: Incident, done: Step, ladder: Ladder) -> Step | None:
    """Return the step after *done* in the same wait; None at the top."""
    minutes = ladder.levels.get(_severity(incident))
    if minutes is None or done.level >= HIGHEST_ESCALATION:
        return None
    gap_min = minutes[done.level] - minutes[done.level - 1]
    return done._replace(level=done.level + 1, due_us=done.due_us + gap_min * MINUTE_US)


def _severity(incident: Incident) -> int:
    return URGENT if incident.is_urgent else incident.severity


_TAKEN: Final = frozenset({Stage.ACCEPTED, Stage.EN_ROUTE, Stage.ON_SCENE})
_WAITS: Final = {
    Stage.REPORTED: Why.UNANSWERED,
    Stage.FILED: Why.NO_PROGRESS,  # acknowledged, and nobody was sent
    Stage.DISPATCHED: Why.UNANSWERED,
}
