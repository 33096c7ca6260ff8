"""Retention: only what is past its age, only a chunk at a time, and counts stay true."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from street.clock import DAY_US, HOUR_US
from street.store import Arrival, Reader, Store, WaitingMessage, Writer
from tests.street.store.makers import KEEPER, NOON_US, a_letter, a_reading, minutes, put, rows


@dataclass(frozen=True)
class Limits:
    """Short limits; the real ones are config.retention."""

    readings_days: int = 2
    minutes_days: int = 4
    hours_days: int = 8
    dead_letters_days: int = 1
    snapshots_days: int = 1
    changes_hours: int = 1
    chunk_rows: int = 10


def test_readings_go_in_chunks_and_rollups_stay(store: Store, writer: Writer) -> None:
    """Each call holds the write lock for one chunk only."""
    put(writer, *(a_reading(NOON_US + minutes(number)) for number in range(25)), a_reading(NOON_US + 3 * DAY_US))
    now_us = NOON_US + 3 * DAY_US

    removed = [writer.purge(now_us, Limits()) for _ in range(4)]

    assert removed == [10, 10, 5, 0]
    assert rows(store, "SELECT count(*) FROM readings") == [(1,)]
    assert rows(store, "SELECT sum(n) FROM rollup_minute") == [(26,)]
    assert rows(store, "SELECT sum(n) FROM rollup_hour") == [(26,)]


def test_a_reading_that_was_purged_and_comes_again_is_not_counted_twice(store: Store, writer: Writer) -> None:
    """Its rollups outlive it; a device may still repeat it."""
    put(writer, a_reading(), a_reading(NOON_US + 3 * DAY_US))
    writer.purge(NOON_US + 3 * DAY_US, Limits())

    put(writer, a_reading())

    assert rows(store, "SELECT sum(n) FROM rollup_hour") == [(2,)]


def test_rollups_go_at_their_own_age(store: Store, writer: Writer) -> None:
    """Minutes before hours."""
    put(writer, a_reading(), a_reading(NOON_US + 20 * DAY_US))

    writer.purge(NOON_US + 5 * DAY_US, Limits())
    middle = rows(store, "SELECT (SELECT count(*) FROM rollup_minute), (SELECT count(*) FROM rollup_hour)")
    writer.purge(NOON_US + 9 * DAY_US, Limits())
    end = rows(store, "SELECT (SELECT count(*) FROM rollup_hour), (SELECT count(*) FROM rollup_area_hour)")

    assert (middle, end) == ([(1, 2)], [(1, 1)])


def test_changes_go_and_sequences_go_on(reader: Reader, writer: Writer) -> None:
    """A reader that is too far behind is told so, and numbers are not used again."""
    for hour in range(4):
        put(writer, a_reading(NOON_US + hour), received_us=NOON_US + hour * HOUR_US)
    writer.purge(NOON_US + 100 * HOUR_US, Limits())

    after = put(writer, a_reading(NOON_US + 99), received_us=NOON_US + 100 * HOUR_US)

    assert after.seq == 5
    assert reader.changes_since(1) is None
    assert [change.seq for change in reader.changes_since(3) or []] == [4, 5]


def test_letters_and_stills_go_and_counts_stay(reader: Reader, writer: Writer) -> None:
    """How often something was refused outlives the bytes."""
    batch = writer.begin(NOON_US)
    batch.add_dead_letter(a_letter())
    batch.add_snapshot("c-1", NOON_US, b"jpeg")
    batch.commit()

    writer.purge(NOON_US + 2 * DAY_US, Limits())

    assert reader.snapshot("c-1") is None
    assert [(group.letters, group.kept) for group in reader.dead_letter_groups()] == [(1, 0)]


@pytest.mark.parametrize("step_days", [3_650, 30, -1, -20_000])
def test_a_clock_that_steps_far_removes_nothing(store: Store, writer: Writer, step_days: int) -> None:
    """F48, F49: ten years on, or back to 1970, however often it is tried."""
    put(writer, a_reading(), received_us=NOON_US)
    writer.purge(NOON_US + DAY_US, Limits())

    removed = [writer.purge(NOON_US + (1 + step_days) * DAY_US, Limits()) for _ in range(5)]

    assert removed == [0] * 5
    assert rows(store, "SELECT count(*) FROM readings") == [(1,)]


def test_a_clock_that_is_set_right_again_purges_again(store: Store, writer: Writer) -> None:
    """The wrong time leaves no trace that would stop purging for years."""
    put(writer, a_reading(), received_us=NOON_US)
    writer.purge(NOON_US + DAY_US, Limits())
    writer.purge(NOON_US + 3_650 * DAY_US, Limits())

    removed = writer.purge(NOON_US + 3 * DAY_US, Limits())

    assert removed > 0


def test_a_store_that_was_never_purged_believes_its_newest_commit(store: Store, writer: Writer) -> None:
    """A machine whose clock says 1970 at its first start."""
    put(writer, a_reading(), received_us=NOON_US)

    assert writer.purge(NOON_US + 3_650 * DAY_US, Limits()) == 0
    assert writer.purge(DAY_US, Limits()) == 0


def test_a_still_that_went_is_not_left_in_the_file(file_store: Store, tmp_path: Path) -> None:
    """Deleted pages of SQLite can be read from the file, unless they are overwritten."""
    writer = file_store.writer()
    batch = writer.begin(NOON_US)
    batch.add_snapshot("c-1", NOON_US, b"somebody's face" * 2_000)
    batch.add_dead_letter(a_letter(payload=b"13812345678"))
    batch.commit()

    writer.purge(NOON_US + 2 * DAY_US, Limits())
    with file_store._write_engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    writer.close()

    assert b"somebody's face" not in (tmp_path / "street.db").read_bytes()
    assert b"13812345678" not in (tmp_path / "street.db").read_bytes()


def test_newcomers_that_fell_silent_leave_and_ignored_ones_stay(store: Store, writer: Writer) -> None:
    """What they said goes at the age of dead letters; who speaks on stays, with what is new."""
    for at_us in (NOON_US, NOON_US + 2 * DAY_US):
        batch = writer.begin(at_us)
        said = WaitingMessage(at_us, "street/x/telemetry", b"{}", retain=False)
        for device_id in ("silent", "ignored") if at_us == NOON_US else ():
            batch.keep_waiting(Arrival("native", device_id, said))
        batch.keep_waiting(Arrival("native", "alive", said))
        batch.commit()
    ignored = next(it for it in store.newcomers().all() if it.device_id == "ignored")
    store.newcomers().ignore(ignored.newcomer_id, by=KEEPER)

    writer.purge(NOON_US + 2 * DAY_US, Limits())

    assert {it.device_id: it.kept for it in store.newcomers().all()} == {"alive": 1, "ignored": 0}
