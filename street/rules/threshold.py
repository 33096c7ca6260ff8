"""One rule watched at one asset: when its alarm begins, how grave it is, and when it ends.

    each level   off ── true ──▶ pending ── on_delay_s ──▶ ON ── false ──▶ pending ── off_delay_s ──▶ off
                                    └── not true ──▶ off    └── not false ──▶ ON
    the alarm    none while all levels are off; as grave as the gravest that is on

A delay starts with the first reading that speaks for the change and counts as passed when a later reading agrees, or
when the clock says so and no reading has disagreed; either way the change is dated *start + delay*, so the same
readings make the same alarm with the same id. Silence says something only while we listen: where we did not, the clock
begins anew. While a number is not known nothing begins, and nothing is called off.

Where a breach is over at once, as the press of a button, one that comes after newer readings has happened all the same.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from street.alarms import Alarm, AlarmState, opens_incident
from street.assets import Asset
from street.clock import SECOND_US
from street.incidents import SENSING
from street.rules.candidate import candidate
from street.rules.gauges import NOTHING_USUAL, Usual
from street.rules.moves import Clear, Move, Pend, Raise, Regrade
from street.rules.panel import Panel
from street.scenarios import Level, Rule
from street.scenarios.conditions import Limit
from street.scenarios.schedule import ALWAYS

__all__ = ["Clear", "Move", "Pend", "Raise", "Regrade", "Stand", "Watch", "candidate"]

REMEMBERED: Final = 16  # ended alarms of a momentary rule: what a broker sends late is seconds old
BELOW_ALL: Final = 5  # a severity that none has


class Stand:
    """Where one level stands. `since_us` is when a delay began: towards being on while it is off, and the reverse."""

    __slots__ = ("is_on", "level", "off_us", "on_us", "since_us", "state_id")

    def __init__(self, level: Level, state_id: str) -> None:
        self.level = level
        self.state_id = state_id
        self.on_us, self.off_us = int(level.on_delay_s * SECOND_US), int(level.off_delay_s * SECOND_US)
        self.is_on = False
        self.since_us: int | None = None

    @property
    def delay_us(self) -> int:
        """How long a change takes from here."""
        return self.off_us if self.is_on else self.on_us


class Watch:
    """Where one rule stands at one asset.

    `asset` is None until somebody has named it; `at_us` is the instant it was last asked about; `begun_us` is when what
    was taken up from the store began; `scheduled_us` is for who calls `tick`; `past` are begin and end of a momentary
    rule's last alarms.

    Args:
        rule: what is watched.
        asset_id: where.
        asset: the same, where it is known.
        usual: what is usual of every series.
    """

    def __init__(self, rule: Rule, asset_id: str, asset: Asset | None = None, usual: Usual = NOTHING_USUAL) -> None:
        self.rule = rule
        self.asset_id = asset_id
        self.asset = asset
        self.alarm: Alarm | None = None
        self.at_us = 0
        self.begun_us = 0
        self.scheduled_us: int | None = None
        self.past: tuple[tuple[int, int], ...] = ()
        names = [rule.rule_id, *(f"{rule.rule_id}#{place}" for place in range(1, len(rule.levels)))]
        self.stands = tuple(Stand(level, name) for level, name in zip(rule.levels, names, strict=True))
        self.panel = Panel(rule, asset_id, usual)
        self.is_timed = self.panel.is_timed
        self._schedule = None if rule.schedule == ALWAYS else rule.schedule
        first = rule.levels[0].when
        self._plain = first if isinstance(first, Limit) and len(rule.levels) == 1 else None

    # -- readings and time ----------------------------------------------------------------------------------------

    @property
    def is_calm(self) -> bool:
        """Whether no alarm stands and no delay runs."""
        return self.alarm is None and all(it.since_us is None for it in self.stands)

    def recall(self, at_us: int, value: float, quantity: str = "") -> None:
        """Take up a stored reading: it makes the number, and moves nothing."""
        self.panel.take(at_us, value, quantity or self.rule.quantity)

    def observe(self, at_us: int, value: float, quantity: str = "") -> list[Move]:
        """Return what a live reading of *quantity* ("": the rule's first) moves, newer than all of it before."""
        self.at_us = at_us
        self.panel.take(at_us, value, quantity or self.rule.quantity)
        if self._plain is not None and self.alarm is None and self.stands[0].since_us is None:
            number = self.panel.lead.number  # the hot path: most numbers break nothing
            if number is None or not self._plain.is_breach(number):
                return []
        return self.settle(at_us)

    def observe_belated(self, at_us: int, value: float) -> list[Move]:
        """Take in a live reading that newer ones have overtaken: a momentary breach was one, unless it is known."""
        is_breach = self._plain is not None and self._plain.is_breach(value) and self.rule.schedule.holds(at_us)
        if not self.rule.is_momentary or not is_breach or self._has_covered(at_us):
            return []
        raised = self._raised(at_us, value, self.rule.severity)
        return [raised, self._cleared(raised.alarm, at_us, None)]

    def is_gravely_broken(self, value: float) -> bool:
        """Return whether *value* alone would raise what may not wait: an alarm of a momentary or grave limit."""
        if self.alarm is not None:
            return False
        broken = [it for it in self.rule.levels if isinstance(it.when, Limit) and it.when.is_breach(value)]
        return any(self.rule.is_momentary or opens_incident(it.severity) for it in broken)

    def tick(self, now_us: int, listening_since_us: int = 0) -> list[Move]:
        """Take in that it is *now_us* and that no newer reading has come since *listening_since_us*."""
        if self.asset is None:
            return []
        moves: list[Move] = []
        while (due := self._due(listening_since_us)) is not None and due[0] <= now_us:
            at_us, stand = due
            if stand is None:
                self.at_us = at_us
                self.panel.pass_to(at_us)
                moves += self.settle(at_us)
            else:
                assert stand.since_us is not None
                self.at_us = stand.since_us + stand.delay_us
                moves += self._change([(self.at_us, stand)])
        return moves

    def due_us(self, listening_since_us: int = 0) -> int | None:
        """Return when time alone moves something next, None while it does not."""
        due = None if self.asset is None else self._due(listening_since_us)
        return None if due is None else due[0]

    def end(self, at_us: int) -> list[Move]:
        """End whatever stands here: nobody watches this limit at this asset any more, or nobody believes its values."""
        moves: list[Move] = []
        for stand in self.stands:
            if stand.since_us is not None:
                moves.append(self._pend(stand, None))
            moves += self._turned(stand, at_us) if stand.is_on else ()
        self.panel.forget()
        return moves + self._graded(at_us, None)

    def settle(self, at_us: int) -> list[Move]:
        """Return what the numbers as they are move at *at_us*."""
        holds = self._schedule is None or self._schedule.holds(at_us)
        moves: list[Move] = []
        changes: list[tuple[int, Stand]] = []
        for stand in self.stands:
            truth = self._truth(stand) if holds else False
            if truth is None:
                continue
            if truth is stand.is_on:
                if stand.since_us is not None:
                    moves.append(self._pend(stand, None))
            elif stand.since_us is None and stand.delay_us:
                moves.append(self._pend(stand, at_us))
            elif stand.since_us is None:
                changes.append((at_us, stand))
            elif at_us >= stand.since_us + stand.delay_us:
                changes.append((stand.since_us + stand.delay_us, stand))
        return moves + self._change(changes) if changes else moves

    # -- what the store remembers ---------------------------------------------------------------------------------

    def take_up(self, alarm: Alarm | None, states: dict[str, int]) -> list[str]:
        """Go on from what is stored, and return the ids of states that mean nothing (any more).

        Args:
            alarm: what stands.
            states: the rule's own, by their id.
        """
        self.alarm = alarm
        left = dict(states)
        marks = [f"{self.rule.rule_id}#{place}!" for place in range(len(self.stands))]
        is_marked = not left.keys().isdisjoint(marks)
        for stand, mark in zip(self.stands, marks, strict=True):
            if alarm is not None:
                is_marked_on = left.pop(mark, None) is not None
                stand.is_on = is_marked_on if is_marked else stand.level.severity >= alarm.severity
            stand.since_us = left.pop(stand.state_id, None)
        begun = [it.since_us for it in self.stands if it.since_us is not None]
        begun += [] if alarm is None else [alarm.raised_us - self.stands[0].on_us]
        self.begun_us = max(begun, default=0)
        return list(left)

    # -- parts ----------------------------------------------------------------------------------------------------

    def _truth(self, stand: Stand) -> bool | None:
        """Return whether the level's condition is true, asked by `clear_at` while it is on."""
        if self._plain is not None:
            number = self.panel.lead.number
            if number is None:
                return None
            return not self._plain.is_over(number) if stand.is_on else self._plain.is_breach(number)
        return stand.level.when.truth(self.panel.numbers(), standing=stand.is_on)

    def _due(self, listening_since_us: int) -> tuple[int, Stand | None] | None:
        """Return when time moves something next, and which delay that is (None: a number)."""
        found: tuple[int, Stand | None] | None = None
        for stand in self.stands:
            if stand.since_us is not None:
                unheard_us = max(listening_since_us - stand.since_us, 0)
                due_us = stand.since_us + stand.delay_us + unheard_us
                if found is None or due_us < found[0]:
                    found = due_us, stand
        due = self.panel.due_us(listening_since_us)
        return (due, None) if due is not None and (found is None or due < found[0]) else found

    def _has_covered(self, at_us: int) -> bool:
        is_active = self.alarm is not None and self.alarm.raised_us <= at_us
        return is_active or any(begin_us <= at_us <= end_us for begin_us, end_us in self.past)

    def _change(self, changes: list[tuple[int, Stand]]) -> list[Move]:
        """Turn levels on or off, in the order of their instants; what turns at one instant is told at once."""
        moves: list[Move] = []
        changes.sort(key=lambda it: it[0])
        for place, (at_us, stand) in enumerate(changes):
            if stand.since_us is not None:
                moves.append(self._pend(stand, None))
            moves += self._turned(stand, at_us)
            if place + 1 == len(changes) or changes[place + 1][0] != at_us:
                moves += self._graded(at_us, self.panel.lead.number)
        return moves

    def _turned(self, stand: Stand, at_us: int) -> Iterator[Move]:
        stand.is_on = not stand.is_on
        if len(self.stands) > 1:
            state_id = f"{self.rule.rule_id}#{self.stands.index(stand)}!"
            yield Pend(self.asset_id, state_id, at_us if stand.is_on else None)

    def _graded(self, at_us: int, value: float | None) -> list[Move]:
        """Return what the levels as they are now mean for the alarm."""
        severity = min((it.level.severity for it in self.stands if it.is_on), default=BELOW_ALL)
        alarm = self.alarm
        if severity == BELOW_ALL:
            self.alarm = None
            return [] if alarm is None else [self._cleared(alarm, at_us, value)]
        if alarm is None:
            raised = self._raised(at_us, value, severity)
            self.alarm = raised.alarm
            return [raised]
        return (
            [] if alarm.severity == severity else [self._regraded(alarm, severity, max(at_us, alarm.raised_us), value)]
        )

    def _pend(self, stand: Stand, since_us: int | None) -> Pend:
        stand.since_us = since_us
        return Pend(self.asset_id, stand.state_id, since_us)

    def _cleared(self, alarm: Alarm, at_us: int, value: float | None) -> Clear:
        at_us = max(at_us, alarm.raised_us)
        if self.rule.is_momentary:
            self.past = (*self.past[1 - REMEMBERED :], (alarm.raised_us, at_us))
        return Clear(alarm.alarm_id, at_us, value, alarm.incident_id)

    def _regraded(self, alarm: Alarm, severity: int, at_us: int, value: float | None) -> Regrade:
        """Return the alarm's new severity; the first grave one opens its incident, which stays whatever follows."""
        opens = opens_incident(severity) and alarm.incident_id is None
        incident_id = f"{SENSING}/{alarm.alarm_id}" if opens else alarm.incident_id
        self.alarm = replace(alarm, severity=severity, incident_id=incident_id)
        told = replace(self.alarm, value=value) if value is not None else self.alarm
        incident = candidate(told, self.rule, self.asset, at_us) if opens and self.asset else None
        return Regrade(alarm.alarm_id, severity, at_us, value, incident)

    def _raised(self, at_us: int, value: float | None, severity: int) -> Raise:
        assert self.asset is not None
        alarm_id = f"{self.rule.rule_id}:{self.asset_id}:{at_us}"
        is_grave = opens_incident(severity)
        alarm = Alarm(
            alarm_id=alarm_id, asset_id=self.asset_id, rule_id=self.rule.rule_id, quantity=self.rule.quantity,
            severity=severity, state=AlarmState.ACTIVE, value=value, raised_us=at_us,
            incident_id=f"{SENSING}/{alarm_id}" if is_grave else None,
        )  # fmt: skip
        return Raise(alarm, candidate(alarm, self.rule, self.asset, at_us) if is_grave else None)
