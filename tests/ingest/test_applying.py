"""Every move of the judge becomes rows."""

from ingest.applying import apply
from street import clock
from street.alarms import Alarm, AlarmState
from street.clock import HOUR_US
from street.incidents import SENSING, Incident
from street.quality import Fault
from street.rules import Clear, Pend, Raise
from street.rules.causes import Shift
from street.rules.judge import Listen
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
