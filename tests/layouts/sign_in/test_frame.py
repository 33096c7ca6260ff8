"""What the pages around a session share."""

import re

import pytest

from layouts.sign_in.frame import Look, field, form, page, told

LOOK = Look(lang="en", title='A & "B"')


@pytest.mark.parametrize(("lang", "said"), [("zh", "zh-CN"), ("en", "en")])
def test_a_page_names_its_language_its_title_and_whose_it_is(lang: str, said: str) -> None:
    """Screen readers choose their voice by it."""
    made = page(Look(lang=lang, title='A & "B"'), title="Sign in")

    assert made.startswith(f'<!DOCTYPE html><html lang="{said}">')
    assert "<title>Sign in · A &amp; &quot;B&quot;</title>" in made
    assert made.count("<h1>") == made.count("<main ") == 1


def test_a_page_has_no_script_and_no_style_of_its_own() -> None:
    """The content policy would stop an inline script; and nothing is loaded from elsewhere."""
    made = page(LOOK, title="x", switch="/login?lang=zh")

    assert "<script" not in made
    assert all(address.startswith(("/", "#")) for address in re.findall(r'(?:href|src)="([^"]+)"', made))


def test_the_way_past_the_head_comes_first() -> None:
    """Who uses the keyboard need not walk through it on each page."""
    made = page(LOOK, title="x", switch="/login?lang=zh")

    assert made.index('class="skip" href="#main"') < made.index("<header>")


def test_the_other_language_is_named_in_itself() -> None:
    """Who cannot read this page can read that word."""
    assert 'hreflang="zh"' in page(LOOK, title="x", switch="/login?lang=zh")
    assert "turn" not in page(LOOK, title="x")


def test_a_field_is_joined_to_its_label_and_its_note() -> None:
    """A screen reader says both."""
    made = field("Code", "code", "c", note="six digits")

    assert '<label for="c">Code</label>' in made
    assert 'aria-describedby="c-note"' in made
    assert '<p class="note" id="c-note">six digits</p>' in made


def test_a_form_is_posted_and_keeps_what_is_not_empty() -> None:
    """Nothing is ever sent in an address."""
    made = form("/login", hidden={"next": "/wall", "csrf": ""})

    assert 'method="post"' in made
    assert made.count("<input") == 1


@pytest.mark.parametrize(("good", "role"), [(True, "status"), (False, "alert")])
def test_what_happened_is_announced(good: bool, role: str) -> None:
    """A fault at once, a success when there is time."""
    assert f'role="{role}"' in told("x", good=good)
    assert told("", good=good) == ""
