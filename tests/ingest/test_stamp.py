"""When a value was true, and what a person must know about that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.stamp import stamp
from street.clock import DAY_US, MINUTE_US, SECOND_US
from street.readings import NOT_LIVE, Flag

NOW_US = 1_795_486_530_000_000


@pytest.mark.parametrize(
    ("behind_us", "at_behind_us", "flags"),
    [
        pytest.param(None, 0, Flag.ASSUMED_TIME, id="no time: arrival stands in"),
        pytest.param(0, 0, 0, id="now"),
        pytest.param(10 * MINUTE_US, 10 * MINUTE_US, 0, id="ten minutes old is still live"),
        pytest.param(10 * MINUTE_US + 1, 10 * MINUTE_US + 1, Flag.LATE, id="a microsecond later is late"),
        pytest.param(30 * DAY_US, 30 * DAY_US, Flag.LATE, id="thirty days old is late"),
        pytest.param(30 * DAY_US + 1, 30 * DAY_US + 1, Flag.LATE | Flag.HISTORY, id="older is history"),
        pytest.param(-120 * SECOND_US, -120 * SECOND_US, 0, id="two minutes ahead is a clock like others"),
        pytest.param(-120 * SECOND_US - 1, -120 * SECOND_US - 1, Flag.CLOCK_SKEW, id="more is skew, kept"),
        pytest.param(-5 * MINUTE_US, -5 * MINUTE_US, Flag.CLOCK_SKEW, id="five minutes ahead is kept"),
        pytest.param(-5 * MINUTE_US - 1, 0, Flag.CLOCK_SKEW, id="more counts as arrived now"),
    ],
)
def test_the_limits_are_where_the_issue_says(behind_us: int | None, at_behind_us: int, flags: int) -> None:
    """120 s, 5 min ahead; 10 min, 30 days behind."""
    source_us = None if behind_us is None else NOW_US - behind_us

    assert stamp(source_us, NOW_US) == (NOW_US - at_behind_us, flags)


@given(source_us=st.one_of(st.none(), st.integers(-(2**62), 2**62)))
def test_nothing_is_ever_stamped_far_in_the_future(source_us: int | None) -> None:
    """Whatever a source says."""
    at_us, _flags = stamp(source_us, NOW_US)

    assert at_us <= NOW_US + 5 * MINUTE_US


@given(source_us=st.integers(-(2**62), 2**62))
def test_what_is_old_never_moves_an_alarm(source_us: int) -> None:
    """More than ten minutes behind is always flagged so that the rules leave it alone."""
    at_us, flags = stamp(source_us, NOW_US)

    assert at_us >= NOW_US - 10 * MINUTE_US or flags & NOT_LIVE
