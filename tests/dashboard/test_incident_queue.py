"""The queue: what is open and may be seen, worst first, a page at a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from street.clock import now_us
from tests.dashboard.acting import Crew
from tests.dashboard.cameras import HERE, THERE, staged
from tests.dashboard.conftest import an_incident


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    """A dashboard over two incidents, and people."""
    with staged(tmp_path) as stage:
        yield Crew(stage)


def ids(crew: Crew, name: str, query: str = "") -> list[str]:
    """Return what the queue tells."""
    return [it["incident_id"] for it in crew.get(name, f"/api/incidents{query}").json()["incidents"]]


def test_pages_hold_each_open_incident_once_and_worst_first(crew: Crew) -> None:
    """Also where many were reported at once; the total counts them all."""
    for number in range(5):
        crew.fresh(f"x/{number}", severity=1 + number % 3, reported_us=7)
    seen, after = [], ""
    while after is not None:
        page = crew.get("operator", f"/api/incidents?limit=2&after={after}").json()
        seen += [(it["severity"], it["incident_id"]) for it in page["incidents"]]
        after = page["next"]

    assert page["total"] == 6
    assert seen == [(1, "x/0"), (1, "x/3"), (2, "x/1"), (2, "x/4"), (2, "hotline/0"), (3, "x/2")]


def test_a_queue_holds_only_its_readers_areas(crew: Crew) -> None:
    """Also what lies there by its asset alone; what lies nowhere is the subdistrict's."""
    crew.stage.street.report(an_incident("x/asset", asset_id="CAM-2"))
    crew.stage.street.report(an_incident("x/nowhere", asset_id=""))
    crew.who("operator-there", THERE)
    crew.who("operator-all", "370202007")

    assert ids(crew, "operator") == ["hotline/0"]
    assert sorted(ids(crew, "operator-there")) == ["hotline/1", "x/asset"]
    assert sorted(ids(crew, "operator-all")) == ["hotline/0", "hotline/1", "x/asset", "x/nowhere"]


def test_a_queue_is_filtered(crew: Crew) -> None:
    """By stage, severity, handler and lateness; ended ones are there for who asks for them by name."""
    crew.fresh("x/late", severity=4, matter="06010", reported_us=now_us() - 9 * 86_400_000_000)
    crew.fresh("x/gone", severity=3)
    crew.act("operator", "dismiss", "x/gone")
    crew.straight(3)

    assert ids(crew, "officer", "?mine=1") == ["hotline/0"]
    assert ids(crew, "officer-2", "?mine=1") == []
    assert ids(crew, "operator", "?severity=4") == ["x/late"]
    assert ids(crew, "operator", "?late=1") == ["x/late"]
    assert ids(crew, "operator", "?stage=accepted,dismissed") == ["hotline/0", "x/gone"]


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=201", "?limit=x", "?stage=open", "?mine=yes", "?after=9", "?after=1:x:y", "?sort=no"]
)
def test_a_query_that_means_nothing_is_told_so(crew: Crew, query: str) -> None:
    """And not answered with something else."""
    assert crew.get("operator", f"/api/incidents{query}").status_code == 422


def test_texts_are_covered_and_the_lamp_is_told(crew: Crew) -> None:
    """As everywhere; a clock that has run out is red."""
    crew.fresh("x/late", severity=1, matter="06010", reported_us=now_us() - 9 * 86_400_000_000)

    late, other = crew.get("operator", "/api/incidents").json()["incidents"]

    assert (late["lamp"], other["lamp"]) == ("red", "")
    assert "****" in other["title"]
    assert other["grid_cell_id"] == HERE
