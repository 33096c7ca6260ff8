"""The Chinese words of newcomers."""

from layouts.desk.newcomers import STATES
from layouts.wording import assets_zh, desk_zh, health_zh
from layouts.wording.newcomers_zh import WORDS


def test_every_state_and_every_deed_has_its_word() -> None:
    """What can be decided can be told, on the page and in the audit."""
    assert all(f"newcomer_{state}" in WORDS for state in STATES)
    for deed in ("accept", "map", "ignore", "recall"):
        assert {f"newcomer_{deed}", f"newcomer_done_{deed}", f"act_newcomer.{deed}"} <= WORDS.keys()


def test_no_word_of_the_other_pages_is_said_anew() -> None:
    """One key, one meaning."""
    assert not WORDS.keys() & (assets_zh.WORDS.keys() | desk_zh.WORDS.keys() | health_zh.WORDS.keys())
