"""The desk's English words, against the Chinese ones that they stand for."""

import re

import pytest

from layouts.wording import desk_en, desk_zh


def test_both_languages_have_the_same_words() -> None:
    """A word that only one has is a page that breaks in the other."""
    assert list(desk_en.WORDS) == list(desk_zh.WORDS)


@pytest.mark.parametrize("key", sorted(desk_en.WORDS))
def test_english_fills_the_same_places(key: str) -> None:
    """No place is invented, and none is lost."""
    places, known = (set(re.findall(r"\{(\w+)\}", language.WORDS[key])) for language in (desk_en, desk_zh))

    assert places == known


@pytest.mark.parametrize("key", sorted(set(desk_en.WORDS) - {"other_lang"}))
def test_english_is_english(key: str) -> None:
    """No Chinese is left behind."""
    assert not re.search(r"[\u3400-\u9fff]", desk_en.WORDS[key])
