"""Dispatching: who is best sent to an incident, and why.

A candidate is an officer, or a department that may claim it. Points are few and told as reasons: whose it is by the
owner table, the grid cell, the way, the load. Who is off duty, or whose position is old or unknown, ranks behind all
others whatever the points say, and may still be chosen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from street.clock import MINUTE_US, SECOND_US
from street.incidents import Incident
from street.matters import Matter
from street.people import lies_in
from street.places import distance_m

MOST_SUGGESTED: Final = 3
STALE_US: Final = 10 * MINUTE_US  # of a position
FAR_M: Final = 2_000.0  # a way as long as the subdistrict is wide: from there on it counts nothing
OWNER_POINTS, CELL_POINTS, COMMUNITY_POINTS, WAY_POINTS, OPEN_POINTS, LATE_POINTS = 40.0, 20.0, 10.0, 40.0, -8.0, -8.0
WARNINGS: Final = frozenset({"off_duty", "position_stale", "position_unknown"})


class Position(NamedTuple):
    """Where somebody was last heard of, and when."""

    lon: float
    lat: float
    at_us: int
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An officer (`person_id`), or a department (`department_id` alone).

    `areas` are those in which the officer works; `unit` is the squad or department; `open_count` and `late_count` what
    is dispatched there now. The position is None where there is none, as for a department.
    """

    person_id: str = ""
    department_id: str = ""
    name: str = ""
    name_en: str = ""
    unit: str = ""
    areas: tuple[str, ...] = ()
    is_on_duty: bool = True
    open_count: int = 0
    late_count: int = 0
    position: Position | None = None


class Reason(NamedTuple):
    """Why a candidate stands where it stands.

    Codes: `owner`, `grid_cell`, `community`, `distance` [m], `position_age` [s], `open` and `late` [count], `on_duty`,
    and the warnings `off_duty`, `position_stale` [s], `position_unknown`.
    """

    code: str
    value: float | str


class Suggestion(NamedTuple):
    """One candidate with its points; the warnings are among the reasons."""

    candidate: Candidate
    score: float
    reasons: tuple[Reason, ...]

    @property
    def person_id(self) -> str:
        """The officer, "" for a department."""
        return self.candidate.person_id

    @property
    def department_id(self) -> str:
        """The department, "" for an officer."""
        return self.candidate.department_id

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever chooses this one should know before."""
        return tuple(reason.code for reason in self.reasons if reason.code in WARNINGS)


def best(
    incident: Incident,
    matter: Matter | None,
    people: Iterable[Candidate],
    now_us: int,
    limit: int = MOST_SUGGESTED,
    *,
    owner: str = "",
) -> list[Suggestion]:
    """Return the *limit* best of *people*, the best first; the same facts always give the same order.

    Args:
        incident: whom to send to.
        matter: what it is, if known.
        people: who could go: only those may be given whose areas hold the incident.
        now_us: the present.
        limit: at most so many.
        owner: the department of the incident's asset; it goes before the matter's.
    """
    whose = owner or (matter.department_id if matter else "")
    told = [_weighed(incident, it, whose, now_us) for it in people]
    told.sort(key=lambda it: (_rank(it), -it.score, it.candidate.name, it.person_id, it.department_id))
    return told[: max(limit, 0)]


def _rank(suggestion: Suggestion) -> int:
    """Return 0 for who can be sent without a second thought, more for each doubt."""
    warnings = suggestion.warnings
    return 2 * ("off_duty" in warnings) + any(it.startswith("position") for it in warnings)


def _weighed(incident: Incident, it: Candidate, whose: str, now_us: int) -> Suggestion:
    points, reasons = 0.0, []
    for reason, worth in (*_of_owner(it, whose), *_of_area(incident, it), *_of_way(incident, it, now_us)):
        points += worth
        reasons.append(reason)
    reasons.append(Reason("open", it.open_count))
    if it.late_count:
        reasons.append(Reason("late", it.late_count))
    points += OPEN_POINTS * it.open_count + LATE_POINTS * it.late_count
    return Suggestion(it, round(points, 1), tuple(reasons))


def _of_owner(it: Candidate, whose: str) -> Sequence[tuple[Reason, float]]:
    if not whose or whose not in {it.unit, it.department_id}:
        return ()
    return ((Reason("owner", whose), OWNER_POINTS),)


def _of_area(incident: Incident, it: Candidate) -> Sequence[tuple[Reason, float]]:
    cell, community = incident.grid_cell_id, incident.community_id or incident.grid_cell_id[:12]
    if cell and cell in it.areas:
        return ((Reason("grid_cell", cell), CELL_POINTS),)
    if community and any(lies_in(area, community) for area in it.areas):
        return ((Reason("community", community), COMMUNITY_POINTS),)
    return ()


def _of_way(incident: Incident, it: Candidate, now_us: int) -> Sequence[tuple[Reason, float]]:
    """Return what duty and position say; a department has neither."""
    if not it.person_id:
        return ()
    if not it.is_on_duty:
        return ((Reason("off_duty", 1), 0.0),)
    duty = (Reason("on_duty", 1), 0.0)
    if it.position is None:
        return duty, (Reason("position_unknown", 1), 0.0)
    age_us = max(now_us - it.position.at_us, 0)
    age_s = age_us // SECOND_US
    aged = (Reason("position_stale" if age_us > STALE_US else "position_age", age_s), 0.0)
    if incident.lon is None or incident.lat is None:
        return duty, aged
    way_m = distance_m(it.position.lon, it.position.lat, incident.lon, incident.lat)
    return duty, (Reason("distance", round(way_m)), WAY_POINTS * max(0.0, 1 - way_m / FAR_M)), aged
