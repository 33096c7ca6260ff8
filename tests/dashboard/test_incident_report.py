"""Reports by people: taken once, placed, and only where their reporter may report."""

from collections.abc import Iterator
from typing import Any

import pytest

from street.clock import iso, now_us
from tests.dashboard.acting import Crew
from tests.dashboard.cameras import staged

INSIDE = {"lon": 120.3262, "lat": 36.0671}


@pytest.fixture(scope="module")
def crews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """A dashboard, and people of the whole subdistrict."""
    with staged(tmp_path_factory.mktemp("report")) as stage:
        made = Crew(stage)
        for name in ("operator", "officer", "officer-2", "grid_worker", "wall", "leader"):
            made.who(name, "370202007")
        yield made


@pytest.fixture
def crew(crews: Crew) -> Crew:
    """The people, each test with ids of its own."""
    return crews.turn()


def report(crew: Crew, name: str = "officer", **changes: Any) -> Any:
    """Report something."""
    body = {"action_id": f"r-{crew.taps}", "title": "路面破损", "at": iso(now_us()), "severity": 2, **INSIDE}
    return crew.post(name, "/api/incidents", body | changes)


@pytest.mark.parametrize("name", ["operator", "officer", "grid_worker"])
def test_whoever_is_on_the_street_or_at_the_desk_reports(crew: Crew, name: str) -> None:
    """It is reported, not filed; it lies where it was seen; the audit has it."""
    answer = report(crew, name, matter="06010", media=["a.jpg"])

    told = answer.json()["incident"]
    assert (answer.status_code, told["stage"], told["source"], told["incident_id"]) == (
        201, "reported", name, f"{name}/r-{crew.taps}",
    )  # fmt: skip
    assert told["grid_cell_id"].startswith("370202007")
    assert told["due"] is not None
    thing = f"incident/{name}/r-{crew.taps}"
    [entry] = crew.stage.audited(crew.who(name), action="incident.report", object=thing)
    assert entry.entry.outcome == "done"


def test_the_same_report_again_is_one(crew: Crew) -> None:
    """A tablet sends it again and hears the same."""
    first = report(crew)
    again = report(crew)

    assert (first.status_code, again.status_code, again.json()["repeat"]) == (201, 200, True)
    assert again.json()["incident"]["incident_id"] == first.json()["incident"]["incident_id"]


def test_anothers_report_is_not_taken_over(crew: Crew) -> None:
    """Two officers' tablets made the same id: the second must make another."""
    report(crew)

    assert report(crew, "officer-2").json()["error"] == "used"


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"matter": "99999"}, "unknown", "matter"),
        ({"lon": 121.5, "lat": 31.2}, "outside", "lon"),
        ({"lat": None}, "missing", "lat"),
        ({"lon": "120"}, "range", "lon"),
        ({"title": "  "}, "missing", "title"),
        ({"title": "a\nb"}, "characters", "title"),
        ({"severity": 5}, "range", "severity"),
        ({"asset_id": "CAM-9"}, "unknown", "asset_id"),
        ({"drill": "yes"}, "form", "drill"),
        ({"phone": "1"}, "unknown-field", "phone"),
    ],
)
def test_what_cannot_be_reported_is_told_and_not_kept(
    crew: Crew, changes: dict[str, Any], error: str, field: str
) -> None:
    """An unknown matter, a place in Shanghai, half a position: the field and what to do about it."""
    answer = report(crew, **changes)

    assert (answer.status_code, answer.json()["error"], answer.json()["field"]) == (422, error, field)
    assert answer.json()["say"].endswith("。")
    assert crew.get("officer", f"/api/incidents/officer/r-{crew.taps}").status_code == 404


def test_a_wall_reports_nothing_and_nobody_reports_elsewhere(crew: Crew) -> None:
    """To a wall there is nothing to post to; an officer of one grid cell has no eyes in another."""
    crew.who("officer-cell", "370202007004001")

    assert report(crew, "wall").status_code == 404
    assert report(crew, "officer-cell", lon=120.3225, lat=36.0625).status_code in {201, 404}
    assert report(crew, "officer-cell", lon=None, lat=None, action_id="r-nowhere").status_code == 404


def test_a_drill_is_marked(crew: Crew) -> None:
    """It never touches indicators."""
    assert report(crew, drill=True).json()["incident"]["is_drill"] is True
