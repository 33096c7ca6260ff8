"""Who looks at the desk, and how far their rights reach."""

from pathlib import Path

import pytest

from dashboard.desk_view import areas_named, may_change, may_see, note_refusal, viewer_at, within
from layouts.desk.addresses import ASSETS, AUDIT, DEVICES, HEALTH, NEWCOMERS, PEOPLE, ROSTER
from street.config.sections import PlacesConfig
from street.errors import ConfigError
from street.people import Grant, Role
from street.policy import Action
from tests.dashboard.conftest import COMMUNITY, DISTRICT, SUBDISTRICT, Written, until
from tests.dashboard.desk_office import Desk, asked_by


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        pytest.param(Role.ADMIN, (PEOPLE, ROSTER, DEVICES, ASSETS, NEWCOMERS, HEALTH), id="admin"),
        pytest.param(Role.AUDITOR, (AUDIT,), id="auditor"),
        pytest.param(Role.OPERATOR, (PEOPLE, ROSTER, ASSETS, HEALTH), id="operator"),
        pytest.param(Role.SQUAD_LEADER, (PEOPLE, ROSTER, DEVICES, ASSETS), id="squad leader"),
        pytest.param(Role.OFFICER, (ROSTER, ASSETS), id="officer"),
        pytest.param(Role.WALL, (), id="screen"),
    ],
)
def test_everybody_is_led_to_their_own_pages_only(street: Written, role: Role, pages: tuple[str, ...]) -> None:
    """A link to a page that is not there for somebody would tell of it."""
    desk = Desk(street)

    with asked_by(street.sign_in(role)):
        viewer = viewer_at(desk.office, PEOPLE, "?q=li&lang=en")

    assert viewer.pages == pages
    assert (viewer.lang, viewer.query["q"]) == ("en", "li")


def test_a_stranger_sees_no_page_and_no_name(street: Written) -> None:
    """The guard stands before it; this is the second lock."""
    desk = Desk(street)

    viewer = viewer_at(desk.office, PEOPLE, None)

    assert (viewer.pages, viewer.name, viewer.csrf) == ((), "", "")


@pytest.mark.parametrize("path", [None, 7, "/desk/nothing", ["/desk/people"], {"a": 1}])
def test_a_path_that_is_none_is_no_page(street: Written, path: object) -> None:
    """A callback may be sent anything for it."""
    with asked_by(street.sign_in(Role.ADMIN)):
        assert viewer_at(Desk(street).office, path, {"x": 1}).path == ""


def test_somebody_is_seen_by_one_grant_and_changed_only_by_all(street: Written) -> None:
    """A squad leader of one community must not end the session of somebody who is more elsewhere."""
    desk = Desk(street)
    both = desk.a_person(
        "both", Role.OFFICER, COMMUNITY, grants=(Grant(Role.OFFICER, COMMUNITY), Grant(Role.LEADER, DISTRICT))
    )
    nobody = desk.a_person("nobody", Role.OFFICER, COMMUNITY, grants=())

    with asked_by(street.sign_in(Role.SQUAD_LEADER, COMMUNITY)):
        assert may_see(Action.SEE_PEOPLE, both)
        assert not may_change(Action.KEEP_DEVICES, both)
        assert not may_see(Action.SEE_PEOPLE, nobody)
        assert within(Action.KEEP_DEVICES) == [COMMUNITY]
    with asked_by(street.sign_in(Role.ADMIN)):
        assert may_change(Action.KEEP_DEVICES, both)
        assert may_change(Action.CHANGE_PEOPLE, nobody)
        assert within(Action.CHANGE_PEOPLE) is None


def test_areas_have_their_names_in_both_languages(street: Written) -> None:
    """From the drawn map, from the district down to the grid cells."""
    areas = areas_named(Desk(street).office)

    assert areas.name(SUBDISTRICT, "zh") == "江苏路街道"
    assert areas.name(SUBDISTRICT, "en") == "Jiangsu Road Subdistrict"
    assert areas.name("370202", "zh") == "市南区"
    assert len(areas.options("zh")) > 40


def test_a_map_that_is_not_there_is_told_as_such(street: Written, tmp_path: Path) -> None:
    """The server must not start with nameless areas."""
    desk = Desk(street)
    object.__setattr__(desk.office, "config", street.config.__class__(places=PlacesConfig(directory=tmp_path)))

    with pytest.raises(ConfigError, match=r"district\.geojson"):
        areas_named(desk.office)


def test_what_was_refused_is_remembered(street: Written) -> None:
    """Trying is what the auditor wants to know of."""
    desk = Desk(street)
    desk.office.refusals.start()

    with asked_by(street.sign_in(Role.OFFICER)):
        note_refusal(desk.office, Action.CHANGE_ROSTER, "person/x")

    until(lambda: ("change_roster", "refused", "officer-0") in desk.actions(), "the refusal is in the audit")
    desk.close()
