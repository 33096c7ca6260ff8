"""Two reports of one matter are proposed as one; two matters are not."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

import pytest

from bench.same_incidents import told
from street.clock import MINUTE_US
from street.incidents import Incident, Stage
from street.matching import are_kin, proposals

UNSEEN = (2026, 2027, 2028)  # no seed that the matcher was tried on
FIRST = Incident(
    incident_id="officer/1", source="officer", matter="06010", severity=3, title="", lon=120.3262, lat=36.0671,
    reported_us=1_795_500_000_000_000, moved_us=1_795_500_000_000_000,
)  # fmt: skip
NORTH_DEG = 1 / 111_195  # of a metre


def beside(north_m: float = 10, minutes: float = 1, **changes: object) -> Incident:
    """Return another report, so far north and so much later."""
    at_us = FIRST.reported_us + int(minutes * MINUTE_US)
    lat = 36.0671 + north_m * NORTH_DEG
    return replace(FIRST, incident_id="hotline/2", source="hotline", lat=lat, reported_us=at_us, **changes)  # type: ignore[arg-type]  # any field


def pairs(found: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    """Return pairs without an order."""
    return {frozenset(it) for it in found}


@pytest.mark.parametrize("seed", UNSEEN)
def test_nine_of_ten_proposals_are_right_and_eight_of_ten_are_found(seed: int) -> None:
    """On made days whose truth is known, of seeds that nobody looked at."""
    day = told(seed)
    matter_of = {it.incident.incident_id: it.matter_no for it in day}
    true = pairs((a, b) for a, b in combinations(matter_of, 2) if matter_of[a] == matter_of[b])
    reports = [it.incident for it in day]

    got = pairs((it.incident_id, same.incident.incident_id) for it in reports for same in proposals(it, reports))

    assert len(true) > 150
    assert len(true & got) / len(got) >= 0.90
    assert len(true & got) / len(true) >= 0.80


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        pytest.param(beside(49, 14.9), True, id="just near enough and soon enough"),
        pytest.param(beside(51, 1), False, id="too far"),
        pytest.param(beside(10, 15.1), False, id="too late"),
        pytest.param(beside(10, -14), True, id="or earlier"),
        pytest.param(beside(matter="06036"), True, id="a class that people mix up with it"),
        pytest.param(beside(matter="09009"), False, id="another class"),
        pytest.param(beside(matter=""), False, id="no class"),
        pytest.param(beside(lon=None), False, id="no place"),
        pytest.param(beside(stage=Stage.CLOSED), False, id="done already"),
        pytest.param(beside(stage=Stage.DISPATCHED), True, id="somebody is on the way"),
    ],
)
def test_same_class_within_fifty_metres_and_fifteen_minutes(other: Incident, *, is_same: bool) -> None:
    """The rule as people know it."""
    assert [it.incident for it in proposals(FIRST, [FIRST, other])] == ([other] if is_same else [])


def test_two_sensors_tell_of_two_things_and_one_of_one() -> None:
    """Two lamps of one row are two repairs; one bin is one, whatever it is called."""
    lamp = replace(FIRST, asset_id="SL-1", matter="01037")
    next_lamp = beside(20, matter="01037", asset_id="SL-2")
    again = beside(0, matter="06042", asset_id="SL-1", lon=None)

    assert [it.incident for it in proposals(lamp, [next_lamp, again])] == [again]


def test_a_report_that_may_be_of_two_assets_is_of_the_nearer() -> None:
    """Also seen from the assets' side."""
    lamp = replace(FIRST, incident_id="sensing/1", asset_id="SL-1")
    next_lamp = replace(beside(30, 0), incident_id="sensing/2", asset_id="SL-2")
    call = beside(25)

    everything = [lamp, next_lamp, call]

    assert [it.incident.incident_id for it in proposals(call, everything)] == ["sensing/2"]
    assert [it.incident.incident_id for it in proposals(next_lamp, everything)] == ["hotline/2"]
    assert proposals(lamp, everything) == []


def test_the_likeliest_comes_first() -> None:
    """Near and soon before far and late."""
    far, near = replace(beside(40, 2), incident_id="a"), replace(beside(5, 2), incident_id="b")

    assert [it.incident.incident_id for it in proposals(FIRST, [far, near])] == ["b", "a"]


def test_an_unknown_class_is_kin_to_none() -> None:
    """Not even to another unknown one."""
    assert not are_kin("", "")
    assert are_kin("99999", "99999")
