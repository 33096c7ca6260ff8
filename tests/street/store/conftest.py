"""Real stores: SQLite in a folder of the test's own, and PostgreSQL too where a server is named.

STREET_TEST_POSTGRES=postgresql+psycopg://user:password@127.0.0.1/postgres pytest tests/street/store
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, make_url

from street.store import Reader, Store, Writer, open_store
from tests.street.store.makers import KEY, NOON_US, Now

SERVER = os.environ.get("STREET_TEST_POSTGRES", "")
EMPTY = f"street_empty_{os.getpid()}"  # what new databases are copied from; each worker has its own


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an empty store that was migrated once, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "street.db"
    open_store(f"sqlite:///{path}", lambda: NOON_US).close()
    return path


@pytest.fixture(scope="session")
def server() -> Iterator[Connection]:
    """Give the server where the suite may make databases, with an empty store there, to be copied."""
    if not SERVER:
        pytest.skip("STREET_TEST_POSTGRES names no server")
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {EMPTY}")
        connection.exec_driver_sql(f"CREATE DATABASE {EMPTY}")
        open_store(server_url(EMPTY), lambda: NOON_US).close()
        yield connection
        connection.exec_driver_sql(f"DROP DATABASE {EMPTY}")
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty store on each engine."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "street.db")
        yield f"sqlite:///{tmp_path}/street.db"
        return
    connection: Connection = request.getfixturevalue("server")
    name = f"street_{uuid.uuid4().hex}"
    connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {EMPTY}")
    yield server_url(name)
    connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def server_url(database: str) -> str:
    """Return the URL of one database on the server."""
    return make_url(SERVER).set(database=database).render_as_string(hide_password=False)


@pytest.fixture
def now() -> Now:
    """Give the store's clock: noon, until the test sets it."""
    return Now()


@pytest.fixture
def store(url: str, now: Now) -> Iterator[Store]:
    """Give an empty store on each engine."""
    opened = open_store(url, now, audit_key=KEY)
    yield opened
    opened.close()


@pytest.fixture
def file_store(empty_file: Path, tmp_path: Path, now: Now) -> Iterator[Store]:
    """Give an empty store on SQLite, for promises that only a file makes."""
    shutil.copy(empty_file, tmp_path / "street.db")
    opened = open_store(f"sqlite:///{tmp_path}/street.db", now, audit_key=KEY)
    yield opened
    opened.close()


@pytest.fixture
def writer(store: Store) -> Iterator[Writer]:
    """Give the store's writer."""
    opened = store.writer()
    yield opened
    opened.close()


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    """Give a reader of the store."""
    opened = store.reader()
    yield opened
    opened.close()
