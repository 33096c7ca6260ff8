"""A panel feeds each number with the quantities it is made of."""

from street.clock import SECOND_US
from street.rules.panel import Panel
from street.scenarios import Level, Rule
from street.scenarios.conditions import All, Limit, Measure, Source

OBJECTS = Source(quantity="objects", less="moving")
MUTE = Source(quantity="level", measure=Measure.SILENCE)


def a_panel() -> Panel:
    """Of what stands, and of how long nothing was heard."""
    parts = (
        Limit(source=OBJECTS, raise_above=1, clear_at=0),
        Limit(source=MUTE, raise_above=60, clear_at=0),
        Limit(source=MUTE, raise_above=10, clear_at=0),
    )
    level = Level(severity=3, when=All(parts))
    return Panel(Rule(rule_id="r", kind="k", matter="", title="某", title_en="Some", levels=(level,)), "A")


def test_each_quantity_goes_where_it_belongs() -> None:
    """The same quantity may make two numbers, and a number be made of two."""
    panel = a_panel()
    panel.take(0, 3.0, "objects")
    panel.take(0, 1.0, "moving")
    panel.take(SECOND_US, 5.0, "level")

    assert panel.numbers() == {OBJECTS: 2.0, MUTE: 0.0}


def test_silence_is_due_at_each_limit_in_turn() -> None:
    """Nothing changes in between."""
    panel = a_panel()
    panel.hear(0, "level")
    first_us = panel.due_us(0)
    panel.pass_to(10 * SECOND_US)

    assert (first_us, panel.due_us(0)) == (10 * SECOND_US, 60 * SECOND_US)


def test_silence_counts_from_when_we_listen() -> None:
    """Nobody would have heard it before."""
    panel = a_panel()
    panel.hear(0, "level")

    assert panel.due_us(100 * SECOND_US) == 110 * SECOND_US
    assert panel.due_us(0) == 110 * SECOND_US
