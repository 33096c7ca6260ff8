"""Incidents for one reader: as JSON one by one, as CSV by the range of days they were reported in.

    GET /api/incidents/<id>                          texts masked, unless the asker has a reveal that holds
    GET /api/incidents.csv?from=2026-11-01&to=…      always masked: who needs one text reveals that one

Both days of a range are whole local days. A range without days is the last 30.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard import asking
from dashboard.office import Office
from dashboard.picture import area_of
from dashboard.things import area_for, incident_for, is_allowed
from street import csv_cells
from street.clock import STREET_ZONE, as_datetime, as_us, iso, local_day_start_us
from street.deadlines import Deadline, lamp
from street.incidents import Incident, Stage
from street.masking import masked_fields
from street.people import Person, lies_in
from street.policy import Action, areas_of
from street.store import Entry
from street.store.reveals import Reveal

MOST_ROWS: Final = 50_000
MOST_DAYS: Final = 366
USUAL_DAYS: Final = 30
LOT: Final = 1_000
COLUMNS: Final = (
    "short_no", "incident_id", "source", "matter", "severity", "stage", "title", "title_en", "description", "address",
    "lon", "lat", "community_id", "grid_cell_id", "asset_id", "confidence", "reported", "moved", "recovered",
)  # fmt: skip


class Range(NamedTuple):
    """From the beginning of the first day until before the end of the last [µs], and how the asker called them."""

    from_us: int
    to_us: int
    name: str


def routes(office: Office) -> list[Route]:
    """Return the routes of incidents."""

    def one(request: Request) -> Response:
        return answer(office, request.path_params["incident_id"])

    def csv(request: Request) -> Response:
        wanted = range_of(request.query_params.get("from", ""), request.query_params.get("to", ""), office.now_us())
        return JSONResponse({"error": "range"}, 422) if wanted is None else export(office, wanted)

    return [Route("/api/incidents.csv", csv), Route("/api/incidents/{incident_id:path}", one)]


def answer(office: Office, incident_id: str) -> Response:
    """Answer with one incident, as its reader may see it."""
    incident = incident_for(office, incident_id, Action.SEE_INCIDENT)
    reveal = revealed(office, incident)
    told = as_told(incident) if reveal else as_seen(office, incident)
    until = iso(reveal.ends_us) if reveal else None
    return JSONResponse({**told, "revealed_until": until}, headers={"cache-control": "no-store"})


def revealed(office: Office, incident: Incident) -> Reveal | None:
    """Return the reveal that shows its asker the incident's texts, None where none holds."""
    reveal = office.store.reveals().live("incident", incident.incident_id, person_id=asking.actor().person_id)
    if reveal is not None and not is_allowed(office, Action.REVEAL, area_for(office, incident)):
        return None  # the shift is over, or the role is gone
    return reveal


def as_seen(office: Office, incident: Incident) -> dict[str, Any]:
    """Return the incident's fields with personal texts covered, and the lamp of its clock."""
    told: dict[str, Any] = masked_fields(as_told(incident), names=office.config.privacy.mask_names)
    return told | {"lamp": lamp_of(incident, office.now_us())}


def lamp_of(incident: Incident, now_us: int) -> str:
    """Return how the clock of the stage stands: green, yellow, red; "" where none runs."""
    if incident.due_us is None or incident.warn_us is None or incident.stage is Stage.SUSPENDED:
        return ""
    return lamp(Deadline(incident.warn_us, incident.due_us), now_us).value


def as_told(incident: Incident) -> dict[str, Any]:
    """Return the incident's fields as our answers name them: instants as text."""
    told: dict[str, Any] = {}
    for name, value in asdict(incident).items():
        if name.endswith("_us"):
            told[name.removesuffix("_us")] = None if value is None else iso(value)
        else:
            told[name] = value
    paused = [[iso(begin_us), iso(end_us)] for begin_us, end_us in incident.paused]
    before = incident.stage_before
    return told | {
        "media": list(incident.media), "paused": paused, "stage": incident.stage.value,
        "stage_before": None if before is None else before.value,
    }  # fmt: skip


def range_of(first: str, last: str, now_us: int) -> Range | None:
    """Return the range of local days from *first* to *last*, None where it is none or longer than a year."""
    today = as_datetime(now_us).astimezone(STREET_ZONE).date()
    try:
        end = date.fromisoformat(last) if last else today
        begin = date.fromisoformat(first) if first else end - timedelta(days=USUAL_DAYS - 1)
        days = (end - begin).days + 1
        from_us, to_us = _day_start_us(begin), _day_start_us(end + timedelta(days=1))
    except (ValueError, OverflowError):
        return None
    return Range(from_us, to_us, f"{begin}_{end}") if 1 <= days <= MOST_DAYS else None


def export(office: Office, wanted: Range) -> Response:
    """Answer with the incidents of a range as a file; that somebody took it is in the audit before it leaves."""
    entry = Entry(office.now_us(), "incidents.export", f"incidents/{wanted.name}", "done", asking.actor())
    office.audit.add([entry])
    mark = f"exported by {asking.actor().login} {iso(office.now_us())}"
    headers = {
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="incidents_{wanted.name}.csv"',
    }
    return StreamingResponse(
        _rows(office, wanted, _Reach.of(office, asking.person()), mark),
        headers=headers,
        media_type="text/csv; charset=utf-8",
    )


class _Reach(NamedTuple):
    """What one export may hold."""

    areas: frozenset[str] | None
    of_assets: dict[str, str]  # where an incident lies of which only the asset is known
    elsewhere: str

    @classmethod
    def of(cls, office: Office, person: Person | None) -> "_Reach":
        with office.reader() as reader:
            of_assets = {asset.asset_id: area_of(asset) for asset in reader.assets()}
        return cls(areas_of(person, Action.EXPORT_INCIDENTS), of_assets, office.thing().area_id)

    def holds(self, incident: Incident) -> bool:
        area_id = area_of(incident) or self.of_assets.get(incident.asset_id) or self.elsewhere
        return self.areas is None or any(lies_in(area_id, area) for area in self.areas)


def _rows(office: Office, wanted: Range, reach: _Reach, mark: str) -> Iterator[str]:
    yield csv_cells.BOM + csv_cells.row(COLUMNS)
    left, note = MOST_ROWS, mark
    for lot in _lots(office, wanted):
        held = [incident for incident in lot if reach.holds(incident)]
        yield "".join(_row(office, incident) for incident in held[:left])
        left -= len(held)
        if left < 0:
            note = f"{mark}; only the first {MOST_ROWS} rows"
            break
    yield csv_cells.row([note])


def _lots(office: Office, wanted: Range) -> Iterator[list[Incident]]:
    """Yield the incidents of a range, a bounded lot at a time, however many there are."""
    after = (-1, "")
    while True:
        with office.reader() as reader:
            lot = reader.reported_incidents(wanted.from_us, wanted.to_us, after=after, limit=LOT)
        yield lot
        if len(lot) < LOT:
            return
        after = (lot[-1].reported_us, lot[-1].incident_id)


def _row(office: Office, incident: Incident) -> str:
    told = masked_fields(as_told(incident), names=office.config.privacy.mask_names)
    return csv_cells.row(told[name] for name in COLUMNS)


def _day_start_us(day: date) -> int:
    return local_day_start_us(as_us(datetime(day.year, day.month, day.day, 12, tzinfo=STREET_ZONE)))
