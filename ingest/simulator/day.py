"""A street's day with scripted faults, played as fast as the machine can into the real decoder, filing and store.

    script ──▶ episodes ──▶ messages ──▶ Decoder ──▶ Filing ──▶ store        no broker, no waiting
    clock  ──▶ heartbeats, as ingest gives them                              the day's own clock

What the street itself does is `behaviour`'s; nothing goes wrong but what the script says. Beside the plots of `plots` a
script may silence anybody, break a single value or a clock, take the broker away, or ingest.
"""

import heapq
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, Final, NamedTuple

from ingest.decode import Message
from ingest.filing import Item
from ingest.service import Parts, decoder_of
from ingest.simulator.dice import between, fraction
from ingest.simulator.nature import Nature
from ingest.simulator.plots import PLOTS, Plot
from ingest.simulator.speech import Posting, availability, telemetry
from ingest.simulator.story import Episode, Story
from street.assets import Asset
from street.clock import MINUTE_US, SECOND_US
from street.config import Config
from street.store import open_store

STEP_US: Final = 10 * SECOND_US  # a batch and a heartbeat
ON_THE_WAY_US: Final = 200_000
SKEW_US: Final = 4 * MINUTE_US
BROKER_AWAY: Final = "broker-away"
INGEST_AWAY: Final = "ingest-away"
CLOCK_WRONG: Final = "clock-wrong"


def _said(**values: float | bool) -> Plot:
    return Plot(name="said", kind="", lasts_s=(0, 0), change=lambda _since_s, _lasts_s, _values: dict(values))


OWN_PLOTS: Final[dict[str, Plot]] = {
    "silent": Plot(name="silent", kind="", lasts_s=(0, 0), change=lambda *_: {}, is_silent=True),
    "lamps-dark": _said(power=0.4, current=0.0, brightness=0, switch_on=False),
    "thermometer-broken": _said(temperature=327.67),
    CLOCK_WRONG: Plot(name=CLOCK_WRONG, kind="", lasts_s=(0, 0), change=lambda *_: {}),
}


class Scene(NamedTuple):
    """One line of a script: from when (hours of the day), what, to whom, for how long."""

    at: str  # HH:MM
    plot: str
    asset_ids: tuple[str, ...]
    minutes: float

    @property
    def begin_us(self) -> int:
        """How long after midnight it begins [µs]."""
        hours, minutes = self.at.split(":")
        return (int(hours) * 60 + int(minutes)) * MINUTE_US

    @property
    def end_us(self) -> int:
        """How long after midnight it ends [µs]."""
        return self.begin_us + int(self.minutes * MINUTE_US)


class Day:
    """One day of *assets*, from a local midnight on.

    Args:
        config: of a store that knows the assets.
        assets: who plays.
        script: what goes wrong.
        midnight_us: when it begins [µs UTC].
        seed: which of all possible days.
    """

    def __init__(
        self, config: Config, assets: Sequence[Asset], script: Sequence[Scene], *, midnight_us: int, seed: int = 7
    ) -> None:
        self.now_us = self._midnight_us = midnight_us
        self._config = config
        self._assets = {asset.asset_id: asset for asset in assets}
        self._script = script
        self._seed = seed
        self._nature = Nature(seed)
        self._story = Story(self._nature, assets, begin_s=_s(midnight_us), live_s=_s(midnight_us))
        self._decoder = decoder_of(config)
        self._order = itertools.count()
        self._due: list[tuple[int, int, Callable[..., Iterator[Posting]], tuple[Any, ...]]] = []

    def play(self, hours: float = 24.0) -> None:
        """Play so many hours of it."""
        self._plan_all()
        until_us = self._midnight_us + int(hours * 60 * MINUTE_US)
        while self.now_us < until_us:
            with closing(self._parts()) as parts:
                self._listen(parts, until_us)
            while self.now_us < until_us and self._scene(INGEST_AWAY):
                self.now_us += STEP_US  # what is sent meanwhile waits in the broker

    def _parts(self) -> Parts:
        store = open_store(self._config.store.url, now_us=lambda: self.now_us)
        return Parts(self._config, store, now_us=lambda: self.now_us)

    def _listen(self, parts: Parts, until_us: int) -> None:
        """Take in what comes until ingest goes away, or the day is over."""
        is_up, since_us = True, self.now_us
        waiting: list[Message] = []
        while self.now_us < until_us and not self._scene(INGEST_AWAY):
            self.now_us += STEP_US
            is_away = self._scene(BROKER_AWAY) is not None
            if is_up == is_away:
                is_up, since_us = not is_away, self.now_us
            waiting += self._messages()
            if is_up and waiting:
                items = [Item(message, *self._decoder.decode(message)) for message in waiting]
                parts.filing.file(items, self.now_us)
                waiting = []
            parts.filing.beat(self.now_us, link=is_up, link_since_us=since_us)

    def _messages(self) -> Iterator[Message]:
        """Yield what was sent until now; it arrives a moment later, or when somebody listens again."""
        while self._due and self._due[0][0] <= self.now_us:
            at_us, _, act, arguments = heapq.heappop(self._due)
            for posting in act(at_us, *arguments):
                is_live = self.now_us - at_us <= STEP_US
                received_us = min(at_us + ON_THE_WAY_US, self.now_us) if is_live else self.now_us
                yield Message(posting.topic, posting.payload, False, received_us)

    def _scene(self, plot: str) -> Scene | None:
        since_us = self.now_us - self._midnight_us
        return next((it for it in self._script if it.plot == plot and it.begin_us <= since_us < it.end_us), None)

    # -- what is sent -------------------------------------------------------------------------------------------

    def _plan(self, at_us: int, act: Callable[..., Iterator[Posting]], *arguments: Any) -> None:  # noqa: ANN401 - passed through
        heapq.heappush(self._due, (at_us, next(self._order), act, arguments))

    def _plan_all(self) -> None:
        for asset in self._assets.values():
            self._plan(self._midnight_us + SECOND_US, self._presence, asset, True)
            first_us = int(self._wait_us(asset, 0) * fraction(self._seed, asset.asset_id))
            self._plan(self._midnight_us + first_us, self._regular, asset, 0)
        for scene in self._script:
            if scene.asset_ids:
                self._plan(self._midnight_us + scene.begin_us, self._open, scene)

    def _open(self, at_us: int, scene: Scene) -> Iterator[Posting]:
        plot = PLOTS.get(scene.plot) or OWN_PLOTS[scene.plot]
        end_us = self._midnight_us + scene.end_us
        cast = tuple(self._assets[asset_id] for asset_id in scene.asset_ids)
        episode = Episode(begin_s=_s(at_us), end_s=_s(end_us), plot=plot, assets=cast)
        self._story.admit(episode)
        for asset in cast:
            if plot.is_offline:
                self._plan(at_us, self._presence, asset, False)
                self._plan(end_us, self._presence, asset, True)
            for moment_s in episode.moments():
                self._plan(int(moment_s * SECOND_US), self._speak, asset)
        yield from ()

    def _regular(self, at_us: int, asset: Asset, number: int) -> Iterator[Posting]:
        yield from self._speak(at_us, asset)
        self._plan(at_us + self._wait_us(asset, number), self._regular, asset, number + 1)

    def _speak(self, at_us: int, asset: Asset) -> Iterator[Posting]:
        values = self._story.values(asset, _s(at_us))
        if values:
            scene = self._scene(CLOCK_WRONG)
            is_skewed = scene is not None and asset.asset_id in scene.asset_ids
            yield telemetry(asset, values, at_us + (SKEW_US if is_skewed else 0))

    def _presence(self, at_us: int, asset: Asset, is_there: bool) -> Iterator[Posting]:
        posting = availability(asset, online=is_there, at_us=at_us)
        if posting is not None:
            yield posting

    def _wait_us(self, asset: Asset, number: int) -> int:
        share = between(0.95, 1.05, self._seed, asset.asset_id, "jitter", number)
        return int((asset.interval_s or 60.0) * share * SECOND_US)


def _s(at_us: int) -> float:
    return at_us / SECOND_US
