"""The picture: what the street looks like now, in plain dicts, moved on by the store's changes.

    store.changes_since ──▶ Picture.move ──▶ the part that moved, in the feed's form (see `dashboard.live`)
    store, everything   ──▶ Picture(...) ──▶ .whole()

Every number comes from a stored row. Times leave as seconds since 1970 with one decimal. The section `where` says in
which area each asset and incident lies: the feed goes by it and never sends it.
"""

from collections.abc import Iterable
from typing import Any, Final

from dashboard.view import Body
from street.alarms import Alarm, AlarmState
from street.assets import Asset
from street.clock import SECOND_US
from street.freshness import age_from_us, has_age
from street.incidents import OPEN_STAGES, Incident, Stage
from street.readings import NOT_COUNTED
from street.store import Change, Reader

OFFLINE: Final = 5  # the code of an asset whose device says that it is off; 1 to 4 are severities
WEATHER_STATION: Final = "weather_station"
WEATHER_FIGURES: Final = {"temperature": "temperature", "wind_speed": "wind", "rain": "rain"}


def seconds(at_us: int | None) -> float | None:
    """Return an instant as the feed writes it."""
    return None if at_us is None else round(at_us / SECOND_US, 1)


def whole_where_possible(number: float | None) -> float | int | None:
    """Return 60 for 60.0: two bytes less in every frame."""
    return int(number) if number is not None and number == int(number) else number


class Picture:
    """What is known at one sequence of the store."""

    def __init__(self, reader: Reader) -> None:
        """Read everything; what changes meanwhile is read again with the changes after `sequence`."""
        self._reader = reader
        self.sequence = reader.sequence()
        self._assets: dict[str, Asset] = {asset.asset_id: asset for asset in reader.assets()}
        self._figures = weather_figures(self._assets.values())
        self._asset_of: dict[int, tuple[str, str]] = {
            series_id: (asset_id, quantity) for series_id, (asset_id, quantity, _) in reader.series().items()
        }
        self._heard_us: dict[str, int] = {}
        self._offline = {asset_id: at_us for asset_id, (online, at_us) in reader.availability().items() if not online}
        self._alarms: dict[str, Alarm] = {it.alarm_id: it for it in reader.active_alarms() if not it.is_held}
        self._worst: dict[str, int] = {}
        for alarm in self._alarms.values():
            self._worsen(alarm)
        self._incidents: dict[str, Body] = {}
        self._where: dict[str, str] = {}  # in which area each open incident lies
        for incident in reader.open_incidents():
            self._note(incident)
        self._figure_values: dict[str, list[Any]] = {}
        for latest in reader.latest():
            since_us = age_from_us(latest.at_us, latest.received_us, latest.flags)
            self._hear(latest.series_id, since_us, latest.value, latest.flags)
        self._heartbeat = heartbeat(reader.heartbeat())

    def whole(self) -> Body:
        """Return everything the feed carries but today's counts."""
        return {
            "assets": {asset_id: self._asset(asset) for asset_id, asset in self._assets.items()},
            "a": {asset_id: self._age(asset_id) for asset_id in self._assets},
            "f": dict(self._figure_values),
            "i": dict(self._incidents),
            "h": self._heartbeat,
            "where": {
                "assets": {asset_id: area_of(asset) for asset_id, asset in self._assets.items()},
                "incidents": dict(self._where),
            },
        }

    def move(self, changes: Iterable[Change]) -> Body | None:
        """Take *changes* in and return what moved; None when assets changed and all must be read again."""
        moved: Body = {}
        for change in changes:
            if change.body.get("as"):
                return None
            self._take_readings(change.body, moved)
            self._take_availability(change.body, moved)
            self._take_alarms(change.body, moved)
            self._take_incidents(change.body, moved)
            if "h" in change.body:
                self._heartbeat = moved["h"] = heartbeat(change.body["h"])
            if "n" in change.body:
                moved.setdefault("n", []).extend(change.body["n"])  # whom a notice is for; see `Follower`
            self.sequence = change.seq
        return moved

    # -- changes ------------------------------------------------------------------------------------------------

    def _take_readings(self, body: Body, moved: Body) -> None:
        for series_id, asset_id, quantity, _unit in body.get("s", ()):
            self._asset_of[series_id] = (asset_id, quantity)
        for series_id, at_us, value, flags in body.get("r", ()):
            asset_id, figure = self._hear(series_id, at_us, value, flags)
            if asset_id:
                moved.setdefault("a", {})[asset_id] = self._age(asset_id)
            if figure:
                moved.setdefault("f", {})[figure] = self._figure_values[figure]

    def _hear(self, series_id: int, at_us: int, value: float | None, flags: int) -> tuple[str, str]:
        """Note one latest value, old since *at_us*; return the asset and the figure that it moves, empty where none.

        A value that can't be believed is no figure: the wall shows that there is none. One of unknown age is shown as
        such: its stamp says only when the broker gave us its copy.
        """
        asset_id, quantity = self._asset_of.get(series_id, ("", ""))
        asset = self._assets.get(asset_id)
        if asset is None:
            return "", ""
        is_dated = has_age(flags)
        if is_dated:
            self._heard_us[asset_id] = max(at_us, self._heard_us.get(asset_id, at_us))
        figure = self._figures.get((asset_id, quantity), "")
        if figure:
            shown = None if flags & NOT_COUNTED else value
            self._figure_values[figure] = [
                shown,
                seconds(at_us if is_dated else None),
                whole_where_possible(asset.interval_s),
            ]
        return asset_id, figure

    def _take_availability(self, body: Body, moved: Body) -> None:
        for asset_id, online, at_us in body.get("o", ()):
            self._offline.pop(asset_id, None)
            if not online:
                self._offline[asset_id] = at_us
            if asset_id in self._assets:
                moved.setdefault("a", {})[asset_id] = self._age(asset_id)

    def _take_alarms(self, body: Body, moved: Body) -> None:
        alarm_ids = body.get("al", ())
        if not alarm_ids:
            return
        touched = set()
        for alarm in self._reader.alarms(alarm_ids):
            touched.add(alarm.asset_id)
            self._alarms.pop(alarm.alarm_id, None)
            if alarm.state is AlarmState.ACTIVE and not alarm.is_held:  # what is shelved calls no screen either
                self._alarms[alarm.alarm_id] = alarm
        for asset_id in touched:
            self._worst.pop(asset_id, None)
        for alarm in self._alarms.values():
            if alarm.asset_id in touched:
                self._worsen(alarm)
        for asset_id in touched & self._assets.keys():
            moved.setdefault("a", {})[asset_id] = self._age(asset_id)

    def _worsen(self, alarm: Alarm) -> None:
        self._worst[alarm.asset_id] = min(alarm.severity, self._worst.get(alarm.asset_id, alarm.severity))

    def _take_incidents(self, body: Body, moved: Body) -> None:
        incident_ids = body.get("i", ())
        if not incident_ids:
            return
        for incident in self._reader.incidents(incident_ids):
            incident_id = incident.incident_id
            if incident.stage in OPEN_STAGES:
                self._note(incident)
                moved.setdefault("i", {})[incident_id] = self._incidents[incident_id]
                moved.setdefault("where", {}).setdefault("incidents", {})[incident_id] = self._where[incident_id]
            else:
                self._incidents.pop(incident_id, None)
                self._where.pop(incident_id, None)
                moved.setdefault("i", {})[incident_id] = None

    def _note(self, incident: Incident) -> None:
        self._incidents[incident.incident_id] = self._incident(incident)
        self._where[incident.incident_id] = area_of(incident) or area_of(self._assets.get(incident.asset_id))

    # -- the feed's forms ---------------------------------------------------------------------------------------

    def _age(self, asset_id: str) -> list[Any]:
        heard_us = self._heard_us.get(asset_id)
        # as `street.freshness.standing`: who still speaks after it was called offline is there
        is_away = asset_id in self._offline and (heard_us is None or heard_us <= self._offline[asset_id])
        return [seconds(heard_us), self._worst.get(asset_id) or (OFFLINE if is_away else 0)]

    @staticmethod
    def _asset(asset: Asset) -> Body:
        return {
            "kind": asset.kind,
            "name": asset.name,
            "lon": asset.lon,
            "lat": asset.lat,
            "every": whole_where_possible(asset.interval_s),
        }

    def _incident(self, incident: Incident) -> Body:
        """Return one incident as the wall lists it; where it has no place of its own, its asset's stands in."""
        asset = self._assets.get(incident.asset_id)
        placed = incident if incident.lon is not None or asset is None else asset
        return {
            "no": incident.short_no,
            "sev": incident.severity,
            "title": incident.title,
            "title_en": incident.title_en,
            "place": incident.address or (asset.name if asset else ""),
            "at": seconds(incident.reported_us),
            "state": wall_state(incident),
            "lon": placed.lon,
            "lat": placed.lat,
            "asset": incident.asset_id,
            "area": incident.community_id or (asset.community_id if asset else ""),
            "source": incident.source,
        }


def area_of(thing: Asset | Incident | None) -> str:
    """Return the smallest area that is known of *thing*, empty where none is."""
    return "" if thing is None else thing.grid_cell_id or thing.community_id


def wall_state(incident: Incident) -> str:
    """Return the wall's word for where an incident stands; before anybody has answered, whether it recovered."""
    if incident.stage is Stage.REPORTED:
        return "unacked" if incident.recovered_us is None else "recovered"
    return incident.stage.value


def heartbeat(beat: Iterable[Any] | None) -> list[Any] | None:
    """Return ingest's heartbeat as the feed writes it, None while there was none."""
    if beat is None:
        return None
    at_us, link, since_us = beat
    return [seconds(at_us), int(link), seconds(since_us)]


def weather_figures(assets: Iterable[Asset]) -> dict[tuple[str, str], str]:
    """Return which quantities of the first weather station the wall shows as text, and under which name."""
    stations = sorted(asset.asset_id for asset in assets if asset.kind == WEATHER_STATION)
    return {(stations[0], quantity): name for quantity, name in WEATHER_FIGURES.items()} if stations else {}
