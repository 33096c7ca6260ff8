"""One person's panel: adding, changing, resetting, ending; each asks about the very person."""

from dataclasses import replace

import pytest
from dash import no_update

from dashboard.desk_person import Typed, add_grant, end_all, reset_password, reset_totp, save, turn_active
from dashboard.desk_view import viewer_at
from layouts.desk.addresses import PEOPLE
from layouts.desk.frame import Viewer
from street.passwords import verify
from street.people import Grant, Person, Role
from tests.dashboard.conftest import COMMUNITY, SUBDISTRICT, TESTER, Signed, Written
from tests.dashboard.desk_office import Desk, asked_by, pieces
from tests.dashboard.desk_office import said as text_of

OFFICER = [f"officer@{COMMUNITY}"]


def typed(login: object = "lina", **changes: object) -> Typed:
    """Return fields as somebody fills them in."""
    return Typed(login=login, name="李娜", name_en="Li Na", phone="13812345678", unit="一组")._replace(**changes)  # type: ignore[arg-type]  # as a browser may send


def zh(desk: Desk) -> Viewer:
    """Return who looks, in Chinese."""
    return viewer_at(desk.office, PEOPLE, "?lang=zh")


def subject(person: Person) -> dict[str, object]:
    """Return what the panel of a person carries."""
    return {"person_id": person.person_id, "version": person.version}


@pytest.fixture
def admin(street: Written) -> Signed:
    """An admin."""
    return street.sign_in(Role.ADMIN, SUBDISTRICT)


def test_a_new_person_gets_a_password_that_is_shown_once_and_works(street: Written, admin: Signed) -> None:
    """It stands in the answer, and only its hash in the store; it must be changed."""
    desk = Desk(street)

    with asked_by(admin):
        answer = save(desk.office, zh(desk), {"person_id": "", "version": 0}, typed(), OFFICER)

    added = street.store.people().find("lina")
    assert added is not None
    assert (added.name, added.grants, added.must_change_password) == ("李娜", (Grant(Role.OFFICER, COMMUNITY),), True)
    secret = next(piece["children"] for piece in pieces(answer.told) if piece.get("className") == "secret")
    assert verify(street.store.people().password_hash(added.person_id), secret)
    assert ("person.add", "done", admin.person.login) in desk.actions()


def test_a_change_keeps_the_phone_that_was_not_typed_again(street: Written, admin: Signed) -> None:
    """The number is never shown, so an empty field cannot mean to remove it."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY, phone="13812345678")

    with asked_by(admin):
        answer = save(desk.office, zh(desk), subject(person), typed(phone="", unit="二组"), OFFICER)

    after = street.store.people().get(person.person_id)
    assert after is not None
    assert (after.phone, after.unit, after.version) == ("13812345678", "二组", 2)
    assert answer.search == f"?lang=zh&person={person.person_id}&saved=2"


def test_the_slower_of_two_admins_is_told(street: Written, admin: Signed) -> None:
    """Both saw version 1; nothing of the second's is kept."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)
    street.store.people().change(replace(person, unit="一组"), by=TESTER)

    with asked_by(admin):
        answer = save(desk.office, zh(desk), subject(person), typed(unit="二组"), OFFICER)

    assert "别人刚刚改过" in text_of(answer.told)
    after = street.store.people().get(person.person_id)
    assert after is not None
    assert after.unit == "一组"


@pytest.mark.parametrize(
    ("fields", "grants", "wanted"),
    [
        pytest.param({"login": "A b"}, OFFICER, "账号须为", id="login"),
        pytest.param({"login": None}, OFFICER, "账号须为", id="no login"),
        pytest.param({"name": "  "}, OFFICER, "姓名须为", id="name"),
        pytest.param({"phone": "abc"}, OFFICER, "电话须为", id="phone"),
        pytest.param({"unit": "x" * 101}, OFFICER, "单位最多", id="unit"),
        pytest.param({}, ["emperor@370202007"], "请选择角色和区域", id="role"),
        pytest.param({}, ["officer@37"], "请选择角色和区域", id="area"),
        pytest.param({}, {"officer": 1}, "请选择角色和区域", id="no list"),
        pytest.param({"login": "taken"}, OFFICER, "账号已被使用", id="taken"),
    ],
)
def test_a_wrong_field_is_said_and_nothing_is_added(
    street: Written, admin: Signed, fields: dict[str, object], grants: object, wanted: str
) -> None:
    """In words, beside the button that was pressed."""
    desk = Desk(street)
    desk.a_person("taken", Role.OFFICER, COMMUNITY)
    before = len(street.store.people().all())

    with asked_by(admin):
        answer = save(desk.office, zh(desk), {"person_id": "", "version": 0}, typed(**fields), grants)

    assert wanted in text_of(answer.told)
    assert len(street.store.people().all()) == before


def test_nobody_changes_their_own_roles(street: Written, admin: Signed) -> None:
    """An admin who could would be everything."""
    desk = Desk(street)

    with asked_by(admin):
        answer = save(
            desk.office, zh(desk), subject(admin.person), typed(admin.person.login),
            [f"admin@{SUBDISTRICT}", f"auditor@{SUBDISTRICT}"],
        )  # fmt: skip

    assert "不能改变自己的角色" in text_of(answer.told)
    assert street.store.people().get(admin.person.person_id) == admin.person


@pytest.mark.parametrize("act", [reset_password, reset_totp, end_all, turn_active])
def test_who_may_not_change_people_changes_nobody(street: Written, act: object) -> None:
    """A squad leader sees people; asking the callback itself must not help."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)
    street.store.sessions().begin(person.person_id, kind="tablet", address="", name="", by=TESTER)
    before = street.store.sessions().version()

    with asked_by(street.sign_in(Role.SQUAD_LEADER)):
        version = street.store.sessions().version()
        answer = act(desk.office, zh(desk), subject(person))  # type: ignore[operator]  # each of the four

    assert "没有这个对象" in text_of(answer.told)
    assert street.store.sessions().version() == version > before
    assert street.store.people().get(person.person_id) == person


def test_who_may_not_change_people_adds_and_edits_nobody(street: Written) -> None:
    """Unknown and forbidden are told in the same words."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)

    with asked_by(street.sign_in(Role.SQUAD_LEADER)):
        answers = [
            save(desk.office, zh(desk), whom, typed("newcomer"), OFFICER)
            for whom in ({"person_id": "", "version": 0}, subject(person), {"person_id": "nobody", "version": 1})
        ]

    assert len({text_of(answer.told) for answer in answers}) == 1
    assert street.store.people().find("newcomer") is None
    assert street.store.people().get(person.person_id) == person


def test_a_reset_password_ends_sessions_and_is_shown_once(street: Written, admin: Signed) -> None:
    """The old one is worth nothing from now on."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)
    street.store.sessions().begin(person.person_id, kind="tablet", address="", name="", by=TESTER)

    with asked_by(admin):
        answer = reset_password(desk.office, zh(desk), subject(person))

    secret = next(piece["children"] for piece in pieces(answer.told) if piece.get("className") == "secret")
    assert verify(street.store.people().password_hash(person.person_id), secret)
    assert street.store.sessions().open(person.person_id) == []
    assert answer.subject == {"person_id": person.person_id, "version": 2}


def test_ending_all_of_ones_own_sessions_keeps_this_one(street: Written, admin: Signed) -> None:
    """Else the answer would never be read."""
    desk = Desk(street)
    street.store.sessions().begin(admin.person.person_id, kind="person", address="", name="", by=TESTER)

    with asked_by(admin):
        end_all(desk.office, zh(desk), subject(admin.person))

    assert [one.session_id for one in street.store.sessions().open(admin.person.person_id)] == [
        admin.session.session_id
    ]


def test_an_account_is_turned_off_and_on_again(street: Written, admin: Signed) -> None:
    """The page is shown anew, of the version it is now."""
    desk = Desk(street)
    person = desk.a_person("lina", Role.OFFICER, COMMUNITY)

    with asked_by(admin):
        off = turn_active(desk.office, zh(desk), subject(person))
        stale = turn_active(desk.office, zh(desk), subject(person))
        on = turn_active(desk.office, zh(desk), off.subject)

    after = street.store.people().get(person.person_id)
    assert after is not None
    assert (after.is_active, after.version) == (True, 3)
    assert (off.search, on.search) == ("?lang=zh&saved=2", "?lang=zh&saved=3")
    assert "别人刚刚改过" in text_of(stale.told)


def test_the_last_admin_stays(street: Written, admin: Signed) -> None:
    """Else nobody could ever be let in again."""
    desk = Desk(street)
    other = street.sign_in(Role.ADMIN, SUBDISTRICT)

    with asked_by(other):
        turn_active(desk.office, zh(desk), subject(admin.person))
        answer = turn_active(desk.office, zh(desk), subject(other.person))

    assert "不能" in text_of(answer.told)
    assert len([one for one in street.store.people().all() if one.is_active]) == 1


def test_a_grant_is_added_to_the_list_and_not_yet_to_the_person(street: Written, admin: Signed) -> None:
    """Only saving does that."""
    desk = Desk(street)

    with asked_by(admin):
        options, values = add_grant(zh(desk), desk.areas, (1, "leader", SUBDISTRICT), OFFICER)
        again = add_grant(zh(desk), desk.areas, (2, "leader", SUBDISTRICT), values)[1]

    assert values == again == [*OFFICER, f"leader@{SUBDISTRICT}"]
    assert isinstance(options, list)
    assert options[1]["label"] == "领导 · 江苏路街道"


@pytest.mark.parametrize(
    "asked", [(None, "leader", SUBDISTRICT), (1, None, SUBDISTRICT), (1, "leader", "nowhere"), (1, {"a": 1}, [1])]
)
def test_what_is_no_grant_is_not_added(street: Written, admin: Signed, asked: tuple[object, object, object]) -> None:
    """Nothing chosen, or nonsense from a forged request."""
    desk = Desk(street)

    with asked_by(admin):
        assert add_grant(zh(desk), desk.areas, asked, OFFICER) == (no_update, no_update)


@pytest.mark.parametrize(
    "whom", [None, 7, [], {"person_id": 3}, {"person_id": "x", "version": "1"}, {"person_id": "\x00"}]
)
def test_a_subject_that_is_none_changes_nobody(street: Written, admin: Signed, whom: object) -> None:
    """A forged subject is a stranger."""
    desk = Desk(street)

    with asked_by(admin):
        assert "没有这个对象" in text_of(reset_password(desk.office, zh(desk), whom).told)
