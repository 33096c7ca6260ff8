"""The queue of open incidents.

GET /api/incidents?stage=&severity=&mine=1&department=&late=1&after=&limit=
    ─▶ 200 {"incidents": [...], "next": "…" | null, "total": n}

What is open in the asker's areas, worst first, then oldest; `stage` names others too, several parted by commas. `next`
is the `after` of the next page.
"""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.acts import UNSTORED, Words, told
from dashboard.incident_page import as_seen
from dashboard.incident_report import reported
from dashboard.looks import language_of
from dashboard.office import Office
from dashboard.order_form import LONGEST_ID
from layouts.wording import desk_words_in
from street.errors import FieldError
from street.incidents import Incident, Stage
from street.policy import Action, areas_of
from street.store import Filters, InQueue

QUEUE: Final = "/api/incidents"
USUAL: Final = 50
MOST: Final = 200
FIRST: Final = InQueue(0, 0, "")
NAMES: Final = frozenset("stage severity mine department late after limit lang".split())


def routes(office: Office) -> list[Route]:
    """Return the routes of the queue: reading it, and reporting into it."""

    def read(request: Request) -> Response:
        words = desk_words_in(language_of(request, office.config))
        return told(office, words, lambda: answered(office, request.query_params, words))

    async def report(request: Request) -> Response:
        words = desk_words_in(language_of(request, office.config))
        return await reported(office, await request.body(), words)

    return [Route(QUEUE, read, methods=["GET"]), Route(QUEUE, report, methods=["POST"])]


def answered(office: Office, query: Mapping[str, str], _words: Words) -> Response:
    """Answer with one page of the queue.

    Raises:
        FieldError: the query asks for what there is not.
    """
    for name in query:
        if name not in NAMES:
            raise FieldError(field=name[:40], code="unknown-field")
    limit = _whole(query, "limit", 1, MOST) or USUAL
    filters, after = _filters(query, office.now_us()), _after(query.get("after", ""))
    areas = areas_of(asking.person(), Action.SEE_INCIDENT)
    acts, elsewhere = office.store.acts(), office.subdistrict_id
    found = acts.open_queue(areas, elsewhere=elsewhere, after=after, limit=limit + 1, filters=filters)
    page = found[:limit]
    following = _place(page[-1]) if len(found) > limit else None
    total = acts.count(areas, elsewhere=elsewhere, filters=filters)
    seen = [as_seen(office, incident) for incident in page]
    return JSONResponse({"incidents": seen, "next": following, "total": total}, 200, UNSTORED)


def _filters(query: Mapping[str, str], now_us: int) -> Filters:
    stages = tuple(filter(None, query.get("stage", "").split(",")))
    if any(stage not in {str(it) for it in Stage} for stage in stages):
        raise FieldError(field="stage", code="unknown")
    person = asking.person()
    return Filters(
        stages=stages,
        severity=_whole(query, "severity", 1, 4),
        handler_id=person.person_id if person and _flag(query, "mine") else "",
        department_id=query.get("department", "")[:LONGEST_ID],
        late_us=now_us if _flag(query, "late") else None,
    )


def _flag(query: Mapping[str, str], name: str) -> bool:
    value = query.get(name, "")
    if value not in {"", "0", "1"}:
        raise FieldError(field=name, code="range")
    return value == "1"


def _whole(query: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6 and low <= int(text) <= high):
        raise FieldError(field=name, code="range")
    return int(text)


def _place(incident: Incident) -> str:
    return f"{incident.severity}:{incident.reported_us}:{incident.incident_id}"


def _after(text: str) -> InQueue:
    if not text:
        return FIRST
    severity, _, rest = text.partition(":")
    at, _, incident_id = rest.partition(":")
    is_sound = severity.isdecimal() and at.lstrip("-").isdecimal() and len(text) <= LONGEST_ID and text.isprintable()
    if not is_sound or len(severity) > 1 or len(at) > 18:
        raise FieldError(field="after", code="form")
    return InQueue(int(severity), int(at), incident_id)
