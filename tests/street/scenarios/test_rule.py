"""Rules as values: what is derived from their levels."""

import pytest

from street.scenarios.conditions import All, Limit, Source
from street.scenarios.rule import Across, Level, Rule


@pytest.mark.parametrize(
    ("across", "members", "expected"),
    [
        (Across(group="neighbours", within_m=50, of=5, at_least=3), 5, 3),
        (Across(group="community", share=0.5), 7, 4),
        (Across(group="community", share=0.5), 6, 3),
        (Across(group="community", share=0.6), 50, 30),
        (Across(group="community", share=0.1), 5, 2),
        (Across(group="road", share=1.0), 9, 9),
        (Across(group="road", share=0.5), 1, 2),
    ],
)
def test_a_share_is_rounded_up_and_one_alone_is_never_enough(across: Across, members: int, expected: int) -> None:
    """Else every asset without fellows would be an area of its own."""
    assert across.needed(members) == expected


def test_a_rule_knows_what_it_reads() -> None:
    """From all levels, each once; it is called by the first."""
    parts = (
        Limit(source=Source(quantity="a", less="b"), raise_above=1, clear_at=0),
        Limit(source=Source(quantity="c"), raise_above=1, clear_at=0),
    )
    levels = (Level(severity=4, when=All(parts)), Level(severity=2, when=parts[1]))
    rule = Rule(rule_id="r", kind="k", matter="", title="某", title_en="Some", levels=levels)

    assert (rule.quantity, rule.severity, rule.lead) == ("a", 4, parts[0].source)
    assert rule.quantities == {"a", "b", "c"}
    assert rule.sources == (parts[0].source, parts[1].source)
