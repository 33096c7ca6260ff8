"""Previews: equal to a whole replay of what is stored, quick, and honest about what they leave out."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from dashboard.rule_preview import DAYS, Told, Wish, as_told, tried, wanted_rule
from street.clock import DAY_US, HOUR_US
from street.config.sections import RetentionConfig
from street.people import Role
from street.preview import Outcome, first_hour, replay
from street.readings import Flag, Reading
from street.rules.recall import usual_hours
from street.scenarios import Rule, load_scenarios
from street.store import Reader, open_store
from tests.dashboard.cameras import Stage, staged
from tests.street.preview.forms import ASSETS, NOON_US, RULES, a_past, a_rule

FLAGS = (Flag.LATE, Flag.IMPLAUSIBLE, Flag.STUCK, Flag.RETAINED, Flag.CLOCK_SKEW)
SEEDS = range(4)
FROM_US = NOON_US - 3 * DAY_US


def flagged(readings: list[Reading], seed: int) -> list[Reading]:
    """Give some a flag, and some hours nothing that is live."""
    dice = Random(seed)
    dead = {NOON_US // HOUR_US - dice.randrange(72) for _ in range(6)}
    return [
        it._replace(flags=int(Flag.LATE if it.at_us // HOUR_US in dead else dice.choice(FLAGS)))
        if it.at_us // HOUR_US in dead or dice.random() < 0.03
        else it
        for it in readings
    ]


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed {seed}")
def past(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A store that was told the readings in the order in which they came, five weeks of one of them beforehand."""
    path = tmp_path_factory.mktemp("past") / "street.db"
    with closing(open_store(f"sqlite:///{path}", now_us=lambda: NOON_US)) as store:
        store.register_assets(list(ASSETS.values()))
        with closing(store.writer()) as writer:
            readings = a_past(request.param + 100, days=35) if request.param == 0 else a_past(request.param)
            for begin in range(0, len(readings), 500):
                batch = writer.begin(NOON_US)
                batch.add_readings(flagged(readings, request.param)[begin : begin + 500])
                batch.commit()
        with closing(store.reader()) as reader:
            yield reader


def replayed(reader: Reader, rule: Rule, from_us: int, to_us: int) -> Outcome:
    """Feed every stored reading through the rules, in the order in which they came: the slow and plain way."""
    begin_us = first_hour(rule, from_us) * HOUR_US if any(it.over_s for it in rule.sources) else from_us
    columns = "s.asset_id, s.quantity, r.at_us, r.received_us, r.value, r.flags"
    rows = reader.rows(
        text(
            f"SELECT {columns} FROM readings r JOIN series s ON s.series_id = r.series_id "
            "WHERE r.at_us >= :begin AND r.at_us < :end ORDER BY r.received_us, r.at_us, r.series_id"
        ),
        {"begin": begin_us, "end": to_us},
    )
    hours: dict[tuple[str, str], list[tuple[int, float, float]]] = {}
    for asset_id, quantity, hour, low, high in reader.rows(
        text("SELECT s.asset_id, s.quantity, hour, low, high FROM rollup_hour h JOIN series s USING (series_id)")
    ):
        hours.setdefault((asset_id, quantity), []).append((hour * HOUR_US, low, high))
    usual = {name: usual_hours(them, to_us, 40 * 7 * 24) for name, them in hours.items()}
    return replay(rule, ASSETS, [Reading(*row) for row in rows], from_us, to_us, usual)


@pytest.mark.parametrize("name", RULES)
def test_a_preview_is_a_whole_replay(past: Reader, name: str) -> None:
    """Alarm by alarm: what is left unread can move nothing."""
    rule = a_rule(RULES[name])

    told = tried(past, rule, FROM_US, NOON_US)

    assert told.outcome.told == replayed(past, rule, FROM_US, NOON_US).told
    assert told.whole == ""


def test_a_preview_reads_little_of_a_quiet_month(past: Reader) -> None:
    """A limit that is hardly broken costs hardly anything."""
    told = tried(past, a_rule("quantity: level\nraise_above: 17.5\nclear_at: 17\n"), FROM_US, NOON_US)

    assert told.plan.rows < told.plan.all_rows / 5


@pytest.mark.parametrize("name", ["limit", "levels", "change", "across"])
def test_a_preview_of_too_much_covers_the_newest_part(past: Reader, name: str) -> None:
    """And says from when on; that part is exact."""
    rule = a_rule(RULES[name])

    told = tried(past, rule, FROM_US, NOON_US, most_rows=150)

    assert told.whole == "too-many"
    assert FROM_US < told.outcome.from_us < NOON_US
    assert told.outcome.told == replayed(past, rule, told.outcome.from_us, NOON_US).told


def test_what_is_only_kept_as_sums_is_not_guessed(tmp_path: Path) -> None:
    """Where readings were removed by age, the preview begins with the first that is kept."""
    kept_us = NOON_US - DAY_US
    with closing(open_store(f"sqlite:///{tmp_path}/street.db", now_us=lambda: NOON_US)) as store:
        store.register_assets(list(ASSETS.values()))
        with closing(store.writer()) as writer:
            batch = writer.begin(NOON_US)
            batch.add_readings(a_past(1))
            batch.commit()
            limits = replace(RetentionConfig(), readings_days=1)
            while writer.purge(NOON_US, limits):
                pass
        with closing(store.reader()) as reader:
            told = tried(reader, a_rule(RULES["limit"]), FROM_US, NOON_US)

    assert told.whole == "purged"
    assert told.outcome.from_us >= kept_us


def told_of(told: Told, days: int = 7) -> dict[str, Any]:
    """Return the answer as a page gets it."""
    return as_told(Wish("thing", "r", days, None), told)


def test_the_answer_says_what_a_person_asks(past: Reader) -> None:
    """How many, at how many assets, the longest, and each day, also those without any."""
    answer = told_of(tried(past, a_rule(RULES["limit"]), FROM_US, NOON_US))

    assert answer["alarms"] == sum(it["alarms"] for it in answer["per_day"])
    assert [it["day"] for it in answer["per_day"]] == [
        "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24",
    ]  # fmt: skip
    assert (answer["is_whole"], answer["from"]) == (True, "2026-11-21T04:00:00Z")


def test_the_rule_of_the_file_is_previewed_where_none_is_told() -> None:
    """To see what it costs as it is."""
    scenario = load_scenarios()["noise_meter"]

    rule = wanted_rule(scenario, Wish("noise_meter", "noise-by-night", DAYS[0], None))

    assert rule in scenario.rules
    assert wanted_rule(scenario, Wish("noise_meter", "no-such", DAYS[0], None)) is None


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A dashboard over a street."""
    with staged(tmp_path_factory.mktemp("street")) as made:
        yield made


def asked(stage: Stage, role: Role, body: dict[str, object]) -> httpx.Response:
    """Return what somebody of this role is answered."""
    who = stage.sign_in(role)
    with stage.serving.browser(who) as browser:
        return browser.post("/api/rules/preview", json=body, headers=who.csrf)


EDITED = "quantity: noise_laeq\nraise_above: 60\nclear_at: 57\nseverity: 3\ntitle: {zh: 响, en: Loud}\n"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        pytest.param({"kind": "noise_meter", "rule_id": "x", "days": 7, "rule": EDITED}, 200, "alarms", id="edited"),
        pytest.param({"kind": "noise_meter", "rule_id": "noise-by-day", "days": 30}, 200, "per_day", id="as it is"),
        pytest.param({"kind": "noise_meter", "rule_id": "x", "days": 8}, 422, "form", id="days"),
        pytest.param({"kind": "noise_meter", "days": 7}, 422, "form", id="no name"),
        pytest.param({"kind": "volcano", "rule_id": "x", "days": 7}, 422, "unknown-kind", id="kind"),
        pytest.param({"kind": "noise_meter", "rule_id": "x", "days": 7}, 422, "unknown-rule", id="rule"),
        pytest.param(
            {"kind": "noise_meter", "rule_id": "x", "days": 7, "rule": EDITED.replace("clear_at: 57", "clear_at: 61")},
            422, "rule:3: clear_at: expected less than raise_above (60), got 61", id="wrong",
        ),
        pytest.param({"kind": "noise_meter", "rule_id": "x", "days": 7, "rule": "- a"}, 422, "rule:1", id="no mapping"),
    ],
)  # fmt: skip
def test_who_may_edit_rules_is_answered(stage: Stage, body: dict[str, object], status: int, said: str) -> None:
    """With figures, or with the line and key that are wrong."""
    response = asked(stage, Role.OPERATOR, body)

    assert (response.status_code, said in response.text) == (status, True)


def test_who_may_not_edit_rules_gets_no_preview(stage: Stage) -> None:
    """A leader looks at what is, not at what might be."""
    response = asked(stage, Role.LEADER, {"kind": "noise_meter", "rule_id": "x", "days": 7})

    assert response.status_code == 404
