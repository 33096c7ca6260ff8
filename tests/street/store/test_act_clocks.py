"""The clocks that acts set: each begins with its stage, stands still while it is suspended, and keeps what was set."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from street.clock import HOUR_US, STREET_ZONE, as_us, iso
from street.incidents import Act, Incident, Order, Stage, advance
from street.matters import Limit, Matter, MatterKind, Matters
from street.store import Store, Writer
from street.store.act_clocks import Rulebook
from street.worktime import Calendar, Unit
from tests.street.store.makers import an_incident
from tests.street.store.test_acts import CHECKER, OPERATOR, WANG, do, report, stored

LITTER = Matter(
    kind=MatterKind.MATTER, code="06010", name="暴露垃圾",
    limits={
        "reported": Limit(1, Unit.WORK_HOURS), "filed": Limit(2, Unit.WORK_HOURS),
        "dispatched": Limit(5, Unit.WORK_HOURS), "checking": Limit(1, Unit.WORK_DAYS),
    },
)  # fmt: skip
URGENT = replace(LITTER, code="06011", limits={"dispatched": Limit(2, Unit.URGENT_HOURS)})
BOOK = Rulebook(Matters([LITTER, URGENT]), Calendar())


def at(text: str) -> int:
    """Return an instant of the street, as November 2026 has it: the 20th is a Friday."""
    return as_us(datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=STREET_ZONE))


def told(at_us: int | None) -> str:
    """Return an instant as `at` takes it."""
    return "" if at_us is None else datetime.fromisoformat(iso(at_us)).astimezone(STREET_ZONE).strftime("%d %H:%M")


def moved(incident: Incident, act: Act, when: str, **changes: Any) -> Incident:
    """Return *incident* after an act, with its clocks."""
    known: dict[str, Any] = {"reason": "why", "note": "what", "proof": ("a",), "officer_id": "o", "at_us": at(when)}
    order = Order(**({"action_id": "t", "incident_id": incident.incident_id, "act": act} | known | changes))
    return BOOK.moved(incident, advance(incident, order))


def dispatched(when: str = "20 16:30", matter: str = "06010") -> Incident:
    """Return an incident that was sent to somebody."""
    instant = at("20 08:30")
    new = BOOK.reported(an_incident(matter=matter, severity=3, reported_us=instant, moved_us=instant))
    return moved(moved(new, Act.FILE, "20 09:00"), Act.DISPATCH, when)


def test_each_clock_begins_with_its_stage() -> None:
    """5 work hours from Friday 16:30 are over on Monday at 14:00; accepting begins no new one."""
    instant = at("20 08:30")
    new = BOOK.reported(an_incident(matter="06010", severity=3, reported_us=instant, moved_us=instant))
    filed = moved(new, Act.FILE, "20 09:00")
    sent = moved(filed, Act.DISPATCH, "20 16:30")
    accepted = moved(sent, Act.ACCEPT, "20 17:00")

    assert [told(it.due_us) for it in (new, filed, sent, accepted)] == ["20 09:30", "20 11:00", "23 14:00", "23 14:00"]
    assert told(sent.warn_us) == "23 11:30"  # after four of the five hours
    assert told(accepted.handle_due_us) == "23 14:00"


def test_the_whole_has_an_end_of_its_own() -> None:
    """Its clocks end to end: 1 + 2 + 5 + 8 work hours from Friday 08:30."""
    assert told(dispatched().overall_due_us) == "24 09:30"


def test_what_ended_has_no_clock_and_what_was_due_stays() -> None:
    """Whether it was handled in time is asked later."""
    way = ((Act.ACCEPT, "20 17:00"), (Act.DEPART, "20 17:05"), (Act.ARRIVE, "20 17:10"), (Act.HANDLE, "23 09:00"))
    incident = dispatched()
    for act, when in way:
        incident = moved(incident, act, when)
    closed = moved(incident, Act.VERIFY, "23 10:00")

    assert told(incident.due_us) == "24 09:30"  # a work day to check is eight hours, and Monday had seven left
    assert (closed.due_us, closed.warn_us, told(closed.handle_due_us)) == (None, None, "23 14:00")


def test_clocks_stand_still_while_it_is_suspended() -> None:
    """From Friday 17:00 to Tuesday 08:30 nothing counts: half an hour was used, four and a half are left."""
    suspended = moved(moved(dispatched(), Act.ACCEPT, "20 16:45"), Act.SUSPEND, "20 17:00")
    resumed = moved(suspended, Act.RESUME, "24 08:30")

    assert told(suspended.due_us) == "23 14:00"  # as it was; nobody is told of it
    assert [told(it) for it in (resumed.due_us, resumed.handle_due_us)] == ["24 14:30", "24 14:30"]
    assert resumed.overall_due_us is not None
    assert suspended.overall_due_us is not None
    assert resumed.overall_due_us > suspended.overall_due_us


def test_an_extension_is_what_counts_from_then_on() -> None:
    """Over a suspension it moves by as long as that was; the whole moves along; a rework keeps it."""
    extended = moved(moved(dispatched(), Act.ACCEPT, "20 17:00"), Act.EXTEND, "20 17:10", until_us=at("25 14:00"))
    suspended = moved(extended, Act.SUSPEND, "20 17:20")
    resumed = moved(suspended, Act.RESUME, "20 17:50")
    on_scene = moved(moved(extended, Act.DEPART, "23 09:00"), Act.ARRIVE, "23 09:10")
    again = moved(moved(on_scene, Act.HANDLE, "23 10:00"), Act.REWORK, "23 11:00")

    assert (told(extended.due_us), told(extended.handle_due_us)) == ("25 14:00", "25 14:00")
    assert told(extended.overall_due_us) == "26 09:30"  # two days later, as the handling is
    assert (told(resumed.due_us), told(resumed.handle_due_us)) == ("25 14:30", "25 14:30")
    assert (again.stage, told(again.due_us)) == (Stage.DISPATCHED, "25 14:00")


def test_a_return_begins_the_desks_clock_anew() -> None:
    """And sending it again begins a new one of handling."""
    returned = moved(dispatched(), Act.RETURN, "23 09:00")
    again = moved(returned, Act.DISPATCH, "23 09:30")

    assert (told(returned.due_us), told(again.due_us)) == ("23 11:00", "23 16:00")


def test_what_is_urgent_runs_at_night() -> None:
    """Two urgent hours from Friday 17:00."""
    sent = dispatched("20 17:00", matter="06011")

    assert (told(sent.due_us), sent.is_urgent, dispatched().is_urgent) == ("20 19:00", True, False)


def test_without_a_matter_there_is_no_clock_until_somebody_files_it_under_one() -> None:
    """A hotline's report of anything."""
    instant = at("20 08:30")
    new = BOOK.reported(an_incident(severity=3, reported_us=instant, moved_us=instant))

    assert (new.due_us, new.overall_due_us) == (None, None)
    assert told(moved(new, Act.FILE, "20 09:00", matter="06010").due_us) == "20 11:00"


def test_the_store_sets_them_in_the_acts_own_transaction(store: Store, writer: Writer) -> None:
    """As shipped; a site's later change leaves open ones as they were, and counts for the next stage."""
    report(writer, matter="06010", severity=3)
    first = stored(store).due_us
    matters = store.matters()
    known = matters.current().find("matter", "06010")
    assert known is not None
    matters.put([replace(known, limits={name: Limit(90, Unit.URGENT_HOURS) for name in known.limits})], by=OPERATOR)
    kept = stored(store).due_us
    filed = do(store, Act.FILE).incident

    assert first is not None
    assert kept == first
    assert filed.due_us == filed.moved_us + 90 * HOUR_US
    assert {CHECKER.login, WANG.login} == {"checker", "wang"}
