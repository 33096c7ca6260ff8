"""The pages of pairing."""

from layouts.sign_in.frame import Look
from layouts.sign_in.pairing import KINDS, choice_page, code_page

LOOK = Look(lang="en", title="T")


def test_both_kinds_can_be_chosen_and_neither_is_by_itself() -> None:
    """Somebody who only looks makes no offer."""
    made = choice_page(LOOK)

    assert [f'name="kind" value="{kind}"' in made for kind in KINDS] == [True, True]
    assert "data-self" not in made


def test_after_a_fault_a_kiosk_waits_for_somebody() -> None:
    """Else it would ask again at once, for ever."""
    assert "data-self" in choice_page(LOOK, kind="screen")
    assert "data-self" not in choice_page(LOOK, kind="screen", fault="busy")


def test_the_code_is_in_two_halves_and_the_words_for_the_module_are_there() -> None:
    """JavaScript has no words of its own."""
    made = code_page(LOOK, code="K7QP4M2X", until="14:52", kind="screen", name="<east>")

    assert "<span>K7QP</span><span>4M2X</span>" in made
    assert "Valid until 14:52" in made
    assert "&lt;east&gt;" in made
    assert 'data-lost="No connection, trying again"' in made
