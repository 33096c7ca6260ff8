"""A copy is one state of the store, proven to be whole; what takes its place knows that it did."""

from collections.abc import Callable
from pathlib import Path

import pytest

from street.errors import StoreError
from street.people import Actor
from street.store import Store, copies, migrate, open_store
from street.store.audit_chain import Entry, Head
from tests.street.store.makers import NOON_US, a_reading, put, rows

KEY = b"k" * 32


def with_readings(url: str, number: int) -> Store:
    """Return the store at *url*, open, with so many readings and one entry in its audit."""
    store = open_store(url, lambda: NOON_US, audit_key=KEY)
    writer = store.writer()
    put(writer, *[a_reading(NOON_US + it * 1000) for it in range(number)])
    writer.close()
    store.audit().add([Entry(NOON_US, "test", "store", "done", Actor.system("test"))])
    return store


def test_facts_are_what_is_there(url: str) -> None:
    """On both engines the same."""
    store = with_readings(url, 3)

    found = copies.examine(url, KEY)

    assert (found.revision, found.sequence, found.rows["readings"], found.audit.entry_no) == (migrate.HEAD, 1, 3, 1)
    assert found.newest_us == NOON_US + 2_000 + 1_000_000
    store.close()


def test_examining_leaves_nothing_open(url: str) -> None:
    """The store can be put aside afterwards."""
    with_readings(url, 1).close()

    copies.examine(url, KEY)

    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        copies.settle(path)
        log = path.with_name(f"{path.name}-wal")
        assert not log.exists() or log.stat().st_size == 0


@pytest.mark.parametrize(
    ("key", "noted", "why"),
    [
        pytest.param(b"x" * 32, (), "entry 1: changed", id="another key"),
        pytest.param(KEY, (Head(5, "0" * 64),), "entry 2: cut", id="a noted end that is not there"),
        pytest.param(KEY, (Head(1, "0" * 64),), "entry 1: forked", id="a noted end that is another"),
    ],
)
def test_an_audit_that_does_not_verify_is_told(url: str, key: bytes, noted: tuple[Head, ...], why: str) -> None:
    """Where, and why."""
    with_readings(url, 1).close()

    with pytest.raises(StoreError, match=f"the audit does not verify: {why}"):
        copies.examine(url, key, noted)


def test_a_newer_store_is_not_examined(url: str) -> None:
    """Its tables mean what we do not know."""
    store = with_readings(url, 1)
    with store._write_engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreError, match="newer program"):
        copies.examine(url, KEY)
    store.close()


def test_a_copy_is_of_one_moment(file_store: Store, url_of_file: str, tmp_path: Path) -> None:
    """What is committed between two steps is not in it, and does not make it begin anew."""
    writer = file_store.writer()
    put(writer, *[a_reading(NOON_US + it * 1000) for it in range(2_000)])
    steps: list[float] = []

    def commit(share: float) -> None:
        steps.append(share)
        put(writer, a_reading(NOON_US + (5_000 + len(steps)) * 1000))

    copies.PAGES_A_STEP, before = 5, copies.PAGES_A_STEP  # type: ignore[misc] # small steps: many commits between
    try:
        copies.copy_file(url_of_file, tmp_path / "copy.db", commit)
    finally:
        copies.PAGES_A_STEP = before  # type: ignore[misc] # as above

    assert len(steps) > 5
    assert steps == sorted(steps)
    assert steps[-1] == 1
    assert copies.examine(f"sqlite:///{tmp_path}/copy.db", KEY).rows["readings"] == 2_000
    assert rows(file_store, "SELECT count(*) FROM readings") == [(2_000 + len(steps),)]
    writer.close()


def test_a_copy_never_goes_over_another_file(file_store: Store, url_of_file: str, tmp_path: Path) -> None:
    """It may be a store."""
    (tmp_path / "copy.db").write_text("precious", encoding="utf-8")

    with pytest.raises(StoreError, match="is there already"):
        copies.copy_file(url_of_file, tmp_path / "copy.db", lambda _share: None)

    assert (tmp_path / "copy.db").read_text(encoding="utf-8") == "precious"


def test_a_copy_is_its_owners_alone(file_store: Store, url_of_file: str, tmp_path: Path) -> None:
    """It holds what the store holds."""
    copies.copy_file(url_of_file, tmp_path / "copy.db", lambda _share: None)

    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b"x" * 8192), id="another file"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-20_000]), id="cut off"),
        pytest.param(lambda path: _overwrite(path, 60_000, b"\xff" * 12_000), id="pages overwritten"),
        pytest.param(lambda path: path.write_bytes(b""), id="nothing"),
    ],
)
def test_damage_is_found(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    """Whichever; and it costs one sentence."""
    with_readings(f"sqlite:///{tmp_path}/street.db", 2_000).close()
    spoil(tmp_path / "street.db")

    with pytest.raises(StoreError):
        copies.examine(f"sqlite:///{tmp_path}/street.db", KEY)


def test_a_file_that_is_settled_is_one_file(tmp_path: Path) -> None:
    """It can be renamed without its log."""
    with_readings(f"sqlite:///{tmp_path}/street.db", 10).close()

    copies.settle(tmp_path / "street.db")

    assert sorted(it.name for it in tmp_path.iterdir()) == ["street.db"]


def test_a_file_in_use_is_not_settled(file_store: Store, tmp_path: Path) -> None:
    """One reader is enough."""
    reader = file_store.reader()
    reader.sequence()

    with pytest.raises(StoreError, match=r"street\.db is in use: stop ingest and dashboard first"):
        copies.settle(tmp_path / "street.db")

    reader.close()


def test_who_begins_anew_says_so(url: str) -> None:
    """In the audit, with the backup's name; the chain holds."""
    with_readings(url, 1).close()

    copies.begin_anew(url, NOON_US, KEY, "from sky-eye-1")

    store = open_store(url, lambda: NOON_US, audit_key=KEY)
    newest = store.audit().find(limit=1)[0].entry
    assert (newest.action, newest.reason, newest.by.login) == ("store.restore", "from sky-eye-1", "restore")
    assert store.audit().verify().ok
    store.close()


@pytest.fixture
def url_of_file(tmp_path: Path) -> str:
    """Give the URL of `file_store`."""
    return f"sqlite:///{tmp_path}/street.db"


def _overwrite(path: Path, at: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)
