"""What people do to incidents: POST /api/actions moves one on, once.

    {"action_id", "incident_id", "act", "at", "sent", "seen_version", "reason", "note", "officer_id", "department_id",
     "until", "other_ids", "proof", "score", "matter", "severity"}
    ─▶ 200 {"incident", "repeat"}
     | 409 {"error": "superseded" | "illegal" | "own-work" | "not-yours", "incident", "by", "say"}
     | 422 {"error", "field", "say"} | 404

`at` is when she tapped and `sent` when it was sent, both by her device's clock. The same action_id again gets the same
answer. What there is not and what is not hers look the same: 404.
"""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import asking
from dashboard.incident_page import as_seen
from dashboard.looks import language_of
from dashboard.office import Office
from dashboard.order_form import LONGEST_ID, Form
from dashboard.things import area_for, incident_for
from layouts.wording import desk_words_in
from street.errors import (
    FieldError,
    IllegalTransitionError,
    NotAllowedError,
    SupersededError,
    UnknownIncidentError,
)
from street.incidents import BEST_SCORE, Act, Incident, Order
from street.policy import Action, may
from street.store import MOST_OTHERS

Words = Mapping[str, str]
MOST_PROOF: Final = 16
UNSTORED: Final = {"cache-control": "no-store"}
FIELDS: Final = frozenset(
    "action_id incident_id act at sent seen_version reason note officer_id department_id until other_ids proof score"
    " matter severity".split()
)
# Which right an act needs; what is missing here nobody asks for: joining comes with a merge.
RIGHTS: Final[Mapping[Act, Action]] = {
    **dict.fromkeys(
        (Act.FILE, Act.ACKNOWLEDGE, Act.DISMISS, Act.MERGE, Act.SPLIT, Act.UNDO), Action.FILE_INCIDENT
    ),
    **dict.fromkeys(
        (Act.DISPATCH, Act.WITHDRAW, Act.TRANSFER, Act.EXTEND, Act.SUSPEND, Act.RESUME, Act.ESCALATE),
        Action.DISPATCH_INCIDENT,
    ),
    **dict.fromkeys((Act.ACCEPT, Act.RETURN, Act.DEPART, Act.ARRIVE, Act.HANDLE), Action.HANDLE_INCIDENT),
    **dict.fromkeys((Act.VERIFY, Act.REWORK), Action.VERIFY_INCIDENT),
    **dict.fromkeys((Act.SUPERVISE, Act.SCORE), Action.SUPERVISE_INCIDENT),
    Act.REOPEN: Action.REOPEN_INCIDENT,
    Act.NOTE: Action.REPORT_INCIDENT,
}  # fmt: skip


def routes(office: Office) -> list[Route]:
    """Return the route of acts."""

    async def act(request: Request) -> Response:
        words = desk_words_in(language_of(request, office.config))
        return await run_in_threadpool(answered, office, await request.body(), words)

    return [Route("/api/actions", act, methods=["POST"])]


def answered(office: Office, body: bytes, words: Words) -> Response:
    """Do what *body* wants and answer; nothing is done where the answer is not 200."""
    return told(office, words, lambda: _done(office, body))


def told(office: Office, words: Words, do: Callable[[], Response]) -> Response:
    """Return what *do* answers, or the sentence for why it could not."""
    try:
        return do()
    except FieldError as error:
        say = words[f"say_{error.code}"].format(field=words.get(f"field_{error.field}", error.field))
        return JSONResponse({"error": error.code, "field": error.field, "say": say}, 422, UNSTORED)
    except UnknownIncidentError as error:
        raise HTTPException(404) from error
    except SupersededError as error:
        return _conflict(office, words, "superseded", error.current, error.by)
    except IllegalTransitionError as error:
        return _conflict(office, words, "illegal", error.current, error.by)
    except NotAllowedError as error:
        return _conflict(office, words, error.code, None, "")


def _conflict(office: Office, words: Words, code: str, current: object, by: str) -> Response:
    incident = current if isinstance(current, Incident) else None
    stage = words[f"stage_{incident.stage}"] if incident else ""
    say = words[f"say_{code}"].format(stage=stage, by=by or words["say_somebody"])
    seen = as_seen(office, incident) if incident else None
    return JSONResponse({"error": code, "incident": seen, "by": by, "say": say}, 409, UNSTORED)


def _done(office: Office, body: bytes) -> Response:
    order = order_of(Form(body, FIELDS))
    action = RIGHTS[order.act]
    incident = incident_for(office, order.incident_id, action)
    for other_id in order.other_ids:
        incident_for(office, other_id, action)
    if order.officer_id:
        _check_officer(office, order.officer_id, area_for(office, incident))
    outcome = office.store.acts().act(order, by=asking.actor(), now_us=office.now_us())
    return JSONResponse({"incident": as_seen(office, outcome.incident), "repeat": outcome.is_repeat}, 200, UNSTORED)


def _check_officer(office: Office, officer_id: str, area_id: str) -> None:
    """Refuse to send an incident to somebody who could not accept it."""
    if not may(office.people.get(officer_id), Action.HANDLE_INCIDENT, office.thing(area_id)):
        raise FieldError(field="officer_id", code="no-handler")


def order_of(form: Form) -> Order:
    """Return the order that a body gives; raises FieldError."""
    act = form.text("act", 40, needed=True)
    if act not in {str(it) for it in RIGHTS}:
        raise FieldError(field="act", code="unknown-act")
    at_us = form.instant_us("at", needed=True)
    assert at_us is not None  # needed
    return Order(
        action_id=form.action_id(),
        incident_id=form.text("incident_id", LONGEST_ID, needed=True),
        act=Act(act),
        at_us=at_us,
        sent_us=form.instant_us("sent"),
        seen_version=form.whole("seen_version", 1, 2**31),
        reason=form.text("reason"),
        note=form.text("note"),
        officer_id=form.text("officer_id", LONGEST_ID),
        department_id=form.text("department_id", LONGEST_ID),
        until_us=form.instant_us("until"),
        other_ids=form.texts("other_ids", MOST_OTHERS),
        proof=form.texts("proof", MOST_PROOF),
        score=form.whole("score", 0, BEST_SCORE),
        matter=form.text("matter", 5),
        severity=form.whole("severity", 1, 4),
    )
