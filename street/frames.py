"""Columns, dtypes and units of every pandas frame that leaves the store, checked at the door.

Times are aware UTC with microseconds; text that is missing is NaN, like numbers. An empty frame has the same dtypes.
A rolled-up row (`low`, `high`, `mean` over `n` readings) has no row where nothing was read: a gap is not a zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from street.errors import FrameError

TEXT: Final = "str"
TIME: Final = "datetime64[us, UTC]"
NUMBER: Final = "float64"
WHOLE: Final = "int64"
TRUTH: Final = "bool"

_NO_TIME = np.iinfo(np.int64).min  # how numpy writes NaT


@dataclass(frozen=True, slots=True)
class FrameSpec:
    """What a frame promises: its columns in their order, each with a dtype."""

    name: str
    columns: dict[str, str]


_ROLLED_UP = {
    "n": WHOLE,  # readings counted: without implausible, missing and simulated ones
    "low": NUMBER,  # in the quantity's unit, like high and mean
    "high": NUMBER,
    "mean": NUMBER,
}

# The live value of every series, one row each.
LATEST = FrameSpec(
    "LATEST",
    {
        "asset_id": TEXT,
        "quantity": TEXT,
        "unit": TEXT,  # of the value; missing where the quantity has none
        "value": NUMBER,  # missing where the sensor said it has none
        "at": TIME,  # true at the source
        "received_at": TIME,
        "flags": WHOLE,  # street.readings.Flag
    },
)

# What one asset said, by quantity and then time; as LATEST without the asset.
READINGS = FrameSpec("READINGS", {name: dtype for name, dtype in LATEST.columns.items() if name != "asset_id"})

# One quantity of several assets, thinned for a chart, by asset and then time; `at` is the beginning of the step.
POINTS = FrameSpec("POINTS", {"asset_id": TEXT, "at": TIME, **_ROLLED_UP})

# One quantity by community and hour, by hour; `at` is the beginning of the hour.
AREA_HOURS = FrameSpec("AREA_HOURS", {"community_id": TEXT, "at": TIME, **_ROLLED_UP})

# Incidents, oldest first.
INCIDENTS = FrameSpec(
    "INCIDENTS",
    {
        "incident_id": TEXT,
        "short_no": WHOLE,
        "source": TEXT,
        "matter": TEXT,
        "severity": WHOLE,  # 1 (worst) to 4
        "title": TEXT,
        "title_en": TEXT,
        "address": TEXT,
        "community_id": TEXT,
        "grid_cell_id": TEXT,
        "asset_id": TEXT,
        "lon": NUMBER,  # degrees, WGS84
        "lat": NUMBER,
        "stage": TEXT,  # street.incidents.Stage
        "is_open": TRUTH,
        "reported_at": TIME,
        "moved_at": TIME,
        "recovered_at": TIME,  # missing while its alarm is active, or where it never had one
    },
)

# Alarms, oldest first.
ALARMS = FrameSpec(
    "ALARMS",
    {
        "alarm_id": TEXT,
        "asset_id": TEXT,
        "rule_id": TEXT,
        "quantity": TEXT,
        "severity": WHOLE,  # 1 (worst) to 4
        "state": TEXT,  # street.alarms.AlarmState
        "value": NUMBER,  # what crossed the limit, in the quantity's unit
        "raised_at": TIME,
        "cleared_at": TIME,  # missing while active
        "incident_id": TEXT,  # missing where it opened none
    },
)


def check(frame: pd.DataFrame, spec: FrameSpec) -> pd.DataFrame:
    """Return *frame* if it keeps the promise of *spec*.

    Raises:
        FrameError: a column is missing, in another place, too much, or of another dtype.
    """
    if list(frame.columns) != list(spec.columns):
        msg = f"{spec.name}: expected the columns {list(spec.columns)}, got {list(frame.columns)}"
        raise FrameError(msg)
    for name, dtype in spec.columns.items():
        if str(frame[name].dtype) != dtype:
            msg = f"{spec.name}.{name}: expected {dtype}, got {frame[name].dtype}"
            raise FrameError(msg)
    return frame


def build(spec: FrameSpec, columns: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Return a frame of *spec* from plain columns: far cheaper than from records.

    Args:
        spec: what to build.
        columns: in the order of *spec*, of one length; times as microseconds since 1970; None is missing. No columns
            at all, as `zip(*rows)` gives for no rows, is an empty frame.
    """
    ready = columns or [()] * len(spec.columns)
    arrays = {name: _array(dtype, column) for (name, dtype), column in zip(spec.columns.items(), ready, strict=True)}
    return check(pd.DataFrame(arrays, copy=False), spec)


def _array(dtype: str, column: Sequence[Any]) -> Any:  # noqa: ANN401 - numpy's or pandas' array
    if dtype == TEXT:
        return pd.array(np.asarray(column, dtype=object), dtype=TEXT)
    if dtype == TIME:
        return pd.DatetimeIndex(_instants(column).view("datetime64[us]")).tz_localize("UTC")
    return np.asarray(column, dtype=dtype)


def _instants(column: Any) -> np.ndarray[Any, np.dtype[np.int64]]:  # noqa: ANN401 - an array or a sequence
    if isinstance(column, np.ndarray):
        return column.astype(np.int64, copy=False)
    return np.array([_NO_TIME if at_us is None else at_us for at_us in column], dtype=np.int64)
