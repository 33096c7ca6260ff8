"""One person's panel."""

import pytest

from layouts import ids
from layouts.desk.person import grant_value, new_person_panel, one_time, person_facts, person_panel, read_grants
from layouts.wording import desk_words_in
from street.people import Grant, Role
from tests.layouts.desk.reading import AREAS, COMMUNITY, SUBDISTRICT, a_person, a_viewer, links, piece, pieces, said


def test_the_panel_carries_whom_it_is_about_and_which_version_it_shows() -> None:
    """Not the address: that may have moved on while somebody was writing."""
    shown = person_panel(a_viewer(person="p-1"), a_person(), AREAS, within=None)

    assert piece(shown, ids.PERSON_SUBJECT)["data"] == {"person_id": "p-1", "version": 3}
    assert piece(shown, ids.PERSON_GRANTS)["value"] == [f"officer@{COMMUNITY}"]
    assert piece(shown, ids.PERSON_LOGIN)["readOnly"]


def test_the_phone_number_is_a_hint_and_not_a_value() -> None:
    """It is not sent to the browser at all."""
    shown = person_panel(a_viewer(), a_person(), AREAS, within=None)

    assert piece(shown, ids.PERSON_PHONE)["placeholder"] == "138****5678"
    assert "13812345678" not in str(list(pieces(shown)))


def test_only_areas_of_ones_own_may_be_granted() -> None:
    """The server asks again; the list does not tempt."""
    shown = new_person_panel(a_viewer(), AREAS, within=[COMMUNITY])

    offered = [option["value"] for option in piece(shown, ids.PERSON_GRANT_AREA)["options"]]
    assert SUBDISTRICT not in offered
    assert COMMUNITY in offered
    assert Role.WALL.value not in [option["value"] for option in piece(shown, ids.PERSON_GRANT_ROLE)["options"]]


def test_what_was_saved_is_said_only_of_the_version_that_is_shown() -> None:
    """An old address must not claim it."""
    fresh, old = (person_panel(a_viewer(saved=version), a_person(), AREAS, within=None) for version in ("3", "2"))

    assert "已保存" in said(fresh)
    assert "已保存" not in said(old)


def test_who_may_only_look_gets_no_button() -> None:
    """And the covered number."""
    shown = person_facts(a_viewer(), a_person(), AREAS)

    assert not [one for one in pieces(shown) if one["type"] == "Button"]
    assert "138****5678" in said(shown)
    assert "执法队员 · 齐东路社区" in said(shown)


@pytest.mark.parametrize(("has_totp", "is_disabled"), [(True, False), (False, True)])
def test_a_second_factor_is_cleared_only_where_there_is_one(*, has_totp: bool, is_disabled: bool) -> None:
    """A button that does nothing is greyed."""
    shown = person_panel(a_viewer(), a_person(has_totp=has_totp), AREAS, within=None)

    assert piece(shown, ids.PERSON_RESET_TOTP)["disabled"] == is_disabled


def test_an_account_that_is_off_is_offered_to_be_on() -> None:
    """One button, two directions."""
    on, off = (said(person_panel(a_viewer(), a_person(is_active=it), AREAS, within=None)) for it in (True, False))

    assert "停用账号" in on
    assert "启用账号" in off


def test_a_password_is_told_with_what_to_do_with_it() -> None:
    """Once, and a way on."""
    shown = one_time(desk_words_in("zh"), "已新增 李娜", "abc-2", "/desk/people?person=p")

    assert "只显示这一次" in said(shown)
    assert links(shown) == ["/desk/people?person=p"]


def test_grants_come_back_as_they_went() -> None:
    """Each once."""
    grants = (Grant(Role.OFFICER, COMMUNITY), Grant(Role.LEADER, SUBDISTRICT))
    values = [grant_value(grant) for grant in grants]

    assert read_grants([*values, values[0]]) == grants
    assert read_grants([]) == ()


@pytest.mark.parametrize(
    "values", [None, "officer@1", [1], ["officer"], ["king@370202007"], ["officer@37"], [f"officer@{COMMUNITY}"] * 51]
)
def test_what_is_no_list_of_grants_is_none(values: object) -> None:
    """It comes from a browser."""
    assert read_grants(values) is None
