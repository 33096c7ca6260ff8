"""What the desk says of alarms, in Chinese."""

import string

import pytest

from layouts.wording import alarms_en, alarms_zh


@pytest.mark.parametrize("name", alarms_zh.WORDS)
def test_both_languages_fill_in_the_same(name: str) -> None:
    """A place that one of them lacks would hide a figure."""
    places = [
        {field for _, field, _, _ in string.Formatter().parse(words.WORDS[name]) if field}
        for words in (alarms_zh, alarms_en)
    ]

    assert places[0] == places[1]
