"""`python -m street`: exit codes and one clear line."""

import subprocess
import sys
from pathlib import Path

import pytest

from street.__main__ import main
from street.commands import COMMANDS


def test_every_command_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    """A command that is in no list cannot be run."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert len(COMMANDS) >= 7
    folder = Path(__file__).parents[2] / "street" / "commands"
    with_run = {path.stem for path in folder.glob("*.py") if "def run(" in path.read_text(encoding="utf-8")}
    assert {command.__name__.rsplit(".", 1)[-1] for command in COMMANDS} == with_run
    assert all(name.replace("_", "-") in said for name in with_run)


def test_without_a_command_nothing_happens(capsys: pytest.CaptureFixture[str]) -> None:
    """A usage line and 2."""
    with pytest.raises(SystemExit) as ended:
        main([])

    assert ended.value.code == 2


def test_a_wrong_configuration_is_78(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says where."""
    code = main(["--config", str(tmp_path / "none.yaml"), "people", "list"])

    assert code == 78
    assert capsys.readouterr().err.count("\n") == 1


def test_a_store_that_cannot_be_used_is_75(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A supervisor or a person tries again later."""
    (tmp_path / "street.db").write_bytes(b"no database at all, but longer than its header" * 100)
    (tmp_path / "config.yaml").write_text("store: {url: sqlite:///street.db}\n", encoding="utf-8")

    code = main(["--config", str(tmp_path / "config.yaml"), "people", "list"])

    assert code == 75
    assert "store: cannot open the store" in capsys.readouterr().err


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    """As the manual says."""
    run = [sys.executable, "-m", "street", "--config", str(tmp_path / "none.yaml"), "people", "list"]

    done = subprocess.run(run, cwd=Path(__file__).parents[2], capture_output=True, check=False)

    assert done.returncode == 78
    assert b"Traceback" not in done.stderr
