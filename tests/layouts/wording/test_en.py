"""The English words, against the Chinese ones that they stand for."""

import re

import pytest

from layouts.wording import en, zh


def test_both_languages_have_the_same_words() -> None:
    """A word that only one language has is a screen that breaks in the other."""
    assert sorted(en.WORDS) == sorted(zh.WORDS)


@pytest.mark.parametrize("key", sorted(en.WORDS))
def test_english_fills_no_place_that_chinese_does_not_know(key: str) -> None:
    """A translator may leave a {place} out or turn it round, not invent one; a date may name its month."""
    places, known = (set(re.findall(r"\{(\w+)\}", language.WORDS[key])) for language in (en, zh))

    assert places <= known | ({"month", "d"} if key == "date" else set())


def test_english_has_no_han_characters() -> None:
    """Proper names come with the data and are marked there."""
    assert not re.search(r"[\u4e00-\u9fff]", "".join(en.WORDS.values()))
