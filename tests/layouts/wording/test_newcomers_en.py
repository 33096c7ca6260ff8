"""The English words of newcomers, against the Chinese ones that they stand for."""

import re

import pytest

from layouts.wording import newcomers_en, newcomers_zh


def test_both_languages_have_the_same_words() -> None:
    """A word that only one has is a page that breaks in the other."""
    assert list(newcomers_en.WORDS) == list(newcomers_zh.WORDS)


@pytest.mark.parametrize("key", sorted(newcomers_en.WORDS))
def test_english_fills_the_same_places_and_is_english(key: str) -> None:
    """No place is invented, none is lost, and no Chinese is left behind."""
    places, known = (set(re.findall(r"\{(\w+)\}", language.WORDS[key])) for language in (newcomers_en, newcomers_zh))

    assert places == known
    assert not re.search(r"[\u3400-\u9fff]", newcomers_en.WORDS[key])
