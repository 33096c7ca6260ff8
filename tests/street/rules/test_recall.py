"""What rules need of the past."""

from street.clock import HOUR_US
from street.rules.recall import USUAL_HOURS, reach_us, reaches, silences, unusual, usual_hours
from street.scenarios import Level, Rule, Scenario, Scenarios
from street.scenarios.conditions import All, Condition, Limit, Measure, Source
from street.scenarios.rule import Across


def a_limit(quantity: str, measure: Measure = Measure.VALUE, **told: object) -> Limit:
    """A limit of 1."""
    return Limit(source=Source(quantity=quantity, measure=measure, **told), raise_above=1, clear_at=0)  # type: ignore[arg-type]  # fields


def a_rule(name: str, when: Condition, across: Across | None = None) -> Rule:
    """A rule of one level."""
    return Rule(
        rule_id=name, kind="k", matter="", title="某", title_en="Some", levels=(Level(severity=3, when=when),),
        across=across,
    )  # fmt: skip


RULES = (
    a_rule("plain", a_limit("plain")),
    a_rule("change", a_limit("level", Measure.CHANGE, over_s=60.0)),
    a_rule("stuck", a_limit("level", Measure.SPREAD, over_s=7200.0)),
    a_rule("join", All((a_limit("power"), a_limit("on")))),
    a_rule("standing", a_limit("objects", less="moving")),
    a_rule("around", a_limit("dark"), Across(group="community", share=0.5)),
    a_rule("mute", a_limit("peak", Measure.SILENCE)),
    a_rule("odd", a_limit("noise", Measure.UNUSUAL, least=1.0)),
)
SCENARIOS = Scenarios(
    {"k": Scenario(kind="k", name="物", name_en="Thing", icon="i", interval_s=60, quantities={}, rules=RULES)}
)


def test_only_what_must_be_recalled_is() -> None:
    """Readings of a day are many: a limit of one value needs none of them."""
    assert reaches(SCENARIOS) == {
        ("k", "level"): 7_200_000_000, ("k", "power"): 0, ("k", "on"): 0, ("k", "objects"): 0, ("k", "moving"): 0,
        ("k", "dark"): 0,
    }  # fmt: skip


def test_who_asks_for_silence_and_for_usual_hours_is_known() -> None:
    """Both begin before the first reading comes."""
    assert silences(RULES) == {("k", "peak")}
    assert unusual(SCENARIOS) == {("k", "noise")}


def test_a_rule_looks_back_as_far_as_its_longest_number() -> None:
    """A preview reads that much before it begins."""
    assert [reach_us(rule) for rule in RULES[:3]] == [0, 60_000_000, 7_200_000_000]


def test_hours_that_are_too_old_are_left_out() -> None:
    """And those of the future."""
    now_us = 5_000 * HOUR_US
    told = [(hour * HOUR_US, 1.0, 2.0) for hour in range(5_000 - 2 * USUAL_HOURS, 5_010)]

    hours = usual_hours(told, now_us)

    assert (hours.first, len(hours.lows)) == (5_000 - USUAL_HOURS, USUAL_HOURS + 1)
    assert list(hours.lows) == [1.0] * (USUAL_HOURS + 1)
