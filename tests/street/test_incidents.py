"""Incidents: what may be done when, by whom, and what it leaves behind."""

from dataclasses import fields
from typing import Any

import pytest

from street.clock import DAY_US, HOUR_US, MINUTE_US
from street.errors import FieldError, IllegalTransitionError, NotAllowedError
from street.incidents import MOVES, OPEN_STAGES, Act, Incident, Order, Stage, advance, settled_us

NOON_US = 1_795_500_000_000_000
# Every act by hand: from where, and where it leads ("=": it stays, "<": back to where it was).
TABLE = """
file         reported                                            filed
acknowledge  reported filed                                      filed
dismiss      reported filed                                      dismissed
merge        reported filed dispatched accepted en_route on_scene  =
join         reported filed                                      merged
split        reported filed dispatched accepted en_route on_scene checking closed suspended dismissed merged  =
undo         dismissed merged                                    <
dispatch     filed                                               dispatched
withdraw     dispatched                                          filed
transfer     dispatched accepted en_route on_scene               dispatched
accept       dispatched                                          accepted
return       dispatched accepted en_route on_scene               filed
depart       accepted                                            en_route
arrive       en_route                                            on_scene
handle       on_scene                                            checking
verify       checking                                            closed
rework       checking                                            dispatched
extend       dispatched accepted en_route on_scene               =
suspend      accepted en_route on_scene                          suspended
resume       suspended                                           <
supervise    reported filed dispatched accepted en_route on_scene checking suspended  =
escalate     reported filed dispatched accepted en_route on_scene checking  =
reopen       closed                                              filed
score        closed                                              =
note         reported filed dispatched accepted en_route on_scene checking closed suspended dismissed merged  =
"""
EXPECTED = {
    (Act(act), Stage(stage)): to for act, *stages, to in map(str.split, TABLE.strip().splitlines()) for stage in stages
}
CELLS = [(act, stage) for act in Act for stage in Stage]
BACK = Stage.EN_ROUTE


def an_incident(**changes: Any) -> Incident:
    """Make a reported incident."""
    known = {
        "incident_id": "hotline/1",
        "source": "hotline",
        "matter": "",
        "severity": 3,
        "title": "路面破损",
        "reported_us": 1,
        "moved_us": 1,
    }
    return Incident(**(known | changes))


def an_order(act: Act, **changes: Any) -> Order:
    """Make an order that lacks nothing, given by nobody in particular."""
    known: dict[str, Any] = {
        "action_id": "a-1", "incident_id": "hotline/1", "act": act, "at_us": NOON_US, "reason": "why", "note": "what",
        "officer_id": "o-1", "until_us": NOON_US + HOUR_US, "other_ids": ("hotline/2",), "proof": ("after.jpg",),
        "score": 90,
    }  # fmt: skip
    return Order(**(known | changes))


def done(incident: Incident, *acts: Act, **changes: Any) -> Incident:
    """Return *incident* after *acts*, each done by who may."""
    who = {Act.DISPATCH: "d-1", Act.VERIFY: "v-1", Act.REWORK: "v-1"}
    for act in acts:
        incident = advance(incident, an_order(act, **({"by_id": who.get(act, "o-1")} | changes)))
    return incident


HANDLED = (Act.FILE, Act.DISPATCH, Act.ACCEPT, Act.DEPART, Act.ARRIVE, Act.HANDLE)


def test_every_act_has_one_row() -> None:
    """An act without a row could not be done, and one that this test's own table lacks would be tried by nobody."""
    assert set(MOVES) == set(Act) == {act for act, _stage in EXPECTED}


@pytest.mark.parametrize(("act", "stage"), CELLS, ids=str)
def test_an_act_leads_where_the_table_says_or_nowhere(act: Act, stage: Stage) -> None:
    """All 275 cells: what the table does not name is refused, in a sentence that says where the incident is."""
    incident = an_incident(stage=stage, stage_before=BACK, handler_id="o-1")
    to = EXPECTED.get((act, stage))

    if to is None:
        with pytest.raises(IllegalTransitionError, match=f"hotline/1 is {stage}: it cannot be done: {act}"):
            advance(incident, an_order(act))
    else:
        moved = advance(incident, an_order(act))
        assert moved.stage == {"=": stage, "<": BACK}.get(to, to)
        assert moved.moved_us == (1 if to == "=" else NOON_US)
        assert moved.version == 2
    assert (incident.stage, incident.version) == (stage, 1)


@pytest.mark.parametrize(
    ("act", "need", "empty"),
    [
        (act, need, empty)
        for act, move in MOVES.items()
        for need in sorted(move.needs)
        for empty in {"other_ids": [()], "proof": [()], "until_us": [None], "score": [None]}.get(need, ["", "  "])
    ],
)
def test_an_act_that_lacks_what_it_needs_is_refused(act: Act, need: str, empty: Any) -> None:
    """A return without a reason, work done without proof, an extension without an end: the field is named."""
    stage = next(stage for stage in Stage if (act, stage) in EXPECTED)
    lacking = {"officer_id": empty} if need == "assignee" else {need: empty}

    with pytest.raises(FieldError) as refused:
        advance(an_incident(stage=stage), an_order(act, **lacking))

    assert (refused.value.field, refused.value.code) == (need, "missing")


def test_every_side_path_needs_a_reason() -> None:
    """PEERS 17: whoever leaves the straight way says why."""
    straight = {
        Act.FILE, Act.ACKNOWLEDGE, Act.DISPATCH, Act.ACCEPT, Act.DEPART, Act.ARRIVE, Act.HANDLE, Act.VERIFY, Act.SCORE,
    }  # fmt: skip
    tidying = {Act.MERGE, Act.JOIN, Act.SPLIT, Act.UNDO, Act.RESUME, Act.NOTE}

    assert {act for act, move in MOVES.items() if "reason" not in move.needs} == straight | tidying


def test_the_straight_way_leaves_every_instant_and_name() -> None:
    """From the report to the score: who handled it, and when each step was done."""
    closed = done(an_incident(), *HANDLED, Act.VERIFY, Act.SCORE)

    assert (closed.stage, closed.score, closed.version) == (Stage.CLOSED, 90, 9)
    assert (closed.dispatched_by, closed.handler_id, closed.handled_by) == ("d-1", "o-1", "o-1")
    assert [closed.filed_us, closed.dispatched_us, closed.handled_us, closed.closed_us] == [NOON_US] * 4


@pytest.mark.parametrize("act", [Act.VERIFY, Act.REWORK])
@pytest.mark.parametrize(("by_id", "is_own"), [("o-1", True), ("d-1", True), ("v-1", False), ("", False)])
def test_nobody_verifies_her_own_work(act: Act, by_id: str, *, is_own: bool) -> None:
    """Neither who handled it nor who sent it; a third may."""
    checking = done(an_incident(), *HANDLED)

    if is_own:
        with pytest.raises(NotAllowedError) as refused:
            advance(checking, an_order(act, by_id=by_id))
        assert refused.value.code == "own-work"
    else:
        assert advance(checking, an_order(act, by_id=by_id)).stage in {Stage.CLOSED, Stage.DISPATCHED}


@pytest.mark.parametrize(
    ("act", "before"),
    [
        (Act.ACCEPT, HANDLED[:2]),
        (Act.RETURN, HANDLED[:2]),
        (Act.DEPART, HANDLED[:3]),
        (Act.ARRIVE, HANDLED[:4]),
        (Act.HANDLE, HANDLED[:5]),
    ],
)
def test_only_its_handler_moves_an_incident_on(act: Act, before: tuple[Act, ...]) -> None:
    """Another officer is told that it is not hers; nothing moves."""
    theirs = done(an_incident(), *before)

    with pytest.raises(NotAllowedError) as refused:
        advance(theirs, an_order(act, by_id="o-2"))

    assert refused.value.code == "not-yours"
    assert advance(theirs, an_order(act, by_id="o-1")).version == theirs.version + 1


def test_what_was_sent_to_a_department_is_whose_who_accepts_it() -> None:
    """Claiming is accepting where nobody in particular was named."""
    sent = done(an_incident(), Act.FILE, Act.DISPATCH, officer_id="", department_id="城管中队")

    claimed = advance(sent, an_order(Act.ACCEPT, by_id="o-7"))

    assert (sent.handler_id, sent.department_id) == ("", "城管中队")
    assert (claimed.handler_id, claimed.department_id) == ("o-7", "城管中队")


def test_returned_work_is_counted_and_nobodys() -> None:
    """It goes back to be dispatched anew."""
    returned = done(an_incident(), *HANDLED[:3], Act.RETURN)

    assert (returned.stage, returned.handler_id, returned.return_count) == (Stage.FILED, "", 1)


def test_rework_is_counted_and_goes_to_the_same_handler() -> None:
    """Its clock of handling runs on: what was not well done was not done."""
    again = done(an_incident(), *HANDLED, Act.REWORK)

    assert (again.stage, again.handler_id, again.rework_count) == (Stage.DISPATCHED, "o-1", 1)
    assert (again.handled_us, again.dispatched_us) == (None, NOON_US)


def test_a_suspension_is_remembered_with_its_ends() -> None:
    """Clocks stand still between them."""
    suspended = done(an_incident(), *HANDLED[:4], Act.SUSPEND)
    resumed = done(suspended, Act.RESUME, at_us=NOON_US + DAY_US, until_us=None)

    assert (suspended.stage, suspended.suspended_us, suspended.stage_before) == (
        Stage.SUSPENDED, NOON_US, Stage.EN_ROUTE,
    )  # fmt: skip
    assert (resumed.stage, resumed.suspended_us, resumed.paused) == (
        Stage.EN_ROUTE, None, ((NOON_US, NOON_US + DAY_US),),
    )  # fmt: skip


def test_an_extension_is_later_than_what_it_extends() -> None:
    """And later than now: an end in the past is a slip of the finger."""
    sent = done(an_incident(), Act.FILE, Act.DISPATCH)
    extended = done(sent, Act.EXTEND)

    assert (extended.due_us, extended.extension_count) == (NOON_US + HOUR_US, 1)
    for until_us in (NOON_US + HOUR_US, NOON_US - 1):
        with pytest.raises(FieldError, match="until_us: too-early"):
            done(extended, Act.EXTEND, until_us=until_us)


@pytest.mark.parametrize("score", [-1, 101])
def test_a_score_is_between_0_and_100(score: int) -> None:
    """Anything else would spoil an average."""
    with pytest.raises(FieldError, match="score: range"):
        done(an_incident(), *HANDLED, Act.VERIFY, Act.SCORE, score=score)


def test_undoing_leads_back_to_where_it_was() -> None:
    """A dismissal or a merge that was a mistake costs nothing but a line in the history."""
    filed = done(an_incident(), Act.FILE)
    merged = done(filed, Act.JOIN)

    assert merged.merged_into == "hotline/2"
    for aside in (merged, done(filed, Act.DISMISS)):
        back = done(aside, Act.UNDO)
        assert (back.stage, back.merged_into, back.stage_before) == (Stage.FILED, "", None)


def test_an_incident_is_not_merged_into_itself() -> None:
    """It would be gone."""
    with pytest.raises(FieldError, match="other_ids: itself"):
        done(an_incident(), Act.MERGE, other_ids=("hotline/1",))


def test_a_reopened_incident_begins_anew_and_keeps_its_counts() -> None:
    """Who closed it before may not be who verifies again by accident of old names."""
    again = done(an_incident(), *HANDLED, Act.REWORK, Act.ACCEPT, Act.DEPART, Act.ARRIVE, Act.HANDLE, Act.VERIFY)
    reopened = done(again, Act.REOPEN)

    assert (reopened.stage, reopened.handler_id, reopened.closed_us, reopened.rework_count) == (
        Stage.FILED,
        "",
        None,
        1,
    )
    assert (reopened.dispatched_by, reopened.handled_by, reopened.score) == ("", "", None)


def test_escalation_ends_at_the_district() -> None:
    """There is nobody above."""
    assert done(an_incident(), *[Act.ESCALATE] * 5).escalation == 3


def test_filing_may_correct_matter_and_severity() -> None:
    """A hotline's report has no code; who files it knows."""
    filed = done(an_incident(), Act.FILE, matter="06010", severity=2)

    assert (filed.matter, filed.severity) == ("06010", 2)
    assert done(an_incident(matter="06011"), Act.ACKNOWLEDGE).matter == "06011"


@pytest.mark.parametrize(
    ("at_us", "sent_us", "expected"),
    [
        pytest.param(-5 * MINUTE_US, None, -5 * MINUTE_US, id="offline for five minutes"),
        pytest.param(HOUR_US, None, 0, id="an hour ahead"),
        pytest.param(DAY_US, None, 0, id="a day ahead"),
        pytest.param(-HOUR_US, None, 0, id="before the incident's last move"),
        pytest.param(HOUR_US - 5 * MINUTE_US, HOUR_US, -5 * MINUTE_US, id="an hour ahead, five minutes offline"),
        pytest.param(-HOUR_US - 5 * MINUTE_US, -HOUR_US, -5 * MINUTE_US, id="an hour behind, five minutes offline"),
        pytest.param(DAY_US - 5 * MINUTE_US, DAY_US, -5 * MINUTE_US, id="a day ahead, five minutes offline"),
    ],
)
def test_a_device_is_believed_as_far_as_its_clock_can_be(at_us: int, sent_us: int | None, expected: int) -> None:
    """What a device calls its present tells how far it is off; what cannot be counts as now."""
    incident = an_incident(moved_us=NOON_US - 10 * MINUTE_US)
    sent = None if sent_us is None else NOON_US + sent_us
    order = an_order(Act.FILE, at_us=NOON_US + at_us, sent_us=sent)

    assert settled_us(incident, order, NOON_US) == NOON_US + expected


def test_closed_dismissed_and_merged_are_not_open() -> None:
    """What the wall counts as open; what is suspended waits, and is."""
    assert set(Stage) - OPEN_STAGES == {Stage.CLOSED, Stage.DISMISSED, Stage.MERGED}


def test_an_incident_can_be_changed_by_nothing_else() -> None:
    """Frozen: every version is a value of its own."""
    with pytest.raises(AttributeError):
        an_incident().stage = Stage.CLOSED  # type: ignore[misc]  # the point of the test

    assert {it.name for it in fields(Incident)} >= {"handler_id", "due_us", "paused", "merged_into"}
