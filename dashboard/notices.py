"""Notices as their reader has them.

    GET  /api/notices?before=&limit=   ─▶ 200 {"notices": [...], "unread": n, "next": no | null}
    POST /api/notices/read {"upto": no}           ─▶ 200 {"unread": n}

The stream says `event: notice` when there is something new for who listens; what it is, this says. Nobody reads what is
another's. Personal fields are covered, as everywhere until somebody reveals an incident.
"""

from typing import Any, Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.looks import language_of
from dashboard.office import Office
from street.clock import iso
from street.notices import texts
from street.store.notices import Listed

USUAL: Final = 50
MOST: Final = 200
LARGEST: Final = 2**53
UNSTORED: Final = {"cache-control": "no-store"}


def routes(office: Office) -> list[Route]:
    """Return the routes of notices."""

    def listed(request: Request) -> Response:
        asked = request.query_params
        limit, before = _number(asked.get("limit", str(USUAL))), _number(asked.get("before", str(LARGEST)))
        lang = language_of(request, office.config)
        if limit is None or not 1 <= limit <= MOST:
            return _refused("limit", f"a whole number from 1 to {MOST}")
        if before is None:
            return _refused("before", "the number of a notice")
        return answer(office, lang, before, limit)

    async def read(request: Request) -> Response:
        return await run_in_threadpool(note_read, office, await request.body())

    return [
        Route("/api/notices", listed),
        Route("/api/notices/read", read, methods=["POST"]),
    ]


def answer(office: Office, lang: str, before: int, limit: int) -> Response:
    """Answer with the asker's notices that are older than *before*, the newest first."""
    person_id, notices = asking.actor().person_id, office.store.notices()
    found = notices.of(person_id, before_no=before, limit=limit)
    following = found[-1].notice_no if len(found) == limit else None
    told = {
        "notices": [_told(it, lang) for it in found], "unread": notices.unread(person_id), "next": following
    }  # fmt: skip
    return JSONResponse(told, 200, UNSTORED)


def note_read(office: Office, body: bytes) -> Response:
    """Note that the asker has read her notices up to one; those of others stay as they are."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    upto = said.get("upto") if isinstance(said, dict) and set(said) == {"upto"} else None
    if type(upto) is not int or not 0 <= upto < LARGEST:
        return _refused("upto", "the number of the newest notice that was read")
    person_id, notices = asking.actor().person_id, office.store.notices()
    notices.read(person_id, upto, office.now_us())
    return JSONResponse({"unread": notices.unread(person_id)}, 200, UNSTORED)


def _told(it: Listed, lang: str) -> dict[str, Any]:
    notice = it.notice
    said = texts(lang).said(notice)
    return {
        "no": it.notice_no,
        "kind": notice.kind,
        "title": said.title,
        "text": said.text,
        "severity": notice.severity,
        "incident_id": notice.incident_id,
        "at": iso(notice.at_us),
        "read": None if it.read_us is None else iso(it.read_us),
        "is_drill": notice.is_drill,
    }


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else None


def _refused(field: str, expected: str) -> Response:
    return JSONResponse({"error": field, "say": f"{field}: {expected}"}, 422, UNSTORED)
