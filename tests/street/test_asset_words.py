"""What headings and words mean."""

import pytest

from street import strict_yaml
from street.asset_words import _WORDS, COLUMNS, kind_words, plain, words
from street.scenarios import load_scenarios


@pytest.mark.parametrize("group", ["parts", "columns", "kinds", "datums", "truths", "dialects"])
def test_no_word_means_two_things(group: str) -> None:
    """Two headings that differ in an underscore alone would be one."""
    said = [plain(word) for meaning, others in strict_yaml.read(_WORDS)[group].items() for word in {meaning, *others}]
    meanings = {plain(word): meaning for meaning, others in strict_yaml.read(_WORDS)[group].items() for word in others}

    assert all(words(group)[word] == meaning for word, meaning in meanings.items())
    assert len(set(said)) == len(words(group))


def test_every_column_can_be_headed_in_chinese() -> None:
    """And by its code."""
    headings = words("columns")

    assert set(headings.values()) == set(COLUMNS)
    assert all(headings[plain(name)] == name for name in COLUMNS)


def test_capitals_spaces_and_stars_do_not_count() -> None:
    """A star marks what must be filled in."""
    assert plain(" Asset ID* ") == plain("asset_id") == plain("ＡssetId")


def test_a_kind_is_called_as_its_scenario_is() -> None:
    """Or as those without one are."""
    kinds = kind_words(load_scenarios())

    assert (kinds[plain("路灯")], kinds[plain("Street lamp")], kinds[plain("危树")]) == (
        "streetlight",
        "streetlight",
        "tree",
    )
