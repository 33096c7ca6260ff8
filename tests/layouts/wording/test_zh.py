"""The Chinese words."""

from layouts.wording import words_in, zh


def test_no_word_is_empty() -> None:
    """An empty word is a hole on the wall."""
    assert all(word.strip() for word in zh.WORDS.values())


def test_an_unknown_language_is_answered_in_chinese() -> None:
    """The wall belongs to the subdistrict."""
    assert words_in("de") is words_in("zh") is zh.WORDS


def test_week_and_year_are_complete() -> None:
    """They are picked by number."""
    assert len(zh.WORDS["weekdays"].split()) == 7
    assert len(zh.WORDS["months"].split()) == 12
