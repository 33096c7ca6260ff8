"""What may be the same matter, told by another source: GET /api/incidents/<id>/same.

    ─▶ 200 {"proposals": [{"incident": …, "distance_m": 12.0, "apart_s": 240.0}, …]}, likeliest first

A proposal only: `merge` of POST /api/actions makes one of them, and `split` takes it back. See `street.matching`.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.acts import UNSTORED
from dashboard.incident_page import as_seen
from dashboard.office import Office
from dashboard.picture import area_of
from dashboard.things import incident_for
from street.incidents import Incident
from street.matching import WITHIN_US, proposals
from street.people import lies_in
from street.policy import Action, areas_of

MOST_AROUND: Final = 1_000
MOST_TOLD: Final = 20


def routes(office: Office) -> list[Route]:
    """Return the route of proposals."""

    def same(request: Request) -> Response:
        return answer(office, request.path_params["incident_id"])

    return [Route("/api/incidents/{incident_id:path}/same", same)]


def answer(office: Office, incident_id: str) -> Response:
    """Answer with what may be the same, of what the asker may see."""
    incident = incident_for(office, incident_id, Action.SEE_INCIDENT)
    found = proposals(incident, _around(office, incident))[:MOST_TOLD]
    told = [
        {"incident": as_seen(office, it.incident), "distance_m": round(it.distance_m, 1), "apart_s": it.apart_s}
        for it in found
    ]
    return JSONResponse({"proposals": told}, 200, UNSTORED)


def _around(office: Office, incident: Incident) -> list[Incident]:
    """Return what was reported about the same time where the asker may see it."""
    from_us, to_us = incident.reported_us - WITHIN_US, incident.reported_us + WITHIN_US + 1
    with office.reader() as reader:
        found = reader.reported_incidents(from_us, to_us, after=(-1, ""), limit=MOST_AROUND)
        of_assets = {asset.asset_id: area_of(asset) for asset in reader.assets()}
    areas, elsewhere = areas_of(asking.person(), Action.SEE_INCIDENT), office.thing().area_id
    if areas is None:
        return found
    lies = (area_of(it) or of_assets.get(it.asset_id) or elsewhere for it in found)
    return [it for it, where in zip(found, lies, strict=True) if any(lies_in(where, area) for area in areas)]
