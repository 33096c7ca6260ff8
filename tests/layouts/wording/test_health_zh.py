"""The health page's Chinese words."""

from layouts.desk.vitals import STATES
from layouts.wording import desk_zh
from layouts.wording.health_zh import WORDS
from street.readings import DEAD_LETTER_CODES


def test_every_reason_has_a_name_and_one_sentence_of_what_to_do() -> None:
    """A new code without a fix is a page that leaves its keeper alone."""
    reasons = {f"{part}_{code}" for part in ("why", "fix") for code in DEAD_LETTER_CODES}

    assert {key for key in WORDS if key.startswith(("why_", "fix_"))} == reasons
    assert all(WORDS[key].count("。") == 1 and WORDS[key].endswith("。") for key in reasons if key.startswith("fix_"))


def test_every_state_has_a_word_of_its_own() -> None:
    """Shape and word, not colour."""
    words = [WORDS[f"data_{state}"] for state in STATES]

    assert len(set(words)) == len(STATES)


def test_no_word_of_the_other_pages_is_said_anew() -> None:
    """One key, one meaning."""
    assert not WORDS.keys() & desk_zh.WORDS.keys()
