"""What is done to incidents: once, by one, all of it or nothing."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from street.clock import DAY_US, HOUR_US, MINUTE_US
from street.errors import (
    FieldError,
    IllegalTransitionError,
    NotAllowedError,
    StoreError,
    SupersededError,
    UnknownIncidentError,
)
from street.incidents import Act, Incident, Order, Stage
from street.people import Actor
from street.store import Outcome, Store, Writer, open_store
from tests.street.store.makers import KEY, NOON_US, an_incident, deeds, rows

OPERATOR, WANG, LI, CHECKER = (Actor(f"p-{name}", name) for name in ("operator", "wang", "li", "checker"))
ID = "rules/a-1"
STRAIGHT = (
    (Act.FILE, OPERATOR), (Act.DISPATCH, OPERATOR), (Act.ACCEPT, WANG), (Act.DEPART, WANG), (Act.ARRIVE, WANG),
    (Act.HANDLE, WANG), (Act.VERIFY, CHECKER), (Act.SCORE, CHECKER),
)  # fmt: skip
FULL: dict[str, Any] = {
    "reason": "why", "note": "what", "officer_id": WANG.person_id, "proof": ("after.jpg",), "score": 95,
}  # fmt: skip


def an_order(act: Act, action_id: str = "", **changes: Any) -> Order:
    """Return an order at noon that lacks nothing the straight way needs."""
    known = FULL | {"action_id": action_id or f"tap-{act}", "incident_id": ID, "act": act, "at_us": NOON_US}
    return Order(**(known | changes))


def report(writer: Writer, *incident_ids: str, **changes: Any) -> None:
    """Report incidents as ingest does."""
    batch = writer.begin(NOON_US)
    for incident_id in incident_ids or (ID,):
        batch.report_incident(an_incident(incident_id, **changes))
    batch.commit()


def do(store: Store, act: Act, by: Actor = OPERATOR, action_id: str = "", **changes: Any) -> Outcome:
    """Do one act."""
    now_us = changes.pop("now_us", NOON_US)
    return store.acts().act(an_order(act, action_id, **changes), by=by, now_us=now_us)


def advanced(store: Store, steps: int) -> Incident:
    """Go the first *steps* of the straight way."""
    for act, by in STRAIGHT[:steps]:
        outcome = do(store, act, by)
    return outcome.incident


def stored(store: Store, incident_id: str = ID) -> Incident:
    """Return an incident as a reader sees it."""
    reader = store.reader()
    [found] = reader.incidents([incident_id])
    reader.close()
    return found


def everything(store: Store) -> list[Any]:
    """Return what an act may touch."""
    tables = ("incidents", "incident_actions", "audit", "changes", "notices", "alarms", "alarm_transitions")
    return [rows(store, f"SELECT * FROM {table} ORDER BY 1") for table in tables]


def test_an_act_leaves_its_row_its_line_its_audit_and_its_change(store: Store, writer: Writer) -> None:
    """All four of one transaction: whoever looks sees all or nothing."""
    report(writer)
    [before] = rows(store, "SELECT max(seq) FROM changes")
    outcome = do(store, Act.FILE, reason="clear case")

    assert outcome == (stored(store), False)
    assert (outcome.incident.stage, outcome.incident.version, outcome.incident.filed_us) == (Stage.FILED, 2, NOON_US)
    last = store.acts().timeline(ID)[-1]
    assert (last.act, last.stage, last.by, last.reason, last.version) == ("file", "filed", "operator", "clear case", 2)
    [entry] = deeds(store, "incident.")
    assert (entry.action, entry.object, entry.by.login, entry.reason) == (
        "incident.file", f"incident/{ID}", "operator", "clear case",
    )  # fmt: skip
    assert (entry.before, entry.after) == ('{"stage":"reported","version":1}', '{"stage":"filed","version":2}')
    assert rows(store, f"SELECT body FROM changes WHERE seq > {before[0]}") == [('{"i":["rules/a-1"]}',)]
    assert store.audit().verify().ok


def test_the_straight_way_is_told_step_by_step(store: Store, writer: Writer) -> None:
    """From report to score, each with who and when; what was shown as proof as well."""
    report(writer)

    scored = advanced(store, len(STRAIGHT))

    done = store.acts().timeline(ID)
    assert [it.act for it in done] == ["reported", *(str(act) for act, _ in STRAIGHT)]
    assert [it.by for it in done] == ["", *(by.login for _, by in STRAIGHT)]
    assert next(it.details["proof"] for it in done if it.act == "handle") == ["after.jpg"]
    assert (scored.stage, scored.score) == (Stage.CLOSED, 95)


def test_the_same_tap_twice_is_one_act_and_one_answer(store: Store, writer: Writer) -> None:
    """The tablet's first answer was lost, and others have moved on meanwhile: it hears what it would have heard."""
    report(writer)
    first = do(store, Act.FILE, action_id="tap-1")
    do(store, Act.DISPATCH)
    counted = everything(store)

    again = do(store, Act.FILE, action_id="tap-1", now_us=NOON_US + HOUR_US)

    assert again == (first.incident, True)
    assert everything(store) == counted


@pytest.mark.parametrize(
    "changes", [{"act": Act.DISMISS}, {"incident_id": "rules/a-2"}, {"by": WANG}], ids=["act", "incident", "person"]
)
def test_an_action_id_that_means_something_else_is_refused(
    store: Store, writer: Writer, changes: dict[str, Any]
) -> None:
    """Two taps under one id: a broken client, or a curious one."""
    report(writer, ID, "rules/a-2")
    do(store, Act.FILE, action_id="tap-1")
    counted = everything(store)

    with pytest.raises(FieldError, match="action_id: used"):
        do(store, **({"act": Act.FILE, "action_id": "tap-1"} | changes))

    assert everything(store) == counted


def test_the_slower_of_two_officers_is_told_who_was_quicker(store: Store, writer: Writer) -> None:
    """Both saw version 3, offered to a department; the second must look again, and nothing of hers is kept."""
    report(writer)
    do(store, Act.FILE)
    seen = do(store, Act.DISPATCH, officer_id="", department_id="squad").incident.version
    do(store, Act.ACCEPT, WANG, "tap-wang", seen_version=seen)
    counted = everything(store)

    with pytest.raises(SupersededError) as refused:
        do(store, Act.ACCEPT, LI, "tap-li", seen_version=seen)
    with pytest.raises(IllegalTransitionError) as blind:
        do(store, Act.ACCEPT, LI, "tap-li")

    assert (refused.value.current, refused.value.by) == (stored(store), "wang")
    assert (blind.value.current, blind.value.by) == (stored(store), "wang")
    assert everything(store) == counted
    assert stored(store).handler_id == WANG.person_id


def test_a_version_that_is_not_there_yet_is_refused(store: Store, writer: Writer) -> None:
    """Seen in a store that was restored since."""
    report(writer)

    with pytest.raises(SupersededError):
        do(store, Act.FILE, seen_version=9)


@pytest.mark.parametrize("aside", [Act.NOTE, Act.ESCALATE, Act.SUPERVISE])
def test_what_is_said_beside_it_supersedes_nobody(store: Store, writer: Writer, aside: Act) -> None:
    """An officer without signal whose incident was escalated meanwhile may still have arrived."""
    report(writer)
    seen = advanced(store, 4).version
    do(store, aside, CHECKER)

    arrived = do(store, Act.ARRIVE, WANG, seen_version=seen).incident

    assert (arrived.stage, arrived.version) == (Stage.ON_SCENE, seen + 2)


def test_what_is_not_there_is_said(store: Store, writer: Writer) -> None:
    """The same for one of several to be merged: then none is."""
    report(writer)
    counted = everything(store)

    with pytest.raises(UnknownIncidentError, match="rules/no"):
        do(store, Act.FILE, incident_id="rules/no")
    with pytest.raises(UnknownIncidentError, match="rules/no"):
        do(store, Act.MERGE, other_ids=("rules/no",))

    assert everything(store) == counted


@pytest.mark.parametrize(
    ("act", "by", "changes", "error"),
    [
        (Act.VERIFY, CHECKER, {}, IllegalTransitionError),
        (Act.HANDLE, LI, {}, IllegalTransitionError),
        (Act.ARRIVE, LI, {}, NotAllowedError),
        (Act.RETURN, WANG, {"reason": " "}, FieldError),
        (Act.EXTEND, OPERATOR, {"until_us": NOON_US - 1}, FieldError),
    ],
)
def test_what_is_refused_leaves_nothing(
    store: Store, writer: Writer, act: Act, by: Actor, changes: dict[str, Any], error: type[Exception]
) -> None:
    """An illegal move, another's incident, a missing reason: no row of any table is touched."""
    report(writer)
    advanced(store, 4)
    counted = everything(store)

    with pytest.raises(error):
        do(store, act, by, "tap-x", **changes)

    assert everything(store) == counted


def test_an_unknown_matter_files_nothing(store: Store, writer: Writer) -> None:
    """It would have no limits and no department, and nobody would notice."""
    report(writer)

    with pytest.raises(FieldError, match="matter: unknown"):
        do(store, Act.FILE, matter="99999")

    assert do(store, Act.FILE, matter="06010").incident.matter == "06010"


def test_merging_keeps_every_history_and_splitting_gives_it_back(store: Store, writer: Writer) -> None:
    """One act for all of them, and one to undo it."""
    report(writer, ID, "hotline/7", "hotline/8")
    do(store, Act.FILE, incident_id="hotline/8", action_id="tap-8")
    do(store, Act.MERGE, action_id="tap-m", other_ids=("hotline/7", "hotline/8"))
    merged = [stored(store, name) for name in ("hotline/7", "hotline/8")]

    do(store, Act.SPLIT, action_id="tap-s", other_ids=("hotline/8",))

    assert [(it.stage, it.merged_into) for it in merged] == [(Stage.MERGED, ID), (Stage.MERGED, ID)]
    assert [stored(store, name).stage for name in (ID, "hotline/7", "hotline/8")] == [
        Stage.REPORTED, Stage.MERGED, Stage.FILED,
    ]  # fmt: skip
    assert [it.act for it in store.acts().timeline("hotline/8")] == ["reported", "file", "join", "undo"]
    assert [(it.act, it.details["other_ids"]) for it in store.acts().timeline(ID)[1:]] == [
        ("merge", ["hotline/7", "hotline/8"]), ("split", ["hotline/8"]),
    ]  # fmt: skip


def test_undoing_a_merge_is_told_on_both_sides(store: Store, writer: Writer) -> None:
    """From the one that was taken in: its main one says so as well."""
    report(writer, ID, "hotline/7")
    do(store, Act.MERGE, action_id="tap-m", other_ids=("hotline/7",))

    do(store, Act.UNDO, action_id="tap-u", incident_id="hotline/7")

    assert (stored(store, "hotline/7").stage, stored(store, "hotline/7").merged_into) == (Stage.REPORTED, "")
    assert [it.act for it in store.acts().timeline(ID)] == ["reported", "merge", "split"]


def test_one_that_cannot_be_merged_keeps_all_apart(store: Store, writer: Writer) -> None:
    """The second of two is closed: neither moves."""
    report(writer, ID, "hotline/7", "hotline/8")
    do(store, Act.DISMISS, incident_id="hotline/8", action_id="tap-d")
    counted = everything(store)

    with pytest.raises(IllegalTransitionError, match="hotline/8 is dismissed"):
        do(store, Act.MERGE, action_id="tap-m", other_ids=("hotline/7", "hotline/8"))
    with pytest.raises(FieldError, match="other_ids: not-merged"):
        do(store, Act.SPLIT, action_id="tap-s", other_ids=("hotline/7",))

    assert everything(store) == counted


@pytest.mark.parametrize("ahead_us", [HOUR_US, DAY_US, -HOUR_US])
def test_a_clock_that_jumped_is_kept_beside_ours(store: Store, writer: Writer, ahead_us: int) -> None:
    """The device's time is told, the incident goes by what can be true."""
    report(writer)
    now_us = NOON_US + 10 * MINUTE_US
    tapped_us = now_us - 2 * MINUTE_US + ahead_us

    filed = do(store, Act.FILE, at_us=tapped_us, sent_us=now_us + ahead_us, now_us=now_us).incident

    last = store.acts().timeline(ID)[-1]
    assert filed.filed_us == now_us - 2 * MINUTE_US
    assert (last.at_us, last.counted_us, last.stored_us) == (tapped_us, now_us - 2 * MINUTE_US, now_us)


def test_an_alarm_that_returns_to_normal_closes_nothing_and_is_told(store: Store, writer: Writer) -> None:
    """The verifier reads it in the timeline; the version that people saw stays."""
    report(writer)
    seen = advanced(store, 6).version
    batch = writer.begin(NOON_US + 1)
    batch.recover_incident(ID, NOON_US + 1)
    batch.commit()

    assert (stored(store).stage, stored(store).recovered_us) == (Stage.CHECKING, NOON_US + 1)
    assert store.acts().timeline(ID)[-1].act == "recovered"
    assert do(store, Act.VERIFY, CHECKER, seen_version=seen).incident.stage is Stage.CLOSED


def test_the_audit_names_who_altered_an_act(store: Store, writer: Writer) -> None:
    """Hash-chained: the first altered row is named."""
    report(writer)
    advanced(store, 4)
    with store._write_engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER audit_kept")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
        connection.exec_driver_sql("UPDATE audit SET login = 'li' WHERE action = 'incident.accept'")

    verdict = store.audit().verify()

    assert (verdict.ok, verdict.first_bad, verdict.why) == (False, 3, "changed")


# -- failpoints: the transaction breaks at every one of its statements ---------------------------------------------


class BreakError(Exception):
    """What breaks."""


def break_at(store: Store, number: int, how: Callable[[], None]) -> Callable[[], int]:
    """Have statement *number* of the next transaction break; return what counts the statements."""
    seen = [0]

    def before(*_: Any) -> None:
        seen[0] += 1
        if seen[0] == number:
            how()

    event.listen(store._write_engine, "before_cursor_execute", before)
    return lambda: seen[0]


def boom() -> None:
    """Break."""
    raise BreakError


BREAKING = [
    pytest.param(Act.FILE, {}, id="file"),
    pytest.param(Act.ACKNOWLEDGE, {}, id="acknowledge"),
    pytest.param(Act.MERGE, {"other_ids": ("hotline/7",)}, id="merge"),
]


@pytest.mark.parametrize(("act", "changes"), BREAKING)
def test_an_act_that_breaks_anywhere_leaves_nothing_and_can_be_done_again(
    store: Store, writer: Writer, act: Act, changes: dict[str, Any]
) -> None:
    """At each statement in turn, until one goes through; then it is there once."""
    report(writer, ID, "hotline/7")
    before = everything(store)
    number, is_done = 0, False
    while not is_done:
        number += 1
        assert number < 60, "it never went through"
        broken = open_store(store._url.render_as_string(hide_password=False), lambda: NOON_US, audit_key=KEY)
        statements = break_at(broken, number, boom)
        try:
            do(broken, act, action_id="tap-1", **changes)
            is_done = True
        except BreakError:
            assert everything(store) == before
        broken.close()

    assert statements() == number - 1 >= 8  # each had its turn
    assert len([it for it in store.acts().timeline(ID) if it.action_id == "tap-1"]) == 1
    assert do(store, act, action_id="tap-1", **changes).is_repeat
    assert store.audit().verify().ok


def _act_and_die(url: str, number: int) -> None:
    store = open_store(url, lambda: NOON_US, audit_key=KEY)
    break_at(store, number, lambda: os.kill(os.getpid(), signal.SIGKILL))
    do(store, Act.FILE, action_id="tap-1")
    os.kill(os.getpid(), signal.SIGKILL)  # after the commit, before anybody heard of it


@pytest.mark.faults
@pytest.mark.parametrize("number", [*range(1, 14), 99])
def test_a_process_killed_anywhere_in_an_act_loses_and_doubles_nothing(
    store: Store, writer: Writer, number: int
) -> None:
    """Killed at a statement, or after the commit: the same tap again makes it one act, told once."""
    report(writer)
    url = store._url.render_as_string(hide_password=False)
    worker = multiprocessing.get_context("spawn").Process(target=_act_and_die, args=(url, number))
    worker.start()
    worker.join(30)

    outcome = do(store, Act.FILE, action_id="tap-1")

    assert worker.exitcode == -signal.SIGKILL
    assert outcome.incident.version == 2
    assert [it.act for it in store.acts().timeline(ID)] == ["reported", "file"]
    assert len(deeds(store, "incident.file")) == 1
    assert store.audit().verify().ok


def test_without_the_audits_key_nothing_is_done(url: str, writer: Writer) -> None:
    """An act that cannot be audited is not done."""
    report(writer)
    keyless = open_store(url, lambda: NOON_US)

    with pytest.raises(StoreError, match="without the audit's key"):
        do(keyless, Act.FILE)

    assert stored(keyless).stage is Stage.REPORTED
    keyless.close()
