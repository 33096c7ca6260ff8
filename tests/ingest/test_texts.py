"""Text from outside: ids that are what they look like, sentences that hide nothing."""

import pytest

from ingest.refusals import RefusedError
from ingest.texts import has_forbidden, is_id, is_sound_name, name_warning, sentence


@pytest.mark.parametrize("text", ["NM-07", "0x00158d", "a.b_c", "龙江路-07", "é", "N" * 64])
def test_letters_and_digits_of_any_script_make_an_id(text: str) -> None:
    """A street in Qingdao names its assets in Chinese."""
    assert is_id(text)


@pytest.mark.parametrize(
    "text", ["", "-a", ".a", "_a", "a b", "a/b", "a\n", "ａ", "e\u0301", "a\u200b", "N" * 65, "<b>"]
)
def test_what_looks_like_another_id_is_none(text: str) -> None:
    """Full-width letters, separate marks, blanks, invisible characters."""
    assert not is_id(text)


@pytest.mark.parametrize("text", ["两行\n文字", "👨‍👩‍👧", "a\tb", "Tiếng Việt", "<b>5 < 6</b>"])
def test_an_ordinary_sentence_is_kept_as_it_is(text: str) -> None:
    """Markup is text; the screen escapes."""
    assert sentence(text, "title", 200) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        (" \n", "length"),
        ("\u200b\u2060", "length"),
        ("a" * 11, "length"),
        ("a\u202e", "charset"),
        (5, "type"),
    ],
)
def test_a_sentence_that_hides_something_is_refused(text: object, code: str) -> None:
    """Blank, too long, reordering, no text."""
    with pytest.raises(RefusedError) as caught:
        sentence(text, "title", 10)

    assert (caught.value.code, caught.value.field) == (code, "title")


def test_a_tower_of_marks_is_no_writing() -> None:
    """Four marks on a letter occur in real languages."""
    assert not has_forbidden("e" + "\u0301" * 4)
    assert has_forbidden("e" + "\u0301" * 5)


def test_a_name_stands_on_one_line() -> None:
    """Joiners and line breaks are for sentences."""
    assert is_sound_name("a b")
    assert not is_sound_name("a\nb")
    assert not is_sound_name("a\u200db")


def test_a_dangerous_name_is_legal_and_says_what_it_needs() -> None:
    """Escaped on screens, neutralised in spreadsheets."""
    assert "escape" in (name_warning("<b>") or "")
    assert "CSV" in (name_warning("=1+1") or "")
    assert name_warning("yard/node") is None
