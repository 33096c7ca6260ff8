"""Matters and working days as XLSX by HTTP, for the admin.

GET  /api/matters.xlsx              what there is, to be changed
POST /api/matters/import[?dry=1]    judged, and taken in: all of it or nothing; 422 with a row for each fault
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.bodies import XLSX
from dashboard.looks import language_of
from dashboard.office import Office
from layouts.wording import desk_words_in
from street.asset_rows import RowFault
from street.matter_sheet import as_xlsx, read_matters
from street.policy import Action, may

EXPORT: Final = "/api/matters.xlsx"
IMPORT: Final = "/api/matters/import"
MOST_FAULTS: Final = 200  # that are told at once

Report = dict[str, Any]


def routes(office: Office) -> list[Route]:
    """Return the routes of both."""

    def export(_request: Request) -> Response:
        _check_allowed()
        book = office.store.matters()
        headers = {"content-disposition": 'attachment; filename="matters.xlsx"', "cache-control": "no-store"}
        return Response(as_xlsx(book.current(), book.own_days()), media_type=XLSX, headers=headers)

    async def take(request: Request) -> Response:
        words = desk_words_in(language_of(request, office.config))
        content = await request.body()
        is_dry = request.query_params.get("dry") == "1"
        report, status = await asyncio.to_thread(imported, office, content, words, is_dry=is_dry)
        return JSONResponse(report, status, headers={"cache-control": "no-store"})

    return [Route(EXPORT, export), Route(IMPORT, take, methods=["POST"])]


def imported(office: Office, content: bytes, words: Mapping[str, str], *, is_dry: bool) -> tuple[Report, int]:
    """Judge a list and, unless *is_dry*, take it in; return what to tell and the answer's status.

    A list with any fault is answered 422 and writes nothing, whether dry or not.
    """
    _check_allowed()
    book = office.store.matters()
    sheet = read_matters(content, book.current())
    if sheet.faults:
        return _faulty(sheet.faults, words), 422
    if is_dry:
        counts = {"matters": len(sheet.matters), "days": len(sheet.days)}
        return {"ok": True, "said": words["matters_fine"].format(**counts), "counts": counts, "rows": []}, 200
    matters, days = book.put(sheet.matters, sheet.days, by=asking.actor())
    counts = {"matters": matters, "days": days}
    return {"ok": True, "said": words["matters_done"].format(**counts), "counts": counts, "rows": []}, 200


def _check_allowed() -> None:
    if not may(asking.person(), Action.CHANGE_MATTERS):
        raise HTTPException(404, "not found")


def _faulty(faults: tuple[RowFault, ...], words: Mapping[str, str]) -> Report:
    rows = [
        [
            fault.sheet,
            str(fault.row) if fault.row else "",
            words[f"matters_column_{fault.column}"],
            words[f"matters_fault_{fault.code}"] + (f" · {fault.found}" if fault.found else ""),
        ]
        for fault in faults[:MOST_FAULTS]
    ]
    more = len(faults) - len(rows)
    return {
        "ok": False,
        "said": words["matters_faulty"].format(faults=len(faults)),
        "counts": {"faults": len(faults)},
        "note": words["matters_more"].format(n=more) if more else "",
        "heads": [words[f"matters_head_{name}"] for name in ("sheet", "row", "column", "fault")],
        "rows": rows,
    }
