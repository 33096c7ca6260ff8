"""The devices page: letting in by a code, and ending what was lost."""

import pytest
from dash import no_update

from dashboard.desk_devices import approve, end, filtered, looked_up, page, read_code
from dashboard.desk_view import viewer_at
from layouts import ids
from layouts.desk.addresses import DEVICES
from street.clock import now_us
from street.people import Grant, Role
from tests.dashboard.conftest import COMMUNITY, SUBDISTRICT, TESTER, Written
from tests.dashboard.desk_office import Desk, asked_by, ids_of
from tests.dashboard.desk_office import said as text_of

ELSEWHERE = "370202007002"


def test_a_stolen_tablet_is_locked_out_by_one_press(street: Written) -> None:
    """Its token is worth nothing from the same moment on, and the audit says why."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)
    token, session = street.store.sessions().begin(
        person.person_id, kind="tablet", address="10.0.0.7", name="T-1", by=TESTER
    )

    with asked_by(street.sign_in(Role.SQUAD_LEADER, COMMUNITY)):
        told, address = end(
            desk.office, viewer_at(desk.office, DEVICES, ""), {"session_id": session.session_id}, "平板遗失"
        )

    assert street.store.sessions().find(token, now_us()) is None
    assert "已结束" in text_of(told)
    assert address == f"?ended={session.session_id}"
    newest = street.store.audit().find(limit=1)[0].entry
    assert (newest.action, newest.reason) == ("session.end", "平板遗失")


@pytest.mark.parametrize(
    ("role", "area"),
    [
        (Role.SQUAD_LEADER, ELSEWHERE),
        (Role.OPERATOR, SUBDISTRICT),
        (Role.OFFICER, COMMUNITY),
        (Role.LEADER, SUBDISTRICT),
    ],
)
def test_who_may_not_keep_devices_there_ends_no_session(street: Written, role: Role, area: str) -> None:
    """Told like a session that is no more."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)
    token, session = street.store.sessions().begin(person.person_id, kind="tablet", address="", name="", by=TESTER)

    with asked_by(street.sign_in(role, area)):
        viewer = viewer_at(desk.office, DEVICES, "")
        forbidden = end(desk.office, viewer, {"session_id": session.session_id}, None)
        unknown = end(desk.office, viewer, {"session_id": "nothing"}, None)

    assert street.store.sessions().find(token, now_us()) is not None
    assert text_of(forbidden[0]) == text_of(unknown[0])


@pytest.mark.parametrize("forged", [None, 3, [], {"session_id": {"a": 1}}, {"session_id": None}])
def test_a_forged_session_is_none(street: Written, forged: object) -> None:
    """Any value may come."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        assert end(desk.office, viewer_at(desk.office, DEVICES, ""), forged, 1e308)[1] is no_update


def test_a_screen_is_let_into_an_area_by_its_code(street: Written) -> None:
    """However the code is typed; the device then collects a session with the role of a screen there."""
    desk = Desk(street)
    offer = street.store.pairing().offer("screen", "hall", "10.0.0.5", now_us())
    typed = f"{offer.code[:4].lower()}-{offer.code[4:]}"

    with asked_by(street.sign_in(Role.SQUAD_LEADER, SUBDISTRICT)):
        told = approve(desk.office, viewer_at(desk.office, DEVICES, ""), {"code": typed}, (COMMUNITY, None))

    token = street.store.pairing().collect(offer.token)
    assert "已批准" in text_of(told)
    assert token is not None
    found = street.store.sessions().find(token, now_us())
    assert found is not None
    assert found[1].grants == (Grant(Role.WALL, COMMUNITY),)


def test_a_tablet_is_let_in_for_who_uses_it(street: Written) -> None:
    """Its session is that person's, not the approver's."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)
    offer = street.store.pairing().offer("tablet", "T-7", "10.0.0.7", now_us())

    with asked_by(street.sign_in(Role.SQUAD_LEADER, SUBDISTRICT)):
        viewer = viewer_at(desk.office, DEVICES, "")
        without = approve(desk.office, viewer, {"code": offer.code}, (COMMUNITY, None))
        approve(desk.office, viewer, {"code": offer.code}, (None, person.person_id))

    token = street.store.pairing().collect(offer.token)
    assert "请选择使用人" in text_of(without)
    assert token is not None
    found = street.store.sessions().find(token, now_us())
    assert found is not None
    assert found[1].login == "lina"


@pytest.mark.parametrize("kind", ["screen", "tablet"])
def test_nothing_is_let_in_where_the_asker_has_no_right(street: Written, kind: str) -> None:
    """A squad leader lets screens into, and tablets to people of, the own area only."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, ELSEWHERE)
    offer = street.store.pairing().offer(kind, "x", "10.0.0.5", now_us())

    with asked_by(street.sign_in(Role.SQUAD_LEADER, COMMUNITY)):
        told = approve(
            desk.office, viewer_at(desk.office, DEVICES, ""), {"code": offer.code}, (SUBDISTRICT, person.person_id)
        )

    assert "没有这个对象" in text_of(told)
    assert street.store.pairing().waiting(offer.code) is not None


@pytest.mark.parametrize("subject", [None, [], {"code": 5}, {"code": "AAAA"}, {"code": "ZZZZ2222"}])
def test_a_code_that_nobody_waits_under_lets_nothing_in(street: Written, subject: object) -> None:
    """Guessed, mistyped, forged or over."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        told = approve(desk.office, viewer_at(desk.office, DEVICES, ""), subject, (COMMUNITY, None))

    assert "没有这个配对码" in text_of(told)


def test_a_squad_leader_sees_the_sessions_of_the_own_area(street: Written) -> None:
    """The others' are none of theirs, nor is anybody who is something elsewhere besides."""
    desk = Desk(street)
    for login, area in (("inside", COMMUNITY), ("outside", ELSEWHERE)):
        person = desk.a_person(login, Role.OFFICER, area)
        street.store.sessions().begin(person.person_id, kind="tablet", address="10.0.0.7", name="T", by=TESTER)

    with asked_by(street.sign_in(Role.SQUAD_LEADER, COMMUNITY)):
        shown = page(desk.office, viewer_at(desk.office, DEVICES, "?kind=tablet"), desk.areas)

    assert "inside" in text_of(shown)
    assert "outside" not in text_of(shown)


def test_a_waiting_device_is_shown_before_it_is_let_in(street: Written) -> None:
    """Who approves sees what it calls itself and where it comes from."""
    desk = Desk(street)
    offer = street.store.pairing().offer("screen", "hall", "10.0.0.5", now_us())

    with asked_by(street.sign_in(Role.ADMIN)):
        shown = page(desk.office, viewer_at(desk.office, DEVICES, f"?code={offer.code}"), desk.areas)
        unknown = page(desk.office, viewer_at(desk.office, DEVICES, "?code=ZZZZ2222"), desk.areas)

    assert "大屏 · hall · 来自 10.0.0.5" in text_of(shown)
    assert ids.PAIR_APPROVE in ids_of(shown)
    assert ids.PAIR_APPROVE not in ids_of(unknown)


def test_a_session_that_has_ended_says_so_on_its_panel(street: Written) -> None:
    """An address may outlive what it names."""
    desk = Desk(street)

    with asked_by(street.sign_in(Role.ADMIN)):
        shown = page(desk.office, viewer_at(desk.office, DEVICES, "?session=gone"), desk.areas)

    assert "该会话已经结束" in text_of(shown)


def test_ones_own_session_is_marked(street: Written) -> None:
    """Nobody should throw themselves out by mistake."""
    desk = Desk(street)
    admin = street.sign_in(Role.ADMIN)

    with asked_by(admin):
        shown = page(desk.office, viewer_at(desk.office, DEVICES, f"?session={admin.session.session_id}"), desk.areas)

    assert "这是您自己的会话" in text_of(shown)


@pytest.mark.parametrize(
    ("text", "code"),
    [("abcd-2345", "ABCD2345"), (" ab cd 23 45 ", "ABCD2345"), ("abc", ""), (None, ""), ("ABCD234ß", ""), (7, "")],
)
def test_codes_are_read_however_they_are_typed(text: object, code: str) -> None:
    """People read them off a wall."""
    assert read_code(text) == code


def test_a_code_and_filters_lead_to_their_address() -> None:
    """A code that is none leads there too, where the page says what is wrong with it."""
    assert looked_up(1, 0, "abcd-2345", "?lang=en") == "?lang=en&code=ABCD2345"
    assert looked_up(0, 1, "abc", "") == "?code=abc"
    assert looked_up(None, None, "abcd2345", "") is no_update
    assert filtered("li", "tablet", "") == "?q=li&kind=tablet"
