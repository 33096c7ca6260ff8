"""Who is best sent: few reasons, each of them seen to matter."""

from dataclasses import replace
from typing import Any

import pytest

from street.clock import SECOND_US
from street.dispatching import Candidate, Position, Suggestion, best
from street.incidents import Incident
from street.matters import Matter, MatterKind
from tests.street.store.makers import NOON_US, an_incident

CELL, COMMUNITY, SUBDISTRICT = "370202007007003", "370202007007", "370202007"
LON, LAT = 120.325, 36.066
DEGREE_M = 90_000.0
FIRE = an_incident(lon=LON, lat=LAT, grid_cell_id=CELL, community_id=COMMUNITY)
MATTER = Matter(kind=MatterKind.MATTER, code="06010", name="暴露垃圾", department_id="Works")


def an_officer(person_id: str, way_m: float | None = 500, age_s: int = 60, **changes: Any) -> Candidate:
    """Return an officer on duty, so far away."""
    position = None if way_m is None else Position(LON + way_m / DEGREE_M, LAT, NOON_US - age_s * SECOND_US)
    made = Candidate(person_id=person_id, name=person_id, areas=(SUBDISTRICT,), position=position)
    return replace(made, **changes)


def order(*people: Candidate, incident: Incident = FIRE, matter: Matter | None = None, **asked: Any) -> list[str]:
    """Return who is best, in order."""
    return [it.person_id or it.department_id for it in told(*people, incident=incident, matter=matter, **asked)]


def told(*people: Candidate, incident: Incident = FIRE, matter: Matter | None = None, **asked: Any) -> list[Suggestion]:
    """Return all suggestions."""
    return best(incident, matter, people, NOON_US, asked.pop("limit", 100), **asked)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param({"way_m": 100}, {"way_m": 900}, id="nearer"),
        pytest.param({"areas": (CELL,)}, {}, id="her own cell"),
        pytest.param({"areas": (COMMUNITY,)}, {}, id="her own community"),
        pytest.param({"areas": (CELL,)}, {"areas": (COMMUNITY,)}, id="cell before community"),
        pytest.param({}, {"open_count": 2}, id="free hands"),
        pytest.param({"open_count": 2}, {"open_count": 2, "late_count": 1}, id="nothing late"),
        pytest.param({"unit": "Works", "way_m": 900}, {"way_m": 500}, id="of the department that owns it"),
        pytest.param({"way_m": 1_900}, {"way_m": 10, "age_s": 601}, id="a fresh position, however far"),
        pytest.param({"way_m": 1_900}, {"way_m": None}, id="any position before none"),
        pytest.param({"way_m": None}, {"way_m": 10, "is_on_duty": False}, id="on duty, wherever she is"),
    ],
)
def test_one_thing_that_makes_better(better: dict[str, Any], worse: dict[str, Any]) -> None:
    """All else alike, and whichever is given first."""
    good, bad = an_officer("good", **better), an_officer("bad", **worse)

    assert order(good, bad, matter=MATTER) == order(bad, good, matter=MATTER) == ["good", "bad"]


def test_an_owning_department_stands_among_the_officers() -> None:
    """Named by the asset, it goes before what the matter says."""
    works, parks = Candidate(department_id="Works", unit="Works"), Candidate(department_id="Parks", unit="Parks")

    assert order(works, parks, matter=MATTER)[0] == "Works"
    assert order(works, parks, matter=MATTER, owner="Parks")[0] == "Parks"


def test_three_are_suggested_unless_more_are_asked_for() -> None:
    """A list of forty is no suggestion."""
    people = [an_officer(f"p{number}") for number in range(5)]

    assert len(best(FIRE, None, people, NOON_US)) == 3
    assert len(best(FIRE, None, people, NOON_US, 5)) == 5


def test_doubts_are_said_and_keep_nobody_away() -> None:
    """Still selectable, with what to know before."""
    [stale] = told(an_officer("p", age_s=601))
    [unknown] = told(an_officer("p", None))
    [off] = told(an_officer("p", is_on_duty=False))

    assert (stale.warnings, unknown.warnings, off.warnings) == (
        ("position_stale",), ("position_unknown",), ("off_duty",)
    )  # fmt: skip
    assert [it.value for it in stale.reasons if it.code == "position_stale"] == [601]


def test_where_somebody_off_duty_is_plays_no_part() -> None:
    """Her position is hers then."""
    [off] = told(an_officer("p", 10, is_on_duty=False))

    assert {it.code for it in off.reasons} == {"off_duty", "open"}


def test_an_incident_without_a_place_is_sent_by_all_else() -> None:
    """A call that names no street: no distance is said, rather than a wrong one."""
    nowhere = replace(FIRE, lon=None, lat=None)

    [one] = told(an_officer("p", 500), incident=nowhere)

    assert "distance" not in {it.code for it in one.reasons}


def test_alike_candidates_always_come_in_the_same_order() -> None:
    """The list must not jump under a finger."""
    people = [an_officer(name) for name in ("b", "a", "c")]

    assert order(*people) == order(*reversed(people)) == ["a", "b", "c"]


def test_a_position_from_a_clock_ahead_is_new() -> None:
    """Its age is nothing, not less."""
    [one] = told(an_officer("p", 500, age_s=-60))

    assert [it.value for it in one.reasons if it.code == "position_age"] == [0]


def test_the_score_is_worked_by_hand() -> None:
    """Half way across (20), own cell (20), one open (−8)."""
    [one] = told(an_officer("p", 1_000, areas=(CELL,), open_count=1))

    assert one.score == pytest.approx(32, abs=0.5)
