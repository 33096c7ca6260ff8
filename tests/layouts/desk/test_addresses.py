"""Addresses carry all that is chosen, and nothing that nobody typed."""

import pytest

from layouts.desk.addresses import LONGEST, query_of, search_of


def test_a_query_comes_back_as_it_went() -> None:
    """Blanks, Chinese and signs included."""
    query = {"q": "李 娜&=+", "area": "370202007"}

    assert query_of(search_of(query)) == query


@pytest.mark.parametrize(
    "search",
    [None, 7, ["?q=1"], {"q": 1}, "?q=%ff%fe", "?q=%00", "?" + "&".join(f"a{n}=1" for n in range(99))],
    ids=["nothing", "number", "list", "dict", "no UTF-8", "NUL", "too many"],
)
def test_what_is_no_query_says_nothing(search: object) -> None:
    """A browser may be made to send anything."""
    assert query_of(search) == {}


def test_a_field_has_an_end() -> None:
    """Nobody types a novel into a filter."""
    assert query_of("?q=" + "x" * 5_000) == {"q": "x" * LONGEST}


def test_what_is_emptied_leaves_the_address() -> None:
    """So that addresses stay short and alike."""
    assert search_of({"q": "li", "page": "2"}, page="", area=None) == "?q=li"
    assert search_of({"q": "li"}, q="") == ""
