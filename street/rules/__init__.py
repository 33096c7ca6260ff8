"""Rules: readings in, alarm transitions out.

`Rules` is pure: it reads no clock and writes nothing. What it knows can be rebuilt from the store's active alarms, rule
states and newest readings; rebuild it after a batch that could not be committed.
"""

import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from street.alarms import Alarm
from street.assets import Asset
from street.readings import LATE_US, NOT_LIVE, Flag, Reading
from street.rules.gauges import NOTHING_USUAL, Usual
from street.rules.joint import Groups, Joint
from street.rules.moves import Clear, Move, Pend, Raise, Regrade
from street.rules.posts import Post, Track, lies_in_reach
from street.rules.recall import silences
from street.rules.threshold import Watch
from street.scenarios import Rule, Scenarios

__all__ = ["Clear", "Move", "Pend", "Raise", "Regrade", "Rules"]

_NOT_LIVE: Final = int(NOT_LIVE)
_NOT_EVEN_DOUBTFUL: Final = int(NOT_LIVE & ~(Flag.LATE | Flag.HISTORY))  # more speaks against it than its age
_CLOCK_SKEW: Final = int(Flag.CLOCK_SKEW)
_NO_ASSETS: Final[Mapping[str, Asset]] = {}
_NEVER_SEEN: Final[Mapping[tuple[str, str], int]] = {}


class Rules:
    """Every rule at every asset.

    Args:
        scenarios: what the rules are.
        alarms: the standing ones, as stored.
        pending: when each running delay began [µs UTC] and what else rules remember, by asset id and state id.
        assets: by id; without an asset, a delay taken up from the store waits for that asset's next reading.
        seen: when a live reading was last stored [µs UTC], by asset id and quantity: what is older comes too late.
        recent: stored readings, oldest first, from which numbers that look back are made anew; see `recall.reach_s`.
        usual: what is usual of the series that somebody asks it of.
    """

    def __init__(  # noqa: PLR0913 - all that a store remembers
        self,
        scenarios: Scenarios,
        alarms: Iterable[Alarm] = (),
        pending: Mapping[tuple[str, str], int] | None = None,
        assets: Mapping[str, Asset] = _NO_ASSETS,
        seen: Mapping[tuple[str, str], int] = _NEVER_SEEN,
        *,
        recent: Iterable[Reading] = (),
        usual: Usual = NOTHING_USUAL,
    ) -> None:
        self._rules: dict[str, tuple[Rule, ...]] = {kind: it.rules for kind, it in scenarios.items() if it.rules}
        self._by_id = {rule.rule_id: rule for rules in self._rules.values() for rule in rules}
        self._tracks: dict[tuple[str, str], Track] = {}  # by asset id and quantity; those of `_posts`, at hand
        self._posts: dict[str, Post] = {}  # by asset id
        self._due: list[tuple[int, int, str, str]] = []  # (instant, number, asset id, rule id); some are out of date
        self._numbers = itertools.count()  # who began first is asked first
        self._listening_since_us = 0
        self._orphans: list[Alarm | Pend] = []
        self._assets = assets
        self._seen = seen
        self._usual = usual
        self._groups = Groups(assets)
        self._hear(seen)
        self._recall(recent)
        self._take_up(alarms, pending or {})
        self._count_all()

    def learn(self, assets: Mapping[str, Asset]) -> None:
        """Know *assets* as they are registered now."""
        self._assets = assets
        self._groups.learn(assets)
        self._count_all()

    def learn_usual(self, usual: Usual) -> None:
        """Know what is usual now."""
        self._usual = usual
        for post in self._posts.values():
            for watch in post.watches.values():
                watch.panel.learn(usual)

    def observe(self, asset: Asset, reading: Reading, *, in_doubt: bool = False) -> list[Move]:
        """Return what *reading* of *asset* moves; it must be fresh (never seen before).

        Readings that say nothing about now (`NOT_LIVE`) or are no newer than one already observed move nothing; only
        a momentary breach is never too late while it is live. What is late and *in_doubt*, for its clock may be wrong,
        can break a grave limit and does nothing else.
        """
        asset_id, quantity, at_us, received_us, value, flags = reading
        if value is None:
            return []
        if flags & _NOT_LIVE:
            return self._doubtful(asset, reading) if in_doubt and not flags & _NOT_EVEN_DOUBTFUL else []
        track = self._tracks.get((asset_id, quantity)) or self._enter(asset, quantity)
        if track.kind != asset.kind:
            moves = self._leave(asset_id, received_us)
            return moves + self.observe(asset, reading)
        # a source's clock may run ahead: later readings of a corrected clock must not look old
        if at_us > received_us or (flags & _CLOCK_SKEW and received_us - at_us > LATE_US):
            at_us = received_us
        if at_us <= track.last_us:
            is_told = track.is_momentary and not track.floor < value < track.ceiling
            return self._belated(track, asset, at_us, value) if is_told else []
        track.last_us = at_us
        watches = track.others if track.is_calm and track.floor < value < track.ceiling else track.watches
        return self._watched(track, watches, asset, at_us, value) if watches else []

    def tick(self, now_us: int, *, listening_since_us: int = 0) -> list[Move]:
        """Return what the passing of time moves: delays that ran out without a contrary reading, and silence.

        Args:
            now_us: the present.
            listening_since_us: since when every reading would have come here; silence before it says nothing.
        """
        moves = self._drop_orphans(now_us) if self._orphans else []
        moves += self._drop_strangers(now_us)
        due, self._listening_since_us = self._due, listening_since_us
        while due and due[0][0] <= now_us:
            *_, asset_id, rule_id = heapq.heappop(due)
            post = self._posts.get(asset_id)
            if post is not None and (watch := post.watches.get(rule_id)) is not None:
                watch.scheduled_us = None
                moves += self._followed(watch, watch.tick(now_us, listening_since_us))
                self._schedule(watch)
                post.look(watch)
        return moves

    def next_due_us(self) -> int | None:
        """Return when time alone may move something next; None while it does not."""
        return self._due[0][0] if self._due else None

    def distrust(self, asset_id: str, quantity: str, at_us: int) -> list[Move]:
        """Return the end of all that stands at a quantity whose values are not to be believed any more."""
        track = self._tracks.get((asset_id, quantity))
        moves: list[Move] = []
        for watch in track.watches if track is not None else ():
            moves += self._followed(watch, watch.end(at_us))
        if track is not None:
            track.look()
        return moves

    def _watched(self, track: Track, watches: tuple[Watch, ...], asset: Asset, at_us: int, value: float) -> list[Move]:
        moves: list[Move] = []
        for watch in watches:
            watch.asset = asset
            own = watch.observe(at_us, value, track.quantity)
            if own or (watch.scheduled_us is None and watch.is_timed):
                self._schedule(watch)
            if own or watch.rule.across is not None:
                moves += self._followed(watch, own)
        if moves:
            track.look()
        return moves

    def _belated(self, track: Track, asset: Asset, at_us: int, value: float) -> list[Move]:
        moves: list[Move] = []
        for watch in track.watches:
            watch.asset = asset
            moves += watch.observe_belated(at_us, value)
        return moves

    def _followed(self, watch: Watch, moves: list[Move]) -> list[Move]:
        """Return *moves* of *watch* and what follows from them where others count it."""
        if isinstance(watch, Joint) and (news := watch.news()) is not None:
            them = self._joint(self._groups.counted_by(watch), watch.rule)
            for other in [it for it in them if it.hear_of(news)]:  # all hear of it before one is asked
                moves = moves + self._followed(other, other.settle(watch.at_us))
                self._schedule(other)
        return moves

    def _doubtful(self, asset: Asset, reading: Reading) -> list[Move]:
        """Return the grave alarms, by arrival, of a value that is either history or true now: silence is the worse."""
        value = reading.value
        assert value is not None
        track = self._tracks.get(reading[:2]) or self._enter(asset, reading.quantity)
        if track.kind != asset.kind:
            return []
        grave = tuple(watch for watch in track.watches if watch not in track.others and watch.is_gravely_broken(value))
        return self._watched(track, grave, asset, reading.received_us, value)

    def _schedule(self, watch: Watch) -> None:
        due_us = watch.due_us(self._listening_since_us)
        if due_us is not None and (watch.scheduled_us is None or due_us < watch.scheduled_us):
            watch.scheduled_us = due_us
            heapq.heappush(self._due, (due_us, next(self._numbers), watch.asset_id, watch.rule.rule_id))

    def _enter(self, asset: Asset, quantity: str) -> Track:
        """Return the track of *quantity* at an asset that may be heard for the first time; it may be empty."""
        post = self._posts.get(asset.asset_id) or self._begin(asset.asset_id, asset.kind, asset)
        track = post.tracks.get(quantity)
        if track is None:
            track = post.tracks[quantity] = self._tracks[asset.asset_id, quantity] = Track(post.kind, quantity)
        return track

    def _begin(self, asset_id: str, kind: str, asset: Asset | None) -> Post:
        """Return a new post with every rule that holds at the asset."""
        watches: dict[str, Watch] = {}
        for rule in self._rules.get(kind, ()):
            if asset is None or lies_in_reach(asset, rule):
                make = Watch if rule.across is None else Joint
                watches[rule.rule_id] = watch = make(rule, asset_id, asset, self._usual)
                if isinstance(watch, Joint):
                    self._count(watch)
        post = self._posts[asset_id] = Post(kind, watches)
        for quantity, track in post.tracks.items():
            self._tracks[asset_id, quantity] = track
            track.last_us = self._seen.get((asset_id, quantity), 0)
            for watch in track.watches if track.last_us else ():
                watch.panel.hear(track.last_us, quantity)
        for watch in watches.values():
            self._schedule(watch)
        return post

    def _joint(self, asset_ids: Iterable[str], rule: Rule) -> Iterator[Joint]:
        """Yield where *rule* stands at those of *asset_ids* that were ever heard."""
        for asset_id in asset_ids:
            post = self._posts.get(asset_id)
            watch = post.watches.get(rule.rule_id) if post else None
            if isinstance(watch, Joint):
                yield watch

    def _count(self, watch: Joint) -> None:
        fellows = self._groups.fellows(watch)
        watch.count(self._joint(fellows, watch.rule), len(fellows) + 1)

    def _count_all(self) -> None:
        """Count everybody's fellows anew: what was taken up from the store was told to nobody."""
        joint = [it for post in self._posts.values() for it in post.watches.values() if isinstance(it, Joint)]
        for watch in joint:
            watch.say()
            watch.news()
        for watch in joint:
            self._count(watch)

    def _leave(self, asset_id: str, at_us: int) -> list[Move]:
        """Return the end of all that stands at an asset, and forget it."""
        post = self._posts.pop(asset_id)
        for quantity in post.tracks:
            del self._tracks[asset_id, quantity]
        return [move for watch in post.watches.values() for move in self._followed(watch, watch.end(at_us))]

    def _drop_strangers(self, now_us: int) -> list[Move]:
        """Return the end of what stands at assets that somebody has since registered as another kind."""
        assets = self._assets
        strange = [
            asset_id
            for asset_id, post in self._posts.items()
            if (asset := assets.get(asset_id)) is not None and asset.kind != post.kind
        ]
        return [move for asset_id in strange for move in self._leave(asset_id, now_us)]

    # -- what the store remembers ---------------------------------------------------------------------------------

    def _hear(self, seen: Mapping[tuple[str, str], int]) -> None:
        """Begin where silence is watched: what has been heard once may not say another word."""
        timed = silences(self._by_id.values())
        for asset_id, quantity in seen if timed else ():
            asset = self._assets.get(asset_id)
            if asset is not None and (asset.kind, quantity) in timed and asset_id not in self._posts:
                self._begin(asset_id, asset.kind, asset)

    def _recall(self, recent: Iterable[Reading]) -> None:
        for asset_id, quantity, at_us, received_us, value, flags in recent:
            asset = self._assets.get(asset_id)
            if asset is None or value is None or flags & _NOT_LIVE:
                continue
            track = self._enter(asset, quantity)
            track.last_us = max(track.last_us, min(at_us, received_us))
            for watch in track.watches:
                watch.recall(min(at_us, received_us), value, quantity)

    def _take_up(self, alarms: Iterable[Alarm], pending: Mapping[tuple[str, str], int]) -> None:
        """Go on with what stands and what runs; what belongs to a rule that is no more waits for its end."""
        standing = {(it.asset_id, it.rule_id): it for it in alarms}
        states: dict[tuple[str, str], dict[str, int]] = {key: {} for key in standing}
        for (asset_id, state_id), since_us in pending.items():
            states.setdefault((asset_id, state_id.partition("#")[0]), {})[state_id] = since_us
        for (asset_id, rule_id), said in states.items():
            alarm = standing.get((asset_id, rule_id))
            watch = self._watch_of(asset_id, rule_id)
            if alarm is not None and watch is not None and watch.rule.quantity != alarm.quantity:
                watch = None
            if watch is None:
                self._orphans += [] if alarm is None else [alarm]
                self._orphans += [Pend(asset_id, state_id, None) for state_id in said]
                continue
            self._orphans += [Pend(asset_id, state_id, None) for state_id in watch.take_up(alarm, said)]
            post = self._posts[asset_id]
            post.began(watch)
            self._schedule(watch)

    def _watch_of(self, asset_id: str, rule_id: str) -> Watch | None:
        """Return where the rule stands at the asset, None where it does not hold there (any more)."""
        rule, asset = self._by_id.get(rule_id), self._assets.get(asset_id)
        if rule is None or (asset is not None and asset.kind != rule.kind):
            return None
        post = self._posts.get(asset_id) or self._begin(asset_id, rule.kind, asset)
        return post.watches.get(rule_id) if post.kind == rule.kind else None

    def _drop_orphans(self, now_us: int) -> list[Move]:
        """Return the end of what belongs to rules that are no more: nobody else would ever clear it."""
        orphans, self._orphans = self._orphans, []
        return [
            orphan
            if isinstance(orphan, Pend)
            else Clear(orphan.alarm_id, max(now_us, orphan.raised_us), None, orphan.incident_id)
            for orphan in orphans
        ]
