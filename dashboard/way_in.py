"""Where somebody goes after signing in: an address of our own that they may see, else the room of their role."""

from typing import Final
from urllib.parse import urlsplit

from dashboard.access import rule_of
from street.people import Person, Role
from street.policy import Action, may

LONGEST: Final = 500  # characters of an address worth keeping
ROOMS: Final = ((Role.ADMIN, "/desk/people"), (Role.AUDITOR, "/desk/audit"))
WALL: Final = "/wall"


def own_path(wanted: str) -> str:
    """Return *wanted* where it is a page of ours behind the door, else "".

    Browsers read two slashes, a backslash or a tab as the way to another host; nothing of the kind is kept.
    """
    if not wanted.startswith("/") or len(wanted) > LONGEST or not wanted.isascii() or not wanted.isprintable():
        return ""
    if wanted.startswith("//") or "\\" in wanted or " " in wanted:
        return ""
    rule = rule_of(urlsplit(wanted).path)
    is_page = rule is not None and "GET" in rule.methods and rule.action not in {None, Action.OPEN}
    return wanted if is_page else ""


def home_of(person: Person) -> str:
    """Return the room of a person's role; the wall where it has none of its own yet."""
    room = next((room for role, room in ROOMS if role in person.roles), "")
    return room or (WALL if may(person, Action.SEE_LIVE) else "/account")


def way_in(person: Person, wanted: str) -> str:
    """Return where *person* goes on: to *wanted* where that is a page they may see, else home."""
    path = own_path(wanted)
    rule = rule_of(urlsplit(path).path) if path else None
    is_seen = rule is not None and rule.action is not None and may(person, rule.action)
    return path if is_seen else home_of(person)
