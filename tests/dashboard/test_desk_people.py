"""The people page: who is listed for whom, and what the filters do."""

import pytest
from dash import no_update

from dashboard.desk_people import filtered, fits, led_to, page
from dashboard.desk_view import viewer_at
from layouts import ids
from layouts.desk.addresses import PEOPLE
from street.people import Grant, Person, Role
from tests.dashboard.conftest import COMMUNITY, SUBDISTRICT, Written
from tests.dashboard.desk_office import Desk, asked_by, ids_of, said


def an_officer(**changes: object) -> Person:
    """Return an officer of the community."""
    told: dict[str, object] = {"login": "lina", "name": "李娜", "name_en": "Li Na", "unit": "一组"}
    return Person(person_id="p", grants=(Grant(Role.OFFICER, COMMUNITY),), **(told | changes))  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("query", "is_fitting"),
    [
        pytest.param({}, True, id="no filter"),
        pytest.param({"q": "LI N"}, True, id="English name, other case"),
        pytest.param({"q": "李"}, True, id="part of the name"),
        pytest.param({"q": "zhang"}, False, id="somebody else"),
        pytest.param({"area": SUBDISTRICT}, True, id="the area around"),
        pytest.param({"area": COMMUNITY + "001"}, False, id="a part of the area"),
        pytest.param({"role": "officer", "state": "active"}, True, id="role and state"),
        pytest.param({"role": "admin"}, False, id="another role"),
        pytest.param({"state": "inactive"}, False, id="another state"),
        pytest.param({"state": "nonsense"}, True, id="a state that is none"),
    ],
)
def test_filters_find_who_is_meant(query: dict[str, str], *, is_fitting: bool) -> None:
    """By text, area, role and state together."""
    assert fits(an_officer(), query) == is_fitting


def test_a_squad_leader_sees_only_people_of_the_own_area(street: Written) -> None:
    """And nothing that changes them."""
    desk = Desk(street)
    desk.a_person("inside", Role.OFFICER, COMMUNITY, phone="13812345678")
    desk.a_person("outside", Role.OFFICER, "370202007002", phone="13912345678")

    with asked_by(street.sign_in(Role.SQUAD_LEADER, COMMUNITY)):
        shown = page(desk.office, viewer_at(desk.office, PEOPLE, ""), desk.areas)

    assert "inside" in said(shown)
    assert "outside" not in said(shown)
    assert "13812345678" not in said(shown)
    assert "138****5678" in said(shown)
    assert ids.PERSON_SAVE not in ids_of(shown)


def test_somebody_from_elsewhere_has_no_panel_by_her_id(street: Written) -> None:
    """Guessing an id must show no more than the list does."""
    desk = Desk(street)
    outside = desk.a_person("outside", Role.OFFICER, "370202007002")

    with asked_by(street.sign_in(Role.SQUAD_LEADER, COMMUNITY)):
        shown = page(desk.office, viewer_at(desk.office, PEOPLE, f"?person={outside.person_id}"), desk.areas)

    assert "Outside" not in said(shown)


@pytest.mark.parametrize(
    ("query", "wanted"), [("?new=1", ids.PERSON_LOGIN), ("?import=1", ids.IMPORT_CHOOSE)], ids=["new", "import"]
)
def test_the_admin_opens_what_adds_people(street: Written, query: str, wanted: str) -> None:
    """A squad leader who types the same address gets the list alone."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        by_admin = page(desk.office, viewer_at(desk.office, PEOPLE, query), desk.areas)
    with asked_by(street.sign_in(Role.SQUAD_LEADER)):
        by_leader = page(desk.office, viewer_at(desk.office, PEOPLE, query), desk.areas)

    assert wanted in ids_of(by_admin)
    assert wanted not in ids_of(by_leader)


def test_what_a_person_wrote_is_text_whatever_it_looks_like(street: Written) -> None:
    """A name that looks like a component, or like HTML, is a name."""
    desk = Desk(street)
    name = '{"type":"Iframe","namespace":"dash_html_components"}'
    desk.a_person("odd", Role.OFFICER, COMMUNITY, name=name, unit="<img src=x onerror=alert(1)>")

    with asked_by(street.sign_in(Role.ADMIN)):
        shown = page(desk.office, viewer_at(desk.office, PEOPLE, ""), desk.areas)

    assert name in said(shown)
    assert "<img src=x onerror=alert(1)>" in said(shown)


def test_a_filter_leads_to_its_address_on_the_first_page() -> None:
    """And keeps the rest of the address."""
    assert filtered("li", None, "officer", None, "?lang=en&page=3") == "?lang=en&q=li&role=officer"


def test_a_filter_that_changes_nothing_leads_nowhere() -> None:
    """Else every page would be asked for twice."""
    assert filtered("li", None, None, None, "?q=li&page=3") is no_update


@pytest.mark.parametrize("value", [{"a": 1}, ["x"], 7, 1e308, True, None])
def test_a_filter_that_is_no_text_counts_as_none(value: object) -> None:
    """A callback may be sent anything."""
    assert led_to("", q=value) is no_update
