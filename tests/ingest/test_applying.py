"""Every move of the judge becomes rows."""

from ingest.applying import apply
from street import clock
from street.alarms import Alarm, AlarmState, Back
from street.clock import HOUR_US
from street.incidents import SENSING, Incident
from street.people import Actor
from street.quality import Fault
from street.readings import Reading
from street.rules import Clear, Pend, Raise, Regrade
from street.rules.causes import Shift
from street.rules.flapping import Again, Repeat
from street.rules.judge import Listen
from street.rules.shelves import Hold, LetGo
from street.shelving import Shelving
from street.store import open_store
from tests.ingest.small_street import SmallStreet

NOW_US = clock.now_us()


def an_alarm(alarm_id: str, **changes: object) -> Alarm:
    """Return an active alarm of a smoke detector."""
    return Alarm(**{"alarm_id": alarm_id, "asset_id": "SD-01", "rule_id": "smoke", "quantity": "smoke", "severity": 3,
                    "state": AlarmState.ACTIVE, "value": 1.0, "raised_us": NOW_US, **changes})  # type: ignore[arg-type]  # fmt: skip # an alarm's fields


def test_every_move_is_written(street: SmallStreet) -> None:
    """In one batch, and in their order."""
    incident = Incident(incident_id="sensing/a", source=SENSING, matter="", severity=1, title="x", alarm_id="a",
                        reported_us=NOW_US, moved_us=NOW_US)  # fmt: skip
    batch = street.parts.writer.begin(NOW_US)

    apply(
        [
            Raise(an_alarm("a", severity=1, incident_id="sensing/a"), incident),
            Clear("a", NOW_US + 1, 0.0, "sensing/a"),
            Raise(an_alarm("b"), None),
            Shift("b", AlarmState.SUPPRESSED, NOW_US + 2),
            Pend("SD-01", "smoke", NOW_US),
            Fault("SD-01", "temperature", "implausible", NOW_US),
            Listen(NOW_US - HOUR_US),
        ],
        batch,
    )
    batch.commit()

    assert street.rows("SELECT alarm_id, state FROM alarms ORDER BY alarm_id") == [
        ("a", "cleared"),
        ("b", "suppressed"),
    ]
    assert street.rows("SELECT recovered_us FROM incidents") == [(NOW_US + 1,)]
    assert set(street.parts.writer.rule_states()) == {("SD-01", "smoke"), ("SD-01", "fault:implausible:temperature")}
    assert street.parts.writer.listening_since() == NOW_US - HOUR_US


def test_what_is_over_leaves_the_states(street: SmallStreet) -> None:
    """Delays and faults alike."""
    batch = street.parts.writer.begin(NOW_US)
    apply([Pend("SD-01", "smoke", NOW_US), Fault("SD-01", "", "clock", NOW_US)], batch)
    batch.commit()
    batch = street.parts.writer.begin(NOW_US)

    apply([Pend("SD-01", "smoke", None), Fault("SD-01", "", "clock", None)], batch)
    batch.commit()

    assert street.parts.writer.rule_states() == {}


def test_what_flaps_is_shelved_or_changes_its_severity_is_written(street: SmallStreet) -> None:
    """Each move of the parts behind the rules."""
    batch = street.parts.writer.begin(NOW_US)

    apply(
        [
            Raise(an_alarm("a"), None),
            Repeat("a", NOW_US + 1),
            Regrade("a", 4, NOW_US + 2, 1.0, None),
            Clear("a", NOW_US + 3, 0.0, None),
            Again(Back("a", "SD-01", "smoke", NOW_US + 4, 1.0, 3, is_chattering=True), None),
            Hold("a", NOW_US + 5),
            LetGo("a", NOW_US + 6, None),
        ],
        batch,
    )
    batch.commit()

    [alarm] = street.parts.reader.active_alarms()
    acts = [row[0] for row in street.sql.execute("SELECT act FROM alarm_transitions ORDER BY transition_no")]
    assert acts == ["raise", "regrade", "clear", "chatter", "hold", "let-go"]
    assert (alarm.repeats, alarm.announced, alarm.severity, alarm.is_chattering) == (3, 3, 3, True)


def test_a_shelving_of_the_desk_reaches_the_rules(street: SmallStreet) -> None:
    """From the desk's process to ingest's: nothing is called while it holds, and what stands is called when it ends."""
    parts, at_us = street.parts, clock.now_us()
    desk_store = open_store(street.config.store.url, clock.now_us, audit_key=b"a key of thirty-two bytes, so so")
    desk, by = desk_store.alarm_desk(), Actor.system("tests")
    parts.filing.beat(at_us, link=True, link_since_us=at_us - HOUR_US)
    wide = Shelving(asset_kind="smoke_detector", from_us=at_us, until_us=at_us + HOUR_US, reason="dust of the works")
    put = desk.put_shelving(wide, by=by, action_id="tap")
    parts.refresh()
    judge, detector = parts.filing._ready_judge(), parts.register.by_id["SD-01"]

    batch = parts.writer.begin(at_us)
    batch.add_readings([smoke := Reading("SD-01", "smoke", at_us + 1, at_us + 1, 1.0)])
    apply(judge.observe(detector, smoke), batch)
    batch.commit()
    during = parts.reader.active_alarms(), parts.reader.open_incidents()
    desk.end_shelving(put.shelving_id, by=by)
    parts.refresh()
    parts.filing.beat(at_us + 2, link=True, link_since_us=at_us - HOUR_US)

    [alarm] = parts.reader.active_alarms()
    [incident] = parts.reader.open_incidents()
    desk_store.close()
    assert ([it.announced for it in during[0]], during[1]) == ([0], [])
    assert (alarm.announced, alarm.incident_id) == (1, incident.incident_id)
