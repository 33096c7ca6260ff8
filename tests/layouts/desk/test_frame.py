"""The frame: where one is, who one is, and the way out."""

from dataclasses import replace

from dash import html

from layouts import ids
from layouts.desk.frame import frame, nothing_here, shell
from layouts.wording import desk_words_in
from tests.layouts.desk.reading import a_viewer, links, piece, pieces, said


def test_only_pages_of_ones_own_are_named_and_the_present_one_is_marked() -> None:
    """In the order of the rail."""
    shown = frame(a_viewer(path="/desk/roster"), html.P("x"))

    assert [link for link in links(shown) if link.startswith("/desk/")][:2] == ["/desk/people", "/desk/roster"]
    assert "审计" not in said(shown)
    here = [one["children"] for one in pieces(shown) if one.get("aria-current") == "page"]
    assert links(here) == ["/desk/roster"]


def test_the_language_is_turned_without_losing_the_place() -> None:
    """The same page, the same filters."""
    shown = frame(a_viewer(q="li", person="p-1"), html.P("x"))

    assert "/desk/people?q=li&person=p-1&lang=en" in links(shown)


def test_signing_out_is_a_form_that_carries_the_sessions_token() -> None:
    """It works by pressing Enter, and nobody else's page can send it."""
    shown = frame(a_viewer(), html.P("x"))

    form = next(one for one in pieces(shown) if one["type"] == "Form")
    hidden = piece(shown, ids.CSRF)
    assert (form["method"], form["action"]) == ("post", "/logout")
    assert (hidden["name"], hidden["value"], hidden["type"]) == ("csrf", "c-1", "Input")


def test_the_keyboard_may_skip_the_rail() -> None:
    """The first stop leads to the content."""
    first = next(pieces(frame(a_viewer(), html.P("x"))))

    assert first["href"] == f"#{ids.DESK_MAIN}"


def test_the_shell_names_its_language_and_says_that_it_loads() -> None:
    """Before any callback has answered."""
    shown = shell(desk_words_in("en"))

    assert next(pieces(shown))["lang"] == "en"
    assert "Loading" in said(shown)


def test_nothing_is_told_in_words() -> None:
    """Not by an empty screen."""
    assert "没有权限" in said(nothing_here(a_viewer(), "nothing_here"))


def test_who_sees_the_live_picture_has_a_way_to_it() -> None:
    """The admin has none, and is not sent to a page that does not exist."""
    with_wall, without = (frame(replace(a_viewer(), sees_wall=it), html.P("x")) for it in (True, False))

    assert "/wall" in links(with_wall)
    assert "/wall" not in links(without)
