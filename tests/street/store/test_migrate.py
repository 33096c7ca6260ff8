"""Stores are brought up to date when they are opened, once, by whoever comes first."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from street.assets import Asset
from street.errors import StoreError
from street.store import Store, migrate, open_store, schema
from street.store.engine import open_engine, parse_url
from tests.street.store.makers import NOON_US, rows


def test_migrations_make_the_tables_of_the_schema(store: Store) -> None:
    """On both engines, to the last column and index."""
    with store._read_engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), schema.metadata)

    assert differences == []


def test_every_table_is_strict(file_store: Store) -> None:
    """A table made by a later migration must not forget it."""
    found = rows(file_store, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0")

    assert {name for (name,) in found} == {"alembic_version", "sqlite_schema"}


def test_the_newest_migration_is_known_without_asking(tmp_path: Path) -> None:
    """Otherwise every start would import Alembic for nothing."""
    scripts = ScriptDirectory(str(migrate._FOLDER))

    assert scripts.get_current_head() == migrate.HEAD


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    """And keeps the epoch."""
    url = f"sqlite:///{tmp_path}/street.db"
    epochs = []
    for _ in range(2):
        store = open_store(url, lambda: NOON_US)
        epochs.append(rows(store, "SELECT value FROM marks WHERE name = 'epoch'"))
        store.close()

    assert epochs[0] == epochs[1]


def test_a_store_of_a_newer_program_is_refused(store: Store, url: str) -> None:
    """Nothing in it is touched."""
    with store._write_engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreError, match="newer program"):
        open_store(url, lambda: NOON_US)

    assert rows(store, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_two_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    """Ingest and dashboard start together on the first day."""
    program = f"from street.store import open_store; open_store('sqlite:///{tmp_path}/street.db', lambda: 0)"
    both = [subprocess.Popen([sys.executable, "-c", program], cwd=Path.cwd()) for _ in range(2)]

    assert [each.wait(60) for each in both] == [0, 0]


def test_assets_of_the_first_tables_are_kept(tmp_path: Path) -> None:
    """What they could not say then, nobody has said."""
    url = f"sqlite:///{tmp_path}/street.db"
    engine = open_engine(parse_url(url), writes=True)
    config = Config()
    config.set_main_option("script_location", str(migrate._FOLDER))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO assets "
            "VALUES ('SL-1', 'streetlight', '灯', 120.3, 36.0, '', '', '', '', '', 'native', '', 60, 0)"
        )
    engine.dispose()

    store = open_store(url, lambda: NOON_US)

    assert store.reader().assets() == [
        Asset(asset_id="SL-1", kind="streetlight", name="灯", lon=120.3, lat=36.0, interval_s=60.0)
    ]
