"""Rules: readings in, alarm transitions out.

`Rules` is pure: it reads no clock and writes nothing. What it knows can be rebuilt from the store's active alarms and
pending delays; rebuild it after a batch that could not be committed.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final

from street.alarms import Alarm, opens_incident
from street.assets import Asset
from street.clock import SECOND_US
from street.readings import LATE_US, NOT_LIVE, Flag, Reading
from street.rules.threshold import Clear, Move, Pend, Raise, Watch
from street.scenarios import Rule, Scenarios

__all__ = ["Clear", "Move", "Pend", "Raise", "Rules"]

_NOT_LIVE: Final = int(NOT_LIVE)
_NOT_EVEN_DOUBTFUL: Final = int(NOT_LIVE & ~(Flag.LATE | Flag.HISTORY))  # more speaks against it than its age
_CLOCK_SKEW: Final = int(Flag.CLOCK_SKEW)
_NO_ASSETS: Final[Mapping[str, Asset]] = {}
_NEVER_SEEN: Final[Mapping[tuple[str, str], int]] = {}


class _Track:
    """The rules of one quantity at one asset.

    Attributes:
        kind: what the asset is, for these rules to hold.
        last_us: when it was last observed [µs UTC].
        floor, ceiling: no limit is broken strictly between them.
        is_calm: no alarm is active and no delay runs, so that a value between them moves nothing.
        is_momentary: a breach counts also when it comes after newer readings.
    """

    __slots__ = ("ceiling", "floor", "is_calm", "is_momentary", "kind", "last_us", "watches")

    def __init__(self, watches: tuple[Watch, ...], last_us: int) -> None:
        self.kind = watches[0].rule.kind
        self.last_us = last_us
        self.watches = watches
        self.is_calm = True
        rules = [watch.rule for watch in watches]
        self.is_momentary = any(rule.is_momentary for rule in rules)
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
        seen: when a live reading was last stored [µs UTC], by asset id and quantity: what is older comes too late.
    """

    def __init__(
        self,
        scenarios: Scenarios,
        alarms: Iterable[Alarm] = (),
        pending: Mapping[tuple[str, str], int] | None = None,
        assets: Mapping[str, Asset] = _NO_ASSETS,
        seen: Mapping[tuple[str, str], int] = _NEVER_SEEN,
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
        self._seen = seen
        self._by_id = {rule.rule_id: rule for scenario in scenarios.values() for rule in scenario.rules}
        for alarm in alarms:
            self._take_up_alarm(alarm)
        for (asset_id, rule_id), since_us in (pending or {}).items():
            self._take_up_delay(asset_id, rule_id, since_us)

    def observe(self, asset: Asset, reading: Reading, *, in_doubt: bool = False) -> list[Move]:
        """Return what *reading* of *asset* moves; it must be fresh (never seen before).

        Readings that say nothing about now (`NOT_LIVE`) or are no newer than one already observed move nothing; only
        a momentary breach is never too late while it is live. What is late and *in_doubt*, for its clock may be wrong,
        can break a grave limit and does nothing else.
        """
        asset_id, quantity, at_us, received_us, value, flags = reading
        rules = self._rules.get((asset.kind, quantity))
        if rules is None or value is None:
            return []
        if flags & _NOT_LIVE:
            return self._doubtful(asset, reading, rules) if in_doubt and not flags & _NOT_EVEN_DOUBTFUL else []
        track = self._tracks.get((asset_id, quantity)) or self._track(asset_id, rules, asset)
        if track.kind != asset.kind:
            moves = self._leave(asset_id, quantity, received_us)
            return moves + self.observe(asset, reading)
        # a source's clock may run ahead: later readings of a corrected clock must not look old
        is_wrong = flags & _CLOCK_SKEW and received_us - at_us > LATE_US
        at_us = received_us if is_wrong else min(at_us, received_us)
        if at_us <= track.last_us:
            is_told = track.is_momentary and not track.floor < value < track.ceiling
            return self._belated(track, asset, at_us, value) if is_told else []
        track.last_us = at_us
        if track.is_calm and track.floor < value < track.ceiling:
            return []
        return self._watched(track, asset, at_us, value)

    def tick(self, now_us: int, *, listening_since_us: int = 0) -> list[Move]:
        """Return what the passing of time moves: delays that ran out without a contrary reading.

        Args:
            now_us: the present.
            listening_since_us: since when every reading would have come here; silence before it says nothing.
        """
        moves = self._drop_orphans(now_us) if self._orphans else []
        moves += self._drop_strangers(now_us)
        for track, watch in tuple(self._delayed.values()):
            for move in watch.tick(now_us, listening_since_us):
                self._note(move, track, watch)
                moves.append(move)
            track.look()
        return moves

    def distrust(self, asset_id: str, quantity: str, at_us: int) -> list[Move]:
        """Return the end of all that stands at a quantity whose values are not to be believed any more."""
        track = self._tracks.get((asset_id, quantity))
        return [] if track is None or track.is_calm else self._leave(asset_id, quantity, at_us)

    def _watched(self, track: _Track, asset: Asset, at_us: int, value: float) -> list[Move]:
        moves: list[Move] = []
        for watch in track.watches:
            watch.asset = asset
            for move in watch.observe(at_us, value):
                self._note(move, track, watch)
                moves.append(move)
        track.look()
        return moves

    def _belated(self, track: _Track, asset: Asset, at_us: int, value: float) -> list[Move]:
        moves: list[Move] = []
        for watch in track.watches:
            watch.asset = asset
            moves += watch.observe_belated(at_us, value)
        return moves

    def _doubtful(self, asset: Asset, reading: Reading, rules: tuple[Rule, ...]) -> list[Move]:
        """Return the grave alarms, by arrival, of a value that is either history or true now: silence is the worse."""
        value, at_us, moves = reading.value, reading.received_us, []
        assert value is not None
        track = self._tracks.get(reading[:2]) or self._track(reading.asset_id, rules, asset)
        for watch in track.watches:
            rule = watch.rule
            is_grave = rule.is_momentary or opens_incident(rule.severity)
            if is_grave and rule.kind == asset.kind and watch.alarm is None and rule.is_breach(value):
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
        key = asset_id, rules[0].quantity
        track = self._tracks[key] = _Track(
            tuple(Watch(rule, asset_id, asset) for rule in rules), self._seen.get(key, 0)
        )
        return track

    def _stored(self, asset_id: str, rule: Rule, at_us: int) -> tuple[_Track, Watch]:
        """Return where *rule* stands at the asset, about to be told of something stored that began at *at_us*."""
        track = self._tracks.get((asset_id, rule.quantity)) or self._track(
            asset_id, self._rules[(rule.kind, rule.quantity)], self._assets.get(asset_id)
        )
        track.last_us = max(track.last_us, at_us)
        track.is_calm = False
        return track, next(watch for watch in track.watches if watch.rule.rule_id == rule.rule_id)

    def _is_of(self, asset_id: str, rule: Rule) -> bool:
        """Return whether *rule* holds at the asset, as far as is known: somebody may have corrected its kind."""
        asset = self._assets.get(asset_id)
        return asset is None or asset.kind == rule.kind

    def _take_up_alarm(self, alarm: Alarm) -> None:
        rule = self._by_id.get(alarm.rule_id)
        if rule is None or rule.quantity != alarm.quantity or not self._is_of(alarm.asset_id, rule):
            self._orphans.append(alarm)
            return
        since_us = alarm.raised_us - int(rule.on_delay_s * SECOND_US)
        _, watch = self._stored(alarm.asset_id, rule, since_us)
        watch.alarm = alarm

    def _take_up_delay(self, asset_id: str, rule_id: str, since_us: int) -> None:
        rule = self._by_id.get(rule_id)
        if rule is None or not self._is_of(asset_id, rule):
            self._orphans.append(Pend(asset_id, rule_id, None))
            return
        track, watch = self._stored(asset_id, rule, since_us)
        watch.since_us = since_us
        self._delayed[(asset_id, rule_id)] = track, watch

    def _leave(self, asset_id: str, quantity: str, at_us: int) -> list[Move]:
        """Return the end of all that stands at a track, and forget it."""
        track = self._tracks.pop((asset_id, quantity))
        moves: list[Move] = []
        for watch in track.watches:
            for move in watch.end(at_us):
                self._note(move, track, watch)
                moves.append(move)
        return moves

    def _drop_strangers(self, now_us: int) -> list[Move]:
        """Return the end of what stands at assets that somebody has since registered as another kind."""
        strange = [
            key
            for key, track in self._tracks.items()
            if not track.is_calm and not self._is_of(key[0], track.watches[0].rule)
        ]
        return [move for asset_id, quantity in strange for move in self._leave(asset_id, quantity, now_us)]

    def _drop_orphans(self, now_us: int) -> list[Move]:
        """Return the end of what belongs to rules that are no more: nobody else would ever clear it."""
        orphans, self._orphans = self._orphans, []
        return [
            orphan
            if isinstance(orphan, Pend)
            else Clear(orphan.alarm_id, max(now_us, orphan.raised_us), None, orphan.incident_id)
            for orphan in orphans
        ]
