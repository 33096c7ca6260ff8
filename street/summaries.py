"""Counts for people, from frames: pure, and every number can be found again in the rows it came from."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from street.clock import STREET_ZONE
from street.frames import INCIDENTS, check

SEVERITIES = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Today:
    """Incidents as the wall counts them (W10). Communities without an open incident are left out; "" is unknown."""

    reported: int  # since local midnight
    closed: int  # moved to closed or dismissed since local midnight
    open: int  # whenever reported
    open_by_severity: dict[int, int]
    open_by_community: dict[str, int]
    reported_by_area: dict[str, int]  # by grid cell where one is known, else by community; "" is unknown


def today(incidents: pd.DataFrame, *, now: datetime) -> Today:
    """Count what came in since local midnight (Asia/Shanghai) and what is open.

    Args:
        incidents: frame `INCIDENTS`, holding at least today's and all open ones; any order, may be empty.
        now: aware; an incident reported after it, or on another day, is not of today.

    Raises:
        FrameError: not a frame of `INCIDENTS`.
    """
    check(incidents, INCIDENTS)
    midnight = pd.Timestamp(now).tz_convert(STREET_ZONE).normalize()
    is_today = incidents["reported_at"].between(midnight, now)
    is_ended_today = ~incidents["is_open"] & incidents["moved_at"].between(midnight, now)
    still_open = incidents[incidents["is_open"]]
    severities = still_open["severity"].value_counts()
    communities = still_open["community_id"].value_counts()
    areas = incidents["grid_cell_id"].where(incidents["grid_cell_id"] != "", incidents["community_id"])
    return Today(
        reported=int(is_today.sum()),
        closed=int(is_ended_today.sum()),
        open=len(still_open),
        open_by_severity={severity: int(severities.get(severity, 0)) for severity in SEVERITIES},
        open_by_community={str(community): int(count) for community, count in communities.items()},
        reported_by_area={str(area): int(count) for area, count in areas[is_today].value_counts().items()},
    )
