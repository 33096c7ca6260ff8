"""How strictly a rule is read.

A rule is one limit in its own keys, or a join under `when`; whatever `levels` add says only what differs from it.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from street.scenarios.conditions import OVER, All, Condition, Either, Limit, Measure, Not, Source
from street.scenarios.part import Part
from street.scenarios.quantity import Quantity
from street.scenarios.rule import AREAS, NEIGHBOURS, Across, Level, Rationale, Rule
from street.scenarios.schedule import schedule_in

RULE_ID: Final = re.compile(r"[a-z][a-z0-9-]*")
MILD: Final = (3, 4)  # the severities that open no incident
CAUSES: Final = ("circuit",)
RATIONALE: Final = ("cause", "consequence", "response")
MOST_LEVELS: Final = 4
LONGEST_S: Final = 86_400.0  # what a number looks back: it is recalled at each start
LIMIT_KEYS: Final = ("raise_above", "raise_below", "clear_at")
SOURCE_KEYS: Final = ("quantity", "less", "measure", "over_s", "least", "breach_above", "breach_below")


def rule_in(
    rule_id: str, part: Part, kind: str, quantities: Mapping[str, Quantity], *, is_trial: bool = False
) -> Rule | None:
    """Return the rule that *part* says, None where it is switched off.

    Args:
        rule_id: how it is called.
        part: its keys.
        kind: of the assets at which it holds.
        quantities: what these measure.
        is_trial: whether it is only tried: then it need not be enabled, nor say why it is there.

    Raises:
        ConfigError: it breaks the form.
    """
    if not RULE_ID.fullmatch(rule_id):
        part.refuse("", f"a name like {RULE_ID.pattern}", rule_id)
    is_enabled = part.switch("enabled", default=True)
    levels = _levels(part, quantities)
    matter = part.take("matter", "")
    if not isinstance(matter, str) or not re.fullmatch(r"(\d{5})?", matter):
        part.refuse("matter", 'five digits in quotes, or ""', matter)
    title, title_en = part.words("title")
    rule = Rule(
        rule_id=rule_id, kind=kind, matter=matter, title=title, title_en=title_en, levels=levels,
        schedule=schedule_in(part), across=_across(part), only_in=_only_in(part), is_momentary=_momentary(part, levels),
        files_itself=part.choice("files", ("person", "auto"), "person") == "auto",
        cause=_cause(part, levels), rationale=_rationale(part, is_needed=is_enabled and not is_trial),
    )  # fmt: skip
    if rule.across is not None and (rule.cause or rule.is_momentary):
        part.refuse("across", "neither cause nor momentary beside it", part.keys["across"])
    part.close()
    return rule if is_enabled or is_trial else None


# ------------------------------------------------------------------------------------------------------- levels


def _levels(part: Part, quantities: Mapping[str, Quantity]) -> tuple[Level, ...]:
    """Return the rule's own level and those that it adds, each graver than the one before."""
    first = Level(severity=_severity(part), when=_when(part, quantities), **_delays(part, {}))
    levels = [first]
    for more in part.listed("levels"):
        before = levels[-1]
        inherited = {"on_delay_s": first.on_delay_s, "off_delay_s": first.off_delay_s}
        level = Level(
            severity=_severity(more), when=_next_when(more, first.when, quantities), **_delays(more, inherited)
        )
        if level.severity >= before.severity:
            more.refuse("severity", f"graver than {before.severity}, the level before", level.severity)
        if (level.when, level.on_delay_s) == (before.when, before.on_delay_s):
            more.refuse("", "a limit or a delay that differs from the level before", dict(more.keys))
        more.close()
        levels.append(level)
    if len(levels) > MOST_LEVELS:
        part.refuse("levels", f"at most {MOST_LEVELS - 1}", len(levels) - 1)
    return tuple(levels)


def _severity(part: Part) -> int:
    severity = part.take("severity")
    if type(severity) is not int or severity not in (1, 2, 3, 4):
        part.refuse("severity", "1, 2, 3 or 4", severity)
    return severity


def _delays(part: Part, inherited: Mapping[str, float]) -> dict[str, float]:
    return {key: part.number(key, inherited.get(key, 0.0), least=0) for key in ("on_delay_s", "off_delay_s")}


def _when(part: Part, quantities: Mapping[str, Quantity]) -> Condition:
    """Return the condition of the rule itself: `when`, or the limit in its own keys."""
    if "when" not in part.keys:
        return _limit(part, quantities)
    if doubled := sorted(part.left & {*LIMIT_KEYS, *SOURCE_KEYS}):
        part.refuse(doubled[0], "it under `when`, which is there", part.keys[doubled[0]])
    return _condition(part.part("when"), quantities, closes=True)


def _next_when(part: Part, first: Condition, quantities: Mapping[str, Quantity]) -> Condition:
    """Return the condition of a further level: its own `when`, its own limit of the same number, or the rule's."""
    if "when" in part.keys:
        return _condition(part.part("when"), quantities, closes=True)
    if not part.left & set(LIMIT_KEYS):
        return first
    if not isinstance(first, Limit):
        part.refuse("", "`when` with the whole condition, as the rule has", dict(part.keys))
    return _limited(part, first.source, quantities)


# --------------------------------------------------------------------------------------------------- conditions


def _condition(part: Part, quantities: Mapping[str, Quantity], *, closes: bool) -> Condition:
    joins = [key for key in ("all", "any", "not") if key in part.keys]
    if len(joins) > 1:
        part.refuse(joins[1], "one of all, any, not, or a limit", part.keys[joins[1]])
    if not joins:
        found: Condition = _limit(part, quantities)
    elif joins == ["not"]:
        found = Not(_condition(part.part("not"), quantities, closes=True))
    else:
        parts = tuple(_condition(it, quantities, closes=True) for it in part.listed(joins[0]))
        if len(parts) < 2:
            part.refuse(joins[0], "a list of two conditions or more", part.keys[joins[0]])
        found = All(parts) if joins == ["all"] else Either(parts)
    if closes:
        part.close()
    return found


def _limit(part: Part, quantities: Mapping[str, Quantity]) -> Limit:
    return _limited(part, _source(part, quantities), quantities)


def _source(part: Part, quantities: Mapping[str, Quantity]) -> Source:
    quantity = _quantity(part, "quantity", quantities)
    less = _quantity(part, "less", quantities) if "less" in part.keys else ""
    measure = Measure(part.choice("measure", [it.value for it in Measure], Measure.VALUE.value))
    source = Source(
        quantity=quantity, less=less, measure=measure, over_s=part.number("over_s", 0.0, least=1),
        least=part.number("least", 0.0, least=1e-6),
        breach_above=part.number("breach_above", None), breach_below=part.number("breach_below", None),
    )  # fmt: skip
    if less and measure is not Measure.VALUE:
        part.refuse("less", "it beside measure: value only", less)
    if (measure in OVER) != bool(source.over_s) or source.over_s > LONGEST_S:
        part.refuse("over_s", f"seconds up to {LONGEST_S:g}, beside change, spread and breaches only", source.over_s)
    if (measure is Measure.UNUSUAL) != bool(source.least):
        part.refuse("least", "half of the narrowest usual range, beside measure: unusual only", source.least)
    breaking = [source.breach_above, source.breach_below].count(None)
    if breaking != (1 if measure is Measure.BREACHES else 2):
        part.refuse("breach_above", "it or breach_below, beside measure: breaches only", source.breach_above)
    return source


def _quantity(part: Part, key: str, quantities: Mapping[str, Quantity]) -> str:
    name = part.text(key)
    if name.partition(".")[0] not in quantities:
        part.refuse(key, f"one of {', '.join(quantities)}", name)
    return name


def _limited(part: Part, source: Source, quantities: Mapping[str, Quantity]) -> Limit:
    above, below = part.number("raise_above", None), part.number("raise_below", None)
    if (above is None) == (below is None):
        part.refuse("raise_above", "either raise_above or raise_below", [above, below])
    is_silence = source.measure is Measure.SILENCE
    clear_at = part.number("clear_at", 0.0) if is_silence else part.number("clear_at")
    if above is not None and not clear_at < above:
        part.refuse("clear_at", f"less than raise_above ({above:g})", clear_at)
    if below is not None and not clear_at > below:
        part.refuse("clear_at", f"more than raise_below ({below:g})", clear_at)
    if is_silence and (below is not None or clear_at):
        part.refuse("raise_above", "seconds of silence, which the next word ends", [above, below, clear_at])
    limit = above if above is not None else below
    quantity = quantities[source.quantity.partition(".")[0]]
    if source.measure is Measure.VALUE and not source.less and not quantity.low <= limit <= quantity.high:
        key = "raise_above" if above is not None else "raise_below"
        part.refuse(key, f"a limit inside the plausible {quantity.low:g}…{quantity.high:g}", limit)
    return Limit(source=source, clear_at=clear_at, raise_above=above, raise_below=below)


# ------------------------------------------------------------------------------------------ what stands beside


def _cause(part: Part, levels: tuple[Level, ...]) -> str:
    cause = part.take("cause", "")
    is_plain = len(levels) == 1 and levels[0].severity in MILD
    if "cause" in part.keys and (cause not in CAUSES or not is_plain):
        part.refuse("cause", "circuit, beside severity 3 or 4 and no levels", cause)
    return str(cause)


def _momentary(part: Part, levels: tuple[Level, ...]) -> bool:
    is_momentary = part.switch("momentary")
    if is_momentary and any(level.on_delay_s for level in levels):
        part.refuse("momentary", "false beside on_delay_s: what must last is not momentary", is_momentary)
    when = levels[0].when
    is_plain = isinstance(when, Limit) and when.source == Source(quantity=when.source.quantity)
    if is_momentary and (len(levels) > 1 or not is_plain):
        part.refuse("momentary", "false beside levels, joins and measures", is_momentary)
    return is_momentary


def _across(part: Part) -> Across | None:
    if "across" not in part.keys:
        return None
    told = part.part("across")
    group = told.choice("group", (NEIGHBOURS, *AREAS))
    across = Across(
        group=group, within_m=told.number("within_m", 0.0, least=1), of=told.whole("of", 0, least=2),
        at_least=told.whole("at_least", 0, least=2), share=told.number("share", 0.0, least=0.01),
    )  # fmt: skip
    if (group == NEIGHBOURS) != bool(across.within_m and across.of):
        told.refuse("group", "within_m and of, beside neighbours only", group)
    if bool(across.at_least) == bool(across.share) or across.share > 1:
        told.refuse("at_least", "it, or a share of at most 1", [across.at_least, across.share])
    if across.of and across.at_least > across.of:
        told.refuse("at_least", f"at most of ({across.of})", across.at_least)
    told.close()
    return across


def _only_in(part: Part) -> tuple[str, ...]:
    areas = part.take("only_in", [])
    is_list = isinstance(areas, list) and all(isinstance(it, str) and it.isdigit() for it in areas)
    if not is_list or (not areas and "only_in" in part.keys):
        part.refuse("only_in", 'a list of area codes in quotes, like ["370202007001"]', areas)
    return tuple(areas)


def _rationale(part: Part, *, is_needed: bool) -> Rationale | None:
    """Return why the rule is one; without that it can only be switched off."""
    if "why" not in part.keys:
        if is_needed:
            part.miss("why", f"a rule is enabled only with its {', '.join(RATIONALE)}")
        return None
    told = part.part("why")
    texts: dict[str, Any] = {key: told.words(key) for key in RATIONALE}
    told.close()
    return Rationale(**texts)
