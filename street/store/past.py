"""Stored readings of some series, as rules were told of them: live, and in the order in which they came."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, select

from street.clock import HOUR_US, MINUTE_US
from street.readings import NOT_LIVE
from street.store import schema
from street.store.reader import Reader
from street.store.series import NEVER

Row = tuple[int, int, int, float]  # series id, at [µs], received [µs], value
Hour = tuple[int, int, int, float, float]  # series id, hour since 1970, count, low, high


def named_series(reader: Reader, asset_ids: Sequence[str], quantities: Sequence[str]) -> list[tuple[int, str, str]]:
    """Return (series id, asset id, quantity) of what of these is stored."""
    series = schema.series.c
    asked = (series.asset_id.in_(list(asset_ids)), series.quantity.in_(list(quantities)))
    statement = select(series.series_id, series.asset_id, series.quantity).where(*asked).order_by(series.series_id)
    return [(series_id, asset_id, quantity) for series_id, asset_id, quantity in reader.rows(statement)]


def past_hours(reader: Reader, series_ids: Sequence[int], from_us: int, to_us: int) -> list[Hour]:
    """Return what is counted of each hour that overlaps the range, by hour."""
    asked = {"first": from_us // HOUR_US, "final": (to_us - 1) // HOUR_US, "series_ids": list(series_ids)}
    return [(row[0], row[1], row[2], row[3], row[4]) for row in reader.rows(_HOURS, asked)]


def past_readings(reader: Reader, wanted: Mapping[int, Sequence[int]], minutes: int = 60) -> list[Row]:
    """Return the live readings of the first *minutes* of *wanted* (hour since 1970 → series ids), in no order."""
    found: list[Row] = []
    for hour, series_ids in wanted.items():
        asked = {"first": hour * 60, "final": hour * 60 + minutes - 1, "series_ids": list(series_ids)}
        found += reader.rows(_READINGS, asked)
    return found


def recent_readings(reader: Reader, series_ids: Sequence[int], from_us: int, to_us: int) -> list[Row]:
    """Return the live readings of the range, in the order in which they came."""
    asked = {"first": from_us // MINUTE_US, "final": (to_us - 1) // MINUTE_US, "series_ids": list(series_ids)}
    rows: list[Any] = [row for row in reader.rows(_READINGS, asked) if from_us <= row[1] < to_us]
    return sorted(rows, key=lambda row: (row[2], row[1], row[0]))


def purged_to_us(reader: Reader) -> int:
    """Return before when readings are gone and only sums are kept [µs]."""
    marks = schema.marks.c
    found = reader.rows(select(marks.value).where(marks.name == "purged_to_us"))
    return int(found[0][0]) if found else NEVER


def _between(first: str, final: str) -> Any:  # noqa: ANN401 - a column of a recursive query
    numbers = select(bindparam(first, type_=schema.WHOLE).label("number")).cte("numbers", recursive=True)
    onward = select(numbers.c.number + 1).where(numbers.c.number < bindparam(final, type_=schema.WHOLE))
    return numbers.union_all(onward).c.number


def _readings() -> Select[Any]:
    readings, minute = schema.readings, _between("first", "final")
    here = and_(readings.c.minute == minute, readings.c.series_id.in_(bindparam("series_ids", expanding=True)))
    is_live = and_(readings.c.flags.op("&")(int(NOT_LIVE)) == 0, readings.c.value.is_not(None))
    columns = (readings.c.series_id, readings.c.at_us, readings.c.received_us, readings.c.value)
    return select(*columns).select_from(minute.table.join(readings, and_(here, is_live)))


def _hours() -> Select[Any]:
    hours, hour = schema.rollup_hour, _between("first", "final")
    here = and_(hours.c.hour == hour, hours.c.series_id.in_(bindparam("series_ids", expanding=True)))
    return select(hours.c.series_id, hours.c.hour, hours.c.n, hours.c.low, hours.c.high).select_from(
        hour.table.join(hours, here)
    )


_READINGS = _readings()
_HOURS = _hours()
