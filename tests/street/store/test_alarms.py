"""Alarms move only by appended transitions."""

from street.alarms import AlarmState
from street.store import Reader, Store, Writer
from tests.street.store.makers import NOON_US, an_alarm, rows


def test_every_transition_is_a_row(store: Store, reader: Reader, writer: Writer) -> None:
    """What was raised and what cleared it can be told afterwards."""
    batch = writer.begin(NOON_US)
    batch.raise_alarm(an_alarm())
    batch.commit()
    batch = writer.begin(NOON_US)
    batch.clear_alarm("a-1", NOON_US + 60, 54.5)
    batch.commit()

    [alarm] = reader.alarms(["a-1"])

    assert (alarm.state, alarm.value, alarm.cleared_us) == (AlarmState.CLEARED, 91.0, NOON_US + 60)
    transitions = "SELECT state, at_us, value FROM alarm_transitions ORDER BY transition_no"
    assert rows(store, transitions) == [("active", NOON_US, 91.0), ("cleared", NOON_US + 60, 54.5)]


def test_an_alarm_is_raised_and_cleared_once(store: Store, reader: Reader, writer: Writer) -> None:
    """A batch that is repeated after a failure does not repeat its transitions."""
    for _ in range(2):
        batch = writer.begin(NOON_US)
        batch.raise_alarm(an_alarm())
        batch.clear_alarm("a-1", NOON_US + 60, None)
        batch.commit()

    assert reader.active_alarms() == []
    assert rows(store, "SELECT count(*) FROM alarm_transitions") == [(2,)]
