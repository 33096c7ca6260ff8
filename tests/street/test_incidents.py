"""Incidents: which steps exist, and that a step makes a new version."""

from typing import Any

import pytest

from street.errors import IllegalTransitionError
from street.incidents import ONWARD, OPEN_STAGES, Incident, Stage, advance


def an_incident(**changes: Any) -> Incident:
    """Make a reported incident."""
    known = {
        "incident_id": "hotline/1",
        "source": "hotline",
        "matter": "",
        "severity": 3,
        "title": "路面破损",
        "reported_us": 1,
        "moved_us": 1,
    }
    return Incident(**(known | changes))


def test_a_step_makes_the_next_version_and_leaves_the_old_one() -> None:
    """Two people who saw version 1 cannot both have made version 2."""
    reported = an_incident()

    filed = advance(reported, to=Stage.FILED, at_us=9, severity=2)

    assert (filed.stage, filed.version, filed.moved_us, filed.severity) == (Stage.FILED, 2, 9, 2)
    assert (reported.stage, reported.version) == (Stage.REPORTED, 1)


@pytest.mark.parametrize("to", sorted(set(Stage) - ONWARD[Stage.REPORTED]))
def test_a_step_that_does_not_exist_is_refused(to: Stage) -> None:
    """Nobody is on scene of what was never dispatched; the sentence names both stages."""
    with pytest.raises(IllegalTransitionError, match=f"hotline/1 is reported: it cannot become {to}"):
        advance(an_incident(), to=to, at_us=9)


def test_every_stage_has_its_steps_and_every_stage_is_reached() -> None:
    """A stage without an entry in the table would be a dead end by mistake."""
    reachable = set.union(*ONWARD.values()) | {Stage.REPORTED}

    assert set(ONWARD) == set(Stage)
    assert reachable == set(Stage)


def test_closed_and_dismissed_are_not_open() -> None:
    """What the wall counts as open."""
    assert set(Stage) - OPEN_STAGES == {Stage.CLOSED, Stage.DISMISSED}
