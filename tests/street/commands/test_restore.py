"""`python -m street restore`."""

from pathlib import Path

import pytest

from street.__main__ import main
from street.config import load
from tests.street.commands.kept import a_street
from tests.street.keeping.conftest import add, count, opened


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Give a configuration whose store has ten readings in a backup, and fifteen now."""
    path = a_street(tmp_path)
    assert main(["--config", path, "backup", "--to", str(tmp_path / "backups")]) == 0
    store = opened(load(path, {}))
    add(store, 5)
    store.close()
    return path


def test_it_says_what_came_back_and_where_the_old_one_is(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And that people sign in again."""
    code = main(["--config", path, "restore", str(tmp_path / "backups")])

    said = capsys.readouterr().out
    store = opened(load(path, {}))
    assert (code, count(store)) == (0, 10)
    assert f"the store that was there: {tmp_path}/store/street.db.before-" in said
    assert "sign in again" in said
    store.close()


def test_a_live_store_is_one_line_and_75(path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is overwritten under a running process."""
    store = opened(load(path, {}))
    reader = store.reader()
    reader.sequence()
    capsys.readouterr()

    code = main(["--config", path, "restore", str(tmp_path / "backups")])

    assert code == 75
    assert capsys.readouterr().err == (
        f"store: {tmp_path}/store/street.db is in use: stop ingest and dashboard first\n"
    )
    assert count(store) == 15
    reader.close()
    store.close()
