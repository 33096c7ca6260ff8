"""Groups of assets, and how they count each other; how their alarms go is in timelines.yaml."""

import time

import pytest

from street.assets import Asset
from street.clock import SECOND_US
from street.readings import Reading
from street.rules import Rules
from street.rules.joint import METRES_PER_DEGREE, groups
from street.scenarios import Level, Rule, Scenario, Scenarios
from street.scenarios.conditions import Limit, Source
from street.scenarios.rule import Across

NEAR = Across(group="neighbours", within_m=100, of=4, at_least=3)


def an_asset(name: str, metres: float = 0.0, **told: str) -> Asset:
    """An asset so many metres north."""
    lat = 36.0 + metres / METRES_PER_DEGREE
    return Asset(asset_id=name, kind="lamp", name=name, lon=120.3, lat=lat, **told)  # type: ignore[arg-type]  # texts


def test_neighbours_are_the_nearest_in_reach() -> None:
    """At most as many as are named, and none beyond the distance."""
    row = [
        an_asset(name, metres) for name, metres in (("A", 0), ("B", 30), ("C", 60), ("D", 95), ("E", 101), ("F", 230))
    ]

    found = groups(row, NEAR)

    assert found["A"] == ["B", "C", "D"]
    assert found["E"] == ["D", "C", "B"]
    assert found["F"] == []


def test_neighbours_are_found_over_the_borders_of_a_bucket() -> None:
    """The same as measuring all of them."""
    lamps = [an_asset(str(number), number * 7.3) for number in range(300)]

    found = groups(lamps, NEAR)

    for place, lamp in enumerate(lamps):
        others = sorted((abs(place - other) * 7.3, str(other)) for other in range(300) if other != place)
        assert set(found[lamp.asset_id]) <= {name for away, name in others if away <= 100}
        assert len(found[lamp.asset_id]) == 3


@pytest.mark.parametrize("group", ["community", "grid_cell", "road", "circuit"])
def test_an_area_is_all_that_lie_in_it(group: str) -> None:
    """Who lies nowhere has no fellows."""
    key = "road" if group == "road" else f"{group}_id"
    them = [an_asset("A", **{key: "x"}), an_asset("B", **{key: "x"}), an_asset("C", **{key: "y"}), an_asset("D")]

    found = groups(them, Across(group=group, share=0.5))

    assert found == {"A": ["B"], "B": ["A"], "C": [], "D": []}


def many(count: int) -> tuple[Rules, dict[str, Asset]]:
    """A rule that holds for half of a community, at so many lamps."""
    level = Level(severity=3, when=Limit(source=Source(quantity="power"), raise_below=5, clear_at=20))
    rule = Rule(
        rule_id="dark", kind="lamp", matter="", title="暗", title_en="Dark", levels=(level,),
        across=Across(group="community", share=0.5),
    )  # fmt: skip
    lamps = {str(number): an_asset(str(number), number, community_id="c") for number in range(count)}
    scenario = Scenario(
        kind="lamp", name="灯", name_en="Lamp", icon="lamp", interval_s=60, quantities={}, rules=(rule,)
    )  # fmt: skip
    return Rules(Scenarios({"lamp": scenario}), assets=lamps), lamps


def test_one_alarm_tells_of_a_whole_area() -> None:
    """However many are in it, and in whatever order they fall dark and burn again."""
    rules, lamps = many(60)
    said = [
        move
        for step, value in enumerate([1.0] * 60 + [50.0] * 60, 60)
        for move in rules.observe(
            lamps[str(step % 60)], Reading(str(step % 60), "power", step * SECOND_US, step * SECOND_US, value)
        )
    ]

    assert [type(move).__name__ for move in said] == ["Raise", "Clear"]
    assert said[0].alarm.asset_id == "29"  # type: ignore[union-attr]  # a Raise: the thirtieth of sixty


def test_an_area_of_many_is_counted_quickly() -> None:
    """Each change is told to the others, and none of them counts them all anew."""
    rules, lamps = many(400)
    for number, lamp in enumerate(lamps.values()):
        rules.observe(lamp, Reading(lamp.asset_id, "power", number + 1, number + 1, 50.0))
    begun_s = time.process_time()

    for step in range(1, 4_001):
        lamp = lamps[str(step % 400)]
        at_us = step * SECOND_US
        rules.observe(lamp, Reading(lamp.asset_id, "power", at_us, at_us, 1.0 if step % 7 else 50.0))

    assert time.process_time() - begun_s < 4
