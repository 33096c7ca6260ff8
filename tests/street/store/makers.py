"""Makers of what goes into a store, and short ways to put it there."""

from datetime import timedelta
from typing import Any

from street.alarms import Alarm, AlarmState
from street.clock import MINUTE_US
from street.incidents import Incident
from street.people import Actor, Grant, Person, Role
from street.readings import DeadLetter, Reading
from street.store import Entry, Store, Writer, Written

NOON_US = 1_789_999_200_000_000  # a whole hour
KEY = b"a key of thirty-two bytes, so so"
KEEPER = Actor.system("keeper")


class Now:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.us = NOON_US

    def __call__(self) -> int:
        """Return the time it shows."""
        return self.us

    def pass_by(self, **span: float) -> None:
        """Let time pass, as `timedelta` takes it."""
        self.us += int(timedelta(**span) / timedelta(microseconds=1))


def a_person(login: str = "wang", role: Role = Role.OFFICER, area_id: str = "370202007", **changes: object) -> Person:
    """Return a person with one grant, not yet stored."""
    row: dict[str, Any] = {"person_id": "", "login": login, "name": "王芳", "grants": (Grant(role, area_id),)}
    return Person(**{**row, **changes})


def add_person(store: Store, login: str = "wang", role: Role = Role.OFFICER, **changes: object) -> Person:
    """Add a person whose password is of no matter."""
    return store.people().add(a_person(login, role, **changes), password_hash="hash-1", by=KEEPER)


def deeds(store: Store, action: str = "") -> list[Entry]:
    """Return what the audit says was done, oldest first."""
    return [stored.entry for stored in reversed(store.audit().find(action=action, limit=1_000))]


def a_reading(at_us: int = NOON_US, value: float | None = 60.0, **changes: object) -> Reading:
    """Return a noise reading of asset n-1 that came a second later."""
    row: dict[str, Any] = {
        "asset_id": "n-1",
        "quantity": "noise_laeq",
        "at_us": at_us,
        "received_us": at_us + 1_000_000,
    }
    return Reading(**{**row, "value": value, "flags": 0, **changes})


def an_alarm(alarm_id: str = "a-1", **changes: object) -> Alarm:
    """Return an active alarm of severity 3, which opens no incident."""
    row: dict[str, Any] = {
        "asset_id": "n-1",
        "rule_id": "loud",
        "quantity": "noise_laeq",
        "severity": 3,
        "state": AlarmState.ACTIVE,
    }
    return Alarm(**{**row, "alarm_id": alarm_id, "value": 91.0, "raised_us": NOON_US, **changes})


def an_incident(incident_id: str = "rules/a-1", **changes: object) -> Incident:
    """Return an incident just reported."""
    row: dict[str, Any] = {
        "source": "rules",
        "matter": "",
        "severity": 2,
        "title": "噪声超限",
        "reported_us": NOON_US,
        "moved_us": NOON_US,
    }
    return Incident(**{**row, "incident_id": incident_id, **changes})


def a_letter(number: int = 0, code: str = "not-json", **changes: object) -> DeadLetter:
    """Return a dead letter; *number* is its second."""
    row: dict[str, Any] = {
        "received_us": NOON_US + number * 1_000_000,
        "dialect": "native",
        "topic": "street/n-1/telemetry",
    }
    return DeadLetter(**{**row, "payload": b"{%d" % number, "code": code, "reason": "not JSON", **changes})


def put(writer: Writer, *readings: Reading, received_us: int = NOON_US) -> Written:
    """Store readings in one batch."""
    batch = writer.begin(received_us)
    batch.add_readings(readings)
    return batch.commit()


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    """Return what is really in the tables."""
    reader = store.reader()
    with reader._asking() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(sql)]
    reader.close()
    return found


def minutes(count: int) -> int:
    """Return *count* minutes [µs]."""
    return count * MINUTE_US
