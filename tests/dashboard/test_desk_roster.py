"""The roster page: whose week is seen, and how a day is changed."""

from datetime import date, timedelta

import pytest
from dash import no_update

from dashboard.desk_roster import filtered, page, read_shift, save, shifts_of
from dashboard.desk_view import viewer_at
from layouts import ids
from layouts.desk.addresses import ROSTER
from layouts.desk.moments import day_of, midnight_us
from layouts.desk.roster import shift_value
from street.clock import HOUR_US, now_us
from street.people import Person, Role, Shift
from tests.dashboard.conftest import COMMUNITY, TESTER, Written
from tests.dashboard.desk_office import Desk, asked_by, ids_of
from tests.dashboard.desk_office import said as text_of

DAY = date(2026, 11, 24)
MIDNIGHT = midnight_us(DAY)


def a_shift(person: Person, starts: int = 8, ends: int = 20) -> Shift:
    """Return a shift on that day [h]."""
    return Shift(
        person_id=person.person_id, starts_us=MIDNIGHT + starts * HOUR_US, ends_us=MIDNIGHT + ends * HOUR_US
    )  # fmt: skip


def subject(person: Person, *shifts: Shift) -> dict[str, object]:
    """Return what the panel of that day carries."""
    return {"person_id": person.person_id, "day": str(DAY), "known": [shift_value(one) for one in shifts]}


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        pytest.param("08:00", "20:00", (8, 20), id="by day"),
        pytest.param("20:00", "08:00", (20, 32), id="over night"),
        pytest.param("0:00", "24:00", (0, 24), id="all day"),
        pytest.param(" 8:00 ", "12:00", (8, 12), id="blanks around"),
        pytest.param("08:00", "08:00", (8, 32), id="round the clock"),
        pytest.param("8", "20:00", None, id="no minutes"),
        pytest.param("25:00", "26:00", None, id="no such hour"),
        pytest.param("08:60", "20:00", None, id="no such minute"),
        pytest.param("24:00", "08:00", None, id="begins on the next day"),
        pytest.param("-1:00", "08:00", None, id="below nought"),
        pytest.param(None, "08:00", None, id="nothing"),
        pytest.param(["08:00"], "20:00", None, id="a list"),
        pytest.param("０８:００", "20:00", None, id="full-width digits"),
    ],
)
def test_two_clock_times_are_a_shift(begins: object, ends: object, hours: tuple[int, int] | None) -> None:
    """As people write them; anything else is none."""
    shift = read_shift("p", DAY, begins, ends)

    wanted = hours and (MIDNIGHT + hours[0] * HOUR_US, MIDNIGHT + hours[1] * HOUR_US)
    assert (shift and (shift.starts_us, shift.ends_us)) == (wanted or None)


def test_a_squad_leader_adds_and_removes_shifts_of_the_own_area(street: Written) -> None:
    """What is still checked stays, what was typed comes."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)
    old = a_shift(person, 0, 6)
    street.store.roster().put([old], by=TESTER)

    with asked_by(street.sign_in(Role.SQUAD_LEADER, COMMUNITY)):
        _, address = save(
            desk.office,
            viewer_at(desk.office, ROSTER, "?week=2026-11-23"),
            subject(person, old),
            [],
            ("08:00", "20:00"),
        )

    assert shifts_of(desk.office, person.person_id, DAY) == [a_shift(person)]
    assert address == "?week=2026-11-23&saved=1"
    assert desk.actions()[0][0] == "roster.change"


def test_a_shift_that_overlaps_is_refused_in_words(street: Written) -> None:
    """And the one that was there stays."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)
    old = a_shift(person)
    street.store.roster().put([old], by=TESTER)

    with asked_by(street.sign_in(Role.ADMIN)):
        told, _ = save(
            desk.office,
            viewer_at(desk.office, ROSTER, ""),
            subject(person, old),
            [shift_value(old)],
            ("12:00", "13:00"),
        )

    assert "重叠" in text_of(told)
    assert shifts_of(desk.office, person.person_id, DAY) == [old]


def test_a_day_that_was_changed_meanwhile_is_not_overwritten(street: Written) -> None:
    """Two leaders with the same page: the second looks again."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)
    street.store.roster().put([a_shift(person)], by=TESTER)

    with asked_by(street.sign_in(Role.ADMIN)):
        told, _ = save(desk.office, viewer_at(desk.office, ROSTER, ""), subject(person), [], ("", ""))

    assert "别人刚刚改过" in text_of(told)
    assert shifts_of(desk.office, person.person_id, DAY) == [a_shift(person)]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.OPERATOR, Role.SQUAD_LEADER, Role.AUDITOR])
def test_who_may_not_change_a_persons_roster_changes_nothing(street: Written, role: Role) -> None:
    """The squad leader of another community is as far away as anybody."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)

    with asked_by(street.sign_in(role, "370202007002")):
        told, address = save(
            desk.office, viewer_at(desk.office, ROSTER, ""), subject(person), [], ("08:00", "20:00")
        )  # fmt: skip

    assert "没有这个对象" in text_of(told)
    assert address is no_update
    assert shifts_of(desk.office, person.person_id, DAY) == []


@pytest.mark.parametrize(
    "forged", [None, [], {"person_id": 1}, {"person_id": "x", "day": "x", "known": []}, {"day": "9999-12-31"}]
)
def test_a_forged_day_changes_nothing(street: Written, forged: object) -> None:
    """Told like what may not be had."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        told, _ = save(desk.office, viewer_at(desk.office, ROSTER, ""), forged, {"a": 1}, (7, []))

    assert "没有这个对象" in text_of(told)


def test_an_officer_sees_the_week_and_no_button(street: Written) -> None:
    """Only people who may be on duty are listed: neither screens nor those who left."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)
    desk.a_person("screen", Role.WALL, COMMUNITY)
    desk.a_person("gone", Role.OFFICER, COMMUNITY, is_active=False)
    street.store.roster().put([a_shift(person)], by=TESTER)
    query = f"?week=2026-11-26&person={person.person_id}&day=2026-11-24"

    with asked_by(street.sign_in(Role.OFFICER, COMMUNITY)):
        shown = page(desk.office, viewer_at(desk.office, ROSTER, query), desk.areas)

    assert "2026-11-23 至 2026-11-29" in text_of(shown)
    assert "08:00–20:00" in text_of(shown)
    assert "Screen" not in text_of(shown)
    assert "Gone" not in text_of(shown)
    assert ids.SHIFT_SAVE not in ids_of(shown)


@pytest.mark.parametrize("week", ["", "2026-99-99", "0001-01-01", "9999-12-31", "nonsense"])
def test_a_week_that_is_none_is_this_one(street: Written, week: str) -> None:
    """An address may say anything."""
    desk = Desk(street)
    today = day_of(now_us())

    with asked_by(street.sign_in(Role.ADMIN)):
        shown = page(desk.office, viewer_at(desk.office, ROSTER, f"?week={week}"), desk.areas)

    assert str(today - timedelta(days=today.weekday())) in text_of(shown)


def test_an_area_leads_to_its_address() -> None:
    """The week stays."""
    assert filtered(COMMUNITY, "?week=2026-11-23") == f"?week=2026-11-23&area={COMMUNITY}"
