"""`python -m street people`: what a keeper does to accounts, and what is refused."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from street import clock, passwords
from street.__main__ import main
from street.keys import load_keys
from street.people import Actor, Grant, Person, Role
from street.store import Store, open_store
from tests.street.sheets import HEADINGS_ZH, ROSTER, WANG, a_workbook

GEO = Path(__file__).parents[3] / "street" / "geo"
Told = tuple[int, str, str]


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    """Give the configuration of a street that nobody has opened."""
    path = tmp_path / "config.yaml"
    path.write_text(f"people: {{demo_accounts: true}}\nplaces: {{directory: {GEO}}}\n", encoding="utf-8")
    return path


@pytest.fixture
def street(config_file: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Give a way to run `people …`: code, what it said, what it complained of."""

    def run(*arguments: str | Path) -> Told:
        code = main(["--config", str(config_file), "people", *map(str, arguments)])
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def store(config_file: Path) -> Store:
    """Give the same street's store."""
    key = load_keys(config_file.parent / "var" / "keys.json").audit
    return open_store(f"sqlite:///{config_file.parent}/var/street.db", clock.now_us, audit_key=key)


def person_of(store: Store, login: str) -> Person:
    """Return who must be there."""
    person = store.people().find(login)
    assert person is not None
    return person


def password_in(said: str) -> str:
    """Return the password that was told."""
    found = re.search(r"first password: (\S+)", said)
    assert found is not None
    return found[1]


def test_the_first_admin_is_made_once(street: Callable[..., Told], store: Store) -> None:
    """With a password that is told once, must be changed, and is stored as a hash."""
    first = street("first-admin", "root", "--name", "陈浩")
    second = street("first-admin", "root2", "--name", "陈浩")

    admin = person_of(store, "root")
    assert (first[0], second[0]) == (0, 1)
    assert "there is an admin already" in second[2]
    assert admin.grants == (Grant(Role.ADMIN, "370202007"),)
    assert admin.must_change_password
    assert passwords.verify(store.people().password_hash(admin.person_id), password_in(first[1]))
    assert [person.login for person in store.people().all()] == ["root"]


def test_the_demos_admin_is_none_that_counts(street: Callable[..., Told], store: Store) -> None:
    """Its password stands on the sign-in page: a real street still needs its first admin."""
    street("demo")

    assert street("first-admin", "root", "--name", "陈浩")[0] == 0


def test_an_account_is_added_where_it_belongs(street: Callable[..., Told], store: Store) -> None:
    """With role, area and unit."""
    told = street("add", "wang", "--name", "王芳", "--role", "officer", "--area", "370202007007", "--unit", "一中队")

    wang = person_of(store, "wang")
    assert told[0] == 0
    assert (wang.grants, wang.unit) == ((Grant(Role.OFFICER, "370202007007"),), "一中队")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        pytest.param(("add", "w", "--name", "王", "--role", "officer"), "login: form", id="login"),
        pytest.param(("add", "wang", "--name", "王", "--role", "officer", "--area", "37"), "area: unknown", id="area"),
        pytest.param(("reset-password", "nobody"), "nobody has the login 'nobody'", id="reset nobody"),
        pytest.param(("end-sessions", "nobody"), "nobody has the login 'nobody'", id="end nobody"),
    ],
)
def test_what_cannot_be_is_one_line(
    street: Callable[..., Told], store: Store, arguments: tuple[str, ...], why: str
) -> None:
    """And nothing is stored."""
    told = street(*arguments)

    assert (told[0], told[2]) == (1, f"refused: {why}\n")
    assert store.people().all() == []


def test_a_login_that_is_taken_is_told(street: Callable[..., Told]) -> None:
    """Not a second account."""
    street("add", "wang", "--name", "王芳", "--role", "officer")

    assert street("add", "WANG", "--name", "王芳", "--role", "leader")[0] == 1


def test_an_unknown_role_is_not_understood(street: Callable[..., Told], capsys: pytest.CaptureFixture[str]) -> None:
    """With those there are."""
    with pytest.raises(SystemExit) as ended:
        street("add", "wang", "--name", "王芳", "--role", "king")

    assert ended.value.code == 2
    assert "squad_leader" in capsys.readouterr().err


def test_a_list_is_taken_in_with_its_roster(street: Callable[..., Told], store: Store, tmp_path: Path) -> None:
    """Each first password once, on stdout, to be handed out."""
    roster = [ROSTER, ("wang", "2026-11-24", "08:00", "16:00")]
    (tmp_path / "list.xlsx").write_bytes(a_workbook(人员=[HEADINGS_ZH, WANG], 排班=roster))

    dry = street("import", tmp_path / "list.xlsx", "--dry-run")
    before = store.people().all()
    done = street("import", tmp_path / "list.xlsx")

    wang = person_of(store, "wang")
    login, password = done[1].strip().split("\t")
    assert (dry[0], before) == (0, [])
    assert (done[0], login) == (0, "wang")
    assert passwords.verify(store.people().password_hash(wang.person_id), password)
    assert len(store.roster().shifts(0, 2**60)) == 1


def test_a_list_with_a_fault_is_taken_in_not_at_all(street: Callable[..., Told], store: Store, tmp_path: Path) -> None:
    """Each fault in a line with its row."""
    bad = (*WANG[:5], "国王", WANG[6])
    (tmp_path / "list.xlsx").write_bytes(a_workbook(人员=[HEADINGS_ZH, WANG, ("li.na", *bad[1:])]))

    told = street("import", tmp_path / "list.xlsx")

    assert told[0] == 1
    assert told[2] == f"{tmp_path / 'list.xlsx'}: people row 3: role: role-unknown '国王'\n"
    assert store.people().all() == []


def test_a_list_that_is_not_there_is_told(street: Callable[..., Told], tmp_path: Path) -> None:
    """In one line."""
    told = street("import", tmp_path / "none.xlsx")

    assert told[0] == 78
    assert told[2].count("\n") == 1


def test_the_list_tells_who_is_what(street: Callable[..., Told]) -> None:
    """One line each; who is on duty, an example, or gone."""
    street("demo")

    lines = street("list")[1].splitlines()

    assert len(lines) == len(Role)
    assert "officer\t孙立军\tofficer@370202007007\t-\tdemo,duty" in lines


def test_the_demo_needs_its_switch(street: Callable[..., Told], config_file: Path) -> None:
    """Known passwords never come to a real street by a slip."""
    config_file.write_text(config_file.read_text("utf-8").replace("true", "false"), encoding="utf-8")

    told = street("demo")

    assert told[0] == 78
    assert "people.demo_accounts" in told[2]


def test_the_demo_is_ended(street: Callable[..., Told], store: Store) -> None:
    """Once a real admin is there."""
    street("demo")
    street("first-admin", "root", "--name", "陈浩")

    told = street("demo", "--end")

    assert told[:2] == (0, "9 accounts of the demo ended\n")
    assert [person.login for person in store.people().all() if person.is_active] == ["root"]


def test_a_reset_tells_a_new_password_and_ends_sessions(street: Callable[..., Told], store: Store) -> None:
    """The second factor stays, unless it is asked to go."""
    street("add", "wang", "--name", "王芳", "--role", "officer")
    wang = person_of(store, "wang")
    by = Actor.system("test")
    store.people().set_second_factor(wang.person_id, b"sealed", by=by)
    token, _ = store.sessions().begin(wang.person_id, kind="person", address="", name="", by=by)

    told = street("reset-password", "wang")
    kept = person_of(store, "wang").has_totp
    street("reset-password", "wang", "--second-factor")

    assert passwords.verify(store.people().recent_hashes(wang.person_id)[1], password_in(told[1]))
    assert store.sessions().find(token, clock.now_us()) is None
    assert (kept, person_of(store, "wang").has_totp) == (True, False)


def test_a_stolen_tablet_is_signed_out(street: Callable[..., Told], store: Store) -> None:
    """From the console, when no admin is at hand."""
    street("add", "wang", "--name", "王芳", "--role", "officer")
    wang = person_of(store, "wang")
    for _ in range(2):
        store.sessions().begin(wang.person_id, kind="tablet", address="", name="", by=Actor.system("test"))

    told = street("end-sessions", "wang")

    assert told[:2] == (0, "wang: 2 sessions ended\n")
    assert store.sessions().open() == []


def test_commands_are_audited_as_the_keepers(street: Callable[..., Told], store: Store) -> None:
    """And no password stands there."""
    told = street("add", "wang", "--name", "王芳", "--role", "officer")

    (stored,) = store.audit().find()
    assert (stored.entry.by.login, stored.entry.by.address, stored.entry.action) == ("keeper", "console", "person.add")
    assert password_in(told[1]) not in str(stored)
