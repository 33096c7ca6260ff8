"""What may be the same matter, by HTTP: of what the asker may see, and masked for her."""

import json
from collections.abc import Iterator

import pytest
from starlette.exceptions import HTTPException

from dashboard.incident_same import answer
from street.people import Role
from tests.dashboard.conftest import COMMUNITY, SUBDISTRICT, Written, an_incident
from tests.dashboard.desk_office import Desk, asked_by

NOON_US = 1_795_492_800_000_000
OTHER_COMMUNITY = "370202007002"


@pytest.fixture
def desk(street: Written) -> Iterator[Desk]:
    """Give an office over three reports of one heap: two in one community, one just across its border."""
    for number, community_id in enumerate((COMMUNITY, COMMUNITY, OTHER_COMMUNITY)):
        heap = {"matter": "06010", "lon": 120.3262, "lat": 36.0671 + number * 1e-5, "asset_id": ""}
        street.report(an_incident(f"hotline/{number}", reported_us=NOON_US, community_id=community_id, **heap))
    made = Desk(street)
    yield made
    made.close()


def told(desk: Desk, area_id: str) -> list[str]:
    """Return what somebody of this area is proposed for the first report."""
    with asked_by(desk.street.sign_in(Role.OPERATOR, area_id)):
        body = json.loads(bytes(answer(desk.office, "hotline/0").body))
    assert all(it["apart_s"] == 0 and it["distance_m"] < 3 for it in body["proposals"])
    return [it["incident"]["incident_id"] for it in body["proposals"]]


def test_one_is_proposed_what_one_may_see(desk: Desk) -> None:
    """Nearest first; what lies in another's community is told to nobody else."""
    assert told(desk, SUBDISTRICT) == ["hotline/1", "hotline/2"]
    assert told(desk, COMMUNITY) == ["hotline/1"]


def test_of_what_one_may_not_see_nothing_is_proposed(desk: Desk) -> None:
    """As if it were not there."""
    with asked_by(desk.street.sign_in(Role.OPERATOR, OTHER_COMMUNITY)), pytest.raises(HTTPException) as refused:
        answer(desk.office, "hotline/0")

    assert refused.value.status_code == 404
