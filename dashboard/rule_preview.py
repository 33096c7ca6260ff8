"""POST /api/rules/preview: what a rule would have done in the last 7 or 30 days, before somebody lets it loose.

    {"kind": "noise_meter", "rule_id": "noise-by-night", "days": 7, "rule": "quantity: noise_laeq …"}

`rule` is YAML as in a scenario file, without its id; left out, it is the one of the file. The answer is that of a
whole replay of the stored readings. Where these do not go back so far, or would take too long to go through, it covers
the newest part alone and says so.
"""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.office import Office
from street import strict_yaml
from street.clock import DAY_US, HOUR_US, SECOND_US, STREET_ZONE, as_datetime, iso
from street.errors import ConfigError
from street.preview import TAIL_MIN, Outcome, Plan, Planner, Series, first_hour, replay, thinned
from street.rules.gauges import NOTHING_USUAL, Usual
from street.rules.posts import lies_in_reach
from street.rules.recall import USUAL_HOURS, usual_hours
from street.scenarios import Rule, Scenario, load_scenarios
from street.scenarios.conditions import Measure
from street.scenarios.part import Part
from street.scenarios.rule_form import rule_in
from street.store import Reader
from street.store.past import named_series, past_hours, past_readings, purged_to_us

DAYS: Final = (7, 30)
MOST_ROWS: Final = 700_000  # of a rule that is told by last values: about two seconds
MOST_ROWS_AROUND: Final = 300_000  # of one that counts neighbours
MOST_ROWS_BACK: Final = 400_000  # of one that looks back: each goes through the rules themselves
WAIT_S: Final = 5.0
LONGEST_ID: Final = 64
_TURN: Final = threading.BoundedSemaphore(1)  # one at a time: it takes a core


class Wish(NamedTuple):
    """What somebody asks."""

    kind: str
    rule_id: str
    days: int
    text: str | None


class Told(NamedTuple):
    """What came of it. `series` are those that are stored, `whole` says whether all of the time was gone through."""

    outcome: Outcome
    plan: Plan
    series: int
    whole: str  # "" when it was, else why not: `purged` or `too-many`


def routes(office: Office) -> list[Route]:
    """Return the route of previews."""

    async def preview(request: Request) -> Response:
        wish = _wish(await request.body())
        if wish is None:
            return JSONResponse({"error": "form"}, 422)
        return await run_in_threadpool(answer, office, wish)

    return [Route("/api/rules/preview", preview, methods=["POST"])]


def answer(office: Office, wish: Wish) -> Response:
    """Answer with what the rule would have done."""
    scenarios = load_scenarios()
    scenario = scenarios.get(wish.kind)
    if scenario is None:
        return JSONResponse({"error": "unknown-kind"}, 422)
    try:
        rule = wanted_rule(scenario, wish)
    except ConfigError as error:
        return JSONResponse({"error": "rule", "say": str(error)}, 422)
    if rule is None:
        return JSONResponse({"error": "unknown-rule"}, 422)
    if not _TURN.acquire(timeout=WAIT_S):
        return JSONResponse({"error": "busy"}, 429, {"retry-after": "5"})
    try:
        now_us = office.now_us()
        with office.reader() as reader:
            told = tried(reader, rule, now_us - wish.days * DAY_US, now_us)
    finally:
        _TURN.release()
    return JSONResponse(as_told(wish, told), headers={"cache-control": "no-store"})


def wanted_rule(scenario: Scenario, wish: Wish) -> Rule | None:
    """Return the rule that is asked for, None where the file has none of this name.

    Raises:
        ConfigError: its text breaks the form; the message names line and key.
    """
    if wish.text is None:
        return next((rule for rule in scenario.rules if rule.rule_id == wish.rule_id), None)
    part = Part(Path("rule"), strict_yaml.parse(wish.text, "rule"), "", 1)
    return rule_in(wish.rule_id, part, scenario.kind, scenario.quantities, is_trial=True)


def tried(reader: Reader, rule: Rule, from_us: int, to_us: int, most_rows: int | None = None) -> Told:
    """Return what *rule* makes of the stored readings of the range.

    Args:
        reader: of the store.
        rule: which.
        from_us: [µs].
        to_us: [µs], not included.
        most_rows: how many readings are gone through at most; None takes what is quick enough.
    """
    assets = {it.asset_id: it for it in reader.assets() if it.kind == rule.kind and lies_in_reach(it, rule)}
    series = [Series(*it) for it in named_series(reader, list(assets), sorted(rule.quantities))]
    kept_us = purged_to_us(reader)
    begin_us = max(from_us, kept_us)
    usual = _usual(reader, rule, series, begin_us, to_us)
    hours = past_hours(reader, [it.series_id for it in series], first_hour(rule, begin_us) * HOUR_US, to_us)
    planner = Planner(rule, series, hours, usual, begin_us, to_us)
    plan = planner.plan(most_rows or most_rows_of(rule))
    rows = past_readings(reader, plan.wanted)
    while more := planner.unread(plan, rows):
        rows += past_readings(reader, more)
        for hour, series_ids in more.items():
            plan.wanted.setdefault(hour, []).extend(series_ids)
    first_us = first_hour(rule, plan.from_us) * HOUR_US if rule_looks_back(rule) else plan.from_us
    tails = {hour: set(them) - set(plan.wanted.get(hour, ())) for hour, them in plan.tails.items()}
    rows += past_readings(reader, {hour: sorted(them) for hour, them in tails.items() if them}, TAIL_MIN)
    readings = thinned([row for row in rows if first_us <= row[1] < to_us], series, rule, usual)
    outcome = replay(rule, assets, readings, plan.from_us, to_us, usual)
    whole = "too-many" if plan.from_us > begin_us else "purged" if begin_us > from_us else ""
    return Told(outcome, plan, len(series), whole)


def rule_looks_back(rule: Rule) -> bool:
    """Return whether a number of *rule* is made of more than the last value."""
    return any(source.over_s for source in rule.sources)


def most_rows_of(rule: Rule) -> int:
    """Return how many readings of *rule* are quick enough to go through."""
    is_simple = all(it.measure in (Measure.VALUE, Measure.UNUSUAL) and not it.less for it in rule.sources)
    if not is_simple or rule.is_momentary:
        return MOST_ROWS_BACK
    return MOST_ROWS if rule.across is None else MOST_ROWS_AROUND


def as_told(wish: Wish, told: Told) -> dict[str, Any]:
    """Return the answer in plain values; every local day of the range is in it."""
    outcome = told.outcome
    first = as_datetime(outcome.from_us).astimezone(STREET_ZONE).date()
    last = as_datetime(outcome.to_us - 1).astimezone(STREET_ZONE).date()
    days = [(first + timedelta(days=day)).isoformat() for day in range((last - first).days + 1)]
    return {
        "kind": wish.kind, "rule_id": wish.rule_id, "days": wish.days,
        "from": iso(outcome.from_us), "to": iso(outcome.to_us), "is_whole": not told.whole, "not_whole": told.whole,
        "series": told.series, "readings": told.plan.all_rows,
        "alarms": outcome.alarms, "assets": len(outcome.assets), "standing": outcome.standing,
        "longest_s": round(outcome.longest_us / SECOND_US, 3),
        "per_day": [{"day": day, "alarms": outcome.by_day[day]} for day in days],
        "by_severity": {str(severity): outcome.by_severity[severity] for severity in sorted(outcome.by_severity)},
    }  # fmt: skip


def _usual(reader: Reader, rule: Rule, series: list[Series], from_us: int, to_us: int) -> Usual:
    asked = {source.quantity for source in rule.sources if source.measure is Measure.UNUSUAL}
    them = [it for it in series if it.quantity in asked]
    if not them:
        return NOTHING_USUAL
    back_h = USUAL_HOURS + (to_us - from_us) // HOUR_US
    hours: dict[int, list[tuple[int, float, float]]] = {}
    for series_id, hour, _, low, high in past_hours(
        reader, [it.series_id for it in them], to_us - back_h * HOUR_US, to_us
    ):
        hours.setdefault(series_id, []).append((hour * HOUR_US, low, high))
    return {(it.asset_id, it.quantity): usual_hours(hours.get(it.series_id, ()), to_us, int(back_h)) for it in them}


def _wish(body: bytes) -> Wish | None:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(said, dict) or not {"kind", "rule_id", "days"} <= said.keys() <= {
        "kind",
        "rule_id",
        "days",
        "rule",
    }:
        return None
    kind, rule_id, days, text = said["kind"], said["rule_id"], said["days"], said.get("rule")
    is_named = all(isinstance(it, str) and 0 < len(it) <= LONGEST_ID for it in (kind, rule_id))
    is_right = is_named and type(days) is int and days in DAYS and isinstance(text, str | None)
    return Wish(kind, rule_id, days, text) if is_right else None
