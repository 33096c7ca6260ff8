"""Alarm load: each figure worked by hand."""

from typing import NamedTuple

import pytest

from street.alarm_load import Figure, Load, Span, chattering, fleeting, floods, groups, is_flood, load
from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US

T0 = 1_795_449_600_000_000


class Call(NamedTuple):
    """One call."""

    at_us: int
    asset_id: str = "n-1"
    rule_id: str = "loud"
    severity: int = 3


def calls_at(*minutes: float) -> list[Call]:
    """Return calls at so many minutes."""
    return [Call(T0 + int(minute * MINUTE_US)) for minute in minutes]


def a_day(calls: list[Call], *spans: Span, **said: int) -> Load:
    """Return the load of one day."""
    return load(calls, spans, T0, T0 + DAY_US, **said)


def test_rates_are_per_operator_position() -> None:
    """288 calls in a day are two in ten minutes for one, one for each of two."""
    calls = calls_at(*(5 * number for number in range(288)))

    alone, shared = a_day(calls), a_day(calls, positions=2)

    assert [alone.figure(name).value for name in ("per_10min", "per_hour", "per_day")] == [2, 12, 288]
    assert [shared.figure(name).value for name in ("per_10min", "per_hour", "per_day")] == [1, 6, 144]
    assert [it.figure("per_day").verdict for it in (alone, shared)] == ["bearable", "good"]


def test_thirteen_in_an_hour_are_above_the_limit() -> None:
    """UX S-02: the marker, and a mix that sums to all."""
    calls = [Call(T0 + number * 4 * MINUTE_US, severity=1 if number == 0 else 4) for number in range(13)]

    hour = load(calls, [], T0, T0 + HOUR_US)

    assert (hour.figure("per_hour").value, hour.figure("per_hour").verdict) == (13, "too-much")
    assert hour.figure("high_share").value == pytest.approx(1 / 13)


def test_peaks_and_busy_periods_are_of_aligned_windows() -> None:
    """Twelve in one ten minutes and 31 in one hour, of 144 and 24 windows."""
    day = a_day(calls_at(*(number * 0.5 for number in range(12)), *(20 + number for number in range(19))))

    assert day.figure("peak_10min").value == 12
    assert day.figure("busy_10min_share").value == pytest.approx(1 / 144)
    assert day.figure("busy_hour_share").value == pytest.approx(1 / 24)


def test_a_flood_begins_above_ten_and_ends_below_five() -> None:
    """Eleven calls a minute apart: it begins with the eleventh; the fifth last leaves the window ten minutes later."""
    at = [call.at_us for call in calls_at(*range(11))]

    found = floods([T0 + number * MINUTE_US // 2 for number in range(11)], T0 + DAY_US)

    assert floods(at, T0 + DAY_US) == []  # the first has left the window when the eleventh comes
    assert found == [(T0 + 5 * MINUTE_US, T0 + 3 * MINUTE_US + 10 * MINUTE_US)]


def test_a_flood_lasts_while_five_keep_coming() -> None:
    """Hysteresis: between five and ten it neither begins nor ends."""
    quick = [T0 + number * 30 * SECOND_US for number in range(11)]
    slow = [quick[-1] + number * 2 * MINUTE_US for number in range(1, 20)]

    [(begin_us, end_us)] = floods([*quick, *slow], T0 + DAY_US)

    assert begin_us == quick[-1]
    assert end_us == slow[-5] + 10 * MINUTE_US
    assert is_flood([*quick, *slow], slow[-1])
    assert not is_flood([*quick, *slow], end_us)
    assert not is_flood(slow, slow[-1])


def test_a_flood_that_lasts_ends_with_the_period() -> None:
    """Its time counts as far as the period goes."""
    at = [T0 + number * SECOND_US for number in range(20)]

    assert floods(at, at[-1] + MINUTE_US) == [(at[10], at[-1] + MINUTE_US)]


@pytest.mark.parametrize(
    ("seconds", "found"),
    [((0, 30, 60), 1), ((0, 30, 61), 0), ((0, 10), 0), ((0, 500, 520, 540), 1)],
)
def test_three_calls_within_a_minute_chatter(seconds: tuple[int, ...], found: int) -> None:
    """ISA-18.2; of one alarm, not of three neighbours."""
    one = [Call(T0 + second * SECOND_US) for second in seconds]
    many = [call._replace(asset_id=f"n-{number}") for number, call in enumerate(one)]

    assert (chattering(one), chattering(many)) == (found, 0)


def test_fleeting_is_short_and_does_not_come_back() -> None:
    """What comes back within ten minutes is chattering; what stands is neither."""
    short = Span("n-1", "loud", T0, T0 + 59 * SECOND_US)
    back = Span("n-1", "loud", T0 + 5 * MINUTE_US, T0 + 30 * MINUTE_US)
    late = back._replace(from_us=T0 + 12 * MINUTE_US)

    assert fleeting([short]) == 1
    assert fleeting([short, back]) == 0
    assert fleeting([short, late]) == 1
    assert fleeting([short._replace(to_us=None)]) == 0
    assert fleeting([short._replace(to_us=T0 + 60 * SECOND_US)]) == 0


def test_stale_is_what_stood_for_more_than_a_day() -> None:
    """The most at the end of any day; what ended after 23 hours is none."""
    old = [Span(f"n-{number}", "loud", T0, None) for number in range(3)]
    over = Span("n-9", "loud", T0, T0 + 23 * HOUR_US)

    week = load([], [*old, over], T0, T0 + 3 * DAY_US)

    assert week.figure("stale").value == 3
    assert load([], old, T0, T0 + HOUR_US).figure("stale").value == 0


def test_the_top_ten_are_the_most_frequent() -> None:
    """Their share is of all calls."""
    calls = [Call(T0 + number * MINUTE_US, f"n-{number % 20}") for number in range(100)] + [Call(T0, "n-0")]

    day = a_day(calls)

    assert day.top[0] == (("loud", "n-0"), 6)
    assert len(day.top) == 10
    assert day.figure("top_share").value == pytest.approx(51 / 101)


def test_groups_are_by_kind_and_area() -> None:
    """The largest first, as gravely as its gravest."""
    calls = [Call(T0, "a"), Call(T0, "a", severity=2), Call(T0, "b"), Call(T0, "c", "dark")]
    area = {"a": "01", "b": "01", "c": "02"}

    found = groups(calls, lambda asset_id: area[asset_id])

    assert [tuple(it) for it in found] == [("loud", "01", 3, 2, 2), ("dark", "02", 1, 1, 3)]


def test_an_empty_period_is_a_good_one() -> None:
    """No zero divides anything."""
    day = a_day([])

    assert {figure.verdict for figure in day.figures} == {"good"}


def test_what_nobody_answers_for_is_too_much() -> None:
    """One unauthorised suppression is one too many."""
    assert a_day([], unauthorised=1).figure("unauthorised") == Figure("unauthorised", 1, 0, 0)
    assert a_day([], unauthorised=1).figure("unauthorised").verdict == "too-much"
