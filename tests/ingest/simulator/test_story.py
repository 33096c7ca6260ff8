"""Which fault plays where, and when."""

import itertools
from collections import Counter
from pathlib import Path

import street
from ingest.simulator.nature import Nature
from ingest.simulator.plots import PLOTS
from ingest.simulator.roster import read_roster
from ingest.simulator.story import GRAVE, OPENING, PREROLL_S, Episode, Story
from street.assets import Asset
from street.scenarios import load_scenarios

ROSTER = read_roster(Path(street.__file__).parent / "geo" / "demo_assets.csv")
LIVE_S = 1_795_492_800.0
HOUR_S = 3600.0


def a_story(*, past_h: float = 0, seed: int = 7, assets: list[Asset] = ROSTER) -> Story:
    """A story that goes live at noon."""
    return Story(Nature(seed), assets, begin_s=LIVE_S - max(past_h * HOUR_S, PREROLL_S), live_s=LIVE_S)


def told(story: Story, hours: float) -> list[Episode]:
    """All episodes that begin before so many hours after the live start."""
    return list(itertools.takewhile(lambda one: one.begin_s < LIVE_S + hours * HOUR_S, story.episodes()))


def test_the_same_seed_tells_the_same_story() -> None:
    """A fault found in a demo can be played again."""
    assert told(a_story(), 6) == told(a_story(), 6)
    assert told(a_story(), 6) != told(a_story(seed=8), 6)


def test_episodes_come_in_order() -> None:
    """The timeline admits them one after the other."""
    begins = [one.begin_s for one in told(a_story(past_h=12), 6)]

    assert begins == sorted(begins)


def test_the_opening_has_its_cast() -> None:
    """A renamed asset must not quietly drop out of the first two minutes."""
    names = Counter(one.plot.name for one in told(a_story(), 2 / 60) if one.begin_s < LIVE_S + 130)

    assert names == Counter(name for _, name, _, _ in OPENING)
    assert len(next(one for one in told(a_story(), 1) if one.plot.name == "circuit-out").assets) == 15
    assert len(next(one for one in told(a_story(), 1) if one.plot.name == "gateway-silent").assets) > 3


def test_the_opening_finds_the_street_in_order() -> None:
    """In the fifty minutes before, and during it, nothing else begins: what is raised is what is meant."""
    others = [
        one
        for one in told(a_story(past_h=24), 1)
        if LIVE_S - 3000 < one.begin_s < LIVE_S + 135
        and (one.begin_s - LIVE_S, one.plot.name) not in {(offset, name) for offset, name, _, _ in OPENING}
    ]

    assert others == []


def test_grave_alarms_are_few_in_the_long_run() -> None:
    """Nobody can close an incident yet: a wall left on for a day must stay readable, well below twelve an hour."""
    severity = {
        "camera-sees-lane": 2, "tree-leaning": 2, "manhole-open": 2, "tide": 2, "elder-calls": 1, "smoke": 1,
    }  # fmt: skip
    grave = [one for one in told(a_story(), 24) if one.plot.name in severity and one.begin_s > LIVE_S + 300]

    assert set(severity) == {name for _, name in GRAVE}
    assert 40 <= len(grave) <= 50


def test_every_plot_gets_its_turn() -> None:
    """A plot that never plays is dead code."""
    assert {one.plot.name for one in told(a_story(), 12)} == set(PLOTS)


def test_the_past_has_its_story_too() -> None:
    """A back-filled day without any fault would make dull charts."""
    past = [one for one in told(a_story(past_h=24), 0) if one.begin_s < LIVE_S - HOUR_S]

    assert len({one.plot.name for one in past}) > 10
    assert all(one.begin_s >= LIVE_S - 24 * HOUR_S for one in past)


def test_assets_play_only_what_fits_their_kind() -> None:
    """A lamp does not overflow; only a silent gateway takes others with it."""
    for one in told(a_story(), 12):
        kinds = {asset.kind for asset in one.assets}
        assert one.plot.kind in kinds
        assert kinds == {one.plot.kind} or one.plot.name == "gateway-silent"


def test_an_episode_changes_its_asset_while_it_lasts() -> None:
    """And not a second longer."""
    story = a_story()
    smoke = next(one for one in told(story, 1) if one.plot.name == "smoke")
    story.admit(smoke)
    [asset] = smoke.assets

    def is_smoking(at_s: float) -> object:
        values = story.values(asset, at_s)
        assert values is not None
        return values["smoke"]

    assert not is_smoking(smoke.begin_s - 1)
    assert is_smoking(smoke.begin_s)
    assert is_smoking(smoke.end_s - 1)
    assert not is_smoking(smoke.end_s)


def test_a_silent_gateway_silences_who_speaks_through_it() -> None:
    """That is how devices go stale together."""
    story = a_story()
    silent = next(one for one in told(story, 1) if one.plot.name == "gateway-silent")
    story.admit(silent)

    assert {story.values(asset, silent.begin_s + 5) is None for asset in silent.assets} == {True}
    assert all(asset.gateway_id == "GW-04" for asset in silent.assets[1:])


def test_moments_end_with_the_end() -> None:
    """The last word of an episode is that it is over."""
    flood = next(one for one in told(a_story(), 1) if one.plot.name == "flood")
    moments = list(flood.moments())

    assert moments[0] == flood.begin_s
    assert moments[-1] == flood.end_s
    assert moments[1] - moments[0] == flood.plot.step_s


def test_a_street_with_few_assets_has_fewer_faults() -> None:
    """A deployment that simulates three lamps gets lamps' faults and no crash."""
    lamps = [asset for asset in ROSTER if asset.kind == "streetlight"][:3]

    assert {one.plot.kind for one in told(a_story(assets=lamps), 6)} == {"streetlight"}


def test_every_plot_has_a_kind_with_a_scenario() -> None:
    """Else nothing could notice it."""
    assert {plot.kind for plot in PLOTS.values()} <= set(load_scenarios())
