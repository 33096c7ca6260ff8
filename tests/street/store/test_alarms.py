"""Alarms move only by appended transitions."""

from street.alarms import AlarmState
from street.assets import Asset
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
