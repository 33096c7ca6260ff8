"""Rows of what people do to alarms, and what the load of alarms is made of."""

from street.alarms import AlarmState, Back
from street.clock import MINUTE_US
from street.people import Actor
from street.store import Reader, Store, Writer, alarm_rows
from tests.street.store.makers import NOON_US, an_alarm

WANG = Actor("p-1", "wang")


def raise_some(writer: Writer) -> None:
    """Raise one that comes back, one that is suppressed and one that stands."""
    batch = writer.begin(NOON_US)
    batch.raise_alarm(an_alarm())
    batch.clear_alarm("a-1", NOON_US + MINUTE_US, 50.0)
    batch.raise_again(Back("a-1", "n-1", "loud", NOON_US + 2 * MINUTE_US, 93.0, 3, is_chattering=True), None)
    batch.clear_alarm("a-1", NOON_US + 20 * MINUTE_US, 50.0)
    batch.raise_alarm(an_alarm("a-2", rule_id="dark", state=AlarmState.SUPPRESSED))
    batch.raise_alarm(an_alarm("a-3", rule_id="far", severity=4, raised_us=NOON_US + 3 * MINUTE_US))
    batch.commit()


def test_an_incident_acknowledges_its_alarms_in_its_own_transaction(store: Store, writer: Writer) -> None:
    """Only those that have called; what moved is returned, to be told."""
    raise_some(writer)
    with store._office.writing("test") as connection:
        moved = alarm_rows.acknowledge(connection, ["a-1", "a-2", "a-3", "none"], WANG, NOON_US + 9)
        again = alarm_rows.acknowledge(connection, ["a-1"], WANG, NOON_US + 10)

    alarms = {it.alarm_id: it for it in store.alarm_desk().open_alarms()}
    last = store.alarm_desk().transitions("a-3")[-1]
    assert (sorted(moved), again) == (["a-1", "a-3"], [])
    assert set(alarms) == {"a-2", "a-3"}  # a-1 is over, and seen
    assert (alarms["a-3"].acknowledged_by, alarms["a-3"].acknowledged_us) == ("wang", NOON_US + 9)
    assert (last.act, last.by, last.state) == ("acknowledge", "wang", "active")


def test_history_is_calls_and_how_long_limits_were_broken(reader: Reader, writer: Writer) -> None:
    """Each time apart, also of one alarm; what still is has no end."""
    raise_some(writer)

    calls, spans, unauthorised = reader.alarm_history(NOON_US, NOON_US + 30 * MINUTE_US)

    assert [(it.alarm_id, it.at_us - NOON_US) for it in calls] == [
        ("a-1", 0), ("a-1", 2 * MINUTE_US), ("a-3", 3 * MINUTE_US),
    ]  # fmt: skip
    ended = sorted((rule, begin - NOON_US, end - NOON_US) for _, rule, begin, end in spans if end is not None)
    assert ended == [("loud", 0, MINUTE_US), ("loud", 2 * MINUTE_US, 20 * MINUTE_US)]
    assert {rule for _, rule, _, to_us in spans if to_us is None} == {"dark", "far"}
    assert unauthorised == 0


def test_turns_are_what_a_restart_needs(reader: Reader, writer: Writer) -> None:
    """Raised and cleared, in their order, since an instant."""
    raise_some(writer)

    turns = reader.alarm_turns(NOON_US + MINUTE_US)

    assert [(it.alarm_id, it.is_raise) for it in turns] == [
        ("a-1", False), ("a-1", True), ("a-1", False), ("a-3", True),
    ]  # fmt: skip
