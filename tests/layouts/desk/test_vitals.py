"""How the system is: what is derived from what was read."""

import pytest

from layouts.desk.vitals import Feed, Vitals
from street.clock import SECOND_US

NOW_US = 1_795_519_473_000_000


@pytest.mark.parametrize(
    ("age_s", "state"),
    [(0, "fresh"), (5, "fresh"), (6, "late"), (16, "stale"), (61, "lost"), (-3, "fresh"), (None, "never")],
)  # fmt: skip
def test_ingests_pulse_is_believed_for_seconds(age_s: int | None, state: str) -> None:
    """UX 4.7: fresh to 5 s, stale from 15 s, lost from 60 s."""
    beat = None if age_s is None else (NOW_US - age_s * SECOND_US, True, 0)

    assert Vitals(NOW_US, beat, None, 0, [], [], []).beat_state == state


def test_what_nobody_expects_is_in_time() -> None:
    """It cannot be late."""
    feed = Feed("native", "", "a", "a", {"fresh": 2, "free": 3, "never": 1, "lost": 4}, None, None, "never", None)

    assert (feed.assets, feed.in_time) == (10, 5)
