"""One bare value as text: words and decimal numbers, and nothing that only looks like one."""

import pytest

from ingest.bare_text import bare_number, bare_text, bare_word, is_number, text_number
from ingest.refusals import RefusedError


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("-38.4", -38.4), ("6.125e1", 61.25), (".5", 0.5), ("+70", 70), ("5.", 5.0), (" 8\n", 8)],
)
def test_a_decimal_number_is_one(text: str, value: float) -> None:
    """Whole ones are integers."""
    got = bare_number(text.encode())

    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize("text", ["", "nan", "inf", "1_000", "0x10", "1e999", "٣", "1 2", "--1", "9" * 30, "21.5 °C"])
def test_what_only_looks_like_a_number_is_refused(text: str) -> None:
    """Python's own `float` takes half of these."""
    with pytest.raises(RefusedError):
        text_number(text, "x")


@pytest.mark.parametrize(("payload", "code"), [(b"", "empty"), (b"\xff", "not-utf8"), (b"x" * 300, "too-large")])
def test_what_is_no_text_says_why(payload: bytes, code: str) -> None:
    """Before anything is made of it."""
    with pytest.raises(RefusedError) as refused:
        bare_text(payload)

    assert refused.value.code == code


def test_a_word_means_what_the_list_says() -> None:
    """In any case, and nothing else."""
    words = {"on": True, "off": False}

    assert (bare_word(b" ON ", words), bare_word(b"off", words)) == (True, False)
    with pytest.raises(RefusedError) as refused:
        bare_word(b"perhaps", words, "relay")
    assert (refused.value.code, refused.value.field) == ("enum", "relay")


def test_a_huge_exponent_is_a_number_but_no_value() -> None:
    """The form alone does not make it storable."""
    assert is_number("1e999")
    with pytest.raises(RefusedError):
        bare_number(b"1e999")
