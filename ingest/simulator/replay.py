"""A recording played to the broker, shifted so that its last row is now.

Its devices become assets of the kind that their quantities tell, at the positions of the demo's assets of that kind.
Gaps, repeats, blanks and absurd values stay as they were recorded: the pipeline must cope with them.
"""

import argparse
import math
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Final

import orjson

from ingest.simulator import recording
from ingest.simulator.play import Player
from ingest.simulator.recording import Recording, Row
from ingest.simulator.roster import read_roster
from ingest.simulator.speech import Posting
from street import clock
from street.assets import Asset
from street.clock import SECOND_US
from street.config import Config
from street.errors import ConfigError
from street.scenarios import Scenarios, load_scenarios

SPREAD_DEG: Final = 0.00022  # about 25 m: between devices that share one position
UNKNOWN: Final = "unknown"
PROGRESS_ROWS: Final = 5000
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(slots=True)
class Replay:
    """One recording, ready to be played.

    Attributes:
        assets: what its devices become, to be registered before it plays.
        counts: "rows", "blanks" and "empty rows" so far.
    """

    recording: Recording
    rows: Sequence[Row]
    assets: list[Asset]
    speed: float = 0.0
    with_nulls: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, config: Config, options: argparse.Namespace) -> "Replay":
        """Return the replay that the command line asks for.

        Raises:
            ConfigError: the file cannot be used, or the speed would stamp rows in the future.
        """
        speed = 0.0 if options.speed is None else options.speed
        if speed != 0 and not 1 <= speed < math.inf:
            msg = "--speed: expected 0 (at once) or at least 1: slower, its stamps would lie in the future"
            raise ConfigError(msg)
        read = recording.read(options.file, zone=options.zone, device=options.device)
        rows = read.rows[-options.limit :] if options.limit else read.rows
        assets = assets_of(read, load_scenarios(), read_roster(config.register.assets_file))
        return cls(read, rows, assets, speed, options.nulls)

    def play(self, player: Player, now_us: int) -> None:
        """Send all rows and say now and then how far it is; the last row is stamped with when it goes out.

        Args:
            player: on whose line they go.
            now_us: when the playing begins [µs UTC].
        """
        first_us, last_us = min(row.at_us for row in self.rows), max(row.at_us for row in self.rows)
        end_us = now_us + (int((last_us - first_us) / self.speed) if self.speed else 0)
        shift_us = end_us - last_us
        sys.stderr.write(self._introduction(shift_us, end_us))

        def due_us(at_us: int) -> int:
            self._tell(player)
            return now_us + int((at_us - shift_us - first_us) / self.speed) if self.speed else 0

        player.play(self.postings(shift_us), due_us)

    def postings(self, shift_us: int) -> Iterator[Posting]:
        """Return one message a row, in the file's order, its stamp moved by *shift_us*; none without any value."""
        ids = dict(zip(self.recording.devices, (asset.asset_id for asset in self.assets), strict=True))
        for row in self.rows:
            self.counts["rows"] += 1
            values = {
                name: value if value is None or not value.is_integer() else int(value)
                for name, value in row.values.items()
                if value is not None or self.with_nulls
            }
            self.counts["blanks"] += sum(value is None for value in row.values.values())
            if not values:
                self.counts["empty rows"] += 1
                continue
            at_us = row.at_us + shift_us
            payload = orjson.dumps({"ts": clock.iso(at_us // 1000 * 1000), **values})
            yield Posting(at_us, f"street/{ids[row.device]}/telemetry", payload)

    def _tell(self, player: Player) -> None:
        if self.counts["rows"] % PROGRESS_ROWS == 0:
            share = self.counts["rows"] / len(self.rows)
            sys.stderr.write(f"{self.counts['rows']}/{len(self.rows)} rows, {share:.0%}, sent {player.sent}\n")

    def _introduction(self, shift_us: int, end_us: int) -> str:
        read = self.recording
        lines = [
            f"{read.path.name}: {len(self.rows)} rows of {len(self.assets)} devices, interval {_interval(read):g} s",
            f"shifted by {shift_us / clock.DAY_US:.3f} days: the last row is stamped {clock.iso(end_us)}",
        ]
        if read.form.is_zone_assumed:
            lines.append("zone not known: Asia/Shanghai assumed (--zone says another)")
        lines += [f"  {asset.asset_id}  {asset.kind}  {asset.name}" for asset in self.assets]
        return "".join(f"{line}\n" for line in lines)

    def summary(self) -> str:
        """Return what was met, in one line."""
        met = self.counts + self.recording.odd
        return ", ".join(f"{name} {met[name]}" for name in sorted(met)) + "\n"


def assets_of(read: Recording, scenarios: Scenarios, roster: Sequence[Asset]) -> list[Asset]:
    """Return an asset for each device of *read*, placed where the *roster*'s assets of its kind stand."""
    taken = {asset.asset_id.casefold() for asset in roster}
    placed: Counter[str] = Counter()
    interval_s = _interval(read)
    assets = []
    for device, quantities in read.devices.items():
        kind = scenarios.kind_of(quantities) or UNKNOWN
        asset_id = _safe_id(device, taken)
        model = _place(kind, placed[kind], roster)
        placed[kind] += 1
        assets.append(
            Asset(
                asset_id=asset_id, kind=kind, name=_shown(device), lon=model.lon, lat=model.lat,
                community_id=model.community_id, grid_cell_id=model.grid_cell_id, road=model.road,
                device_id=asset_id, interval_s=interval_s, is_demo=True,
            )
        )  # fmt: skip
    return assets


def _place(kind: str, number: int, roster: Sequence[Asset]) -> Asset:
    """Return whose place the *number*-th device of *kind* takes; a second one at a place stands a little beside."""
    models = [asset for asset in roster if asset.kind == kind and asset.lon is not None]
    if not models:
        return Asset(asset_id="", kind=kind, name="")
    model, lap = models[number % len(models)], number // len(models)
    if not lap or model.lon is None or model.lat is None:
        return model
    angle = 2.4 * lap  # the golden angle: no two directions meet
    return Asset(
        asset_id="", kind=kind, name="", road=model.road, community_id=model.community_id,
        grid_cell_id=model.grid_cell_id,
        lon=round(model.lon + SPREAD_DEG * math.sqrt(lap) * math.cos(angle) / math.cos(math.radians(model.lat)), 6),
        lat=round(model.lat + SPREAD_DEG * math.sqrt(lap) * math.sin(angle), 6),
    )  # fmt: skip


def _safe_id(device: str, taken: set[str]) -> str:
    """Return *device* as an id that can stand in a topic, unlike all *taken* ones, and take it."""
    plain = unicodedata.normalize("NFKD", device).encode("ascii", "ignore").decode()
    stem = _UNSAFE.sub("-", plain).strip("-._")[:56] or "device"
    if stem == "incidents":  # street/incidents/… is no device
        stem = "incidents-device"
    candidates = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    asset_id = next(one for one in candidates if one.casefold() not in taken)
    taken.add(asset_id.casefold())
    return asset_id


def _shown(device: str) -> str:
    """Return the device's name for people: one line without controls."""
    return "".join(" " if unicodedata.category(one).startswith(("C", "Z")) else one for one in device).strip()[:200]


def _interval(read: Recording) -> float:
    """Return how often a device is heard [s]: as the index says, else the middle gap of the first device."""
    if read.form.interval_s:
        return float(read.form.interval_s)
    first = read.rows[0].device
    stamps = sorted({row.at_us for row in read.rows if row.device == first})[:500]
    gaps = [later - earlier for earlier, later in pairwise(stamps)]
    return max(1.0, median(gaps) / SECOND_US) if gaps else 3600.0
