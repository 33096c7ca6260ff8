"""What is restored is what was saved, or nothing is touched."""

import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from sqlalchemy import update

from street.config import Config
from street.errors import StoreError
from street.keeping import manifest
from street.keeping.backup import Backup, Wish, take
from street.keeping.restore import restore, summary
from street.store import Store, migrate, schema
from street.store.engine import open_engine, parse_url
from tests.street.keeping.conftest import add, an_old_store, count, lived, opened, revision_of
from tests.street.keeping.test_backup import quiet


@pytest.fixture
def backup(config: Config, tmp_path: Path, clock: Callable[[], int]) -> Backup:
    """Give a backup with ten readings, of a store that has five more by now."""
    lived(config)
    backup = take(config, Wish(folder=tmp_path / "backups"), clock, quiet)
    store = opened(config)
    add(store, 5)
    store.close()
    return backup


@pytest.fixture
def file_backup(file_config: Config, tmp_path: Path, clock: Callable[[], int]) -> Backup:
    """Give a backup of a file."""
    lived(file_config)
    return take(file_config, Wish(folder=tmp_path / "backups"), clock, quiet)


def epoch_of(store: Store) -> int:
    """Return the store's epoch."""
    reader = store.reader()
    epoch = reader.epoch()
    reader.close()
    return epoch


def test_the_saved_state_comes_back_and_the_other_is_kept(
    config: Config, backup: Backup, clock: Callable[[], int]
) -> None:
    """On both engines; the audit verifies and says that this was done."""
    done = restore(config, backup.path, "", clock, quiet)

    store = opened(config)
    assert count(store) == 10
    assert store.audit().verify().ok
    assert store.audit().find(action="store.restore")[0].entry.reason == f"from {backup.path.name}"
    assert done.old
    assert backup.path.name in summary(done.backup)
    store.close()


def test_a_restored_store_is_another_epoch(config: Config, backup: Backup, clock: Callable[[], int]) -> None:
    """Screens that were further than it must not go on from where they were."""
    store = opened(config)
    before = epoch_of(store)
    store.close()

    restore(config, backup.path, "", clock, quiet)

    store = opened(config)
    assert epoch_of(store) != before
    store.close()


def test_nobody_is_signed_in_after_a_restore(config: Config, backup: Backup, clock: Callable[[], int]) -> None:
    """A stolen tablet's session, ended since the backup, must not live again; screens stay."""
    restore(config, backup.path, "", clock, quiet)

    store = opened(config)
    assert store.sessions().open() == []
    store.close()


def test_a_store_in_use_is_left_alone(config: Config, backup: Backup, clock: Callable[[], int]) -> None:
    """Also when somebody only reads."""
    store = opened(config)
    reader = store.reader()
    reader.sequence()

    with pytest.raises(StoreError, match=r"in use.*stop ingest and dashboard first"):
        restore(config, backup.path, "", clock, quiet)

    assert count(store) == 15
    reader.close()
    store.close()


def test_a_lost_store_comes_back(
    file_config: Config, file_backup: Backup, tmp_path: Path, clock: Callable[[], int]
) -> None:
    """The disk was new: neither store nor keys."""
    assert file_config.store_path is not None
    shutil.rmtree(file_config.store_path.parent)
    shutil.rmtree(file_config.people.keys_file.parent)

    done = restore(file_config, tmp_path / "backups", "", clock, quiet)

    store = opened(file_config)
    assert (count(store), done.old, done.old_keys) == (10, "", "")
    assert file_config.people.keys_file.read_bytes() == (file_backup.path / "keys.json").read_bytes()
    assert file_config.people.keys_file.stat().st_mode & 0o077 == 0
    store.close()


def test_other_keys_are_put_aside(file_config: Config, file_backup: Backup, clock: Callable[[], int]) -> None:
    """The restored audit and second factors need those of their time."""
    file_config.people.keys_file.unlink()
    other = opened(file_config)  # makes new ones
    other.close()

    done = restore(file_config, file_backup.path, "", clock, quiet)

    assert Path(done.old_keys).is_file()
    assert file_config.people.keys_file.read_bytes() == (file_backup.path / "keys.json").read_bytes()


def test_a_damaged_store_is_replaced(file_config: Config, file_backup: Backup, clock: Callable[[], int]) -> None:
    """It is why one restores; what it leaves beside it must not ruin the new one."""
    path = file_config.store_path
    assert path is not None
    path.write_bytes(b"this is no database at all" * 1000)
    path.with_name("street.db-wal").write_bytes(b"rubbish" * 1000)

    done = restore(file_config, file_backup.path, "", clock, quiet)

    store = opened(file_config)
    assert count(store) == 10
    assert Path(done.old).read_bytes().startswith(b"this is no database")
    store.close()


@pytest.mark.parametrize("name", ["street.db", "keys.json"])
def test_a_damaged_backup_is_refused_and_an_older_one_taken(
    file_config: Config, file_backup: Backup, tmp_path: Path, name: str, clock: Callable[[], int]
) -> None:
    """One byte is enough; the keeper hears of it."""
    newest = take(file_config, Wish(folder=tmp_path / "backups"), clock, quiet)
    damaged = bytearray((newest.path / name).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (newest.path / name).write_bytes(damaged)
    heard: list[str] = []

    done = restore(file_config, tmp_path / "backups", "", clock, heard.append)

    assert done.backup.path == file_backup.path
    assert [line for line in heard if line.startswith(f"refused {newest.path.name}: {name} is damaged")]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        pytest.param(lambda path: (path / "manifest.json").unlink(), "no backup", id="no manifest"),
        pytest.param(
            lambda path: (path / "manifest.json").write_text("{"), "manifest.json is damaged", id="half of one"
        ),
        pytest.param(lambda path: (path / "street.db").unlink(), "street.db cannot be laid down", id="no store"),
        pytest.param(lambda path: said(path, form=2), "is a backup of form 2", id="another form"),
        pytest.param(lambda path: said(path, revision="9999"), "newer program", id="a newer program's"),
        pytest.param(lambda path: said(path, engine="postgresql"), "it is of postgresql", id="another engine's"),
        pytest.param(lambda path: said(path, files={"../x": {}}), "leads elsewhere", id="a name that leads elsewhere"),
        pytest.param(lambda path: said(path, files={}), "street.db is not in its manifest", id="no files"),
        pytest.param(lambda path: said(path, sequence=7), "commits 1 for 7", id="another sequence"),
        pytest.param(lambda path: said(path, rows={}), "readings 10 for None", id="other rows"),
        pytest.param(lambda path: said(path, audit_hash="0" * 64), "the audit does not verify", id="another audit"),
        pytest.param(lambda path: said(path, audit_no=99), "the audit does not verify: entry 3: cut", id="a cut audit"),
    ],
)
def test_what_is_not_sound_is_refused_and_the_store_untouched(
    file_config: Config, file_backup: Backup, spoil: Callable[[Path], object], why: str, clock: Callable[[], int]
) -> None:
    """Whatever is wrong costs one line, and leaves nothing behind."""
    assert file_config.store_path is not None
    before = sorted(file_config.store_path.parent.iterdir())
    spoil(file_backup.path)

    with pytest.raises(StoreError, match=why):
        restore(file_config, file_backup.path, "", clock, quiet)

    assert sorted(file_config.store_path.parent.iterdir()) == before
    store = opened(file_config)
    assert count(store) == 10
    store.close()


def test_a_piped_backup_wants_its_pipe(config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """None, a wrong one and the right one."""
    lived(config)
    backup = take(config, Wish(folder=tmp_path / "backups", pipe="gzip"), clock, quiet)

    with pytest.raises(StoreError, match="say --pipe"):
        restore(config, backup.path, "", clock, quiet)
    with pytest.raises(StoreError, match="is damaged"):
        restore(config, backup.path, "cat", clock, quiet)
    done = restore(config, backup.path, "gunzip", clock, quiet)

    assert done.backup.path == backup.path


def test_a_backup_of_an_older_program_is_brought_up_to_date(
    config: Config, tmp_path: Path, clock: Callable[[], int]
) -> None:
    """It has no people yet; afterwards it has their tables."""
    an_old_store(config)
    backup = take(config, Wish(folder=tmp_path / "backups"), clock, quiet)

    restore(config, backup.path, "", clock, quiet)

    store = opened(config)
    assert (backup.manifest.revision, revision_of(config), count(store)) == ("0001", migrate.HEAD, 1)
    store.close()


def test_an_empty_folder_is_told(file_config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """`restore` of the wrong folder."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(StoreError, match="no backup in"):
        restore(file_config, tmp_path / "empty", "", clock, quiet)


def test_a_row_changed_in_the_backup_without_the_key_is_found(
    file_config: Config, file_backup: Backup, clock: Callable[[], int]
) -> None:
    """Somebody with the backup disk, who also writes the manifest anew."""
    path = file_backup.path / "street.db"
    engine = open_engine(parse_url(f"sqlite:///{path}"), writes=True)
    with engine.begin() as connection:
        for (trigger,) in connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type='trigger'").all():
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.execute(update(schema.audit).where(schema.audit.c.entry_no == 1).values(login="nobody"))
    engine.dispose()
    said(file_backup.path, files={**_files(file_backup), "street.db": _as_said(manifest.digest_of(path))})

    with pytest.raises(StoreError, match="the audit does not verify: entry 1: changed"):
        restore(file_config, file_backup.path, "", clock, quiet)


def said(path: Path, **changes: object) -> None:
    """Let the manifest of the backup at *path* say something else."""
    told = orjson.loads((path / "manifest.json").read_bytes())
    (path / "manifest.json").write_bytes(orjson.dumps({**told, **changes}))


def _files(backup: Backup) -> dict[str, dict[str, object]]:
    return {name: _as_said(it) for name, it in backup.manifest.files.items()}


def _as_said(file: manifest.File) -> dict[str, object]:
    return {"bytes": file.bytes, "sha256": file.sha256, "is_piped": file.is_piped}
