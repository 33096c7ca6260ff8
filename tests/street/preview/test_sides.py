"""On which side of a limit numbers lie: as the rules say, one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from street.preview.sides import BETWEEN, BROKEN, GOOD, UNKNOWN, side
from street.scenarios.conditions import Limit, Source

ABOVE = Limit(source=Source(quantity="level"), raise_above=10, clear_at=8)
BELOW = Limit(source=Source(quantity="level"), raise_below=2, clear_at=4)


@pytest.mark.parametrize("limit", [ABOVE, BELOW])
@given(st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, 8.0, 9.0, 10.0, 11.0]), max_size=20))
def test_sides_are_those_of_the_limit(limit: Limit, numbers: list[float]) -> None:
    """The edges belong where the limit itself puts them."""
    found = side(np.array(numbers, dtype=np.float64), limit).tolist()

    assert found == [BROKEN if limit.is_breach(it) else GOOD if limit.is_over(it) else BETWEEN for it in numbers]


def test_what_is_not_a_number_is_not_known() -> None:
    """A gap is on no side."""
    assert side(np.array([np.nan, 11.0]), ABOVE).tolist() == [UNKNOWN, BROKEN]
