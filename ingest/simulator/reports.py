"""What people and cameras report: incident events on `street/incidents/<source>`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from ingest.simulator.dice import between, choice, fraction
from ingest.simulator.nature import Nature
from street.assets import Asset
from street.clock import STREET_ZONE, as_datetime

TEXTS: Final = Path(__file__).with_name("reports.yaml")
# (seconds against the live start, source, number of its text): what the wall begins with
OPENING: Final[tuple[tuple[float, str, int], ...]] = (
    (-540, "grid-worker", 1), (-410, "hotline-12345", 0), (-260, "grid-worker", 0), (-95, "camera-ai", 1),
    (12, "grid-worker", 2), (46, "hotline-12345", 3), (78, "camera-ai", 0), (112, "grid-worker", 4),
)  # fmt: skip
EVERY_S: Final = 2400.0
PAST_EVERY_S: Final = 9000.0  # nobody closes what the back-filled past reports
FIRST_S: Final = 1500.0
PLACE_DEG: Final = 0.00018  # about 20 m


@dataclass(frozen=True, slots=True)
class Report:
    """One event, ready for its topic."""

    at_s: float
    source: str
    event: dict[str, Any]


class Reports:
    """All reports of one seed, in order, without end; one that is *continued* leaves out what a wall begins with."""

    def __init__(
        self, nature: Nature, assets: Sequence[Asset], *, begin_s: float, live_s: float, continued: bool = False
    ) -> None:
        self._texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
        self._nature = nature
        self._places = tuple(asset for asset in assets if asset.road and asset.lon is not None)
        self._cameras = tuple(asset for asset in self._places if asset.kind == "camera")
        self._begin_s, self._live_s = begin_s, live_s
        self._opening = () if continued else OPENING

    def __iter__(self) -> Iterator[Report]:
        if not self._places:
            return
        for past, at_s in enumerate(self._past()):
            yield self._chosen(at_s, f"past{past}")
        for offset_s, source, text in self._opening:
            yield self._report(self._live_s + offset_s, source, text, f"opening{offset_s}")
        number = 0
        while True:
            begin_s = self._live_s + FIRST_S + number * EVERY_S
            yield self._chosen(begin_s + between(0, EVERY_S * 0.8, self._nature.seed, "report", number), number)
            number += 1

    def _past(self) -> Iterator[float]:
        at_s = self._begin_s + 0.5 * PAST_EVERY_S
        while at_s < self._live_s - 2 * EVERY_S:
            yield at_s
            at_s += PAST_EVERY_S

    def _chosen(self, at_s: float, number: object) -> Report:
        source = choice(tuple(self._texts["sources"]), self._nature.seed, "source", number)
        text = int(fraction(self._nature.seed, "text", number) * len(self._texts["sources"][source]))
        return self._report(at_s, source, text, number)

    def _report(self, at_s: float, source: str, text: int, number: object) -> Report:
        told = self._texts["sources"][source][text]
        question = (self._nature.seed, "report", source, number)
        is_camera = source == "camera-ai" and bool(self._cameras)
        place = choice(self._cameras if is_camera else self._places, *question, "place")
        near = self._texts["address"].format(road=place.road, number=int(between(1, 88, *question, "house")))
        assert place.lon is not None
        assert place.lat is not None
        at = as_datetime(int(at_s * 1_000_000)).astimezone(STREET_ZONE)
        event: dict[str, Any] = {
            "id": f"{at:%Y%m%d-%H%M%S}-{int(fraction(*question, 'id') * 1000):03d}",
            "ts": (at - timedelta(microseconds=at.microsecond % 1000)).isoformat(timespec="milliseconds"),
            "matter": told["matter"], "severity": told["severity"], "title": told["title"],
            "title_en": told["title_en"], "description": told["description"],
            "lon": round(place.lon + between(-PLACE_DEG, PLACE_DEG, *question, "lon"), 5),
            "lat": round(place.lat + between(-PLACE_DEG, PLACE_DEG, *question, "lat"), 5),
            "address": place.name if is_camera else near,
        }  # fmt: skip
        if is_camera:
            event["asset_id"] = place.asset_id
            event["confidence"] = round(between(0.71, 0.97, *question, "sure"), 2)
            event["media"] = [f"street/{place.asset_id}/snapshot"]
        return Report(at_s, source, event)
