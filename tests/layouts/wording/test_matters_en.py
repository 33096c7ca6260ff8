"""The sentences of the import of matters, in English."""

import re

from layouts.wording import matters_en, matters_zh


def test_english_says_what_chinese_says() -> None:
    """In the same order, with the same places to fill in."""
    assert list(matters_en.WORDS) == list(matters_zh.WORDS)
    for key, text in matters_en.WORDS.items():
        assert text.isascii()
        assert re.findall(r"\{(\w+)\}", text) == re.findall(r"\{(\w+)\}", matters_zh.WORDS[key])
