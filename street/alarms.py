"""Alarms: a machine says that a limit is broken.

    (normal) ── raised ──▶ active ── cleared ──▶ cleared
         └─────────────▶ suppressed ──┘ ▲
                            └── active ─┘

An alarm is suppressed (ISA-18.2: suppressed by design) while the alarm of its cause stands: it is listed under that one
and calls nobody. Acknowledging and shelving come with people; an alarm moves only by an appended transition.
"""

from dataclasses import dataclass
from enum import StrEnum


class AlarmState(StrEnum):
    """Whether the limit is still broken."""

    ACTIVE = "active"
    SUPPRESSED = "suppressed"  # true, but another alarm says why
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One breach of one rule at one asset, from raise to clear."""

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


def opens_incident(severity: int) -> bool:
    """Return whether an alarm of this severity opens a candidate incident by itself."""
    return severity <= 2
