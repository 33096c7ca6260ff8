"""Alarms: a machine says that a limit is broken; people say what they have seen of it.

    normal ─raise─▶ unacknowledged ─acknowledge─▶ acknowledged ─clear─▶ normal
                        │   ▲                                              ▲
                      clear again                                          │
                        ▼   │                                              │
                returned_unacknowledged ───────────acknowledge─────────────┘

    shelved, suppressed, out_of_service: true or not, listed, and calling nobody

The words are ISA-18.2's. Machine and people never write the same column: rules write `state`, `severity`, how often it
called (`announced`) and how often the limit was broken (`repeats`); people write how much of that they acknowledged;
a shelving (`street.shelving`) is a row of its own. Where an alarm stands is derived from the three by `life`. Whatever
moves an alarm appends a transition that says who, when and why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from street.assets import Asset
from street.shelving import Shelving, ShelvingKind, holding


class AlarmState(StrEnum):
    """What the rules say: whether the limit is still broken."""

    ACTIVE = "active"
    SUPPRESSED = "suppressed"  # true, but another alarm says why
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One breach of one rule at one asset, from raise to clear, and again where it comes back soon.

    `announced` counts how often it called people: when it was raised, came back, became graver, or stood for itself
    again. Acknowledged is who has acknowledged the last of these.
    """

    alarm_id: str
    asset_id: str
    rule_id: str
    quantity: str
    severity: int  # 1 (紧急) … 4 (提示)
    state: AlarmState
    value: float | None  # what crossed the limit, in the quantity's unit
    raised_us: int
    cleared_us: int | None = None
    incident_id: str | None = None
    announced: int = 1
    repeats: int = 1  # how often the limit was found broken
    last_us: int | None = None  # when it was last; None: not since it was raised
    is_chattering: bool = False
    is_held: bool = False  # the rules have seen that a shelving keeps it quiet
    acknowledged: int = 0  # how much of `announced` a person has seen
    acknowledged_us: int | None = None
    acknowledged_by: str = ""  # a login


class Back(NamedTuple):
    """A cleared alarm's limit is broken again, soon enough to be the same alarm."""

    alarm_id: str
    asset_id: str
    rule_id: str
    at_us: int
    value: float | None
    severity: int
    is_chattering: bool = False
    is_held: bool = False


class Grade(NamedTuple):
    """A standing alarm is graver now, or less grave."""

    alarm_id: str
    severity: int
    at_us: int
    value: float | None


def opens_incident(severity: int) -> bool:
    """Return whether an alarm of this severity opens a candidate incident by itself."""
    return severity <= 2


class Life(StrEnum):
    """Where an alarm stands, in ISA-18.2's words."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


class AlarmAct(StrEnum):
    """What moves an alarm: people, the rules, and time alone."""

    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    TAKE_OUT = "take_out"
    PUT_BACK = "put_back"
    RAISE = "raise"  # the limit is broken, for the first time or again
    CLEAR = "clear"
    SUPPRESS = "suppress"  # the alarm of its cause stands
    RELEASE = "release"
    EXPIRE = "expire"  # the time of its shelving is over


PEOPLE_DO: Final = frozenset(
    {AlarmAct.ACKNOWLEDGE, AlarmAct.SHELVE, AlarmAct.UNSHELVE, AlarmAct.TAKE_OUT, AlarmAct.PUT_BACK}
)
NEEDS_REASON: Final = frozenset({AlarmAct.SHELVE, AlarmAct.TAKE_OUT})

_N, _U, _A, _R = Life.NORMAL, Life.UNACKNOWLEDGED, Life.ACKNOWLEDGED, Life.RETURNED_UNACKNOWLEDGED
_S, _D, _O = Life.SHELVED, Life.SUPPRESSED, Life.OUT_OF_SERVICE
_AS_IT_IS: Final = frozenset({_N, _U, _R, _D})  # what comes out of a drawer is as the street is then

# The whole table: state and act -> where it may stand afterwards; what is not here is refused, or moves nothing.
# Raised, cleared, suppressed and released are facts of the street: in a drawer they happen unseen.
ALARM_MOVES: Final[Mapping[tuple[Life, AlarmAct], frozenset[Life]]] = {
    (_N, AlarmAct.RAISE): frozenset({_U}),
    (_R, AlarmAct.RAISE): frozenset({_U}),
    (_S, AlarmAct.RAISE): frozenset({_S}),
    (_O, AlarmAct.RAISE): frozenset({_O}),
    (_U, AlarmAct.CLEAR): frozenset({_R}),
    (_A, AlarmAct.CLEAR): frozenset({_N}),
    (_S, AlarmAct.CLEAR): frozenset({_S}),
    (_D, AlarmAct.CLEAR): frozenset({_N, _R}),
    (_O, AlarmAct.CLEAR): frozenset({_O}),
    (_U, AlarmAct.SUPPRESS): frozenset({_D}),
    (_A, AlarmAct.SUPPRESS): frozenset({_D}),
    (_S, AlarmAct.SUPPRESS): frozenset({_S}),
    (_O, AlarmAct.SUPPRESS): frozenset({_O}),
    (_D, AlarmAct.RELEASE): frozenset({_U}),
    (_S, AlarmAct.RELEASE): frozenset({_S}),
    (_O, AlarmAct.RELEASE): frozenset({_O}),
    (_U, AlarmAct.ACKNOWLEDGE): frozenset({_A}),
    (_R, AlarmAct.ACKNOWLEDGE): frozenset({_N}),
    **{(life, AlarmAct.SHELVE): frozenset({_S}) for life in (_N, _U, _A, _R, _D, _S)},
    **{(life, AlarmAct.TAKE_OUT): frozenset({_O}) for life in (_N, _U, _A, _R, _D, _S)},
    (_S, AlarmAct.UNSHELVE): _AS_IT_IS,
    (_S, AlarmAct.EXPIRE): _AS_IT_IS,
    (_O, AlarmAct.PUT_BACK): _AS_IT_IS | {_S},
}


def may_act(life: Life, act: AlarmAct) -> bool:
    """Return whether the table knows this act from where the alarm stands."""
    return (life, act) in ALARM_MOVES


def life(alarm: Alarm, shelvings: Iterable[Shelving], now_us: int, asset: Asset | None) -> Life:
    """Return where *alarm* stands.

    Args:
        alarm: as stored.
        shelvings: those that may hold; others do no harm.
        now_us: the present.
        asset: the alarm's, None where nobody has registered it: then no shelving of a kind or an area covers it.
    """
    held_by = holding(shelvings, asset, alarm.asset_id, alarm.rule_id, now_us)
    if held_by is not None:
        return Life.OUT_OF_SERVICE if held_by.kind is ShelvingKind.OUT_OF_SERVICE else Life.SHELVED
    if alarm.state is AlarmState.SUPPRESSED:
        return Life.SUPPRESSED
    is_seen = alarm.acknowledged >= alarm.announced
    if alarm.state is AlarmState.CLEARED:
        return Life.NORMAL if is_seen else Life.RETURNED_UNACKNOWLEDGED
    # what was raised in a drawer has not called yet: it will in a moment, and nobody has seen it
    return Life.ACKNOWLEDGED if is_seen and alarm.announced else Life.UNACKNOWLEDGED
