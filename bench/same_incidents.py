"""A labelled day of reports: which of them tell of the same matter on the street is known, because it was made.

Written before the matcher, and never changed to please it. A matter happens somewhere, and up to four sources tell of
it, each with its own error of place, its own delay and its own idea of the class:

    sensing   the asset's own position, at once                 class of its rule
    camera    where its picture lies, ≤ 15 m off, ≤ 1 min       now and then a kin class
    officer   GPS, about 6 m, 0–8 min                               the right class
    grid      GPS, about 9 m, 0–10 min                              now and then a kin class
    hotline   the address's point, about 14 m, 1–14 min             often a kin class, sometimes none at all

Between them happens what only looks alike: the same class 60–150 m on at the same time, the same corner hours later,
another class at the same door, and neighbouring assets of one kind that fail together, each a matter of its own.
"""

import math
import random
from collections.abc import Iterator
from typing import Final, NamedTuple

from street.clock import HOUR_US, MINUTE_US
from street.incidents import SENSING, Incident

DAY_BEGINS_US: Final = 1_795_449_600_000_000  # 2026-11-23 16:00 UTC, midnight there
LON, LAT = 120.3262, 36.0671
M_LAT: Final = 1 / 111_195
M_LON: Final = M_LAT / math.cos(math.radians(LAT))
# classes that people mix up, most likely name first
KIN: Final = (
    ("06010", "06011", "06012", "06036"),
    ("06042", "03005"),
    ("09005", "09006", "09001"),
    ("09009", "09012"),
    ("09010", "09011"),
    ("01037", "01060"),
    ("01002", "01003", "01023"),
    ("06028", "08001"),
    ("04002", "04003"),
    ("08004", "08006"),
)
SOURCES: Final = ("sensing", "camera", "officer", "grid", "hotline")
SIGMA_M: Final = {"sensing": 0.5, "camera": 6.0, "officer": 6.0, "grid": 9.0, "hotline": 14.0}
DELAY_MIN: Final = {"sensing": (0, 0.2), "camera": (0, 1), "officer": (0, 8), "grid": (0, 10), "hotline": (1, 14)}
MISTAKEN: Final = {"sensing": 0.0, "camera": 0.1, "officer": 0.03, "grid": 0.1, "hotline": 0.3}
UNNAMED: Final = {"hotline": 0.05}


class Told(NamedTuple):
    """One report, and the number of the matter that it is about."""

    incident: Incident
    matter_no: int


class _Matter(NamedTuple):
    kin: tuple[str, ...]
    lon: float
    lat: float
    at_us: int
    asset_id: str
    sources: tuple[str, ...]


def told(seed: int, matters: int = 120) -> list[Told]:
    """Return the reports of one day, in the order they came in."""
    chance = random.Random(seed)
    happened = list(_happened(chance, matters))
    reports = [report for number, it in enumerate(happened) for report in _reports(chance, number, it)]
    return sorted(reports, key=lambda it: it.incident.reported_us)


def _happened(chance: random.Random, matters: int) -> Iterator[_Matter]:
    for number in range(matters):
        first = _matter(chance, f"A-{number}")
        yield first
        alike = chance.random()
        if alike < 0.12:  # the same class, further on
            angle, far_m = chance.uniform(0, 2 * math.pi), chance.uniform(60, 150)
            lon, lat = _moved(first, far_m * math.cos(angle), far_m * math.sin(angle))
            yield _matter(chance, f"B-{number}")._replace(kin=first.kin, lon=lon, lat=lat, at_us=_soon(chance, first))
        elif alike < 0.24:  # the same corner, much later
            yield first._replace(at_us=first.at_us + int(chance.uniform(1, 5) * HOUR_US))
        elif alike < 0.36:  # another class at the same door
            kin = chance.choice([it for it in KIN if it is not first.kin])
            yield _matter(chance, f"C-{number}")._replace(
                kin=kin, lon=first.lon, lat=first.lat, at_us=_soon(chance, first)
            )
        elif alike < 0.42:  # the next lamp fails too
            lon, lat = _moved(first, chance.uniform(20, 40), 0)
            yield first._replace(lon=lon, lat=lat, asset_id=f"{first.asset_id}-next", sources=("sensing",))


def _matter(chance: random.Random, asset_id: str) -> _Matter:
    sources = tuple(chance.sample(SOURCES, chance.choices([1, 2, 3, 4], [5, 3, 2, 1])[0]))
    lon, lat = LON + chance.uniform(-550, 550) * M_LON, LAT + chance.uniform(-550, 550) * M_LAT
    at_us = DAY_BEGINS_US + int(chance.triangular(5, 23, 10) * HOUR_US)
    return _Matter(chance.choice(KIN), lon, lat, at_us, asset_id, sources)


def _soon(chance: random.Random, first: _Matter) -> int:
    return first.at_us + int(chance.uniform(0, 8) * MINUTE_US)


def _moved(first: _Matter, east_m: float, north_m: float) -> tuple[float, float]:
    return first.lon + east_m * M_LON, first.lat + north_m * M_LAT


def _reports(chance: random.Random, number: int, it: _Matter) -> Iterator[Told]:
    for source in it.sources:
        lon, lat = _moved(it, chance.gauss(0, SIGMA_M[source]), chance.gauss(0, SIGMA_M[source]))
        at_us = it.at_us + int(chance.uniform(*DELAY_MIN[source]) * MINUTE_US)
        matter = chance.choice(it.kin[1:]) if chance.random() < MISTAKEN[source] else it.kin[0]
        if chance.random() < UNNAMED.get(source, 0.0):
            matter = ""
        yield Told(
            Incident(
                incident_id=f"{source}/{number}", source=SENSING if source == "sensing" else source, matter=matter,
                severity=3, title="", lon=lon, lat=lat, asset_id=it.asset_id if source == "sensing" else "",
                reported_us=at_us, moved_us=at_us,
            ),
            number,
        )  # fmt: skip
