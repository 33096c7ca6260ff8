"""What rules say: an alarm begins, moves or ends, and what must be remembered over a restart."""

from typing import NamedTuple

from street.alarms import Alarm
from street.incidents import Incident


class Raise(NamedTuple):
    """An alarm begins; with it the candidate incident that a grave one opens."""

    alarm: Alarm
    incident: Incident | None


class Regrade(NamedTuple):
    """A standing alarm's severity rises or falls; `incident` is what it opens where it becomes grave the first time."""

    alarm_id: str
    severity: int
    at_us: int
    value: float | None
    incident: Incident | None


class Clear(NamedTuple):
    """An alarm ends; `value` is what ended it, None when no reading did. Its incident recovers."""

    alarm_id: str
    at_us: int
    value: float | None
    incident_id: str | None


class Pend(NamedTuple):
    """Something began at `since_us` and is to be remembered, or is off again (None).

    `rule_id` is the rule's own for the delay of its first level, `rule#1` for that of its second, `rule#1!` for since
    when its second level stands (only where a rule has several).
    """

    asset_id: str
    rule_id: str
    since_us: int | None


Move = Raise | Regrade | Clear | Pend
