"""The sentences beside the indicators, in English."""

from layouts.wording import indicators_en, indicators_zh


def test_english_says_what_chinese_says() -> None:
    """In the same order, each in its own script."""
    assert list(indicators_en.WORDS) == list(indicators_zh.WORDS)
    assert all(text.isascii() or text == "—" for text in indicators_en.WORDS.values())
