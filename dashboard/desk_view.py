"""Who looks at the desk, and how far their rights reach: asked anew for each page and each thing."""

import json
from collections.abc import Iterable
from typing import Final

import dash
from dash.exceptions import MissingCallbackContextException

from dashboard import asking
from dashboard.looks import LANGUAGE_COOKIE, LANGUAGES
from dashboard.office import Office
from dashboard.refusals import Refusal
from layouts.desk.addresses import ASSETS, AUDIT, DEVICES, HEALTH, NEWCOMERS, PEOPLE, ROSTER, query_of
from layouts.desk.areas import AreaName, Areas
from layouts.desk.frame import Viewer
from layouts.wording import desk_words_in
from street.errors import ConfigError
from street.people import Grant, Person
from street.policy import Action, Thing, areas_of, may

PAGE_ACTIONS: Final = {
    PEOPLE: Action.SEE_PEOPLE,
    ROSTER: Action.SEE_ROSTER,
    DEVICES: Action.KEEP_DEVICES,
    AUDIT: Action.SEE_AUDIT,
    ASSETS: Action.SEE_ASSETS,
    NEWCOMERS: Action.KEEP_ASSETS,
    HEALTH: Action.SEE_SYSTEM,
}


def viewer_at(office: Office, path: object, search: object) -> Viewer:
    """Return who looks at the page *path*, whose address has the query *search*."""
    query = query_of(search)
    person, session = asking.person(), asking.session()
    lang = query.get("lang") or _remembered() or office.config.wall.lang
    lang = lang if lang in LANGUAGES else "zh"
    words = desk_words_in(lang)
    roles = dict.fromkeys(grant.role for grant in person.grants) if person else {}
    name = (person.name_en if lang == "en" and person.name_en else person.name) if person else ""
    return Viewer(
        name=name,
        roles=tuple(words[f"role_{role}"] for role in roles),
        lang=lang,
        pages=tuple(page for page, action in PAGE_ACTIONS.items() if may(person, action)),
        path=path if isinstance(path, str) and path in PAGE_ACTIONS else "",
        query=query,
        csrf=session.csrf if session else "",
        sees_wall=may(person, Action.SEE_LIVE),
        now_us=office.now_us(),
    )


def _remembered() -> str:
    """Return the language this browser chose before; outside of a callback there is no browser."""
    try:
        return str(dash.ctx.cookies.get(LANGUAGE_COOKIE, ""))
    except (MissingCallbackContextException, LookupError):
        return ""


def areas_named(office: Office) -> Areas:
    """Return the names of the areas that the drawn map knows.

    Raises:
        ConfigError: the map is not there.
    """
    names: dict[str, AreaName] = {}
    for layer in ("district", "boundary", "communities", "grids"):
        path = office.config.places.directory / f"{layer}.geojson"
        try:
            features = json.loads(path.read_text(encoding="utf-8"))["features"]
            for properties in (feature["properties"] for feature in features):
                if properties.get("level") in ("district", "subdistrict", "community", "grid"):
                    names[properties["id"]] = AreaName(properties["name"], properties.get("name_en", ""))
        except (OSError, ValueError, KeyError, TypeError) as error:
            msg = f"{path}: cannot be read: {error}"
            raise ConfigError(msg) from error
    return Areas(names)


def may_see(action: Action, person: Person) -> bool:
    """Return whether the asker may do *action* to what *person* is somewhere; somebody without grants lies nowhere."""
    return any(may(asking.person(), action, thing) for thing in _things(person.grants, person))


def may_change(action: Action, person: Person, grants: Iterable[Grant] = ()) -> bool:
    """Return whether the asker may do *action* to all that *person* is, and to all of *grants* besides."""
    return all(may(asking.person(), action, thing) for thing in _things((*person.grants, *grants), person))


def _things(grants: Iterable[Grant], person: Person) -> list[Thing]:
    return [Thing(grant.area_id, person.person_id) for grant in grants] or [Thing("", person.person_id)]


def within(action: Action) -> list[str] | None:
    """Return the areas in which the asker may do *action*; None: everywhere."""
    areas = areas_of(asking.person(), action)
    return None if areas is None else sorted(areas)


def note_refusal(office: Office, action: Action, thing: str) -> None:
    """Have the audit remember that the asker wanted something that is there and may not be had."""
    who = asking.actor()
    refusal = Refusal(who.person_id, who.login, who.address, who.session_id, action, thing, "not-allowed")
    office.refusals.note(refusal, who.request_id)
