"""The policy: who may do what, and how far. The one table; routes, callbacks, streams and commands name its actions.

Whoever adds a way to do something adds an action here; what no row grants is refused. Anonymous requests have no
role, so they may do only what is OPEN.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from street.people import NOBODY, Person, Role, lies_in


class Action(StrEnum):
    """What can be asked for."""

    OPEN = "open"  # anybody, without a session: the sign-in page and the health check, nothing else
    USE_OWN_ACCOUNT = "use_own_account"  # password, second factor, own sessions, signing out
    SEE_LIVE = "see_live"  # wall, stream, snapshot, map
    SEE_INCIDENT = "see_incident"
    SEE_STILL = "see_still"  # a camera's picture, too coarse to know anybody
    REVEAL = "reveal"  # one sharp picture or one set of personal fields, with a reason, audited
    EXPORT_INCIDENTS = "export_incidents"
    CHANGE_MATTERS = "change_matters"  # what is filed and closed when, limits, departments, working days
    SEE_AREAS = "see_areas"  # how key areas stand, and how many officers are there; not who
    REVIEW_CAMERA = "review_camera"  # say whether a camera was right
    SEE_INDICATORS = "see_indicators"  # how well an area deals with its incidents: shares, nobody's names
    SEE_PEOPLE = "see_people"  # names, roles, shifts; phone numbers masked
    CHANGE_PEOPLE = "change_people"
    SEE_ROSTER = "see_roster"
    CHANGE_ROSTER = "change_roster"
    SEE_ASSETS = "see_assets"  # the register, its values, ages and faults
    KEEP_ASSETS = "keep_assets"  # change the register; decide about newcomers
    KEEP_DEVICES = "keep_devices"  # pair screens and tablets, end sessions of others
    SEE_AUDIT = "see_audit"
    EXPORT_AUDIT = "export_audit"
    SEE_SYSTEM = "see_system"  # feeds, what was refused and why; personal fields masked
    REPORT_INCIDENT = "report_incident"  # report one, and add a note to one
    IMPORT_INCIDENTS = "import_incidents"  # the hotline's list
    FILE_INCIDENT = "file_incident"  # file, dismiss, merge, and undo these
    DISPATCH_INCIDENT = "dispatch_incident"  # send it to somebody, extend it, suspend it
    HANDLE_INCIDENT = "handle_incident"  # accept, go there, do it; only who it was given to
    VERIFY_INCIDENT = "verify_incident"  # close it or have it done again; never one's own work
    SUPERVISE_INCIDENT = "supervise_incident"  # press for it, score it
    REOPEN_INCIDENT = "reopen_incident"
    ACT_ON_ALARM = "act_on_alarm"  # acknowledge it
    SHELVE_ALARM = "shelve_alarm"  # have it call nobody for a while: shelving, maintenance, out of service
    KEEP_SYSTEM = "keep_system"  # have dead letters tried again, or forget them
    EDIT_RULES = "edit_rules"  # see what a rule would have done: counts alone, of no area in particular


class Reach(StrEnum):
    """How far a right reaches."""

    EVERYWHERE = "everywhere"
    AREA = "area"  # things in an area that the role was granted in
    OWN = "own"  # things that are the person's own


class Right(NamedTuple):
    """One cell of the table."""

    reach: Reach
    on_duty: bool = False  # only while a shift holds


class Thing(NamedTuple):
    """What is asked about: where it lies, and whose it is.

    What lies nowhere in particular is the subdistrict's: give it the subdistrict's area.
    """

    area_id: str = ""
    person_id: str = NOBODY


_ALL = Right(Reach.EVERYWHERE)
_AREA = Right(Reach.AREA)
_AREA_ON_DUTY = Right(Reach.AREA, on_duty=True)
_OWN = Right(Reach.OWN)
_EVERYBODY = frozenset(Role) - {Role.WALL}

TABLE: Final[Mapping[Action, Mapping[Role, Right]]] = {
    Action.OPEN: {},
    Action.USE_OWN_ACCOUNT: dict.fromkeys(_EVERYBODY, _OWN),
    Action.SEE_LIVE: dict.fromkeys(frozenset(Role) - {Role.ADMIN, Role.AUDITOR}, _AREA),
    Action.SEE_INCIDENT: dict.fromkeys(frozenset(Role) - {Role.ADMIN, Role.AUDITOR}, _AREA),
    Action.SEE_STILL: dict.fromkeys(frozenset(Role) - {Role.ADMIN, Role.AUDITOR, Role.WALL}, _AREA),
    Action.REVEAL: {Role.OPERATOR: _AREA_ON_DUTY, Role.OFFICER: _AREA_ON_DUTY, Role.SQUAD_LEADER: _AREA},
    Action.EXPORT_INCIDENTS: {Role.SQUAD_LEADER: _AREA, Role.LEADER: _AREA},
    Action.CHANGE_MATTERS: {Role.ADMIN: _ALL},
    Action.SEE_AREAS: dict.fromkeys(frozenset(Role) - {Role.ADMIN, Role.AUDITOR, Role.DEPARTMENT}, _AREA),
    Action.REVIEW_CAMERA: {Role.OPERATOR: _AREA, Role.SQUAD_LEADER: _AREA},
    Action.SEE_INDICATORS: dict.fromkeys({Role.WALL, Role.OPERATOR, Role.SQUAD_LEADER, Role.LEADER}, _AREA),
    Action.REPORT_INCIDENT: dict.fromkeys(frozenset(Role) - {Role.ADMIN, Role.AUDITOR, Role.WALL}, _AREA),
    Action.IMPORT_INCIDENTS: {Role.OPERATOR: _AREA, Role.SQUAD_LEADER: _AREA},
    Action.FILE_INCIDENT: {Role.OPERATOR: _AREA, Role.SQUAD_LEADER: _AREA},
    Action.DISPATCH_INCIDENT: dict.fromkeys({Role.OPERATOR, Role.SQUAD_LEADER, Role.LEADER}, _AREA),
    Action.HANDLE_INCIDENT: dict.fromkeys({Role.OFFICER, Role.SQUAD_LEADER, Role.GRID_WORKER, Role.DEPARTMENT}, _AREA),
    Action.VERIFY_INCIDENT: {Role.OPERATOR: _AREA, Role.GRID_WORKER: _AREA, Role.SQUAD_LEADER: _AREA},
    Action.SUPERVISE_INCIDENT: {Role.LEADER: _AREA, Role.SQUAD_LEADER: _AREA},
    Action.REOPEN_INCIDENT: {Role.LEADER: _AREA},
    Action.ACT_ON_ALARM: {Role.OPERATOR: _AREA, Role.SQUAD_LEADER: _AREA},
    Action.SHELVE_ALARM: {Role.OPERATOR: _AREA, Role.SQUAD_LEADER: _AREA},
    Action.SEE_PEOPLE: {Role.ADMIN: _ALL, Role.LEADER: _AREA, Role.SQUAD_LEADER: _AREA, Role.OPERATOR: _AREA},
    Action.CHANGE_PEOPLE: {Role.ADMIN: _ALL},
    Action.SEE_ROSTER: dict.fromkeys(
        {Role.ADMIN, Role.LEADER, Role.OPERATOR, Role.OFFICER, Role.GRID_WORKER, Role.SQUAD_LEADER}, _AREA
    ),
    Action.CHANGE_ROSTER: {Role.ADMIN: _ALL, Role.SQUAD_LEADER: _AREA},
    Action.SEE_ASSETS: dict.fromkeys(
        {Role.OPERATOR, Role.OFFICER, Role.SQUAD_LEADER, Role.GRID_WORKER, Role.LEADER, Role.ADMIN}, _AREA
    ),
    Action.KEEP_ASSETS: {Role.ADMIN: _ALL},
    Action.KEEP_DEVICES: {Role.ADMIN: _ALL, Role.SQUAD_LEADER: _AREA},
    Action.SEE_AUDIT: {Role.AUDITOR: _ALL},
    Action.EXPORT_AUDIT: {Role.AUDITOR: _ALL},
    Action.SEE_SYSTEM: dict.fromkeys({Role.ADMIN, Role.OPERATOR, Role.LEADER}, _ALL),  # the system lies in no area
    Action.KEEP_SYSTEM: {Role.ADMIN: _ALL},
    Action.EDIT_RULES: {Role.ADMIN: _ALL, Role.OPERATOR: _ALL},
}


def may(person: Person | None, action: Action, thing: Thing | None = None) -> bool:
    """Return whether *person* (None: nobody signed in) may do *action* to *thing*.

    Without a thing the question is whether the person may do it to anything at all: good for showing a page, never
    enough for an answer about one thing.
    """
    if action is Action.OPEN:
        return True
    if person is None or not person.is_active:
        return False
    return any(
        (right := TABLE[action].get(grant.role)) is not None
        and (person.is_on_duty or not right.on_duty)
        and (thing is None or _reaches(right.reach, grant.area_id, thing, person.person_id))
        for grant in person.grants
    )


def areas_of(person: Person | None, action: Action) -> frozenset[str] | None:
    """Return the areas in which *person* may do *action*; None where it may be done everywhere."""
    grants = person.grants if person is not None and person.is_active else ()
    rights = [(TABLE[action].get(grant.role), grant.area_id) for grant in grants]
    if any(right is not None and right.reach is Reach.EVERYWHERE for right, _ in rights):
        return None
    on_duty = person is not None and person.is_on_duty
    return frozenset(
        area_id for right, area_id in rights
        if right is not None and right.reach is Reach.AREA and (on_duty or not right.on_duty)
    )  # fmt: skip


def _reaches(reach: Reach, area_id: str, thing: Thing, person_id: str) -> bool:
    if reach is Reach.EVERYWHERE:
        return True
    if reach is Reach.OWN:
        return thing.person_id == person_id != NOBODY
    return lies_in(thing.area_id, area_id)
