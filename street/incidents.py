"""Incidents: something on the street that a person must deal with (案件).

    reported ─▶ filed ─▶ dispatched ─▶ accepted ─▶ en_route ─▶ on_scene ─▶ checking ─▶ closed
        │          │ ◀─────── return ───────┴───────────┴───────────┘           │          │
        │          ◀──────────────────────────── reopen ────────────────────────┼──────────┘
        └──────────┴─▶ dismissed, merged    dispatched ◀──── rework ─────────────┘   accepted … on_scene ─▶ suspended

A machine or a source only ever reports; people move an incident on. `MOVES` is the one table of what may be done when,
`advance` the one function that moves, and it returns a new incident. An alarm that clears closes nothing, and closing
clears no alarm.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple

from street.errors import FieldError, IllegalTransitionError, NotAllowedError

SENSING: Final = "sensing"  # the source of our own candidates, which rules propose; no other source has this name
HIGHEST_ESCALATION: Final = 3
BEST_SCORE: Final = 100


class Stage(StrEnum):
    """How far an incident has come."""

    REPORTED = "reported"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    CHECKING = "checking"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    DISMISSED = "dismissed"
    MERGED = "merged"


class Act(StrEnum):
    """What is done to an incident."""

    FILE = "file"
    ACKNOWLEDGE = "acknowledge"  # file, and acknowledge its alarms
    DISMISS = "dismiss"
    MERGE = "merge"  # takes others in
    JOIN = "join"  # is taken in: what merging does to each of the others
    SPLIT = "split"  # gives others back
    UNDO = "undo"  # a dismissal or a merge
    DISPATCH = "dispatch"
    WITHDRAW = "withdraw"  # a dispatch that nobody took, or that was wrong
    TRANSFER = "transfer"
    ACCEPT = "accept"
    RETURN = "return"
    DEPART = "depart"
    ARRIVE = "arrive"
    HANDLE = "handle"
    VERIFY = "verify"
    REWORK = "rework"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    SUPERVISE = "supervise"
    ESCALATE = "escalate"
    REOPEN = "reopen"
    SCORE = "score"
    NOTE = "note"


class Move(NamedTuple):
    """One row of the table.

    `to` None: it stays where it is. `needs` are fields of the order ("assignee": an officer or a department).
    `goes_back`: to the stage it had before. `is_aside`: whoever saw the version before it may still act on that.
    """

    from_: frozenset[Stage]
    to: Stage | None = None
    needs: frozenset[str] = frozenset()
    goes_back: bool = False
    is_aside: bool = False


ENDED: Final = frozenset({Stage.CLOSED, Stage.DISMISSED, Stage.MERGED})
OPEN_STAGES: Final = frozenset(Stage) - ENDED
_TAKEN: Final = frozenset({Stage.ACCEPTED, Stage.EN_ROUTE, Stage.ON_SCENE})
WITH_HANDLER: Final = _TAKEN | {Stage.DISPATCHED}
_NEW: Final = frozenset({Stage.REPORTED, Stage.FILED})
_ANY: Final = frozenset(Stage)
_REASON: Final = frozenset({"reason"})
_BY_HANDLER: Final = frozenset({Act.ACCEPT, Act.RETURN, Act.DEPART, Act.ARRIVE, Act.HANDLE})
_INDEPENDENT: Final = frozenset({Act.VERIFY, Act.REWORK})
MOVES: Final[Mapping[Act, Move]] = {
    Act.FILE: Move(frozenset({Stage.REPORTED}), Stage.FILED),
    Act.ACKNOWLEDGE: Move(_NEW, Stage.FILED),
    Act.DISMISS: Move(_NEW, Stage.DISMISSED, _REASON),
    Act.MERGE: Move(_NEW | WITH_HANDLER, None, frozenset({"other_ids"}), is_aside=True),
    Act.JOIN: Move(_NEW, Stage.MERGED, frozenset({"other_ids"})),
    Act.SPLIT: Move(_ANY, None, frozenset({"other_ids"}), is_aside=True),
    Act.UNDO: Move(frozenset({Stage.DISMISSED, Stage.MERGED}), goes_back=True),
    Act.DISPATCH: Move(frozenset({Stage.FILED}), Stage.DISPATCHED, frozenset({"assignee"})),
    Act.WITHDRAW: Move(frozenset({Stage.DISPATCHED}), Stage.FILED, _REASON),
    Act.TRANSFER: Move(WITH_HANDLER, Stage.DISPATCHED, frozenset({"assignee", "reason"})),
    Act.ACCEPT: Move(frozenset({Stage.DISPATCHED}), Stage.ACCEPTED),
    Act.RETURN: Move(WITH_HANDLER, Stage.FILED, _REASON),
    Act.DEPART: Move(frozenset({Stage.ACCEPTED}), Stage.EN_ROUTE),
    Act.ARRIVE: Move(frozenset({Stage.EN_ROUTE}), Stage.ON_SCENE),
    Act.HANDLE: Move(frozenset({Stage.ON_SCENE}), Stage.CHECKING, frozenset({"note", "proof"})),
    Act.VERIFY: Move(frozenset({Stage.CHECKING}), Stage.CLOSED),
    Act.REWORK: Move(frozenset({Stage.CHECKING}), Stage.DISPATCHED, _REASON),
    Act.EXTEND: Move(WITH_HANDLER, None, frozenset({"reason", "until_us"}), is_aside=True),
    Act.SUSPEND: Move(_TAKEN, Stage.SUSPENDED, _REASON),
    Act.RESUME: Move(frozenset({Stage.SUSPENDED}), goes_back=True),
    Act.SUPERVISE: Move(OPEN_STAGES, None, _REASON, is_aside=True),
    Act.ESCALATE: Move(OPEN_STAGES - {Stage.SUSPENDED}, None, _REASON, is_aside=True),
    Act.REOPEN: Move(frozenset({Stage.CLOSED}), Stage.FILED, _REASON),
    Act.SCORE: Move(frozenset({Stage.CLOSED}), None, frozenset({"score"}), is_aside=True),
    Act.NOTE: Move(_ANY, None, frozenset({"note"}), is_aside=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One matter, from the first report to its close.

    `incident_id` is unique over sources (`<source>/<id of the source>`); `short_no` is the number people say aloud,
    given by the store (0 until then). `recovered_us` is when its alarm cleared by itself. `due_us` and `warn_us` are
    of the stage it is in, `handle_due_us` of its handling; while it is suspended they say what they said before.
    """

    incident_id: str
    source: str
    matter: str  # five digits of GB/T 47678.5, or "" where none fits
    severity: int  # 1 (紧急) … 4 (提示)
    title: str  # zh, as shown
    title_en: str = ""
    description: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    community_id: str = ""
    grid_cell_id: str = ""
    asset_id: str = ""
    alarm_id: str = ""
    confidence: float | None = None  # 0–1
    media: tuple[str, ...] = field(default=())
    stage: Stage = Stage.REPORTED
    reported_us: int
    moved_us: int
    recovered_us: int | None = None
    short_no: int = 0
    version: int = 1
    handler_id: str = ""  # the person who handles it, "" while nobody in particular
    department_id: str = ""
    due_us: int | None = None
    warn_us: int | None = None
    handle_due_us: int | None = None
    overall_due_us: int | None = None
    filed_us: int | None = None
    dispatched_us: int | None = None  # since when its handling is counted
    handled_us: int | None = None
    closed_us: int | None = None
    suspended_us: int | None = None
    paused: tuple[tuple[int, int], ...] = ()  # when its clocks stood still, from and to
    stage_before: Stage | None = None  # where a resumption or an undo leads
    rework_count: int = 0
    return_count: int = 0
    extension_count: int = 0
    escalation: int = 0  # 0 (grid) … 3 (district)
    is_urgent: bool = False
    is_supervised: bool = False
    is_drill: bool = False
    merged_into: str = ""
    score: int | None = None  # 0 … 100
    dispatched_by: str = ""  # person ids: who sent it, and who reported it done, may not verify it
    handled_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One act that somebody wants done, under an id that she made: the same id is never done twice.

    `at_us` is when she tapped and `sent_us` when it was sent, both by her device's clock. `by_id` is the store's to
    put in. `matter` and `severity` may be corrected in filing.
    """

    action_id: str
    incident_id: str
    act: Act
    at_us: int
    seen_version: int | None = None
    sent_us: int | None = None
    reason: str = ""
    note: str = ""
    officer_id: str = ""
    department_id: str = ""
    until_us: int | None = None
    other_ids: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()
    score: int | None = None
    matter: str = ""
    severity: int | None = None
    by_id: str = ""


def advance(incident: Incident, order: Order) -> Incident:
    """Return *incident* as *order* moves it, one version later.

    Raises:
        IllegalTransitionError: `MOVES` knows no such step from where it is.
        FieldError: the order lacks what the step needs.
        NotAllowedError: it is another's to handle ("not-yours"), or her own work that she would verify ("own-work").
    """
    move = MOVES[order.act]
    if incident.stage not in move.from_:
        msg = f"{incident.incident_id} is {incident.stage}: it cannot be done: {order.act}"
        raise IllegalTransitionError(msg)
    _check_needs(incident, order, move)
    _check_person(incident, order)
    to = (incident.stage_before or Stage.REPORTED) if move.goes_back else move.to
    effect = _EFFECTS.get(order.act)
    changes = effect(incident, order) if effect else {}
    if to is not None:
        changes |= {"stage": to, "moved_us": order.at_us}
    return replace(incident, version=incident.version + 1, **changes)


def settled_us(incident: Incident, order: Order, now_us: int) -> int:
    """Return when an order counts as done: as the device says, unless its clock cannot be right.

    `sent_us` tells how far off it is. What would lie before the incident's last move, or after *now_us*, counts as now.
    """
    at_us = order.at_us + (now_us - order.sent_us if order.sent_us is not None else 0)
    return at_us if incident.moved_us <= at_us <= now_us else now_us


def _check_needs(incident: Incident, order: Order, move: Move) -> None:
    for need in sorted(move.needs):
        given = (order.officer_id or order.department_id) if need == "assignee" else getattr(order, need)
        if given in {None, "", ()} or (isinstance(given, str) and not given.strip()):
            raise FieldError(field=need, code="missing")
    earliest_us = max(order.at_us, incident.due_us or 0) if order.act is Act.EXTEND else order.at_us
    if order.until_us is not None and order.until_us <= earliest_us:
        raise FieldError(field="until_us", code="too-early")
    if order.score is not None and not 0 <= order.score <= BEST_SCORE:
        raise FieldError(field="score", code="range")
    if incident.incident_id in order.other_ids:
        raise FieldError(field="other_ids", code="itself")


def _check_person(incident: Incident, order: Order) -> None:
    """Refuse what the table allows and this person may not; the program itself (nobody) is no person."""
    if not order.by_id:
        return
    if order.act in _BY_HANDLER and incident.handler_id not in {"", order.by_id}:
        raise NotAllowedError(code="not-yours")
    if order.act in _INDEPENDENT and order.by_id in {incident.handler_id, incident.handled_by, incident.dispatched_by}:
        raise NotAllowedError(code="own-work")


def _file(incident: Incident, order: Order) -> dict[str, Any]:
    severity = incident.severity if order.severity is None else order.severity
    filed_us = order.at_us if incident.filed_us is None else incident.filed_us
    return {"filed_us": filed_us, "matter": order.matter or incident.matter, "severity": severity}


def _assign(_incident: Incident, order: Order) -> dict[str, Any]:
    return {"handler_id": order.officer_id, "department_id": order.department_id, "dispatched_by": order.by_id}


def _resume(incident: Incident, order: Order) -> dict[str, Any]:
    begun_us = order.at_us if incident.suspended_us is None else incident.suspended_us
    return {"suspended_us": None, "stage_before": None, "paused": (*incident.paused, (begun_us, order.at_us))}


_NOBODY: Final[Mapping[str, Any]] = {"handler_id": "", "department_id": ""}
_UNDONE: Final[Mapping[str, Any]] = dict.fromkeys(("closed_us", "handled_us", "dispatched_us", "score"))
_EFFECTS: Final[Mapping[Act, Callable[[Incident, Order], dict[str, Any]]]] = {
    Act.FILE: _file,
    Act.ACKNOWLEDGE: _file,
    Act.DISMISS: lambda it, _order: {"stage_before": it.stage},
    Act.JOIN: lambda it, order: {"stage_before": it.stage, "merged_into": order.other_ids[0]},
    Act.UNDO: lambda _it, _order: {"stage_before": None, "merged_into": ""},
    Act.DISPATCH: lambda it, order: _assign(it, order) | {"dispatched_us": order.at_us},
    Act.WITHDRAW: lambda _it, _order: {**_NOBODY},
    Act.TRANSFER: _assign,
    Act.ACCEPT: lambda it, order: {"handler_id": order.by_id or it.handler_id},
    Act.RETURN: lambda it, _order: {**_NOBODY, "return_count": it.return_count + 1},
    Act.HANDLE: lambda it, order: {"handled_us": order.at_us, "handled_by": order.by_id or it.handler_id},
    Act.VERIFY: lambda _it, order: {"closed_us": order.at_us},
    Act.REWORK: lambda it, _order: {"handled_us": None, "rework_count": it.rework_count + 1},
    Act.EXTEND: lambda it, order: {"due_us": order.until_us, "extension_count": it.extension_count + 1},
    Act.SUSPEND: lambda it, order: {"stage_before": it.stage, "suspended_us": order.at_us},
    Act.RESUME: _resume,
    Act.SUPERVISE: lambda _it, _order: {"is_supervised": True},
    Act.ESCALATE: lambda it, _order: {"escalation": min(it.escalation + 1, HIGHEST_ESCALATION)},
    Act.REOPEN: lambda _it, _order: {**_NOBODY, **_UNDONE, "dispatched_by": "", "handled_by": ""},
    Act.SCORE: lambda _it, order: {"score": order.score},
}
