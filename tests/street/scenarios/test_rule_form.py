"""How a rule is written, and how strictly that is read."""

from pathlib import Path

import pytest

from street import strict_yaml
from street.errors import ConfigError
from street.scenarios.conditions import All, Either, Limit, Measure, Not, Source
from street.scenarios.part import Part
from street.scenarios.quantity import Quantity
from street.scenarios.rule import Across, Rule
from street.scenarios.rule_form import rule_in
from street.scenarios.schedule import Schedule

QUANTITIES = {name: Quantity(name=name, unit=None, low=0, high=100) for name in ("level", "tilt")}
WHY = "why: {cause: {zh: 因, en: C}, consequence: {zh: 果, en: E}, response: {zh: 办, en: R}}\n"
HEAD = "severity: 3\ntitle: {zh: 某, en: Some}\n" + WHY
LIMIT = "quantity: level\nraise_above: 10\nclear_at: 8\n"
LEVEL = Limit(source=Source(quantity="level"), raise_above=10, clear_at=8)
TILT = Limit(source=Source(quantity="tilt"), raise_below=5, clear_at=9)


def read(text: str, *, is_trial: bool = False) -> Rule | None:
    """Read one rule."""
    return rule_in("r", Part(Path("f"), strict_yaml.parse(text, "f"), "", 1), "kind", QUANTITIES, is_trial=is_trial)


def a_rule(text: str) -> Rule:
    """Read one rule that is enabled."""
    rule = read(text + HEAD)
    assert rule is not None
    return rule


def test_one_limit_needs_no_more_than_its_keys() -> None:
    """Most rules are one."""
    rule = a_rule(LIMIT)

    assert [level.when for level in rule.levels] == [LEVEL]
    assert (rule.schedule, rule.across, rule.only_in) == (Schedule(), None, ())


def test_conditions_are_joined() -> None:
    """All, any and not, two deep."""
    tilt = "{quantity: tilt, raise_below: 5, clear_at: 9}"
    rule = a_rule(
        "when:\n  all:\n    - {quantity: level, raise_above: 10, clear_at: 8}\n"
        f"    - any:\n      - {tilt}\n      - not: {tilt}\n"
    )

    assert rule.levels[0].when == All((LEVEL, Either((TILT, Not(TILT)))))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("measure: change\nover_s: 600\n", Source(quantity="level", measure=Measure.CHANGE, over_s=600)),
        ("measure: spread\nover_s: 600\n", Source(quantity="level", measure=Measure.SPREAD, over_s=600)),
        (
            "measure: breaches\nover_s: 60\nbreach_below: 1\n",
            Source(quantity="level", measure=Measure.BREACHES, over_s=60, breach_below=1),
        ),
        ("measure: unusual\nleast: 2\n", Source(quantity="level", measure=Measure.UNUSUAL, least=2)),
        ("less: tilt\n", Source(quantity="level", less="tilt")),
    ],
)
def test_a_limit_may_be_set_to_another_number(text: str, source: Source) -> None:
    """Of the same quantity: how it changes, stands still, breaks, is unusual, or is left over."""
    assert a_rule(LIMIT + text).sources == (source,)


def test_silence_needs_no_end() -> None:
    """The next word ends it."""
    rule = a_rule("quantity: level\nmeasure: silence\nraise_above: 900\n")

    assert rule.levels[0].when == Limit(
        source=Source(quantity="level", measure=Measure.SILENCE), raise_above=900, clear_at=0
    )


def test_a_level_says_only_what_differs() -> None:
    """From the rule itself, not from the level before."""
    rule = a_rule(
        LIMIT + "on_delay_s: 60\noff_delay_s: 30\n"
        "levels: [{raise_above: 20, clear_at: 15, severity: 2}, {on_delay_s: 600, severity: 1}]\n"
    )

    assert [(it.severity, it.on_delay_s, it.off_delay_s) for it in rule.levels] == [
        (3, 60, 30),
        (2, 60, 30),
        (1, 600, 30),
    ]
    assert rule.levels[2].when == rule.levels[0].when == LEVEL
    assert rule.levels[1].when == Limit(source=Source(quantity="level"), raise_above=20, clear_at=15)


def test_neighbours_areas_hours_and_days_are_read() -> None:
    """Where and when it holds, and who has to agree."""
    rule = a_rule(
        LIMIT + "across: {group: neighbours, within_m: 100, of: 5, at_least: 3}\nonly_in: ['370202007']\n"
        "hours: [['07:00', '08:30'], ['22:00', '06:00']]\ndays: workdays\nseason: ['11-15', '03-15']\n"
    )

    assert rule.across == Across(group="neighbours", within_m=100, of=5, at_least=3)
    assert rule.only_in == ("370202007",)
    assert rule.schedule == Schedule(
        hours=((420, 510), (1320, 360)), days=("workdays",), seasons=(((11, 15), (3, 15)),)
    )


def test_a_rule_can_be_switched_off() -> None:
    """It is read as strictly, so that it can be switched on at any time."""
    assert read(LIMIT + HEAD + "enabled: false\n") is None
    with pytest.raises(ConfigError, match="unknown key"):
        read(LIMIT + HEAD + "enabled: false\nlimit: 3\n")


def test_a_rule_without_its_reasons_cannot_be_enabled() -> None:
    """ISA-18.2: without cause, consequence and response it is an event, not an alarm."""
    bare = LIMIT + HEAD.replace(WHY, "")

    with pytest.raises(
        ConfigError, match=r"f:1: why: missing: a rule is enabled only with its cause, consequence, resp"
    ):
        read(bare)
    assert read(bare + "enabled: false\n") is None
    assert read(bare, is_trial=True) is not None


MISTAKES = [
    ("severity: 3\n", "", r"severity: missing"),
    ("response: {zh: 办, en: R}", "respond: {zh: 办, en: R}", r"f:6: why: response: missing"),
    ("response: {zh: 办, en: R}", "response: {zh: 办, en: ''}", r"why\.response\.en: expected text"),
    ("quantity: level", "quantity: mood", r"f:1: quantity: expected one of level, tilt, got 'mood'"),
    ("quantity: level", "quantity: level\nmeasure: mean", r"f:2: measure: expected one of value, change"),
    ("quantity: level", "quantity: level\nmeasure: change", r"over_s: expected seconds up to 86400, beside change"),
    ("quantity: level", "quantity: level\nmeasure: change\nover_s: 90000", r"f:3: over_s: expected seconds up to"),
    ("quantity: level", "quantity: level\nover_s: 60", r"f:2: over_s: expected seconds up to 86400, beside"),
    ("quantity: level", "quantity: level\nmeasure: unusual", r"least: expected half of the narrowest usual range"),
    ("quantity: level", "quantity: level\nleast: 2", r"f:2: least: expected half"),
    ("quantity: level", "quantity: level\nmeasure: breaches\nover_s: 60", r"breach_above: expected it or breach_below"),
    ("quantity: level", "quantity: level\nbreach_above: 3", r"f:2: breach_above: expected it or breach_below"),
    (
        "quantity: level",
        "quantity: level\nless: tilt\nmeasure: silence",
        r"f:2: less: expected it beside measure: value",
    ),
    ("raise_above: 10", "raise_above: 200", r"f:2: raise_above: expected a limit inside the plausible 0…100"),
    ("clear_at: 8", "clear_at: 12", r"f:3: clear_at: expected less than raise_above \(10\), got 12"),
    ("clear_at: 8", "clear_at: 8\nwhen: {quantity: tilt}", r"f:3: clear_at: expected it under `when`"),
    (
        "clear_at: 8",
        "clear_at: 8\nlevels: [{severity: 3, on_delay_s: 9}]",
        r"levels\.0\.severity: expected graver than 3",
    ),
    ("clear_at: 8", "clear_at: 8\nlevels: [{severity: 2}]", r"levels\.0: expected a limit or a delay that differs"),
    ("clear_at: 8", "clear_at: 8\nlevels: [{severity: 2, raise_above: 20}]", r"levels\.0: clear_at: missing"),
    ("clear_at: 8", "clear_at: 8\nlevels: high", r"f:4: levels: expected a list of mappings"),
    (
        "clear_at: 8",
        "clear_at: 8\ncause: circuit\nlevels: [{severity: 2, on_delay_s: 9}]",
        r"f:4: cause: expected circuit",
    ),
    (
        "clear_at: 8",
        "clear_at: 8\nmomentary: true\nmeasure: change\nover_s: 9",
        r"f:4: momentary: expected false beside",
    ),
    (
        "clear_at: 8",
        "clear_at: 8\nacross: {group: moon, share: 0.5}",
        r"f:4: across\.group: expected one of neighbours",
    ),
    ("clear_at: 8", "clear_at: 8\nacross: {group: neighbours, share: 0.5}", r"across\.group: expected within_m and of"),
    ("clear_at: 8", "clear_at: 8\nacross: {group: road}", r"across\.at_least: expected it, or a share"),
    ("clear_at: 8", "clear_at: 8\nacross: {group: road, share: 1.5}", r"across\.at_least: expected it, or a share"),
    (
        "clear_at: 8",
        "clear_at: 8\nacross: {group: road, at_least: 1}",
        r"at_least: expected a whole number of at least 2",
    ),
    (
        "clear_at: 8",
        "clear_at: 8\nacross: {group: neighbours, within_m: 9, of: 3, at_least: 4}",
        r"across\.at_least: expected at most of \(3\), got 4",
    ),
    (
        "clear_at: 8",
        "clear_at: 8\nmomentary: true\nacross: {group: road, share: 0.5}",
        r"across: expected neither cause",
    ),
    ("clear_at: 8", "clear_at: 8\nonly_in: 370202007", r"f:4: only_in: expected a list of area codes in quotes"),
    ("clear_at: 8", "clear_at: 8\nonly_in: []", r"f:4: only_in: expected a list"),
    ("clear_at: 8", "clear_at: 8\ndays: never", r"f:4: days: expected workdays, days_off, or a list"),
    ("clear_at: 8", "clear_at: 8\ndays: [monday]", r"f:4: days: expected workdays"),
    ("clear_at: 8", "clear_at: 8\nhours: ['22:00']", r"f:4: hours: expected two different local times"),
    ("clear_at: 8", "clear_at: 8\nseason: ['13-01', '02-01']", r"f:4: season: expected two days like"),
    ("clear_at: 8", "clear_at: 8\nenabled: maybe", r"f:4: enabled: expected true or false"),
]


@pytest.mark.parametrize(("right", "wrong", "complaint"), MISTAKES)
def test_a_mistake_is_told_with_line_and_key(right: str, wrong: str, complaint: str) -> None:
    """Whoever edits a rule is told where, and what would be right."""
    with pytest.raises(ConfigError, match=complaint):
        read((LIMIT + HEAD).replace(right, wrong, 1))


@pytest.mark.parametrize(
    ("when", "complaint"),
    [
        ("{all: [{quantity: level, raise_above: 10, clear_at: 8}]}", r"when\.all: expected a list of two conditions"),
        ("{all: [], any: []}", r"when\.any: expected one of all, any, not"),
        ("{not: [{quantity: level, raise_above: 10, clear_at: 8}]}", r"when\.not: expected a mapping of keys"),
        ("{quantity: level, raise_above: 10, clear_at: 8, mood: 1}", r"when\.mood: unknown key"),
        ("{not: {quantity: level, raise_above: 10}}", r"when\.not: clear_at: missing"),
    ],
)
def test_a_join_that_is_none_is_told(when: str, complaint: str) -> None:
    """Its parts are named by their place."""
    with pytest.raises(ConfigError, match=complaint):
        read(f"when: {when}\n{HEAD}")
