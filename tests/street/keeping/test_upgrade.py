"""An upgrade has a way back, and killed at any statement it has happened or it has not."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from street.config import Config
from street.errors import StoreError
from street.keeping.backup import Wish, backups_in
from street.keeping.restore import restore
from street.keeping.upgrade import upgrade
from street.store import migrate
from street.store.engine import open_engine, parse_url
from tests.street.keeping.conftest import an_old_store, configured, count, lived, opened, revision_of
from tests.street.keeping.test_backup import quiet

ROOT = Path(__file__).resolve().parents[3]

# Upgrades copies of one old store, killed at statement 1, 2, 3 … until one is not killed; says what each is then.
KILLER = """
import json, os, shutil, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
import alembic.command, alembic.config, alembic.script
from street.store import copies, migrate
from street.store.engine import open_engine, parse_url
old, found, number, left = Path(sys.argv[1]), [], 0, 0

@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

while True:
    number += 1
    target = old.with_name(f"killed-{number}.db")
    shutil.copy(old, target)
    child = os.fork()
    if child == 0:
        left = number
        copies.bring_to_head(f"sqlite:///{target}")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    engine = open_engine(parse_url(f"sqlite:///{target}"), writes=False)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM readings").scalar()
        tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar()
        found.append([os.WIFSIGNALED(status), migrate.revision(connection), rows, tables])
    copies.bring_to_head(f"sqlite:///{target}")
    with engine.connect() as connection:
        found[-1].append(migrate.revision(connection))
    if not found[-1][0]:
        break
print(json.dumps(found))
"""


def test_an_upgrade_takes_a_backup_first_and_keeps_the_rows(
    config: Config, tmp_path: Path, clock: Callable[[], int]
) -> None:
    """From the tables of the first release to ours, on both engines."""
    an_old_store(config)

    done = upgrade(config, Wish(folder=tmp_path / "backups"), clock, quiet)

    store = opened(config)
    assert (done.backup.manifest.revision, done.found.revision) == ("0001", migrate.HEAD)
    assert (count(store), backups_in(tmp_path / "backups")) == (1, [done.backup.path])
    store.close()


def test_the_way_back_is_the_backup(config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """An older program refuses the newer store, and restores what was saved before."""
    an_old_store(config)
    done = upgrade(config, Wish(folder=tmp_path / "backups"), clock, quiet)
    newer = f"{int(migrate.HEAD) + 1:04}"
    _stamp(config, newer)  # what a program that is newer still would have left

    with pytest.raises(StoreError, match=f"newer program .its tables are {newer}, ours {migrate.HEAD}"):
        opened(config)
    restore(config, done.backup.path, "", clock, quiet)

    store = opened(config)
    assert (revision_of(config), count(store)) == (migrate.HEAD, 1)
    store.close()


def test_an_older_program_takes_the_newest_backup_it_knows(
    file_config: Config, tmp_path: Path, clock: Callable[[], int]
) -> None:
    """The timer may have saved the newer store as well before one went back."""
    an_old_store(file_config)
    done = upgrade(file_config, Wish(folder=tmp_path / "backups"), clock, quiet)
    later = tmp_path / "backups" / "sky-eye-29991231t000000000000z"
    later.mkdir()
    told = json.loads((done.backup.path / "manifest.json").read_text(encoding="utf-8"))
    (later / "manifest.json").write_text(json.dumps({**told, "revision": "9999"}), encoding="utf-8")
    heard: list[str] = []

    restored = restore(file_config, tmp_path / "backups", "", clock, heard.append)

    assert restored.backup.path == done.backup.path
    assert any("newer program" in line for line in heard)


def test_a_store_in_use_is_not_upgraded(config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """The other process would go on with statements for the old tables."""
    lived(config)
    store = opened(config)
    reader = store.reader()
    reader.sequence()

    with pytest.raises(StoreError, match="in use"):
        upgrade(config, Wish(folder=tmp_path / "backups"), clock, quiet)

    assert not (tmp_path / "backups").exists()
    reader.close()
    store.close()


@pytest.mark.timeout(300)
def test_killed_at_every_statement_it_has_happened_or_not(tmp_path: Path) -> None:
    """kill -9 at each: all of the old tables or all of the new ones, no reading lost, and the next start goes on."""
    config = configured(tmp_path, "sqlite:///old.db")
    an_old_store(config)

    said = subprocess.run(
        [sys.executable, "-c", KILLER, str(tmp_path / "old.db")],
        cwd=ROOT, capture_output=True, text=True, timeout=280, check=True, env=dict(os.environ),
    )  # fmt: skip
    found = json.loads(said.stdout)

    assert len(found) > 30
    assert [it[0] for it in found] == [True] * (len(found) - 1) + [False]
    tables = {"0001": found[0][3], migrate.HEAD: found[-1][3]}
    assert [it for it in found if tables.get(it[1]) != it[3]] == []
    assert {it[2] for it in found} == {1}
    assert {it[4] for it in found} == {migrate.HEAD}


def _stamp(config: Config, revision: str) -> None:
    engine = open_engine(parse_url(config.store.url), writes=True)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    engine.dispose()
