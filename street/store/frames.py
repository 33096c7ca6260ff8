"""Frames out of the store, with the dtypes that `street.frames` promises. The only door of pandas to memory.

Every time range is [from, to): its end is not in it.
"""

from itertools import chain
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, func, or_, select, true

from street import frames
from street.clock import HOUR_US, MINUTE_US
from street.store import schema
from street.store.incidents import IS_OPEN
from street.store.reader import Reader
from street.store.rollups import MINUTES_PER_BLOCK, MINUTES_PER_HOUR


def latest_frame(reader: Reader) -> pd.DataFrame:
    """Return the live value of every series as frame `LATEST`, by asset and quantity."""
    return frames.build(frames.LATEST, list(zip(*reader.rows(_LATEST), strict=True)))


def readings_frame(reader: Reader, asset_id: str, from_us: int, to_us: int) -> pd.DataFrame:
    """Return all that one asset said as frame `READINGS`; meant for hours to days, not for years."""
    asked = {"asset_id": asset_id, "from_us": from_us, "to_us": to_us}
    asked |= {"first": from_us // MINUTE_US, "final": (to_us - 1) // MINUTE_US}
    return frames.build(frames.READINGS, list(zip(*reader.rows(_READINGS, asked), strict=True)))


def points_frame(
    reader: Reader, asset_ids: list[str], quantity: str, from_us: int, to_us: int, points: int = 500
) -> pd.DataFrame:
    """Return one quantity of several assets as frame `POINTS`, at most about *points* steps each.

    A step is one minute, a multiple of three minutes, or a multiple of hours; steps begin at whole multiples of
    themselves, so that they stay where they are while the range slides, and both ends are widened to them.
    """
    named = reader.rows(_SERIES, {"asset_ids": asset_ids, "quantity": quantity})
    if not named:
        return frames.build(frames.POINTS, [])
    statement, unit_us, width, asked = _steps(from_us, to_us, points)
    rows = reader.rows(statement, {**asked, "series_ids": [series_id for series_id, _ in named]})
    numbers = _numbers(rows, 6)
    rank = {series_id: place for place, (series_id, _) in enumerate(named)}
    place = np.array([rank[row[0]] for row in rows], dtype=np.int64)
    order = np.lexsort((numbers[:, 1], place))
    names = np.array([asset_id for _, asset_id in named], dtype=object)[place[order]]
    return frames.build(frames.POINTS, _rolled_up(names, numbers[order, 1:], width * unit_us))


def _steps(from_us: int, to_us: int, points: int) -> tuple[Select[Any], int, int, dict[str, int]]:
    """Return what to ask, its unit [µs], how many of them are a step, and the range in rows' own numbers."""
    minutes = max(-(-(to_us - from_us) // (points * MINUTE_US)), 1)
    unit_us, width = MINUTES_PER_BLOCK * MINUTE_US, -(-minutes // MINUTES_PER_BLOCK)
    statement = _POINTS_OF_BLOCK if width == 1 else _POINTS_OF_BLOCKS
    if minutes >= MINUTES_PER_HOUR:
        statement, unit_us, width = _POINTS_OF_HOURS, HOUR_US, -(-minutes // MINUTES_PER_HOUR)
    asked = {"first": from_us // unit_us, "final": (to_us - 1) // unit_us, "width": width}
    if minutes == 1:
        asked |= {"low": from_us // MINUTE_US, "high": (to_us - 1) // MINUTE_US}
        return _POINTS_OF_MINUTE, MINUTE_US, 1, asked
    return statement, unit_us, width, asked


def area_hours_frame(reader: Reader, quantity: str, from_us: int, to_us: int) -> pd.DataFrame:
    """Return one quantity by community and hour as frame `AREA_HOURS`."""
    asked = {"quantity": quantity, "first": from_us // HOUR_US, "final": (to_us - 1) // HOUR_US}
    rows = reader.rows(_AREA_HOURS, asked)
    names = np.array([row[0] for row in rows], dtype=object)
    return frames.build(frames.AREA_HOURS, _rolled_up(names, _numbers([row[1:] for row in rows], 5), HOUR_US))


def incidents_frame(reader: Reader, from_us: int, to_us: int, *, with_open: bool = False) -> pd.DataFrame:
    """Return incidents reported in the range as frame `INCIDENTS`; *with_open* adds all that are still open."""
    statement = _INCIDENTS_AND_OPEN if with_open else _INCIDENTS
    rows = reader.rows(statement, {"from_us": from_us, "to_us": to_us})
    return frames.build(frames.INCIDENTS, list(zip(*rows, strict=True)))


def alarms_frame(reader: Reader, from_us: int, to_us: int) -> pd.DataFrame:
    """Return alarms raised in the range as frame `ALARMS`."""
    rows = reader.rows(_ALARMS, {"from_us": from_us, "to_us": to_us})
    return frames.build(frames.ALARMS, list(zip(*rows, strict=True)))


_Numbers: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"


def _numbers(rows: list[tuple[float, ...]], width: int) -> _Numbers:
    """Return rows of numbers as one array; numbers of series, steps and counts are far below 2**53."""
    return np.fromiter(chain.from_iterable(rows), dtype=np.float64, count=width * len(rows)).reshape(-1, width)


def _rolled_up(names: Any, numbers: _Numbers, step_us: int) -> list[Any]:  # noqa: ANN401 - an array of texts
    """Return columns (name, at, n, low, high, mean) from rows (step, n, low, high, total)."""
    steps, n, low, high, total = numbers.T
    return [names, steps.astype(np.int64) * step_us, n.astype(np.int64), low, high, total / n]


def _between() -> ColumnElement[int]:
    """Return the whole numbers from :first to :final as a column: each is one seek."""
    numbers = select(bindparam("first", type_=schema.WHOLE).label("number")).cte("numbers", recursive=True)
    onward = select(numbers.c.number + 1).where(numbers.c.number < bindparam("final", type_=schema.WHOLE))
    return numbers.union_all(onward).c.number


def _latest() -> Select[Any]:
    series, live = schema.series, schema.latest
    return (
        select(
            series.c.asset_id,
            series.c.quantity,
            series.c.unit,
            live.c.value,
            live.c.at_us,
            live.c.received_us,
            live.c.flags,
        )
        .join_from(series, live, series.c.series_id == live.c.series_id)
        .order_by(series.c.asset_id, series.c.quantity)
    )


def _readings() -> Select[Any]:
    series, readings, minute = schema.series, schema.readings, _between()
    here = and_(readings.c.minute == minute, readings.c.series_id == series.c.series_id)
    in_range = readings.c.at_us.between(bindparam("from_us"), bindparam("to_us") - 1)
    columns = (readings.c.value, readings.c.at_us, readings.c.received_us, readings.c.flags)
    return (
        select(series.c.quantity, series.c.unit, *columns)
        .select_from(series.join(minute.table, true()).join(readings, here))
        .where(series.c.asset_id == bindparam("asset_id"), in_range)
        .order_by(series.c.quantity, readings.c.at_us)
    )


def _series() -> Select[Any]:
    series = schema.series.c
    asked = (series.quantity == bindparam("quantity"), series.asset_id.in_(bindparam("asset_ids", expanding=True)))
    return select(series.series_id, series.asset_id).where(*asked).order_by(series.asset_id)


def _points(rollup: Table, place: ColumnElement[int], *steps: ColumnElement[int]) -> Select[Any]:
    """Return rows (series, step, n, low, high, total); *steps* are the columns to group by, the last is the step.

    Where these are the columns in which the table lies, SQLite adds up while it reads; otherwise it sorts first, which
    costs twice as much.
    """
    series_id = rollup.c.series_id
    summed = (func.sum(rollup.c.n), func.min(rollup.c.low), func.max(rollup.c.high), func.sum(rollup.c.total))
    return (
        select(series_id, steps[-1], *summed)
        .where(place.in_(select(_between())), series_id.in_(bindparam("series_ids", expanding=True)))
        .group_by(steps[0], series_id, *steps[1:])
    )


def _wide(column: ColumnElement[int]) -> ColumnElement[int]:
    return (column // bindparam("width", type_=schema.WHOLE, literal_execute=True)).label("step")


def _area_hours() -> Select[Any]:
    area = schema.rollup_area_hour.c
    return (
        select(area.community_id, area.hour, area.n, area.low, area.high, area.total)
        .where(area.quantity == bindparam("quantity"), area.hour.between(bindparam("first"), bindparam("final")))
        .order_by(area.hour, area.community_id)
    )


def _incidents(*, with_open: bool) -> Select[Any]:
    incident = schema.incidents.c
    in_range = incident.reported_us.between(bindparam("from_us"), bindparam("to_us") - 1)
    columns = [_column(incident, name) for name in frames.INCIDENTS.columns]
    return select(*columns).where(or_(in_range, IS_OPEN) if with_open else in_range).order_by(incident.reported_us)


def _alarms() -> Select[Any]:
    alarm = schema.alarms.c
    columns = [_column(alarm, name) for name in frames.ALARMS.columns]
    in_range = alarm.raised_us.between(bindparam("from_us"), bindparam("to_us") - 1)
    return select(*columns).where(in_range).order_by(alarm.raised_us)


def _column(columns: Any, name: str) -> ColumnElement[Any]:  # noqa: ANN401 - the columns of a table, or a predicate
    if name == "is_open":
        return IS_OPEN
    found: ColumnElement[Any] = columns[name.removesuffix("_at") + "_us" if name.endswith("_at") else name]
    return found


_LATEST = _latest()
_READINGS = _readings()
_SERIES = _series()
_MINUTES, _HOURS = schema.rollup_minute, schema.rollup_hour
_POINTS_OF_MINUTE = _points(_MINUTES, _MINUTES.c.block, _MINUTES.c.block, _MINUTES.c.minute).where(
    _MINUTES.c.minute.between(bindparam("low"), bindparam("high"))
)
_POINTS_OF_BLOCK = _points(_MINUTES, _MINUTES.c.block, _MINUTES.c.block)
_POINTS_OF_BLOCKS = _points(_MINUTES, _MINUTES.c.block, _wide(_MINUTES.c.block))
_POINTS_OF_HOURS = _points(_HOURS, _HOURS.c.hour, _wide(_HOURS.c.hour))
_AREA_HOURS = _area_hours()
_INCIDENTS = _incidents(with_open=False)
_INCIDENTS_AND_OPEN = _incidents(with_open=True)
_ALARMS = _alarms()
