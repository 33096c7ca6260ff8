"""The people page: who fits the filters and may be seen; the panel of whoever the address names."""

from collections.abc import Mapping

from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from dashboard import asking
from dashboard.desk_view import may_change, may_see, within
from dashboard.office import Office
from dashboard.threads import off_loop
from layouts import ids
from layouts.desk.addresses import query_of, search_of
from layouts.desk.areas import Areas
from layouts.desk.frame import Viewer
from layouts.desk.people import home_of, people_page
from layouts.desk.person import new_person_panel, person_facts, person_panel
from layouts.desk.sheet_import import import_panel
from street.people import Person, lies_in
from street.policy import Action, may

FILTER_INPUTS = {"q": ids.PEOPLE_TEXT, "area": ids.PEOPLE_AREA, "role": ids.PEOPLE_ROLE, "state": ids.PEOPLE_STATE}


def join(pages: Dash, office: Office, areas: Areas) -> None:  # noqa: ARG001 - joined like its neighbours
    """Join the filters to the address."""
    pages.callback(
        Output(ids.PEOPLE_GO, "search"),
        *(Input(control_id, "value") for control_id in FILTER_INPUTS.values()),
        State(ids.DESK_PLACE, "search"),
        prevent_initial_call=True,
    )(off_loop(filtered))


def page(office: Office, viewer: Viewer, areas: Areas) -> Component:
    """Return the page for who asks."""
    everybody = [person for person in office.people.all() if may_see(Action.SEE_PEOPLE, person)]
    fitting = [person for person in everybody if fits(person, viewer.query)]
    fitting.sort(key=lambda person: (home_of(person) or "9", not person.is_active, person.name, person.login))
    changes = may(asking.person(), Action.CHANGE_PEOPLE)
    aside = _panel(viewer, {person.person_id: person for person in everybody}, areas, changes=changes)
    return people_page(viewer, fitting, areas, may_change=changes, aside=aside)


def fits(person: Person, query: Mapping[str, str]) -> bool:
    """Return whether somebody is among those an address asks for."""
    text = query.get("q", "").strip().casefold()
    area_id, role = query.get("area", ""), query.get("role", "")
    states = {
        "active": person.is_active,
        "inactive": not person.is_active,
        "on_duty": person.is_on_duty,
        "must_change": person.must_change_password,
    }
    words = (person.name, person.name_en, person.login, person.unit)
    return (
        (not text or any(text in word.casefold() for word in words))
        and (not area_id or any(lies_in(grant.area_id, area_id) for grant in person.grants))
        and (not role or any(grant.role == role for grant in person.grants))
        and states.get(query.get("state", ""), True)
    )


def filtered(q: object, area: object, role: object, state: object, search: object) -> object:
    """Return the address for what is filtered by; nothing where it is that already."""
    return led_to(search, q=q, area=area, role=role, state=state)


def led_to(search: object, **wanted: object) -> object:
    """Return the query with what is *wanted*, on its first page; nothing new where it says that already."""
    query = query_of(search)
    texts = {name: value.strip() if isinstance(value, str) else "" for name, value in wanted.items()}
    if all(query.get(name, "") == text[:200] for name, text in texts.items()):
        return no_update
    gone = dict.fromkeys(("page", "before", "entry", "done", "onto"), "")
    return search_of({**query, **gone}, **texts)


def _panel(viewer: Viewer, seen: Mapping[str, Person], areas: Areas, *, changes: bool) -> Component | None:
    query = viewer.query
    if changes and "new" in query:
        return new_person_panel(viewer, areas, within=within(Action.CHANGE_PEOPLE))
    if changes and "import" in query:
        return import_panel(viewer)
    person = seen.get(query.get("person", ""))
    if person is None:
        return None
    if may_change(Action.CHANGE_PEOPLE, person):
        return person_panel(viewer, person, areas, within=within(Action.CHANGE_PEOPLE))
    return person_facts(viewer, person, areas)
