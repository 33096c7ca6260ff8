"""The sentences beside the indicators."""

import re

from layouts.wording import desk_words_in, desk_zh, health_zh
from layouts.wording.indicators_zh import WORDS
from street.indicators import IDS


def test_every_indicator_has_a_name_and_says_what_it_counts() -> None:
    """And no sentence is left over from one that is gone."""
    said = {name.removeprefix("indicator_").removesuffix("_basis") for name in WORDS if name.startswith("indicator_")}

    assert said == set(IDS)
    assert all(WORDS[f"indicator_{name}_basis"].endswith("。") for name in IDS)


def test_names_are_those_of_the_standard() -> None:
    """Each a rate, no two alike."""
    names = [WORDS[f"indicator_{name}"] for name in IDS]

    assert all(re.fullmatch(r"\w+率", name) for name in names)
    assert len(set(names)) == len(names)


def test_no_key_hides_another() -> None:
    """They share one dictionary."""
    assert not WORDS.keys() & (desk_zh.WORDS.keys() | health_zh.WORDS.keys())
    assert desk_words_in("zh")["indicator_closed"] == "结案率"
