"""The alarm desk: what people do to alarms; one transaction for row, transition, audit and change.

act ──▶ done before under this id?                      the same answer again
    ──▶ does `ALARM_MOVES` know it from where it stands? else IllegalTransitionError
    ──▶ acknowledged, or a shelving put or ended ──▶ transition, audit, change: all of it, or nothing
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from street.alarms import NEEDS_REASON, Alarm, AlarmAct, Life, life, may_act
from street.errors import FieldError, IllegalTransitionError, UnknownAlarmError
from street.people import Actor
from street.shelving import SHORTEST_REASON, Shelving, ShelvingKind, check, covers, is_over, window
from street.store import alarm_rows, alarms, assets, audit_chain
from street.store.alarm_rows import SHELVINGS_VERSION, Call, Transition
from street.store.audit_chain import Entry
from street.store.marks import count_mark
from street.store.office import Office
from street.store.statements import build


class AlarmOutcome(NamedTuple):
    """What an act left behind; `is_repeat` where that had been done before."""

    alarm: Alarm
    life: Life
    is_repeat: bool


class AlarmDesk:
    """What people do to the alarms of one store. Safe in any thread."""

    def __init__(self, office: Office, ring: Callable[[], None]) -> None:
        self._office = office
        self._ring = ring

    def act(
        self, alarm_id: str, act: AlarmAct, *, by: Actor, action_id: str, reason: str = "", until_us: int | None = None
    ) -> AlarmOutcome:
        """Do *act* to an alarm, once.

        Args:
            alarm_id: which.
            act: one of `street.alarms.PEOPLE_DO`.
            by: who.
            action_id: made by who asks: the same id is never done twice.
            reason: needed where alarms are put away.
            until_us: until when it is shelved.

        Raises:
            UnknownAlarmError: there is none of this id.
            IllegalTransitionError: the table does not know it from where the alarm stands; `current` is the alarm.
            FieldError: something is missing, or the id was used for something else.
            StoreError: nothing was kept.
        """
        now_us = self._office.now_us()
        with self._office.writing("act on an alarm") as connection:
            alarm = alarms.one_alarm(connection, alarm_id)
            if alarm is None:
                raise UnknownAlarmError(alarm_id)
            used = alarm_rows.done_before(connection, action_id)
            if used is not None:
                if used != (alarm_id, act.value, by.person_id):
                    raise FieldError(field="action_id", code="used")
                return AlarmOutcome(alarm, self._life(connection, alarm, now_us), is_repeat=True)
            before = self._life(connection, alarm, now_us)
            if not may_act(before, act):
                msg = f"{alarm_id} is {before}: it cannot be done: {act}"
                raise IllegalTransitionError(msg, alarm, alarm.acknowledged_by)
            if act in NEEDS_REASON and len(reason.strip()) < SHORTEST_REASON:
                raise FieldError(field="reason", code="missing")
            _Hand(connection, by, now_us).do(alarm, act, reason, until_us)
            alarm_rows.note(
                connection, alarm, act.value, by, now_us, reason=reason, until_us=until_us, action_id=action_id
            )
            after = alarms.one_alarm(connection, alarm_id) or alarm
            outcome = AlarmOutcome(after, self._life(connection, after, now_us), is_repeat=False)
            old, new = (orjson.dumps({"life": it}).decode() for it in (before, outcome.life))
            entry = self._office.done(f"alarm.{act}", f"alarm/{alarm_id}", by, before=old, after=new, reason=reason)
            self._tell(connection, [alarm_id], entry, is_shelving=act is not AlarmAct.ACKNOWLEDGE)
        self._ring()
        return outcome

    def put_shelving(self, shelving: Shelving, *, by: Actor, action_id: str) -> Shelving:
        """Put a shelving, once; return it as stored, or as it was stored under this id before.

        Raises:
            FieldError: it may not be; see `street.shelving.check`; or the id was used by somebody else.
            StoreError: nothing was kept.
        """
        now_us = self._office.now_us()
        with self._office.writing("put a shelving") as connection:
            before = alarm_rows.shelving_of(connection, action_id, by)
            if before is not None:
                return before
            put = replace(shelving, shelving_id=secrets.token_hex(8), by=by.login, ended_us=None)
            check(put, now_us)
            alarm_rows.put_shelving(connection, put, by, now_us, action_id)
            entry = self._office.done(
                "shelving.put", f"shelving/{put.shelving_id}", by, after=_described(put), reason=put.reason
            )
            self._tell(connection, [], entry, is_shelving=True)
        self._ring()
        return put

    def end_shelving(self, shelving_id: str, *, by: Actor, reason: str = "") -> Shelving:
        """End a shelving before its time; what stands under it calls then.

        Raises:
            UnknownAlarmError: there is no such shelving.
            IllegalTransitionError: it is over already.
        """
        now_us = self._office.now_us()
        with self._office.writing("end a shelving") as connection:
            found = alarm_rows.one_shelving(connection, shelving_id)
            if found is None:
                raise UnknownAlarmError(shelving_id)
            if is_over(found, now_us):
                msg = f"shelving {shelving_id} is over already"
                raise IllegalTransitionError(msg, found, found.by)
            alarm_rows.end_shelving(connection, shelving_id, by, now_us)
            entry = self._office.done(
                "shelving.end", f"shelving/{shelving_id}", by, before=_described(found), reason=reason
            )
            self._tell(connection, [], entry, is_shelving=True)
        self._ring()
        return replace(found, ended_us=now_us)

    def shelvings(self) -> list[Shelving]:
        """Return those that are not over, also those yet to come, the first to begin first."""
        with self._office.reading("read shelvings") as connection:
            return alarm_rows.shelvings(connection, self._office.now_us())

    def shelving(self, shelving_id: str) -> Shelving | None:
        """Return the shelving of this id, also where it is over."""
        with self._office.reading("read shelvings") as connection:
            return alarm_rows.one_shelving(connection, shelving_id)

    def transitions(self, alarm_id: str) -> list[Transition]:
        """Return all that moved an alarm, oldest first: what the rules did, and people with who and why."""
        with self._office.reading("read an alarm") as connection:
            return alarm_rows.transitions(connection, alarm_id)

    def open_alarms(self) -> list[Alarm]:
        """Return what stands, and what is over and unacknowledged, oldest first."""
        with self._office.reading("read alarms") as connection:
            return alarms.open_alarms(connection)

    def calls(self, from_us: int, to_us: int) -> list[Call]:
        """Return every time that an alarm called people from *from_us* to before *to_us*, oldest first."""
        with self._office.reading("read alarms") as connection:
            return alarm_rows.calls(connection, from_us, to_us)

    @staticmethod
    def _life(connection: Connection, alarm: Alarm, now_us: int) -> Life:
        asset = assets.one_asset(connection, alarm.asset_id)
        return life(alarm, alarm_rows.shelvings(connection, now_us), now_us, asset)

    def _tell(self, connection: Connection, alarm_ids: list[str], entry: Entry, *, is_shelving: bool) -> None:
        audit_chain.append(connection, self._office.audit_key, entry)
        if is_shelving:
            count_mark(connection, SHELVINGS_VERSION)
        body = {"al": alarm_ids, "sh": int(is_shelving)}
        told = orjson.dumps({key: value for key, value in body.items() if value}).decode()
        connection.exec_driver_sql(build(connection.dialect).add_change, (entry.at_us, told))


class _Hand:
    """Does one act, in the transaction of *connection*."""

    def __init__(self, connection: Connection, by: Actor, now_us: int) -> None:
        self._connection = connection
        self._by = by
        self._now_us = now_us

    def do(self, alarm: Alarm, act: AlarmAct, reason: str, until_us: int | None) -> None:
        """Do it; the transition is the caller's."""
        match act:
            case AlarmAct.ACKNOWLEDGE:
                alarm_rows.see(self._connection, alarm, self._by, self._now_us)
            case AlarmAct.SHELVE:
                self._put_away(alarm, ShelvingKind.SHELVED, reason, until_us)
            case AlarmAct.TAKE_OUT:
                self._put_away(alarm, ShelvingKind.OUT_OF_SERVICE, reason, None)
            case _:
                self._take_back(alarm, act)

    def _put_away(self, alarm: Alarm, kind: ShelvingKind, reason: str, until_us: int | None) -> None:
        """Shelve this rule at this asset; who puts an alarm away has seen it, and the last word counts."""
        shelving = Shelving(
            shelving_id=secrets.token_hex(8), kind=kind, asset_id=alarm.asset_id, rule_id=alarm.rule_id,
            from_us=self._now_us, until_us=until_us, reason=reason, by=self._by.login, alarm_id=alarm.alarm_id,
        )  # fmt: skip
        check(shelving, self._now_us)
        for own in self._holding(alarm):
            if _is_own(own, alarm):
                alarm_rows.end_shelving(self._connection, own.shelving_id, self._by, self._now_us)
        alarm_rows.put_shelving(self._connection, shelving, self._by, self._now_us, "")
        if alarm.announced > alarm.acknowledged:
            alarm_rows.see(self._connection, alarm, self._by, self._now_us)

    def _take_back(self, alarm: Alarm, act: AlarmAct) -> None:
        """End what holds this alarm alone; what holds more must be ended as what it is."""
        is_out = act is AlarmAct.PUT_BACK
        for held_by in self._holding(alarm):
            if is_out is not (held_by.kind is ShelvingKind.OUT_OF_SERVICE):
                continue
            if not _is_own(held_by, alarm):
                msg = f"{alarm.alarm_id} is held by shelving {held_by.shelving_id}, which holds more: end that one"
                raise IllegalTransitionError(msg, held_by, held_by.by)
            alarm_rows.end_shelving(self._connection, held_by.shelving_id, self._by, self._now_us)

    def _holding(self, alarm: Alarm) -> list[Shelving]:
        asset = assets.one_asset(self._connection, alarm.asset_id)
        return [
            it
            for it in alarm_rows.shelvings(self._connection, self._now_us)
            if covers(it, asset, alarm.asset_id, alarm.rule_id) and window(it, self._now_us) is not None
        ]


def _is_own(shelving: Shelving, alarm: Alarm) -> bool:
    return (shelving.asset_id, shelving.rule_id) == (alarm.asset_id, alarm.rule_id)


def _described(shelving: Shelving) -> str:
    said = {name: getattr(shelving, name) for name in ("kind", "asset_id", "rule_id", "asset_kind", "area_id")}
    return orjson.dumps(said | {"from_us": shelving.from_us, "until_us": shelving.until_us}).decode()
