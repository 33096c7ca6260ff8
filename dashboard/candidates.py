"""Whom to send: GET /api/incidents/<id>/candidates, for who may dispatch it.

    ─▶ 200 {"incident_id", "owner", "countdown": {"why", "level", "due"} | null, "candidates": [{"person_id" |
            "department_id", "name", "name_en", "unit", "score", "reasons": [{"code", "value"}], "warnings": [code]}]}

The first are the best; `?limit=` asks for more than three, down to those whose position is old, who may still be
chosen. Where exactly an officer is, this does not say: how far, and how long ago that was true.
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.office import Office
from dashboard.things import area_for, incident_for
from street.clock import iso
from street.dispatching import MOST_SUGGESTED, Suggestion, best
from street.escalation import Step
from street.policy import Action

MOST: Final = 200
UNSTORED: Final = {"cache-control": "no-store"}


def routes(office: Office) -> list[Route]:
    """Return the route of candidates."""

    def candidates(request: Request) -> Response:
        limit = request.query_params.get("limit", str(MOST_SUGGESTED))
        if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= MOST):
            return JSONResponse({"error": "limit", "say": f"limit: a whole number from 1 to {MOST}"}, 422, UNSTORED)
        return answer(office, request.path_params["incident_id"], int(limit))

    return [Route("/api/incidents/{incident_id:path}/candidates", candidates)]


def answer(office: Office, incident_id: str, limit: int) -> Response:
    """Answer with the *limit* best candidates for an incident."""
    incident = incident_for(office, incident_id, Action.DISPATCH_INCIDENT)
    now_us, store = office.now_us(), office.store
    matter = store.matters().current().find(None, incident.matter) if incident.matter else None
    with office.reader() as reader:
        asset = reader.asset(incident.asset_id) if incident.asset_id else None
    owner = (asset.department if asset else "") or (matter.department_id if matter else "")
    area_id = area_for(office, incident) or office.subdistrict_id
    people = store.dispatch().candidates(area_id, now_us, owner=owner)
    found = best(incident, matter, people, now_us, limit, owner=owner)
    told = {
        "incident_id": incident_id,
        "owner": owner,
        "countdown": _countdown(store.escalations().step_of(incident_id)),
        "candidates": [_told(it) for it in found],
    }
    return JSONResponse(told, 200, UNSTORED)


def _told(it: Suggestion) -> dict[str, Any]:
    candidate = it.candidate
    who = {"person_id": it.person_id} if it.person_id else {"department_id": it.department_id}
    return who | {
        "name": candidate.name,
        "name_en": candidate.name_en,
        "unit": candidate.unit,
        "score": it.score,
        "reasons": [reason._asdict() for reason in it.reasons],
        "warnings": list(it.warnings),
    }


def _countdown(step: Step | None) -> dict[str, Any] | None:
    return None if step is None else {"why": step.why.value, "level": step.level, "due": iso(step.due_us)}
