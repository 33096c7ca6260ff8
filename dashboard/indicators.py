"""Indicators by HTTP: GET /api/indicators?from=2026-09-01&to=2026-09-30&area=370202007, both days included.

Without days: this month. Without an area: all that the asker may see. Each answer carries the sentence of what it
counts; a share of nothing is null.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.looks import language_of
from dashboard.office import Office
from layouts.wording import desk_words_in
from street.clock import STREET_ZONE, as_datetime, iso
from street.indicators import Indicator, Period, period_of
from street.people import is_area
from street.policy import Action, Thing, areas_of, may

INDICATORS: Final = "/api/indicators"
LONGEST_DAYS: Final = 3_660


def routes(office: Office) -> list[Route]:
    """Return the indicators' route."""

    def answer(request: Request) -> Response:
        words = desk_words_in(language_of(request, office.config))
        told = answered(office, request.query_params, words)
        return JSONResponse(told, headers={"cache-control": "no-store"})

    return [Route(INDICATORS, answer)]


def answered(office: Office, query: Mapping[str, str], words: Mapping[str, str]) -> dict[str, Any]:
    """Return the indicators of what *query* asks for.

    Raises:
        HTTPException: 422 where the days or the area are none; 404 for an area that is not the asker's.
    """
    now_us = office.now_us()
    period = _period(query, now_us)
    if period is None:
        raise HTTPException(422, words["indicators_no_span"])
    area_id = query.get("area", "").strip()
    if area_id and not is_area(area_id):
        raise HTTPException(422, words["indicators_no_area"])
    who = asking.person()
    if area_id and not may(who, Action.SEE_INDICATORS, Thing(area_id)):
        raise HTTPException(404, "not found")
    areas = frozenset({area_id}) if area_id else areas_of(who, Action.SEE_INDICATORS)
    found = office.store.indicators(period, areas, elsewhere=office.subdistrict_id)
    return {
        "from": iso(period.from_us),
        "to": iso(period.to_us),
        "area": area_id,
        "basis": words["indicators_shared"],
        "indicators": [_told(it, words) for it in found],
    }


def _told(indicator: Indicator, words: Mapping[str, str]) -> dict[str, Any]:
    name = f"indicator_{indicator.id}"
    return {**indicator._asdict(), "name": words[name], "basis": words[f"{name}_basis"]}


def _period(query: Mapping[str, str], now_us: int) -> Period | None:
    """Return the days asked for; None where they are none."""
    today = as_datetime(now_us).astimezone(STREET_ZONE).date()
    try:
        last = _day(query.get("to", ""), today)
        first = _day(query.get("from", ""), last.replace(day=1))
    except ValueError:
        return None
    return period_of(first, last, now_us) if 0 <= (last - first).days <= LONGEST_DAYS else None


def _day(text: str, otherwise: date) -> date:
    day = date.fromisoformat(text.strip()) if text.strip() else otherwise
    if not 1970 <= day.year <= 9_000:
        msg = f"{day} is no day of a street"
        raise ValueError(msg)
    return day
