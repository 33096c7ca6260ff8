"""The whole street as one line of messages, in order of time.

A pure function of its arguments: whoever asks again gets the same bytes.
"""

import heapq
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ingest.simulator.dice import between, fraction
from ingest.simulator.nature import Nature, sun_elevation_deg
from ingest.simulator.reports import Reports
from ingest.simulator.speech import Posting, availability, incident, registry, snapshot, telemetry
from ingest.simulator.story import PREROLL_S, Episode, Story
from street.assets import Asset
from street.clock import SECOND_US, STREET_ZONE, as_datetime

SWEEP_S: Final = 5.0  # within it every asset speaks once when the live street begins
STILL_EVERY_S: Final = 300.0
STILL_KINDS: Final = frozenset({"camera", "curb_camera"})
DAYLIGHT_DEG: Final = 18.0
BABBLER: Final = "NOI-12"  # a device that now and then sends rubbish
BABBLE_EVERY_S: Final = 420.0
RUBBISH: Final = (
    b'{"ts": "2026-11-24T10:15:00+08:00", "noise_laeq": "62.1 dB"}', b'{"ts": 17', b"\xff\xfe\x00garbage",
    b'{"noise_laeq": NaN}', b'{"ts": "yesterday", "noise_laeq": 61}', b"[]",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When there is something to tell [s since 1970]: a back-filled past from `begin_s`, live from `live_s` on."""

    begin_s: float
    live_s: float


class Timeline:
    """All messages of one seed, in order of the instant they tell of, without end.

    Args:
        assets: who plays.
        seed: which of all possible streets.
        span: where past and present lie.
        continued: the street was on a moment ago: what people reported then is on the wall still.
    """

    def __init__(self, assets: Sequence[Asset], seed: int, span: Span, *, continued: bool = False) -> None:
        self._assets = list(assets)
        self._span = span
        self._from_s = min(span.begin_s, span.live_s - PREROLL_S)
        self._nature = Nature(seed)
        self._story = Story(self._nature, self._assets, begin_s=self._from_s, live_s=span.live_s)
        times = {"begin_s": self._from_s, "live_s": span.live_s}
        self._reports = iter(Reports(self._nature, self._assets, **times, continued=continued))
        self._order = itertools.count()
        self._due: list[tuple[float, int, Callable[..., Iterator[Posting]], tuple[Any, ...]]] = []

    def __iter__(self) -> Iterator[Posting]:
        episodes = self._story.episodes()
        episode = next(episodes, None)
        self._plan_openings()
        while self._due:
            while episode and episode.begin_s <= self._due[0][0]:
                self._admit(episode)
                episode = next(episodes, None)
            at_s, _, act, arguments = heapq.heappop(self._due)
            yield from act(at_s, *arguments)

    def _plan(self, at_s: float, act: Callable[..., Iterator[Posting]], *arguments: Any) -> None:  # noqa: ANN401 - passed through
        heapq.heappush(self._due, (at_s, next(self._order), act, arguments))

    def _plan_openings(self) -> None:
        span, seed = self._span, self._nature.seed
        self._plan(self._from_s, self._hello)
        for number, asset in enumerate(self._assets):
            if span.begin_s < span.live_s:
                first_s = span.begin_s + self._wait_s(asset, 0) * fraction(seed, asset.asset_id)
                self._plan(first_s, self._regular, asset, 0)
            self._plan(span.live_s + SWEEP_S * number / len(self._assets), self._sweep, asset)
            if asset.kind in STILL_KINDS:
                first_s = span.live_s - 60 + STILL_EVERY_S * fraction(seed, asset.asset_id, "still")
                self._plan(first_s, self._still, asset, True)
        report = next(self._reports, None)
        if report:
            self._plan(report.at_s, self._report, report)
        if any(asset.asset_id == BABBLER for asset in self._assets):
            self._plan(span.live_s + 30, self._babble, 0)

    def _admit(self, episode: Episode) -> None:
        self._story.admit(episode)
        for asset in episode.assets:
            if episode.plot.is_offline and episode.begin_s >= self._from_s:
                self._plan(episode.begin_s, self._presence, asset, False)
                self._plan(episode.end_s, self._presence, asset, True)
            for moment_s in episode.moments():
                if moment_s >= self._from_s:
                    self._plan(moment_s, self._speak, asset)
            if episode.plot.name == "camera-sees-lane":
                self._plan(episode.begin_s + 182, self._still, asset, False)

    def _wait_s(self, asset: Asset, number: int) -> float:
        interval_s = asset.interval_s or 60.0
        return interval_s * between(0.95, 1.05, self._nature.seed, asset.asset_id, "jitter", number)

    def _hello(self, at_s: float) -> Iterator[Posting]:
        at_us = _us(at_s)
        yield from registry(self._assets, at_us)
        for asset in self._assets:
            posting = availability(asset, online=True, at_us=at_us)
            if posting:
                yield posting

    def _speak(self, at_s: float, asset: Asset) -> Iterator[Posting]:
        values = self._story.values(asset, at_s)
        if values:
            yield telemetry(asset, values, _us(at_s))

    def _regular(self, at_s: float, asset: Asset, number: int) -> Iterator[Posting]:
        yield from self._speak(at_s, asset)
        self._plan(at_s + self._wait_s(asset, number), self._regular, asset, number + 1)

    def _sweep(self, at_s: float, asset: Asset) -> Iterator[Posting]:
        yield from self._speak(at_s, asset)
        if self._span.begin_s >= self._span.live_s:
            first_s = self._wait_s(asset, 0) * fraction(self._nature.seed, asset.asset_id)
            self._plan(at_s + first_s, self._regular, asset, 1)

    def _presence(self, at_s: float, asset: Asset, online: bool) -> Iterator[Posting]:
        posting = availability(asset, online=online, at_us=_us(at_s))
        if posting:
            yield posting

    def _still(self, at_s: float, asset: Asset, is_regular: bool) -> Iterator[Posting]:
        if is_regular:
            self._plan(at_s + STILL_EVERY_S, self._still, asset, True)
        values = self._story.values(asset, at_s)
        if not values or not values.get("online", True):
            return
        from ingest.simulator.snapshot import draw  # noqa: PLC0415 - Pillow only where pictures are drawn

        jpeg = draw(
            asset.asset_id,
            as_datetime(_us(at_s)).astimezone(STREET_ZONE),
            light=min(1.0, max(0.0, sun_elevation_deg(at_s) + 4) / DAYLIGHT_DEG),
            cars=int(values.get("object_count", 0)) // 2,
            is_blocked=bool(values.get("lane_blocked")),
        )
        yield snapshot(asset, jpeg, _us(at_s))

    def _report(self, at_s: float, report: Any) -> Iterator[Posting]:  # noqa: ANN401 - planned
        yield incident(report.source, report.event, _us(at_s))
        following = next(self._reports, None)
        if following:
            self._plan(following.at_s, self._report, following)

    def _babble(self, at_s: float, number: int) -> Iterator[Posting]:
        yield Posting(_us(at_s), f"street/{BABBLER}/telemetry", RUBBISH[number % len(RUBBISH)])
        self._plan(at_s + BABBLE_EVERY_S, self._babble, number + 1)


def _us(at_s: float) -> int:
    return int(at_s * SECOND_US)
