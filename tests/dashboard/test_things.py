"""One thing for one asker: found, or one and the same 404."""

from collections.abc import Iterator

import pytest
from starlette.exceptions import HTTPException

from dashboard import asking
from dashboard.asking import Asking
from dashboard.office import Office
from dashboard.things import area_for, asset_for, incident_for, is_allowed
from street.clock import now_us
from street.people import Grant, Person, Role
from street.policy import Action
from tests.dashboard.cameras import HERE, THERE, equip
from tests.dashboard.conftest import Written, an_incident

WORKER = Person(person_id="p-1", login="worker", name="W", grants=(Grant(Role.GRID_WORKER, HERE),))


@pytest.fixture
def office(street: Written) -> Iterator[Office]:
    """An office whose asker is a grid worker of one cell."""
    equip(street)
    made = Office(street.config, now_us)
    token = asking.begin(Asking(WORKER))
    yield made
    asking.end(token)
    made.close()


def test_what_lies_in_the_askers_area_is_found(office: Office) -> None:
    """By its id."""
    assert asset_for(office, "CAM-1", Action.SEE_STILL).asset_id == "CAM-1"
    assert incident_for(office, "hotline/0", Action.SEE_INCIDENT).incident_id == "hotline/0"


@pytest.mark.parametrize(
    ("asset_id", "action"),
    [
        ("CAM-2", Action.SEE_STILL),
        ("NO-SUCH", Action.SEE_STILL),
        ("CAM-1", Action.REVEAL),
        ("CAM-1\n", Action.SEE_STILL),
    ],
)
def test_everything_else_raises_the_same(office: Office, asset_id: str, action: Action) -> None:
    """Elsewhere, unknown, not allowed, no name."""
    with pytest.raises(HTTPException) as refusal:
        asset_for(office, asset_id, action)

    assert (refusal.value.status_code, refusal.value.detail) == (404, "Not Found")


@pytest.mark.parametrize("incident_id", ["hotline/1", "hotline/9", "hotline/0\x00"])
def test_incidents_too(office: Office, incident_id: str) -> None:
    """The same."""
    with pytest.raises(HTTPException) as refusal:
        incident_for(office, incident_id, Action.SEE_INCIDENT)

    assert (refusal.value.status_code, refusal.value.detail) == (404, "Not Found")


def test_an_incident_lies_where_its_asset_does_if_nobody_knows_better(office: Office) -> None:
    """Else nowhere, which is the subdistrict's."""
    assert area_for(office, an_incident(asset_id="CAM-2")) == THERE
    assert area_for(office, an_incident(asset_id="CAM-2", grid_cell_id=HERE)) == HERE
    assert area_for(office, an_incident(asset_id="NO-SUCH")) == ""
    assert not is_allowed(office, Action.SEE_INCIDENT, "")
