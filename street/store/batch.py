"""One batch: everything that a handful of messages brought, stored in one transaction or not at all."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from street.alarms import Alarm, AlarmState, Back, Grade
from street.camera_proof import Sighting
from street.clock import MINUTE_US
from street.freshness import age_from_us
from street.incidents import Incident
from street.readings import NOT_COUNTED, DeadLetter, Flag, Reading
from street.store import alarms, assets, incidents, marks, rollups, sightings, small_rows
from street.store.alarms import Moved
from street.store.ledger import Ledger
from street.store.lobby import Arrival
from street.store.series import NEVER, Series

# Plain integers: `&` with an IntFlag costs a microsecond.
_NOT_COUNTED = int(NOT_COUNTED)
_HISTORY = int(Flag.HISTORY)
LISTENING = "listening_since_us"
SERIES_OF_ASSET = 512  # at most: a device that makes up names would fill memory and disk with series


class Written(NamedTuple):
    """What a commit did. `seq` is the last change sequence, also when nothing was to be written."""

    seq: int
    stored: int
    duplicates: int


class Batch:
    """Collects; writes nothing before `commit`. Made by `Writer.begin`, used once, in the writer's thread.

    `refused` are readings that would have needed a series beyond `SERIES_OF_ASSET`, in their order.
    """

    def __init__(self, ledger: Ledger, received_us: int) -> None:
        self._ledger = ledger
        self._received_us = received_us
        self._rows: dict[tuple[int, int], tuple[Any, ...]] = {}
        self._latest: dict[int, tuple[Any, ...]] = {}
        self._minutes: dict[tuple[int, int], rollups.Part] = {}
        self._new_series: list[Series] = []
        self.refused: list[Reading] = []
        self._duplicates = 0
        self._history_us = NEVER
        self._online: dict[str, tuple[str, int, int]] = {}
        self._letters: list[DeadLetter] = []
        self._arrivals: list[Arrival] = []
        self._incident_ids: set[str] = set()
        self._steps: list[Callable[[Connection], bool | None]] = []
        self._repeats: dict[str, tuple[int, int]] = {}
        self._body: dict[str, Any] = {}

    def add_readings(self, readings: Iterable[Reading]) -> list[Reading]:
        """Take readings and return those never stored before, in their order; the first of equals is kept.

        A reading is known by its asset, quantity and `at_us`. The hot path: about a microsecond a reading.
        """
        known, purged_to_us = self._ledger.series.by_name, self._ledger.series.purged_to_us
        rows, latest, minutes = self._rows, self._latest, self._minutes
        fresh: list[Reading] = []
        for reading in readings:
            asset_id, quantity, at_us, received_us, value, flags = reading
            series = known.get((asset_id, quantity)) or self._add_series(asset_id, quantity)
            if series is None:
                self.refused.append(reading)
                continue
            series_id = series.series_id
            minute = at_us // MINUTE_US
            is_history = flags and flags & _HISTORY
            is_counted = value is not None and not (flags and flags & _NOT_COUNTED)
            if at_us > series.newest_us:
                series.newest_us = at_us
                if is_history:
                    self._history_us = max(self._history_us, at_us)
            elif self._is_stored(series_id, at_us):
                self._duplicates += 1
                continue
            else:
                is_counted = is_counted and at_us >= purged_to_us
            row = (minute, series_id, at_us, received_us, value, int(flags) if flags else 0)
            rows[series_id, at_us] = row
            fresh.append(reading)
            if at_us > series.latest_us and not is_history:
                series.latest_us = at_us
                latest[series_id] = row
            if is_counted:
                rollups.count(minutes, (series_id, minute), value, at_us)  # type: ignore[arg-type]  # counted: not None
        return fresh

    def set_availability(self, asset_id: str, online: bool, at_us: int) -> None:
        """Note what a device says of itself; one older than what is known changes nothing."""
        if at_us >= self._ledger.online_since(asset_id) and at_us >= self._online.get(asset_id, ("", 0, NEVER))[2]:
            self._online[asset_id] = (asset_id, int(online), at_us)

    def raise_alarm(self, alarm: Alarm) -> None:
        """Raise an alarm. One of severity 1 or 2 that calls names its incident, reported in this batch or before."""
        self._step("al", alarm.alarm_id, partial(alarms.raise_alarm, alarm=alarm))

    def raise_again(self, back: Back, incident: Incident | None) -> None:
        """Raise a cleared alarm once more; *incident* is opened where the one it had is dealt with."""
        self._move(partial(alarms.raise_again, back=back, incident=incident))

    def clear_alarm(self, alarm_id: str, at_us: int, value: float | None) -> None:
        """Clear an alarm, and note that its incident recovers; one that does not stand stays as it is."""
        self._move(partial(alarms.clear_alarm, alarm_id=alarm_id, at_us=at_us, value=value))

    def shift_alarm(self, alarm_id: str, to: AlarmState, at_us: int) -> None:
        """Put an alarm under the alarm of its cause (suppressed), or back on its own (active)."""
        self._step("al", alarm_id, partial(alarms.shift_alarm, alarm_id=alarm_id, to=to, at_us=at_us))

    def regrade_alarm(self, grade: Grade, incident: Incident | None) -> None:
        """Make a standing alarm graver or less grave; *incident* is opened where it has none that is open."""
        alarm_id = grade.alarm_id
        self._step("al", alarm_id, partial(alarms.set_severity, **grade._asdict()))
        if incident is not None:
            self._move(partial(alarms.open_for, alarm_id=alarm_id, incident=incident))

    def hold_alarm(self, alarm_id: str, at_us: int) -> None:
        """Note that a shelving keeps a standing alarm quiet."""
        self._step("al", alarm_id, partial(alarms.hold_alarm, alarm_id=alarm_id, at_us=at_us))

    def let_alarm_go(self, alarm_id: str, at_us: int, incident: Incident | None) -> None:
        """Let an alarm call that a shelving kept quiet until now; *incident* is what it opens."""
        self._move(partial(alarms.let_go, alarm_id=alarm_id, at_us=at_us, incident=incident))

    def repeat_alarm(self, alarm_id: str, at_us: int) -> None:
        """Count that an alarm's limit was found broken once more; screens are not told of each."""
        self._repeats[alarm_id] = (self._repeats.get(alarm_id, (0, 0))[0] + 1, at_us)

    def report_incident(self, incident: Incident) -> bool:
        """Report an incident; False when one of this id is there already, which is then kept as it is."""
        if incident.incident_id in self._incident_ids or self._ledger.has_incident(incident.incident_id):
            return False
        self._incident_ids.add(incident.incident_id)
        self._step("i", incident.incident_id, partial(incidents.report_incident, incident=incident))
        return True

    def note_sighting(self, sighting: Sighting) -> None:
        """Keep what a camera says of one object."""
        self._do(partial(sightings.note, sighting=sighting))

    def end_sighting(self, sighting_id: str, at_us: int) -> None:
        """Note that an object has gone, or moves on."""
        self._do(partial(sightings.end, sighting_id=sighting_id, at_us=at_us))

    def recover_incident(self, incident_id: str, at_us: int) -> None:
        """Note that the incident's alarm cleared by itself."""
        self._step("i", incident_id, partial(incidents.recover_incident, incident_id=incident_id, at_us=at_us))

    def add_dead_letter(self, letter: DeadLetter) -> None:
        """Keep a message that could not be taken."""
        self._letters.append(letter)

    def keep_waiting(self, arrival: Arrival) -> None:
        """Keep a message of a device that nobody has registered, until somebody says what it is."""
        self._arrivals.append(arrival)

    def add_snapshot(self, asset_id: str, at_us: int, jpeg: bytes) -> None:
        """Keep a still of a camera."""
        self._steps.append(partial(small_rows.add_snapshot, asset_id=asset_id, at_us=at_us, jpeg=jpeg))

    def set_rule_state(self, asset_id: str, rule_id: str, pending_since_us: int | None) -> None:
        """Remember a pending delay, or since when a fault stands, over a restart; None forgets it."""
        state = {"asset_id": asset_id, "rule_id": rule_id, "pending_since_us": pending_since_us}
        self._steps.append(partial(small_rows.set_rule_state, **state))  # type: ignore[arg-type]  # a row's columns

    def note_listening(self, since_us: int) -> None:
        """Remember since when nothing can have gone by unheard."""
        self._steps.append(partial(marks.write_mark, name=LISTENING, value=since_us))

    def beat(self, at_us: int, link: bool, link_since_us: int) -> None:
        """Say that ingest is alive, and whether it has its broker."""
        self._body["h"] = [at_us, int(link), link_since_us]
        said = {"at_us": at_us, "link": link, "link_since_us": link_since_us, "counts": self._ledger.counts}
        self._steps.append(partial(small_rows.beat, **said))  # type: ignore[arg-type]  # a row's columns

    def commit(self) -> Written:
        """Store everything in one transaction and ring the bell.

        The body of its change: "r" latest values that moved as [series_id, at_us, value, flags], with the instant from
        which their age counts (see `street.freshness.age_from_us`) · "s" new series as
        [series_id, asset_id, quantity, unit] · "o" availability as [asset_id, 0 or 1, at_us] · "al" alarms that
        moved · "i" incidents new or moved · "h" heartbeat as [at_us, link, link_since_us].
        Notices have changes of their own: "n" whom they are for.

        Raises:
            StoreError: nothing was kept; the message says what to do.
        """
        is_empty = not (self._rows or self._online or self._letters or self._arrivals or self._steps or self._repeats)
        seq = self._ledger.keep_as_is() if is_empty else self._ledger.run(self._write)
        return Written(seq, len(self._rows), self._duplicates)

    def _add_series(self, asset_id: str, quantity: str) -> Series | None:
        if self._ledger.series.count_of(asset_id) >= SERIES_OF_ASSET:
            return None
        series = self._ledger.series.add(asset_id, quantity)
        self._new_series.append(series)
        return series

    def _is_stored(self, series_id: int, at_us: int) -> bool:
        return (series_id, at_us) in self._rows or self._ledger.has_reading(series_id, at_us)

    def _step(self, key: str, moved_id: str, act: Callable[[Connection], bool]) -> None:
        def step(connection: Connection) -> None:
            if act(connection) and moved_id not in self._body.setdefault(key, []):
                self._body[key].append(moved_id)

        self._steps.append(step)

    def _do(self, act: Callable[[Connection], None]) -> None:
        self._steps.append(act)

    def _move(self, act: Callable[[Connection], Moved]) -> None:
        def step(connection: Connection) -> None:
            for key, moved_id in zip(("al", "i"), act(connection), strict=True):
                if moved_id and moved_id not in self._body.setdefault(key, []):
                    self._body[key].append(moved_id)

        self._steps.append(step)

    def _write(self, connection: Connection) -> int:
        if self._rows:
            self._write_readings(connection)
        if self._online:
            self._write_availability(connection, list(self._online.values()))
        for step in self._steps:
            step(connection)
        if self._repeats:
            alarms.count_repeats(connection, self._repeats)
        if self._letters:
            self._ledger.shelf.put(connection, self._letters)
        if self._arrivals:
            self._ledger.lobby.put(connection, self._arrivals)
        body = {key: value for key, value in self._body.items() if value}
        return self._ledger.add_change(connection, self._received_us, orjson.dumps(body))

    def _write_availability(self, connection: Connection, rows: list[tuple[str, int, int]]) -> None:
        assets.move_availability(connection, rows)
        self._ledger.note_online(rows)
        self._body["o"] = rows

    def _write_readings(self, connection: Connection) -> None:
        # Sorted, they meet each page once; keys never repeat, so that values, which may be None, are never compared.
        ready = self._ledger.statements
        if self._new_series:
            new = [(each.series_id, each.asset_id, each.quantity, each.unit) for each in self._new_series]
            connection.exec_driver_sql(ready.add_series, new)
            self._body["s"] = new
        self._ledger.series.note_history(connection, self._history_us)
        connection.exec_driver_sql(ready.add_reading, sorted(self._rows.values()))
        if self._latest:
            latest = sorted(row[1:] for row in self._latest.values())
            connection.exec_driver_sql(ready.move_latest, latest)
            self._body["r"] = [
                (
                    series_id,
                    at_us if at_us <= received_us and not flags else age_from_us(at_us, received_us, flags),
                    value,
                    flags,
                )
                for series_id, at_us, received_us, value, flags in latest
            ]
        if self._minutes:
            hours = rollups.fold_hours(self._minutes)
            connection.exec_driver_sql(ready.merge_minute, rollups.minute_rows(self._minutes))
            connection.exec_driver_sql(ready.merge_hour, rollups.hour_rows(hours))
            connection.exec_driver_sql(ready.merge_area, rollups.area_rows(hours, self._ledger.series.by_id))
