"""Reveals: POST /api/reveals opens one picture, or the texts of one incident, for who says why.

    {"kind": "still" | "incident", "id": "…", "reason": "…"}  ─▶  201 {"kind", "id", "at", "until"}

Who may not, and what there is not, get the same answer. Each reveal is written to the audit before anything is shown.
"""

from typing import Any, Final, Literal, NamedTuple

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.office import Office
from dashboard.things import asset_for, incident_for
from street.clock import MINUTE_US, iso
from street.errors import NotAllowedError
from street.policy import Action
from street.store.reveals import LONGEST_REASON

FIELDS: Final = {"kind", "id", "reason"}
LONGEST_ID: Final = 300


class Wish(NamedTuple):
    """What somebody asks to see."""

    kind: Literal["still", "incident"]
    thing_id: str
    reason: str


def routes(office: Office) -> list[Route]:
    """Return the route of reveals."""

    async def reveal(request: Request) -> Response:
        wish = _wish(await request.body())
        if wish is None:
            return JSONResponse({"error": "form"}, 422)
        return await run_in_threadpool(begin, office, wish)

    return [Route("/api/reveals", reveal, methods=["POST"])]


def begin(office: Office, wish: Wish) -> Response:
    """Begin the reveal that the asker of this request wants."""
    still_us = 0
    if wish.kind == "still":
        still_us = _still_us(office, wish.thing_id)
    else:
        incident_for(office, wish.thing_id, Action.REVEAL)
    try:
        begun = office.store.reveals().begin(
            wish.kind,
            wish.thing_id,
            still_us=still_us,
            reason=wish.reason,
            lasts_us=office.config.privacy.reveal_min * MINUTE_US,
            by=asking.actor(),
        )
    except NotAllowedError as refusal:
        return JSONResponse({"error": refusal.code}, 429 if refusal.code == "too-many" else 422)
    told: dict[str, Any] = {"kind": begun.kind, "id": begun.thing_id, "until": iso(begun.ends_us)}
    return JSONResponse(told | ({"at": iso(still_us)} if still_us else {}), 201, {"cache-control": "no-store"})


def _wish(body: bytes) -> Wish | None:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(said, dict) or said.keys() != FIELDS or not all(isinstance(text, str) for text in said.values()):
        return None
    wish = Wish(said["kind"], said["id"], said["reason"])
    is_well_formed = (
        wish.kind in {"still", "incident"}
        and 0 < len(wish.thing_id) <= LONGEST_ID
        and len(wish.reason) <= LONGEST_REASON
        and wish.reason.replace("\n", " ").isprintable()
    )
    return wish if is_well_formed else None


def _still_us(office: Office, asset_id: str) -> int:
    """Return when the asset's newest still was taken."""
    asset_for(office, asset_id, Action.REVEAL)
    with office.reader() as reader:
        still = reader.snapshot(asset_id)
    if still is None:
        raise HTTPException(404)
    return still[0]
