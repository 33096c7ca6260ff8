"""What readers see, in their own connection and in their own process."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import text

from street.assets import Asset
from street.errors import StoreError
from street.store import Latest, Reader, Store, Writer
from tests.street.store.makers import NOON_US, a_letter, a_reading, an_alarm, an_incident, put


def test_an_empty_store_answers_with_nothing(reader: Reader) -> None:
    """The wall starts before the first message."""
    assert reader.sequence() == 0
    assert reader.changes_since(0) == []
    assert (reader.latest(), reader.assets(), reader.series(), reader.open_incidents()) == ([], [], {}, [])
    assert (reader.heartbeat(), reader.snapshot("c-1"), reader.dead_letter_groups()) == (None, None, [])


def test_has_changed_tells_of_each_commit_once(reader: Reader, writer: Writer) -> None:
    """It is asked four times a second; it must not cost a query, nor repeat itself."""
    before = reader.has_changed()
    put(writer, a_reading())

    assert (before, reader.has_changed(), reader.has_changed()) == (False, True, False)


def test_live_values_carry_their_names(reader: Reader, writer: Writer) -> None:
    """The number of a series means something inside one store only."""
    put(writer, a_reading(value=61.5))

    assert reader.latest() == [Latest(1, "n-1", "noise_laeq", NOON_US, NOON_US + 1_000_000, 61.5, 0)]
    assert reader.series() == {1: ("n-1", "noise_laeq", "dB(A)")}


def test_the_last_hours_of_a_series_are_its_lows_and_highs(reader: Reader, writer: Writer) -> None:
    """Oldest first, of the series asked for only: what a stillness is recalled from."""
    put(writer, a_reading(NOON_US - 1, 40.0), a_reading(NOON_US, 60.0), a_reading(NOON_US + 1, 62.0))
    put(writer, a_reading(NOON_US, 5.0, quantity="pm25"))

    assert reader.hours(["noise_laeq"], NOON_US) == {1: [(NOON_US, 60.0, 62.0)]}
    assert reader.hours(["noise_laeq"], NOON_US - 1)[1] == [
        (NOON_US - 3_600_000_000, 40.0, 40.0),
        (NOON_US, 60.0, 62.0),
    ]
    assert reader.hours([], 0) == {}


def test_registered_assets_come_back_as_they_were(reader: Reader, store: Store) -> None:
    """And readers are told that there are new ones."""
    lamp = Asset(asset_id="SL-1", kind="lamp", name="路灯", lon=120.3, lat=36.0, interval_s=300.0, is_demo=True)
    store.register_assets([lamp, Asset(asset_id="SL-2", kind="lamp", name="x")])
    store.register_assets([Asset(asset_id="SL-2", kind="lamp", name="y")])

    assert reader.assets() == [lamp, Asset(asset_id="SL-2", kind="lamp", name="y")]
    assert [change.body for change in reader.changes_since(0) or []] == [{"as": 1}, {"as": 1}]


def test_registering_nothing_is_no_change(reader: Reader, store: Store) -> None:
    """An empty list of assets is not a statement that fails."""
    store.register_assets([])

    assert reader.sequence() == 0


def test_alarms_and_incidents_come_back_as_they_were(reader: Reader, writer: Writer) -> None:
    """Every field, also those of few sources."""
    incident = an_incident(alarm_id="a-1", media=("a.jpg", "b.jpg"), confidence=0.7, lon=120.3, lat=36.0)
    batch = writer.begin(NOON_US)
    batch.report_incident(incident)
    batch.raise_alarm(an_alarm(severity=1, incident_id="rules/a-1"))
    batch.commit()

    [found] = reader.incidents(["rules/a-1", "nobody"])

    assert (found.media, found.confidence, found.short_no) == (("a.jpg", "b.jpg"), 0.7, 1)
    assert reader.open_incidents() == [found]
    assert reader.alarms(["a-1"]) == reader.active_alarms() == [an_alarm(severity=1, incident_id="rules/a-1")]


def test_the_heartbeat_is_the_last_one(reader: Reader, writer: Writer) -> None:
    """It moves by itself every second or two."""
    for second in range(3):
        batch = writer.begin(NOON_US)
        batch.beat(NOON_US + second, link=second < 2, link_since_us=NOON_US)
        batch.commit()

    assert reader.heartbeat() == (NOON_US + 2, False, NOON_US)


def test_a_reader_cannot_write(reader: Reader) -> None:
    """Whatever is asked of the dashboard."""
    with pytest.raises(StoreError), reader._asking() as connection:
        connection.execute(text("DELETE FROM readings"))


def test_a_query_that_takes_too_long_is_stopped(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would hold the log back, and a screen up."""
    monkeypatch.setattr("street.store.reader.LONGEST_S", 0.01)
    reader = file_store.reader()
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"

    with pytest.raises(StoreError, match="shorter time"):
        reader.rows(text(endless))
    reader.close()


def test_letters_can_be_found_and_forgotten(reader: Reader, store: Store, writer: Writer) -> None:
    """Found by code or topic; forgotten ones stay counted."""
    batch = writer.begin(NOON_US)
    batch.add_dead_letter(a_letter(1))
    batch.add_dead_letter(a_letter(2, "depth", topic="street/x/telemetry"))
    batch.commit()
    [deep] = reader.dead_letters(code="depth")

    gone = store.forget_dead_letters([deep.letter_id, 999])

    assert gone == 1
    assert reader.dead_letters(topic="street/x/telemetry") == []
    assert {(group.code, group.letters, group.kept) for group in reader.dead_letter_groups()} == {
        ("depth", 1, 0),
        ("not-json", 1, 1),
    }


def test_two_processes_meet_in_the_store(file_store: Store, tmp_path: Path) -> None:
    """A reader here follows a writer there, change by change, in order and without a gap."""
    program = f"""
        from street.store import open_store
        from tests.street.store.makers import NOON_US, a_reading, put
        writer = open_store("sqlite:///{tmp_path}/street.db", lambda: NOON_US).writer()
        for number in range(200):
            put(writer, a_reading(NOON_US + number, float(number)))
    """
    reader = file_store.reader()
    seen: list[float] = []
    sequence = 0
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], cwd=Path.cwd()) as other:
        while other.poll() is None or reader.has_changed():
            for change in reader.changes_since(sequence) or []:
                assert change.seq == sequence + 1
                sequence = change.seq
                seen += [value for _series, _at, value, _flags in change.body["r"]]
    reader.close()

    assert other.returncode == 0
    assert seen == [float(number) for number in range(200)]


def test_every_store_has_an_epoch_of_its_own(reader: Reader, tmp_path: Path) -> None:
    """Sequences of a store that was replaced mean nothing in the new one."""
    assert reader.epoch() > 0
    assert reader.epoch() == reader.epoch()


def test_a_reader_whose_connection_was_lost_reads_on(writer: Writer, reader: Reader) -> None:
    """The next question opens another."""
    put(writer, a_reading())
    reader._connection.invalidate()

    assert reader.sequence() == 1
