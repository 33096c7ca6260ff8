"""Acts over HTTP: asked of the policy, done once, answered with a sentence where they are not done."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from dashboard.acts import RIGHTS
from layouts.wording import desk_words_in
from street.clock import as_datetime, iso, now_us
from street.incidents import Act, Stage
from street.people import Role
from street.policy import TABLE
from tests.dashboard.acting import Crew
from tests.dashboard.cameras import HERE, PHONE, THERE, staged
from tests.dashboard.conftest import until


@pytest.fixture(scope="module")
def crews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """A dashboard, and people."""
    with staged(tmp_path_factory.mktemp("acts")) as stage:
        yield Crew(stage)


@pytest.fixture
def crew(crews: Crew) -> Crew:
    """The people, before an incident that nobody has touched."""
    return crews.turn()


def test_the_straight_way_leads_from_a_call_to_a_score(crew: Crew) -> None:
    """Each by who may; the answer is the incident as it is then, with personal texts covered."""
    scored = crew.straight(8)

    assert (scored["stage"], scored["score"], scored["version"]) == ("closed", 95, 9)
    assert scored["handler_id"] == crew.id_of("officer")
    assert PHONE not in str(scored)
    assert all(scored[name].endswith("Z") for name in ("reported", "filed", "dispatched", "handled", "closed"))


@pytest.mark.parametrize("act", sorted(RIGHTS))
def test_an_act_is_only_there_for_who_has_its_right(crew: Crew, act: Act) -> None:
    """Whoever has not, or has it elsewhere, is told that there is no such incident; and it is in the audit."""
    body = {"action_id": "t", "incident_id": crew.incident_id, "act": act, "at": iso(now_us())} | {
        "action_id": f"t-{act}"
    }
    strangers = [role for role in Role if role not in TABLE[RIGHTS[act]] and role in TABLE[RIGHTS[Act.NOTE]]]
    allowed = next(role for role in Role if role in TABLE[RIGHTS[act]])

    for name in (*strangers, f"{allowed}-there"):
        crew.who(name, THERE if name.endswith("-there") else HERE)
        assert crew.post(name, "/api/actions", body).status_code == 404
    assert crew.post(allowed, "/api/actions", {**body, "incident_id": "hotline/none"}).status_code == 404
    thing = f"incident/{crew.incident_id}"
    until(lambda: crew.stage.audited(crew.who(f"{allowed}-there"), outcome="refused", object=thing), "it is audited")


@pytest.mark.parametrize("role", [Role.WALL, Role.ADMIN, Role.AUDITOR])
def test_who_may_do_nothing_finds_no_such_address(crew: Crew, role: Role) -> None:
    """Unknown and forbidden look the same."""
    assert crew.act(role, "note").status_code == 404


def test_the_same_tap_again_is_answered_the_same(crew: Crew) -> None:
    """Also after others have moved on: a tablet that lost the first answer is not confused."""
    first = crew.act("operator", "acknowledge", action_id=f"{crew.incident_id[8:]}-x").json()
    crew.act("operator", "dispatch")
    again = crew.act("operator", "acknowledge", action_id=f"{crew.incident_id[8:]}-x").json()

    assert (first["repeat"], again["repeat"]) == (False, True)
    assert again["incident"] == first["incident"]


@pytest.mark.parametrize(("lang", "said"), [("zh", "已先操作"), ("en", "was quicker")])
def test_the_slower_is_told_who_was_quicker_and_what_there_is_now(crew: Crew, lang: str, said: str) -> None:
    """In her language, with the winner's name."""
    seen = crew.straight(1)["version"]
    crew.act("operator", "dispatch", seen_version=seen)
    late = f"{crew.incident_id[8:]}-late"
    body = {"action_id": late, "incident_id": crew.incident_id, "act": "dispatch", "at": iso(now_us())}
    body |= {"officer_id": crew.id_of("officer"), "seen_version": seen}

    answer = crew.post("operator-2", f"/api/actions?lang={lang}", body)

    told = answer.json()
    winner = crew.who("operator").person.login
    assert (answer.status_code, told["error"], told["by"]) == (409, "superseded", winner)
    assert (told["incident"]["stage"], told["incident"]["version"]) == ("dispatched", seen + 1)
    assert said in told["say"]
    assert winner in told["say"]


def test_an_illegal_move_is_told_with_where_it_stands(crew: Crew) -> None:
    """What cannot be done from here; nothing moves."""
    answer = crew.act("grid_worker", "verify")

    assert (answer.status_code, answer.json()["error"], answer.json()["incident"]["stage"]) == (
        409, "illegal", "reported",
    )  # fmt: skip
    assert "上报" in answer.json()["say"]


def test_nobody_verifies_her_own_work_over_http(crew: Crew) -> None:
    """Neither the operator who sent it nor a handler who may also verify; a third closes it."""
    crew.straight(6)

    refused = crew.act("operator", "verify")

    assert (refused.status_code, refused.json()["error"]) == (409, "own-work")
    assert crew.act("operator-2", "verify").json()["incident"]["stage"] == "closed"


def test_another_officer_is_told_that_it_is_not_hers(crew: Crew) -> None:
    """She may handle incidents here, but this one is another's."""
    crew.straight(2)

    assert crew.act("officer-2", "accept").json()["error"] == "not-yours"


def test_an_incident_is_sent_only_to_who_can_accept_it(crew: Crew) -> None:
    """Somebody from elsewhere, an operator, nobody at all: the sender is told at once."""
    crew.straight(1)
    crew.who("officer-there", THERE)

    for officer_id in (crew.id_of("officer-there"), crew.id_of("operator"), "nobody"):
        answer = crew.act("operator", "dispatch", officer_id=officer_id)
        assert (answer.status_code, answer.json()["error"]) == (422, "no-handler")


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"act": "join"}, "unknown-act", "act"),
        ({"act": 7}, "form", "act"),
        ({"at": "now"}, "instant", "at"),
        ({"at": "2026-11-24T08:00:00"}, "instant", "at"),
        ({"at": None}, "missing", "at"),
        ({"sent": 5}, "form", "sent"),
        ({"action_id": "tap/1"}, "characters", "action_id"),
        ({"action_id": ""}, "missing", "action_id"),
        ({"seen_version": "2"}, "range", "seen_version"),
        ({"reason": "a\u202eb"}, "characters", "reason"),
        ({"note": "n" * 2_001}, "too-long", "note"),
        ({"proof": "x.jpg"}, "form", "proof"),
        ({"other_ids": ["x"] * 101}, "too-many", "other_ids"),
        ({"matter": "99999"}, "unknown", "matter"),
        ({"severity": 0}, "range", "severity"),
        ({"colour": "red"}, "unknown-field", "colour"),
    ],
)
def test_what_is_wrong_with_an_order_is_told_by_its_field(
    crew: Crew, changes: dict[str, Any], error: str, field: str
) -> None:
    """A sentence that says what to do, and nothing is done."""
    answer = crew.act("operator", **({"act": "file"} | changes))

    assert (answer.status_code, answer.json()["error"], answer.json()["field"]) == (422, error, field)
    assert answer.json()["say"].endswith("。")
    assert crew.get("operator", f"/api/incidents/{crew.incident_id}").json()["version"] == 1


@pytest.mark.parametrize("hours", [1, -1, 24])
def test_a_device_whose_clock_jumped_is_counted_right(crew: Crew, hours: int) -> None:
    """It says when it tapped and when it sends, both wrong by as much."""
    there = as_datetime(now_us()) + timedelta(hours=hours)

    answer = crew.act("operator", "file", at=there.isoformat(), sent=there.isoformat())

    assert abs(now_us() - int(_us(answer.json()["incident"]["filed"]))) < 5_000_000


def _us(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() * 1_000_000


def test_every_refusal_has_its_sentence_in_both_languages() -> None:
    """And each says what to do: it is more than one clause."""
    for lang, end in (("zh", "。"), ("en", ".")):
        words = desk_words_in(lang)
        says = {name: text for name, text in words.items() if name.startswith("say_")}
        assert {f"stage_{stage}" for stage in Stage} | {f"do_{act}" for act in Act} <= words.keys()
        assert [name for name, text in says.items() if not text.endswith(end) and name != "say_somebody"] == []


def test_merging_asks_the_right_for_each(crew: Crew) -> None:
    """One of them lies elsewhere: to who may not there, it does not exist, and nothing is merged."""
    beside = crew.fresh("hotline/beside")

    assert crew.act("operator", "merge", other_ids=["hotline/1"]).status_code == 404
    assert crew.act("operator", "merge", other_ids=[beside]).status_code == 200
    assert crew.get("operator", f"/api/incidents/{beside}").json()["merged_into"] == crew.incident_id
