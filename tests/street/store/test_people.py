"""People: one login each, changed by who saw the newest version, and never the last admin gone."""

from dataclasses import replace

import pytest

from street.clock import HOUR_US
from street.errors import FieldError, LoginTakenError, NotAllowedError, StoreError, SupersededError
from street.people import Actor, Grant, Role, Shift
from street.store import ImportRow, Store, open_store
from tests.street.store.makers import KEEPER, NOON_US, Now, a_person, add_person, deeds, rows


def test_a_person_comes_back_as_she_was_added(store: Store) -> None:
    """With an id, her login in small letters, and all her grants."""
    grants = (Grant(Role.LEADER, "370202007"), Grant(Role.OFFICER, "370202007007"))

    added = add_person(
        store, " Wang.Fang ", grants=grants, phone="+86 139 0001 0002", unit="执法中队", name_en="Wang Fang"
    )

    assert added.login == "wang.fang"
    assert added.person_id
    assert set(added.grants) == set(grants)
    assert store.people().get(added.person_id) == replace(added, grants=tuple(sorted(grants, key=lambda it: it.role)))
    assert store.people().find("WANG.FANG") == store.people().get(added.person_id)


def test_nobody_is_found_under_an_unknown_login(store: Store) -> None:
    """None, not an error: the sign-in page must take as long for her."""
    assert store.people().find("nobody") is None
    assert store.people().get("nobody") is None


def test_a_login_is_taken_however_it_is_typed(store: Store) -> None:
    """Capitals and full-width letters make no second person."""
    add_person(store, "wang")

    for typed in ("WANG", " wang ", "ｗａｎｇ"):
        with pytest.raises(LoginTakenError):
            add_person(store, typed)
    assert len(store.people().all()) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"login": "w"}, "login", id="login too short"),
        pytest.param({"login": "王芳"}, "login", id="login not ASCII"),
        pytest.param({"login": "left:1"}, "login", id="login with a colon"),
        pytest.param({"name": " "}, "name", id="no name"),
        pytest.param({"name": "王" * 65}, "name", id="name too long"),
        pytest.param({"name": "王\0芳"}, "name", id="NUL"),
        pytest.param({"name": "\ud800王"}, "name", id="lone surrogate"),
        pytest.param({"unit": "a\u202eb"}, "unit", id="turned around"),
        pytest.param({"phone": "call me"}, "phone", id="phone of letters"),
        pytest.param({"grants": (Grant(Role.OFFICER, "37020"),)}, "area", id="area of five digits"),
        pytest.param(
            {"grants": tuple(Grant(Role.OFFICER, f"{n:06}") for n in range(51))}, "grants", id="fifty-one grants"
        ),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(store: Store, changes: dict[str, object], field: str) -> None:
    """Alike on both engines, and nothing of her is kept."""
    with pytest.raises(FieldError) as refused:
        store.people().add(replace(a_person(), **changes), password_hash=None, by=KEEPER)

    assert refused.value.field == field
    assert store.people().all() == []
    assert deeds(store) == []


def test_the_slower_of_two_editors_is_told(store: Store) -> None:
    """Both saw version 1; nothing of the second edit is kept."""
    seen = add_person(store)
    store.people().change(replace(seen, unit="一中队"), by=KEEPER)

    with pytest.raises(SupersededError):
        store.people().change(replace(seen, unit="二中队"), by=KEEPER)

    stored = store.people().get(seen.person_id)
    assert stored is not None
    assert (stored.unit, stored.version) == ("一中队", 2)


def test_who_never_was_cannot_be_changed(store: Store) -> None:
    """An id made up by a client is no new person."""
    with pytest.raises(SupersededError):
        store.people().change(a_person(person_id="made-up"), by=KEEPER)


def test_a_login_can_be_changed_but_not_to_one_that_is_taken(store: Store) -> None:
    """The refused change leaves the connection usable and the person as she was."""
    first, second = add_person(store, "first"), add_person(store, "second")

    with pytest.raises(LoginTakenError):
        store.people().change(replace(second, login="first"), by=KEEPER)
    changed = store.people().change(replace(second, login="third"), by=KEEPER)

    assert changed.login == "third"
    assert store.people().find("first") == first


def test_the_last_active_admin_stays(store: Store) -> None:
    """Neither her role nor her account goes while nobody else could let anybody in."""
    admin, other = add_person(store, "admin", Role.ADMIN), add_person(store, "other", Role.ADMIN)
    store.people().change(replace(other, is_active=False), by=KEEPER)

    for change in ({"is_active": False}, {"grants": ()}):
        with pytest.raises(NotAllowedError, match="last-admin"):
            store.people().change(replace(admin, **change), by=KEEPER)

    assert store.people().get(admin.person_id) == admin


def test_an_admin_may_go_when_another_stays(store: Store) -> None:
    """The rule counts admins, not people."""
    admin = add_person(store, "admin", Role.ADMIN)
    add_person(store, "other", Role.ADMIN)

    gone = store.people().change(replace(admin, is_active=False), by=KEEPER)

    assert not gone.is_active


def test_nobody_changes_her_own_roles(store: Store) -> None:
    """Not even an admin, not even away from her; her phone number she may."""
    admin = add_person(store, "admin", Role.ADMIN)
    add_person(store, "other", Role.ADMIN)
    herself = Actor(admin.person_id, admin.login)

    for change in ({"grants": (*admin.grants, Grant(Role.AUDITOR, "370202007"))}, {"grants": ()}, {"is_active": False}):
        with pytest.raises(NotAllowedError, match="own-role"):
            store.people().change(replace(admin, **change), by=herself)
    changed = store.people().change(replace(admin, phone="139 0001"), by=herself)

    assert changed.phone == "139 0001"


@pytest.mark.parametrize(
    ("change", "stays_in"),
    [
        pytest.param({"grants": (Grant(Role.OFFICER, "370202007001"),)}, False, id="another area"),
        pytest.param({"grants": ()}, False, id="no role"),
        pytest.param({"is_active": False}, False, id="left"),
        pytest.param({"unit": "二中队"}, True, id="another unit"),
    ],
)
def test_sessions_end_when_rights_change(store: Store, now: Now, change: dict[str, object], stays_in: bool) -> None:
    """What somebody may do never outlives the change in an open page."""
    person = add_person(store)
    token, _ = store.sessions().begin(person.person_id, kind="person", address="10.0.0.1", name="", by=KEEPER)

    store.people().change(replace(person, **change), by=KEEPER)

    assert (store.sessions().find(token, now()) is not None) == stays_in
    assert store.sessions().why_ended(token, now()) == ("" if stays_in else "rights-changed")


def test_she_is_on_duty_while_a_shift_holds(store: Store, now: Now) -> None:
    """From its first moment to before its last, with no job that flips a switch."""
    person = add_person(store)
    shift = Shift(person_id=person.person_id, starts_us=NOON_US, ends_us=NOON_US + HOUR_US)
    store.roster().put([shift], by=KEEPER)

    seen = []
    for at_us in (NOON_US - 1, NOON_US, NOON_US + HOUR_US - 1, NOON_US + HOUR_US):
        now.us = at_us
        found = store.people().find("wang")
        seen.append(found is not None and found.is_on_duty)

    assert seen == [False, True, True, False]


def test_a_list_comes_in_whole_or_not_at_all(store: Store) -> None:
    """The third of four has a login that is taken: none of them is there, and no entry says so."""
    add_person(store, "taken")
    new = [ImportRow(a_person(login)) for login in ("one", "two", "taken", "four")]

    with pytest.raises(LoginTakenError):
        store.people().add_many(new, KEEPER)

    assert [person.login for person in store.people().all()] == ["taken"]
    assert deeds(store, "person.import") == []


def test_a_list_brings_its_roster(store: Store) -> None:
    """Shifts name people by the ids the list gave them; one that cannot be keeps everybody out."""
    good = Shift(person_id="p-1", starts_us=NOON_US, ends_us=NOON_US + HOUR_US)
    bad = Shift(person_id="p-1", starts_us=NOON_US + 1, ends_us=NOON_US + HOUR_US)

    with pytest.raises(FieldError):
        store.people().add_many([ImportRow(a_person("one", person_id="p-0"))], KEEPER, [good, bad])
    store.people().add_many([ImportRow(a_person("one", person_id="p-1"), "hash")], KEEPER, [good])

    assert [person.person_id for person in store.people().all()] == ["p-1"]
    assert store.roster().shifts(NOON_US, NOON_US + 1) == [good]
    assert store.people().password_hash("p-1") == "hash"


def test_a_subject_means_one_person(store: Store) -> None:
    """The provider's name for somebody cannot be taken over by a second account."""
    wang, li = add_person(store, "wang"), add_person(store, "li.na")
    store.people().link_subject(wang.person_id, "https://id.example", "s-1", by=KEEPER)

    with pytest.raises(LoginTakenError):
        store.people().link_subject(li.person_id, "https://id.example", "s-1", by=KEEPER)

    assert store.people().person_of_subject("https://id.example", "s-1") == wang
    assert store.people().person_of_subject("https://other.example", "s-1") is None


def test_the_audit_tells_of_a_change_without_personal_fields(store: Store) -> None:
    """Which field changed, never from what to what; roles are told in full."""
    person = add_person(store, phone="139 0000 1111")
    change = replace(person, phone="138 2222 3333", name="李娜", grants=(Grant(Role.LEADER, "370202007"),))

    store.people().change(change, by=Actor("p-9", "admin", "10.0.0.9", "s-1", "r-1"))

    entry = deeds(store, "person.change")[-1]
    assert entry.by == Actor("p-9", "admin", "10.0.0.9", "s-1", "r-1")
    assert entry.object == f"person/{person.person_id}"
    assert "officer@370202007" in entry.before
    assert "leader@370202007" in entry.after
    assert '"changed":["name","phone"]' in entry.after
    everything = str(rows(store, "SELECT * FROM audit"))
    assert not [it for it in ("139 0000 1111", "138 2222 3333", "李娜", "王芳") if it in everything]


def test_nothing_audited_happens_without_the_key(store: Store, url: str) -> None:
    """Ingest has no key: it can change nobody, and leaves nothing half done."""
    keyless = open_store(url, lambda: NOON_US)

    with pytest.raises(StoreError, match="without the audit's key"):
        keyless.people().add(a_person(), password_hash=None, by=KEEPER)
    keyless.close()

    assert store.people().all() == []


def test_another_key_is_told_and_refused(store: Store, url: str) -> None:
    """A restored database with the wrong keys file would otherwise break the chain for ever."""
    add_person(store)
    wrong = open_store(url, lambda: NOON_US, audit_key=b"another key of thirty-two bytes!")

    with pytest.raises(StoreError, match="another key"):
        wrong.people().add(a_person("li.na"), password_hash=None, by=KEEPER)
    wrong.close()

    assert [person.login for person in store.people().all()] == ["wang"]
