"""A drill proves a backup without touching anything."""

from collections.abc import Callable
from pathlib import Path

import pytest

from street.config import Config
from street.errors import StoreError
from street.keeping.backup import Wish, take
from street.keeping.drill import drill
from tests.street.keeping.conftest import count, lived, opened
from tests.street.keeping.test_backup import quiet


def test_a_drill_of_now_leaves_everything_as_it_was(config: Config, clock: Callable[[], int]) -> None:
    """Also while the store is in use."""
    lived(config)
    store = opened(config)
    folder = config.people.keys_file.parents[1]
    before = {it for it in folder.rglob("*") if not it.name.endswith(("-wal", "-shm"))}

    done = drill(config, None, ("gzip", "gunzip"), clock, quiet)

    assert done.restore_s > 0
    assert done.backup.manifest.rows["readings"] == count(store) == 10
    assert {it for it in folder.rglob("*") if not it.name.endswith(("-wal", "-shm"))} == before
    store.close()


def test_a_drill_of_a_folder_says_how_old_it_is(file_config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """The clock of this test moves a second a look: the timer that stopped is noticed."""
    lived(file_config)
    take(file_config, Wish(folder=tmp_path / "backups"), clock, quiet)
    for _ in range(1000):
        clock()

    done = drill(file_config, tmp_path / "backups", ("", ""), clock, quiet)

    assert 1000 <= done.loss_s < 1010
    assert done.loss_with(600) == 600 + done.backup.manifest.took_s


def test_a_drill_of_damaged_backups_fails(file_config: Config, tmp_path: Path, clock: Callable[[], int]) -> None:
    """It is what a drill is for."""
    lived(file_config)
    backup = take(file_config, Wish(folder=tmp_path / "backups"), clock, quiet)
    (backup.path / "street.db").write_bytes(b"")

    with pytest.raises(StoreError, match=r"street\.db is damaged"):
        drill(file_config, tmp_path / "backups", ("", ""), clock, quiet)
