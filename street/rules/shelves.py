"""Shelves: which alarms call nobody because people said so, and that they call when that is over.

    raised while a shelving holds ──▶ stored as held, opens no incident
    standing when one begins      ──▶ held from then on
    standing when it ends         ──▶ calls then, and opens its incident if it is grave

What is held is stored with the alarm; shelvings are read from the store. Both are enough to go on after a restart.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from street.alarms import Alarm, AlarmState, opens_incident
from street.assets import Asset
from street.incidents import Incident
from street.rules.candidate import candidate
from street.rules.causes import Shift
from street.rules.flapping import Again, FlappedMove
from street.rules.moves import Clear, Raise, Regrade
from street.scenarios import Scenarios
from street.shelving import Shelving, holding


class Hold(NamedTuple):
    """A shelving keeps a standing alarm quiet from now on."""

    alarm_id: str
    at_us: int


class LetGo(NamedTuple):
    """An alarm that was held still stands and calls now; `incident` is what it opens."""

    alarm_id: str
    at_us: int
    incident: Incident | None


ToldMove = FlappedMove | Hold | LetGo


class Shelves:
    """Holds alarms and lets them go.

    Args:
        scenarios: what a held alarm's incident says.
        assets: by id, as registered.
        alarms: what stands, as stored.
        shelvings: those that are not over.
    """

    def __init__(
        self, scenarios: Scenarios, assets: Mapping[str, Asset], alarms: Iterable[Alarm], shelvings: Iterable[Shelving]
    ) -> None:
        self._rules = {rule.rule_id: rule for it in scenarios.values() for rule in it.rules}
        self._assets = assets
        self._standing = {alarm.alarm_id: alarm for alarm in alarms}
        self._shelvings = list(shelvings)

    def learn(self, assets: Mapping[str, Asset]) -> None:
        """Know *assets* as they are registered now."""
        self._assets = assets

    def shelve(self, shelvings: Iterable[Shelving]) -> None:
        """Know *shelvings* as they are now."""
        self._shelvings = list(shelvings)

    def take(self, move: FlappedMove, at_us: int) -> FlappedMove:
        """Return what becomes of a move that is told at *at_us*: what is held opens no incident."""
        known = _KNOW.get(type(move))
        return move if known is None else known(self, move, at_us)

    def tick(self, now_us: int) -> Iterator[ToldMove]:
        """Yield what begins and ends to be held."""
        if not self._shelvings and not any(it.is_held for it in self._standing.values()):
            return
        for alarm in tuple(self._standing.values()):
            is_held = self._holds(alarm.asset_id, alarm.rule_id, now_us)
            if is_held is alarm.is_held:
                continue
            self._standing[alarm.alarm_id] = replace(alarm, is_held=is_held)
            if is_held:
                yield Hold(alarm.alarm_id, now_us)
            else:
                yield LetGo(alarm.alarm_id, now_us, self._incident(alarm, now_us))

    def _holds(self, asset_id: str, rule_id: str, at_us: int) -> bool:
        return bool(self._shelvings) and (
            holding(self._shelvings, self._assets.get(asset_id), asset_id, rule_id, at_us) is not None
        )

    def _raise(self, move: Raise, at_us: int) -> Raise:
        alarm = move.alarm
        if self._holds(alarm.asset_id, alarm.rule_id, at_us):
            alarm = replace(alarm, is_held=True, incident_id=None)
            move = Raise(alarm, None)
        self._standing[alarm.alarm_id] = alarm
        return move

    def _again(self, move: Again, at_us: int) -> Again:
        back = move.back
        if self._holds(back.asset_id, back.rule_id, at_us):
            move = Again(back._replace(is_held=True), None)
        self._standing[back.alarm_id] = Alarm(
            alarm_id=back.alarm_id, asset_id=back.asset_id, rule_id=back.rule_id, quantity="", severity=back.severity,
            state=AlarmState.ACTIVE, value=back.value, raised_us=back.at_us, is_held=move.back.is_held,
        )  # fmt: skip
        return move

    def _regrade(self, move: Regrade, _at_us: int) -> Regrade:
        alarm = self._standing.get(move.alarm_id)
        if alarm is None:
            return move
        self._standing[move.alarm_id] = replace(alarm, severity=move.severity, value=move.value)
        calls = alarm.state is AlarmState.ACTIVE and not alarm.is_held
        return move if calls else move._replace(incident=None)

    def _clear(self, move: Clear, _at_us: int) -> Clear:
        self._standing.pop(move.alarm_id, None)
        return move

    def _shift(self, move: Shift, _at_us: int) -> Shift:
        alarm = self._standing.get(move.alarm_id)
        if alarm is not None:
            self._standing[move.alarm_id] = replace(alarm, state=move.to)
        return move

    def _incident(self, alarm: Alarm, now_us: int) -> Incident | None:
        """Return what an alarm opens that calls now."""
        rule, asset = self._rules.get(alarm.rule_id), self._assets.get(alarm.asset_id)
        if rule is None or asset is None or alarm.state is not AlarmState.ACTIVE or not opens_incident(alarm.severity):
            return None
        return candidate(alarm, rule, asset, now_us)


_KNOW: Final[dict[type, Callable[[Any, Any, int], FlappedMove]]] = {
    Raise: Shelves._raise, Again: Shelves._again, Regrade: Shelves._regrade, Clear: Shelves._clear,
    Shift: Shelves._shift,
}  # fmt: skip
