"""Repeats: how often the limit of a standing alarm is found broken once more; a thousand are one alarm and a count."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from street.alarms import Alarm
from street.readings import NOT_LIVE, Reading
from street.rules.causes import CausedMove
from street.rules.flapping import Repeat
from street.rules.moves import Clear, Raise
from street.scenarios import Scenarios
from street.scenarios.conditions import Limit, Measure, limits_of

_NOT_LIVE: Final = int(NOT_LIVE)


class Repeats:
    """Counts readings that break the limit of an alarm that stands.

    Args:
        scenarios: what the limits are; only one on a value itself can be broken by a single reading.
        alarms: what stands, as stored.

    Attributes:
        standing: alarm ids, as stored, with their limits, by asset id and quantity; the caller looks before it asks.
    """

    def __init__(self, scenarios: Scenarios, alarms: Iterable[Alarm]) -> None:
        rules = [rule for it in scenarios.values() for rule in it.rules]
        self._limits = {
            rule.rule_id: limit
            for rule in rules
            if (limit := next(limits_of(rule.levels[0].when))).source.measure is Measure.VALUE and not limit.source.less
        }
        self.standing: dict[tuple[str, str], dict[str, Limit]] = {}
        self._keys: dict[str, tuple[tuple[str, str], str]] = {}  # by the id the rules know: where, and the stored id
        for alarm in alarms:
            self._begin(alarm, alarm.alarm_id)

    def of(self, reading: Reading) -> Iterator[Repeat]:
        """Yield a repeat for each alarm whose limit *reading* breaks."""
        if reading.value is None or reading.flags & _NOT_LIVE:
            return
        for alarm_id, limit in self.standing.get((reading.asset_id, reading.quantity), {}).items():
            if limit.is_breach(reading.value):
                yield Repeat(alarm_id, min(reading.at_us, reading.received_us))

    def note(self, move: CausedMove, stored_id: Callable[[str], str]) -> None:
        """Take in what begins and ends to stand; *stored_id* says under which id the store has what the rules know."""
        if isinstance(move, Raise):
            self._begin(move.alarm, stored_id(move.alarm.alarm_id))
        elif isinstance(move, Clear) and (found := self._keys.pop(move.alarm_id, None)) is not None:
            key, alarm_id = found
            self.standing[key].pop(alarm_id, None)
            if not self.standing[key]:
                del self.standing[key]

    def _begin(self, alarm: Alarm, stored_id: str) -> None:
        limit = self._limits.get(alarm.rule_id)
        if limit is not None:
            key = alarm.asset_id, limit.source.quantity
            self._keys[alarm.alarm_id] = key, stored_id
            self.standing.setdefault(key, {})[stored_id] = limit
