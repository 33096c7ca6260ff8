"""A recorded CSV, read row by row with all its glitches: what is odd is counted, not mended."""

import csv
import gzip
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from ingest.simulator.columns import THRESHOLD, Column, Form, column_of, form_of
from street.clock import MINUTE_US, as_us
from street.errors import ConfigError

BLANK: Final = frozenset({"", "na", "nan", "null", "none", "-"})


class Row(NamedTuple):
    """One row: when it was true [µs UTC], who says so, and what; None where the cell is blank."""

    at_us: int
    device: str
    values: dict[str, float | None]


@dataclass(slots=True)
class Recording:
    """All rows of a file, in its order.

    `odd` counts what was met: "nonexistent" and "ambiguous" local times, "bad time" and "bad number" cells.
    """

    path: Path
    form: Form
    rows: list[Row] = field(default_factory=list)
    odd: Counter[str] = field(default_factory=Counter)

    @property
    def devices(self) -> dict[str, list[str]]:
        """The quantities of each device, both in order of appearance."""
        found: dict[str, dict[str, None]] = {}
        for row in self.rows:
            found.setdefault(row.device, {}).update(dict.fromkeys(row.values))
        return {device: list(quantities) for device, quantities in found.items()}


def read(path: Path, *, zone: str | None = None, device: str | None = None) -> Recording:
    """Return the recording in *path*.

    Args:
        path: CSV, or gzip of one; UTF-8 with a header line.
        zone: of its local times, where the caller knows better than the file.
        device: only the rows of this one.

    Raises:
        ConfigError: it is no such file, or holds no row (of that device).
    """
    try:
        with _opened(path) as file:
            reader = csv.DictReader(file)
            form = form_of(path, list(reader.fieldnames or []), zone)
            recording = Recording(path, form)
            recording.rows = [row for row in _rows(reader, recording) if device is None or row.device == device]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{path}:1: cannot be read as CSV: {error}"
        raise ConfigError(msg) from error
    if not recording.rows:
        msg = f"{path}:1: holds no row" + (f" of device {device!r}" if device else "")
        raise ConfigError(msg)
    return recording


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _rows(reader: "csv.DictReader[str]", recording: Recording) -> Iterator[Row]:
    form, odd = recording.form, recording.odd
    alone = recording.path.name.split(".")[0]
    long_columns: dict[tuple[str, str], Column] = {}
    for cells in reader:
        at_us = _instant(cells.get(form.time_column) or "", form.zone, odd)
        if at_us is None:
            odd["bad time"] += 1
            continue
        device = (cells.get(form.device_column) or "").strip() if form.device_column else alone
        if form.is_long:
            key = ((cells.get("metric") or "").strip(), (cells.get("unit") or "").strip())
            if key not in long_columns:
                long_columns[key] = column_of(*key)
            columns = {"value": long_columns[key]}
        else:
            columns = form.columns
        yield Row(at_us, device or alone, _values(cells, columns, odd))


def _values(cells: dict[str, str], columns: dict[str, Column], odd: "Counter[str]") -> dict[str, float | None]:
    values: dict[str, float | None] = {}
    for name, column in columns.items():
        number = _number(cells.get(name), odd)
        if column.is_steps and THRESHOLD in cells:
            threshold = _number(cells[THRESHOLD], odd)
            number = round(100 * number / threshold, 1) if number is not None and threshold else None
        elif number is not None and column.convert is not None:
            number = column.convert(number)
        if column.quantity != THRESHOLD:
            values[column.quantity] = number
    return values


def _number(cell: str | None, odd: "Counter[str]") -> float | None:
    text = (cell or "").strip()
    if text.lower() in BLANK:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        odd["bad number"] += 1
        return None
    return number


def _instant(text: str, zone: ZoneInfo | None, odd: "Counter[str]") -> int | None:
    """Return the instant [µs UTC], None where it is none.

    A local time that exists twice is taken as the earlier, one that does not exist as if the clock had not moved.
    """
    try:
        if zone is None:
            return int(text) * MINUTE_US
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
        back = at.astimezone(UTC).astimezone(zone)
        if back.replace(tzinfo=None) != at.replace(tzinfo=None):
            odd["nonexistent"] += 1
        elif at.utcoffset() != at.replace(fold=1).utcoffset():
            odd["ambiguous"] += 1
    return as_us(at)
