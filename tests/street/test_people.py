"""Areas lie inside each other by their digits; people are what they were granted."""

import pytest

from street.people import Actor, Grant, Person, Role, is_area, lies_in


@pytest.mark.parametrize(
    ("area_id", "is_one"),
    [
        pytest.param("370202", True, id="district"),
        pytest.param("370202007", True, id="subdistrict"),
        pytest.param("370202007001", True, id="community"),
        pytest.param("370202007001003", True, id="grid cell"),
        pytest.param("", False, id="nothing"),
        pytest.param("3702020", False, id="seven digits"),
        pytest.param("３７０２０２", False, id="full-width digits"),
        pytest.param("37020a", False, id="a letter"),
        pytest.param("-70202", False, id="a sign"),
    ],
)
def test_an_area_has_six_nine_twelve_or_fifteen_digits(area_id: str, is_one: bool) -> None:
    """Anything else could begin like an area and reach further."""
    assert is_area(area_id) == is_one


@pytest.mark.parametrize(
    ("area_id", "outer_id", "inside"),
    [
        ("370202007001003", "370202", True),
        ("370202007001003", "370202007001", True),
        ("370202007", "370202007", True),
        ("370202", "370202007", False),
        ("370202008001", "370202007", False),
        ("370202007", "", False),
        ("", "370202", False),
        ("", "", False),
    ],
)
def test_a_longer_name_lies_inside_a_shorter_one(area_id: str, outer_id: str, inside: bool) -> None:
    """Never the reverse, and an empty name holds nothing."""
    assert lies_in(area_id, outer_id) == inside


def test_a_person_is_what_she_was_granted_anywhere() -> None:
    """Once each."""
    grants = (Grant(Role.OFFICER, "370202007001"), Grant(Role.OFFICER, "370202007004"), Grant(Role.LEADER, "370202007"))

    assert Person(person_id="p", login="wang", name="王芳", grants=grants).roles == {Role.OFFICER, Role.LEADER}


def test_the_program_itself_is_nobody_with_an_account() -> None:
    """No session can be mistaken for it."""
    actor = Actor.system("keeper")

    assert (actor.person_id, actor.login, actor.session_id) == ("", "keeper", "")
