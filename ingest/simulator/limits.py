"""Limits of a street that only has some: which rules set one to a value, what keeps within all, what breaks one."""

from collections.abc import Iterable
from dataclasses import replace

from street.scenarios import Rule, Scenario, Scenarios
from street.scenarios.conditions import Limit, Source


def plain_ones(scenarios: Scenarios) -> Scenarios:
    """Return *scenarios* with the rules that set a limit to one value and do not contradict each other."""
    return Scenarios({kind: replace(it, rules=tuple(_plain(it))) for kind, it in scenarios.items()})


def _plain(scenario: Scenario) -> Iterable[Rule]:
    ranges: dict[str, tuple[float, float]] = {}
    for rule in scenario.rules:
        when = rule.levels[0].when
        if rule.across or rule.only_in or rule.schedule.days or rule.schedule.seasons or len(rule.levels) > 1:
            continue
        if not isinstance(when, Limit) or when.source != Source(quantity=rule.quantity):
            continue
        low, high = ranges.get(rule.quantity, (float("-inf"), float("inf")))
        low, high = (low, min(high, when.clear_at)) if when.raise_above is not None else (max(low, when.clear_at), high)
        if low < high:
            ranges[rule.quantity] = low, high
            yield rule


def normal_values(scenario: Scenario) -> dict[str, float]:
    """Return a value of each quantity at which no rule has anything to say."""
    found: dict[str, float] = {}
    for quantity in {rule.quantity for rule in scenario.rules}:
        limits = [limit_of(rule) for rule in scenario.rules if rule.quantity == quantity]
        low = max((it.clear_at for it in limits if it.raise_below is not None), default=None)
        high = min((it.clear_at for it in limits if it.raise_above is not None), default=None)
        if low is None:
            assert high is not None
            found[quantity] = high - 0.1 * abs(high)
        else:
            found[quantity] = low + 0.1 * abs(low) if high is None else (low + high) / 2
    return found


def limit_of(rule: Rule) -> Limit:
    """Return the limit of a plain rule."""
    when = rule.levels[0].when
    assert isinstance(when, Limit)
    return when


def beyond(limit: Limit) -> float:
    """Return a value that just breaks a limit: those further on stay whole."""
    if limit.raise_above is not None:
        return limit.raise_above
    assert limit.raise_below is not None
    return limit.raise_below
