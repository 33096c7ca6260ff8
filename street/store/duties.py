"""Duties: what else time alone brings: a coordinator after two returns, who hears that something is late, a set clock.

Each is told once, in the transaction of its act: the notice's id names what happened, and is never kept twice.
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, Text, cast, exists, literal, select, update

from street.clock import HOUR_US, MINUTE_US, SECOND_US, STREET_ZONE, as_datetime
from street.incidents import Act, Incident, Order, Stage
from street.notices import Notice, about, to_level, to_person, to_role
from street.people import Role
from street.shelving import Shelving
from street.store import alarm_rows, incidents, notices, schema
from street.store.acts import Performance
from street.store.deliveries import CLAIMED, WAITING
from street.store.escalations import DUTY, area_of, whose
from street.store.marks import read_mark, write_mark
from street.store.office import Office

RETURNS: Final = 2  # so many, and the subdistrict's coordinator takes over
TOLD_AT_ONCE: Final = 100
STEPPED_US: Final = 5 * SECOND_US  # a clock that differs by more was set; by less, it was slewed
WARNED_US: Final = 15 * MINUTE_US  # so long before a shelving ends, operators hear of it
_FOLLOWED_US: Final = SECOND_US
_DRIFT, _BOOT = "duty_drift_us", "duty_boot"


class Duties:
    """What the duty process does for one store beside escalations. Every method raises StoreError."""

    def __init__(self, office: Office, ring: Callable[[], None]) -> None:
        self._office = office
        self._ring = ring

    def hand_over(self, coordinator: Callable[[], str], subdistrict_id: str, now_us: int) -> int:
        """Send what was returned twice to the subdistrict's coordinator, each time once; return how many.

        Args:
            coordinator: says who that is, when there is something to hand over; where nobody is ("") the operators
                are told instead.
            subdistrict_id: where things lie that lie nowhere in particular.
            now_us: the present.
        """
        with self._office.reading("look for returned incidents") as connection:
            waiting = _returned(connection)
        coordinator_id, handed = coordinator() if waiting else "", 0
        for incident in waiting:
            handed += self._hand_over(incident, coordinator_id, subdistrict_id, now_us)
        return handed

    def tell_late(self, subdistrict_id: str, now_us: int) -> int:
        """Tell of incidents whose time limit is over, once for each limit; return how many."""
        with self._office.reading("look for late incidents") as connection:
            late = _late(connection, now_us)
        for incident in late:
            with self._office.writing("tell of a late incident") as connection:
                area_id = area_of(connection, incident) or subdistrict_id
                to = (*whose(incident), to_role(Role.SQUAD_LEADER, area_id), to_role(Role.OPERATOR, area_id))
                notices.put(connection, about(incident, "late", _late_name(incident), now_us, *to))
        if late:
            self._ring()
        return len(late)

    def tell_shelvings(self, subdistrict_id: str, now_us: int) -> int:
        """Tell operators of shelvings that end soon, and of those that have ended; return how many notices those were.

        Hours that come back every week are no news, and what somebody ended is no surprise.
        """
        with self._office.reading("look at shelvings") as connection:
            told = [
                it for shelving in alarm_rows.shelvings(connection, now_us - HOUR_US)
                if (it := _of_shelving(connection, shelving, subdistrict_id, now_us)) is not None
            ]  # fmt: skip
        if told:
            with self._office.writing("tell of shelvings") as connection:
                notices.put(connection, *told)
            self._ring()
        return len(told)

    def follow_clock(self, now_us: int, steady_us: int, boot: int) -> int:
        """Move what is planned along when the machine's clock was set; return by how much [µs], mostly 0.

        Args:
            now_us: by the clock that may be set.
            steady_us: by one that never is, since the machine started.
            boot: names the machine's start; of another one nothing can be known.
        """
        drift_us = now_us - steady_us
        with self._office.reading("look at the clock") as connection:
            known, before_us = read_mark(connection, _BOOT, 0), read_mark(connection, _DRIFT, 0)
        gone_us = drift_us - before_us if known == boot else 0
        if known == boot and abs(gone_us) <= _FOLLOWED_US:
            return 0
        moved_us = gone_us if abs(gone_us) > STEPPED_US else 0
        with self._office.writing("follow the clock") as connection:
            write_mark(connection, _BOOT, boot)
            write_mark(connection, _DRIFT, drift_us)
            if moved_us:
                _move_along(connection, moved_us)
        return moved_us

    def _hand_over(self, incident: Incident, coordinator_id: str, subdistrict_id: str, now_us: int) -> int:
        name = _returned_name(incident)
        with self._office.writing("hand over to the coordinator") as connection:
            now = incidents.incidents_by_id(connection, [incident.incident_id])[0]
            if now.version != incident.version:
                return 0
            area_id = area_of(connection, now) or subdistrict_id
            to = (to_person(coordinator_id),) if coordinator_id else (
                to_role(Role.OPERATOR, area_id), to_level(Role.LEADER, subdistrict_id)
            )  # fmt: skip
            if coordinator_id:
                order = Order(
                    action_id=name, incident_id=now.incident_id, act=Act.DISPATCH, at_us=now_us,
                    officer_id=coordinator_id, reason="returned",
                )  # fmt: skip
                now = Performance(connection, DUTY, now_us, self._office.audit_key).perform(order)
            notices.put(connection, about(now, "coordinated", name, now_us, *to, count=str(now.return_count)))
        self._ring()
        return 1


def _returned_name(incident: Incident) -> str:
    return f"duty/returned/{incident.incident_id}/{incident.return_count}"


def _late_name(incident: Incident) -> str:
    return f"duty/late/{incident.incident_id}/{incident.due_us}"


def _returned(connection: Connection) -> list[Incident]:
    """Return what lies on the desk after too many returns and was not handed over since the last."""
    it, actions, told = schema.incidents, schema.incident_actions.c, schema.notices.c
    name = literal("duty/returned/") + it.c.incident_id + "/" + cast(it.c.return_count, Text)
    statement = select(it).where(
        it.c.stage == Stage.FILED.value, it.c.return_count >= RETURNS,
        ~exists().where(actions.action_id == name), ~exists().where(told.notice_id == name),
    )  # fmt: skip
    return [incidents.incident_of(row) for row in connection.execute(statement.limit(TOLD_AT_ONCE))]


def _late(connection: Connection, now_us: int) -> list[Incident]:
    it, told = schema.incidents, schema.notices.c
    name = literal("duty/late/") + it.c.incident_id + "/" + cast(it.c.due_us, Text)
    statement = select(it).where(
        incidents.IS_OPEN, it.c.stage != Stage.SUSPENDED.value, it.c.due_us < now_us,
        ~exists().where(told.notice_id == name),
    )  # fmt: skip
    return [incidents.incident_of(row) for row in connection.execute(statement.limit(TOLD_AT_ONCE))]


def _of_shelving(connection: Connection, shelving: Shelving, subdistrict_id: str, now_us: int) -> Notice | None:
    """Return what is to be told of a shelving now and was not yet."""
    until_us = shelving.until_us
    if until_us is None or shelving.weekly is not None or shelving.ended_us is not None:
        return None
    is_short = until_us - shelving.from_us <= WARNED_US
    if now_us < until_us - WARNED_US or (now_us < until_us and is_short):
        return None
    kind = "shelving_ended" if now_us >= until_us else "shelving_ending"
    name = f"duty/{kind}/{shelving.shelving_id}"
    if connection.execute(select(schema.notices.c.notice_no).where(schema.notices.c.notice_id == name)).first():
        return None
    until = as_datetime(until_us).astimezone(STREET_ZONE).strftime("%H:%M")
    scope = " ".join(filter(None, (shelving.asset_id, shelving.asset_kind, shelving.area_id)))
    fields = {"asset": scope, "rule": shelving.rule_id, "until": until}
    to = (to_role(Role.OPERATOR, shelving.area_id or subdistrict_id),)
    return Notice(notice_id=name, kind=kind, at_us=now_us, to=to, fields=fields)


def _move_along(connection: Connection, moved_us: int) -> None:
    planned, outgoing = schema.escalations, schema.deliveries
    connection.execute(update(planned).values(due_us=planned.c.due_us + moved_us).where(planned.c.due_us.is_not(None)))
    is_open = outgoing.c.state.in_([WAITING, CLAIMED])
    connection.execute(update(outgoing).values(next_us=outgoing.c.next_us + moved_us).where(is_open))
