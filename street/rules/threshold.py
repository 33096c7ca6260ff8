"""One limit watched at one asset: when its alarm begins and when it ends.

    normal ── breach ──▶ pending ── on_delay_s ──▶ ACTIVE ── over ──▶ pending ── off_delay_s ──▶ normal
                            └── no breach ──▶ normal      └── not over ──▶ ACTIVE

A delay starts with the first reading that speaks for the change and counts as passed when a later reading agrees, or
when the clock says so and no reading has disagreed; either way the change is dated *start + delay*, so the same
readings make the same alarm with the same id. Silence says something only while we listen: where we did not, the clock
begins anew.

Where a breach is over at once, as the press of a button, one that comes after newer readings has happened all the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from street.alarms import Alarm, AlarmState, opens_incident
from street.assets import Asset
from street.clock import MINUTE_US, SECOND_US, local_day_start_us
from street.incidents import SENSING, Incident
from street.scenarios import Rule

REMEMBERED: Final = 16  # ended alarms of a momentary rule: what a broker sends late is seconds old


class Raise(NamedTuple):
    """An alarm begins; with it the candidate incident that a grave one opens."""

    alarm: Alarm
    incident: Incident | None


class Clear(NamedTuple):
    """An alarm ends; `value` is what ended it, None when no reading did. Its incident recovers."""

    alarm_id: str
    at_us: int
    value: float | None
    incident_id: str | None


class Pend(NamedTuple):
    """A delay has begun at `since_us`, or is off again (None)."""

    asset_id: str
    rule_id: str
    since_us: int | None


Move = Raise | Clear | Pend


@dataclass(slots=True)
class Watch:
    """Where one rule stands at one asset.

    `since_us` is when a delay began: towards an alarm while there is none, towards its end while there is one. `value`
    is the last reading's, None after a restart. `asset` is None until somebody has named it. `past` are begin and end
    of a momentary rule's last alarms.
    """

    rule: Rule
    asset_id: str
    asset: Asset | None = None
    alarm: Alarm | None = None
    since_us: int | None = None
    value: float | None = None
    past: tuple[tuple[int, int], ...] = ()

    def observe(self, at_us: int, value: float) -> Iterator[Move]:
        """Take in a live reading of the rule's quantity, newer than all before it."""
        self.value = value
        if not self._speaks_for_change(at_us, value):
            if self.since_us is not None:
                yield self._pend(None)
            return
        if self.since_us is None:
            delay_s = self.rule.on_delay_s if self.alarm is None else self.rule.off_delay_s
            if delay_s:
                yield self._pend(at_us)
                return
            yield from self._change(at_us)
            return
        if at_us >= self._due_us():
            yield from self._change(self._due_us())

    def observe_belated(self, at_us: int, value: float) -> Iterator[Move]:
        """Take in a live reading that newer ones have overtaken: a momentary breach was one, unless it is known."""
        if not self.rule.is_momentary or not self._is_breach(at_us, value) or self._has_covered(at_us):
            return
        raised = self._raised(at_us, value)
        yield raised
        yield self._cleared(raised.alarm, at_us, None)

    def tick(self, now_us: int, listening_since_us: int = 0) -> Iterator[Move]:
        """Take in that it is *now_us* and that no newer reading has come since *listening_since_us*."""
        if self.since_us is None or self.asset is None:
            return
        unheard_us = max(listening_since_us - self.since_us, 0)
        if now_us >= self._due_us() + unheard_us:
            yield from self._change(self._due_us())

    def end(self, at_us: int) -> Iterator[Move]:
        """End whatever stands here: nobody watches this limit at this asset any more."""
        if self.since_us is not None:
            yield self._pend(None)
        if self.alarm is not None:
            alarm, self.alarm = self.alarm, None
            yield self._cleared(alarm, at_us, None)

    def _speaks_for_change(self, at_us: int, value: float) -> bool:
        if self.alarm is None:
            return self._is_breach(at_us, value)
        return not self._is_in_hours(at_us) or self.rule.is_over(value)

    def _is_breach(self, at_us: int, value: float) -> bool:
        return self._is_in_hours(at_us) and self.rule.is_breach(value)

    def _is_in_hours(self, at_us: int) -> bool:
        return self.rule.hours is None or is_within(self.rule.hours, at_us)

    def _has_covered(self, at_us: int) -> bool:
        is_active = self.alarm is not None and self.alarm.raised_us <= at_us
        return is_active or any(begin_us <= at_us <= end_us for begin_us, end_us in self.past)

    def _due_us(self) -> int:
        assert self.since_us is not None
        delay_s = self.rule.on_delay_s if self.alarm is None else self.rule.off_delay_s
        return self.since_us + int(delay_s * SECOND_US)

    def _change(self, at_us: int) -> Iterator[Move]:
        if self.since_us is not None:
            yield self._pend(None)
        if self.alarm is not None:
            alarm, self.alarm = self.alarm, None
            yield self._cleared(alarm, at_us, self.value)
        else:
            raised = self._raised(at_us, self.value)
            self.alarm = raised.alarm
            yield raised

    def _pend(self, since_us: int | None) -> Pend:
        self.since_us = since_us
        return Pend(self.asset_id, self.rule.rule_id, since_us)

    def _cleared(self, alarm: Alarm, at_us: int, value: float | None) -> Clear:
        at_us = max(at_us, alarm.raised_us)
        if self.rule.is_momentary:
            self.past = (*self.past[1 - REMEMBERED :], (alarm.raised_us, at_us))
        return Clear(alarm.alarm_id, at_us, value, alarm.incident_id)

    def _raised(self, at_us: int, value: float | None) -> Raise:
        assert self.asset is not None
        rule = self.rule
        alarm_id = f"{rule.rule_id}:{self.asset_id}:{at_us}"
        is_grave = opens_incident(rule.severity)
        alarm = Alarm(
            alarm_id=alarm_id, asset_id=self.asset_id, rule_id=rule.rule_id, quantity=rule.quantity,
            severity=rule.severity, state=AlarmState.ACTIVE, value=value, raised_us=at_us,
            incident_id=f"{SENSING}/{alarm_id}" if is_grave else None,
        )  # fmt: skip
        return Raise(alarm, candidate(alarm, rule, self.asset) if is_grave else None)


def candidate(alarm: Alarm, rule: Rule, asset: Asset) -> Incident:
    """Return the incident that *alarm* proposes: a person still has to file it."""
    limit = f"≥ {rule.raise_above:g}" if rule.raise_above is not None else f"≤ {rule.raise_below:g}"
    value = "?" if alarm.value is None else f"{alarm.value:g}"
    return Incident(
        incident_id=f"{SENSING}/{alarm.alarm_id}", source=SENSING, matter=rule.matter, severity=rule.severity,
        title=rule.title, title_en=rule.title_en, description=f"{asset.asset_id} {rule.quantity} {value} ({limit})",
        address=asset.name if asset.road in asset.name else f"{asset.road} {asset.name}", lon=asset.lon, lat=asset.lat,
        community_id=asset.community_id, grid_cell_id=asset.grid_cell_id, asset_id=asset.asset_id,
        alarm_id=alarm.alarm_id, reported_us=alarm.raised_us, moved_us=alarm.raised_us,
    )  # fmt: skip


def is_within(hours: tuple[int, int], at_us: int) -> bool:
    """Return whether *at_us* lies in *hours* (minutes of the local day; the end is not in it)."""
    begin, end = hours
    minute = (at_us - local_day_start_us(at_us)) // MINUTE_US
    return begin <= minute < end if begin < end else minute >= begin or minute < end
