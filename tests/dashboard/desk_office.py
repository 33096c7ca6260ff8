"""The desk's callbacks asked as plain functions, by somebody who is signed in, over a real store."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dash.development.base_component import Component

from dashboard import asking
from dashboard.desk_view import areas_named
from dashboard.office import Office
from layouts.desk.areas import Areas
from street.clock import now_us
from street.people import Grant, Person, Role
from tests.dashboard.conftest import TESTER, Signed, Written

ADDRESS = "10.0.0.9"


class Desk:
    """The office of one street, and who asks it."""

    def __init__(self, street: Written) -> None:
        self.street = street
        self.office = Office(street.config, now_us)
        self.areas: Areas = areas_named(self.office)

    def a_person(self, login: str, role: Role, area_id: str, **changes: Any) -> Person:
        """Add somebody."""
        told: dict[str, Any] = {"login": login, "name": login.title(), "grants": (Grant(role, area_id),)}
        person = Person(person_id="", **(told | changes))
        return self.street.store.people().add(person, password_hash=None, by=TESTER)

    def actions(self) -> list[tuple[str, str, str]]:
        """Return what the audit says: action, outcome, who; newest first."""
        found = self.street.store.audit().find(limit=50)
        return [(one.entry.action, one.entry.outcome, one.entry.by.login) for one in found]

    def close(self) -> None:
        """Let go."""
        self.office.close()


@contextmanager
def asked_by(who: Signed | None) -> Iterator[None]:
    """Let *who* ask, as the guard does for a request."""
    one = asking.Asking(who.person, who.session, ADDRESS, "r-1") if who else asking.NOBODY_ASKS
    token = asking.begin(one)
    try:
        yield
    finally:
        asking.end(token)


def pieces(component: Any) -> Iterator[dict[str, Any]]:
    """Yield the properties of *component* and of all inside it."""
    if isinstance(component, Component):
        props = component.to_plotly_json()["props"]  # type: ignore[no-untyped-call]  # Dash is half typed
        yield {**props, "type": component._type}
        yield from pieces(props.get("children"))
    elif isinstance(component, list | tuple):
        for one in component:
            yield from pieces(one)


def said(component: Any) -> str:
    """Return all text in *component*, its pieces parted by bars."""
    found: list[str] = []
    _collect(component, found)
    return "|".join(found)


def _collect(component: Any, found: list[str]) -> None:
    if isinstance(component, Component):
        _collect(component.to_plotly_json()["props"].get("children"), found)  # type: ignore[no-untyped-call]  # as above
    elif isinstance(component, list | tuple):
        for one in component:
            _collect(one, found)
    elif component is not None:
        found.append(str(component))


def ids_of(component: Any) -> set[str]:
    """Return the ids in *component*."""
    return {str(piece["id"]) for piece in pieces(component) if "id" in piece}
