"""The words of the pages before and around a session."""

import re

import pytest

from layouts.wording.sign_in import EN, SIGN_IN, ZH
from street.people import Role


def test_both_languages_have_the_same_words() -> None:
    """A word that only one language has is a page that breaks in the other."""
    assert sorted(EN) == sorted(ZH)
    assert all(word.strip() for word in [*EN.values(), *ZH.values()])


@pytest.mark.parametrize("key", sorted(EN))
def test_both_fill_the_same_places(key: str) -> None:
    """A translator may turn {places} round, not invent one."""
    assert set(re.findall(r"\{\w+\}", EN[key])) == set(re.findall(r"\{\w+\}", ZH[key]))


def test_english_has_no_han_characters_but_the_other_languages_name() -> None:
    """Who cannot read English must find the way."""
    assert re.findall(r"[\u4e00-\u9fff]+", "".join(EN.values())) == ["中文"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_role_has_a_name_and_a_sentence_for_the_demo(lang: str) -> None:
    """A role without one would break the demo's page."""
    assert all(SIGN_IN[lang][f"{what}_{role.value}"] for role in Role for what in ("role", "does"))
