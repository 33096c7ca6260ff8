"""The timeline of one incident: GET /api/incidents/<id>/timeline, all that a verifier reads.

    ─▶ 200 {"incident", "lines": [...], "alarm": {..., "transitions"} | null, "readings": [...]}

Each line has three instants: `at` as the device said, `counted` when it counts as done, `stored` when we learnt of it.
The alarm and what its sensor measured around its beginning and its end stand beside: that it returned to normal is
evidence for who verifies, and decides nothing.
"""

from collections.abc import Iterable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.acts import UNSTORED
from dashboard.incident_page import as_seen, as_told, revealed
from dashboard.office import Office
from dashboard.things import incident_for
from street.alarms import Alarm
from street.clock import MINUTE_US, iso
from street.masking import masked_fields
from street.policy import Action
from street.store import Done, Reader
from street.store.alarm_rows import Transition
from street.store.frames import readings_frame

AROUND_US: Final = 30 * MINUTE_US  # before an alarm's beginning, and around its end
MOST_READINGS: Final = 240


def routes(office: Office) -> list[Route]:
    """Return the route of timelines."""

    def timeline(request: Request) -> Response:
        return answer(office, request.path_params["incident_id"])

    return [Route("/api/incidents/{incident_id:path}/timeline", timeline)]


def answer(office: Office, incident_id: str) -> Response:
    """Answer with all that was done to the incident or happened to it."""
    incident = incident_for(office, incident_id, Action.SEE_INCIDENT)
    lines = [_line(done) for done in office.store.acts().timeline(incident_id)]
    is_revealed = revealed(office, incident) is not None
    with office.reader() as reader:
        alarm = next(iter(reader.alarms([incident.alarm_id])), None) if incident.alarm_id else None
        readings = _readings(reader, alarm, office.now_us()) if alarm else []
    told = {
        "incident": as_told(incident) if is_revealed else as_seen(office, incident),
        "lines": lines if is_revealed else masked_fields(lines, names=False),
        "alarm": _alarm(alarm, office.store.alarm_desk().transitions(alarm.alarm_id)) if alarm else None,
        "readings": readings,
    }
    return JSONResponse(told, 200, UNSTORED)


def _line(done: Done) -> dict[str, Any]:
    details = {
        name.removesuffix("_us"): iso(value) if name.endswith("_us") else value for name, value in done.details.items()
    }
    return {
        "act": done.act, "stage": done.stage, "at": iso(done.at_us), "counted": iso(done.counted_us),
        "stored": iso(done.stored_us), "by": done.by, "person_id": done.person_id, "reason": done.reason,
        "note": done.note, "version": done.version, "details": details,
    }  # fmt: skip


def _alarm(alarm: Alarm, history: Iterable[Transition]) -> dict[str, Any]:
    return {
        "alarm_id": alarm.alarm_id, "asset_id": alarm.asset_id, "quantity": alarm.quantity, "state": alarm.state.value,
        "raised": iso(alarm.raised_us), "cleared": None if alarm.cleared_us is None else iso(alarm.cleared_us),
        "transitions": [
            {"act": it.act, "state": it.state, "at": iso(it.at_us), "value": it.value, "by": it.by, "reason": it.reason}
            for it in history
        ],
    }  # fmt: skip


def _readings(reader: Reader, alarm: Alarm, now_us: int) -> list[list[Any]]:
    """Return what the sensor measured around the alarm's beginning and its end, as [instant, value], oldest first."""
    spans = [(alarm.raised_us - AROUND_US, alarm.raised_us + AROUND_US)]
    if alarm.cleared_us is not None:
        spans.append((max(alarm.cleared_us - AROUND_US, spans[0][1]), min(alarm.cleared_us + AROUND_US, now_us)))
    found: list[list[Any]] = []
    for from_us, to_us in spans:
        if from_us < to_us:
            frame = readings_frame(reader, alarm.asset_id, from_us, to_us)
            frame = frame[frame["quantity"] == alarm.quantity].tail(MOST_READINGS // len(spans))
            instants = (at.isoformat().replace("+00:00", "Z") for at in frame["at"])
            found += [[at, value] for at, value in zip(instants, frame["value"].tolist(), strict=True)]
    return found
