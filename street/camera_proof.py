"""What cameras saw, and how far they are to be believed: sightings, verdicts, precision.

    new ─▶ update … ─▶ end      of one object is one sighting
    stands long enough ─▶ waits for a person ─▶ confirmed (an incident is reported) or rejected (with a reason)
                      └─▶ filed by itself, where people have agreed with this camera on this class often enough

Precision is of one camera and one class, over the last `ENOUGH` verdicts: a camera that was moved, or a summer's new
shadow, is found out by them, and filing by itself stops. Every rejection counts against the camera, whatever its
reason: what is filed by itself must be what a person would have filed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from street.assets import Asset
from street.clock import MINUTE_US, SECOND_US
from street.incidents import Incident
from street.matters import Matters

SOURCE: Final = "camera"
CONFIRMED: Final = "confirmed"
REJECTED: Final = "rejected"
REASONS: Final = ("not-there", "other-class", "allowed", "gone", "bad-picture")
ENOUGH: Final = 200
LEAST_SHARE: Final = 0.9
USUAL_DWELL_US: Final = 5 * MINUTE_US
# How long one thing must stand before it is worth a look; examples, as all limits.
DWELL_US: Final[Mapping[str, int]] = {"09012": 3 * MINUTE_US, "09009": 5 * MINUTE_US, "09010": 10 * MINUTE_US}
SEVERITY: Final[Mapping[str, int]] = {"09012": 2}
USUAL_SEVERITY: Final = 4
WORD_HOLDS_US: Final = 90 * SECOND_US  # a camera speaks of what it follows once a minute; silent longer, it is blind
PAUSE_US: Final = MINUTE_US  # who creeps forward a metre still stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One object that one camera followed. `confidence` is the detector's, 0–1; `decided_by` a login."""

    sighting_id: str
    asset_id: str
    label: str
    zones: tuple[str, ...]
    matter: str
    confidence: float | None
    first_us: int
    last_us: int
    has_ended: bool
    verdict: str = ""
    reason: str = ""
    decided_by: str = ""
    decided_us: int | None = None
    is_automatic: bool = False
    incident_id: str = ""

    def stood_us(self, now_us: int) -> int:
        """Return how long it stood, or has stood until now; what the camera has long said nothing of stands no more."""
        seen_until_us = self.last_us if self.has_ended else self.last_us + WORD_HOLDS_US
        return max(0, min(now_us, seen_until_us) - self.first_us)


class Precision(NamedTuple):
    """How often people agreed with one camera on one class, of the last verdicts."""

    asset_id: str
    matter: str
    reviewed: int
    confirmed: int

    @property
    def share(self) -> float | None:
        """0–1; None before the first verdict."""
        return self.confirmed / self.reviewed if self.reviewed else None

    @property
    def is_trusted(self) -> bool:
        """Whether it may file by itself."""
        return self.reviewed >= ENOUGH and self.confirmed / self.reviewed >= LEAST_SHARE


class Seen(NamedTuple):
    """Where a camera is, and what the class is called."""

    title: str
    title_en: str
    address: str
    lon: float | None
    lat: float | None
    community_id: str
    grid_cell_id: str


def continued(before: Sighting, now: Sighting) -> Sighting:
    """Return *before* after the camera's next word of the same object; old words and repeated ones change nothing.

    What somebody has judged or filed is of what it was then: only its end still moves. One that drove on and stands
    again within a minute has stood all the time; after longer its time begins anew.
    """
    is_settled = bool(before.verdict or before.incident_id)
    if now.last_us <= before.last_us and not (now.has_ended and not before.has_ended):
        return before
    if before.has_ended and (is_settled or now.has_ended):
        return before
    last_us = max(before.last_us, now.last_us)
    if is_settled:
        return replace(before, last_us=last_us, has_ended=now.has_ended)
    is_new_stand = before.has_ended and now.last_us - before.last_us > PAUSE_US
    first_us = now.first_us if is_new_stand else min(before.first_us, now.first_us)
    return replace(now, first_us=first_us, last_us=last_us)


def is_due(sighting: Sighting, now_us: int) -> bool:
    """Return whether it stood so long that somebody should look; the store asks the same of many."""
    return sighting.stood_us(now_us) >= DWELL_US.get(sighting.matter, USUAL_DWELL_US)


def precision(asset_id: str, matter: str, verdicts: Iterable[str]) -> Precision:
    """Return the precision over *verdicts*, newest first; older ones than the last `ENOUGH` do not count."""
    last = list(verdicts)[:ENOUGH]
    return Precision(asset_id, matter, len(last), last.count(CONFIRMED))


def seen(asset: Asset, sighting: Sighting, matters: Matters) -> Seen:
    """Return where the camera is, and what the matter is called; an unknown one is called by what was seen."""
    matter = matters.find(None, sighting.matter)
    title, title_en = (matter.name, matter.name_en) if matter else (sighting.label, sighting.label)
    return Seen(title, title_en, asset.name, asset.lon, asset.lat, asset.community_id, asset.grid_cell_id)


def incident_of(sighting: Sighting, named: Seen, now_us: int) -> Incident:
    """Return the incident that a sighting reports; the same sighting always the same one."""
    return Incident(
        incident_id=f"{SOURCE}/{sighting.sighting_id}", source=SOURCE, matter=sighting.matter,
        severity=SEVERITY.get(sighting.matter, USUAL_SEVERITY), title=named.title, title_en=named.title_en,
        description=f"{sighting.label} {' '.join(sighting.zones)}".strip(), address=named.address, lon=named.lon,
        lat=named.lat, community_id=named.community_id, grid_cell_id=named.grid_cell_id, asset_id=sighting.asset_id,
        confidence=sighting.confidence, reported_us=now_us, moved_us=now_us,
    )  # fmt: skip
