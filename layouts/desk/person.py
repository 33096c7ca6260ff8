"""One person's panel: fields, grants, and what ends or renews an account."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import search_of
from layouts.desk.areas import Areas
from layouts.desk.frame import Viewer
from layouts.desk.people import grant_text, role_options, shown_name, state_chips
from layouts.desk.pieces import Part, Words, button, choice, facts, field, line, named, panel, said, told
from street.masking import masked_phone
from street.people import Grant, Person, Role, is_area

PARTED = "@"  # between a role and its area in a grant's value


def grant_value(grant: Grant) -> str:
    """Return a grant as a list of grants carries it."""
    return f"{grant.role}{PARTED}{grant.area_id}"


def read_grants(values: object) -> tuple[Grant, ...] | None:
    """Return the grants that a list of grants carries; None when one is no grant."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None
    pairs = [value.partition(PARTED) for value in values]
    roles = {role.value for role in Role}
    if len(pairs) > 50 or not all(role in roles and is_area(area_id) for role, _, area_id in pairs):
        return None
    return tuple(dict.fromkeys(Grant(Role(role), area_id) for role, _, area_id in pairs))


def person_panel(viewer: Viewer, person: Person, areas: Areas, *, within: Sequence[str] | None) -> Component:
    """Return the panel that changes somebody; *within* are the areas that may be granted, None for all."""
    words = viewer.words
    shown: list[Part] = [
        html.P(state_chips(person, words), className="chips"),
        _subject(person.person_id, person.version),
        _fields(viewer, person),
        _grants(viewer, person.grants, areas, within),
        html.Div(button(ids.PERSON_SAVE, words["save"], "main"), className="acts"),
        _told(viewer, person),
        _acts(person, words),
    ]
    return panel(shown_name(person, viewer.lang), shown, _closed(viewer), words)


def new_person_panel(viewer: Viewer, areas: Areas, *, within: Sequence[str] | None) -> Component:
    """Return the panel that adds somebody."""
    words = viewer.words
    shown: list[Part] = [
        _subject("", 0),
        _fields(viewer, Person(person_id="", login="", name="")),
        _grants(viewer, (), areas, within),
        html.Div(button(ids.PERSON_SAVE, words["person_new"], "main"), className="acts"),
        _told(viewer, None),
    ]
    return panel(words["person_new"], shown, _closed(viewer), words)


def person_facts(viewer: Viewer, person: Person, areas: Areas) -> Component:
    """Return the panel of somebody who may be seen and not changed."""
    words = viewer.words
    grants = [html.Div(grant_text(grant, areas, viewer)) for grant in person.grants]
    pairs: list[tuple[str, Part]] = [
        (words["login"], person.login),
        (words["name_en"], person.name_en or words["none"]),
        (words["phone"], masked_phone(person.phone) or words["none"]),
        (words["unit"], person.unit or words["none"]),
        (words["grants"], html.Div(grants or words["none"])),
    ]
    return panel(
        person.name, [html.P(state_chips(person, words), className="chips"), facts(pairs)], _closed(viewer), words
    )


def one_time(words: Words, message: str, secret: str, address: str = "") -> list[Component]:
    """Return the message that shows a password once; *address* leads to whom it is for."""
    shown = [
        said(message),
        html.P([html.Span(words["one_time"]), html.Code(secret, className="secret")], className="once"),
    ]
    shown.append(html.P(words["one_time_note"], className="hint"))
    if address:
        shown.append(html.P(dcc.Link(words["person_open"], href=address)))
    return shown


def _closed(viewer: Viewer) -> str:
    return viewer.path + search_of(viewer.query, person="", new="", saved="")


def _told(viewer: Viewer, person: Person | None) -> Component:
    is_saved = person is not None and viewer.query.get("saved") == str(person.version)
    return told(ids.PERSON_SAID, said(viewer.words["saved"]) if is_saved else None)


def _subject(person_id: str, version: int) -> Component:
    kept: dict[str, str | int] = {"person_id": person_id, "version": version}
    return html.Div(
        [dcc.Store(id=ids.PERSON_SUBJECT, data=kept), dcc.Location(id=ids.PERSON_GO, refresh="callback-nav")],
        hidden=True,
    )


def _fields(viewer: Viewer, person: Person) -> Component:
    words = viewer.words
    known = bool(person.person_id)
    covered = masked_phone(person.phone)
    fields = [
        field(line(ids.PERSON_NAME, person.name), f"{words['name']} · {words['required']}"),
        field(
            line(ids.PERSON_LOGIN, person.login, readOnly=known),
            words["login"] if known else f"{words['login']} · {words['required']}",
        ),
        field(line(ids.PERSON_NAME_EN, person.name_en), words["name_en"]),
        field(line(ids.PERSON_UNIT, person.unit), words["unit"]),
        field(line(ids.PERSON_PHONE, "", placeholder=covered, inputMode="tel"), words["phone"]),
    ]
    hint = words["phone_hint"] if covered else "" if known else words["login_hint"]
    return html.Div([*fields, html.Small(hint, className="hint low")], className="pair")


def _grants(viewer: Viewer, grants: Sequence[Grant], areas: Areas, within: Sequence[str] | None) -> Component:
    words = viewer.words
    options = [{"value": grant_value(grant), "label": grant_text(grant, areas, viewer)} for grant in grants]
    given = dcc.Checklist(
        id=ids.PERSON_GRANTS, options=options, value=[option["value"] for option in options], className="checks"
    )
    adding = html.Div(
        [
            choice(ids.PERSON_GRANT_ROLE, role_options(words), None, words["grant_role"]),
            choice(ids.PERSON_GRANT_AREA, areas.options(viewer.lang, within), None, words["grant_area"]),
            button(ids.PERSON_GRANT_ADD, words["grant_add"]),
        ],
        className="adding",
    )
    hint = html.Small(words["grant_hint"] if grants else words["grant_none"], className="hint")
    return html.Fieldset([html.Legend(words["grants"]), given, hint, adding], className="grants")


def _acts(person: Person, words: Words) -> Component:
    turn = "deactivate" if person.is_active else "activate"
    acts = [
        (ids.PERSON_RESET_PASSWORD, "reset_password", "plain", True),
        (ids.PERSON_RESET_TOTP, "reset_totp", "plain", person.has_totp),
        (ids.PERSON_END_ALL, "end_all", "plain", True),
        (ids.PERSON_ACTIVE, turn, "danger" if person.is_active else "plain", True),
    ]
    rows = [
        html.Div(
            [button(act_id, words[key], kind, disabled=not is_on), html.Small(words[f"{key}_note"])], className="act"
        )
        for act_id, key, kind, is_on in acts
    ]
    rows.append(html.Div(dcc.Location(id=ids.PERSON_ACT_GO, refresh="callback-nav"), hidden=True))
    place = told(ids.PERSON_ACT_SAID)
    return html.Details([html.Summary(words["more_acts"]), *rows, place], className="more", **named(words["more_acts"]))
