"""Stills: what cameras see, coarse for whoever may look, sharp for who has said why.

    GET /api/stills/<asset>        the newest still, too coarse to know anybody in it
    GET /api/stills/<asset>/sharp  the one still that the asker has revealed, while the reveal holds

Forbidden, elsewhere, unknown, gone and broken are one answer: nobody learns from it what there is.
"""

import logging
import threading
from collections import OrderedDict
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard import asking
from dashboard.office import Office
from dashboard.things import asset_for
from street.clock import iso
from street.coarsen import BusyError, PictureError, Sharpness, redrawn
from street.policy import Action

LOG = logging.getLogger(__name__)
MOST_KEPT: Final = 500  # coarse stills, 5 KB each


def routes(office: Office) -> list[Route]:
    """Return the routes of stills."""
    stills = Stills(office)
    return [
        Route("/api/stills/{asset_id}", stills.coarse),
        Route("/api/stills/{asset_id}/sharp", stills.sharp),
    ]


class Stills:
    """Answers with pictures; remembers the coarse ones, since many look at the same."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._kept: OrderedDict[tuple[str, int], bytes | None] = OrderedDict()
        self._lock = threading.Lock()

    def coarse(self, request: Request) -> Response:
        """Answer with the newest still of an asset, coarse."""
        asset_id = request.path_params["asset_id"]
        asset_for(self._office, asset_id, Action.SEE_STILL)
        at_us, jpeg = self._stored(asset_id)
        with self._lock:
            is_kept = (asset_id, at_us) in self._kept
            drawn = self._kept.get((asset_id, at_us))
        if not is_kept:
            drawn = _redrawn(asset_id, jpeg, "coarse")
            self._keep((asset_id, at_us), drawn)
        return _picture(drawn, at_us)

    def sharp(self, request: Request) -> Response:
        """Answer with the still that the asker revealed."""
        asset_id, person = request.path_params["asset_id"], asking.person()
        asset_for(self._office, asset_id, Action.REVEAL)
        reveal = person and self._office.store.reveals().live("still", asset_id, person_id=person.person_id)
        if not reveal:
            raise HTTPException(404)
        at_us, jpeg = self._stored(asset_id, reveal.still_us)
        return _picture(_redrawn(asset_id, jpeg, "sharp"), at_us)

    def _stored(self, asset_id: str, at_us: int | None = None) -> tuple[int, bytes]:
        with self._office.reader() as reader:
            still = reader.snapshot(asset_id, at_us)
        if still is None:
            raise HTTPException(404)
        return still

    def _keep(self, key: tuple[str, int], drawn: bytes | None) -> None:
        """Remember a coarse still, or that it cannot be drawn: a broken one costs its child process once."""
        with self._lock:
            self._kept[key] = drawn
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def _redrawn(asset_id: str, jpeg: bytes, sharpness: Sharpness) -> bytes | None:
    try:
        return redrawn(jpeg, sharpness)
    except PictureError as error:
        LOG.warning("still not shown asset=%s reason=%r", asset_id, str(error))
        return None
    except BusyError as error:
        raise HTTPException(503, "try again", {"retry-after": "2"}) from error


def _picture(jpeg: bytes | None, at_us: int) -> Response:
    if jpeg is None:
        raise HTTPException(404)
    headers = {
        "cache-control": "no-store",
        "content-disposition": 'inline; filename="still.jpg"',
        "x-taken-at": iso(at_us),
    }
    return Response(jpeg, headers=headers, media_type="image/jpeg")
