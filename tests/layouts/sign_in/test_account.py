"""The account page."""

from dataclasses import replace

import pytest

from layouts.sign_in.account import Account, Listed, account_page
from layouts.sign_in.frame import Look

LOOK = Look(lang="en", title="T")
OWN = Listed("s1", "person", "Chrome · Linux", "10.0.0.1", "11-24 08:00", "11-24 09:00", is_own=True)
OTHER = replace(OWN, session_id="s2", kind="tablet", is_own=False)
ACCOUNT = Account(
    login="li", name="<Li>", unit="", roles=[("operator", "whole subdistrict")], home="/wall", csrf="c-1",
    policy="dengbao", has_password=True, has_factor=False, needs_factor=False, sessions=[OWN, OTHER],
)  # fmt: skip


def test_every_form_carries_the_sessions_text() -> None:
    """One that did not would be refused."""
    made = account_page(LOOK, ACCOUNT)

    assert made.count("<form") == made.count('name="csrf" value="c-1"')
    assert "&lt;Li&gt;" in made


def test_this_device_is_marked_and_cannot_be_ended_here() -> None:
    """Signing out is for that."""
    made = account_page(LOOK, ACCOUNT)

    assert 'value="s1"' not in made
    assert 'value="s2"' in made
    assert made.count("this device") == 1
    assert "Sign out all other devices" not in account_page(LOOK, replace(ACCOUNT, sessions=[OWN]))


@pytest.mark.parametrize(
    ("has_factor", "needs_factor", "offers"),
    [
        (False, False, ["factor"]),
        (True, False, ["factor", "factor-drop"]),
        (True, True, ["factor"]),
    ],
)
def test_what_can_be_done_about_the_second_step(has_factor: bool, needs_factor: bool, offers: list[str]) -> None:
    """It can be turned on, moved to another phone, and off where the role allows."""
    made = account_page(LOOK, replace(ACCOUNT, has_factor=has_factor, needs_factor=needs_factor))

    assert [it for it in ("factor", "factor-drop") if f'name="act" value="{it}"' in made] == offers


def test_ids_are_there_once() -> None:
    """Two fields ask for the present password; labels must find their own."""
    made = account_page(LOOK, replace(ACCOUNT, key=([[1]], "ABCD")))
    names = [part.split('"')[0] for part in made.split(' id="')[1:]]

    assert len(names) == len(set(names))
