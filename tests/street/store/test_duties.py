"""What else time alone brings: each of it once."""

from typing import Any

import pytest

from street.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from street.escalation import Ladder
from street.incidents import Act, Order
from street.people import Actor, Person, Role
from street.shelving import Shelving
from street.store import Store, Writer
from tests.street.store.makers import KEEPER, NOON_US, Now, add_person, an_incident, rows

SUBDISTRICT, CELL = "370202007", "370202007007003"
LADDER = Ladder(levels={1: (2, 5, 10)}, no_progress_min={1: 5, 2: 15, 3: 120, 4: 480}, claim_min=20)
BOOT = 7


class Street:
    """A store with one incident that is sent and returned."""

    def __init__(self, store: Store, writer: Writer, now: Now) -> None:
        self.store, self.now, self.duties = store, now, store.duties()
        self.officer = add_person(store, "wang")
        batch = writer.begin(now.us)
        batch.report_incident(an_incident(severity=1, grid_cell_id=CELL))
        batch.commit()
        self.act(Act.FILE)

    def act(self, act: Act, by: Person | None = None, **said: Any) -> None:
        """Have somebody do something now."""
        self.now.pass_by(seconds=1)
        actor = Actor.system("tests") if by is None else Actor(by.person_id, by.login)
        order = Order(action_id=f"tap-{self.now.us}", incident_id="rules/a-1", act=act, at_us=self.now.us, **said)
        self.store.acts().act(order, by=actor, now_us=self.now.us)

    def return_once(self) -> None:
        """Send it to the officer, who gives it back."""
        self.act(Act.DISPATCH, officer_id=self.officer.person_id)
        self.act(Act.RETURN, self.officer, reason="not in our area")

    def hand_over(self, coordinator_id: str) -> int:
        """Do what duty does."""
        return self.duties.hand_over(lambda: coordinator_id, SUBDISTRICT, self.now.us)

    def kinds(self, person: Person) -> list[str]:
        """Return what somebody was told, the newest first."""
        return [it.notice.kind for it in self.store.notices().of(person.person_id)]


@pytest.fixture
def street(store: Store, writer: Writer, now: Now) -> Street:
    """A store with one incident, filed."""
    return Street(store, writer, now)


# ------------------------------------------------------------------------------------------------ sent back


def test_two_returns_go_to_the_coordinator(street: Street) -> None:
    """One return is the desk's to answer; after the second somebody who can call departments together takes over."""
    coordinator = add_person(street.store, "lin", Role.LEADER)
    street.return_once()
    assert street.hand_over(coordinator.person_id) == 0

    street.return_once()

    assert street.hand_over(coordinator.person_id) == 1
    assert rows(street.store, "SELECT stage, handler_id FROM incidents") == [("dispatched", coordinator.person_id)]
    assert "coordinated" in street.kinds(coordinator)


def test_what_was_handed_over_is_not_handed_over_again(street: Street) -> None:
    """Taken back from the coordinator by a person, it stays where that person put it, until it is returned again."""
    coordinator = add_person(street.store, "lin", Role.LEADER)
    street.return_once()
    street.return_once()
    street.hand_over(coordinator.person_id)

    street.act(Act.WITHDRAW, reason="we can do it after all")

    assert street.hand_over(coordinator.person_id) == 0
    street.return_once()
    assert street.hand_over(coordinator.person_id) == 1


def test_without_a_coordinator_the_operators_are_told_once(street: Street) -> None:
    """Nobody to hand it to is no reason to say nothing."""
    operator = add_person(street.store, "li", Role.OPERATOR)
    street.return_once()
    street.return_once()

    handed = [street.hand_over("") for _ in range(2)]

    assert handed == [1, 0]
    assert street.kinds(operator).count("coordinated") == 1
    assert rows(street.store, "SELECT stage FROM incidents") == [("filed",)]


# ------------------------------------------------------------------------------------------------ late


def test_what_is_late_is_told_once_for_each_limit(street: Street) -> None:
    """To who has it, and above; an extension makes a new limit, of which they hear again."""
    squad = add_person(street.store, "zhao", Role.SQUAD_LEADER)
    street.act(Act.DISPATCH, officer_id=street.officer.person_id)
    street.act(Act.ACCEPT, street.officer)
    street.act(Act.EXTEND, street.officer, reason="rain", until_us=street.now.us + 30 * DAY_US)
    street.now.pass_by(days=31)

    told = [street.duties.tell_late(SUBDISTRICT, street.now.us) for _ in range(2)]

    assert told == [1, 0]
    assert street.kinds(squad).count("late") == street.kinds(street.officer).count("late") == 1
    street.act(Act.EXTEND, street.officer, reason="more rain", until_us=street.now.us + DAY_US)
    street.now.pass_by(days=2)
    assert street.duties.tell_late(SUBDISTRICT, street.now.us) == 1


# ------------------------------------------------------------------------------------------------ shelvings


def test_a_shelving_is_told_before_it_ends_and_when_it_has(street: Street) -> None:
    """A quarter of an hour before, and within the second when it ends; once each, also by a new process."""
    operator = add_person(street.store, "li", Role.OPERATOR)
    shelve(street, until_us=street.now.us + HOUR_US)
    heard = {}

    for _ in range(61 * 12):
        street.store.duties().tell_shelvings(SUBDISTRICT, street.now.us)
        for kind in street.kinds(operator):
            heard.setdefault(kind, round((street.now.us - NOON_US) / MINUTE_US))
        street.now.pass_by(seconds=5)

    assert {kind: heard[kind] for kind in heard if kind.startswith("shelving")} == {
        "shelving_ending": 45, "shelving_ended": 60
    }  # fmt: skip
    assert street.kinds(operator).count("shelving_ended") == 1


def test_a_short_shelving_is_told_when_it_has_ended(street: Street) -> None:
    """Ten minutes need no warning of fifteen."""
    operator = add_person(street.store, "li", Role.OPERATOR)
    shelve(street, until_us=street.now.us + 10 * MINUTE_US)

    assert street.duties.tell_shelvings(SUBDISTRICT, street.now.us) == 0
    street.now.pass_by(minutes=11)
    assert street.duties.tell_shelvings(SUBDISTRICT, street.now.us) == 1
    assert street.kinds(operator)[0] == "shelving_ended"


def shelve(street: Street, until_us: int) -> None:
    """Shelve one asset's alarms."""
    shelving = Shelving(asset_id="n-1", from_us=street.now.us, until_us=until_us, reason="building site")
    street.store.alarm_desk().put_shelving(shelving, by=KEEPER, action_id="shelve-1")


# ------------------------------------------------------------------------------------------------ the clock


def armed(street: Street) -> int:
    """Plan the incident's next step; return when it is due."""
    escalations = street.store.escalations()
    escalations.arm(LADDER, SUBDISTRICT, street.now.us)
    step = escalations.step_of("rules/a-1")
    assert step is not None
    return step.due_us


@pytest.mark.parametrize("gone_us", [HOUR_US, -HOUR_US, DAY_US, 6 * SECOND_US], ids=["+1 h", "-1 h", "+1 d", "+6 s"])
def test_what_is_planned_moves_with_a_clock_that_is_set(street: Street, gone_us: int) -> None:
    """The step comes as long after the incident as it would have: not at once, and not an hour late."""
    steady_us = 1_000 * SECOND_US
    street.duties.follow_clock(street.now.us, steady_us, BOOT)
    due_us = armed(street)

    street.now.us += 10 * SECOND_US + gone_us
    moved_us = street.store.duties().follow_clock(street.now.us, steady_us + 10 * SECOND_US, BOOT)

    assert moved_us == gone_us
    assert armed(street) == due_us + gone_us
    assert street.duties.follow_clock(street.now.us, steady_us + 10 * SECOND_US, BOOT) == 0


def test_a_clock_that_is_slewed_moves_nothing(street: Street) -> None:
    """Two seconds in an hour are the time service at work; they do not add up to a step either."""
    steady_us = 1_000 * SECOND_US
    street.duties.follow_clock(street.now.us, steady_us, BOOT)
    due_us = armed(street)

    for _ in range(10):
        street.now.us += HOUR_US + 2 * SECOND_US
        steady_us += HOUR_US
        assert street.duties.follow_clock(street.now.us, steady_us, BOOT) == 0

    assert armed(street) == due_us


def test_after_a_restart_of_the_machine_the_clock_is_believed(street: Street) -> None:
    """Nobody can know how long it was off: what was due meanwhile is due now."""
    street.duties.follow_clock(street.now.us, 1_000 * SECOND_US, BOOT)
    due_us = armed(street)

    street.now.us += HOUR_US
    moved_us = street.duties.follow_clock(street.now.us, 5 * SECOND_US, BOOT + 1)

    assert moved_us == 0
    assert armed(street) == due_us
