"""The Chinese words of acts on incidents and their refusals."""

import pytest

from layouts.wording import desk_words_in
from layouts.wording.incidents_zh import WORDS
from street.incident_sheet import COLUMNS
from street.incidents import Act, Stage


def test_every_stage_act_and_column_has_a_word() -> None:
    """What the code makes keys of must be there."""
    wanted = {f"stage_{it}" for it in Stage} | {f"do_{it}" for it in Act} | {f"field_{it}" for it in COLUMNS}

    assert wanted <= WORDS.keys()
    assert WORDS.items() <= desk_words_in("zh").items()


@pytest.mark.parametrize("key", sorted(key for key in WORDS if key.startswith("say_") and key != "say_somebody"))
def test_a_refusal_is_a_sentence(key: str) -> None:
    """It ends as one."""
    assert WORDS[key].endswith("。")
