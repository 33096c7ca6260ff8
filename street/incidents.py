"""Incidents: something on the street that a person must deal with (案件).

    reported ─▶ filed ─▶ dispatched ─▶ accepted ─▶ en_route ─▶ on_scene ─▶ checking ─▶ closed
        └──────────────────┴── dismissed

A machine or a source only ever reports; people move an incident on. Only `advance` moves one, and it returns a new one.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from street.errors import IllegalTransitionError

SENSING: Final = "sensing"  # the source of our own candidates, which rules propose; no other source has this name


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
    DISMISSED = "dismissed"


ONWARD = {
    Stage.REPORTED: {Stage.FILED, Stage.DISMISSED},
    Stage.FILED: {Stage.DISPATCHED, Stage.DISMISSED},
    Stage.DISPATCHED: {Stage.ACCEPTED, Stage.FILED},
    Stage.ACCEPTED: {Stage.EN_ROUTE, Stage.DISPATCHED},
    Stage.EN_ROUTE: {Stage.ON_SCENE, Stage.DISPATCHED},
    Stage.ON_SCENE: {Stage.CHECKING, Stage.DISPATCHED},
    Stage.CHECKING: {Stage.CLOSED, Stage.DISPATCHED},
    Stage.CLOSED: {Stage.FILED},
    Stage.DISMISSED: set(),
}
OPEN_STAGES = frozenset(Stage) - {Stage.CLOSED, Stage.DISMISSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One matter, from the first report to its close.

    `incident_id` is unique over sources (`<source>/<id of the source>`); `short_no` is the number people say aloud,
    given by the store (0 until then). `recovered_us` is when its alarm cleared by itself, if it did.
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


def advance(incident: Incident, *, to: Stage, at_us: int, **changes: Any) -> Incident:  # noqa: ANN401 - dataclass fields
    """Return *incident* moved on to stage *to*, one version later.

    Raises:
        IllegalTransitionError: `ONWARD` knows no such step.
    """
    if to not in ONWARD[incident.stage]:
        msg = f"{incident.incident_id} is {incident.stage}: it cannot become {to}"
        raise IllegalTransitionError(msg)
    return replace(incident, stage=to, moved_us=at_us, version=incident.version + 1, **changes)
