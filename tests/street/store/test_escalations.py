"""What goes up when nobody answers: in order, once, and not after an answer."""

from dataclasses import replace
from typing import Any

import pytest

from street.clock import HOUR_US, MINUTE_US
from street.escalation import Ladder
from street.incidents import Act, Order
from street.people import Actor, Grant, Person, Role
from street.store import Store, Writer
from tests.street.store.makers import NOON_US, Now, add_person, an_incident, deeds, rows

SUBDISTRICT, DISTRICT, CELL = "370202007", "370202", "370202007007003"
LADDER = Ladder(
    levels={1: (2, 5, 10), 2: (5, 15, 30), 3: (30, 120, 480)}, no_progress_min={1: 5, 2: 15, 3: 120, 4: 480},
    claim_min=20,
)  # fmt: skip


class Desk:
    """A store with an incident, on which people act and time passes."""

    def __init__(self, store: Store, writer: Writer, now: Now) -> None:
        self.store, self.writer, self.now = store, writer, now
        self.escalations = store.escalations()
        self.taps = 0

    def report(self, **changes: Any) -> None:
        """Report one incident of severity 1 in the cell."""
        batch = self.writer.begin(self.now.us)
        changes = {"severity": 1, "grid_cell_id": CELL, "reported_us": self.now.us, "moved_us": self.now.us} | changes
        batch.report_incident(an_incident(**changes))
        batch.commit()

    def act(self, act: Act, by: Person | None = None, **said: Any) -> None:
        """Have somebody do something now."""
        self.taps += 1
        actor = Actor.system("tests") if by is None else Actor(by.person_id, by.login)
        order = Order(action_id=f"tap-{self.taps}", incident_id="rules/a-1", act=act, at_us=self.now.us, **said)
        self.store.acts().act(order, by=actor, now_us=self.now.us)

    def turn(self) -> list[int]:
        """Do what duty does now; return the levels that were reached."""
        self.escalations.arm(LADDER, SUBDISTRICT, self.now.us)
        due = self.escalations.due(self.now.us)
        return [it.step.level for it in due if self.escalations.go_up(it, LADDER, SUBDISTRICT, self.now.us)]

    def levels_until(self, minutes: int) -> dict[int, int]:
        """Let *minutes* pass, a turn every 5 s; return minute of the step by the level reached."""
        begun_us, found = self.now.us, {}
        while self.now.us < begun_us + minutes * MINUTE_US:
            found |= dict.fromkeys(self.turn(), (self.now.us - begun_us) // MINUTE_US)
            self.now.pass_by(seconds=5)
        return found


@pytest.fixture
def desk(store: Store, writer: Writer, now: Now) -> Desk:
    """A store with nobody and nothing in it."""
    return Desk(store, writer, now)


def test_what_nobody_answers_goes_up_level_by_level_on_time(desk: Desk) -> None:
    """Squad after 2, subdistrict after 5, district after 10 minutes, and then never again."""
    desk.report()

    assert desk.levels_until(60) == {1: 2, 2: 5, 3: 10}
    assert desk.store.acts().timeline("rules/a-1")[-1].act == "escalate"
    assert [reason for (reason,) in rows(desk.store, "SELECT why FROM escalation_steps")] == ["unanswered"] * 3


def test_each_step_is_act_audit_and_notice_in_one(desk: Desk) -> None:
    """Whoever asks later who was told when finds the same in all of them."""
    leader = add_person(desk.store, "zhao", Role.SQUAD_LEADER)
    desk.report()

    desk.levels_until(3)

    [told] = [it for it in desk.store.notices().of(leader.person_id) if it.notice.kind == "unanswered"]
    assert told.notice.fields["level"] == "1"
    assert [(it.by.login, it.reason) for it in deeds(desk.store, "incident.escalate")] == [("duty", "unanswered")]
    assert rows(desk.store, "SELECT escalation FROM incidents") == [(1,)]


def test_an_acknowledgement_stops_it_and_no_progress_opens_it_again(desk: Desk) -> None:
    """A tap on "seen" alone must not silence a fire: five minutes without anybody sent go up too, from where it was."""
    desk.report()
    desk.levels_until(3)

    desk.act(Act.ACKNOWLEDGE)

    assert desk.levels_until(5) == {}
    assert desk.levels_until(10) == {2: 0, 3: 5}
    assert rows(desk.store, "SELECT why FROM escalation_steps ORDER BY wait_no DESC LIMIT 1") == [("no_progress",)]


def test_progress_keeps_it_down(desk: Desk) -> None:
    """Each move of the officer begins a new wait."""
    officer = add_person(desk.store, "wang")
    desk.report()
    desk.act(Act.ACKNOWLEDGE)
    desk.act(Act.DISPATCH, officer_id=officer.person_id)

    for act in (Act.ACCEPT, Act.DEPART, Act.ARRIVE):
        desk.now.pass_by(minutes=1)
        desk.act(act, officer)
        assert desk.levels_until(3) == {}


def test_a_note_is_progress_and_a_reprimand_is_none(desk: Desk) -> None:
    """Supervising says that somebody should do something, not that anybody does."""
    officer = add_person(desk.store, "wang")
    leader = add_person(desk.store, "lin", Role.LEADER)
    desk.report()
    for act, by in ((Act.ACKNOWLEDGE, leader), (Act.DISPATCH, leader), (Act.ACCEPT, officer)):
        desk.act(act, by, officer_id=officer.person_id if act is Act.DISPATCH else "")
    desk.levels_until(3)
    desk.act(Act.NOTE, officer, note="lift is broken, walking")
    assert desk.levels_until(3) == {}

    desk.act(Act.SUPERVISE, leader, reason="hurry")

    assert desk.levels_until(3) == {1: 2}


def test_a_department_has_its_time_to_claim(desk: Desk) -> None:
    """Twenty minutes, counted down for whoever asks; claiming ends it."""
    clerk = add_person(desk.store, "zhou", Role.DEPARTMENT, unit="Parks")
    desk.report(severity=2)
    desk.act(Act.ACKNOWLEDGE)
    desk.act(Act.DISPATCH, department_id="Parks")
    desk.turn()

    step = desk.escalations.step_of("rules/a-1")

    assert step is not None
    assert (step.why, step.due_us) == ("unclaimed", desk.now.us + 20 * MINUTE_US)
    desk.now.pass_by(minutes=19)
    desk.act(Act.ACCEPT, clerk)
    assert desk.escalations.step_of("rules/a-1") is None  # not before duty has seen it
    assert desk.turn() == []


def test_what_nobody_claims_goes_up(desk: Desk) -> None:
    """After the countdown the squad hears of it, ten minutes later the subdistrict, as its severity has it."""
    desk.report(severity=2)
    desk.act(Act.ACKNOWLEDGE)
    desk.act(Act.DISPATCH, department_id="Parks")

    assert desk.levels_until(50) == {1: 20, 2: 30, 3: 45}
    assert {why for (why,) in rows(desk.store, "SELECT why FROM escalation_steps")} == {"unclaimed"}


def test_two_are_told_downwards_with_each_level(desk: Desk) -> None:
    """District: subdistrict and squad hear it too; the officers below do not any more."""
    officer = add_person(desk.store, "wang")
    squad = add_person(desk.store, "zhao", Role.SQUAD_LEADER)
    operator = add_person(desk.store, "li", Role.OPERATOR)
    district = add_person(desk.store, "qu", Role.LEADER, grants=(Grant(Role.LEADER, DISTRICT),))
    desk.report()

    desk.levels_until(11)

    heard = {
        it.login: [told.notice.fields["level"] for told in reversed(desk.store.notices().of(it.person_id))
                   if told.notice.kind == "unanswered"]
        for it in (officer, squad, operator, district)
    }  # fmt: skip
    assert heard == {"wang": ["1", "2"], "zhao": ["1", "2", "3"], "li": ["2", "3"], "qu": ["3"]}


def test_nothing_goes_up_that_is_over_or_set_aside(desk: Desk) -> None:
    """Nothing pages for a closed item."""
    desk.report()
    desk.turn()

    desk.act(Act.DISMISS, reason="a drill of the fire brigade")

    assert desk.levels_until(30) == {}
    assert rows(desk.store, "SELECT count(*) FROM escalations") == [(0,)]


def test_an_answer_between_looking_and_acting_wins(desk: Desk) -> None:
    """The squad is not called out for what somebody has just taken."""
    desk.report()
    desk.turn()
    desk.now.pass_by(minutes=3)
    [due] = desk.escalations.due(desk.now.us)

    desk.act(Act.ACKNOWLEDGE)

    assert not desk.escalations.go_up(due, LADDER, SUBDISTRICT, desk.now.us)
    assert rows(desk.store, "SELECT count(*) FROM escalation_steps") == [(0,)]


def test_two_duty_processes_take_one_step(desk: Desk) -> None:
    """One that was thought dead comes back: nobody is paged twice."""
    desk.report()
    desk.turn()
    desk.now.pass_by(minutes=3)
    [due] = desk.escalations.due(desk.now.us)

    taken = [desk.escalations.go_up(due, LADDER, SUBDISTRICT, desk.now.us) for _ in range(2)]

    assert taken == [True, False]
    assert len(deeds(desk.store, "incident.escalate")) == 1


def test_a_step_that_fails_leaves_nothing_of_itself(desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last write of its transaction breaks: no act without its notice, and the next turn does it all."""
    desk.report()
    desk.turn()
    desk.now.pass_by(minutes=3)
    [due] = desk.escalations.due(desk.now.us)

    with monkeypatch.context() as broken:
        broken.setattr("street.store.escalations._plan", _break)
        with pytest.raises(ZeroDivisionError):
            desk.escalations.go_up(due, LADDER, SUBDISTRICT, desk.now.us)

    assert rows(store, "SELECT count(*) FROM escalation_steps") == [(0,)]
    assert rows(store, "SELECT count(*) FROM notices WHERE kind = 'unanswered'") == [(0,)]
    assert desk.turn() == [1]


def test_severity_four_never_goes_up(desk: Desk) -> None:
    """Its ladder is empty as shipped."""
    desk.report(severity=4)

    assert desk.levels_until(30) == {}


def test_serious_news_is_told_to_operators_once(desk: Desk) -> None:
    """Severity 3 waits in the queue; what is older than an hour is no news."""
    operator = add_person(desk.store, "li", Role.OPERATOR)
    desk.report()
    desk.report(incident_id="rules/a-2", severity=3)
    desk.report(incident_id="rules/a-3", reported_us=NOON_US - 2 * HOUR_US)

    desk.turn()
    desk.turn()

    assert [it.notice.incident_id for it in desk.store.notices().of(operator.person_id)
            if it.notice.kind == "reported"] == ["rules/a-1"]  # fmt: skip


def test_a_drill_is_told_as_one(desk: Desk) -> None:
    """Its notices carry the mark, so that nobody runs for nothing."""
    squad = add_person(desk.store, "zhao", Role.SQUAD_LEADER)
    desk.report(is_drill=True)

    desk.levels_until(3)

    assert {it.notice.is_drill for it in desk.store.notices().of(squad.person_id)} == {True}


def test_many_incidents_are_planned_in_pieces(desk: Desk) -> None:
    """A morning's import must not hold the write lock for long."""
    for number in range(3):
        desk.report(incident_id=f"rules/b-{number}")

    planned = [desk.escalations.arm(replace(LADDER, claim_min=1), SUBDISTRICT, desk.now.us) for _ in range(2)]

    assert planned == [3, 0]


def _break(*_args: object) -> None:
    raise ZeroDivisionError
