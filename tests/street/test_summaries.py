"""The counts of the wall, worked by hand."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from street import frames
from street.clock import as_us
from street.errors import FrameError
from street.frames import INCIDENTS
from street.summaries import Today, today

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # noon in Qingdao
MIDNIGHT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
A_MOMENT_BEFORE = datetime(2026, 11, 23, 15, 59, 59, 999_999, tzinfo=UTC)


def _incidents(*rows: dict[str, object]) -> pd.DataFrame:
    usual = dict.fromkeys(INCIDENTS.columns, "") | {"short_no": 1, "severity": 2, "lon": None, "lat": None}
    usual |= {"is_open": True, "reported_at": as_us(NOW), "moved_at": as_us(NOW), "recovered_at": None}
    return frames.build(INCIDENTS, list(zip(*((usual | row).values() for row in rows), strict=True)))


def test_nothing_is_a_count_too() -> None:
    """A quiet street shows zeros, not gaps."""
    assert today(_incidents(), now=NOW) == Today(0, 0, 0, {1: 0, 2: 0, 3: 0, 4: 0}, {}, {})


def test_today_begins_at_local_midnight() -> None:
    """In Qingdao it is tomorrow eight hours before it is in UTC."""
    incidents = _incidents(
        {"reported_at": as_us(MIDNIGHT)}, {"reported_at": as_us(A_MOMENT_BEFORE)}, {"reported_at": as_us(NOW) + 1}
    )

    counts = today(incidents, now=NOW)

    assert (counts.reported, counts.open) == (1, 3)


def test_open_ones_are_counted_by_severity_and_community() -> None:
    """Whenever they were reported; ended ones only where they ended today."""
    incidents = _incidents(
        {"severity": 1, "community_id": "c1"},
        {"severity": 1, "community_id": "c2", "reported_at": 0},
        {"severity": 4, "community_id": "c1"},
        {"severity": 1, "community_id": "c1", "is_open": False},
        {"severity": 1, "community_id": "c1", "is_open": False, "moved_at": as_us(A_MOMENT_BEFORE)},
    )

    counts = today(incidents, now=NOW)

    assert counts.open_by_severity == {1: 2, 2: 0, 3: 0, 4: 1}
    assert counts.open_by_community == {"c1": 2, "c2": 1}
    assert (counts.reported, counts.closed, counts.open) == (4, 1, 3)


def test_what_came_in_today_is_counted_by_the_smallest_area_that_is_known() -> None:
    """Who sees one grid cell is told its number, not the subdistrict's."""
    incidents = _incidents(
        {"community_id": "c1", "grid_cell_id": "c1g1"},
        {"community_id": "c1", "is_open": False},
        {"community_id": "c1", "reported_at": as_us(A_MOMENT_BEFORE)},
        {},
    )

    assert today(incidents, now=NOW).reported_by_area == {"c1g1": 1, "c1": 1, "": 1}


def test_another_frame_is_refused() -> None:
    """Counting the wrong table would look right."""
    with pytest.raises(FrameError):
        today(frames.build(frames.ALARMS, []), now=NOW)
