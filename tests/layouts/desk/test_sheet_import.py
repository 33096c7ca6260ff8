"""The import panel."""

from layouts import ids
from layouts.desk.addresses import IMPORT
from layouts.desk.sheet_import import import_panel
from tests.layouts.desk.reading import a_viewer, links, piece, pieces


def test_nothing_is_imported_before_it_was_checked() -> None:
    """The second button waits for the first."""
    shown = import_panel(a_viewer("en"))

    assert piece(shown, ids.IMPORT_GO)["disabled"]
    assert "disabled" not in piece(shown, ids.IMPORT_CHOOSE)


def test_the_browser_is_told_where_and_in_which_language() -> None:
    """The script has no words or addresses of its own."""
    hooks = next(one for one in pieces(import_panel(a_viewer("en"))) if "data-import" in one)

    assert (hooks["data-import"], hooks["data-lang"]) == (IMPORT, "en")
    assert "{code}" in hooks["data-broken"]


def test_the_template_is_a_press_away() -> None:
    """In the language of the page."""
    assert "/desk/people.xlsx?lang=zh" in links(import_panel(a_viewer()))
