"""One person's panel: adds somebody, changes fields and grants, renews or ends what she signs in with."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

import dash
from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from dashboard import asking
from dashboard.desk_view import may_change, note_refusal, viewer_at
from dashboard.office import Office
from dashboard.threads import off_loop
from layouts import ids
from layouts.desk.addresses import PEOPLE, search_of
from layouts.desk.areas import Areas
from layouts.desk.frame import Viewer
from layouts.desk.people import grant_text
from layouts.desk.person import grant_value, one_time, read_grants
from layouts.desk.pieces import Words, said
from street.errors import FieldError, LoginTakenError, NotAllowedError, StoreError, SupersededError
from street.passwords import hashed, new_password
from street.people import Grant, Person, Role, is_area
from street.policy import Action, Thing, may

Told = list[Component] | Component
FIELDS: Final = (ids.PERSON_LOGIN, ids.PERSON_NAME, ids.PERSON_NAME_EN, ids.PERSON_PHONE, ids.PERSON_UNIT)
WRONG: Final = {
    "login": "login_wrong",
    "name": "name_wrong",
    "phone": "phone_wrong",
    "grants": "grant_wrong",
    "area": "grant_wrong",
}


class Answer(NamedTuple):
    """What a button led to: a message, and where it leads or which version the panel is of now."""

    told: Told
    search: object = no_update
    subject: object = no_update


class Typed(NamedTuple):
    """The fields as they were typed."""

    login: object
    name: object
    name_en: object
    phone: object
    unit: object


def join(pages: Dash, office: Office, areas: Areas) -> None:
    """Join the panel's buttons to what they do."""
    _join_fields(pages, office, areas)
    _join_acts(pages, office)


def _join_fields(pages: Dash, office: Office, areas: Areas) -> None:
    grants, address = State(ids.PERSON_GRANTS, "value"), State(ids.DESK_PLACE, "search")

    def add(clicks: object, role: object, area: object, given: object, search: object) -> tuple[object, object]:
        return add_grant(viewer_at(office, PEOPLE, search), areas, (clicks, role, area), given)

    def save_person(
        clicks: object, whom: object, given: object, search: object, *typed: object
    ) -> tuple[object, object]:
        if not clicks:
            return no_update, no_update
        return save(office, viewer_at(office, PEOPLE, search), whom, Typed(*typed), given)[:2]

    pages.callback(
        Output(ids.PERSON_GRANTS, "options"),
        Output(ids.PERSON_GRANTS, "value"),
        Input(ids.PERSON_GRANT_ADD, "n_clicks"),
        State(ids.PERSON_GRANT_ROLE, "value"),
        State(ids.PERSON_GRANT_AREA, "value"),
        grants,
        address,
        prevent_initial_call=True,
    )(off_loop(add))
    pages.callback(
        Output(ids.PERSON_SAID, "children"),
        Output(ids.PERSON_GO, "search"),
        Input(ids.PERSON_SAVE, "n_clicks"),
        State(ids.PERSON_SUBJECT, "data"),
        grants,
        address,
        *(State(field, "value") for field in FIELDS),
        prevent_initial_call=True,
    )(off_loop(save_person))


def _join_acts(pages: Dash, office: Office) -> None:
    def act(*given: object) -> Answer | tuple[object, ...]:
        *clicks, whom, search = given
        name = dash.ctx.triggered_id
        if name not in ACTS or not any(clicks):
            return no_update, no_update, no_update
        return ACTS[name](office, viewer_at(office, PEOPLE, search), whom)

    pages.callback(
        Output(ids.PERSON_ACT_SAID, "children"),
        Output(ids.PERSON_ACT_GO, "search"),
        Output(ids.PERSON_SUBJECT, "data"),
        *(Input(button, "n_clicks") for button in ACTS),
        State(ids.PERSON_SUBJECT, "data"),
        State(ids.DESK_PLACE, "search"),
        prevent_initial_call=True,
    )(off_loop(act))


def add_grant(
    viewer: Viewer, areas: Areas, asked: tuple[object, object, object], given: object
) -> tuple[object, object]:
    """Return the list of grants with one more: options and what is checked of them. Nothing is stored yet.

    Args:
        viewer: who asks.
        areas: their names.
        asked: clicks, role, area.
        given: the values checked so far.
    """
    clicks, role, area = asked
    before = read_grants(given or [])
    is_one = isinstance(role, str) and role in {it.value for it in Role} and isinstance(area, str) and is_area(area)
    if not clicks or before is None or not is_one:
        return no_update, no_update
    grant = Grant(Role(str(role)), str(area))
    if not may(asking.person(), Action.CHANGE_PEOPLE, Thing(grant.area_id)):
        return no_update, no_update
    grants = tuple(dict.fromkeys((*before, grant)))
    options = [{"value": grant_value(one), "label": grant_text(one, areas, viewer)} for one in grants]
    return options, [option["value"] for option in options]


def save(office: Office, viewer: Viewer, whom: object, typed: Typed, given: object) -> Answer:
    """Store a new or changed person; return what to say and where the panel is now."""
    words = viewer.words
    texts = [value.strip() if isinstance(value, str) else "" for value in typed]
    login, name, name_en, phone, unit = texts
    grants = read_grants(given if given is not None else [])
    if grants is None:
        return Answer(said(words["grant_wrong"], "wrong"))
    person_id, version = _subject(whom)
    if not person_id:
        fresh = Person(
            person_id="", login=login, name=name, name_en=name_en, phone=phone, unit=unit, grants=grants,
            must_change_password=True,
        )  # fmt: skip
        return _add(office, viewer, fresh)
    person = office.people.get(person_id)
    if person is None or not _may_change(office, person, grants):
        return Answer(said(words["refused"], "wrong"))
    edited = replace(
        person, name=name, name_en=name_en, phone=phone or person.phone, unit=unit, grants=grants, version=version
    )
    try:
        stored = office.people.change(edited, by=asking.actor())
    except (FieldError, LoginTakenError, NotAllowedError, SupersededError, StoreError) as error:
        return Answer(said(_why(error, words), "wrong"))
    return Answer(no_update, search_of(viewer.query, person=person_id, saved=stored.version))  # type: ignore[arg-type]  # the message comes with the page


def _add(office: Office, viewer: Viewer, person: Person) -> Answer:
    words = viewer.words
    if not _may_change(office, person):
        return Answer(said(words["refused"], "wrong"))
    secret = new_password()
    try:
        added = office.people.add(person, password_hash=hashed(secret), by=asking.actor())
    except (FieldError, LoginTakenError, StoreError) as error:
        return Answer(said(_why(error, words), "wrong"))
    address = PEOPLE + search_of(viewer.query, new="", person=added.person_id)
    return Answer(one_time(words, words["person_added"].format(name=added.name), secret, address))


def reset_password(office: Office, viewer: Viewer, whom: object) -> Answer:
    """Give somebody a password for one sign-in, shown once."""
    secret = new_password()

    def reset(person: Person) -> Told:
        office.people.set_password(person.person_id, hashed(secret), must_change=True, by=asking.actor())
        words = viewer.words
        return one_time(words, words["password_reset"].format(name=person.name), secret)

    return _done(office, viewer, whom, reset)


def reset_totp(office: Office, viewer: Viewer, whom: object) -> Answer:
    """Take somebody's second factor away."""

    def clear(person: Person) -> Told:
        office.people.set_second_factor(person.person_id, None, by=asking.actor())
        return said(viewer.words["totp_reset"])

    return _done(office, viewer, whom, clear)


def end_all(office: Office, viewer: Viewer, whom: object) -> Answer:
    """Sign somebody out everywhere; who asks for herself stays signed in here."""

    def end(person: Person) -> Told:
        actor = asking.actor()
        own = actor.session_id if actor.person_id == person.person_id else ""
        office.sessions.end_all(person.person_id, by=actor, reason="ended-by-desk", but=own)
        return said(viewer.words["sessions_ended"])

    return _done(office, viewer, whom, end)


def turn_active(office: Office, viewer: Viewer, whom: object) -> Answer:
    """Deactivate an account, or activate it again."""

    def turn(person: Person) -> Told:
        turned = replace(person, is_active=not person.is_active, version=_subject(whom)[1])
        office.people.change(turned, by=asking.actor())
        return said(viewer.words["saved"])

    answer = _done(office, viewer, whom, turn)
    if answer.subject is no_update:
        return answer
    version = dict(answer.subject)["version"] if isinstance(answer.subject, dict) else ""
    return answer._replace(search=search_of(viewer.query, saved=version))


ACTS: Final[Mapping[str, Callable[[Office, Viewer, object], Answer]]] = {
    ids.PERSON_RESET_PASSWORD: reset_password,
    ids.PERSON_RESET_TOTP: reset_totp,
    ids.PERSON_END_ALL: end_all,
    ids.PERSON_ACTIVE: turn_active,
}


def _done(office: Office, viewer: Viewer, whom: object, act: Callable[[Person], Told]) -> Answer:
    words = viewer.words
    person_id, _ = _subject(whom)
    try:
        person = office.people.get(person_id) if person_id else None
        if person is None or not _may_change(office, person):
            return Answer(said(words["refused"], "wrong"))
        told = act(person)
        after = office.people.get(person_id)
    except (FieldError, NotAllowedError, SupersededError, StoreError) as error:
        return Answer(said(_why(error, words), "wrong"))
    return Answer(told, subject={"person_id": person_id, "version": after.version if after else 0})


def _may_change(office: Office, person: Person, grants: tuple[Grant, ...] = ()) -> bool:
    is_allowed = may_change(Action.CHANGE_PEOPLE, person, grants)
    if not is_allowed:
        note_refusal(office, Action.CHANGE_PEOPLE, f"person/{person.person_id}")
    return is_allowed


def _subject(whom: object) -> tuple[str, int]:
    """Return whom a panel is about and which version it shows; nobody where the browser says nonsense."""
    if not isinstance(whom, dict):
        return "", 0
    person_id, version = whom.get("person_id"), whom.get("version")
    is_one = isinstance(person_id, str) and len(person_id) <= 64 and "\x00" not in person_id
    is_count = isinstance(version, int) and 0 <= version < 2**53
    return (person_id, version) if is_one and is_count else ("", 0)  # type: ignore[return-value]  # both were looked at


def _why(error: Exception, words: Words) -> str:
    match error:
        case LoginTakenError():
            return words["login_taken"]
        case SupersededError():
            return words["superseded"]
        case NotAllowedError():
            return words["not_allowed"]
        case FieldError():
            return words[WRONG.get(error.field, "text_wrong")]
        case _:
            return words["store_away"]
