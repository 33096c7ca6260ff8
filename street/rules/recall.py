"""Recall: what of the past a rule needs to go on after a restart, or to be tried on stored readings."""

from collections.abc import Iterable

from street.clock import HOUR_US, SECOND_US
from street.rules.gauges import WEEK_H, WEEKS, UsualHours
from street.scenarios import Rule, Scenarios
from street.scenarios.conditions import Limit, Measure

USUAL_HOURS = WEEK_H * (WEEKS + 1)  # as far back as anybody asks, and the week for which that was loaded


def reach_us(rule: Rule) -> int:
    """Return how far back the numbers of *rule* look [µs]."""
    return int(max(source.over_s for source in rule.sources) * SECOND_US)


def reaches(scenarios: Scenarios) -> dict[tuple[str, str], int]:
    """Return by kind and quantity how far back readings have to be recalled at a start [µs]; 0 means the last alone.

    Missing is what only limits of one value ask for: whose next reading says all.
    """
    found: dict[tuple[str, str], int] = {}
    for scenario in scenarios.values():
        for rule in scenario.rules:
            is_simple = rule.across is None and all(isinstance(level.when, Limit) for level in rule.levels)
            for source in rule.sources:
                if (
                    is_simple
                    and source.measure in (Measure.VALUE, Measure.UNUSUAL, Measure.SILENCE)
                    and not source.less
                ):
                    continue
                for quantity in filter(None, (source.quantity, source.less)):
                    key = rule.kind, quantity
                    found[key] = max(found.get(key, 0), int(source.over_s * SECOND_US))
    return found


def unusual(scenarios: Scenarios) -> frozenset[tuple[str, str]]:
    """Return kind and quantity of everything whose usual hours somebody asks for."""
    return frozenset(
        (rule.kind, source.quantity)
        for scenario in scenarios.values()
        for rule in scenario.rules
        for source in rule.sources
        if source.measure is Measure.UNUSUAL
    )


def silences(rules: Iterable[Rule]) -> frozenset[tuple[str, str]]:
    """Return kind and quantity of everything whose silence is watched."""
    return frozenset(
        (rule.kind, source.quantity) for rule in rules for source in rule.sources if source.measure is Measure.SILENCE
    )


def usual_hours(hours: Iterable[tuple[int, float, float]], until_us: int, back_h: int = USUAL_HOURS) -> UsualHours:
    """Return what is usual of one series.

    Args:
        hours: (begin [µs UTC], low, high) of its hours.
        until_us: no hour after it matters.
        back_h: how many hours before it do.
    """
    last = until_us // HOUR_US
    found = UsualHours(last - back_h, back_h + 1)
    for begin_us, low, high in hours:
        if last - back_h <= begin_us // HOUR_US <= last:
            found.put(begin_us // HOUR_US, low, high)
    return found
