"""Rules: readings in, alarm transitions out.

`Rules` is pure: it reads no clock and writes nothing. What it knows can be rebuilt from the store's active alarms and
pending delays; rebuild it after a batch that could not be committed.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final

from street.alarms import Alarm
from street.assets import Asset
from street.clock import SECOND_US
from street.readings import NOT_LIVE, Reading
from street.rules.threshold import Clear, Move, Pend, Raise, Watch
from street.scenarios import Rule, Scenarios

__all__ = ["Clear", "Move", "Pend", "Raise", "Rules"]

_NOT_LIVE: Final = int(NOT_LIVE)
_NO_ASSETS: Final[Mapping[str, Asset]] = {}


class _Track:
    """The rules of one quantity at one asset.

    Attributes:
        last_us: when it was last observed [µs UTC].
        floor, ceiling: no limit is broken strictly between them.
        is_calm: no alarm is active and no delay runs, so that a value between them moves nothing.
    """

    __slots__ = ("ceiling", "floor", "is_calm", "last_us", "watches")

    def __init__(self, watches: tuple[Watch, ...]) -> None:
        self.last_us = 0
        self.watches = watches
        self.is_calm = True
        rules = [watch.rule for watch in watches]
        self.ceiling = min((rule.raise_above for rule in rules if rule.raise_above is not None), default=math.inf)
        self.floor = max((rule.raise_below for rule in rules if rule.raise_below is not None), default=-math.inf)

    def look(self) -> None:
        """See whether it is calm."""
        self.is_calm = all(watch.alarm is None and watch.since_us is None for watch in self.watches)


class Rules:
    """Every rule at every asset.

    Args:
        scenarios: what the rules are.
        alarms: the active ones, as stored.
        pending: when each running delay began [µs UTC], by asset id and rule id, as stored.
        assets: by id; without an asset, a delay taken up from the store waits for that asset's next reading.
    """

    def __init__(
        self,
        scenarios: Scenarios,
        alarms: Iterable[Alarm] = (),
        pending: Mapping[tuple[str, str], int] | None = None,
        assets: Mapping[str, Asset] = _NO_ASSETS,
    ) -> None:
        self._rules: dict[tuple[str, str], tuple[Rule, ...]] = {}
        for scenario in scenarios.values():
            for rule in scenario.rules:
                key = (rule.kind, rule.quantity)
                self._rules[key] = (*self._rules.get(key, ()), rule)
        self._tracks: dict[tuple[str, str], _Track] = {}
        self._delayed: dict[tuple[str, str], tuple[_Track, Watch]] = {}
        self._orphans: list[Alarm | Pend] = []
        self._assets = assets
        self._by_id = {rule.rule_id: rule for scenario in scenarios.values() for rule in scenario.rules}
        for alarm in alarms:
            self._take_up_alarm(alarm)
        for (asset_id, rule_id), since_us in (pending or {}).items():
            self._take_up_delay(asset_id, rule_id, since_us)

    def observe(self, asset: Asset, reading: Reading) -> list[Move]:
        """Return what *reading* of *asset* moves; it must be fresh (never seen before).

        Readings that say nothing about now (`NOT_LIVE`) or are no newer than one already observed move nothing.
        """
        asset_id, quantity, at_us, received_us, value, flags = reading
        rules = self._rules.get((asset.kind, quantity))
        if rules is None or flags & _NOT_LIVE or value is None:
            return []
        track = self._tracks.get((asset_id, quantity)) or self._track(asset_id, rules, asset)
        # a source's clock may run ahead: later readings of a corrected clock must not look old
        at_us = min(at_us, received_us)
        if at_us <= track.last_us:
            return []
        track.last_us = at_us
        if track.is_calm and track.floor < value < track.ceiling:
            return []
        return self._watched(track, asset, at_us, value)

    def tick(self, now_us: int) -> list[Move]:
        """Return what the passing of time moves: delays that ran out without a contrary reading."""
        moves = self._drop_orphans(now_us) if self._orphans else []
        for track, watch in tuple(self._delayed.values()):
            for move in watch.tick(now_us):
                self._note(move, track, watch)
                moves.append(move)
            track.look()
        return moves

    def _watched(self, track: _Track, asset: Asset, at_us: int, value: float) -> list[Move]:
        moves: list[Move] = []
        for watch in track.watches:
            watch.asset = asset
            for move in watch.observe(at_us, value):
                self._note(move, track, watch)
                moves.append(move)
        track.look()
        return moves

    def _note(self, move: Move, track: _Track, watch: Watch) -> None:
        if isinstance(move, Pend):
            if move.since_us is None:
                self._delayed.pop((move.asset_id, move.rule_id), None)
            else:
                self._delayed[(move.asset_id, move.rule_id)] = track, watch

    def _track(self, asset_id: str, rules: tuple[Rule, ...], asset: Asset | None) -> _Track:
        track = _Track(tuple(Watch(rule, asset_id, asset) for rule in rules))
        self._tracks[(asset_id, rules[0].quantity)] = track
        return track

    def _stored(self, asset_id: str, rule: Rule, at_us: int) -> tuple[_Track, Watch]:
        """Return where *rule* stands at the asset, about to be told of something stored that began at *at_us*."""
        track = self._tracks.get((asset_id, rule.quantity)) or self._track(
            asset_id, self._rules[(rule.kind, rule.quantity)], self._assets.get(asset_id)
        )
        track.last_us = max(track.last_us, at_us)
        track.is_calm = False
        return track, next(watch for watch in track.watches if watch.rule.rule_id == rule.rule_id)

    def _take_up_alarm(self, alarm: Alarm) -> None:
        rule = self._by_id.get(alarm.rule_id)
        if rule is None or rule.quantity != alarm.quantity:
            self._orphans.append(alarm)
            return
        since_us = alarm.raised_us - int(rule.on_delay_s * SECOND_US)
        _, watch = self._stored(alarm.asset_id, rule, since_us)
        watch.alarm = alarm

    def _take_up_delay(self, asset_id: str, rule_id: str, since_us: int) -> None:
        rule = self._by_id.get(rule_id)
        if rule is None:
            self._orphans.append(Pend(asset_id, rule_id, None))
            return
        track, watch = self._stored(asset_id, rule, since_us)
        watch.since_us = since_us
        self._delayed[(asset_id, rule_id)] = track, watch

    def _drop_orphans(self, now_us: int) -> list[Move]:
        """Return the end of what belongs to rules that are no more: nobody else would ever clear it."""
        orphans, self._orphans = self._orphans, []
        return [
            orphan
            if isinstance(orphan, Pend)
            else Clear(orphan.alarm_id, max(now_us, orphan.raised_us), None, orphan.incident_id)
            for orphan in orphans
        ]
