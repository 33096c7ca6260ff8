"""The demo's accounts: one for each role, and those who work shifts on duty around the clock."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from street import strict_yaml
from street.clock import DAY_US, local_day_start_us
from street.errors import LoginTakenError
from street.passwords import hashed
from street.people import Actor, Grant, Person, Role, Shift
from street.store import Store

DAYS: Final = 30  # of roster ahead
_FILE: Final = Path(__file__).with_suffix(".yaml")
_BY: Final = Actor.system("demo")


def demo_people() -> dict[Role, tuple[Person, bool]]:
    """Return the demo's people by their role, without ids, each with whether she works shifts."""
    return {
        Role(login): (
            Person(
                person_id="",
                login=login,
                grants=(Grant(Role(login), told["area"]),),
                is_demo=True,
                **{name: told[name] for name in ("name", "name_en", "phone", "unit")},
            ),
            bool(told["duty"]),
        )
        for login, told in strict_yaml.read(_FILE).items()
    }


def demo_password(role: Role) -> str:
    """Return the password that the sign-in page of a demo shows."""
    return f"demo-{role.value}"


def make_demo_people(store: Store, now_us: int) -> int:
    """Add the demo's people who are missing and renew their roster; return how many were added.

    Raises:
        LoginTakenError: somebody real has such a login.
    """
    added = 0
    for role, (person, works_shifts) in demo_people().items():
        found = store.people().find(person.login)
        if found is None:
            found = store.people().add(person, password_hash=hashed(demo_password(role)), by=_BY)
            added += 1
        elif not found.is_demo:
            raise LoginTakenError(person.login)
        elif not found.is_active:
            found = store.people().change(replace(found, is_active=True), by=_BY)
        if works_shifts:
            _renew_roster(store, found.person_id, now_us)
    return added


def end_demo_people(store: Store) -> int:
    """Make the demo's accounts inactive, which ends their sessions; return how many there were.

    Raises:
        NotAllowedError: no other admin would be left.
    """
    active = [person for person in store.people().all() if person.is_demo and person.is_active]
    for person in active:
        store.people().change(replace(person, is_active=False), by=_BY)
    return len(active)


def _renew_roster(store: Store, person_id: str, now_us: int) -> None:
    today_us = local_day_start_us(now_us)
    days = [today_us + day * DAY_US for day in range(DAYS)]
    wanted = [Shift(person_id=person_id, starts_us=day_us, ends_us=day_us + DAY_US) for day_us in days]
    present = [it for it in store.roster().shifts(today_us, days[-1] + DAY_US) if it.person_id == person_id]
    if present != wanted:
        store.roster().replace(person_id, today_us, days[-1] + DAY_US, wanted, by=_BY)
