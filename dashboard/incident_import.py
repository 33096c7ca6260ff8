"""The hotline's list: judged row by row, and taken in whole or not at all.

POST /api/incidents/import?dry=1   says what is wrong, writes nothing
POST /api/incidents/import         judges again and takes all in; what is known already stays as it is
"""

from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.acts import UNSTORED, Words
from dashboard.looks import language_of
from dashboard.office import Office
from dashboard.picture import area_of
from dashboard.things import is_allowed
from layouts.wording import desk_words_in
from street.incident_sheet import Known, RowFault, read_incidents
from street.policy import Action

IMPORT: Final = "/api/incidents/import"
MOST_FAULTS: Final = 200  # that are told at once


def routes(office: Office) -> list[Route]:
    """Return the import's route."""

    async def take(request: Request) -> Response:
        words = desk_words_in(language_of(request, office.config))
        is_dry = request.query_params.get("dry") == "1"
        return await run_in_threadpool(imported, office, await request.body(), words, is_dry=is_dry)

    return [Route(IMPORT, take, methods=["POST"])]


def imported(office: Office, content: bytes, words: Words, *, is_dry: bool) -> Response:
    """Judge a list and, unless *is_dry*, take it in; one with any fault is answered 422 and writes nothing."""
    now_us = office.now_us()
    sheet = read_incidents(content, Known(office.places, office.store.matters().current(), now_us))
    faults = list(sheet.faults)
    if not faults:
        faults = [
            RowFault(0, "lon", "refused", it.incident_id)
            for it in sheet.incidents
            if not is_allowed(office, Action.IMPORT_INCIDENTS, area_of(it))
        ]
    if faults:
        return JSONResponse(_faulty(faults, words), 422, UNSTORED)
    counts = {"incidents": len(sheet.incidents)}
    if is_dry:
        return JSONResponse({"ok": True, "say": words["say_import_fine"], "counts": counts}, 200, UNSTORED)
    added = office.store.acts().report_all(sheet.incidents, by=asking.actor(), now_us=now_us)
    counts |= {"added": added, "known": len(sheet.incidents) - added}
    return JSONResponse({"ok": True, "say": words["say_import_done"].format(n=added), "counts": counts}, 200, UNSTORED)


def _faulty(faults: list[RowFault], words: Words) -> dict[str, Any]:
    rows = [
        {
            "row": fault.row,
            "column": fault.column,
            "code": fault.code,
            "found": fault.found,
            "say": words[f"say_{fault.code}"].format(field=words.get(f"field_{fault.column}", fault.column)),
        }
        for fault in faults[:MOST_FAULTS]
    ]
    counts = {"faults": len(faults)}
    return {"ok": False, "error": "rows", "say": words["say_import_faulty"], "counts": counts, "faults": rows}
