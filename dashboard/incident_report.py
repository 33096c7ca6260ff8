"""Reports by people: POST /api/incidents, by an operator, an officer or a grid worker.

    {"action_id", "title", "severity", "at", "sent", "matter", "description", "address", "lon", "lat", "asset_id",
     "media", "drill"}  ─▶  201 {"incident", "repeat"}, 200 where the same action_id came before

Where it lies is told by a position, by an asset, or by nobody: then it is the subdistrict's.
"""

from dataclasses import replace
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from dashboard import asking
from dashboard.acts import UNSTORED, Words, told
from dashboard.incident_page import as_seen
from dashboard.office import Office
from dashboard.order_form import LONGEST_ID, LONGEST_LINE, Form
from dashboard.picture import area_of
from dashboard.things import area_for, is_allowed
from street.errors import FieldError
from street.incidents import Incident
from street.people import Role
from street.places import Places
from street.policy import Action

FIELDS: Final = frozenset(
    "action_id title severity at sent matter description address lon lat asset_id media drill".split()
)
MOST_MEDIA: Final = 16
USUAL_SEVERITY: Final = 3
# What a person is called as a source: the first that she is.
SOURCES: Final = (Role.OPERATOR, Role.OFFICER, Role.GRID_WORKER, Role.SQUAD_LEADER, Role.DEPARTMENT, Role.LEADER)


async def reported(office: Office, body: bytes, words: Words) -> Response:
    """Take in what *body* reports and answer."""
    return await run_in_threadpool(told, office, words, lambda: _taken(office, body))


def _taken(office: Office, body: bytes) -> Response:
    if not is_allowed_at_all(office):
        raise HTTPException(404)
    form = Form(body, FIELDS)
    incident = incident_of(form, office)
    if not is_allowed(office, Action.REPORT_INCIDENT, area_for(office, incident)):
        raise HTTPException(404)
    outcome = office.store.acts().report(
        incident, action_id=form.action_id(), by=asking.actor(), now_us=office.now_us()
    )
    seen = {"incident": as_seen(office, outcome.incident), "repeat": outcome.is_repeat}
    return JSONResponse(seen, 200 if outcome.is_repeat else 201, UNSTORED)


def is_allowed_at_all(office: Office) -> bool:
    """Return whether the asker may report anywhere; a wall reads the queue at the same address."""
    person = asking.person()
    grants = person.grants if person else ()
    return any(is_allowed(office, Action.REPORT_INCIDENT, grant.area_id) for grant in grants)


def incident_of(form: Form, office: Office) -> Incident:
    """Return the incident that a body reports; raises FieldError."""
    now_us = office.now_us()
    at_us, sent_us = form.instant_us("at", needed=True), form.instant_us("sent")
    assert at_us is not None  # needed
    counted_us = min(at_us + (now_us - sent_us if sent_us is not None else 0), now_us)
    source, severity = source_of(), form.whole("severity", 1, 4)
    incident = Incident(
        incident_id=f"{source}/{form.action_id()}",
        source=source,
        matter=form.text("matter", 5),
        severity=USUAL_SEVERITY if severity is None else severity,
        title=_line(form, "title", needed=True),
        description=form.text("description"),
        address=_line(form, "address"),
        lon=form.number("lon", -180, 180),
        lat=form.number("lat", -90, 90),
        asset_id=form.text("asset_id", LONGEST_ID),
        media=form.texts("media", MOST_MEDIA),
        reported_us=counted_us,
        moved_us=counted_us,
        is_drill=form.truth("drill"),
    )
    _check_asset(office, incident.asset_id)
    return placed(incident, office.places)


def source_of() -> str:
    """Return what the asker is called as a source."""
    person = asking.person()
    roles = person.roles if person else frozenset()
    return next((role.value for role in SOURCES if role in roles), Role.OPERATOR.value)


def placed(incident: Incident, places: Places) -> Incident:
    """Return *incident* with the grid cell and community of its position.

    Raises:
        FieldError: half a position, or one that lies outside the district.
    """
    lon, lat = incident.lon, incident.lat
    if (lon is None) != (lat is None):
        raise FieldError(field="lon" if lon is None else "lat", code="missing")
    if lon is None or lat is None:
        return incident
    if not places.is_on_map(lon, lat):
        raise FieldError(field="lon", code="outside")
    cell, community = places.grid_cell_of(lon, lat), places.community_of(lon, lat)
    return replace(
        incident,
        grid_cell_id=cell.grid_cell_id if cell else "",
        community_id=community.community_id if community else "",
    )


def _check_asset(office: Office, asset_id: str) -> None:
    if not asset_id:
        return
    with office.reader() as reader:
        asset = reader.asset(asset_id)
    if asset is None or not is_allowed(office, Action.SEE_INCIDENT, area_of(asset)):
        raise FieldError(field="asset_id", code="unknown")


def _line(form: Form, name: str, *, needed: bool = False) -> str:
    text = form.text(name, LONGEST_LINE, needed=needed).strip()
    if "\n" in text:
        raise FieldError(field=name, code="characters")
    if needed and not text:
        raise FieldError(field=name, code="missing")
    return text
