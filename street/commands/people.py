"""`python -m street people`: accounts, from the first admin to the end of a stolen tablet's session.

    people first-admin LOGIN --name NAME      once: the first account of a new street
    people demo [--end]                       the demo's accounts and their roster, or their end
    people add LOGIN --name NAME --role ROLE  one account
    people import FILE.xlsx [--dry-run]       a list, and a roster; all of it or nothing
    people list                               who there is
    people reset-password LOGIN               a new password, and the end of all sessions
    people end-sessions LOGIN                 the end of all sessions

A new password is written once, to stdout; who signs in with it must choose another.
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from street import clock, passwords
from street.commands.demo_people import end_demo_people, make_demo_people
from street.config import Config
from street.errors import ConfigError, NotAllowedError
from street.keys import load_keys
from street.people import KEEPER, Grant, Person, Role
from street.people_sheet import Known, RowFault, read_people, with_first_passwords
from street.places import load_places
from street.store import Store, open_store
from street.workbook import LARGEST_BYTES

SUBDISTRICT_DIGITS: Final = 9


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Tell the command line what this command takes."""
    parser = subparsers.add_parser("people", help="accounts: first-admin, demo, add, import, list, …")
    parser.set_defaults(run=run)
    deeds = parser.add_subparsers(dest="deed", required=True)
    first = deeds.add_parser("first-admin", help="once: the first account of a new street")
    demo = deeds.add_parser("demo", help="the demo's accounts, one for each role")
    demo.add_argument("--end", action="store_true", help="make them inactive")
    add = deeds.add_parser("add", help="one account")
    for each in (first, add):
        each.add_argument("login")
        each.add_argument("--name", required=True)
        each.add_argument("--area", default="", help="its digits; default: the subdistrict's")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--phone", default="")
    add.add_argument("--unit", default="")
    listed = deeds.add_parser("import", help="people and a roster from an XLSX, all or nothing")
    listed.add_argument("file", type=Path)
    listed.add_argument("--dry-run", action="store_true", help="only say what would be refused")
    deeds.add_parser("list", help="who there is")
    reset = deeds.add_parser("reset-password", help="a new password, and the end of all sessions")
    reset.add_argument("--second-factor", action="store_true", help="take the second factor away too: a lost phone")
    end = deeds.add_parser("end-sessions", help="sign out everywhere")
    for each in (reset, end):
        each.add_argument("login")


def run(config: Config, options: argparse.Namespace) -> int:
    """Do the deed; return the exit code."""
    keys = load_keys(config.people.keys_file)
    opened = open_store(config.store.url, clock.now_us, audit_key=keys.audit, session_limits=config.people)
    with closing(opened) as store:
        return _DEEDS[options.deed](config, store, options)


def _first_admin(config: Config, store: Store, options: argparse.Namespace) -> int:
    if any(it.is_active and not it.is_demo and Role.ADMIN in it.roles for it in store.people().all()):
        raise NotAllowedError(code="there is an admin already: people add, as that admin, or reset-password")
    return _add_person(config, store, options, Role.ADMIN)


def _add(config: Config, store: Store, options: argparse.Namespace) -> int:
    return _add_person(config, store, options, Role(options.role), phone=options.phone, unit=options.unit)


def _add_person(
    config: Config, store: Store, options: argparse.Namespace, role: Role, *, phone: str = "", unit: str = ""
) -> int:
    area_id = options.area or min(load_places(config.places.directory).communities)[:SUBDISTRICT_DIGITS]
    person = Person(
        person_id="",
        login=options.login,
        name=options.name,
        phone=phone,
        unit=unit,
        grants=(Grant(role, area_id),),
        must_change_password=True,
    )
    password = passwords.new_password()
    added = store.people().add(person, password_hash=passwords.hashed(password), by=KEEPER)
    _say(f"{added.login} is {role.value} in {area_id}; first password: {password}")
    return 0


def _demo(config: Config, store: Store, options: argparse.Namespace) -> int:
    if options.end:
        _say(f"{end_demo_people(store)} accounts of the demo ended")
        return 0
    if not config.people.demo_accounts:
        config.fail("people.demo_accounts", "expected true to make the demo's accounts, got False")
    _say(f"{make_demo_people(store, clock.now_us())} accounts of the demo added, their roster renewed")
    return 0


def _import(config: Config, store: Store, options: argparse.Namespace) -> int:
    try:
        with options.file.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        msg = f"{options.file}: cannot be read: {error.strerror}"
        raise ConfigError(msg) from error
    now_us = clock.now_us()
    shifts = store.roster().shifts(now_us - clock.DAY_US * 366, now_us + clock.DAY_US * 3_660)
    sheet = read_people(content, Known.of(store.people().all(), load_places(config.places.directory), shifts))
    for fault in sheet.faults:
        sys.stderr.write(f"{options.file}: {_told(fault)}\n")
    if sheet.faults:
        _say(f"{len(sheet.faults)} faults: nothing was taken in")
        return 1
    if options.dry_run:
        _say(f"{len(sheet.people)} people and {len(sheet.shifts)} shifts could be taken in")
        return 0
    rows = with_first_passwords(sheet.people)
    store.people().add_many([row for row, _ in rows], KEEPER, sheet.shifts)
    for row, password in rows:
        _say(f"{row.person.login}\t{password}")
    sys.stderr.write(f"{len(rows)} people and {len(sheet.shifts)} shifts taken in; first passwords above\n")
    return 0


def _list(_config: Config, store: Store, _options: argparse.Namespace) -> int:
    for person in store.people().all():
        grants = " ".join(f"{grant.role.value}@{grant.area_id}" for grant in person.grants)
        signs = {"left": not person.is_active, "demo": person.is_demo, "duty": person.is_on_duty}
        shown = ",".join(sign for sign, holds in signs.items() if holds)
        _say("\t".join((person.login, person.name, grants, "totp" if person.has_totp else "-", shown or "-")))
    return 0


def _reset_password(_config: Config, store: Store, options: argparse.Namespace) -> int:
    person = _known(store, options.login)
    password = passwords.new_password()
    store.people().set_password(person.person_id, passwords.hashed(password), must_change=True, by=KEEPER)
    if options.second_factor:
        store.people().set_second_factor(person.person_id, None, by=KEEPER)
    _say(f"{person.login}: first password: {password}")
    return 0


def _end_sessions(_config: Config, store: Store, options: argparse.Namespace) -> int:
    person = _known(store, options.login)
    ended = store.sessions().end_all(person.person_id, by=KEEPER, reason="keeper")
    _say(f"{person.login}: {ended} sessions ended")
    return 0


def _known(store: Store, login: str) -> Person:
    person = store.people().find(login)
    if person is None:
        raise NotAllowedError(code=f"nobody has the login {login!r}")
    return person


def _told(fault: RowFault) -> str:
    place = f"{fault.sheet} row {fault.row}" if fault.row else fault.sheet
    found = f" {fault.found!r}" if fault.found else ""
    return f"{place}: {fault.column}: {fault.code}{found}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


_DEEDS: Final[dict[str, Callable[[Config, Store, argparse.Namespace], int]]] = {
    "first-admin": _first_admin,
    "demo": _demo,
    "add": _add,
    "import": _import,
    "list": _list,
    "reset-password": _reset_password,
    "end-sessions": _end_sessions,
}
