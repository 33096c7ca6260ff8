"""A street that is kept: a configuration in a folder of its own, over a store on each engine."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import create_engine, func, select

from street.config import Config, load
from street.keys import load_keys
from street.people import Actor, Grant, Person, Role
from street.store import Store, migrate, open_store, schema
from street.store.engine import open_engine, parse_url
from tests.street.store.conftest import SERVER, server_url
from tests.street.store.makers import NOON_US, a_reading, put


@pytest.fixture(params=["sqlite", "postgresql"])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    """Give a configuration whose store does not exist yet, on each engine."""
    if request.param == "sqlite":
        yield configured(tmp_path, "sqlite:///store/street.db")
        return
    if not SERVER:
        pytest.skip("STREET_TEST_POSTGRES names no server")
    name = f"kept_{uuid.uuid4().hex[:12]}"
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield configured(tmp_path, server_url(name))
        like = f"SELECT datname FROM pg_database WHERE datname LIKE '{name}%%'"
        for (made,) in connection.exec_driver_sql(like).all():
            connection.exec_driver_sql(f"DROP DATABASE {made} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def file_config(tmp_path: Path) -> Config:
    """Give a configuration whose store will be a file, for what only a file can promise."""
    return configured(tmp_path, "sqlite:///store/street.db")


@pytest.fixture
def clock() -> Callable[[], int]:
    """Give a clock that moves a second each time it is asked."""
    now_us = NOON_US

    def tick() -> int:
        nonlocal now_us
        now_us += 1_000_000
        return now_us

    return tick


def configured(folder: Path, url: str) -> Config:
    """Return the configuration of a street in *folder*."""
    path = folder / "config.yaml"
    path.write_text(f"store:\n  url: {url}\npeople:\n  keys_file: secret/keys.json\n", encoding="utf-8")
    return load(path, {})


def opened(config: Config) -> Store:
    """Return the configured store, open."""
    return open_store(config.store.url, lambda: NOON_US, audit_key=load_keys(config.people.keys_file).audit)


def lived(config: Config, *, readings: int = 10) -> None:
    """Let the store have a few readings and one person with a session, and close it."""
    store = opened(config)
    add(store, readings)
    by = Actor.system("test")
    person = Person(person_id="", login="wei", name="魏", grants=(Grant(Role.ADMIN, "370202007"),))
    added = store.people().add(person, password_hash=None, by=by)
    store.sessions().begin(added.person_id, kind="person", address="", name="", lasts_us=10**12, by=by)
    store.close()


def add(store: Store, readings: int) -> None:
    """Store so many readings more."""
    writer = store.writer()
    before = count(store)
    put(writer, *[a_reading(NOON_US + (before + number) * 1000) for number in range(readings)])
    writer.close()


def count(store: Store) -> int:
    """Return how many readings the store has."""
    reader = store.reader()
    ((found,),) = reader.rows(select(func.count()).select_from(schema.readings))
    reader.close()
    return int(found)


def an_old_store(config: Config, revision: str = "0001") -> None:
    """Make the store of a program that knew only the migrations up to *revision*, with a reading in it."""
    engine = open_engine(parse_url(config.store.url), writes=True)
    with engine.begin() as connection:
        alembic = AlembicConfig()
        alembic.set_main_option("script_location", str(migrate._FOLDER))
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, revision)
        series = {"series_id": 1, "asset_id": "n-1", "quantity": "noise_laeq"}
        connection.execute(schema.series.insert(), series)
        reading = {
            "minute": 1,
            "series_id": 1,
            "at_us": 60_000_000,
            "received_us": 60_000_000,
            "value": 1.0,
            "flags": 0,
        }
        connection.execute(schema.readings.insert(), reading)
    engine.dispose()


def revision_of(config: Config) -> str | None:
    """Return the newest migration that the store has seen."""
    engine = open_engine(parse_url(config.store.url), writes=False)
    with engine.connect() as connection:
        found = migrate.revision(connection)
    engine.dispose()
    return found
