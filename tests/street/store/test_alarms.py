"""Alarms move only by appended transitions."""

from collections.abc import Callable

import pytest

from street.alarms import AlarmState, Back, Grade
from street.assets import Asset
from street.errors import StoreError
from street.incidents import Act, Order
from street.store import Batch, Reader, Store, Writer
from tests.street.store.makers import KEEPER, NOON_US, an_alarm, an_incident, rows


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


def test_an_alarm_goes_under_its_cause_and_comes_back(store: Store, reader: Reader, writer: Writer) -> None:
    """Each step is a row, and a change that screens hear of; the same step again is none."""
    batch = writer.begin(NOON_US)
    batch.raise_alarm(an_alarm())
    batch.commit()
    for at_us, to in enumerate((AlarmState.SUPPRESSED, AlarmState.SUPPRESSED, AlarmState.ACTIVE), NOON_US + 1):
        batch = writer.begin(NOON_US)
        batch.shift_alarm("a-1", to, at_us)
        batch.commit()

    transitions = "SELECT state, at_us FROM alarm_transitions ORDER BY transition_no"
    assert rows(store, transitions) == [("active", NOON_US), ("suppressed", NOON_US + 1), ("active", NOON_US + 3)]
    assert [change.body.get("al") for change in reader.changes_since(0) or []] == [["a-1"], ["a-1"], None, ["a-1"]]


def test_a_suppressed_alarm_calls_nobody_and_can_be_cleared(reader: Reader, writer: Writer) -> None:
    """It is listed apart, by writer and reader alike."""
    batch = writer.begin(NOON_US)
    batch.raise_alarm(an_alarm(state=AlarmState.SUPPRESSED))
    batch.commit()

    before = reader.active_alarms(), [it.alarm_id for it in reader.suppressed_alarms()]
    known = [it.alarm_id for it in writer.suppressed_alarms()]
    batch = writer.begin(NOON_US)
    batch.clear_alarm("a-1", NOON_US + 9, None)
    batch.commit()

    assert (before, known) == (([], ["a-1"]), ["a-1"])
    assert reader.suppressed_alarms() == []
    assert [it.state for it in reader.alarms(["a-1"])] == [AlarmState.CLEARED]


def test_the_victims_of_a_cause_are_those_behind_it_while_it_stood(
    store: Store, reader: Reader, writer: Writer
) -> None:
    """Also when all is over; neither a stranger's, nor one that was over before, nor one that stood for itself."""
    store.register_assets([Asset(asset_id=it, kind="x", name=it, gateway_id="GW") for it in ("m-1", "m-2", "m-3")])
    store.register_assets([Asset(asset_id="o", kind="x", name="o", gateway_id="GW-2")])
    root = an_alarm("root", asset_id="GW", rule_id="gateway-silent", raised_us=NOON_US + 10)
    batch = writer.begin(NOON_US)
    batch.raise_alarm(root)
    for alarm_id, asset_id, state in (
        ("v-1", "m-1", "suppressed"),
        ("v-2", "m-2", "active"),
        ("v-3", "o", "suppressed"),
    ):
        batch.raise_alarm(an_alarm(alarm_id, asset_id=asset_id, state=AlarmState(state), raised_us=NOON_US + 12))
    batch.raise_alarm(an_alarm("old", asset_id="m-3", state=AlarmState.SUPPRESSED))
    batch.clear_alarm("old", NOON_US + 5, None)
    batch.clear_alarm("v-1", NOON_US + 30, None)
    batch.clear_alarm("root", NOON_US + 31, None)
    batch.commit()

    [cleared] = reader.alarms(["root"])

    assert [it.alarm_id for it in reader.victims(root)] == ["v-1"]
    assert [it.alarm_id for it in reader.victims(cleared)] == ["v-1"]


def test_the_broker_explains_whoever_is_suppressed(reader: Reader, writer: Writer) -> None:
    """All of the street is behind it."""
    broker = an_alarm("b", asset_id="broker", rule_id="broker-silent")
    batch = writer.begin(NOON_US)
    batch.raise_alarm(broker)
    batch.raise_alarm(an_alarm("v", asset_id="anybody", state=AlarmState.SUPPRESSED))
    batch.commit()

    assert [it.alarm_id for it in reader.victims(broker)] == ["v"]


def step(writer: Writer, *steps: Callable[[Batch], object]) -> None:
    """Write some steps of the rules in one batch."""
    batch = writer.begin(NOON_US)
    for one in steps:
        one(batch)
    batch.commit()


GRAVE = an_alarm(severity=1, incident_id="rules/a-1")
BACK = Back("a-1", "n-1", "loud", NOON_US + 90, 92.0, 1)


def test_an_alarm_that_comes_back_has_its_incident_relapse(reader: Reader, writer: Writer) -> None:
    """What a verifier reads as evidence of recovery would else be a lie."""
    step(writer, lambda it: it.report_incident(an_incident()), lambda it: it.raise_alarm(GRAVE))
    step(writer, lambda it: it.clear_alarm("a-1", NOON_US + 60, 50.0))
    [recovered] = reader.incidents(["rules/a-1"])

    step(writer, lambda it: it.raise_again(BACK, an_incident("rules/a-2")))

    [relapsed] = reader.open_incidents()
    [alarm] = reader.active_alarms()
    assert (recovered.recovered_us, relapsed.recovered_us) == (NOON_US + 60, None)
    assert (alarm.announced, alarm.repeats, alarm.cleared_us, alarm.incident_id) == (2, 2, None, "rules/a-1")


def test_an_alarm_that_comes_back_after_its_incident_was_dealt_with_opens_another(
    store: Store, reader: Reader, writer: Writer
) -> None:
    """Somebody took it for a false alarm, and a minute later there is smoke again."""
    step(writer, lambda it: it.report_incident(an_incident()), lambda it: it.raise_alarm(GRAVE))
    step(writer, lambda it: it.clear_alarm("a-1", NOON_US + 60, 50.0))
    dismiss = Order(action_id="d", incident_id="rules/a-1", act=Act.DISMISS, at_us=NOON_US, reason="false alarm")
    store.acts().act(dismiss, by=KEEPER, now_us=NOON_US)

    step(writer, lambda it: it.raise_again(BACK, an_incident("rules/a-2")))

    [alarm] = reader.active_alarms()
    [incident] = reader.open_incidents()
    assert alarm.incident_id == incident.incident_id == "rules/a-2"
    assert incident.alarm_id == "a-1"


def test_coming_back_twice_is_once(reader: Reader, writer: Writer) -> None:
    """A batch that is repeated after a failure counts nothing twice."""
    step(writer, lambda it: it.raise_alarm(an_alarm()), lambda it: it.clear_alarm("a-1", NOON_US + 60, 50.0))
    for _ in range(2):
        step(writer, lambda it: it.raise_again(BACK._replace(severity=3), None))

    [alarm] = reader.active_alarms()
    assert (alarm.announced, alarm.repeats) == (2, 2)


@pytest.mark.parametrize(
    ("severity", "announced", "incidents"),
    [(1, 2, ["rules/a-1"]), (4, 1, []), (3, 1, [])],
    ids=["graver calls and opens", "milder does not", "the same is nothing"],
)
def test_severity_rises_and_falls_by_transitions(
    store: Store, reader: Reader, writer: Writer, severity: int, announced: int, incidents: list[str]
) -> None:
    """Whoever acknowledged a mild alarm has not seen that it became grave."""
    step(writer, lambda it: it.raise_alarm(an_alarm()))
    opens = an_incident() if severity == 1 else None

    step(writer, lambda it: it.regrade_alarm(Grade("a-1", severity, NOON_US + 5, 99.0), opens))

    [alarm] = reader.active_alarms()
    told = rows(store, "SELECT act, severity, is_announced FROM alarm_transitions ORDER BY transition_no")
    assert (alarm.severity, alarm.announced) == (severity, announced)
    assert [it.incident_id for it in reader.open_incidents()] == incidents
    assert told == [("raise", 3, 1)] + ([("regrade", severity, announced - 1)] if severity != 3 else [])


def test_what_a_shelving_holds_calls_when_it_is_let_go(reader: Reader, writer: Writer) -> None:
    """Raised without an incident however grave; the incident comes with the call, and only once."""
    step(writer, lambda it: it.raise_alarm(an_alarm(severity=1, is_held=True)))
    [held], nothing = reader.active_alarms(), reader.open_incidents()

    for _ in range(2):
        step(writer, lambda it: it.let_alarm_go("a-1", NOON_US + 60, an_incident()))

    [alarm] = reader.active_alarms()
    assert (held.announced, held.is_held, nothing) == (0, True, [])
    assert (alarm.announced, alarm.is_held, alarm.incident_id) == (1, False, "rules/a-1")
    assert len(reader.open_incidents()) == 1


def test_a_grave_alarm_that_calls_must_have_its_incident(writer: Writer) -> None:
    """Our own mistake is told at the door."""
    with pytest.raises(StoreError, match="opens an incident"):
        step(writer, lambda it: it.raise_alarm(an_alarm(severity=1)))


def test_repeats_are_counted_in_one_write(store: Store, reader: Reader, writer: Writer) -> None:
    """And tell no screen."""
    step(writer, lambda it: it.raise_alarm(an_alarm()))
    step(writer, *(lambda it, n=number: it.repeat_alarm("a-1", NOON_US + n) for number in range(1, 1_000)))

    [alarm] = reader.active_alarms()
    assert (alarm.repeats, alarm.last_us) == (1_000, NOON_US + 999)
    assert [change.body for change in reader.changes_since(0) or []][1:] == [{}]
