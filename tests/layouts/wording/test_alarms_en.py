"""What the desk says of alarms, in English."""

from layouts.wording import alarms_en, alarms_zh


def test_english_says_what_chinese_says() -> None:
    """In the same order, with the same places to fill in."""
    assert list(alarms_en.WORDS) == list(alarms_zh.WORDS)
