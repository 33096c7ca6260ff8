"""Frames keep what they promise, also when they are empty."""

import pandas as pd
import pytest

from street import frames
from street.errors import FrameError
from street.frames import ALARMS, AREA_HOURS, INCIDENTS, LATEST, POINTS, READINGS, FrameSpec

SPECS = [ALARMS, AREA_HOURS, INCIDENTS, LATEST, POINTS, READINGS]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_an_empty_frame_has_the_same_dtypes(spec: FrameSpec) -> None:
    """A chart of nothing is drawn by the same code as a chart of something."""
    frame = frames.build(spec, [])

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == spec.columns
    assert frame.empty


def test_columns_become_what_is_promised() -> None:
    """Missing numbers, times and texts stay missing."""
    columns = [("n-1", "n-2"), ("q", "q"), ("°C", None), (1.5, None), (0, 1_000_001), (5, None), (0, 32)]

    frame = frames.build(LATEST, columns)

    assert frame["at"].iloc[1] == pd.Timestamp("1970-01-01T00:00:01.000001Z")
    assert frame.isna().sum().to_dict() == {
        "asset_id": 0, "quantity": 0, "unit": 1, "value": 1, "at": 0, "received_at": 1, "flags": 0,
    }  # fmt: skip


def test_a_frame_that_keeps_its_promise_passes() -> None:
    """And is handed on as it is."""
    frame = frames.build(POINTS, [])

    assert frames.check(frame, POINTS) is frame


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(lambda frame: frame.drop(columns="n"), "expected the columns", id="a column is missing"),
        pytest.param(lambda frame: frame.assign(more=1), "expected the columns", id="a column too much"),
        pytest.param(lambda frame: frame[list(frame)[::-1]], "expected the columns", id="another order"),
        pytest.param(lambda frame: frame.astype({"n": "float64"}), "POINTS.n: expected int64", id="another dtype"),
        pytest.param(
            lambda frame: frame.assign(at=frame["at"].dt.tz_localize(None)), "POINTS.at: expected", id="a naive time"
        ),
    ],
)
def test_a_frame_that_breaks_its_promise_is_refused(spoil: object, message: str) -> None:
    """At the door, with the column's name, not three functions later."""
    assert callable(spoil)
    spoilt = spoil(frames.build(POINTS, []))

    with pytest.raises(FrameError, match=message):
        frames.check(spoilt, POINTS)


def test_columns_of_unequal_number_are_refused() -> None:
    """Our own mistake, found at once."""
    with pytest.raises(ValueError, match="shorter"):
        frames.build(POINTS, [("n-1",)])
