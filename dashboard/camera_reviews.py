"""What cameras saw and nobody has looked at yet, and what people say of it.

    GET  /api/cameras/reviews   what stood long enough, oldest first, and how far each camera is to be believed
    POST /api/cameras/reviews   {sighting_id, verdict: confirmed|rejected, reason?} ─▶ 200 {sighting, incident_id}
                                404 | 409 somebody said otherwise | 422

Who confirms, reports an incident by it; who rejects, says why, and what was filed by itself is dismissed where nobody
has begun to deal with it. Both teach how far the camera is to be believed.
"""

from collections.abc import Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.looks import language_of
from dashboard.office import Office
from dashboard.order_form import LONGEST_ID, Form
from dashboard.picture import area_of
from dashboard.things import asset_for
from layouts.wording import desk_words_in
from street.assets import Asset
from street.camera_proof import (
    ENOUGH,
    LEAST_SHARE,
    REASONS,
    Precision,
    Seen,
    Sighting,
    incident_of,
    seen,
)
from street.clock import iso
from street.errors import FieldError, SupersededError, UnknownSightingError
from street.people import lies_in
from street.policy import Action, areas_of

FIELDS: Final = frozenset({"sighting_id", "verdict", "reason"})
UNSTORED: Final = {"cache-control": "no-store"}
Words = Mapping[str, str]


def routes(office: Office) -> list[Route]:
    """Return the routes of reviews."""

    def listed(_request: Request) -> Response:
        return JSONResponse(waiting(office), 200, UNSTORED)

    async def judge(request: Request) -> Response:
        words = desk_words_in(language_of(request, office.config))
        return await run_in_threadpool(answered, office, await request.body(), words)

    path = "/api/cameras/reviews"
    return [Route(path, listed, methods=["GET"]), Route(path, judge, methods=["POST"])]


def waiting(office: Office) -> dict[str, Any]:
    """Return what the asker may judge, and how her cameras were judged so far."""
    with office.reader() as reader:
        assets = {it.asset_id: it for it in reader.assets() if _may_judge(office, it)}
    book, matters, now_us = office.store.sightings(), office.store.matters().current(), office.now_us()
    found = [it for it in book.waiting(now_us) if it.asset_id in assets]
    return {
        "waiting": [_told(it, seen(assets[it.asset_id], it, matters), now_us) for it in found],
        "cameras": [_believed(it) for it in book.precisions() if it.asset_id in assets],
        "reasons": list(REASONS), "files_at": LEAST_SHARE, "files_after": ENOUGH,
    }  # fmt: skip


def answered(office: Office, body: bytes, words: Words) -> Response:
    """Judge what *body* names, and answer; nothing is done where the answer is not 200."""
    try:
        return _judged(office, Form(body, FIELDS))
    except FieldError as error:
        say = words.get(f"review_say_{error.code}", words["review_say_field"]).format(field=error.field)
        return JSONResponse({"error": error.code, "field": error.field, "say": say}, 422, UNSTORED)
    except SupersededError as error:
        say = words["review_say_superseded"].format(by=error.by)
        return JSONResponse({"error": "superseded", "by": error.by, "say": say}, 409, UNSTORED)
    except UnknownSightingError as error:
        raise HTTPException(404) from error


def _judged(office: Office, form: Form) -> Response:
    sighting_id = form.text("sighting_id", LONGEST_ID, needed=True)
    verdict, reason = form.text("verdict", 40, needed=True), form.text("reason", 40)
    book = office.store.sightings()
    sighting = book.get(sighting_id)
    if sighting is None:
        raise UnknownSightingError(sighting_id)
    asset = asset_for(office, sighting.asset_id, Action.REVIEW_CAMERA)
    incident = incident_of(sighting, seen(asset, sighting, office.store.matters().current()), office.now_us())
    judged = book.judge(sighting_id, verdict, incident=incident, reason=reason, by=asking.actor())
    told = {"sighting_id": sighting_id, "verdict": judged.verdict}
    return JSONResponse({"sighting": told, "incident_id": judged.incident_id}, 200, UNSTORED)


def _may_judge(office: Office, asset: Asset) -> bool:
    areas = areas_of(asking.person(), Action.REVIEW_CAMERA)
    where = area_of(asset) or office.thing().area_id
    return areas is None or any(lies_in(where, area) for area in areas)


def _told(sighting: Sighting, there: Seen, now_us: int) -> dict[str, Any]:
    return {
        "sighting_id": sighting.sighting_id, "asset_id": sighting.asset_id, "label": sighting.label,
        "zones": list(sighting.zones), "matter": sighting.matter, "title": there.title, "title_en": there.title_en,
        "address": there.address, "confidence": sighting.confidence, "first": iso(sighting.first_us),
        "stood_s": sighting.stood_us(now_us) // 1_000_000, "has_ended": sighting.has_ended,
        "is_automatic": sighting.is_automatic, "incident_id": sighting.incident_id,
    }  # fmt: skip


def _believed(it: Precision) -> dict[str, Any]:
    return {
        "asset_id": it.asset_id, "matter": it.matter, "reviewed": it.reviewed, "confirmed": it.confirmed,
        "share": it.share, "files_by_itself": it.is_trusted,
    }  # fmt: skip
