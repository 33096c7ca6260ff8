"""Limits of the simulated month: what it holds back, and what it lets break."""

from ingest.simulator.limits import beyond, limit_of, normal_values, plain_ones
from street.scenarios import load_scenarios

PLAIN = plain_ones(load_scenarios())
RULES = [rule for scenario in PLAIN.values() for rule in scenario.rules]


def test_most_kinds_have_a_plain_rule_of_each_severity() -> None:
    """A month of one kind of trouble would prove nothing."""
    assert {rule.severity for rule in RULES} == {1, 2, 3, 4}
    assert len({rule.kind for rule in RULES}) >= 10


def test_normal_values_break_no_limit() -> None:
    """And end whatever stands: they are on the good side of every `clear_at`."""
    for scenario in PLAIN.values():
        values = normal_values(scenario)
        for rule in scenario.rules:
            limit = limit_of(rule)
            assert not limit.is_breach(values[rule.quantity]), rule.rule_id
            assert limit.is_over(values[rule.quantity]), rule.rule_id


def test_what_is_beyond_a_limit_breaks_it() -> None:
    """By as little as can be, so that a graver one stays whole."""
    assert all(limit_of(rule).is_breach(beyond(limit_of(rule))) for rule in RULES)
