"""HTML by calls."""

import pytest

from layouts.sign_in.markup import Markup, el, together


def test_text_is_escaped_and_markup_is_not() -> None:
    """A name with a tag in it stays a name."""
    made = el("p", "<b>", el("i", "a & b"), class_="x")

    assert made == '<p class="x">&lt;b&gt;<i>a &amp; b</i></p>'


def test_attributes_cannot_be_left_through_their_quotes() -> None:
    """Values are escaped as text is."""
    assert el("input", value='"><script>') == '<input value="&quot;&gt;&lt;script&gt;"/>'


@pytest.mark.parametrize(
    ("value", "said"), [(True, " hidden"), (False, ""), (None, ""), ("", ' hidden=""'), (3, ' hidden="3"')]
)
def test_an_attribute_is_said_left_out_or_bare(value: str | int | bool | None, said: str) -> None:
    """HTML knows attributes without a value."""
    assert el("p", hidden=value) == f"<p{said}></p>"


def test_names_that_python_keeps_for_itself_and_dashes() -> None:
    """`for_` and `data_part`."""
    assert el("label", for_="a", data_part="b") == '<label for="a" data-part="b"></label>'


def test_together_joins_as_markup() -> None:
    """What was escaped once is not escaped again."""
    assert together("a<", Markup("<br/>")) == "a&lt;<br/>"
    assert isinstance(together("a"), Markup)
