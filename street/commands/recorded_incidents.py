"""Incidents that other cities recorded, judged by our own deadlines: a check against somebody else's bookkeeping.

A CSV, gzipped or not, of a 311 service: when each was opened, until when it should have been closed, when it was, and
in some files whether the city called it on time. Headings and times come in the forms of three portals.
"""

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from street.clock import HOUR_US, as_us
from street.deadlines import deadline, is_on_time
from street.errors import ConfigError
from street.indicators import IncidentFacts
from street.matters import Limit
from street.worktime import Calendar, Unit

MOST_BYTES: Final = 256 * 1024 * 1024  # unpacked
_COLUMNS: Final = {
    "opened": ("open_dt", "created_date"),
    "target": ("target_dt", "due_date"),
    "closed": ("closed_dt", "closed_date"),
    "said": ("ontime",),
}
_FORMS: Final = ("%m/%d/%Y %I:%M:%S %p",)  # besides ISO
_SAID: Final = {"ONTIME": True, "OVERDUE": False}


class Recorded(NamedTuple):
    """One row; instants [µs UTC]. `said` is the city's own word, None where it has none."""

    opened_us: int
    target_us: int | None
    closed_us: int | None
    said: bool | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How our deadlines and a city's own word go together. `rows` of the unlike are as the file counts, from 1."""

    facts: list[IncidentFacts]
    as_of_us: int  # the newest instant of the file: what is open then is judged by it
    on_time: int
    overdue: int
    unlike: list[int]
    unsaid: int

    @property
    def alike(self) -> int:
        """How many we judge as the city did."""
        return self.on_time + self.overdue - len(self.unlike)


def judged(rows: list[Recorded]) -> Agreement:
    """Return what our deadlines say of each row: an urgent clock from when it was opened to its target."""
    calendar = Calendar()
    as_of_us = max((max(row.opened_us, row.closed_us or 0) for row in rows), default=0)
    facts, unlike = [], []
    said = [row.said for row in rows]
    for number, row in enumerate(rows, start=1):
        due_us = None
        if row.target_us is not None:
            limit = Limit(max(row.target_us - row.opened_us, 0) / HOUR_US, Unit.URGENT_HOURS)
            due_us = deadline(limit, row.opened_us, calendar).due_us
        facts.append(IncidentFacts(row.opened_us, closed_us=row.closed_us, close_due_us=due_us))
        is_good = due_us is None or is_on_time(due_us, row.closed_us, as_of_us)
        if row.said is not None and row.said != is_good:
            unlike.append(number)
    return Agreement(facts, as_of_us, said.count(True), said.count(False), unlike, said.count(None))


def read_recorded(path: Path, zone: ZoneInfo) -> list[Recorded]:
    """Return the rows of a file whose times are local to *zone*.

    Raises:
        ConfigError: it cannot be read, or is no such file; with its line.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if content.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read: {error}"
        raise ConfigError(msg) from error
    if len(content) > MOST_BYTES:
        msg = f"{path}: larger than {MOST_BYTES >> 20} MB unpacked"
        raise ConfigError(msg)
    return list(_rows(path, text, zone))


def _rows(path: Path, text: str, zone: ZoneInfo) -> Iterator[Recorded]:
    lines = csv.DictReader(io.StringIO(text, newline=""))
    plain = {(name or "").strip().lower().replace(" ", "_"): name for name in lines.fieldnames or ()}
    columns = {meaning: next((plain[it] for it in names if it in plain), "") for meaning, names in _COLUMNS.items()}
    if not columns["opened"] or not columns["closed"]:
        msg = f"{path}:1: expected columns like open_dt, target_dt, closed_dt or Created Date, Due Date, Closed Date"
        raise ConfigError(msg)
    for row in lines:
        yield _recorded(f"{path}:{lines.line_num}", row, columns, zone)


def _recorded(place: str, row: Mapping[str, str | None], columns: Mapping[str, str], zone: ZoneInfo) -> Recorded:
    opened, target, closed, said = (
        (row.get(columns[name]) or "").strip() for name in ("opened", "target", "closed", "said")
    )
    instants = [_instant(place, it, zone) for it in (opened, target, closed)]
    if instants[0] is None:
        msg = f"{place}: expected a time of opening"
        raise ConfigError(msg)
    return Recorded(instants[0], instants[1], instants[2], _SAID.get(said.upper()))


def _instant(place: str, text: str, zone: ZoneInfo) -> int | None:
    if not text:
        return None
    with suppress(ValueError):
        return _local_us(datetime.fromisoformat(text), zone)
    for form in _FORMS:
        with suppress(ValueError):
            return _local_us(datetime.strptime(text, form), zone)  # noqa: DTZ007 - the zone is laid on next
    msg = f"{place}: expected a time like 2011-08-20 00:19:25 or 03/24/2025 11:33:07 PM, got {text[:40]!r}"
    raise ConfigError(msg)


def _local_us(at: datetime, zone: ZoneInfo) -> int:
    return as_us(at if at.tzinfo else at.replace(tzinfo=zone))
