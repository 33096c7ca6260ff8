"""Alarms for people: what is open, grouped, and what is done to one.

    GET  /api/alarms           what stands or waits for somebody, with who put it away until when; flood and groups
    POST /api/alarms/actions   {action_id, alarm_id, act, reason?, until?} ─▶ 200 {alarm, repeat} | 404 | 409 | 422

What there is not, and what the asker may not touch, get the same 404.
"""

from collections.abc import Callable, Mapping
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
from dashboard.things import alarm_for
from layouts.wording import desk_words_in
from street.alarm_load import TEN_US, groups, is_flood
from street.alarms import PEOPLE_DO, Alarm, AlarmAct, life
from street.assets import Asset
from street.clock import HOUR_US, iso
from street.errors import FieldError, IllegalTransitionError, UnknownAlarmError
from street.people import lies_in
from street.policy import Action, areas_of
from street.shelving import Shelving, holding, window

FIELDS: Final = frozenset({"action_id", "alarm_id", "act", "reason", "until"})
UNSTORED: Final = {"cache-control": "no-store"}
Words = Mapping[str, str]


def routes(office: Office) -> list[Route]:
    """Return the routes of alarms."""

    def listed(_request: Request) -> Response:
        return open_alarms(office)

    async def act(request: Request) -> Response:
        words = desk_words_in(language_of(request, office.config))
        return await run_in_threadpool(answered, office, await request.body(), words)

    return [Route("/api/alarms", listed), Route("/api/alarms/actions", act, methods=["POST"])]


def answered(office: Office, body: bytes, words: Words) -> Response:
    """Do what *body* wants and answer; nothing is done where the answer is not 200."""
    return told(office, words, lambda: _done(office, Form(body, FIELDS)))


def told(office: Office, words: Words, do: Callable[[], Response]) -> Response:
    """Return what *do* answers, or the sentence for why it could not."""
    try:
        return do()
    except FieldError as error:
        say = words.get(f"alarm_say_{error.code}", words["alarm_say_field"])
        field = words.get(f"alarm_field_{error.field}", error.field)
        return JSONResponse({"error": error.code, "field": error.field, "say": say.format(field=field)}, 422, UNSTORED)
    except UnknownAlarmError as error:
        raise HTTPException(404) from error
    except IllegalTransitionError as error:
        return _illegal(office, words, error)


def _done(office: Office, form: Form) -> Response:
    said = form.text("act", 40, needed=True)
    if said not in {act.value for act in PEOPLE_DO}:
        raise FieldError(field="act", code="unknown-act")
    act, action_id = AlarmAct(said), form.action_id()
    action = Action.ACT_ON_ALARM if act is AlarmAct.ACKNOWLEDGE else Action.SHELVE_ALARM
    alarm, asset = alarm_for(office, form.text("alarm_id", LONGEST_ID, needed=True), action)
    desk = office.store.alarm_desk()
    outcome = desk.act(
        alarm.alarm_id, act, by=asking.actor(), action_id=action_id, reason=form.text("reason"),
        until_us=form.instant_us("until"),
    )  # fmt: skip
    seen = as_told(outcome.alarm, asset, desk.shelvings(), office.now_us())
    return JSONResponse({"alarm": seen, "repeat": outcome.is_repeat}, 200, UNSTORED)


def _illegal(office: Office, words: Words, error: IllegalTransitionError) -> Response:
    """Answer that this cannot be done from where the alarm stands, or that what holds it holds more, or is over."""
    current, seen = error.current, None
    if isinstance(current, Alarm):
        shelvings, now_us = office.store.alarm_desk().shelvings(), office.now_us()
        with office.reader() as reader:
            asset = reader.asset(current.asset_id)
        seen = as_told(current, asset, shelvings, now_us)
        say = words[f"alarm_is_{seen['life']}"]
    else:
        say = words["alarm_held_wider" if window(current, office.now_us()) else "shelving_over"]  # type: ignore[arg-type]  # else a shelving
    by = error.by or words["none"]
    return JSONResponse({"error": "illegal", "alarm": seen, "by": error.by, "say": say.format(by=by)}, 409, UNSTORED)


def open_alarms(office: Office) -> Response:
    """Answer with what is open in the asker's areas, and how the calls of the last ten minutes group."""
    areas, elsewhere, now_us = areas_of(asking.person(), Action.SEE_INCIDENT), office.thing().area_id, office.now_us()
    desk = office.store.alarm_desk()
    with office.reader() as reader:
        assets = {asset.asset_id: asset for asset in reader.assets()}

    def is_seen(asset_id: str) -> bool:
        area_id = area_of(assets.get(asset_id)) or elsewhere
        return areas is None or any(lies_in(area_id, area) for area in areas)

    shelvings = desk.shelvings()
    lately = [call for call in desk.calls(now_us - HOUR_US, now_us + 1) if is_seen(call.asset_id)]
    shown = {
        "at": iso(now_us),
        "alarms": [
            as_told(alarm, assets.get(alarm.asset_id), shelvings, now_us)
            for alarm in desk.open_alarms()
            if is_seen(alarm.asset_id)
        ],
        "flood": is_flood([call.at_us for call in lately], now_us),
        "groups": [
            group._asdict()
            for group in groups(
                [call for call in lately if call.at_us > now_us - TEN_US], lambda it: area_of(assets.get(it))
            )
        ],
    }
    return JSONResponse(shown, headers={"cache-control": "no-store"})


def as_told(alarm: Alarm, asset: Asset | None, shelvings: list[Shelving], now_us: int) -> dict[str, Any]:
    """Return an alarm as our answers name its fields; instants as text."""
    held_by = holding(shelvings, asset, alarm.asset_id, alarm.rule_id, now_us)
    return {
        "alarm_id": alarm.alarm_id, "asset_id": alarm.asset_id, "name": asset.name if asset else "",
        "kind": asset.kind if asset else "", "area_id": area_of(asset), "rule_id": alarm.rule_id,
        "quantity": alarm.quantity, "severity": alarm.severity, "state": alarm.state.value, "value": alarm.value,
        "life": life(alarm, shelvings, now_us, asset).value, "raised": iso(alarm.raised_us),
        "cleared": _iso(alarm.cleared_us), "last": iso(alarm.last_us or alarm.raised_us), "repeats": alarm.repeats,
        "announced": alarm.announced, "chattering": alarm.is_chattering, "incident_id": alarm.incident_id,
        "acknowledged_by": alarm.acknowledged_by, "acknowledged": _iso(alarm.acknowledged_us),
        "held_by": None if held_by is None else as_held(held_by, now_us),
    }  # fmt: skip


def as_held(shelving: Shelving, now_us: int) -> dict[str, Any]:
    """Return what keeps an alarm quiet: by whom, why, until when."""
    span = window(shelving, now_us)
    return {
        "shelving_id": shelving.shelving_id, "kind": shelving.kind.value, "by": shelving.by,
        "reason": shelving.reason, "until": _iso(span[1] if span else None),
    }  # fmt: skip


def _iso(at_us: int | None) -> str | None:
    return None if at_us is None else iso(at_us)
