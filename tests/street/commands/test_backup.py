"""`python -m street backup`."""

from pathlib import Path

import pytest

from street.__main__ import main
from tests.street.commands.kept import a_street


def test_it_says_what_it_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, on stdout alone; the rest is on stderr."""
    path = a_street(tmp_path)

    code = main(["--config", path, "backup", "--to", str(tmp_path / "backups")])

    said = capsys.readouterr()
    assert code == 0
    assert said.out.count("\n") == 1
    assert "newest reading 2026-" in said.out
    assert "copied 100 %" in said.err


def test_no_store_is_one_line_and_75(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A supervisor may try again."""
    path = a_street(tmp_path, lives=False)

    code = main(["--config", path, "backup", "--to", str(tmp_path / "backups")])

    assert code == 75
    assert capsys.readouterr().err == f"store: there is no store at {tmp_path}/store/street.db\n"


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_none_kept_is_no_backup(tmp_path: Path, number: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It would be removed at once."""
    with pytest.raises(SystemExit) as left:
        main(["backup", "--to", str(tmp_path), "--keep", number])

    assert left.value.code == 2
    assert "--keep" in capsys.readouterr().err


def test_where_to_must_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    """No folder is right for everybody: the store's own disk is wrong."""
    with pytest.raises(SystemExit):
        main(["backup"])

    assert "--to" in capsys.readouterr().err
