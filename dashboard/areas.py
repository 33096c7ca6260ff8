"""Key areas: GET /api/areas, how each of them stands, with what that is made of; worst first.

─▶ 200 {"areas": [{"place_id", "name", "name_en", "points", "parts", "facts", "inside", "polygons"}, …]}
"""

from collections import Counter
from functools import cache
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.office import Office
from street.alarms import Alarm
from street.assets import Asset
from street.clock import iso
from street.freshness import interval_s
from street.incidents import Incident, Stage
from street.key_areas import Facts, Outline, standing
from street.people import lies_in
from street.places import Place
from street.policy import Action, areas_of
from street.rules.causes import SILENT
from street.scenarios import load_scenarios
from street.store import Reader

_scenarios: Final = cache(load_scenarios)  # files of the release, which do not change


def routes(office: Office) -> list[Route]:
    """Return the route of key areas."""

    def areas(_request: Request) -> Response:
        return JSONResponse({"areas": told(office)}, 200, {"cache-control": "no-store"})

    return [Route("/api/areas", areas)]


def told(office: Office) -> list[dict[str, Any]]:
    """Return the key areas that the asker may see, worst first."""
    now_us, book = office.now_us(), office.store.visits()
    patrols, inside = book.last_patrols(), Counter(it.place_id for it in book.going_on())
    with office.reader() as reader:
        found = [(it, Outline(it.outline)) for it in reader.places() if it.is_key_area and it.outline]
        seen = [(place, outline) for place, outline in found if _may_see(office, outline)]
        world = _World(reader) if seen else None
    if world is None:
        return []
    told = [
        _told(place, outline, world.facts(outline, patrols.get(place.place_id), now_us), now_us)
        | {"inside": inside[place.place_id]}
        for place, outline in seen
    ]
    return sorted(told, key=lambda it: (it["points"], it["place_id"]))


class _World:
    """What there is to be counted."""

    def __init__(self, reader: Reader) -> None:
        self.assets: list[Asset] = [it for it in reader.assets() if it.lon is not None and it.lat is not None]
        self.alarms: list[Alarm] = reader.active_alarms()
        self.incidents: list[Incident] = [it for it in reader.open_incidents() if not it.is_drill]
        silent = {it.asset_id for it in [*self.alarms, *reader.suppressed_alarms()] if it.rule_id == SILENT}
        self.gone = silent | {asset_id for asset_id, (is_there, _) in reader.availability().items() if not is_there}
        self.scenarios = _scenarios()

    def facts(self, outline: Outline, last_patrol_us: int | None, now_us: int) -> Facts:
        here = [it for it in self.assets if outline.holds(it.lon or 0.0, it.lat or 0.0)]
        inside = {it.asset_id for it in here}
        devices = {it.asset_id for it in here if interval_s(it, self.scenarios.get(it.kind)) is not None}
        alarms = [it for it in self.alarms if it.asset_id in inside]
        open_here = [it for it in self.incidents if _lies(it, outline, inside)]
        return Facts(
            open_alarms=len(alarms), grave_alarms=sum(it.severity <= 2 for it in alarms),
            open_incidents=len(open_here), overdue_incidents=sum(_is_overdue(it, now_us) for it in open_here),
            devices=len(devices), devices_well=len(devices - self.gone), last_patrol_us=last_patrol_us,
        )  # fmt: skip


def _is_overdue(incident: Incident, now_us: int) -> bool:
    """Return whether the limit of its stage is over; a clock that stands still runs out for nobody."""
    return incident.due_us is not None and incident.due_us < now_us and incident.stage is not Stage.SUSPENDED


def _lies(incident: Incident, outline: Outline, inside: set[str]) -> bool:
    if incident.lon is None or incident.lat is None:
        return incident.asset_id in inside
    return outline.holds(incident.lon, incident.lat)


def _told(place: Place, outline: Outline, facts: Facts, now_us: int) -> dict[str, Any]:
    stands, patrol_us = standing(facts, now_us), facts.last_patrol_us
    counts = {name: value for name, value in facts._asdict().items() if name != "last_patrol_us"}
    return {
        "place_id": place.place_id, "name": place.name, "name_en": place.name_en, "department": place.department,
        "points": stands.points, "parts": stands.parts,
        "facts": counts | {"last_patrol": None if patrol_us is None else iso(patrol_us)},
        "polygons": outline.polygons,
    }  # fmt: skip


def _may_see(office: Office, outline: Outline) -> bool:
    """Return whether the asker may see what lies where the middle of the area is."""
    areas, ground = areas_of(asking.person(), Action.SEE_AREAS), office.places
    cell, community = ground.grid_cell_of(outline.lon, outline.lat), ground.community_of(outline.lon, outline.lat)
    area_id = cell.grid_cell_id if cell else community.community_id if community else office.thing().area_id
    return areas is None or any(lies_in(area_id, area) for area in areas)
