"""The people page: who there is, by area; one of them beside the list, to change."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.desk.addresses import PEOPLE, search_of
from layouts.desk.areas import Areas
from layouts.desk.frame import Viewer
from layouts.desk.pieces import (
    Part,
    Words,
    beside,
    chip,
    choice,
    field,
    line,
    link,
    page_head,
    pager,
    row,
    table,
)
from street.masking import masked_phone
from street.people import Grant, Person, Role

ON_A_PAGE = 40
FILTERS = ("q", "area", "role", "state")
STATES = ("active", "inactive", "on_duty", "must_change")
PEOPLE_ROLES = tuple(role for role in Role if role is not Role.WALL)  # a screen becomes one by pairing


def people_page(
    viewer: Viewer, people: Sequence[Person], areas: Areas, *, may_change: bool, aside: Component | None
) -> Component:
    """Return the page.

    Args:
        viewer: who looks; the address says which page of the list, and who is chosen.
        people: all that fit the filters and may be seen, in the order of the list.
        areas: their names.
        may_change: whether to offer what changes people.
        aside: the panel of whoever is chosen.
    """
    words, query = viewer.words, viewer.query
    pages = max(1, -(-len(people) // ON_A_PAGE))
    page = min(max(page_of(query), 1), pages)
    here = people[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    acts: list[Part] = []
    if may_change:
        bare = {**query, "page": "", "person": "", "new": "", "import": ""}
        acts = [
            link(words["person_import"], search_of(bare, **{"import": 1}), "button plain"),
            link(words["person_new"], search_of(bare, new=1), "button main"),
        ]
    shown = [
        page_head(words["people"], words["people_count"].format(n=f"{len(people):,}"), acts),
        _filters(viewer, areas),
        _list(viewer, here, areas) if people else _nobody(viewer),
        pager(query, page, pages, words),
    ]
    return beside(shown, aside)


def page_of(query: Mapping[str, str]) -> int:
    """Return which page of a list an address means; the first where it says nonsense."""
    said = query.get("page", "1")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 1


def grant_text(grant: Grant, areas: Areas, viewer: Viewer) -> str:
    """Return a grant in words."""
    return f"{viewer.words[f'role_{grant.role}']} · {areas.name(grant.area_id, viewer.lang)}"


def home_of(person: Person) -> str:
    """Return the area under which the list shows somebody: the widest, first one; empty without any."""
    return min((grant.area_id for grant in person.grants), key=lambda it: (len(it), it), default="")


def role_options(words: Words, roles: Sequence[Role] = PEOPLE_ROLES) -> list[dict[str, str]]:
    """Return what a list of roles offers."""
    return [{"value": role.value, "label": words[f"role_{role}"]} for role in roles]


def _filters(viewer: Viewer, areas: Areas) -> Component:
    words, query = viewer.words, viewer.query
    states = [{"value": state, "label": words[state]} for state in STATES]
    roles = role_options(words, tuple(Role))
    return html.Div(
        [
            dcc.Location(id=ids.PEOPLE_GO, refresh="callback-nav"),
            field(line(ids.PEOPLE_TEXT, query.get("q", ""), debounce=0.4), words["person_find"], classes="wide"),
            field(
                choice(ids.PEOPLE_AREA, areas.options(viewer.lang), query.get("area"), words["all"]),
                words["area"], classes="wide",
            ),
            field(choice(ids.PEOPLE_ROLE, roles, query.get("role"), words["all"]), words["grant_role"]),
            field(choice(ids.PEOPLE_STATE, states, query.get("state"), words["all"]), words["state"]),
        ],
        className="filters", role="search",
    )  # fmt: skip


def _nobody(viewer: Viewer) -> Component:
    bare = {**viewer.query, **dict.fromkeys(FILTERS, "")}
    return html.P(
        [viewer.words["no_match"], " · ", link(viewer.words["clear"], PEOPLE + search_of(bare))], className="nothing"
    )


def _list(viewer: Viewer, people: Sequence[Person], areas: Areas) -> Component:
    words = viewer.words
    heads = [words[key] for key in ("name", "login", "grants", "unit", "phone", "state")]
    bodies = []
    for area_id, them in groupby(people, home_of):
        name = areas.name(area_id, viewer.lang) if area_id else words["no_area"]
        head = html.Tr(html.Th(name, colSpan=len(heads), scope="rowgroup"), className="group")
        bodies.append(html.Tbody([head, *(_row(viewer, person, areas) for person in them)]))
    return table(heads, bodies, words["people"], classes="people")


def _row(viewer: Viewer, person: Person, areas: Areas) -> Component:
    words = viewer.words
    name = shown_name(person, viewer.lang)
    other = person.name if name != person.name else person.name_en
    address = search_of(viewer.query, person=person.person_id, **dict.fromkeys(("new", "import", "saved"), ""))
    cells: list[Part | list[Part]] = [
        [link(name, address, "opens"), html.Small(other) if other else None],
        html.Span(person.login, className="code"),
        [chip(grant_text(grant, areas, viewer)) for grant in person.grants]
        or html.Span(words["none"], className="quiet"),
        person.unit or words["none"],
        html.Span(masked_phone(person.phone) or words["none"], className="code whole"),
        state_chips(person, words),
    ]
    chosen = viewer.query.get("person") == person.person_id
    return row(cells, chosen=chosen, classes="" if person.is_active else "gone")


def shown_name(person: Person, language: str) -> str:
    """Return what somebody is called in a language."""
    return person.name_en if language == "en" and person.name_en else person.name


def state_chips(person: Person, words: Words) -> list[Part]:
    """Return in words how it stands with an account."""
    said: list[Part] = [html.Span(words["active"]) if person.is_active else chip(words["inactive"], "grave")]
    if person.is_on_duty:
        said.append(chip(words["on_duty"], "ours"))
    for is_so, key in (
        (person.must_change_password, "must_change"),
        (person.has_totp, "has_totp"),
        (person.is_demo, "demo"),
    ):
        if is_so:
            said.append(chip(words[key], "quiet"))
    return said
