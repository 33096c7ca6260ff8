"""Views: what a reader of the live feed may see. Two readers with the same rights share one view, and its cost.

    whole picture ──▶ things that lie in the view's areas ──▶ texts masked, for everybody: who may know more reveals it

Weather and ingest's heartbeat belong to whoever sees anything. A view that does not see everything has counts of its
own, counted from what it sees.
"""

import functools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from street.masking import masked
from street.people import Person, lies_in
from street.policy import Action, areas_of

Body = dict[str, Any]
TEXTS: Final = ("title", "title_en", "place")  # of an incident, as people wrote them
SEVERITIES: Final = (1, 2, 3, 4)


class View(NamedTuple):
    """The areas whose things are seen; None: everywhere."""

    seen: frozenset[str] | None = frozenset()


def view_of(person: Person | None) -> View:
    """Return what *person* may see of the live picture now; it changes with grants."""
    return View(_outermost(areas_of(person, Action.SEE_LIVE)))


def _outermost(areas: frozenset[str] | None) -> frozenset[str] | None:
    if areas is None:
        return None
    return frozenset(area for area in areas if not any(area != other and lies_in(area, other) for other in areas))


@dataclass(slots=True)
class Where:
    """In which area each thing lies; empty where nobody knows: then it is the subdistrict's.

    `reported` counts today's incidents by area. None of this is ever sent.
    """

    subdistrict_id: str = ""
    assets: dict[str, str] = field(default_factory=dict)
    incidents: dict[str, str] = field(default_factory=dict)
    reported: dict[str, int] = field(default_factory=dict)

    def take(self, body: Body, *, is_whole: bool = False) -> None:
        """Take over what a body of the feed says in its section `where`, which is removed from it."""
        told = body.pop("where", {})
        if is_whole:
            self.assets, self.incidents = {}, {}
        self.assets.update(told.get("assets", {}))
        self.incidents.update(told.get("incidents", {}))
        for name, incident in body.get("i", {}).items():
            if incident is None:
                self.incidents.pop(name, None)
        self.reported = told.get("reported", self.reported)


class Eye:
    """Looks at the picture through one view."""

    def __init__(self, view: View, where: Where) -> None:
        self._view = view
        self._where = where
        self._shown: set[str] = set()  # incidents that screens of this view have been told of
        self._counts: Body = {}

    def whole(self, state: Body) -> Body:
        """Return the part of the whole picture that is seen."""
        incidents = {name: _masked(incident) for name, incident in state["i"].items() if self._sees_incident(name)}
        return {
            **state,
            "assets": {name: _named(asset) for name, asset in state["assets"].items() if self._sees(name)},
            "a": {name: age for name, age in state["a"].items() if self._sees(name)},
            "i": incidents,
            "c": self._counted(state),
        }

    def begin(self, state: Body) -> None:
        """Take *state* for what screens of this view have been told."""
        self._shown = {name for name in state["i"] if self._sees_incident(name)}
        self._counts = self._counted(state)

    def delta(self, body: Body, state: Body) -> Body:
        """Return the part of what moved that is seen; empty where nothing is.

        An incident that has left the view's areas is told as gone; one that was never seen is never told of.
        """
        seen: Body = {name: body[name] for name in ("f", "h") if name in body}
        if ages := {name: age for name, age in body.get("a", {}).items() if self._sees(name)}:
            seen["a"] = ages
        if incidents := self._moved(body.get("i", {})):
            seen["i"] = incidents
        if ("c" in body or "i" in body) and (counts := self._recounted(state)):
            seen["c"] = counts
        return seen

    def _moved(self, incidents: Mapping[str, Body | None]) -> Body:
        moved: Body = {}
        for name, incident in incidents.items():
            if incident is not None and self._sees_incident(name):
                self._shown.add(name)
                moved[name] = _masked(incident)
            elif name in self._shown:
                self._shown.discard(name)
                moved[name] = None
        return moved

    def _recounted(self, state: Body) -> Body:
        counts = self._counted(state)
        moved = {name: count for name, count in counts.items() if self._counts.get(name) != count}
        self._counts = counts
        return moved

    def _counted(self, state: Body) -> Body:
        """Return the wall's counts of what is seen; those that nothing feeds stay null."""
        if self._view.seen is None or not state["c"]:
            return dict(state["c"])
        incidents = [incident for name, incident in state["i"].items() if self._sees_incident(name)]
        severities = Counter(incident["sev"] for incident in incidents)
        return {
            **state["c"],
            "reported": sum(n for area, n in self._where.reported.items() if self._holds(self._view.seen, area)),
            "open": len(incidents),
            **{f"s{severity}": severities[severity] for severity in SEVERITIES},
            "areas": dict(Counter(incident["area"] for incident in incidents)),
        }

    def _sees(self, asset_id: str) -> bool:
        return self._holds(self._view.seen, self._where.assets.get(asset_id, ""))

    def _sees_incident(self, incident_id: str) -> bool:
        return self._holds(self._view.seen, self._where.incidents.get(incident_id, ""))

    def _holds(self, areas: frozenset[str] | None, area_id: str) -> bool:
        area_id = area_id or self._where.subdistrict_id
        return areas is None or any(lies_in(area_id, outer) for outer in areas)


def _masked(incident: Body) -> Body:
    return {**incident, **{text: masked_text(incident[text]) for text in TEXTS if incident.get(text)}}


def _named(asset: Body) -> Body:
    return {**asset, "name": masked_text(asset["name"])}


@functools.lru_cache(maxsize=16_384)
def masked_text(text: str) -> str:
    """Return *text* masked; the same texts come again with every frame."""
    return masked(text)
