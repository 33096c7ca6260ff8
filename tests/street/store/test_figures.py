"""What metrics are made of is read from what is stored, at one go."""

from dataclasses import replace

from street.assets import Asset
from street.readings import Flag
from street.store import Reader, Store, Writer
from tests.street.store.makers import NOON_US, a_reading, an_alarm, an_incident


def test_an_empty_store_has_figures(reader: Reader) -> None:
    """Zeros, not errors."""
    found = reader.figures(NOON_US)

    assert (found.at_us, found.beat, found.counts, found.newest_us) == (NOON_US, None, {}, None)
    assert (found.alarms, found.incidents) == ({}, {})
    assert found.devices == {"online": 0, "offline": 0, "unknown": 0}
    assert found.store_bytes > 0


def test_the_heartbeat_carries_what_ingest_has_counted(reader: Reader, writer: Writer) -> None:
    """The last one counts; one of a program that counts nothing is fine."""
    batch = writer.begin(NOON_US)
    batch.beat(NOON_US, link=True, link_since_us=NOON_US - 5)
    batch.commit()
    before = reader.figures(NOON_US).counts
    writer.tell('{"stored":7}')
    batch = writer.begin(NOON_US)
    batch.beat(NOON_US + 1, link=False, link_since_us=NOON_US)
    batch.commit()

    found = reader.figures(NOON_US + 2)

    assert before == {}
    assert found.counts == {"stored": 7}
    assert found.beat == (NOON_US + 1, False, NOON_US)


def test_what_is_no_object_counts_nothing(reader: Reader, writer: Writer) -> None:
    """Whoever wrote it."""
    found = []
    for text in ("[1]", "{", ""):
        writer.tell(text)
        batch = writer.begin(NOON_US)
        batch.beat(NOON_US, link=True, link_since_us=NOON_US)
        batch.commit()
        found.append(reader.figures(NOON_US).counts)

    assert found == [{}, {}, {}]


def test_the_newest_reading_is_no_younger_than_its_arrival(reader: Reader, writer: Writer) -> None:
    """A source whose clock runs ahead would make a silent street look fresh; history is not live."""
    batch = writer.begin(NOON_US)
    batch.add_readings(
        [
            a_reading(NOON_US),
            a_reading(NOON_US + 60_000_000, asset_id="ahead", received_us=NOON_US + 3),
            a_reading(NOON_US + 7, asset_id="old", flags=int(Flag.HISTORY)),
        ]
    )
    batch.commit()

    assert reader.figures(NOON_US).newest_us == NOON_US + 3


def test_devices_alarms_and_incidents_are_counted(store: Store, reader: Reader, writer: Writer) -> None:
    """By what the device says, by severity, by stage; what is over does not count."""
    store.register_assets([Asset(asset_id=f"a-{number}", kind="camera", name="n") for number in range(5)])
    batch = writer.begin(NOON_US)
    batch.set_availability("a-0", online=True, at_us=NOON_US)
    batch.set_availability("a-1", online=True, at_us=NOON_US)
    batch.set_availability("a-2", online=False, at_us=NOON_US)
    batch.report_incident(an_incident("i-1"))
    batch.report_incident(an_incident("i-2"))
    batch.raise_alarm(replace(an_alarm("al-1"), severity=3))
    batch.raise_alarm(replace(an_alarm("al-2"), severity=3, rule_id="other"))
    batch.raise_alarm(replace(an_alarm("al-3"), severity=4, rule_id="third"))
    batch.clear_alarm("al-2", NOON_US + 1, 0.0)
    batch.commit()

    found = reader.figures(NOON_US)

    assert found.devices == {"online": 2, "offline": 1, "unknown": 2}
    assert found.alarms == {3: 1, 4: 1}
    assert found.incidents == {"reported": 2}
