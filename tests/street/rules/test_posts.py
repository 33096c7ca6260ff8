"""Posts and tracks: which value need not even be looked at."""

import math

import pytest

from street.assets import Asset
from street.rules.posts import Post, Track, is_plain, lies_in_reach
from street.rules.threshold import Watch
from street.scenarios import Level, Rule
from street.scenarios.conditions import Limit, Measure, Source
from street.scenarios.rule import Across

PLAIN = Source(quantity="level")
ASSET = Asset(asset_id="A", kind="k", name="A", community_id="370202007003", grid_cell_id="370202007003001")


def a_rule(name: str = "r", source: Source = PLAIN, *, above: float = 10, **told: object) -> Rule:
    """A limit of one number."""
    level = Level(severity=3, when=Limit(source=source, raise_above=above, clear_at=above - 2))
    told = {"rule_id": name, "kind": "k", "matter": "", "title": "某", "title_en": "Some", "levels": (level,), **told}
    return Rule(**told)  # type: ignore[arg-type]  # fields of a rule


def test_a_track_knows_the_nearest_limit() -> None:
    """A value below it moves nothing while all is calm."""
    watches = tuple(Watch(a_rule(str(above), above=above), "A", ASSET) for above in (12, 10, 15))
    track = Track("k", "level", watches)

    assert (track.floor, track.ceiling, track.is_calm, track.others) == (-math.inf, 10, True, ())


def test_a_track_is_not_calm_while_something_stands() -> None:
    """Then every value counts."""
    watch = Watch(a_rule(), "A", ASSET)
    post = Post("k", {"r": watch})
    watch.observe(1, 11)

    post.look(watch)

    assert not post.tracks["level"].is_calm


@pytest.mark.parametrize(
    "source",
    [
        Source(quantity="level", measure=Measure.CHANGE, over_s=60),
        Source(quantity="level", measure=Measure.SILENCE),
        Source(quantity="level", less="other"),
    ],
)
def test_what_looks_back_must_see_every_value(source: Source) -> None:
    """A value inside all limits still makes its number."""
    watch = Watch(a_rule(source=source), "A", ASSET)

    assert not is_plain(watch)
    assert Track("k", "level", (watch,)).others == (watch,)


@pytest.mark.parametrize(
    ("areas", "expected"), [((), True), (("370202007003",), True), (("370202007",), True), (("370202008",), False)]
)
def test_a_rule_holds_in_its_areas(areas: tuple[str, ...], expected: bool) -> None:
    """By the beginning of their code."""
    assert lies_in_reach(ASSET, a_rule(only_in=areas)) == expected


def test_a_rule_across_assets_says_so() -> None:
    """It counts others: the post gives it to who can."""
    assert a_rule(across=Across(group="community", share=0.5)).across is not None
