"""The story of faults: which plot plays where, and when.

    begin … back-filled …┊ opening, 2 min: one of each level ┊ the long run: a cycle of three hours, again and again

The long run is written for a wall that is left on: its grave alarms are two an hour, because nobody can close an
incident yet; what changes every minute is mild.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.simulator.behaviour import Values, measure
from ingest.simulator.dice import between, choice
from ingest.simulator.nature import Nature
from ingest.simulator.plots import PLOTS, Plot
from street.assets import Asset

PREROLL_S: Final = 590.0  # a reading no older than this still raises alarms
CYCLE_S: Final = 10_800.0
LONG_RUN_S: Final = 300.0  # after the live start
MILD_EVERY_S: Final = 30.0
MILD_FROM_S: Final = 135.0
QUIET_BEFORE_S: Final = 3000.0  # the opening finds the street as it should be

# (seconds against the live start, plot, assets, how long): what is raised, and when, in the first two minutes
OPENING: Final[tuple[tuple[float, str, tuple[str, ...], float], ...]] = (
    (-174, "lane-blocked", ("FLN-03",), 1080),  # level 2 at +6 s
    (-40, "bin-overflowing", ("BIN-03",), 1500),  # level 3 at +20 s
    (-32, "camera-offline", ("CAM-11",), 420),  # level 4 at +28 s
    (36, "smoke", ("SMK-05",), 300),  # level 1: a false alarm
    (-6, "circuit-out", ("LC-03",), 2400),  # level 3 at +54 s, fifteen lamps
    (66, "flood", ("WTR-01",), 1700),  # level 2, and level 1 at about +140 s
    (70, "gateway-silent", ("GW-04",), 1500),
    (74, "noise-burst", ("NOI-09",), 150),  # level 3 at +99 s
    (80, "microphone-stuck", ("NOI-11",), 2100),
    (60, "gale", ("WX-01", "WX-02"), 600),  # level 3 at +120 s
    (88, "tree-leaning", ("TREE-09",), 2700),  # level 2 at +118 s
    (108, "elder-calls", ("ELD-03",), 360),  # level 1
)
# (seconds into the cycle, plot, asset): the grave ones of the long run, level 1 and 2
GRAVE: Final[tuple[tuple[float, str], ...]] = (
    (900, "camera-sees-lane"), (2700, "tree-leaning"), (4500, "manhole-open"), (6300, "tide"), (8100, "elder-calls"),
    (9900, "smoke"),
)  # fmt: skip
MILD: Final[tuple[str, ...]] = (
    "noise-burst", "lamp-fault", "camera-offline", "meter-silent", "bin-filling", "kerb-blocked", "gateway-hot",
    "smoky-air", "noise-burst", "battery-low", "crowd", "camera-offline", "microphone-stuck", "lamp-fault",
)  # fmt: skip
CIRCUIT_EVERY: Final = 2  # cycles between two failures of a whole lamp circuit
GATEWAY_EVERY: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One plot at its assets, from `begin_s` until before `end_s` [s since 1970]."""

    begin_s: float
    end_s: float
    plot: Plot
    assets: tuple[Asset, ...]

    def moments(self) -> Iterator[float]:
        """Return the instants at which its assets speak beside their interval; the last is its end."""
        at_s = self.begin_s
        while at_s < self.end_s:
            yield at_s
            if not self.plot.step_s:
                break
            at_s += self.plot.step_s
        yield self.end_s


class Story:
    """The episodes of one seed at one set of assets.

    Args:
        nature: weather and seed.
        assets: who plays.
        begin_s: from when on there is anything.
        live_s: when the opening begins; the same as `begin_s` without a back-filled past.
    """

    def __init__(self, nature: Nature, assets: Sequence[Asset], *, begin_s: float, live_s: float) -> None:
        self._nature = nature
        self._assets = assets
        self._begin_s = begin_s
        self._live_s = live_s
        self._by_id = {asset.asset_id: asset for asset in assets}
        self._playing: dict[str, list[Episode]] = {}
        told = {name for _, _, names, _ in OPENING for name in names}
        self._pools = {
            kind: tuple(asset for asset in assets if asset.kind == kind and asset.asset_id not in told)
            for kind in {plot.kind for plot in PLOTS.values()}
        }

    def episodes(self) -> Iterator[Episode]:
        """Return all episodes in order of their beginning, without end."""
        streams = (self._opening(), self._grave(), self._wide(), self._mild())
        return heapq.merge(*streams, key=lambda episode: episode.begin_s)

    def admit(self, episode: Episode) -> None:
        """Let *episode* play; it must not have begun long before what is asked next."""
        for asset in episode.assets:
            playing = self._playing.setdefault(asset.asset_id, [])
            playing[:] = [other for other in playing if other.end_s > episode.begin_s]
            playing.append(episode)

    def values(self, asset: Asset, at_s: float) -> Values | None:
        """Return what *asset* says at *at_s*, None while it says nothing."""
        values = measure(asset, at_s, self._nature)
        for episode in self._now(asset, at_s):
            if episode.plot.is_silent:
                return None
            values |= episode.plot.change(at_s - episode.begin_s, episode.end_s - episode.begin_s, values)
        return values

    def _now(self, asset: Asset, at_s: float) -> list[Episode]:
        playing = self._playing.get(asset.asset_id)
        return [one for one in playing if one.begin_s <= at_s < one.end_s] if playing else []

    def _opening(self) -> Iterator[Episode]:
        for offset_s, name, names, lasts_s in sorted(OPENING):
            assets = tuple(asset for one in names for asset in self._cast(PLOTS[name], one))
            if assets:
                begin_s = self._live_s + offset_s
                yield Episode(begin_s=begin_s, end_s=begin_s + lasts_s, plot=PLOTS[name], assets=assets)

    def _cast(self, plot: Plot, name: str) -> tuple[Asset, ...]:
        """Return the assets that go with *name*: a circuit's lamps, a gateway and who speaks through it, or itself."""
        if plot.name == "circuit-out":
            return tuple(asset for asset in self._assets if asset.circuit_id == name)
        own = (self._by_id[name],) if name in self._by_id else ()
        if plot.name == "gateway-silent":
            # who has no such gateway in his dialect reaches us another way
            behind = (one for one in self._assets if one.gateway_id == name and one.dialect == "ttn_v3")
            return (*own, *behind)
        return own

    def _grave(self) -> Iterator[Episode]:
        plots = [(offset_s, name) for offset_s, name in GRAVE if self._pools[PLOTS[name].kind]]
        for cycle in self._cycles() if plots else ():
            for offset_s, name in plots:
                yield from self._episode(self._cycle_s(cycle) + offset_s, name, cycle)

    def _wide(self) -> Iterator[Episode]:
        """Return what touches many assets at once."""
        circuits = tuple(sorted({asset.circuit_id for asset in self._assets if asset.circuit_id}))
        gateways = tuple(asset.asset_id for asset in self._assets if asset.kind == "gateway")
        told = [
            (every, offset_s, name, options)
            for every, offset_s, name, options in (
                (CIRCUIT_EVERY, 3600.0, "circuit-out", circuits),
                (GATEWAY_EVERY, 7200.0, "gateway-silent", gateways),
            )
            if options
        ]
        for cycle in self._cycles() if told else ():
            for every, offset_s, name, options in told:
                if cycle % every == 0:
                    cast = self._cast(PLOTS[name], choice(options, self._nature.seed, name, cycle))
                    yield from self._episode(self._cycle_s(cycle) + offset_s, name, cycle, cast)

    def _mild(self) -> Iterator[Episode]:
        names = [name for name in MILD if self._pools[PLOTS[name].kind]]
        first_s = self._live_s + MILD_FROM_S
        number = int((self._begin_s - first_s) // MILD_EVERY_S)
        while names:
            yield from self._episode(first_s + number * MILD_EVERY_S, names[number % len(names)], number)
            number += 1

    def _cycles(self) -> Iterator[int]:
        cycle = int((self._begin_s - self._live_s - LONG_RUN_S) // CYCLE_S)
        while True:
            yield cycle
            cycle += 1

    def _cycle_s(self, cycle: int) -> float:
        return self._live_s + LONG_RUN_S + cycle * CYCLE_S

    def _episode(
        self, begin_s: float, name: str, number: int, assets: tuple[Asset, ...] | None = None
    ) -> Iterator[Episode]:
        """Return the episode, or none where it lies before all or would spoil the opening."""
        plot = PLOTS[name]
        if assets is None:
            assets = (choice(self._pools[plot.kind], self._nature.seed, name, number),)
        spoils = self._live_s - QUIET_BEFORE_S < begin_s < self._live_s + MILD_FROM_S
        if begin_s >= self._begin_s and not spoils:
            lasts_s = between(*plot.lasts_s, self._nature.seed, name, number, "lasts")
            yield Episode(begin_s=begin_s, end_s=begin_s + lasts_s, plot=plot, assets=assets)
