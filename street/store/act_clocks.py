"""The clocks of an incident: until when each stage may last, set in the transaction that moves it.

A clock begins with the stage it is named for (see `CLOCK_OF`), by the limits of the matter as they stand then; what was
set stays when a site changes a limit later. While an incident is suspended its clocks stand still.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from sqlalchemy import Connection

from street.deadlines import WARN_PCT, Deadline, deadline, overall_deadline
from street.incidents import Incident, Stage
from street.matters import Matter, Matters
from street.store.matters import calendar_of, matters_of
from street.worktime import Calendar, Unit

GRAVEST: Final = 1
# Whose limit of the matter runs in which stage: handling is one clock from dispatch to the handler's report.
CLOCK_OF: Final[Mapping[Stage, Stage]] = {
    Stage.REPORTED: Stage.REPORTED, Stage.FILED: Stage.FILED, Stage.DISPATCHED: Stage.DISPATCHED,
    Stage.ACCEPTED: Stage.DISPATCHED, Stage.EN_ROUTE: Stage.DISPATCHED, Stage.ON_SCENE: Stage.DISPATCHED,
    Stage.CHECKING: Stage.CHECKING,
}  # fmt: skip
_STARTS: Final = {
    Stage.REPORTED: "reported_us",
    Stage.FILED: "moved_us",
    Stage.DISPATCHED: "dispatched_us",
    Stage.CHECKING: "handled_us",
}


class Rulebook(NamedTuple):
    """What clocks go by: the site's matters and its working time."""

    matters: Matters
    calendar: Calendar

    @classmethod
    def of(cls, connection: Connection) -> "Rulebook":
        """Return what holds now."""
        return cls(matters_of(connection), calendar_of(connection))

    def knows(self, matter: str) -> bool:
        """Return whether there is a matter of this code; "" is none."""
        return self.matters.find(None, matter) is not None

    def reported(self, incident: Incident) -> Incident:
        """Return a new incident with its first clocks."""
        whole = self._whole(incident)
        return self._begun(whole) if whole.stage in CLOCK_OF else whole

    def moved(self, before: Incident, after: Incident) -> Incident:
        """Return *after* with the clocks that moving from *before* sets."""
        if after.stage is Stage.SUSPENDED:
            return after
        if after.stage not in CLOCK_OF:
            return replace(after, due_us=None, warn_us=None)
        if after.extension_count > before.extension_count:
            return _extended(before, after)
        if before.stage is Stage.SUSPENDED and len(after.paused) > len(before.paused):
            return self._resumed(before, after)
        if before.filed_us != after.filed_us or before.matter != after.matter:
            return self._begun(self._whole(after))
        is_same = CLOCK_OF.get(before.stage) is CLOCK_OF[after.stage] and before.dispatched_us == after.dispatched_us
        return after if is_same else self._begun(after)

    def _whole(self, incident: Incident) -> Incident:
        """Return *incident* with the clock of the whole, and whether it is urgent."""
        matter = self.matters.find(None, incident.matter)
        whole = (
            overall_deadline(matter, incident.reported_us, self.calendar, paused=incident.paused) if matter else None
        )
        is_urgent = incident.severity == GRAVEST or (matter is not None and _is_urgent(matter))
        return replace(incident, overall_due_us=whole.due_us if whole else None, is_urgent=is_urgent)

    def _begun(self, incident: Incident) -> Incident:
        """Return *incident* with the clock of its stage; handling that goes on after a rework keeps its end."""
        clock = CLOCK_OF[incident.stage]
        found = self._deadline(incident)
        due_us, warn_us = (found.due_us, found.warn_us) if found else (None, None)
        if clock is not Stage.DISPATCHED:
            return replace(incident, due_us=due_us, warn_us=warn_us)
        if incident.rework_count and incident.handle_due_us is not None and incident.handle_due_us != due_us:
            due_us = warn_us = incident.handle_due_us
        return replace(incident, due_us=due_us, warn_us=warn_us, handle_due_us=due_us)

    def _resumed(self, before: Incident, after: Incident) -> Incident:
        """Return *after* with clocks that stood still; an end that somebody set moves by as long as that was."""
        was = self._deadline(replace(after, paused=before.paused))
        if was is not None and was.due_us == before.due_us:
            return self._begun(self._whole(after))
        begun_us, ended_us = after.paused[-1]
        moved = self._whole(after)
        due_us, warn_us, handle_us = (
            None if at_us is None else at_us + ended_us - begun_us
            for at_us in (before.due_us, before.warn_us, before.handle_due_us)
        )
        return replace(moved, due_us=due_us, warn_us=warn_us, handle_due_us=handle_us)

    def _deadline(self, incident: Incident) -> Deadline | None:
        matter = self.matters.find(None, incident.matter)
        clock = CLOCK_OF[incident.stage]
        limit = matter.limit(clock) if matter else None
        if limit is None:
            return None
        start_us = getattr(incident, _STARTS[clock])
        from_us = incident.moved_us if start_us is None else start_us
        return deadline(limit, from_us, self.calendar, paused=incident.paused)


def _is_urgent(matter: Matter) -> bool:
    limit = matter.limit(Stage.DISPATCHED)
    return limit is not None and limit.unit is Unit.URGENT_HOURS


def _extended(before: Incident, after: Incident) -> Incident:
    """Return *after*, which somebody gave a new end: it warns in the last fifth of what that adds."""
    due_us = after.due_us
    assert due_us is not None  # an extension has an end
    from_us = before.due_us if before.due_us is not None else before.moved_us
    overall_us = after.overall_due_us
    if overall_us is not None and before.due_us is not None:
        overall_us += due_us - before.due_us
    warn_us = from_us + (due_us - from_us) * WARN_PCT // 100
    return replace(after, warn_us=warn_us, handle_due_us=due_us, overall_due_us=overall_us)
