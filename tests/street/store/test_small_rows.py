"""Snapshots: the newest few of each camera."""

from street.store import Reader, Store, Writer
from street.store.small_rows import SNAPSHOTS_KEPT
from tests.street.store.makers import NOON_US, rows


def test_only_the_newest_stills_are_kept(store: Store, reader: Reader, writer: Writer) -> None:
    """Per camera; one that comes late is not the newest."""
    for number in range(SNAPSHOTS_KEPT + 5):
        batch = writer.begin(NOON_US)
        batch.add_snapshot("c-1", NOON_US + number, b"%d" % number)
        batch.add_snapshot("c-2", NOON_US, b"once")
        batch.commit()
    late = writer.begin(NOON_US)
    late.add_snapshot("c-1", NOON_US, b"late")
    late.commit()

    assert reader.snapshot("c-1") == (NOON_US + SNAPSHOTS_KEPT + 4, b"%d" % (SNAPSHOTS_KEPT + 4))
    assert reader.snapshot("c-2") == (NOON_US, b"once")
    counts = "SELECT asset_id, count(*), min(at_us) FROM snapshots GROUP BY 1 ORDER BY 1"
    assert rows(store, counts) == [("c-1", SNAPSHOTS_KEPT, NOON_US + 5), ("c-2", 1, NOON_US)]


def test_a_still_is_found_by_its_instant(reader: Reader, writer: Writer) -> None:
    """Who revealed one picture sees that one, not the next."""
    batch = writer.begin(NOON_US)
    batch.add_snapshot("c-1", NOON_US, b"first")
    batch.add_snapshot("c-1", NOON_US + 1, b"second")
    batch.commit()

    assert reader.snapshot("c-1", NOON_US) == (NOON_US, b"first")
    assert reader.snapshot("c-1", NOON_US + 2) is None
    assert reader.snapshot("c-2", NOON_US) is None
