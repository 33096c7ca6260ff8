"""What one batch promises: exactly once, in any order, all or nothing."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from street.assets import Asset
from street.clock import HOUR_US, MINUTE_US
from street.errors import StoreError
from street.readings import Flag
from street.store import Reader, Store, Writer, open_store
from street.store.batch import SERIES_OF_ASSET
from tests.street.store.makers import NOON_US, a_letter, a_reading, an_alarm, an_incident, minutes, put, rows


def test_the_same_reading_twice_is_one_row(store: Store, writer: Writer) -> None:
    """A broker may send again what it sent; the second is counted and nothing else."""
    first = put(writer, a_reading(value=60.0))

    again = put(writer, a_reading(value=99.0))

    assert (first.stored, first.duplicates) == (1, 0)
    assert (again.stored, again.duplicates) == (0, 1)
    assert rows(store, "SELECT value FROM readings") == [(60.0,)]
    assert rows(store, "SELECT n, total FROM rollup_minute") == [(1, 60.0)]


def test_an_asset_has_a_bounded_number_of_series(store: Store, writer: Writer) -> None:
    """A device that makes up names would fill memory and disk; what it measured before goes on."""
    put(writer, *(a_reading(quantity=f"q{number}") for number in range(SERIES_OF_ASSET - 1)))
    batch = writer.begin(NOON_US)
    one_more, beyond, known = (a_reading(NOON_US + 1, quantity=name) for name in ("last", "beyond", "q0"))
    neighbour = a_reading(asset_id="n-2", quantity="beyond")

    fresh = batch.add_readings([one_more, beyond, known, neighbour])
    written = batch.commit()

    assert (fresh, batch.refused) == ([one_more, known, neighbour], [beyond])
    assert written.stored == 3
    assert rows(store, "SELECT count(*) FROM series WHERE asset_id = 'n-1'") == [(SERIES_OF_ASSET,)]


def test_the_bound_of_series_holds_after_a_restart(store: Store, writer: Writer) -> None:
    """Who restarts it gives no room for more."""
    put(writer, *(a_reading(quantity=f"q{number}") for number in range(SERIES_OF_ASSET)))
    reborn = store.writer()

    batch = reborn.begin(NOON_US)
    batch.add_readings([a_reading(quantity="beyond")])
    reborn.close()

    assert [reading.quantity for reading in batch.refused] == ["beyond"]


def test_duplicates_inside_one_batch_are_found(store: Store, writer: Writer) -> None:
    """A redelivery can come in the same breath; rules must not see it twice."""
    batch = writer.begin(NOON_US)
    fresh = batch.add_readings([a_reading(), a_reading(), a_reading(at_us=NOON_US + 1)])
    fresh += batch.add_readings([a_reading(at_us=NOON_US + 1)])
    written = batch.commit()

    assert fresh == [a_reading(), a_reading(at_us=NOON_US + 1)]
    assert (written.stored, written.duplicates) == (2, 2)
    assert rows(store, "SELECT count(*) FROM readings") == [(2,)]


def test_duplicates_are_found_after_a_restart(store: Store, writer: Writer) -> None:
    """What the writer knew by heart is read again."""
    put(writer, a_reading(), a_reading(at_us=NOON_US + minutes(1)))
    reborn = store.writer()

    written = put(reborn, a_reading(), a_reading(at_us=NOON_US + minutes(1)), a_reading(at_us=NOON_US + 7))
    reborn.close()

    assert (written.stored, written.duplicates) == (1, 2)


def test_a_late_reading_corrects_its_hour_and_not_the_live_value(reader: Reader, store: Store, writer: Writer) -> None:
    """Order never matters to counts; the wall shows the newest."""
    put(writer, a_reading(at_us=NOON_US, value=50.0))
    put(writer, a_reading(at_us=NOON_US + HOUR_US, value=70.0))

    put(writer, a_reading(at_us=NOON_US + minutes(10), value=90.0, flags=int(Flag.LATE)))

    hours = "SELECT n, low, high, total, last FROM rollup_hour ORDER BY hour"
    assert rows(store, hours) == [(2, 50.0, 90.0, 140.0, 90.0), (1, 70.0, 70.0, 70.0, 70.0)]
    assert [live.value for live in reader.latest()] == [70.0]


@pytest.mark.parametrize("flag", [Flag.IMPLAUSIBLE, Flag.MISSING, Flag.SIMULATED])
def test_what_must_not_count_is_kept_out_of_rollups(store: Store, writer: Writer, flag: Flag) -> None:
    """A person can still see it; averages cannot."""
    value = None if flag is Flag.MISSING else 999.0

    put(writer, a_reading(value=value, flags=flag), a_reading(at_us=NOON_US + 1, value=60.0))

    assert rows(store, "SELECT value, flags FROM readings ORDER BY at_us") == [(value, int(flag)), (60.0, 0)]
    assert rows(store, "SELECT n, high FROM rollup_minute") == [(1, 60.0)]
    assert rows(store, "SELECT n, high FROM rollup_area_hour") == [(1, 60.0)]


def test_history_never_moves_the_live_value(reader: Reader, store: Store, writer: Writer) -> None:
    """Not even where nothing live is known; it does enter the rollups of its time."""
    put(writer, a_reading(flags=Flag.HISTORY))

    again = put(writer, a_reading(flags=Flag.HISTORY))

    assert reader.latest() == []
    assert writer.latest_at("n-1", "noise_laeq") is None
    assert again.duplicates == 1
    assert rows(store, "SELECT n FROM rollup_hour") == [(1,)]


def test_history_newer_than_the_live_value_is_still_found_again(store: Store, writer: Writer) -> None:
    """A clock that stepped back leaves such rows; also a restarted writer must not take their twins for new."""
    put(writer, a_reading(at_us=NOON_US + minutes(5), flags=Flag.HISTORY), a_reading())
    reborn = store.writer()

    written = put(reborn, a_reading(at_us=NOON_US + minutes(5)), a_reading(at_us=NOON_US + minutes(6)))
    reborn.close()

    assert (written.stored, written.duplicates) == (1, 1)
    assert rows(store, "SELECT sum(n) FROM rollup_hour") == [(3,)]


def test_areas_are_counted_where_the_asset_belongs(store: Store, writer: Writer) -> None:
    """Also for assets registered by another process while the writer runs, from its next batch on."""
    store.register_assets([Asset(asset_id="n-1", kind="noise", name="n", community_id="c7")])
    put(writer, a_reading(asset_id="unknown"))  # meets the change that somebody else wrote

    put(writer, a_reading(), a_reading(asset_id="n-2"))

    areas = "SELECT community_id, n FROM rollup_area_hour ORDER BY community_id"
    assert rows(store, areas) == [("", 2), ("c7", 1)]


def test_nothing_of_a_failed_batch_is_kept(reader: Reader, store: Store, writer: Writer) -> None:
    """Not a row, not a sequence, not a thing the writer believes."""
    before = reader.sequence()
    batch = writer.begin(NOON_US)
    batch.add_readings([a_reading()])
    batch.add_dead_letter(a_letter())
    batch.raise_alarm(an_alarm(severity=1, incident_id="rules/none"))
    with pytest.raises(StoreError):
        batch.commit()

    written = put(writer, a_reading())

    assert written.stored == 1
    assert reader.sequence() == before + 1
    assert rows(store, "SELECT count(*) FROM dead_letters") == [(0,)]
    assert rows(store, "SELECT n FROM rollup_minute") == [(1,)]


def test_a_batch_that_was_dropped_leaves_nothing_behind(store: Store, writer: Writer) -> None:
    """Ingest may give up on a batch without committing it."""
    writer.begin(NOON_US).add_readings([a_reading()])

    written = put(writer, a_reading())

    assert (written.stored, written.duplicates) == (1, 0)


def test_an_alarm_and_its_incident_are_both_there_or_neither(store: Store, writer: Writer) -> None:
    """The database itself refuses an alarm whose incident is missing, in whatever order they come."""
    batch = writer.begin(NOON_US)
    batch.raise_alarm(an_alarm(severity=1, incident_id="rules/a-1"))
    batch.report_incident(an_incident(alarm_id="a-1"))
    batch.commit()
    orphan = writer.begin(NOON_US)
    orphan.raise_alarm(an_alarm("a-2", severity=2, incident_id="rules/a-2"))

    with pytest.raises(StoreError):
        orphan.commit()

    assert rows(store, "SELECT alarm_id, incident_id FROM alarms") == [("a-1", "rules/a-1")]
    assert rows(store, "SELECT incident_id FROM incidents") == [("rules/a-1",)]


def test_a_severe_alarm_without_an_incident_is_refused(writer: Writer) -> None:
    """Somebody must deal with it."""
    batch = writer.begin(NOON_US)
    batch.raise_alarm(an_alarm(severity=2))

    with pytest.raises(StoreError, match="opens an incident"):
        batch.commit()


def test_a_body_says_what_moved(reader: Reader, writer: Writer) -> None:
    """What other processes learn of a commit; keys without content are left out."""
    batch = writer.begin(NOON_US)
    batch.add_readings([a_reading(value=1.5), a_reading(NOON_US + 9, None, flags=Flag.MISSING)])
    batch.set_availability("n-1", online=False, at_us=NOON_US)
    batch.raise_alarm(an_alarm())
    batch.report_incident(an_incident())
    batch.beat(NOON_US, link=True, link_since_us=NOON_US - 5)
    seq = batch.commit().seq

    changes = reader.changes_since(seq - 1)

    assert changes is not None
    assert changes[0].body == {
        "s": [[1, "n-1", "noise_laeq", "dB(A)"]],
        "r": [[1, NOON_US + 9, None, int(Flag.MISSING)]],
        "o": [["n-1", 0, NOON_US]],
        "al": ["a-1"],
        "i": ["rules/a-1"],
        "h": [NOON_US, 1, NOON_US - 5],
    }


def test_what_did_not_move_is_not_told(reader: Reader, writer: Writer) -> None:
    """Clearing what is not active and recovering what is not there are no news."""
    batch = writer.begin(NOON_US)
    batch.clear_alarm("nobody", NOON_US, None)
    batch.recover_incident("nothing", NOON_US)
    batch.beat(NOON_US, link=True, link_since_us=NOON_US)
    seq = batch.commit().seq

    changes = reader.changes_since(seq - 1)

    assert changes is not None
    assert set(changes[0].body) == {"h"}


def test_an_empty_batch_writes_nothing(reader: Reader, writer: Writer) -> None:
    """Duplicates alone are no change."""
    seq = put(writer, a_reading()).seq
    reader.has_changed()

    written = put(writer, a_reading())

    assert written == (seq, 0, 1)
    assert not reader.has_changed()


def test_availability_only_moves_forward(reader: Reader, writer: Writer) -> None:
    """A retained status that comes late does not undo a newer one."""
    batch = writer.begin(NOON_US)
    batch.set_availability("n-1", online=True, at_us=NOON_US)
    batch.set_availability("n-1", online=False, at_us=NOON_US - 1)
    batch.commit()
    batch = writer.begin(NOON_US)
    batch.set_availability("n-1", online=False, at_us=NOON_US - 2)
    batch.commit()

    assert reader.availability() == {"n-1": (True, NOON_US)}


def test_a_value_that_is_no_number_is_refused(store: Store, writer: Writer) -> None:
    """NaN would silently become NULL on one engine and spoil sums on the other."""
    batch = writer.begin(NOON_US)
    batch.add_readings([a_reading(value=float("nan"))])

    with pytest.raises(StoreError, match="not a finite number"):
        batch.commit()

    assert rows(store, "SELECT count(*) FROM readings") == [(0,)]


def test_strict_tables_refuse_text_for_a_number(store: Store, writer: Writer) -> None:
    """Without STRICT, SQLite would keep 'warm' in a column of temperatures."""
    batch = writer.begin(NOON_US)
    batch.add_readings([a_reading(value="warm", flags=Flag.IMPLAUSIBLE)])

    with pytest.raises(StoreError):
        batch.commit()

    assert rows(store, "SELECT count(*) FROM readings") == [(0,)]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_rollups_agree_with_readings_whatever_the_order(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Any mixture of late, repeated and uncounted readings, in any batches: the sums are those of the rows."""
    dice = random.Random(seed)
    whole = [
        a_reading(
            NOON_US + dice.randrange(5) * MINUTE_US * 29 + dice.randrange(50),
            float(dice.randrange(100)),
            asset_id=f"n-{dice.randrange(3)}",
            flags=dice.choice([0, 0, 0, int(Flag.LATE), int(Flag.IMPLAUSIBLE), int(Flag.HISTORY)]),
        )
        for _ in range(120)
    ]
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('any')}/street.db", lambda: NOON_US)
    writer = store.writer()
    while whole:
        some = dice.randrange(1, 30)
        put(writer, *whole[:some])
        if dice.random() < 0.2:
            writer.close()
            writer = store.writer()
        whole = whole[some:]
    writer.close()

    for unit, table in ((MINUTE_US, "rollup_minute"), (HOUR_US, "rollup_hour")):
        name = table.removeprefix("rollup_")
        truth = rows(
            store,
            f"SELECT at_us / {unit}, series_id, count(*), min(value), max(value), sum(value), max(at_us) FROM readings"
            f" WHERE flags & {int(Flag.IMPLAUSIBLE)} = 0 GROUP BY 1, 2 ORDER BY 1, 2",
        )
        kept = f"SELECT {name}, series_id, n, low, high, total, last_us FROM {table} ORDER BY 1, 2"
        assert rows(store, kept) == truth
    store.close()


@pytest.mark.parametrize(
    ("ahead_us", "flags", "expected_us"),
    [
        pytest.param(0, 0, NOON_US, id="its own instant"),
        pytest.param(90_000_000, 0, NOON_US + 1_000_000, id="never after its arrival"),
        pytest.param(-3_600_000_000, Flag.CLOCK_SKEW, NOON_US + 1_000_000, id="its arrival, where its clock is wrong"),
    ],
)
def test_a_change_says_from_when_the_age_counts(
    writer: Writer, reader: Reader, ahead_us: int, flags: int, expected_us: int
) -> None:
    """A screen must not think a value young because its source's clock is fast."""
    put(writer, a_reading(NOON_US + ahead_us, received_us=NOON_US + 1_000_000, flags=int(flags)))

    [change] = reader.changes_since(0) or []
    assert change.body["r"][0][1] == expected_us
