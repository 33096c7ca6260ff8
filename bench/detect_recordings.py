"""The recordings as streams: real backgrounds with changes put in, and the few events that are known by themselves.

They are read from where they lie (`--recordings`), never copied. Their own unmarked oddities stay in: a detector pays
for finding those. What the sources say happened (a failed microphone, fireworks, a broken rain gauge) is in `KNOWN`.
"""

import csv
import gzip
import math
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final

from bench.detect_natures import FIRST_S, Nature
from bench.detect_streams import Stream, mark

# file, column of time, column of value (long form: the value's metric)
_PARTS: Final = (
    ("dublin_noise_hourly", "time_local", ("laeq",)),
    ("melbourne_people_hourly", "time", ("count",)),
    ("beijing_air_hourly", "time_local", ("PM2.5", "NO2", "O3", "TEMP", "WSPM")),
    ("dublin_weather_hourly", "time", ("temp", "rhum", "msl", "wdsp")),
    ("i94_traffic_hourly", "time_local", ("traffic_volume", "rain_1h")),
    ("birmingham_parking_30min", "time_local", ("occupancy",)),
    ("street_light_line_1min", "minute", ("power", "voltage")),
    ("calder_water_rain_15min", "time", ("water_level", "rain")),
)
_FEWEST: Final = 1000
_PARKING: Final = 5  # of 30 car parks: they are much alike

# stream, from, to (local, as recorded): what the sources themselves tell of
KNOWN: Final = (
    ("dublin_noise_hourly/Ballymun4/laeq", "2019-11-20T01:00", "2019-11-26T14:00", "microphone failed"),
    ("dublin_noise_hourly/*/laeq", "2020-01-01T00:00", "2020-01-01T02:00", "New Year's fireworks"),
    ("i94_traffic_hourly/I94-ATR301-WB/rain_1h", "2016-07-11T17:00", "2016-07-11T17:00", "gauge says 9,831 mm"),
    ("calder_water_rain_15min/*/water_level", "2025-09-11T00:00", "2025-09-13T16:00", "dry weeks end in a flood"),
)


def recordings(folder: Path) -> list[Stream]:
    """Return every recorded stream that is long enough, unmarked."""
    found: list[Stream] = []
    for name, clock, columns in _PARTS:
        rows = _rows(folder / f"{name}.csv.gz")
        parts: dict[tuple[str, str], dict[float, float]] = defaultdict(dict)
        for row in rows:
            for column in columns:
                text = row.get(column, "") if "metric" not in row else row["value"] if row["metric"] == column else ""
                if text and math.isfinite(float(text)):
                    parts[row["device"], column][seconds(row[clock])] = float(text)
        for (device, column), series in sorted(parts.items())[: _PARKING if "parking" in name else None]:
            if len(series) >= _FEWEST:
                times = sorted(series)
                found.append(Stream(f"{name}/{device}/{column}", times, [series[at] for at in times]))
    return found


def marked(folder: Path, seed: int) -> list[Stream]:
    """Return the recordings with changes put in and marked, the same ones each time."""
    return [mark(stream, _nature(stream), random.Random(f"{seed}/{stream.name}")) for stream in recordings(folder)]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def seconds(text: str) -> float:
    """Return an instant as the recordings write it, in seconds since 1970 as if it were UTC."""
    if text.isdigit():
        return FIRST_S + 60.0 * int(text)
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _nature(stream: Stream) -> Nature:
    values = stream.values
    ordered = sorted(values)
    middle = ordered[len(ordered) // 2]
    steps = [abs(b - a) for a, b in pairwise(values) if a != b] or [1.0]
    burst = max(ordered[-1 - len(ordered) // 500] - middle, 4 * median(steps))
    per_day = 86_400 / median([b - a for a, b in pairwise(stream.times_s)])
    return Nature(1.5 * median(steps), burst, 0.0 if ordered[0] >= 0 else -math.inf, math.inf, per_day)
