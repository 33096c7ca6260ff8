"""Vitals: what is fresh, late, stale, lost, and what was never heard; read once for all who look."""

from contextlib import closing

import pytest

from dashboard.vitals import Factors, Pulse, feeds_of, gather, heard_of, lag_of, state_of
from street.assets import Asset
from street.clock import MINUTE_US, SECOND_US, now_us
from street.notices import Notice
from street.readings import DeadLetter, Flag
from street.scenarios import load_scenarios
from street.store import Latest, Reader
from street.store.deliveries import Route
from tests.dashboard.conftest import Written

FACTORS = Factors(1.5, 3.0, 10.0)
SCENARIOS = load_scenarios()
NOON = 1_789_999_200_000_000


def a_value(asset_id: str, ago_s: float, *, flags: int = 0, lag_s: float = 0.0) -> Latest:
    """Return a live value that was true some seconds ago."""
    at_us = NOON - int(ago_s * SECOND_US)
    return Latest(1, asset_id, "q", at_us, at_us + int(lag_s * SECOND_US), 1.0, flags)


@pytest.mark.parametrize(
    ("age_s", "state", "since_s"),
    [(90, "fresh", None), (91, "late", 90), (181, "stale", 180), (601, "lost", 600), (-5, "fresh", None)],
)  # fmt: skip
def test_a_value_ages_by_its_own_interval(age_s: int, state: str, since_s: int | None) -> None:
    """One reading a minute: late after 90 s, stale after 3 min, lost after 10."""
    newest_us = NOON - age_s * SECOND_US

    told = state_of(newest_us, 60.0, NOON, FACTORS)

    assert told == (state, None if since_s is None else newest_us + since_s * SECOND_US)


def test_never_heard_and_never_expected_are_states_of_their_own() -> None:
    """Neither is a fault that began at some time."""
    assert state_of(None, 60.0, NOON, FACTORS) == ("never", None)
    assert state_of(NOON - 9_999 * SECOND_US, None, NOON, FACTORS) == ("free", None)


def test_a_stored_copy_makes_nothing_new() -> None:
    """The broker gave it at our start; and a clock ahead of ours does not make a value of the future."""
    unknown = int(Flag.RETAINED | Flag.ASSUMED_TIME)

    heard = heard_of([
        a_value("A", 500), a_value("A", 1, flags=unknown), a_value("B", 0, flags=unknown), a_value("C", -60, lag_s=-50)
    ])  # fmt: skip

    assert heard == {"A": NOON - 500 * SECOND_US, "C": NOON + 10 * SECOND_US}


def test_one_silent_feed_changes_only_itself() -> None:
    """UX S-01; a feed is as its newest asset, and says how many of it are not."""
    meters = [
        Asset(asset_id=f"N{number}", kind="noise_meter", name="n", gateway_id="GW-1", interval_s=30)
        for number in range(3)
    ]
    others = [Asset(asset_id="W", kind="weather_station", name="w"), Asset(asset_id="U", kind="unknown", name="u")]
    assets = [*meters, *others]
    heard = {"N0": NOON, "N1": NOON - 60 * SECOND_US, "W": NOON - 60 * MINUTE_US, "U": NOON}

    feeds = {feed.kind: feed for feed in feeds_of(assets, heard, NOON, SCENARIOS, FACTORS)}

    assert {kind: feed.state for kind, feed in feeds.items()} == {
        "噪声监测点": "fresh",
        "气象站": "lost",
        "unknown": "free",
    }
    assert dict(feeds["噪声监测点"].states) == {"fresh": 1, "late": 1, "never": 1}
    assert feeds["气象站"].interval_s == SCENARIOS["weather_station"].interval_s


def test_lag_is_of_what_came_lately_with_a_time_of_its_own() -> None:
    """Old values and assumed times would tell of something else."""
    some = [a_value(str(number), 10, lag_s=number / 10) for number in range(1, 101)]
    other = [a_value("x", 9_000, lag_s=99), a_value("y", 10, lag_s=99, flags=int(Flag.ASSUMED_TIME))]

    assert lag_of([*some, *other], NOON) == (5_100_000, 9_600_000)
    assert lag_of(other, NOON) is None


def test_all_of_it_is_read_from_a_real_store(street: Written) -> None:
    """Heartbeat, size, dialects, letters; what a message calls its field is masked."""
    street.read(12.0)
    street.beat()
    batch = street.writer.begin(now_us())
    batch.add_dead_letter(DeadLetter(now_us(), "native", "t", b"{", "type", "why", "13812345678"))
    batch.commit()

    with closing(street.store.reader()) as reader:
        vitals = gather(reader, now_us(), SCENARIOS, FACTORS)

    assert vitals.beat_state == "fresh"
    assert vitals.lag_us == (0, 0)
    assert vitals.size_bytes > 50_000
    assert [(line.dialect, line.assets, line.readings, line.refused) for line in vitals.dialects] == [
        ("native", 2, 1, 1)
    ]
    assert [(line.code, line.field, line.kept) for line in vitals.letters] == [("type", "138****5678", 1)]
    assert sorted(feed.state for feed in vitals.feeds) == ["fresh", "never"]


def test_many_who_look_read_once(street: Written) -> None:
    """Within two seconds; who has just changed something sees it at once."""
    opened: list[int] = []
    clock = [now_us()]

    def reader() -> closing[Reader]:
        opened.append(1)
        return closing(street.store.reader())

    pulse = Pulse(reader, lambda: clock[0], FACTORS)

    first, second = pulse.now(), pulse.now()
    clock[0] += 3 * SECOND_US
    third, fourth = pulse.now(), pulse.now(is_new=True)

    assert first is second
    assert third is not second
    assert fourth is not third
    assert len(opened) == 3


def test_duty_and_its_channels_are_among_the_vitals(street: Written) -> None:
    """Nothing before it ran; then its age, and what did not go out."""
    with closing(street.store.reader()) as reader:
        before = gather(reader, now_us(), SCENARIOS, FACTORS)
        street.store.dispatch().beat(now_us(), "{}")
        street.store.notices().put(Notice(notice_id="n", kind="late", at_us=now_us()))
        street.store.deliveries().route(lambda *_: [Route("squad", "", now_us())])
        after = gather(reader, now_us(), SCENARIOS, FACTORS)

    assert (before.duty_state, list(before.channels)) == ("never", [])
    assert (after.duty_state, [it[:4] for it in after.channels]) == ("fresh", [("squad", 1, 0, 0)])
