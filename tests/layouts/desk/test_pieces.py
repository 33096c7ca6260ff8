"""The pieces: labelled, reachable, and text all through."""

from dash import html

from layouts.desk.pieces import choice, field, line, pager, row, table, told
from layouts.wording import desk_words_in
from tests.layouts.desk.reading import links, piece, pieces, said

ZH = desk_words_in("zh")


def test_a_field_has_a_label_that_belongs_to_it() -> None:
    """A press on the label goes to the control, and a screen reader says it."""
    shown = field(line("a-line", "x"), "姓名", hint="必填")

    label = next(one for one in pieces(shown) if one["type"] == "Label")
    assert (label["htmlFor"], label["children"]) == ("a-line", "姓名")
    assert next(pieces(shown))["aria-label"] == "姓名"
    assert "必填" in said(shown)


def test_a_line_takes_no_more_than_an_address_carries() -> None:
    """And the browser offers nothing it remembers of others."""
    shown = piece(line("a-line"), "a-line")

    assert (shown["maxLength"], shown["autoComplete"]) == (200, "off")


def test_a_long_list_can_be_searched() -> None:
    """A short one needs no second line."""
    short, long = ([{"value": str(n), "label": str(n)} for n in range(count)] for count in (3, 40))

    assert not piece(choice("c", short, None, "全部"), "c")["searchable"]
    assert piece(choice("c", long, "7", "全部"), "c")["searchable"]


def test_a_table_scrolls_in_a_box_that_the_keyboard_reaches() -> None:
    """And says what it is."""
    shown = table(["a", "b"], [html.Tbody(row(["1", "2"], chosen=True))], "人员")

    box = next(pieces(shown))
    assert (box["tabIndex"], box["role"], box["aria-label"]) == ("0", "region", "人员")
    assert [one["aria-current"] for one in pieces(shown) if one["type"] == "Tr" and "aria-current" in one] == ["true"]
    assert [one["scope"] for one in pieces(shown) if one["type"] == "Th"] == ["col", "col"]


def test_messages_are_read_out() -> None:
    """By a screen reader, where they appear."""
    assert piece(told("here"), "here")["role"] == "status"


def test_a_pager_leads_on_and_back() -> None:
    """From the ends only inward, and not at all through a single page."""
    middle, last = pager({"q": "li", "page": "2"}, 2, 3, ZH), pager({}, 3, 3, ZH)

    assert links(middle) == ["?q=li&page=1", "?q=li&page=3"]
    assert links(last) == ["?page=2"]
    assert pager({}, 1, 1, ZH) is None
