"""How the engines are opened, and what is refused."""

from pathlib import Path

import pytest

from street.errors import StoreError
from street.store import Store, open_store
from street.store.engine import check_sqlite_version, parse_url
from tests.street.store.makers import NOON_US


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_a_sqlite_that_can_damage_a_file_is_refused(version: tuple[int, ...]) -> None:
    """Two processes share the file; older ones can lose a reset of the log."""
    with pytest.raises(StoreError, match=r"install pysqlite3 with 3\.51\.3"):
        check_sqlite_version(version)


def test_the_sqlite_we_have_is_new_enough() -> None:
    """The exact one that has the repair, and whatever comes later."""
    check_sqlite_version((3, 51, 3))
    check_sqlite_version((4, 0, 0))


@pytest.mark.parametrize("text", ["street.db", "mysql://x/y", "sqlite://", "sqlite:///:memory:", ""])
def test_a_url_that_is_no_store_is_refused(text: str) -> None:
    """With the form that is expected."""
    with pytest.raises(StoreError, match=r"store\.url: expected"):
        parse_url(text)


def test_postgresql_gets_its_driver() -> None:
    """People write what they know."""
    assert parse_url("postgresql://u@h/d").drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("trusted_schema", 0), ("busy_timeout", 5000)],
)
def test_both_kinds_of_connection_are_safe(file_store: Store, pragma: str, expected: object) -> None:
    """FULL is what makes an acknowledged reading survive a power cut."""
    for engine in (file_store._read_engine, file_store._write_engine):
        with engine.connect() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == expected


def test_folders_are_made(tmp_path: Path) -> None:
    """The first start of a demo has none."""
    open_store(f"sqlite:///{tmp_path}/a/b/street.db", lambda: NOON_US).close()

    assert (tmp_path / "a/b/street.db").exists()


def test_a_file_that_is_no_database_is_a_store_error(tmp_path: Path) -> None:
    """Which says where to look."""
    (tmp_path / "street.db").write_text("not a database, but long enough to look like one" * 100)

    with pytest.raises(StoreError, match=r"check store\.url"):
        open_store(f"sqlite:///{tmp_path}/street.db", lambda: NOON_US)
