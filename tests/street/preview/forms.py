"""Rules and readings to try previews with."""

from pathlib import Path
from random import Random

from street import strict_yaml
from street.assets import Asset
from street.clock import DAY_US, MINUTE_US, SECOND_US
from street.preview import Series
from street.readings import Reading
from street.scenarios import Rule
from street.scenarios.part import Part
from street.scenarios.quantity import Quantity
from street.scenarios.rule_form import rule_in

NOON_US = 1_795_492_800 * SECOND_US  # 2026-11-24 12:00 in Shanghai
SPAN_US = 3 * DAY_US
KIND = "thing"
QUANTITIES = {name: Quantity(name=name, unit=None, low=-1000, high=1000) for name in ("level", "tilt")}
ASSETS = {
    name: Asset(
        asset_id=name, kind=KIND, name=name, lon=120.3, lat=36.0 + place / 11_119_500, community_id="370202007003"
    )
    for place, name in enumerate("ABCD")
}
SERIES = [
    Series(place + 1, asset_id, quantity)
    for place, (asset_id, quantity) in enumerate((a, q) for a in ASSETS for q in QUANTITIES)
]
HEAD = "severity: 4\ntitle: {zh: 某, en: Some}\n"
RULES = {
    "limit": """
quantity: level
raise_above: 10
clear_at: 8
""",
    "below": """
quantity: level
raise_below: 2
clear_at: 4
""",
    "delays": """
quantity: level
raise_above: 10
clear_at: 8
on_delay_s: 900
off_delay_s: 5400
""",
    "levels": """
quantity: level
raise_above: 8
clear_at: 7
on_delay_s: 300
levels: [{raise_above: 11, clear_at: 9, severity: 3}]
""",
    "night": """
quantity: level
raise_above: 7
clear_at: 5
hours: ["21:20", "05:40"]
on_delay_s: 600
""",
    "join": """
when:
  all:
    - {quantity: level, raise_above: 8, clear_at: 6}
    - {quantity: tilt, raise_above: 8, clear_at: 6}
""",
    "not": """
when:
  all:
    - {quantity: level, raise_above: 8, clear_at: 6}
    - not: {quantity: tilt, raise_above: 7, clear_at: 5}
""",
    "difference": """
quantity: level
less: tilt
raise_above: 5
clear_at: 2
on_delay_s: 300
""",
    "change": """
quantity: level
measure: change
over_s: 5400
raise_above: 7
clear_at: 2
""",
    "fall": """
quantity: level
measure: change
over_s: 3600
raise_below: -4
clear_at: -1
""",
    "stuck": """
quantity: level
measure: spread
over_s: 9000
raise_below: 1
clear_at: 2
""",
    "breaches": """
quantity: level
measure: breaches
over_s: 10800
breach_above: 8
raise_above: 2
clear_at: 0
""",
    "silence": """
quantity: level
measure: silence
raise_above: 3600
""",
    "unusual": """
quantity: level
measure: unusual
least: 1
raise_above: 1.6
clear_at: 1
on_delay_s: 120
""",
    "across": """
quantity: level
raise_above: 8
clear_at: 6
across: {group: neighbours, within_m: 100, of: 4, at_least: 3}
""",
    "around": """
quantity: level
raise_above: 8
clear_at: 6
on_delay_s: 300
across: {group: community, share: 0.5}
""",
}


def a_rule(text: str) -> Rule:
    """Return the rule that *text* says, beside a severity and a title."""
    rule = rule_in(
        "r", Part(Path("rule"), strict_yaml.parse(text + HEAD, "rule"), "", 1), KIND, QUANTITIES, is_trial=True
    )
    assert rule is not None
    return rule


def a_past(seed: int, *, days: int = 3) -> list[Reading]:
    """Return the readings of some days in the order in which they came: waves, jumps, gaps, late and skewed ones."""
    dice = Random(seed)
    readings = []
    for place, series in enumerate(SERIES):
        at_us, level, still = NOON_US - days * DAY_US + place * SECOND_US, dice.uniform(2, 8), 0
        stamps: set[int] = set()
        while at_us < NOON_US:
            at_us += int(dice.choice((5, 5, 5, 10, 20, 40)) * MINUTE_US * dice.uniform(0.9, 1.1))
            if dice.random() < 0.004:
                at_us += dice.randrange(2, 9) * 3_600 * SECOND_US
            still = still - 1 if still else 40 * (dice.random() < 0.003)
            calm = still or dice.random() < 0.5
            level = min(max(level + (0.0 if calm else dice.gauss(0, 1.2)), 0.0), 13.0)
            spike = 0 if still else dice.choice((0, 0, 0, 0, 0, 0, 0, 0, 0, 5))
            lag_us = int(dice.choice((0, 0, 0, 0.3, 90, 500, -40)) * SECOND_US)
            if at_us not in stamps:
                stamps.add(at_us)
                readings.append(
                    Reading(series.asset_id, series.quantity, at_us, at_us + lag_us, round(level + spike, 1))
                )
    readings.sort(key=lambda it: (it.received_us, it.at_us, it.asset_id, it.quantity))
    return readings
