"""Patrols: who of those on duty is in which key area, as their positions come in; and cameras that are believed."""

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from street.assets import Asset
from street.camera_proof import incident_of, seen
from street.clock import DAY_US, SECOND_US
from street.dispatching import STALE_US, Position
from street.key_areas import Outline, Stay
from street.people import Actor
from street.places import Place, distance_m
from street.store import Store, Visit

log = logging.getLogger(__name__)

DUTY: Final = Actor.system("duty")
KEPT_US: Final = 90 * DAY_US
FASTEST_M_S: Final = 40.0  # nobody drives faster through a street: such a position is a slip of the receiver
VAGUE_M: Final = 50.0  # a position less certain than this tells of no border
_Key = tuple[str, str]


class Patrols:
    """Turns the positions of officers into visits; what it knows of before stands in the store."""

    def __init__(self, store: Store) -> None:
        self._visits = store.visits()
        self._inside: dict[_Key, Stay] | None = None  # None until the store has been asked
        self._last: dict[str, Position] = {}
        self._outlines: dict[str, Outline] = {}
        self._drawn: dict[str, str] | None = None  # None until somebody has told

    def learn(self, places: Iterable[Place]) -> None:
        """Know the key areas as they are registered now; where one was redrawn, everybody is looked at again."""
        drawn = {it.place_id: it.outline for it in places if it.is_key_area and it.outline}
        if drawn == self._drawn:
            return
        self._drawn, self._outlines = drawn, {}
        for place_id, outline in drawn.items():
            try:
                self._outlines[place_id] = Outline(outline)
            except ValueError as error:
                log.warning("key area without a usable outline place=%s reason=%r", place_id, str(error))
        self._last.clear()

    def turn(self, positions: Mapping[str, Position], now_us: int) -> int:
        """Store what the newest positions changed; return how many visits began or ended.

        Args:
            positions: the last of each who is on duty; one that is old says nothing any more.
            now_us: the present.

        Raises:
            StoreError: nothing was kept, and the next turn tries again.
        """
        if self._drawn is None:
            return 0
        inside = self._known()
        fresh = {name: it for name, it in positions.items() if it.at_us > now_us - STALE_US}
        moved: dict[_Key, Stay] = {}
        for person_id, position in fresh.items():
            if self._is_believable(person_id, position):
                moved |= self._moves(inside, person_id, position)
        for key, stay in inside.items():
            if key[1] not in fresh or key[0] not in self._outlines:  # off duty, silent, or the area is none any more
                moved[key] = stay._replace(left_us=stay.seen_us)
        if moved:
            self._visits.keep(Visit(*key, stay) for key, stay in moved.items())
        self._inside = {key: it for key, it in (inside | moved).items() if it.left_us is None}
        self._last = {name: self._last.get(name, it) if _is_vague(it) else it for name, it in fresh.items()}
        return len(inside.keys() ^ self._inside.keys())

    def _known(self) -> dict[_Key, Stay]:
        if self._inside is None:
            self._inside = {(it.place_id, it.person_id): it.stay for it in self._visits.going_on()}
        return self._inside

    def _is_believable(self, person_id: str, position: Position) -> bool:
        """Return whether a position is new, certain enough, and could be reached from the last one.

        A leap is not believed, nor the leap back; of one who is really there now the next position is.
        """
        last = self._last.get(person_id)
        if last is None or _is_vague(position):
            return not _is_vague(position)
        way_m = distance_m(last.lon, last.lat, position.lon, position.lat)
        reach_m = VAGUE_M + FASTEST_M_S * (position.at_us - last.at_us) / SECOND_US
        return position.at_us > last.at_us and way_m <= reach_m

    def _moves(self, inside: Mapping[_Key, Stay], person_id: str, position: Position) -> dict[_Key, Stay]:
        moved = {}
        for place_id, outline in self._outlines.items():
            stay = inside.get((place_id, person_id))
            is_in = outline.keeps(position.lon, position.lat, was_inside=stay is not None)
            if is_in and stay is None:
                moved[place_id, person_id] = Stay(position.at_us, position.at_us, None)
            elif stay is not None:
                at_us = max(position.at_us, stay.seen_us)
                moved[place_id, person_id] = (
                    Stay(stay.entered_us, at_us, None) if is_in else stay._replace(left_us=at_us)
                )
        return moved


def _is_vague(position: Position) -> bool:
    return position.accuracy_m is not None and position.accuracy_m > VAGUE_M


def file_sightings(store: Store, assets: Mapping[str, Asset], now_us: int) -> int:
    """File what stands long enough before a camera that is believed; return how many incidents that made.

    A camera that is not registered any more files nothing, nor does one whose class is no matter.
    """
    book, matters = store.sightings(), store.matters().current()
    filed = 0
    for pair in (it for it in book.precisions() if it.is_trusted):
        asset = assets.get(pair.asset_id)
        if asset is None or matters.find(None, pair.matter) is None:
            continue
        for sighting in book.to_file(pair.asset_id, pair.matter, now_us):
            incident = incident_of(sighting, seen(asset, sighting, matters), now_us)
            filed += book.file(sighting.sighting_id, incident, by=DUTY)
    return filed
