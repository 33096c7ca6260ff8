"""One rule across assets: 3 of 5 neighbours, or a share of an area, make one alarm.

Every asset of the kind watches its own condition and counts who of its group is in it, itself included. The alarm
belongs to the one that fills the number; while it stands, nobody of its group raises another. It ends when too few are
left, whether or not its own asset is among them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from street.assets import Asset
from street.rules.gauges import NOTHING_USUAL, Usual
from street.rules.moves import Move
from street.rules.threshold import Stand, Watch
from street.scenarios.rule import NEIGHBOURS, Across, Rule

METRES_PER_DEGREE: Final = 111_195.0
NARROWEST: Final = 54.0  # no street of ours lies further north: a bucket is at least as wide as the reach there
Said = tuple[tuple[bool, bool], ...]  # of each level: whether it is true by its limit, and by `clear_at`


class News(NamedTuple):
    """What one has to tell those that count it: by level, how many more agree (by the limit, by `clear_at`)."""

    more: tuple[tuple[int, int], ...]
    alarms: int  # how many more alarms it has: 1, 0 or -1


class Joint(Watch):
    """A watch that counts its fellows. `said` is what it says itself, `told` what its fellows know of that."""

    def __init__(self, rule: Rule, asset_id: str, asset: Asset | None = None, usual: Usual = NOTHING_USUAL) -> None:
        super().__init__(rule, asset_id, asset, usual)
        self.said: Said = ((False, False),) * len(rule.levels)
        self.told: tuple[Said, bool] = (self.said, False)
        self._needed = 0
        self._agree = [[0, 0] for _ in rule.levels]  # how many fellows, by the limit and by `clear_at`
        self._alarms = 0  # how many of them have the alarm

    def count(self, fellows: Iterable["Joint"], of: int) -> None:
        """Count anew: *fellows* are those that were ever heard, *of* is how many belong to the group."""
        across = self.rule.across
        assert across is not None
        self._needed = across.needed(of)
        known = [it.told for it in fellows]
        places = range(len(self.stands))
        self._agree = [[sum(said[place][on] for said, _ in known) for on in (0, 1)] for place in places]
        self._alarms = sum(has_alarm for _, has_alarm in known)

    def news(self) -> News | None:
        """Return what has changed since this was last asked, None where that is nothing."""
        told = self.said, self.alarm is not None
        if told == self.told:
            return None
        before, self.told = self.told, told
        more = tuple((new[0] - old[0], new[1] - old[1]) for new, old in zip(told[0], before[0], strict=True))
        return News(more, told[1] - before[1])

    def hear_of(self, news: News) -> bool:
        """Take in what a fellow tells; return whether that may move anything here."""
        self._alarms += news.alarms
        moves = news.alarms != 0
        for place, (off, on) in enumerate(news.more):
            agree, wanted = self._agree[place], self._needed
            own = self.said[place]
            was = agree[0] + own[0] >= wanted, agree[1] + own[1] >= wanted
            agree[0] += off
            agree[1] += on
            moves = moves or was != (agree[0] + own[0] >= wanted, agree[1] + own[1] >= wanted)
        return moves and (not self.is_calm or any(own[0] for own in self.said))

    def observe(self, at_us: int, value: float, quantity: str = "") -> list[Move]:
        """Return what a reading of the own asset moves here; `news` is for the others."""
        self.panel.take(at_us, value, quantity or self.rule.quantity)
        before = self.said
        self.say()
        if self.said == before and self.is_calm and not any(own[0] for own in before):
            self.at_us = at_us  # the hot path: most say what they said before
            return []
        return self.settle(at_us)

    def settle(self, at_us: int) -> list[Move]:
        """Return what the number of those who agree moves."""
        self.at_us = at_us
        self.say()
        return super().settle(at_us)

    def end(self, at_us: int) -> list[Move]:
        """End what stands here, and count for nobody any more."""
        moves = super().end(at_us)
        self.say()
        return moves

    def say(self) -> None:
        """Ask the own numbers."""
        if self._plain is not None:
            number, limit = self.panel.lead.number, self._plain
            is_known = number is not None
            self.said = ((is_known and limit.is_breach(number), is_known and not limit.is_over(number)),)  # type: ignore[arg-type]  # known: not None
            return
        numbers = self.panel.numbers()
        self.said = tuple(
            (
                level.when.truth(numbers, standing=False) is True,
                level.when.truth(numbers, standing=True) is True,
            )
            for level in self.rule.levels
        )

    def _truth(self, stand: Stand) -> bool | None:
        place = self.stands.index(stand)
        is_enough = self._agree[place][stand.is_on] + self.said[place][stand.is_on] >= self._needed
        if stand.is_on or not is_enough or self.alarm is not None:
            return is_enough
        return self.said[place][False] and not self._alarms


class Groups:
    """Who is whose neighbour, and who lies in the same area: laid out once for each rule, until assets are learned."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._assets = assets
        self._fellows: dict[str, dict[str, list[str]]] = {}
        self._counted: dict[str, dict[str, list[str]]] = {}

    def learn(self, assets: Mapping[str, Asset]) -> None:
        """Know *assets* as they are registered now."""
        self._assets = assets
        self._fellows.clear()
        self._counted.clear()

    def fellows(self, watch: Watch) -> list[str]:
        """Return who belongs to the group of the watch's asset but itself."""
        return self._of(watch.rule)[0].get(watch.asset_id, [])

    def counted_by(self, watch: Watch) -> list[str]:
        """Return in whose groups the watch's asset is counted."""
        return self._of(watch.rule)[1].get(watch.asset_id, [])

    def _of(self, rule: Rule) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        fellows = self._fellows.get(rule.rule_id)
        if fellows is None:
            assert rule.across is not None
            fellows = self._fellows[rule.rule_id] = groups(
                [it for it in self._assets.values() if it.kind == rule.kind], rule.across
            )
            counted: dict[str, list[str]] = {}
            for asset_id, others in fellows.items():
                for other in others:
                    counted.setdefault(other, []).append(asset_id)
            self._counted[rule.rule_id] = counted
        return fellows, self._counted[rule.rule_id]


def groups(assets: Sequence[Asset], across: Across) -> dict[str, list[str]]:
    """Return who belongs to the group of each asset but itself, nearest first or by id.

    Args:
        assets: of one kind; those without a place, or an area, are nobody's fellows.
        across: how a group is made.
    """
    buckets: dict[object, list[Asset]] = {}
    for asset in assets:
        for key in _keys(asset, across)[:1]:
            buckets.setdefault(key, []).append(asset)
    found: dict[str, list[str]] = {}
    for asset in assets:
        near = [it for key in _keys(asset, across) for it in buckets.get(key, ()) if it is not asset]
        if across.group == NEIGHBOURS:
            metres = sorted((_metres(asset, it), it.asset_id) for it in near)
            found[asset.asset_id] = [name for away, name in metres if away <= across.within_m][: across.of - 1]
        else:
            found[asset.asset_id] = sorted(it.asset_id for it in near)
    return found


def _keys(asset: Asset, across: Across) -> list[object]:
    """Return the bucket of an asset first, then those in which its fellows may lie as well."""
    if across.group != NEIGHBOURS:
        area = asset.road if across.group == "road" else getattr(asset, f"{across.group}_id")
        return [area] if area else []
    if asset.lon is None or asset.lat is None:
        return []
    step = across.within_m / METRES_PER_DEGREE
    x, y = int(asset.lon * math.cos(math.radians(NARROWEST)) // step), int(asset.lat // step)
    return [(x, y), *((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)]


def _metres(one: Asset, other: Asset) -> float:
    """Return the distance of two assets that have a place, flat over some hundred metres."""
    assert one.lon is not None and one.lat is not None and other.lon is not None and other.lat is not None  # noqa: PT018 - one fact
    east = (one.lon - other.lon) * math.cos(math.radians(one.lat))
    return math.hypot(east, one.lat - other.lat) * METRES_PER_DEGREE
