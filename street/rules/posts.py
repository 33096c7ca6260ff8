"""Where rules stand: a post is an asset with its watches, a track is what one quantity there moves."""

import math

from street.assets import Asset
from street.people import lies_in
from street.rules.joint import Joint
from street.rules.threshold import Watch
from street.scenarios import Rule
from street.scenarios.conditions import Limit, Measure


class Track:
    """The watches that read one quantity at one asset.

    Attributes:
        kind: what the asset is, for these rules to hold.
        last_us: when it was last observed [µs UTC].
        others: the watches that must see every value; the rest are limits of that one value.
        floor, ceiling: none of these limits is broken strictly between them.
        is_calm: none of them has an alarm or a running delay, so that a value between moves nothing there.
        is_momentary: a breach counts also when it comes after newer readings.
    """

    __slots__ = ("ceiling", "floor", "is_calm", "is_momentary", "kind", "last_us", "others", "quantity", "watches")

    def __init__(self, kind: str, quantity: str, watches: tuple[Watch, ...] = ()) -> None:
        self.kind = kind
        self.quantity = quantity
        self.watches = watches
        self.last_us = 0
        self.others = tuple(watch for watch in watches if not is_plain(watch))
        self.is_calm = True
        self.is_momentary = any(watch.rule.is_momentary for watch in watches)
        levels = [level for watch in watches if watch not in self.others for level in watch.rule.levels]
        limits = [level.when for level in levels if isinstance(level.when, Limit)]
        self.ceiling = min((it.raise_above for it in limits if it.raise_above is not None), default=math.inf)
        self.floor = max((it.raise_below for it in limits if it.raise_below is not None), default=-math.inf)

    def look(self) -> None:
        """See whether it is calm."""
        self.is_calm = all(watch.is_calm or watch in self.others for watch in self.watches)


class Post:
    """One asset of a kind, with its watches by rule id and its tracks by quantity."""

    def __init__(self, kind: str, watches: dict[str, Watch]) -> None:
        self.kind = kind
        self.watches = watches
        read: dict[str, list[Watch]] = {}
        for watch in watches.values():
            for quantity in watch.rule.quantities:
                read.setdefault(quantity, []).append(watch)
        self.tracks = {quantity: Track(kind, quantity, tuple(them)) for quantity, them in read.items()}

    def look(self, watch: Watch) -> None:
        """See whether what *watch* reads is calm."""
        for quantity in watch.rule.quantities:
            self.tracks[quantity].look()

    def began(self, watch: Watch) -> None:
        """Know that what *watch* has taken up from the store began then: nothing older speaks against it."""
        for quantity in watch.rule.quantities:
            track = self.tracks[quantity]
            track.last_us = max(track.last_us, watch.begun_us)
            track.look()


def is_plain(watch: Watch) -> bool:
    """Return whether a value inside all limits says nothing to *watch*, so that it need not even see it."""
    return not isinstance(watch, Joint) and all(
        isinstance(it.when, Limit) and it.when.source.measure is Measure.VALUE and not it.when.source.less
        for it in watch.rule.levels
    )


def lies_in_reach(asset: Asset, rule: Rule) -> bool:
    """Return whether *rule* holds where *asset* lies."""
    where = asset.grid_cell_id or asset.community_id
    return not rule.only_in or any(lies_in(where, area) for area in rule.only_in)
