"""How often somebody may ask."""

import pytest

from dashboard import rates
from dashboard.rates import Rate, Rates

THREE = Rate(3, 2)


def test_a_full_bucket_is_spent_and_fills_again() -> None:
    """Three at once, then two a second."""
    buckets = Rates()
    first = [buckets.wait_s("a", THREE, 10.0) for _ in range(4)]
    later = [buckets.wait_s("a", THREE, 11.0) for _ in range(3)]

    assert first == [0, 0, 0, 0.5]
    assert later == [0, 0, 0.5]


def test_a_bucket_never_holds_more_than_it_can() -> None:
    """A night of silence is no licence for a flood in the morning."""
    buckets = Rates()
    buckets.wait_s("a", THREE, 0.0)

    assert [buckets.wait_s("a", THREE, 99_999.0) for _ in range(4)] == [0, 0, 0, 0.5]


def test_everybody_has_a_bucket_of_their_own_for_each_rate() -> None:
    """One who asks too often costs the others nothing."""
    buckets = Rates()
    for _ in range(5):
        buckets.wait_s("a", THREE, 0.0)

    assert buckets.wait_s("b", THREE, 0.0) == 0
    assert buckets.wait_s("a", Rate(1, 1), 0.0) == 0


def test_a_crowd_of_addresses_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that asked longest ago is forgotten; the busy one is not."""
    monkeypatch.setattr(rates, "MOST_BUCKETS", 10)
    buckets = Rates()
    for number in range(100):
        buckets.wait_s("busy", THREE, 0.0)
        buckets.wait_s(f"passing {number}", THREE, 0.0)

    assert len(buckets._buckets) == 10
    assert buckets.wait_s("busy", THREE, 0.0) > 0
