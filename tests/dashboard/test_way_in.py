"""Where somebody goes after signing in."""

import pytest

from dashboard.way_in import home_of, own_path, way_in
from street.people import Grant, Person, Role

HOSTILE = [
    "", "wall", "//evil", "///evil", "/\\evil", "\\\\evil", "/\tevil", "/\n/evil", "https:evil", "https://evil/wall",
    "javascript:alert(1)", "data:text/html,x", " /wall", "/wall evil", "/wall\x00", "/ｗall", "/login", "/logout",
    "/pair", "/nowhere", "/api/people/import", "/_dash-ws-callback", "/wall" + "a" * 600, "/wall?" + "a" * 600, "/",
]  # fmt: skip


@pytest.mark.parametrize("wanted", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_nothing_but_a_page_of_ours_behind_the_door_is_kept(wanted: str) -> None:
    """B103, and what does nothing when it is gone to."""
    assert own_path(wanted) == ""


@pytest.mark.parametrize("wanted", ["/wall", "/wall?lang=en", "/account", "/desk/devices?code=K7QP4M2X"])
def test_pages_behind_the_door_are_kept_with_their_query(wanted: str) -> None:
    """Somebody who had to sign in goes on where she was."""
    assert own_path(wanted) == wanted


def somebody(*roles: Role) -> Person:
    """Return a person with these roles."""
    grants = tuple(Grant(role, "370202007") for role in roles)
    return Person(person_id="p", login="p", name="p", grants=grants)


@pytest.mark.parametrize(
    ("roles", "home"),
    [
        ([Role.WALL], "/wall"),
        ([Role.OFFICER], "/wall"),
        ([Role.ADMIN], "/desk/people"),
        ([Role.AUDITOR], "/desk/audit"),
        ([Role.OFFICER, Role.ADMIN], "/desk/people"),
        ([], "/account"),
    ],
)
def test_home_follows_the_role(roles: list[Role], home: str) -> None:
    """Nobody is led to a page that is not there for her."""
    assert home_of(somebody(*roles)) == home


def test_a_page_that_is_not_for_her_leads_home() -> None:
    """An auditor sees no wall, an officer no audit."""
    assert way_in(somebody(Role.AUDITOR), "/wall") == "/desk/audit"
    assert way_in(somebody(Role.OFFICER), "/desk/audit") == "/wall"
    assert way_in(somebody(Role.AUDITOR), "/account") == "/account"
