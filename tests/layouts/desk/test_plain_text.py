"""Text of strangers: nothing invisible, nothing that turns, nothing endless."""

from layouts.desk.plain_text import LONGEST_NAME, seen, shown_name


def test_line_breaks_stay_and_the_rest_is_escaped() -> None:
    """A person reads JSON in lines."""
    assert seen('{\n\t"a": \x1b\u2028}') == '{\n\t"a": \\u001b\\u2028}'


def test_a_name_is_one_line_that_ends() -> None:
    """Also one of 100,000 letters, or one that would turn what stands behind it."""
    assert shown_name("a\n b\u202ec") == "a b\\u202ec"
    assert len(shown_name("x" * 100_000)) == LONGEST_NAME + 1
    assert len(shown_name("\u202e" * 100_000)) == LONGEST_NAME + 1
    assert shown_name("灯" * LONGEST_NAME) == "灯" * LONGEST_NAME
