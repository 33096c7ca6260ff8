"""Replay: readings through `Rules` itself, with a clock that ticks whenever something is due, and what came of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from street.assets import Asset
from street.clock import STREET_ZONE, as_datetime
from street.readings import Reading
from street.rules import Clear, Move, Raise, Regrade, Rules
from street.rules.gauges import NOTHING_USUAL, Usual
from street.scenarios import Rule, Scenario, Scenarios


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a rule did between two instants [µs]. `longest_us` counts what still stands as far as the end."""

    from_us: int
    to_us: int
    alarms: int = 0
    assets: set[str] = field(default_factory=set)
    longest_us: int = 0
    standing: int = 0
    by_day: Counter[str] = field(default_factory=Counter)  # local day of the raise, ISO
    by_severity: Counter[int] = field(default_factory=Counter)  # the gravest it became
    told: list[tuple[str, int, int | None, int]] = field(default_factory=list)  # asset, raised, cleared, gravest


def replay(
    rule: Rule,
    assets: Mapping[str, Asset],
    readings: Iterable[Reading],
    from_us: int,
    to_us: int,
    usual: Usual = NOTHING_USUAL,
) -> Outcome:
    """Return what *rule* makes of *readings*, which are in the order in which they came.

    Alarms before *from_us* are not told: readings before it only make the numbers that look back.
    """
    rules = Rules(_alone(rule), assets=assets, usual=usual)
    teller = _Teller(from_us, to_us)
    for reading in readings:
        while (due_us := rules.next_due_us()) is not None and due_us <= min(reading.received_us, to_us - 1):
            teller.hear(rules.tick(due_us))
        teller.hear(rules.observe(assets[reading.asset_id], reading))
    while (due_us := rules.next_due_us()) is not None and due_us < to_us:
        teller.hear(rules.tick(due_us))
    return teller.end()


def _alone(rule: Rule) -> Scenarios:
    """Return scenarios in which *rule* is the only one."""
    scenario = Scenario(
        kind=rule.kind, name="", name_en="", icon="", interval_s=1.0, quantities={}, rules=(rule,)
    )  # fmt: skip
    return Scenarios({rule.kind: scenario})


class _Teller:
    """Counts alarms from their moves."""

    def __init__(self, from_us: int, to_us: int) -> None:
        self._outcome = Outcome(from_us=from_us, to_us=to_us)
        self._open: dict[str, list[Any]] = {}  # alarm id -> asset id, raised, gravest

    def hear(self, moves: Iterable[Move]) -> None:
        """Take in what moved."""
        for move in moves:
            if isinstance(move, Raise):
                self._open[move.alarm.alarm_id] = [move.alarm.asset_id, move.alarm.raised_us, move.alarm.severity]
            elif isinstance(move, Regrade):
                known = self._open[move.alarm_id]
                known[2] = min(known[2], move.severity)
            elif isinstance(move, Clear):
                self._close(self._open.pop(move.alarm_id), move.at_us)

    def end(self) -> Outcome:
        """Return what there was; what stands, stands at the end."""
        for known in self._open.values():
            self._close(known, None)
        self._outcome.told.sort(key=lambda it: (it[1], it[0]))
        return self._outcome

    def _close(self, known: list[Any], cleared_us: int | None) -> None:
        asset_id, raised_us, gravest = known
        outcome = self._outcome
        if not outcome.from_us <= raised_us < outcome.to_us:
            return
        outcome.alarms += 1
        outcome.assets.add(asset_id)
        outcome.standing += cleared_us is None
        outcome.longest_us = max(outcome.longest_us, (outcome.to_us if cleared_us is None else cleared_us) - raised_us)
        outcome.by_day[as_datetime(raised_us).astimezone(STREET_ZONE).date().isoformat()] += 1
        outcome.by_severity[gravest] += 1
        outcome.told.append((asset_id, raised_us, cleared_us, gravest))
