"""The English words of acts on incidents, against the Chinese ones that they stand for."""

import re

import pytest

from layouts.wording import incidents_en, incidents_zh


def test_both_languages_have_the_same_words() -> None:
    """A word that only one has is an answer that breaks in the other."""
    assert list(incidents_en.WORDS) == list(incidents_zh.WORDS)


@pytest.mark.parametrize("key", sorted(incidents_en.WORDS))
def test_english_fills_the_same_places_and_is_english(key: str) -> None:
    """No place is invented, none is lost, and no Chinese is left behind."""
    places, known = (set(re.findall(r"\{(\w+)\}", it.WORDS[key])) for it in (incidents_en, incidents_zh))

    assert places == known
    assert not re.search(r"[\u3400-\u9fff]", incidents_en.WORDS[key])
