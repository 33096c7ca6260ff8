"""The pages of signing in."""

import re

import pytest

from layouts.sign_in.frame import Look
from layouts.sign_in.login import (
    Door,
    Present,
    change_page,
    code_page,
    enrol_page,
    faults_text,
    going_on_page,
    login_page,
)
from street.passwords import faults

LOOK = Look(lang="en", title="T")


def test_the_password_is_never_given_back() -> None:
    """Only the account is, as text."""
    made = login_page(LOOK, Door(login='a"b', fault="no"))

    assert 'value="a&quot;b"' in made
    assert re.search(r'<input name="password"[^>]*>', made)
    assert "value" not in re.findall(r'<input name="password"[^>]*>', made)[0]


def test_browsers_and_keyrings_know_the_fields() -> None:
    """Pasting and password keepers are welcome (ASVS 6.2.6, 6.2.7)."""
    made = login_page(LOOK, Door()) + code_page(LOOK) + change_page(LOOK, policy="nist")

    for word in ("username", "current-password", "one-time-code", "new-password"):
        assert f'autocomplete="{word}"' in made


def test_the_way_on_is_kept_through_every_way_of_signing_in() -> None:
    """Form, provider, demo and the other language."""
    demo = [("wall", "wall", "demo-wall")]
    made = login_page(LOOK, Door(next_path="/wall?lang=en", demo=demo, has_provider=True))

    assert made.count('name="next" value="/wall?lang=en"') == 2
    assert "/login/oidc?next=%2Fwall%3Flang%3Den" in made
    assert "/login?next=%2Fwall%3Flang%3Den&amp;lang=zh" in made


def test_who_is_signed_in_can_go_on_or_out_and_a_screen_only_on() -> None:
    """A wall has no account to leave."""
    person, screen = (login_page(LOOK, Door(present=Present("Li", "/wall", csrf))) for csrf in ("c", ""))

    assert 'action="/logout"' in person
    assert 'action="/logout"' not in screen
    assert 'href="/wall"' in screen


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("policy", ["dengbao", "nist"])
def test_every_fault_of_a_password_has_its_sentence(lang: str, policy: str) -> None:
    """Whatever street.passwords finds can be said."""
    tried = ["", "a", "x" * 300, "a\x00b", "liwei", "李伟李伟李伟", "jiangsu", "password1", "1" * 20]
    codes = {code for password in tried for code in faults(password, policy, "liwei", "李伟")} | {"differs", "used"}

    assert len(codes) >= 8
    assert all(faults_text(Look(lang=lang, title=""), [code]) for code in codes)


def test_the_key_is_a_picture_with_room_around_it_and_a_text() -> None:
    """Scanners need four modules of white."""
    made = enrol_page(LOOK, matrix=[[1, 0], [0, 1]], secret="ABCDEFGH")

    assert 'viewBox="0 0 10 10"' in made
    assert "M4 4h1v1h-1zM5 5h1v1h-1z" in made
    assert "<code>ABCD EFGH</code>" in made


def test_after_a_provider_a_page_of_ours_leads_on() -> None:
    """With a link for browsers that do not go by themselves."""
    made = going_on_page(LOOK, "/wall?a=1&b=2")

    assert 'http-equiv="refresh" content="0; url=/wall?a=1&amp;b=2"' in made
    assert 'href="/wall?a=1&amp;b=2"' in made
