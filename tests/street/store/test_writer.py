"""The writer over a restart, over a failure, and beside others."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from street.errors import StoreError
from street.store import Store, Writer
from tests.street.store.makers import NOON_US, a_reading, an_alarm, minutes, put, rows


def test_the_writer_answers_what_ingest_must_know_at_its_start(store: Store, writer: Writer) -> None:
    """Alarms that are active and delays that run go on over a restart."""
    batch = writer.begin(NOON_US)
    batch.add_readings([a_reading()])
    batch.raise_alarm(an_alarm())
    batch.raise_alarm(an_alarm("a-2"))
    batch.clear_alarm("a-2", NOON_US + 5, 60.0)
    batch.set_rule_state("n-1", "loud", NOON_US)
    batch.set_rule_state("n-1", "dark", NOON_US)
    batch.set_rule_state("n-1", "dark", None)
    batch.commit()

    reborn = store.writer()

    assert reborn.active_alarms() == [an_alarm()]
    assert reborn.rule_states() == {("n-1", "loud"): NOON_US}
    assert reborn.latest_at("n-1", "noise_laeq") == NOON_US
    assert reborn.latest_at("n-1", "temperature") is None
    reborn.close()


@pytest.mark.faults
def test_killed_before_the_commit_nothing_is_there(file_store: Store, tmp_path: Path) -> None:
    """A process that dies inside its transaction leaves what was, and the next one goes on."""
    program = f"""
        import os
        from street.store import open_store
        from tests.street.store.makers import NOON_US, a_reading, put
        writer = open_store("sqlite:///{tmp_path}/street.db", lambda: NOON_US).writer()
        put(writer, a_reading())
        batch = writer.begin(NOON_US)
        batch.add_readings([a_reading(NOON_US + 1), a_reading(NOON_US + 2)])
        batch._steps.append(lambda connection: os._exit(9))
        batch.commit()
    """
    died = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False, cwd=Path.cwd())

    writer = file_store.writer()
    written = put(writer, a_reading(), a_reading(NOON_US + 1), a_reading(NOON_US + 2))
    writer.close()

    assert died.returncode == 9
    assert (written.stored, written.duplicates) == (2, 1)
    assert rows(file_store, "SELECT n FROM rollup_hour") == [(3,)]


@pytest.mark.faults
def test_a_full_disk_is_a_store_error_that_says_what_to_do(tmp_path: Path, file_store: Store) -> None:
    """Nothing is kept of the batch, and the next one is stored when there is room again."""
    writer = file_store.writer()
    put(writer, a_reading())
    driver = writer._ledger._writing.connection.driver_connection
    pages = driver.execute("PRAGMA page_count").fetchone()[0]
    driver.execute(f"PRAGMA max_page_count={pages + 2}")
    many = [a_reading(asset_id=f"n-{number}") for number in range(2_000)]

    with pytest.raises(StoreError, match="free space on the disk"):
        put(writer, *many)
    driver.execute("PRAGMA max_page_count=1000000")
    written = put(writer, *many)
    writer.close()

    assert (written.stored, written.duplicates) == (1_999, 1)


@pytest.mark.faults
def test_a_store_held_by_another_is_a_store_error_that_says_so(tmp_path: Path, file_store: Store) -> None:
    """After the time-out; what was not stored is not believed to be stored."""
    writer = file_store.writer()
    writer._ledger._writing.connection.driver_connection.execute("PRAGMA busy_timeout=10")
    holder = sqlite.connect(tmp_path / "street.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="second ingest"):
        put(writer, a_reading())
    holder.execute("ROLLBACK")
    holder.close()
    written = put(writer, a_reading())
    writer.close()

    assert written.stored == 1


def test_sequences_have_no_gaps(writer: Writer) -> None:
    """A failed batch takes no number: a reader would think that it missed something."""
    first = put(writer, a_reading()).seq
    batch = writer.begin(NOON_US)
    batch.raise_alarm(an_alarm(severity=1))
    with pytest.raises(StoreError):
        batch.commit()

    second = put(writer, a_reading(NOON_US + minutes(1))).seq

    assert second == first + 1


def test_since_when_it_was_listened_is_remembered(writer: Writer) -> None:
    """Nobody may be called silent over a time when nobody listened, also after a restart."""
    before = writer.listening_since()
    batch = writer.begin(NOON_US)
    batch.note_listening(NOON_US - 5)
    batch.commit()

    assert (before, writer.listening_since()) == (0, NOON_US - 5)
