"""The audit as a file: streamed, capped, with a last line that says who took it, when and how much.

Whoever takes it leaves an entry of their own before the first line leaves.
"""

from collections.abc import Iterator
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dashboard import asking
from dashboard.desk_audit import line_of, sought_by
from dashboard.desk_view import viewer_at
from dashboard.looks import language_of
from dashboard.office import Office
from layouts.desk.addresses import AUDIT, AUDIT_CSV
from layouts.desk.audit import AuditLine
from layouts.desk.moments import stamp
from layouts.wording import desk_words_in
from street.csv_cells import BOM, row
from street.policy import Action, may
from street.store import Entry

MOST_ROWS: Final = 50_000
ROWS_AT_ONCE: Final = 500
COLUMNS: Final = (
    "number", "at", "who", "what", "where", "outcome", "before", "after", "reason", "times", "address", "session_no",
    "request",
)  # fmt: skip


def routes(office: Office) -> list[Route]:
    """Return the export's route."""

    def export(request: Request) -> Response:
        return exported(office, str(request.url.query), language_of(request, office.config))

    return [Route(AUDIT_CSV, export)]


def exported(office: Office, query: str, lang: str, *, most: int = MOST_ROWS) -> Response:
    """Return the file of what *query* seeks.

    Raises:
        HTTPException: 422 where the times are none, run backwards or span more than ten years.
    """
    viewer = viewer_at(office, AUDIT, query)
    if not may(asking.person(), Action.EXPORT_AUDIT):
        raise HTTPException(404, "not found")
    sought = sought_by(viewer.query)
    if sought is None:
        raise HTTPException(422, "from and to are no span of at most ten years")
    actor, now_us = asking.actor(), office.now_us()
    newest_no = office.audit.head().entry_no  # what comes while the file is read is not in it
    asked = " ".join(f"{name}={value}" for name, value in viewer.query.items() if value and name != "lang")
    office.audit.add([Entry(now_us, "audit.export", "audit", "done", actor, reason=asked[:500])])
    lines = _lines(office, lang, sought, newest_no, most)
    headers = {"content-disposition": 'attachment; filename="audit.csv"', "cache-control": "no-store"}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def _lines(office: Office, lang: str, sought: dict[str, Any], newest_no: int, most: int) -> Iterator[bytes]:
    words = desk_words_in(lang)
    yield (BOM + row(words[name] for name in COLUMNS)).encode()
    count, before_no = 0, newest_no + 1
    while count < most:
        found = office.audit.find(before_no=before_no, limit=min(ROWS_AT_ONCE, most - count), **sought)
        if not found:
            break
        yield "".join(row(_cells(line_of(stored))) for stored in found).encode("utf-8", "replace")
        count, before_no = count + len(found), found[-1].entry_no
    is_capped = count == most and bool(office.audit.find(before_no=before_no, limit=1, **sought))
    note = words["export_capped" if is_capped else "export_note"]
    who, at = asking.actor().login, stamp(office.now_us())
    yield row([note.format(who=who, at=at, n=f"{count:,}")]).encode()


def _cells(line: AuditLine) -> list[str | int]:
    return [
        line.entry_no, stamp(line.at_us), line.login, line.action, line.object, line.outcome, line.before, line.after,
        line.reason, line.times, line.address, line.session_id, line.request_id,
    ]  # fmt: skip
