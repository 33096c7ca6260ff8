"""Flapping: an alarm that comes back soon is the same alarm, and one that will not be still is told so and held.

    cleared ── raised within 10 min ──▶ the same alarm again: one row, a count
    3 changes in a minute, or 3 raises in 10 min ──▶ chattering: told once more, then held
    held ── raised, cleared, raised … ──▶ counted, nothing told ── 10 min without a change ──▶ cleared when it last was

A minute's three changes are ISA-18.2's chattering. What is held is stored as active and chattering, and since when it
has been quiet among the rules' states (`quiet:<rule>`): a restart changes nothing.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from street.alarms import Alarm, AlarmState, Back
from street.clock import MINUTE_US
from street.incidents import Incident
from street.rules.causes import CausedMove, Shift
from street.rules.moves import Clear, Pend, Raise, Regrade

WINDOW_US: Final = 10 * MINUTE_US
MANY: Final = 3  # changes in a minute, or raises in the window
QUIET: Final = "quiet:"  # of what the store keeps among the rules' states; no rule has such an id


class Again(NamedTuple):
    """A cleared alarm is back; `incident` is what it opens where its own is dealt with."""

    back: Back
    incident: Incident | None


class Repeat(NamedTuple):
    """A standing alarm's limit was found broken once more."""

    alarm_id: str
    at_us: int


class Turn(NamedTuple):
    """One change of an alarm, as stored."""

    alarm_id: str
    asset_id: str
    rule_id: str
    is_raise: bool
    at_us: int


FlappedMove = CausedMove | Again | Repeat


@dataclass(slots=True)
class Run:
    """One alarm, as stored, and how it changed lately.

    `cleared_us` is None while it stands; `quiet_us` is since when a held one has been quiet, None while it is not.
    """

    alarm_id: str
    asset_id: str
    rule_id: str
    changes: deque[int] = field(default_factory=lambda: deque(maxlen=MANY))
    raises: deque[int] = field(default_factory=lambda: deque(maxlen=MANY))
    is_chattering: bool = False
    cleared_us: int | None = None
    quiet_us: int | None = None

    def note(self, at_us: int, *, is_raise: bool) -> None:
        """Take in a change."""
        self.changes.append(at_us)
        if is_raise:
            self.raises.append(at_us)
        self.cleared_us = None if is_raise else max(at_us, self.cleared_us or at_us)

    def flaps(self) -> bool:
        """Return whether it has changed too often lately."""
        limits = ((self.changes, MINUTE_US), (self.raises, WINDOW_US))
        return any(len(it) == MANY and it[-1] - it[0] <= span_us for it, span_us in limits)


class Flapping:
    """Makes one alarm of many.

    Args:
        alarms: what stands, as stored.
        turns: how alarms changed within the window, oldest first, as stored.
        quiet: since when held alarms have been quiet [µs UTC], by asset and rule, as stored.
    """

    def __init__(
        self,
        alarms: Iterable[Alarm] = (),
        turns: Iterable[Turn] = (),
        quiet: Mapping[tuple[str, str], int] | None = None,
    ) -> None:
        self._runs: dict[tuple[str, str], Run] = {}
        self._of_alarm: dict[str, Run] = {}  # by the id under which the rules know what stands
        for turn in turns:
            key = turn.asset_id, turn.rule_id
            run = self._runs.get(key)
            if run is None or run.alarm_id != turn.alarm_id:
                run = self._runs[key] = Run(turn.alarm_id, *key)
            run.note(turn.at_us, is_raise=turn.is_raise)
        for alarm in alarms:
            key = alarm.asset_id, alarm.rule_id
            run = self._runs.get(key)
            if run is None or run.alarm_id != alarm.alarm_id:
                run = self._runs[key] = Run(alarm.alarm_id, *key)
            run.cleared_us, run.is_chattering = None, alarm.is_chattering
            run.quiet_us = (quiet or {}).get(key) if alarm.is_chattering else None
            if run.quiet_us is None:
                self._of_alarm[alarm.alarm_id] = run
            else:
                run.cleared_us = run.quiet_us

    def is_quiet(self, alarm: Alarm) -> bool:
        """Return whether an alarm that is stored as standing is only held: its limit is not broken."""
        run = self._runs.get((alarm.asset_id, alarm.rule_id))
        return run is not None and run.alarm_id == alarm.alarm_id and run.quiet_us is not None

    def take(self, move: CausedMove) -> Iterator[FlappedMove]:
        """Yield what becomes of a move."""
        if isinstance(move, Raise):
            yield from self._raised(move)
        elif isinstance(move, Clear):
            run = self._of_alarm.pop(move.alarm_id, None)
            yield from (move,) if run is None else self._cleared(run, move)
        elif isinstance(move, (Regrade, Shift)):
            run = self._of_alarm.get(move.alarm_id)
            yield move if run is None else move._replace(alarm_id=run.alarm_id)
        else:
            yield move

    def tick(self, now_us: int) -> Iterator[FlappedMove]:
        """Yield the end of what is held and has been quiet long enough; forget what is long over."""
        over = [
            run for run in self._runs.values() if run.cleared_us is not None and now_us >= run.cleared_us + WINDOW_US
        ]
        for run in over:
            if run.quiet_us is not None:
                yield Pend(run.asset_id, QUIET + run.rule_id, None)
                yield Clear(run.alarm_id, run.quiet_us, None, None)
            del self._runs[run.asset_id, run.rule_id]

    def stored_id(self, alarm_id: str) -> str:
        """Return under which id an alarm is stored that the rules know as *alarm_id*."""
        run = self._of_alarm.get(alarm_id)
        return alarm_id if run is None else run.alarm_id

    def _raised(self, move: Raise) -> Iterator[FlappedMove]:
        alarm = move.alarm
        key, at_us = (alarm.asset_id, alarm.rule_id), alarm.raised_us
        run = self._runs.get(key)
        is_back = run is not None and run.cleared_us is not None and abs(at_us - run.cleared_us) <= WINDOW_US
        if run is None or not is_back or (alarm.state is not AlarmState.ACTIVE and run.quiet_us is None):
            self._begin(alarm, run)
            yield move
            return
        self._of_alarm[alarm.alarm_id] = run
        run.note(at_us, is_raise=True)
        if run.quiet_us is not None:
            run.quiet_us = None
            yield Pend(*_quiet_key(run), None)
            yield Repeat(run.alarm_id, at_us)
            if alarm.state is not AlarmState.ACTIVE:
                yield Shift(run.alarm_id, alarm.state, at_us)
            return
        run.is_chattering = run.flaps()
        back = Back(run.alarm_id, *key, at_us, alarm.value, alarm.severity, run.is_chattering)
        yield Again(back, move.incident)

    def _begin(self, alarm: Alarm, before: Run | None) -> None:
        """Follow a new alarm; one that comes so late that a newer is over already is not followed."""
        if before is not None and before.cleared_us is not None and alarm.raised_us < before.cleared_us:
            return
        run = self._runs[alarm.asset_id, alarm.rule_id] = Run(alarm.alarm_id, alarm.asset_id, alarm.rule_id)
        run.note(alarm.raised_us, is_raise=True)
        self._of_alarm[alarm.alarm_id] = run

    def _cleared(self, run: Run, move: Clear) -> Iterator[FlappedMove]:
        run.note(move.at_us, is_raise=False)
        assert run.cleared_us is not None
        if run.is_chattering:
            run.quiet_us = run.cleared_us
            yield Pend(*_quiet_key(run), run.quiet_us)
        else:
            yield Clear(run.alarm_id, run.cleared_us, move.value, move.incident_id)


def quiet_of(states: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """Return, of the store's rule states, since when held alarms have been quiet, by asset and rule."""
    return {
        (asset_id, state_id.removeprefix(QUIET)): since_us
        for (asset_id, state_id), since_us in states.items()
        if state_id.startswith(QUIET)
    }


def _quiet_key(run: Run) -> tuple[str, str]:
    return run.asset_id, QUIET + run.rule_id
