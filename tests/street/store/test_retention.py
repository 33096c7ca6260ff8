"""Retention: only what is past its age, only a chunk at a time, and counts stay true."""

from dataclasses import dataclass

from street.clock import DAY_US, HOUR_US
from street.store import Arrival, Reader, Store, WaitingMessage, Writer
from tests.street.store.makers import NOON_US, a_letter, a_reading, minutes, put, rows


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
    store.newcomers().ignore(ignored.newcomer_id)

    writer.purge(NOON_US + 2 * DAY_US, Limits())

    assert {it.device_id: it.kept for it in store.newcomers().all()} == {"alive": 1, "ignored": 0}
