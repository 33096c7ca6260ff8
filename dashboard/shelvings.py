"""Shelvings over HTTP: what is put away until when and by whom; put, and ended.

    GET  /api/shelvings       ─▶ 200 {shelvings}
    POST /api/shelvings       {action_id, kind, reason, until, from?, weekly?,
                               alarm_id, or some of asset_id, rule_id, asset_kind, area_id}
                              ─▶ 201 {shelving} | 404 | 422
    POST /api/shelvings/end   {shelving_id, reason?} ─▶ 200 {shelving} | 404 | 409 | 422

Made from an alarm, its scope is that alarm's rule at its asset, unless the body names a wider one. Weekly hours are
`{"days": [1, …, 7], "begin": "22:00", "end": "06:00"}`, local time.
"""

import re
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.alarm_acts import UNSTORED, told
from dashboard.looks import language_of
from dashboard.office import Office
from dashboard.order_form import LONGEST_ID, Form
from dashboard.picture import area_of
from dashboard.things import alarm_for, area_check, is_allowed
from layouts.wording import desk_words_in
from street.clock import iso
from street.errors import FieldError
from street.policy import Action
from street.shelving import SCOPE, Shelving, ShelvingKind, Weekly, window

PUT: Final = frozenset({"action_id", "alarm_id", "kind", "reason", "from", "until", "weekly", *SCOPE})
END: Final = frozenset({"shelving_id", "reason"})
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|(24):(00)", re.ASCII)


def routes(office: Office) -> list[Route]:
    """Return the routes of shelvings."""

    def listed(_request: Request) -> Response:
        return JSONResponse({"shelvings": _seen(office)}, 200, UNSTORED)

    async def put(request: Request) -> Response:
        body, words = await request.body(), desk_words_in(language_of(request, office.config))
        return await run_in_threadpool(told, office, words, lambda: _put(office, Form(body, PUT)))

    async def end(request: Request) -> Response:
        body, words = await request.body(), desk_words_in(language_of(request, office.config))
        return await run_in_threadpool(told, office, words, lambda: _end(office, Form(body, END)))

    return [
        Route("/api/shelvings", listed),
        Route("/api/shelvings", put, methods=["POST"]),
        Route("/api/shelvings/end", end, methods=["POST"]),
    ]


def as_told(shelving: Shelving, now_us: int) -> dict[str, Any]:
    """Return a shelving as our answers name its fields; `holds_until` is the end of the hours that hold now."""
    span, weekly = window(shelving, now_us), shelving.weekly
    fields = ("shelving_id", "asset_id", "rule_id", "asset_kind", "area_id", "alarm_id", "by", "reason")
    instants = {"from": shelving.from_us, "until": shelving.until_us, "ended": shelving.ended_us}
    return {
        **{name: getattr(shelving, name) for name in fields},
        **{name: None if at_us is None else iso(at_us) for name, at_us in instants.items()},
        "kind": shelving.kind.value,
        "weekly": None if weekly is None else _weekly_as_told(weekly),
        "holds": span is not None,
        "holds_until": iso(span[1]) if span and span[1] is not None else None,
    }


def _seen(office: Office) -> list[dict[str, Any]]:
    now_us = office.now_us()
    found = office.store.alarm_desk().shelvings()
    return [
        as_told(it, now_us) for it in found if is_allowed(office, Action.SHELVE_ALARM, area_of_shelving(office, it))
    ]


def area_of_shelving(office: Office, shelving: Shelving) -> str:
    """Return the smallest area that holds all that a shelving covers: "" is the whole subdistrict."""
    if shelving.asset_id:
        with office.reader() as reader:
            return area_of(reader.asset(shelving.asset_id))
    return shelving.area_id


def _put(office: Office, form: Form) -> Response:
    shelving, action_id = _wanted(office, form), form.action_id()
    area_check(office, Action.SHELVE_ALARM, area_of_shelving(office, shelving), "shelving")
    put = office.store.alarm_desk().put_shelving(shelving, by=asking.actor(), action_id=action_id)
    return JSONResponse({"shelving": as_told(put, office.now_us())}, 201, UNSTORED)


def _wanted(office: Office, form: Form) -> Shelving:
    kind = form.text("kind", 40) or ShelvingKind.SHELVED.value
    if kind not in {it.value for it in ShelvingKind}:
        raise FieldError(field="kind", code="unknown-kind")
    scope = {name: form.text(name, LONGEST_ID) for name in SCOPE}
    alarm_id = form.text("alarm_id", LONGEST_ID)
    if alarm_id:
        alarm, _ = alarm_for(office, alarm_id, Action.SHELVE_ALARM)
        if not any(scope.values()):
            scope |= {"asset_id": alarm.asset_id, "rule_id": alarm.rule_id}
    if scope["asset_id"]:
        with office.reader() as reader:
            if reader.asset(scope["asset_id"]) is None and not alarm_id:
                raise HTTPException(404)
    from_us = form.instant_us("from")
    return Shelving(
        kind=ShelvingKind(kind), from_us=office.now_us() if from_us is None else from_us, reason=form.text("reason"),
        until_us=form.instant_us("until"), weekly=_weekly(form), alarm_id=alarm_id, asset_id=scope["asset_id"],
        rule_id=scope["rule_id"], asset_kind=scope["asset_kind"], area_id=scope["area_id"],
    )  # fmt: skip


def _end(office: Office, form: Form) -> Response:
    shelving_id = form.text("shelving_id", LONGEST_ID, needed=True)
    desk = office.store.alarm_desk()
    found = desk.shelving(shelving_id)
    if found is None:
        raise HTTPException(404)
    area_check(office, Action.SHELVE_ALARM, area_of_shelving(office, found), f"shelving/{shelving_id}")
    ended = desk.end_shelving(shelving_id, by=asking.actor(), reason=form.text("reason"))
    return JSONResponse({"shelving": as_told(ended, office.now_us())}, 200, UNSTORED)


def _weekly(form: Form) -> Weekly | None:
    said = form.thing("weekly")
    if said is None:
        return None
    days = said.get("days")
    if said.keys() != {"days", "begin", "end"} or not isinstance(days, list) or {type(day) for day in days} != {int}:
        raise FieldError(field="weekly", code="form")
    return Weekly(tuple(sorted(set(days))), _minute(said["begin"]), _minute(said["end"]))


def _minute(text: object) -> int:
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise FieldError(field="weekly", code="form")
    hours, minutes = (int(it) for it in found.group().split(":"))
    return hours * 60 + minutes


def _weekly_as_told(weekly: Weekly) -> dict[str, Any]:
    begin, end = (f"{it // 60:02}:{it % 60:02}" for it in weekly[1:])
    return {"days": list(weekly.days), "begin": begin, "end": end}
